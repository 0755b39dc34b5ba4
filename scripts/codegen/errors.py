"""The one error of the generator: a line for the user, and the exit status."""

from __future__ import annotations

__all__ = ["GenerationError"]


class GenerationError(Exception):
    """The generator cannot go on; its text is one line that names the file and, where known, the position.

    Attributes:
        exit_status: 2 if the input is at fault, 1 if the generator is.
    """

    def __init__(self, message: str, exit_status: int = 2) -> None:
        super().__init__(message)
        self.exit_status = exit_status
