"""The interpreters that the benchmarks run on, each with packages of its own."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = [
    "ROOT",
    "environment",
    "everything",
    "fast",
    "generate_command",
    "generator",
    "ours",
    "unmodified",
    "unmodified_package",
    "vendor",
    "with_aiohttp",
    "with_extra_fast",
    "with_sniffio",
    "with_tools",
]

ROOT = Path(__file__).resolve().parents[1]
_CORE = ("--constraint", "scripts/constraints.txt", "httpx", "attrs", "python-dateutil")


def ours() -> Path:
    """Return an interpreter with our core dependencies and nothing else, as a user's may be.

    Where click and rich are installed, as in a development environment, importing httpx also imports its command line,
    which would flatter our own import time.
    """
    return _made(ROOT / ".cache" / "bench-venv", [*_CORE])


def vendor() -> Path:
    """Return an interpreter with the vendor's SDK."""
    return _made(ROOT / ".venv-vendor", ["pandadoc-python-client==6.2.0"])


def everything() -> Path:
    """Return an interpreter with what the stores and the emulator need, and Authlib, to stand beside.

    Import times are not to be taken here: it has click.
    """
    stores = ["filelock", "sqlalchemy[asyncio]", "psycopg[binary]", "redis", "cryptography"]
    servers = ["starlette", "uvicorn", "openapi-core>=0.23,<0.24", "pytest"]  # tests/servers imports pytest
    return _made(ROOT / ".cache" / "bench-stores-venv", [*_CORE, *stores, *servers, "authlib==1.9.8"])


def unmodified() -> Path:
    """Return an interpreter like `ours`, for the client that openapi-python-client makes by itself."""
    return _made(ROOT / ".cache" / "bench-unmodified-venv", [*_CORE])


def fast() -> Path:
    """Return an interpreter like `ours`, with what might be faster than httpcore and json."""
    return _made(ROOT / ".cache" / "bench-fast-venv", [*_CORE, "orjson", "pyreqwest", "httpx-aiohttp"])


def with_sniffio() -> Path:
    """Return an interpreter like `ours`, with sniffio, which anyio no longer brings and httpcore looks for."""
    return _made(ROOT / ".cache" / "bench-sniffio-venv", [*_CORE, "sniffio"])


def with_aiohttp() -> Path:
    """Return an interpreter like `with_sniffio`, with aiohttp, as the extra of that name installs it, and its peers."""
    return _made(ROOT / ".cache" / "bench-aiohttp-venv", [*_CORE, "sniffio", "aiohttp", "httpx-aiohttp", "urllib3"])


def with_extra_fast() -> Path:
    """Return an interpreter like `with_aiohttp`, with orjson, as the extra ``fast`` installs it."""
    return _made(ROOT / ".cache" / "bench-extra-fast-venv", [*_CORE, "sniffio", "aiohttp", "orjson"])


def generator() -> Path:
    """Return an interpreter with what scripts/generate.py needs, openapi-python-client among it."""
    tools = ["openapi-python-client", "openapi-spec-validator", "ruff", "jinja2", "jsonschema", "pyyaml"]
    return _made(ROOT / ".cache" / "bench-generator-venv", [*_CORE, *tools])


def environment(python: Path) -> dict[str, str]:
    """Return the environment variables for a process of *python*: the clients that are not installed are found."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    kept.pop("PYTHONPATH", None)
    match python.parents[1].name:
        case ".venv-vendor":
            return kept
        case "bench-stores-venv" | "bench-generator-venv":
            folder = ROOT
        case "bench-unmodified-venv":
            folder = unmodified_package().parent
        case _:
            folder = _compiled_package()
    return {**kept, "PYTHONPATH": str(folder)}


@functools.cache
def _compiled_package() -> Path:
    """Copy the package and compile it, as an installer does: else each import would compile it anew."""
    folder = ROOT / ".cache" / "bench-package"
    shutil.rmtree(folder, ignore_errors=True)
    left_out = shutil.ignore_patterns("__pycache__", "cli", "emulator")  # extras, not measured here
    shutil.copytree(ROOT / "pandadoc_client", folder / "pandadoc_client", ignore=left_out)
    _compile(folder)
    return folder


@functools.cache
def unmodified_package() -> Path:
    """Let openapi-python-client make a client of openapi.yaml with its own templates and settings, and compile it."""
    package = ROOT / ".cache" / "bench-unmodified" / "unmodified_client"
    shutil.rmtree(package.parent, ignore_errors=True)
    package.parent.mkdir(parents=True)
    said = subprocess.run(
        [*generate_command(ROOT / "openapi.yaml", package)],
        check=True,
        capture_output=True,
        text=True,
        env=with_tools(),
    )
    (package.parent / "warnings.txt").write_text(said.stdout + said.stderr, encoding="utf-8")
    _compile(package)
    return package


def generate_command(document: Path, package: Path) -> tuple[str, ...]:
    """Return the command by which openapi-python-client makes a client without a project around it."""
    program = str(generator().parent / "openapi-python-client")
    return (program, "generate", "--path", str(document), "--meta", "none", "--output-path", str(package))


def with_tools() -> dict[str, str]:
    """Return the environment variables for a generator: it looks for ruff on the path."""
    return {**os.environ, "PATH": f"{generator().parent}{os.pathsep}{os.environ['PATH']}"}


def _compile(folder: Path) -> None:
    subprocess.run([str(ours()), "-m", "compileall", "-q", str(folder)], check=True)


def _made(folder: Path, packages: list[str]) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"setting up {folder.relative_to(ROOT)}", file=sys.stderr)
        uv = str(ROOT / ".cache" / "tools" / "bin" / "uv")  # made by scripts/setup
        subprocess.run(
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True, cwd=ROOT
        )
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), *packages],
            check=True,
            cwd=ROOT,
        )
    return python
