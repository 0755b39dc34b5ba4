"""Where a download goes: a file that appears when it is whole, or one that is open."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import shutil
import stat
from pathlib import Path
from typing import IO, Any, Protocol

from pandadoc_client._http.cleanup import quietly
from pandadoc_client._http.filenames import safe_filename
from pandadoc_client._http.sharing import replace
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

__all__ = ["OpenFile", "Sink", "WholeFile", "open_sink"]

_SEPARATORS = (os.sep, os.altsep or os.sep)


class Sink(Protocol):
    """What takes the bytes of a download."""

    @property
    def restartable(self) -> bool:
        """Whether it can forget what it got."""
        ...

    def write(self, data: bytes) -> None:
        """Take the next bytes."""

    def restart(self) -> None:
        """Forget what was written."""

    def finish(self, server_name: str | None) -> Path | None:
        """Take note that all is there, and return where it is, if it has a place."""

    def abandon(self) -> None:
        """Take note that no more will come; after `finish` of no effect."""


class OpenFile:
    """Writes to a file that is open already, and leaves it open. What a broken download wrote stays there."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._start: int | None = None
        with contextlib.suppress(AttributeError, OSError, ValueError):
            self._start = file.tell() if file.seekable() else None

    @property
    def restartable(self) -> bool:
        return self._start is not None

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:  # a raw file may take less than all
            written = self._file.write(rest)
            rest = rest[len(rest) if written is None else written :]

    def restart(self) -> None:
        self._file.seek(self._start)
        self._file.truncate()

    def finish(self, server_name: str | None) -> None:
        if hasattr(self._file, "flush"):
            self._file.flush()

    def abandon(self) -> None:
        pass


class WholeFile:
    """Writes a file that appears under its name when it is whole, in place of one that was there.

    The bytes go into the same folder: into a file without a name where the system has such, so that even a process
    that is killed leaves nothing, else into one with the ending ``.part``.

    Args:
        folder: Where it goes. A relative one is that of the moment, and stays so if the program goes elsewhere.
        name: Its name; None for the server's, made safe, and with a number if the folder has one like it.
    """

    restartable = True

    def __init__(self, folder: Path, name: str | None) -> None:
        self._folder = folder.absolute()
        self._name = name
        self._part: Path | None = None
        self._fd = self._open()

    def _open(self) -> int:
        if hasattr(os, "O_TMPFILE") and os.path.isdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                return os.open(self._folder, os.O_TMPFILE | os.O_RDWR, 0o666)
        return self._open_part()

    def _open_part(self) -> int:
        part = self._folder / f".{secrets.token_hex(8)}.part"
        fd = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o666)
        self._part = part
        return fd

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._fd, rest) :]

    def restart(self) -> None:
        os.lseek(self._fd, 0, os.SEEK_SET)
        os.ftruncate(self._fd, 0)

    def finish(self, server_name: str | None) -> Path:
        target = None if self._name is None else self._folder / self._name
        if target is not None and hasattr(os, "fchmod") and (mode := _mode(target)):
            os.fchmod(self._fd, stat.S_IMODE(mode))
        part = self._named()
        os.fsync(self._fd)
        self._close()
        if target is None:
            target = self._beside_others(part, safe_filename(server_name))
        else:
            _replace(part, target)
        self._part = None
        self._sync_folder()
        return target

    def _named(self) -> Path:
        """Return where the bytes are, having given them a name if they had none."""
        if self._part is not None:
            return self._part
        part = self._folder / f".{secrets.token_hex(8)}.part"
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            # With folders given, the call is one that follows the link from /proc to the file.
            os.link(f"/proc/self/fd/{self._fd}", part.name, src_dir_fd=folder, dst_dir_fd=folder)
            self._part = part
        except OSError:  # a system that has such files and does not let them have names
            fd, self._fd = self._fd, -1  # from here on the number is closed by the block, and may be another file's
            with open(fd, "rb") as unnamed:
                unnamed.seek(0)
                self._fd = self._open_part()
                with open(self._fd, "wb", closefd=False) as named:
                    shutil.copyfileobj(unnamed, named)
            part = self._folder / str(self._part)
        finally:
            os.close(folder)
        return part

    def _beside_others(self, part: Path, name: str) -> Path:
        """Give the file at *part* a name like *name* that no other has: a server must not choose what is replaced."""
        stem, ending = os.path.splitext(name)
        number = 1
        while True:
            target = self._folder / (name if number == 1 else f"{stem} ({number}){ending}")
            number += 1
            try:
                os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            except FileExistsError:
                continue
            try:
                _replace(part, target)
            except OSError:
                with contextlib.suppress(OSError):  # lest the empty file that keeps the name stay
                    target.unlink()
                raise
            return target

    def _sync_folder(self) -> None:
        with contextlib.suppress(OSError):  # not every system opens folders; the bytes themselves are safe
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def abandon(self) -> None:
        with quietly("the file of an unfinished download"):
            self._close()
        if self._part is not None:
            with quietly("the file of an unfinished download"):
                self._part.unlink(missing_ok=True)

    def _close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


