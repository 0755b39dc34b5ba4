"""`token_store`: a store from a URL."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import cast

from pandadoc_client._http.secrets import hide, type_name
from pandadoc_client.exceptions import ApiTypeError, ApiValueError
from pandadoc_client.oauth._store_kinds import kind_of, known_urls
from pandadoc_client.oauth.stores.base import TokenStore

__all__ = ["default_path", "open_store", "token_store", "user_folder"]


def token_store(url: str | None = None) -> TokenStore:
    """Return the store that *url* stands for. Close it, or use it in a ``with``.

    ==========================================  ==================================================
    ``file:tokens.json``, ``file:~/t.json``     `FileTokenStore`
    ``sqlite:tokens.db``, ``sqlite:///t.db``    `SQLTokenStore` with SQLite
    ``postgresql://user:password@host/name``    `SQLTokenStore` with PostgreSQL, by psycopg
    ``mariadb://…``, ``mysql://…``              `SQLTokenStore` with MariaDB or MySQL, by PyMySQL
    ``redis://host:6379/0``, ``rediss://…``     `RedisTokenStore`; also ``unix://``
    ``keyring:``, ``keyring:my-service``        `KeyringTokenStore`
    ``memory:``                                 `MemoryTokenStore`
    ==========================================  ==================================================

    A driver may be named as SQLAlchemy has it: ``postgresql+asyncpg://…``.

    Args:
        url: The URL; None for that in ``PANDADOC_TOKEN_STORE``, else for the file `default_path`.

    Raises:
        ApiValueError: The URL stands for no store. The message does not show it: it may hold a password.
        ApiTypeError: It is no text.
        ImportError: The library that the store needs is missing; the message says how to install it.
    """
    name = "url"
    if url is None:
        name, url = "PANDADOC_TOKEN_STORE", os.environ.get("PANDADOC_TOKEN_STORE")
        if not url:
            from pandadoc_client.oauth.stores.file import FileTokenStore

            return FileTokenStore(default_path())
    url = cast("str", hide(url))  # it may hold a password, which no frame of an error shall have in clear
    return open_store(url, name)


def open_store(url: str, name: str, purpose: str = "") -> TokenStore:
    """Return the store that *url* stands for.

    Args:
        url: The URL.
        name: What messages call it.
        purpose: What is kept there if it is not tokens; it has a table or a prefix of its own in a database.

    Raises:
        ApiValueError, ApiTypeError, ImportError: As for `token_store`.
    """
    url = hide(url)
    if not isinstance(url, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"{name} must be text (str), not {type_name(url)}")
    scheme, colon, _ = map(hide, url.partition(":"))
    kind = kind_of(scheme) if colon else None
    if kind is None:
        urls = known_urls()
        raise ApiValueError(f"{name} is no URL of a token store; there are {', '.join(urls[:-1])} and {urls[-1]}")
    return kind.open(url, purpose)


def default_path() -> Path:
    """Return the file for a person's tokens, where the system keeps what programs remember of its user."""
    return user_folder("XDG_STATE_HOME", ".local/state") / "tokens.json"


def user_folder(variable: str, default: str) -> Path:
    """Return the folder of this package among those that the system has for its user's programs.

    Args:
        variable: The variable of the XDG standard that names the folder above it, where there is neither macOS nor
            Windows, which have one folder for all.
        default: That folder below the home folder, if the variable is unset.
    """
    home = Path.home()
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = home / "Library" / "Application Support"
    else:
        folder = Path(os.environ.get(variable) or home / default)
    return folder / "pandadoc"
