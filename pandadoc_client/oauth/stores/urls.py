"""`token_store`: a store from a URL."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from pandadoc_client._http.secrets import hide, type_name
from pandadoc_client.exceptions import ApiTypeError, ApiValueError
from pandadoc_client.oauth.stores.base import TokenStore

__all__ = ["default_path", "token_store"]

_KINDS = "memory:, file:PATH, keyring:SERVICE, sqlite:PATH, postgresql://…, mariadb://…, redis://… and rediss://…"


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
            return _file(os.fspath(default_path()))
    url = hide(url)  # it may hold a password, which no frame of an error shall have in clear
    if not isinstance(url, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"url must be text (str), not {type_name(url)}")
    scheme, colon, rest = map(hide, url.partition(":"))
    dialect = scheme.lower().partition("+")[0]
    if not colon or dialect not in _MAKERS:
        raise ApiValueError(f"{name} is no URL of a token store; there are {_KINDS}")
    return _MAKERS[dialect](rest if dialect in ("file", "keyring", "memory") else url)


def default_path() -> Path:
    """Return the file for a person's tokens, where the system keeps what programs remember of its user."""
    home = Path.home()
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = home / "Library" / "Application Support"
    else:
        folder = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state")
    return folder / "pandadoc" / "tokens.json"


def _memory(rest: str) -> TokenStore:
    from pandadoc_client.oauth.stores.memory import MemoryTokenStore

    return MemoryTokenStore()


def _file(rest: str) -> TokenStore:
    from pandadoc_client.oauth.stores.file import FileTokenStore

    if rest.startswith("//"):  # file:///absolute/path, file://localhost/absolute/path
        host, slash, path = rest[2:].partition("/")
        if host not in ("", "localhost"):
            raise ApiValueError("A file: URL must name a file of this machine: file:PATH or file:///PATH")
        rest = slash + path
    if not rest:
        raise ApiValueError("A file: URL must name a file: file:PATH")
    return FileTokenStore(unquote(rest))


def _keyring(rest: str) -> TokenStore:
    from pandadoc_client.oauth.stores.keyring import KeyringTokenStore

    service = unquote(rest.lstrip("/"))
    return KeyringTokenStore(service) if service else KeyringTokenStore()


def _sqlite(url: str) -> TokenStore:
    scheme, _, rest = map(hide, url.partition(":"))
    return _sql(url if rest.startswith("//") else f"{scheme}:///{os.path.expanduser(rest)}")


def _sql(url: str) -> TokenStore:
    from pandadoc_client.oauth.stores.sql import SQLTokenStore

    return SQLTokenStore(url)


def _redis(url: str) -> TokenStore:
    from pandadoc_client.oauth.stores.redis import RedisTokenStore

    return RedisTokenStore(url)


_MAKERS: dict[str, Callable[[str], TokenStore]] = {
    "memory": _memory,
    "file": _file,
    "keyring": _keyring,
    "sqlite": _sqlite,
    "postgresql": _sql,
    "postgres": _sql,
    "mariadb": _sql,
    "mysql": _sql,
    "redis": _redis,
    "rediss": _redis,
    "unix": _redis,
}
