"""Where ``-o/--output`` says that a file goes."""

from __future__ import annotations

import os

from pandadoc_client.cli.errors import CommandError

__all__ = ["OUTPUT", "place_of"]

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
