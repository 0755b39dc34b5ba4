"""The arrows between the layers that must never exist."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pandadoc_client
from pandadoc_client.oauth._store_kinds import KINDS

PACKAGE = Path(pandadoc_client.__file__).parent
GENERATED = ("api", "apis", "model", "models", "types")
HAND_WRITTEN = tuple(
    f"pandadoc_client.{path.stem}"
    for path in sorted(PACKAGE.iterdir())
    if path.stem not in {"__init__", "__pycache__", "py"}
)


def all_but(*names: str) -> tuple[str, ...]:
    """Return what stands in the package's root, without these."""
    return tuple(name for name in HAND_WRITTEN if name.removeprefix("pandadoc_client.") not in names)


def all_in(folder: str, but: tuple[str, ...]) -> tuple[str, ...]:
    """Return the modules of a folder of the package, without some."""
    return tuple(
        f"pandadoc_client.{folder}.{path.stem}" for path in (PACKAGE / folder).glob("[!_]*.py") if path.stem not in but
    )


def private_modules(*folders: str) -> Iterator[Path]:
    """Yield the modules of some folders of the package that are nobody else's to import."""
    for folder in folders:
        yield from (PACKAGE / folder).glob("_[!_]*.py")


CORE = (
    *("_http", "_calls", "_flows", "api_client", "configuration", "exceptions", "rest", "model_utils", "pagination"),
    *("results", "throttling", "files", "waiting", *GENERATED),
)
STORES = tuple(kind.module for kind in KINDS)

# From what (a module and all below it), to what.
FORBIDDEN: list[tuple[str, tuple[str, ...]]] = [
    # Errors mask what is secret; its names are the contract's, in a generated module of data.
    ("pandadoc_client.exceptions", (*all_but("exceptions", "_http"), *all_in("_http", but=("secrets", "retry_after")))),
    ("pandadoc_client._http.secrets", (*all_but("_http", "apis"), *all_in("_http", but=("secrets",)))),
    # A rate limiter is known to it by its type only.
    ("pandadoc_client._http", all_but("_http", "exceptions", "apis", "throttling")),
    ("pandadoc_client._calls", tuple(f"pandadoc_client.{name}" for name in (*GENERATED, "_flows", "files", "waiting"))),
    # The core knows nothing of OAuth: a manager brings its httpx.Auth along.
    *((f"pandadoc_client.{name}", ("pandadoc_client.oauth",)) for name in CORE),
    (
        "pandadoc_client._flows",
        tuple(f"pandadoc_client.{name}" for name in ("api", "apis", "oauth", "files", "waiting", "client")),
    ),
    (
        "pandadoc_client.model",
        tuple(
            name
            for name in HAND_WRITTEN
            if name not in {f"pandadoc_client.{own}" for own in ("_calls", *GENERATED[2:])}
        ),
    ),
    ("pandadoc_client.models", ("pandadoc_client.api", "pandadoc_client.apis")),
    ("pandadoc_client.apis.document", ("pandadoc_client",)),
    ("pandadoc_client.apis.secrets", ("pandadoc_client",)),
    *(
        (
            f"pandadoc_client.{pure}",
            ("httpx", "pandadoc_client.model", "pandadoc_client._calls", "pandadoc_client._http.transport"),
        )
        for pure in ("_http.form", "oauth.protocol", "oauth.token")
    ),
    *(
        (
            f"pandadoc_client.oauth.stores.{store}",
            (
                *(f"pandadoc_client.oauth.stores.{other}" for other in STORES if other != store),
                "pandadoc_client.oauth.stores.urls",
                "pandadoc_client.oauth.manager",
                "pandadoc_client.oauth.client",
                "httpx",
            ),
        )
        for store in STORES
    ),
    (
        "pandadoc_client.oauth",
        all_but("oauth", "_http", "exceptions", "configuration"),  # of a Configuration its type is mentioned
    ),
    (
        "pandadoc_client.webhooks",
        ("httpx", "pandadoc_client.model", "pandadoc_client._calls", "pandadoc_client._http.transport"),
    ),
    # An adapter is made of what its users could use; nothing imports one.
    (
        "pandadoc_client.contrib",
        (
            *(f"pandadoc_client.{name}" for name in ("_http", "_calls", "_flows", "_conflict", "cli", "emulator")),
            *(f"pandadoc_client.{name}" for name in (*GENERATED, "client", "api_client")),
            *(f"pandadoc_client.{path.parent.name}.{path.stem}" for path in private_modules("oauth", "webhooks")),
        ),
    ),
    *((name, ("pandadoc_client.contrib",)) for name in HAND_WRITTEN if name != "pandadoc_client.contrib"),
    # What the environment says of certificates concerns this machine, and not the API that the emulator plays.
    (
        "pandadoc_client.emulator",
        (*all_but("emulator", "_http"), *all_in("_http", but=("environment",))),
    ),
    ("pandadoc_client._http.environment", (*all_but("exceptions", "_http"), *all_in("_http", but=("values",)))),
    ("pandadoc_client", ("scripts", "codegen", "tests")),
    *(
        (name, ("pandadoc_client.cli", "pandadoc_client.emulator"))
        for name in HAND_WRITTEN
        if name not in {"pandadoc_client.cli", "pandadoc_client.emulator"}
    ),
    ("pandadoc_client.emulator", ("pandadoc_client.cli",)),
]

