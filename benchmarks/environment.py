"""The interpreters that the benchmarks run on, each with packages of its own."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["ROOT", "environment", "everything", "ours", "vendor"]

ROOT = Path(__file__).resolve().parents[1]


def ours() -> Path:
    """Return an interpreter with our core dependencies and nothing else, as a user's may be.

    Where click and rich are installed, as in a development environment, importing httpx also imports its command line,
    which would flatter our own import time.
    """
    dependencies = ["--constraint", "scripts/constraints.txt", "httpx", "attrs", "python-dateutil"]
    return _made(ROOT / ".cache" / "bench-venv", dependencies)


def vendor() -> Path:
    """Return an interpreter with the vendor's SDK."""
    return _made(ROOT / ".venv-vendor", ["pandadoc-python-client==6.2.0"])


def everything() -> Path:
    """Return an interpreter with what the stores and the emulator need, and Authlib, to stand beside.

    Import times are not to be taken here: it has click.
    """
    core = ["--constraint", "scripts/constraints.txt", "httpx", "attrs", "python-dateutil"]
    stores = ["filelock", "sqlalchemy[asyncio]", "psycopg[binary]", "redis", "cryptography"]
    servers = ["starlette", "uvicorn", "pytest"]  # tests/servers imports pytest
    return _made(ROOT / ".cache" / "bench-stores-venv", [*core, *stores, *servers, "authlib==1.9.8"])


def environment(python: Path) -> dict[str, str]:
    """Return the environment variables for a process of *python*: all but the vendor's find the package as it is."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    kept.pop("PYTHONPATH", None)
    if python == everything():
        return {**kept, "PYTHONPATH": str(ROOT)}
    return kept if python == vendor() else {**kept, "PYTHONPATH": str(_compiled_package())}


@functools.cache
def _compiled_package() -> Path:
    """Copy the package and compile it, as an installer does: else each import would compile it anew."""
    folder = ROOT / ".cache" / "bench-package"
    shutil.rmtree(folder, ignore_errors=True)
    left_out = shutil.ignore_patterns("__pycache__", "cli", "emulator")  # extras, not measured here
    shutil.copytree(ROOT / "pandadoc_client", folder / "pandadoc_client", ignore=left_out)
    subprocess.run([str(ours()), "-m", "compileall", "-q", str(folder)], check=True)
    return folder


def _made(folder: Path, packages: list[str]) -> Path:
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"setting up {folder.relative_to(ROOT)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, cwd=ROOT)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True, cwd=ROOT)
    return python
