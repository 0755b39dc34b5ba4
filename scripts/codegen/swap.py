"""Put new folders in the place of old ones, all of them or none.

Each folder is moved by a rename on one file system. A failure moves those back that were already exchanged; a run that
was killed in between is undone by the next one, because the old folders wait in a place that says so.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

__all__ = ["exclusive", "staging", "swap"]

_WORK = ".generating"
_OLD = "old"
_ABSENT = ".absent"  # marks that there was no such entry before


@contextlib.contextmanager
def exclusive(target: Path) -> Generator[None]:
    """Let one run at a time change *target*, and first undo what a killed one left behind."""
    made = [folder for folder in (target, *target.parents) if not folder.exists()]
    target.mkdir(parents=True, exist_ok=True)
    folder = os.open(target, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # of the folder itself: nothing is left behind, not even by a kill
        for left_over in target.glob(f"{_WORK}-*"):
            _undo(left_over / _OLD, target)
            shutil.rmtree(left_over)
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # what is not empty stays, with all above it
            for empty in made:
                empty.rmdir()
        raise
    finally:
        os.close(folder)


@contextlib.contextmanager
def staging(target: Path) -> Generator[Path]:
    """Yield a new folder on the file system of *target*, and remove it in the end."""
    with tempfile.TemporaryDirectory(prefix=f"{_WORK}-", dir=target, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def swap(new: Path, target: Path, names: Sequence[str]) -> None:
    """Exchange the entries *names* of *target* for those of *new*, a folder that `staging` gave.

    A name may be a path: that of a file in a folder that is not exchanged.
    """
    old = new.parent / _OLD
    old.mkdir()
    try:
        for name in names:
            kept = quote(name, safe="")
            if os.path.lexists(target / name):
                (target / name).rename(old / kept)
            else:
                (old / f"{kept}{_ABSENT}").touch()
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).rename(target / name)
    except BaseException:
        _undo(old, target)
        raise


def _undo(old: Path, target: Path) -> None:
    """Move the entries of *old* back into *target*, in place of whatever stands there."""
    for entry in sorted(old.iterdir()) if old.is_dir() else []:
        there = target / unquote(entry.name.removesuffix(_ABSENT))
        if there.is_dir() and not there.is_symlink():
            shutil.rmtree(there)
        else:
            there.unlink(missing_ok=True)
        if entry.name.endswith(_ABSENT):
            entry.unlink()
        else:
            entry.rename(there)