# What importing the package must not import; the last line is for `import pandadoc_client` alone.
OPTIONAL = (
    *("keyring", "redis", "sqlalchemy", "typer", "rich", "jq", "starlette", "uvicorn", "openapi_core", "cryptography"),
    *("requests", "fastapi", "django", "flask"),
)
LAZY = (
    "httpx",
    "attrs",
    "attr",
    "dateutil",
    "pandadoc_client._calls",
    "pandadoc_client.apis",
    "pandadoc_client.api_client",
)


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def is_below(name: str, ancestor: str) -> bool:
    return name == ancestor or name.startswith(f"{ancestor}.")


def full_names(node: ast.AST, module: str, path: Path) -> list[str]:
    """Return the full names of what an import statement of a module imports; nothing for any other node."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    package = module if path.stem == "__init__" else module.rpartition(".")[0]
    base = node.module or ""
    if node.level:
        above = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*above, base]).rstrip(".")
    return [f"{base}.{alias.name}" for alias in node.names]


def imports(module: str, path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for name in full_names(node, module, path):
            yield getattr(node, "lineno", 0), name


@pytest.mark.parametrize(("origin", "targets"), FORBIDDEN, ids=lambda value: value if isinstance(value, str) else "")
def test_no_forbidden_import(origin: str, targets: tuple[str, ...]) -> None:
    looked_at = [(module, path) for module, path in modules() if is_below(module, origin)]
    assert looked_at, f"{origin} is gone; the rule needs a new name"
    found = [
        f"{path.relative_to(PACKAGE.parent)}:{line} imports {name}"
        for module, path in looked_at
        for line, name in imports(module, path)
        for target in targets
        if is_below(name, target) and not is_below(name, origin)
    ]
    assert found == []


def test_the_walk_sees_relative_imports() -> None:
    path = PACKAGE / "model" / "error_response.py"
    names = {name for _, name in imports("pandadoc_client.model.error_response", path)}
    assert {"pandadoc_client._calls.model.Model", "pandadoc_client.models"} <= names


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import pandadoc_client", (*OPTIONAL, *LAZY)),
        ("from pandadoc_client import ApiClient", OPTIONAL),
        ("import pandadoc_client.api_client, pandadoc_client._http.transport", (*OPTIONAL, "attr")),
        ("import pandadoc_client.apis, pandadoc_client.models", (*OPTIONAL, "httpx")),
        ("from pandadoc_client.models import OAuth2AccessTokenResponse", (*OPTIONAL, "httpx", "attrs", "attr")),
        ("import pandadoc_client.api.o_auth_2_0_authentication_api", (*OPTIONAL, "httpx", "attr", "dateutil")),
        ("from pandadoc_client.oauth import Token", (*OPTIONAL, "httpx", "attrs", "attr", "dateutil")),
        ("from pandadoc_client.oauth import OAuthClient", (*OPTIONAL, "attr", "dateutil")),
        ("from pandadoc_client.oauth import *", (*OPTIONAL, "filelock")),
    ],
)
def test_importing_does_not_import(statement: str, unwanted: tuple[str, ...]) -> None:
    # Where they are installed, httpx brings click and rich along, for its command line, and httpcore trio with attrs.
    program = (
        "import sys; sys.modules['click'] = sys.modules['trio'] = None\n"
        f"{statement}\n"
        f"print([name for name in {unwanted!r} if sys.modules.get(name)])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.strip() == "[]"
