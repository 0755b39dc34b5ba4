"""Where tokens are kept. Each kind of store is imported when it is first used, with the library that it needs.

======================  ==========================================  =============================
store                   shared by                                   needs
======================  ==========================================  =============================
`MemoryTokenStore`      the threads of a process                    nothing
`FileTokenStore`        the processes of a machine                  ``pandadoc-client[file]``
`KeyringTokenStore`     the programs of a person at a desktop       ``pandadoc-client[keyring]``
`SQLTokenStore`         machines; SQLite: processes of a machine    ``[sql]``, ``[postgresql]``, ``[mariadb]``
`RedisTokenStore`       machines                                    ``pandadoc-client[redis]``
`EncryptedTokenStore`   whoever shares the store that it wraps      ``pandadoc-client[encrypted]``
======================  ==========================================  =============================

`token_store` makes one from a URL. A store of another kind derives from `TokenStore`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pandadoc_client.oauth._store_kinds import KINDS

if TYPE_CHECKING:
    from pandadoc_client.exceptions import TokenStoreError as TokenStoreError
    from pandadoc_client.oauth.stores.base import TokenStore as TokenStore
    from pandadoc_client.oauth.stores.encrypted import EncryptedTokenStore as EncryptedTokenStore
    from pandadoc_client.oauth.stores.file import FileTokenStore as FileTokenStore
    from pandadoc_client.oauth.stores.keyring import KeyringTokenStore as KeyringTokenStore
    from pandadoc_client.oauth.stores.memory import MemoryTokenStore as MemoryTokenStore
    from pandadoc_client.oauth.stores.redis import RedisTokenStore as RedisTokenStore
    from pandadoc_client.oauth.stores.sql import SQLTokenStore as SQLTokenStore
    from pandadoc_client.oauth.stores.urls import token_store as token_store

# Without those that need a library of their own, which `import *` would ask for.
__all__ = [
    "MemoryTokenStore",
    "TokenStore",
    "TokenStoreError",
    "token_store",
]

_MODULES = {kind.name: kind.path for kind in KINDS} | {
    "TokenStore": "pandadoc_client.oauth.stores.base",
    "TokenStoreError": "pandadoc_client.exceptions",
    "token_store": "pandadoc_client.oauth.stores.urls",
}


if not TYPE_CHECKING:  # a type checker that saw this would take any misspelt name for Any

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_MODULES[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
