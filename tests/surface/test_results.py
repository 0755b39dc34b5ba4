"""`raw`, `streamed` and `in_thread`: other forms of a result, in both worlds."""

from __future__ import annotations

from typing import Any

import pytest

from pandadoc_client import AsyncPandaDoc, PandaDoc, in_thread, raw, streamed
from pandadoc_client.emulator import Emulator
from pandadoc_client.models import MemberDetailsResponse


def test_raw_gives_data_status_and_headers(pandadoc_emulator: Emulator) -> None:
    with PandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url) as pd:
        member, status, headers = raw(pd.members.details_current_member)()
    assert isinstance(member, MemberDetailsResponse)
    assert status == 200
    assert headers["Content-Type"].startswith("application/json")


def test_streamed_leaves_the_body_unread(pandadoc_emulator: Emulator) -> None:
    with (
        PandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url) as pd,
        streamed(pd.documents.list_documents)(count=1) as response,
    ):
        assert response.status == 200
        assert response.read().startswith(b"{")


def test_in_thread_gives_a_handle(pandadoc_emulator: Emulator) -> None:
    with PandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url) as pd:
        handle = in_thread(pd.members.details_current_member)()
        assert isinstance(handle.get(30), MemberDetailsResponse)
        assert handle.ready()
        assert handle.successful()


async def test_raw_and_streamed_work_with_asyncio(pandadoc_emulator: Emulator) -> None:
    async with AsyncPandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url) as pd:
        member, status, _ = await raw(pd.members.details_current_member)()
        assert (type(member), status) == (MemberDetailsResponse, 200)
        async with await streamed(pd.documents.list_documents)(count=1) as response:
            assert (await response.read()).startswith(b"{")


@pytest.mark.parametrize("form", [raw, streamed, in_thread])
def test_a_method_that_makes_several_calls_has_no_other_form(form: Any) -> None:
    with PandaDoc(api_key="k") as pd, pytest.raises(TypeError, match="unexpected"):
        form(pd.documents.iterate_documents)()
