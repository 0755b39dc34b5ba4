"""A keyring in the folder that ``FOLDER_KEYRING`` names, for a command that runs as a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

from ..stores.keyring_backend import FolderKeyring

__all__ = ["Keyring"]


class Keyring(FolderKeyring):
    """What ``PYTHON_KEYRING_BACKEND`` names; keyring makes it without arguments."""

    priority = 1.0  # pyright: ignore[reportAssignmentType]

    def __init__(self) -> None:
        super().__init__(Path(os.environ["FOLDER_KEYRING"]))
