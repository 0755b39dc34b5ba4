"""What stands beside: token handling as programs usually have it."""

from __future__ import annotations

import importlib
import json
import os
import warnings
from pathlib import Path
from typing import Any

__all__ = ["authlib_clients", "load_json", "save_json", "without_charset"]


def authlib_clients() -> tuple[Any, Any]:
    """Return Authlib's classes for httpx: the blocking one, and the one for asyncio."""
    importlib.import_module("authlib.deprecate")  # turns its own warnings on when it is imported
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would rather have httpx2
        module: Any = importlib.import_module("authlib.integrations.httpx_client")
    return module.OAuth2Client, module.AsyncOAuth2Client


def without_charset(client: Any) -> Any:
    """Return Authlib's *client*, told to send forms as this API wants them: the type without a ``charset``."""
    client.register_compliance_hook("refresh_token_request", _plain_form)
    return client


def _plain_form(url: str, headers: dict[str, str], body: str) -> tuple[str, dict[str, str], str]:
    return url, {**headers, "Content-Type": "application/x-www-form-urlencoded"}, body


def save_json(path: Path, token: dict[str, Any], *, flush: bool = False) -> None:
    """Write *token* over the file, as is usual; *flush* waits for the disk."""
    with open(path, "w") as file:
        json.dump(token, file)
        if flush:
            file.flush()
            os.fsync(file.fileno())


def load_json(path: Path) -> dict[str, Any]:
    with open(path) as file:
        token: dict[str, Any] = json.load(file)
        return token
