"""The built package: what is in it, and that it works where nothing but its core dependencies is installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pandadoc_client.emulator import Emulator

PROJECT = Path(__file__).resolve().parents[2]
MOST_BYTES = 1_110_000
WHEELS = PROJECT / ".cache" / "wheels"
UV = PROJECT / ".cache" / "tools" / "bin" / "uv"

# Written for the vendor's SDK, but for the host.
PROGRAM = """
import os
from pprint import pprint

import pandadoc_client
from pandadoc_client.api import members_api, o_auth_2_0_authentication_api
from pandadoc_client.model.o_auth2_access_token_response import OAuth2AccessTokenResponse

configuration = pandadoc_client.Configuration(host=os.environ["HOST"])

with pandadoc_client.ApiClient(configuration) as api_client:
    api_instance = o_auth_2_0_authentication_api.OAuth20AuthenticationApi(api_client)
    try:
        api_response = api_instance.access_token(
            grant_type="authorization_code",
            client_id=os.environ["CLIENT_ID"],
            client_secret=os.environ["CLIENT_SECRET"],
            code=os.environ["CODE"],
            scope="read+write",
        )
        pprint(api_response)
    except pandadoc_client.ApiException as e:
        print("Exception when calling OAuth20AuthenticationApi->access_token: %s\\n" % e)
        raise
    assert isinstance(api_response, OAuth2AccessTokenResponse)
    configuration.access_token = api_response.access_token
    print(members_api.MembersApi(api_client).details_current_member().email)
    try:
        api_instance.access_token(grant_type="authorization_code", code=os.environ["CODE"])
    except pandadoc_client.ApiException as e:
        print(e.status, e.reason, e.body)
"""


def run(*command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd="/",  # not the project, whose folder would be found before what is installed
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network."""
    folder = tmp_path_factory.mktemp("dist")
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, PROJECT)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter in a new environment that holds the wheel and its core dependencies only."""
    if not WHEELS.is_dir():
        reason = "the wheels of the core dependencies are missing; scripts/test fetches them"
        assert "CI" not in os.environ, reason
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("made") / "venv"
    interpreter = folder / "bin" / "python"
    for command in (
        ("venv", "--offline", "--python", sys.executable, folder),
        ("pip", "install", "--python", interpreter, "--no-index", "--find-links", WHEELS, wheel),
    ):
        made = run(UV, *command)
        assert made.returncode == 0, made.stdout + made.stderr
    return interpreter


def test_the_wheel_is_small(wheel: Path) -> None:
    """It had 1,459,470 bytes before the one road and 932,919 after it; the emulator's pages and more came since."""
    size = wheel.stat().st_size
    print(f"wheel: {size:,} bytes in {len(zipfile.ZipFile(wheel).namelist())} files")
    assert size <= MOST_BYTES


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    outside = [name for name in names if not name.startswith(("pandadoc_client/", "pandadoc_client-"))]
    assert outside == []
    assert "pandadoc_client/py.typed" in names
    assert "pandadoc_client/model/member_details_response.py" in names
    assert not [name for name in names if name.endswith((".pyc", ".jinja"))]
    static = {name.rpartition("/")[2] for name in names if name.startswith("pandadoc_client/emulator/pages/static/")}
    assert static == {"htmx.min.js", "htmx-LICENSE.txt", "page.js", "style.css"}


def test_the_core_dependencies_are_few(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (metadata,) = (name for name in archive.namelist() if name.endswith("METADATA"))
    lines = archive.read(metadata).decode().splitlines()
    required = [line for line in lines if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert sorted(line.split()[1].partition("<")[0].partition(">")[0] for line in required) == [
        "attrs",
        "httpx",
        "python-dateutil",
        "sniffio",
        "truststore",
    ]
    (truststore,) = (line for line in required if "truststore" in line)
    assert "sys_platform == 'darwin' or sys_platform == 'win32'" in truststore  # elsewhere there are four


def test_the_page_on_the_index_has_no_link_that_leads_nowhere(wheel: Path) -> None:
    """There are no files beside it."""
    archive = zipfile.ZipFile(wheel)
    (metadata,) = (name for name in archive.namelist() if name.endswith("METADATA"))
    _, _, page = archive.read(metadata).decode().partition("\n\n")
    assert page.startswith("# pandadoc-client\n")
    assert "[PandaDoc](https://www.pandadoc.com)" in page
    assert re.findall(r"\]\((?!https://)[^)]*\)", page) == []
    assert "| Five minutes |" in page


def test_what_is_installed_is_complete(python: Path) -> None:
    assert run(UV, "pip", "check", "--python", python).returncode == 0


def test_a_program_for_the_vendors_sdk_runs_from_the_wheel(python: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    with Emulator() as emulator:
        code = emulator.issue_code()
        result = run(
            python,
            "-W",
            "error::DeprecationWarning",
            program,
            HOST=emulator.url,
            CLIENT_ID=emulator.client_id,
            CLIENT_SECRET=emulator.client_secret,
            CODE=code,
        )
        assert result.returncode == 0, result.stderr
        assert "'access_token': '***'" in result.stdout
        assert "@example.com" in result.stdout
        assert '400 Bad Request {"error":"invalid_client"}' in result.stdout
        access_token = emulator.live_pair().access_token
        assert access_token not in result.stdout + result.stderr


@pytest.mark.parametrize(
    "module",
    ["pandadoc_client", "pandadoc_client.apis", "pandadoc_client.models", "pandadoc_client.oauth"],
)
def test_every_offered_name_can_be_imported_from_the_wheel(python: Path, module: str, tmp_path: Path) -> None:
    program = f"import {module} as m; [getattr(m, name) for name in m.__all__]; print(m.__file__)"
    result = run(python, "-c", program)
    assert result.returncode == 0, result.stderr
    assert str(PROJECT) not in result.stdout


def test_the_command_line_without_its_extra_says_what_to_install(python: Path) -> None:
    result = run(python.with_name("pandadoc"), "demo")
    assert result.returncode != 0
    assert "pandadoc-client[cli]" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_pytest_plugin_does_no_harm_without_its_extra(python: Path) -> None:
    result = run(python, "-c", "import pandadoc_client.emulator.pytest_plugin")
    # The core dependencies do not include pytest, without which nobody imports the plugin.
    assert "starlette" not in result.stderr
