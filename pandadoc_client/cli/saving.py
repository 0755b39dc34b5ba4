"""Where ``-o/--output`` says that a file goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pandadoc_client.cli.errors import CommandError
from pandadoc_client.exceptions import ApiValueError

__all__ = ["OUTPUT", "naming_output", "place_of"]

OUTPUT = "-o/--output"


def place_of(output: str) -> tuple[str | None, str | None]:
    """Return the file, or else the folder, that *output* names: a folder gets the file under the server's name.

    Raises:
        CommandError: There is no such folder, or it is no file and no folder.
    """
    is_folder = os.path.isdir(output)
    folder = output if is_folder else os.path.dirname(output) or "."
    if not os.path.isdir(folder):
        raise CommandError(f"{OUTPUT}: there is no folder {folder}")
    if is_folder:
        return None, output
    if os.path.exists(output) and not os.path.isfile(output):
        raise CommandError(f"{OUTPUT}: {output} is no regular file; write to it with: {OUTPUT[3:]} - > {output}")
    return output, None


@contextmanager
def naming_output() -> Iterator[None]:
    """Turn what is wrong with the place of a download into an error that names the option.

    Raises:
        CommandError: Nothing can be written there.
    """
    try:
        yield
    except ApiValueError as error:
        argument = next(iter(error.path_to_item or ()), None)
        if argument not in ("to", "into"):
            raise
        text = str(error).removeprefix(f"{argument}: ").removesuffix(f" at ['{argument}']")
        raise CommandError(f"{OUTPUT}: {text}") from None
