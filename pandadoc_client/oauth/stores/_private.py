"""Files and folders that nobody but their owner may read: for the stores that keep tokens in files."""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import stat
from pathlib import Path

from pandadoc_client._http.sharing import replace
from pandadoc_client.exceptions import TokenStoreError

__all__ = [
    "HAS_MODES",
    "check_private_file",
    "check_private_folder",
    "make_private_folder",
    "replace_private_file",
    "write_private_file",
]

HAS_MODES = os.name == "posix"
"""Whether mode bits mean anything; on Windows a file is as private as its folder."""


def check_private_file(path: str | os.PathLike[str], status: os.stat_result) -> None:
    """Check that nobody but its owner can open the file *path*, whose *status* is given.

    Raises:
        TokenStoreError: Others can, or it belongs to somebody else; the message says how to mend it.
    """
    if not HAS_MODES:
        return
    name, mode = os.fspath(path), stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        raise TokenStoreError(
            f"{name} is open to other users of this machine (its mode is {mode:04o}): chmod 600 {shlex.quote(name)}"
        )
    if status.st_uid not in (os.geteuid(), 0):
        raise TokenStoreError(f"{name} belongs to another user: sudo chown $(id -u) {shlex.quote(name)}")


def check_private_folder(folder: Path) -> None:
    """Check that only the owners of the files in *folder* can replace them.

    Raises:
        TokenStoreError: Everybody can; the message says how to mend it.
        OSError: There is no such folder.
    """
    if HAS_MODES and stat.S_IMODE(folder.stat().st_mode) & (stat.S_IWOTH | stat.S_ISVTX) == stat.S_IWOTH:
        name = os.fspath(folder)
        raise TokenStoreError(f"Every user can replace files in {name}: chmod o-w {shlex.quote(name)}")


def make_private_folder(folder: Path) -> None:
    """Create *folder* with mode 0700, and so those above it that are missing: ``Path.mkdir`` leaves these to the umask.

    Raises:
        OSError: It cannot be made.
    """
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


def write_private_file(path: Path, content: bytes) -> None:
    """Make the file *path*, which must not be there, for its owner alone, and flush it to the disk.

    Raises:
        OSError: It cannot be made.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_private_file(path: Path, content: bytes) -> None:
    """Put *content* in the place of the file *path*, so that it is there after a power cut. A write lock is held.

    Raises:
        OSError: It cannot be written; the file is as it was.
    """
    prefix = f".{path.name}."
    # Nobody else writes, so every such file was left by a process that was killed; it may hold secrets.
    for name in os.listdir(path.parent):
        if name.startswith(prefix) and name.endswith(".tmp"):
            path.with_name(name).unlink(missing_ok=True)
    temporary = path.with_name(f"{prefix}{secrets.token_hex(4)}.tmp")
    try:
        write_private_file(temporary, content)
        replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """Flush the names in *folder* to the disk, where a folder can be opened."""
    if HAS_MODES:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
