"""What the tests of the stores share: it is that of the contract suite."""

from __future__ import annotations

from pandadoc_client.oauth.stores.testing import DOCUMENT, document, in_threads, write

__all__ = ["DOCUMENT", "document", "in_threads", "write"]
