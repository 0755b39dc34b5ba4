"""``pandadoc profile`` and ``--profile``: what a profile holds, where its secrets are, and what wins over it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client.cli import app as cli_app
from pandadoc_client.cli.profiles import registry
from pandadoc_client.emulator import Emulator
from pandadoc_client.oauth import Token
from pandadoc_client.oauth.stores import FileTokenStore

from .conftest import Pandadoc
from .login_support import running_login
from .test_auth import assert_one_line
from .test_streams import Terminal, on_a_terminal

__all__ = ["on_a_terminal"]  # a fixture

MARKER = "marker-3f9c"


@pytest.fixture
def settings(pandadoc_emulator: Emulator) -> dict[str, str]:
    """An environment that says nothing: all settings come from options and profiles."""
    return {}


@pytest.fixture
def sandbox(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> str:
    """The name of a profile with an API key."""
    result = pandadoc(
        *("profile", "add", "sandbox", "--host", pandadoc_emulator.url, "--api-key", "-"),
        stdin=f"{pandadoc_emulator.api_key}\n",
    )
    assert (result.returncode, result.stderr) == (0, "")
    return "sandbox"


@pytest.fixture
def acme(pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path) -> str:
    """The name of a profile for OAuth, in which nobody is logged in."""
    result = pandadoc(
        *("profile", "add", "acme", "--host", pandadoc_emulator.url, "--client-id", pandadoc_emulator.client_id),
        *("--client-secret-file", "-", "--redirect-uri", "http://127.0.0.1/callback"),
        *("--store", f"file:{tmp_path / 'tokens.json'}"),
        stdin=pandadoc_emulator.client_secret,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return "acme"


def config() -> dict[str, Any]:
    return tomllib.loads(registry.config_path().read_text(encoding="utf-8"))


def credentials_of(emulator: Emulator) -> list[str]:
    return [dict(entry.headers)["authorization"] for entry in emulator.journal.entries]


# -- a profile with an API key ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [True, False])
def test_a_profile_says_where_and_as_whom(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, sandbox: str, before: bool
) -> None:
    option = ["--profile", sandbox]
    result = pandadoc(*(option if before else []), "documents", "list", "--json", *([] if before else option))
    assert (result.returncode, result.stderr) == (0, "")
    assert "documents" in json.loads(result.stdout)
    listed = pandadoc("api", "list-contacts", "--json", PANDADOC_PROFILE=sandbox)
    assert (listed.returncode, listed.stderr) == (0, "")


def test_the_one_behind_the_command_wins(pandadoc: Pandadoc, sandbox: str) -> None:
    assert pandadoc("--profile", "nowhere", "whoami", "--profile", sandbox).returncode == 0
    assert_one_line(pandadoc("--profile", sandbox, "whoami", "--profile", "nowhere"), 2, "'nowhere'", "sandbox")


def test_status_and_whoami_know_an_api_key(pandadoc: Pandadoc, pandadoc_emulator: Emulator, sandbox: str) -> None:
    status = pandadoc("auth", "status", "--profile", sandbox)
    assert (status.returncode, status.stderr) == (0, "")
    assert dict(line.split(":", 1) for line in status.stdout.splitlines()) == {
        "account": " Ada Panda <ada.panda@example.com> in Bamboo Grove",
        "api key": " from the profile",
        "host": f"    {pandadoc_emulator.url}",
        "profile": " sandbox",
    }
    assert pandadoc_emulator.api_key not in status.stdout
    who = pandadoc("whoami", "--profile", sandbox)
    assert (who.stdout, who.stderr) == ("Ada Panda <ada.panda@example.com> in Bamboo Grove\n", "")
    assert json.loads(pandadoc("whoami", "--json", "--profile", sandbox).stdout)["email"] == "ada.panda@example.com"


@pytest.mark.parametrize(
    ("arguments", "variables", "kind", "source"),
    [
        (["--api-key", "-"], {}, "api-key", "--api-key"),
        ([], {"PANDADOC_API_KEY": "KEY"}, "api-key", "PANDADOC_API_KEY"),
        ([], {"PANDADOC_ACCESS_TOKEN": "TOKEN"}, "access-token", "PANDADOC_ACCESS_TOKEN"),
    ],
)
def test_status_says_where_a_credential_comes_from(
    pandadoc: Pandadoc,
    pandadoc_emulator: Emulator,
    arguments: list[str],
    variables: dict[str, str],
    kind: str,
    source: str,
) -> None:
    real = {"KEY": pandadoc_emulator.api_key, "TOKEN": str(pandadoc_emulator.issue_token()["access_token"])}
    result = pandadoc(
        *("status", "--host", pandadoc_emulator.url, "--json", *arguments),
        stdin=pandadoc_emulator.api_key,
        **{name: real[text] for name, text in variables.items()},
    )
    document = json.loads(result.stdout)
    assert (document["credential"], document["source"], document["profile"]) == (kind, source, None)
    assert document["member"]["email"] == "ada.panda@example.com"


def test_a_refused_api_key_is_one_line_and_exit_1(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    for command in ("status", "whoami"):
        result = pandadoc(command, "--host", pandadoc_emulator.url, PANDADOC_API_KEY=MARKER)
        assert_one_line(result, 1, "HTTP 401")
        assert MARKER not in result.stderr


def test_offline_nobody_is_asked(pandadoc: Pandadoc, pandadoc_emulator: Emulator, sandbox: str) -> None:
    result = pandadoc("status", "--offline", "--profile", sandbox)
    assert result.stdout.startswith("account: (not asked)\n")
    assert len(pandadoc_emulator.journal) == 0


# -- a profile with a token ------------------------------------------------------------------------------------------


def test_login_fills_a_profile_and_nothing_else_is_needed_from_then_on(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, acme: str, tmp_path: Path
) -> None:
    with running_login({}, "--profile", acme) as login:
        httpx.get(login.callback())
        status, output, errors = login.outcome()
    assert (status, errors) == (0, "")
    assert "as Ada Panda" in output
    assert output.endswith("Commands use it by --profile acme.\n")
    assert FileTokenStore(tmp_path / "tokens.json").load("acme") is not None
    pandadoc_emulator.expire_access_tokens()  # so that the application, with its secret, has to be known
    for command in (["status"], ["whoami"], ["documents", "list"], ["token"], ["refresh"]):
        result = pandadoc(*command, "--profile", acme)
        assert (result.returncode, result.stderr) == (0, ""), command
    shown = pandadoc("profile", "show", acme).stdout
    assert "OAuth token" in shown
    assert f"file:{tmp_path / 'tokens.json'}" in shown
    assert pandadoc_emulator.client_secret not in shown + registry.config_path().read_text()
    assert pandadoc("logout", "--profile", acme).returncode == 0
    assert_one_line(pandadoc("whoami", "--profile", acme), 1, "'acme'", "run pandadoc login --profile acme,")


def test_a_bare_profile_is_filled_with_what_the_login_was_given(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator
) -> None:
    assert pandadoc("profile", "add", "bare").returncode == 0
    environment = {
        "PANDADOC_HOST": pandadoc_emulator.url,
        "PANDADOC_CLIENT_ID": pandadoc_emulator.client_id,
        "PANDADOC_CLIENT_SECRET": pandadoc_emulator.client_secret,
    }
    with running_login(environment, "--profile", "bare", "--redirect-uri", "http://127.0.0.1/callback") as login:
        httpx.get(login.callback())
        assert login.outcome()[0] == 0
    pandadoc_emulator.expire_access_tokens()
    assert pandadoc("status", "--profile", "bare").returncode == 0
    assert config()["profiles"]["bare"]["host"] == pandadoc_emulator.url


def test_a_credential_of_one_host_does_not_go_into_the_profile_of_another(
    pandadoc: Pandadoc, sandbox: str, acme: str
) -> None:
    variables = {"PANDADOC_CLIENT_ID": "x", "PANDADOC_CLIENT_SECRET": "x"}
    result = pandadoc("login", "--profile", acme, "--host", "http://127.0.0.1:1", **variables)
    assert_one_line(result, 2, "acme", "http://127.0.0.1:1", "--host")
    assert_one_line(pandadoc("login", "--profile", sandbox, "--region", "eu", "--api-key", "-", stdin="x"), 2, "--host")


def test_a_login_does_not_take_the_api_key_of_a_profile_away(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, sandbox: str
) -> None:
    assert pandadoc("profile", "use", sandbox).returncode == 0
    variables = {"PANDADOC_CLIENT_ID": "x", "PANDADOC_CLIENT_SECRET": "x"}
    assert_one_line(pandadoc("login", **variables), 2, "'sandbox' has an API key", "pandadoc profile remove sandbox")
    assert pandadoc("whoami").returncode == 0


def test_login_gives_a_profile_an_api_key_that_works(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, acme: str
) -> None:
    wrong = pandadoc("login", "--profile", acme, "--api-key", "-", stdin=MARKER)
    assert_one_line(wrong, 1, "HTTP 401")
    assert MARKER not in wrong.stderr
    result = pandadoc("login", "--profile", acme, "--api-key", "-", stdin=f"{pandadoc_emulator.api_key}\n")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("Logged in as Ada Panda")
    assert json.loads(pandadoc("status", "--json", "--profile", acme).stdout)["credential"] == "api-key"


def test_a_token_is_not_lost_if_the_profile_cannot_be_filled(
    pandadoc_emulator: Emulator, acme: str, tmp_path: Path
) -> None:
    with running_login({}, "--profile", acme) as login:
        registry.config_path().write_text("[")
        httpx.get(login.callback())
        status, output, errors = login.outcome()
    assert (status, output) == (1, "")
    assert f"the token is stored in file:{tmp_path / 'tokens.json'} under the key 'acme', but" in errors
    assert "not valid TOML" in errors
    assert FileTokenStore(tmp_path / "tokens.json").load("acme") is not None


def test_login_asks_for_what_is_missing(pandadoc: Pandadoc, on_a_terminal: Terminal) -> None:
    assert pandadoc("profile", "add", "bare").returncode == 0
    assert_one_line(pandadoc("login", "--profile", "bare"), 2, "--client-id")
    assert_one_line(pandadoc("login", "--profile", "bare", "--client-id", "x"), 2, "--client-secret-file")
    arguments = ["login", "--profile", "bare", "--client-id", "x", "--host", "nowhere"]
    status, shown = on_a_terminal(arguments, f"{MARKER}\n".encode())
    assert status == 2
    assert "Client secret (not shown):" in shown
    assert MARKER not in shown


def test_login_with_an_api_key_needs_a_profile(pandadoc: Pandadoc) -> None:
    assert_one_line(pandadoc("login", "--api-key", "-", stdin=MARKER), 2, "--profile")


# -- secrets ---------------------------------------------------------------------------------------------------------


def test_secrets_are_in_a_file_of_their_own_if_there_is_no_keyring(
    pandadoc_emulator: Emulator, sandbox: str, acme: str
) -> None:
    path = registry.config_path()
    secrets = path.with_name("credentials.json")
    assert config()["profiles"]["sandbox"]["secrets"] == "file"
    assert pandadoc_emulator.api_key in secrets.read_text()
    for secret in (pandadoc_emulator.api_key, pandadoc_emulator.client_secret):
        assert secret not in path.read_text()
    if os.name == "posix":
        assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_secrets_are_in_the_keyring_if_there_is_one(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path
) -> None:
    keyring = {
        "PYTHON_KEYRING_BACKEND": "tests.cli.folder_keyring.Keyring",
        "FOLDER_KEYRING": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    arguments = ["profile", "add", "safe", "--host", pandadoc_emulator.url, "--api-key", "-"]
    result = pandadoc(*arguments, stdin=pandadoc_emulator.api_key, **keyring)
    assert (result.returncode, result.stderr) == (0, "")
    assert "its secret is in the keyring" in result.stdout
    assert config()["profiles"]["safe"] == {
        "host": pandadoc_emulator.url,
        "credential": "api-key",
        "secrets": "keyring",
    }
    assert not registry.config_path().with_name("credentials.json").exists()
    assert pandadoc("whoami", "--profile", "safe", **keyring).returncode == 0
    assert_one_line(pandadoc("whoami", "--profile", "safe"), 1, "keyring")  # which is not there any more
    assert pandadoc("profile", "remove", "safe", **keyring).returncode == 0
    assert not any(pandadoc_emulator.api_key in path.read_text() for path in tmp_path.iterdir())


def test_on_a_terminal_the_api_key_is_typed_unseen(on_a_terminal: Terminal, pandadoc: Pandadoc) -> None:
    status, shown = on_a_terminal(["profile", "add", "typed", "--api-key", "-"], f"{MARKER}\n".encode())
    assert status == 0
    assert "API key (not shown):" in shown
    assert MARKER not in shown
    assert MARKER in registry.config_path().with_name("credentials.json").read_text()


def test_secrets_that_others_can_read_are_refused(pandadoc: Pandadoc, sandbox: str) -> None:
    if os.name != "posix":
        pytest.skip("mode bits say nothing here")
    path = registry.config_path().with_name("credentials.json")
    path.chmod(0o644)
    assert_one_line(pandadoc("whoami", "--profile", sandbox), 1, str(path), "chmod 600")


def test_removing_a_profile_forgets_its_secrets(pandadoc: Pandadoc, pandadoc_emulator: Emulator, sandbox: str) -> None:
    assert pandadoc("profile", "use", sandbox).returncode == 0
    result = pandadoc("profile", "remove", sandbox)
    assert (result.stdout, result.stderr) == ("Removed the profile 'sandbox'.\n", "")
    assert pandadoc_emulator.api_key not in registry.config_path().with_name("credentials.json").read_text()
    assert config() == {}
    assert_one_line(pandadoc("whoami"), 1, "no credential")


def test_an_api_key_that_has_gone_is_said(pandadoc: Pandadoc, sandbox: str) -> None:
    registry.config_path().with_name("credentials.json").unlink()
    assert_one_line(pandadoc("whoami", "--profile", sandbox), 1, "pandadoc login --profile sandbox --api-key -")


def test_a_password_does_not_go_into_a_profile(pandadoc: Pandadoc) -> None:
    result = pandadoc("profile", "add", "x", "--store", f"redis://:{MARKER}@127.0.0.1:1/0")
    assert_one_line(result, 2, "--store", "PANDADOC_TOKEN_STORE")
    assert MARKER not in result.stderr
    assert not registry.config_path().exists()


def test_two_who_add_profiles_at_once_lose_none(pandadoc: Pandadoc) -> None:
    names = [f"p{number}" for number in range(6)]
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda name: pandadoc("profile", "add", name, "--api-key", "-", stdin="k"), names))
    assert [result.stderr for result in results] == [""] * len(names)
    assert sorted(config()["profiles"]) == names


def test_what_a_killed_process_left_beside_is_removed(pandadoc: Pandadoc, sandbox: str) -> None:
    left = registry.config_path().with_name(".config.toml.0123.tmp")
    left.touch()
    assert pandadoc("profile", "use", sandbox).returncode == 0
    assert not left.exists()


# -- options, environment, profile -----------------------------------------------------------------------------------


def test_options_win_over_the_environment_and_that_over_the_profile(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator
) -> None:
    assert (
        pandadoc("profile", "add", "p", "--host", "http://127.0.0.1:1", "--api-key", "-", stdin="of-p").returncode == 0
    )
    result = pandadoc("whoami", "--profile", "p")
    assert_one_line(result, 1, "No connection to http://127.0.0.1:1: [Errno 111] Connection refused")
    environment = {"PANDADOC_HOST": pandadoc_emulator.url}
    pandadoc("whoami", PANDADOC_PROFILE="p", PANDADOC_API_KEY="of-environment", **environment)
    pandadoc("whoami", "--api-key", "-", stdin="of-option", PANDADOC_PROFILE="p", PANDADOC_API_KEY="x", **environment)
    pandadoc("whoami", "--host", pandadoc_emulator.url, "--profile", "p", PANDADOC_HOST="http://127.0.0.1:2")
    assert credentials_of(pandadoc_emulator) == [f"API-Key {key}" for key in ("of-environment", "of-option", "of-p")]


@pytest.mark.parametrize("place", [["--region", "eu"], ["--host", "http://127.0.0.1:1"]])
def test_host_and_region_are_one_setting(pandadoc: Pandadoc, pandadoc_emulator: Emulator, place: list[str]) -> None:
    assert pandadoc("profile", "add", "p", *place).returncode == 0
    for environment in ({"PANDADOC_HOST": pandadoc_emulator.url}, {"PANDADOC_REGION": "us"}):
        document = json.loads(
            pandadoc("status", "--offline", "--json", PANDADOC_PROFILE="p", PANDADOC_API_KEY="x", **environment).stdout
        )
        assert document["host"] == environment.get("PANDADOC_HOST", "https://api.pandadoc.com")
    document = json.loads(pandadoc("status", "--offline", "--json", "--profile", "p", PANDADOC_API_KEY="x").stdout)
    assert document["host"] == ("https://api.pandadoc.eu" if "eu" in place else "http://127.0.0.1:1")


def test_a_secret_of_the_profile_goes_with_its_application_only(pandadoc: Pandadoc, acme: str) -> None:
    FileTokenStore(Path(config()["profiles"][acme]["store"].removeprefix("file:"))).save("acme", Token("a", "r"))
    assert_one_line(pandadoc("refresh", "--profile", acme, "--client-id", "other"), 2, "no client secret")


def test_a_profile_that_is_named_replaces_what_the_environment_says(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, sandbox: str
) -> None:
    elsewhere = {"PANDADOC_HOST": "http://127.0.0.1:1", "PANDADOC_API_KEY": "another", "PANDADOC_ACCESS_TOKEN": "a"}
    result = pandadoc("whoami", "--profile", sandbox, **elsewhere)
    assert (result.returncode, result.stderr) == (0, "")
    assert credentials_of(pandadoc_emulator) == [f"API-Key {pandadoc_emulator.api_key}"]
    assert pandadoc("whoami", PANDADOC_PROFILE=sandbox, PANDADOC_API_KEY=pandadoc_emulator.api_key).stderr == ""


@pytest.mark.parametrize("elsewhere", [{"PANDADOC_HOST": "http://127.0.0.1:1"}, {"PANDADOC_REGION": "eu"}])
def test_the_credential_of_a_profile_does_not_follow_the_environment_to_another_host(
    pandadoc: Pandadoc, sandbox: str, elsewhere: dict[str, str]
) -> None:
    (variable,) = elsewhere
    assert_one_line(pandadoc("whoami", PANDADOC_PROFILE=sandbox, **elsewhere), 2, variable, "'sandbox'", "unset it")
    assert pandadoc("profile", "use", sandbox).returncode == 0
    assert_one_line(pandadoc("documents", "list", **elsewhere), 2, variable, "--profile sandbox")


def test_a_stored_token_can_be_asked_for_all_the_same(pandadoc: Pandadoc, sandbox: str, tmp_path: Path) -> None:
    result = pandadoc("whoami", "--profile", sandbox, "--store", "file:none.json")
    hint = "pandadoc login --profile sandbox --store file:none.json,"
    assert_one_line(result, 1, "under the key 'sandbox'", hint)


# -- add, use, list, show --------------------------------------------------------------------------------------------


def test_the_profile_that_is_used_from_now_on(pandadoc: Pandadoc, sandbox: str, acme: str) -> None:
    assert pandadoc("profile", "use", sandbox).stdout == "The profile 'sandbox' is used now.\n"
    assert pandadoc("whoami").returncode == 0
    assert_one_line(pandadoc("whoami", PANDADOC_PROFILE=acme), 1, "'acme'")
    document = json.loads(pandadoc("profile", "list", "--json").stdout)
    assert document["current"] == "sandbox"
    assert [(each["name"], each["current"], each["credential"]) for each in document["profiles"]] == [
        ("acme", False, None),
        ("sandbox", True, "api-key"),
    ]
    lines = [line.split("\t") for line in pandadoc("profile", "list").stdout.splitlines()]
    assert [(name, credential, star) for name, _, credential, star in lines] == [
        ("acme", "none yet", ""),
        ("sandbox", "API key", "*"),
    ]
    assert json.loads(pandadoc("profile", "show", "--json").stdout)["name"] == "sandbox"
    assert pandadoc("profile", "use", "--none").returncode == 0
    assert_one_line(pandadoc("profile", "show"), 2, "no profile is chosen")


def test_without_profiles_the_list_says_how_to_add_one(pandadoc: Pandadoc) -> None:
    result = pandadoc("profile", "list")
    assert (result.returncode, result.stdout) == (0, "There are no profiles; add one: pandadoc profile add NAME\n")
    assert json.loads(pandadoc("profile", "list", "--json").stdout) == {"current": None, "profiles": []}


@pytest.mark.parametrize(
    "command",
    [["whoami"], ["profile", "use"], ["profile", "show"], ["profile", "remove"]],
    ids=" ".join,
)
def test_a_profile_that_is_not_there_is_named_with_those_that_are(
    pandadoc: Pandadoc, sandbox: str, acme: str, command: list[str]
) -> None:
    name = ["--profile", "sandbx"] if command == ["whoami"] else ["sandbx"]
    assert_one_line(pandadoc(*command, *name), 2, "no profile 'sandbx' (there are acme, sandbox);", "add sandbx")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["a b"], "'a b'"),
        ([""], "''"),
        (["-x"], "-x"),
        (["x", "--host", "http://127.0.0.1:1", "--region", "eu"], "--region and --host"),
        (["x", "--region", "mars"], "--region"),
        (["x", "--host", "nowhere"], "--host"),
        (["x", "--store", "nowhere:"], "--store"),
        (["x", "--store", "file:t.json", "--api-key", "-"], "--api-key"),
        (["x", "--api-key", "-"], "--api-key is empty"),
        (["x", "--api-key", "Bearer x"], "PANDADOC_ACCESS_TOKEN"),
        (["x", "--api-key", "a\nb"], "--api-key has a line break"),
        (["x", "--client-secret-file", "-"], "--client-id"),
        (["x", "--key", ""], "--key"),
    ],
)
def test_what_no_profile_can_be_is_one_line(pandadoc: Pandadoc, arguments: list[str], word: str) -> None:
    assert_one_line(pandadoc("profile", "add", *arguments), 2, word)
    assert not registry.config_path().exists()


def test_a_profile_is_not_replaced_unasked(pandadoc: Pandadoc, sandbox: str) -> None:
    before = config()
    assert_one_line(pandadoc("profile", "add", sandbox), 2, "already", "pandadoc profile remove sandbox")
    assert config() == before


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[", "not valid TOML"),
        ("profiles = 1", "profiles must be a table"),
        ("[profiles]\nx = 1", "profiles.x"),
        ("[profiles.x]\nhost = 1", "profiles.x.host"),
        ('[profiles.x]\ncredential = "password"', "profiles.x.credential"),
        ('[profiles.x]\nhost = "h"\nregion = "eu"', "both"),
        ('current = "x"\n[profiles.x]\nhost = "nowhere"', "profiles.x: host must be an absolute URL"),
        ('current = "x"\n[profiles.x]\nregion = "mars"', "profiles.x: region must be one of"),
        ('current = "gone"', "current"),
        ("current = []", "current"),
    ],
)
def test_a_spoilt_file_is_named_with_the_place_in_it(pandadoc: Pandadoc, text: str, word: str) -> None:
    path = registry.config_path()
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert_one_line(pandadoc("whoami"), 2, str(path), word)


def test_a_spoilt_store_of_a_profile_is_named(pandadoc: Pandadoc) -> None:
    path = registry.config_path()
    path.parent.mkdir(parents=True)
    path.write_text('[profiles.x]\nstore = "nowhere:"')
    assert_one_line(pandadoc("whoami", "--profile", "x"), 2, "store of the profile 'x'")


def test_help_reads_no_profile(pandadoc: Pandadoc) -> None:
    path = registry.config_path()
    path.parent.mkdir(parents=True)
    path.write_text("[")
    for command in ([], ["documents", "list"], ["status"], ["profile", "add"]):
        assert pandadoc(*command, "--help").returncode == 0


def test_the_environment_is_as_before_when_the_command_has_ended(
    pandadoc: Pandadoc, acme: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dict(os.environ)
    assert cli_app.run(["status", "--offline", "--profile", acme]) == 1
    assert dict(os.environ) == before
    assert "'acme'" in capsys.readouterr().err


def test_where_the_file_is_is_what_the_system_says(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if sys.platform in ("darwin", "win32"):
        pytest.skip("XDG is a standard of other systems")
    assert registry.config_path() == home / ".config" / "pandadoc" / "config.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert registry.config_path() == tmp_path / "pandadoc" / "config.toml"


@pytest.mark.parametrize(
    "command", [["profile"], *(["profile", name] for name in ("add", "use", "list", "show", "remove")), ["whoami"]]
)
def test_every_command_has_help_that_fits_a_narrow_terminal(pandadoc: Pandadoc, command: list[str]) -> None:
    result = pandadoc(*command, "--help", COLUMNS="40")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: pandadoc {' '.join(command)}")


def test_help_imports_nothing_of_profiles() -> None:
    program = (
        "import sys\nfrom pandadoc_client.cli import main\nmain(['--help'])\n"
        "read = {'pandadoc_client.cli.profiles.registry', 'keyring', 'filelock'}\n"
        "print(sorted(read & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"
