"""Whether the vendor's distribution is in the same environment: both have the import name ``pandadoc_client``."""

from __future__ import annotations

import os
import sys

__all__ = ["MEND", "find_conflict"]

MEND = (
    "pandadoc-python-client is installed beside pandadoc-client, and both have the import name pandadoc_client: each "
    "has overwritten files of the other, or hides it. To mend it: pip uninstall -y pandadoc-python-client "
    "pandadoc-client, then pip install pandadoc-client"
)
_NAME = "pandadoc_python_client"


def find_conflict() -> str | None:
    """Return where the metadata of the vendor's distribution is; None if it is not installed.

    Names in the folders of ``sys.path`` are looked at, and nothing is read: to import ``importlib.metadata`` takes
    longer than to import all of this package.
    """
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue  # an archive, or a folder that is not there
        for name in names:
            if name.endswith((".dist-info", ".egg-info")) and name.partition("-")[0].lower() == _NAME:
                return os.path.join(folder, name)
    return None
