"""The kinds of stores, one row each: what `token_store`, the lazy names of the packages, help and tests read.

A new kind is a module with the class and, if a URL can stand for it, a function ``from_url(url, purpose)``, and a row
here. Type checkers cannot read the row: the class has its line under ``TYPE_CHECKING`` in ``oauth`` and in
``oauth.stores``, and users its line in the tables of ``oauth.stores`` and of docs/oauth.md. Tests compare them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pandadoc_client.oauth.stores.base import TokenStore

__all__ = ["KINDS", "StoreKind", "kind_of", "known_urls"]


class StoreKind(NamedTuple):
    """A kind of store.

    Attributes:
        name: Its class.
        module: The module of `oauth.stores` that has it.
        extra: The extra of this package that installs what it needs; empty if it needs nothing.
        urls: URLs that stand for it, as messages show them; none if no URL does.
        aliases: Schemes that are understood and not shown.
        in_memory: Whether its data ends with the process.
    """

    name: str
    module: str
    extra: str = ""
    urls: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    in_memory: bool = False

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes of its URLs, in lower case and without the name of a driver."""
        return (*(url.partition(":")[0] for url in self.urls), *self.aliases)

    @property
    def path(self) -> str:
        """The full name of its module."""
        return f"pandadoc_client.oauth.stores.{self.module}"

    def open(self, url: str, purpose: str) -> TokenStore:
        """Return the store that *url* stands for. A *purpose* keeps its data apart from the tokens in a database."""
        opened: TokenStore = import_module(self.path).from_url(url, purpose)
        return opened


KINDS = (
    StoreKind("MemoryTokenStore", "memory", urls=("memory:",), in_memory=True),
    StoreKind("FileTokenStore", "file", "file", ("file:PATH",)),
    StoreKind("KeyringTokenStore", "keyring", "keyring", ("keyring:SERVICE",)),
    StoreKind("SQLTokenStore", "sql", "sql", ("sqlite:PATH", "postgresql://…", "mariadb://…"), ("postgres", "mysql")),
    StoreKind("RedisTokenStore", "redis", "redis", ("redis://…", "rediss://…"), ("unix",)),
    StoreKind("EncryptedTokenStore", "encrypted", "encrypted"),
)


def kind_of(scheme: str) -> StoreKind | None:
    """Return the kind of store that URLs of *scheme* stand for; None if there is none."""
    name = scheme.lower().partition("+")[0]
    return next((kind for kind in KINDS if name in kind.schemes), None)


def known_urls(*, kept: bool = False) -> list[str]:
    """Return how the URLs of all kinds look; *kept*: of those that outlive the process."""
    return [url for kind in KINDS for url in kind.urls if not (kept and kind.in_memory)]