def _replace(part: Path, target: Path) -> None:
    """Give the file at *part* its name; an error tells of that, and not of a name that nobody chose."""
    try:
        replace(part, target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(target)) from None


def open_sink(to: str | os.PathLike[str] | IO[bytes] | None, into: str | os.PathLike[str] | None) -> Sink:
    """Return what takes a download.

    Args:
        to: A path, or an open binary file.
        into: A folder that is there, for a file with the server's name, made safe.

    Raises:
        ApiTypeError: *to* is neither, or *into* is no path.
        ApiValueError: Both or none are given, there is no such folder or it cannot be written to, the path is that of
            something else or none that a system takes, or the file is closed or not open for writing.
    """
    if (to is None) == (into is None):
        raise ApiValueError("Give either to, a path or an open file, or into, a folder", ["to"])
    argument, place = ("to", to) if into is None else ("into", into)
    if isinstance(place, str | os.PathLike):
        try:
            return _sink_at(argument, place)
        except (OSError, ValueError) as error:
            if isinstance(error, ApiValueError):
                raise
            reason = (error.strerror if isinstance(error, OSError) else None) or "this is no path"
            raise ApiValueError(f"{argument}: cannot write to {_shown(place)}: {reason}", [argument]) from None
    if into is not None:
        raise ApiTypeError(f"into must be the path of a folder, not {type(into).__name__}", ["into"])
    if not hasattr(to, "write") or isinstance(to, io.TextIOBase):
        raise ApiTypeError(f"to must be a path or a file open for bytes, not {type(to).__name__}", ["to"])
    if getattr(to, "closed", False) is True:
        raise ApiValueError("to: the file is closed", ["to"])
    writable = getattr(to, "writable", None)
    if callable(writable) and writable() is False:
        raise ApiValueError("to: the file is not open for writing", ["to"])
    return OpenFile(to)


def _sink_at(argument: str, place: str | os.PathLike[str]) -> WholeFile:
    if not isinstance(os.fspath(place), str):
        raise ApiTypeError(f"{argument} must be a path as text, not as bytes", [argument])
    if argument == "into":
        folder = Path(place)
        _check_folder(folder, "into")
        return WholeFile(folder, None)
    path = Path(os.path.realpath(place))  # a link stays, and what it leads to is replaced
    mode = _mode(path)
    if stat.S_ISDIR(mode):
        raise ApiValueError(f"to: {_shown(place)} is a folder; name a file, or give the folder as into", ["to"])
    if os.fspath(place).endswith(_SEPARATORS):
        raise ApiValueError(f"to: {_shown(place)} names a folder; name a file, or give the folder as into", ["to"])
    if mode and not stat.S_ISREG(mode):
        raise ApiValueError(f"to: {_shown(place)} is no regular file; open it and give the file", ["to"])
    _check_folder(path.parent, "to")
    return WholeFile(path.parent, path.name)


def _check_folder(folder: Path, argument: str) -> None:
    if not stat.S_ISDIR(_mode(folder)):
        raise ApiValueError(f"{argument}: there is no folder {_shown(folder)}", [argument])


def _mode(path: Path) -> int:
    """Return the mode of what is at *path*, or 0 if nothing is.

    The methods of `Path` that ask for a kind of file say no to a path that no system takes, from Python 3.14 on.

    Raises:
        OSError: The system does not tell, or no file can have this path.
        ValueError: The path is none.
    """
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _shown(path: str | os.PathLike[str]) -> str:
    shown = repr(os.fspath(path))
    return shown if len(shown) <= 300 else f"{shown[:300]}…"
