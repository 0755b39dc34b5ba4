"""What a call for a file returns: its bytes as an open file, with a name like a file of the vendor's SDK."""

from __future__ import annotations

import io
import os
import tempfile

from pandadoc_client._http.filenames import filename_of, safe_filename
from pandadoc_client._http.messages import Response

__all__ = ["DownloadedFile"]


class DownloadedFile(io.BytesIO):
    """The bytes of a response, open for reading.

    Args:
        response: The response.
        folder: Where a file is made when `name` is asked for; None for the system's folder for temporary files.
    """

    def __init__(self, response: Response, folder: str | None = None) -> None:
        super().__init__(response.data)
        self._filename = safe_filename(filename_of(response.headers))
        self._folder = folder
        self._path: str | None = None

    @property
    def name(self) -> str:
        """Path of a file with these bytes, whose last part is the name that the server gives, made safe.

        The file is made when the path is first asked for, in a new folder that nobody else can read. It is yours:
        nothing deletes it. A program that does not ask leaves nothing on the disk.
        """
        if self._path is None:
            path = os.path.join(tempfile.mkdtemp(prefix="pandadoc-", dir=self._folder), self._filename)
            with open(path, "xb") as file:
                file.write(self.getvalue())
            self._path = path
        return self._path
