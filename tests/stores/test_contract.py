"""The contract suite over every kind of store that this package has; kinds.py lists them."""

from __future__ import annotations

import pytest

from pandadoc_client.oauth.stores.testing import SharedTokenStoreContract, TokenStoreContract

from .kinds import KINDS, SHARED_KINDS, OpenStore


class TestStoresOfOneProcess(TokenStoreContract):
    @pytest.fixture(params=[name for name in KINDS if name not in SHARED_KINDS])
    def make_store(self, request: pytest.FixtureRequest) -> OpenStore:
        return KINDS[request.param].prepare(request)


class TestSharedStores(SharedTokenStoreContract):
    @pytest.fixture(params=SHARED_KINDS)
    def make_store(self, request: pytest.FixtureRequest) -> OpenStore:
        return KINDS[request.param].prepare(request)
