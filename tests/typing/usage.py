"""What type checkers make of programs that use the package. It is checked by scripts/check, and not run.

An ``assert_type`` that does not hold is an error, and so is an ignored error that is none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_type

import pandadoc_client
from pandadoc_client import in_thread, models, raw, streamed
from pandadoc_client.api import members_api, o_auth_2_0_authentication_api
from pandadoc_client.api.members_api import AsyncMembersApi
from pandadoc_client.apis import OAuth20AuthenticationApi
from pandadoc_client.models import MemberDetailsResponse, OAuth2AccessTokenResponse
from pandadoc_client.oauth import AsyncOAuthClient, OAuthClient, Token
from pandadoc_client.rest import AsyncStreamedResponse, Headers, StreamedResponse


def vendor_style(api: OAuth20AuthenticationApi) -> None:
    assert_type(api, o_auth_2_0_authentication_api.OAuth20AuthenticationApi)
    response = api.access_token(grant_type="refresh_token", refresh_token="r", _request_timeout=(1, 2.5))
    assert_type(response, OAuth2AccessTokenResponse)
    assert_type(response.access_token, str | None)
    assert_type(response.expires_in, float | None)
    assert_type(response["access_token"], Any)
    assert_type(response.to_dict(), dict[str, Any])
    response.scope = "read"
    assert_type(in_thread(api.access_token)(client_id="i").get(5), OAuth2AccessTokenResponse)
    assert_type(streamed(api.access_token)(client_id="i"), StreamedResponse)
    data, status, headers = raw(api.access_token)(client_id="i", _request_timeout=3)
    assert_type(data, OAuth2AccessTokenResponse)
    assert_type(status, int)
    assert_type(headers, Headers)


def mistakes(api: OAuth20AuthenticationApi, response: OAuth2AccessTokenResponse) -> None:
    api.access_token(client_id=5)  # type: ignore[arg-type]  # pyright: ignore
    api.access_token(grant="x")  # type: ignore[call-arg]  # pyright: ignore
    response.acess_token  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore
    response.scope = 5  # type: ignore[assignment]  # pyright: ignore
    OAuth2AccessTokenResponse(scope=5)  # type: ignore[arg-type]  # pyright: ignore
    pandadoc_client.Configuration(hots="x")  # type: ignore[call-arg]  # pyright: ignore


def mistakes_in_other_forms(api: OAuth20AuthenticationApi) -> None:
    api.access_token(async_req=True)  # type: ignore[arg-type]  # pyright: ignore
    raw(api.access_token)(grant="x")  # type: ignore[call-arg]  # pyright: ignore
    streamed(api.access_token)(client_id=5)  # type: ignore[arg-type]  # pyright: ignore
    in_thread(api.access_token)(5)  # type: ignore[call-arg, arg-type]  # pyright: ignore


def lazy_names() -> None:
    assert_type(models.MemberDetailsResponse(first_name="Ada").first_name, str | None)
    with pandadoc_client.ApiClient(pandadoc_client.Configuration(host="http://127.0.0.1")) as client:
        assert_type(client, pandadoc_client.ApiClient)
        assert_type(members_api.MembersApi(client).details_current_member(), MemberDetailsResponse)


async def with_asyncio(api: AsyncMembersApi, client: AsyncOAuthClient) -> None:
    assert_type(await api.details_current_member(), MemberDetailsResponse)
    assert_type(await raw(api.details_current_member)(), tuple[MemberDetailsResponse, int, Headers])
    assert_type(await streamed(api.details_current_member)(), AsyncStreamedResponse)
    assert_type(await client.exchange_code("code"), Token)


def tokens(client: OAuthClient) -> None:
    token = client.exchange_code("code")
    assert_type(token, Token)
    assert_type(token.expires_at, datetime | None)
    assert_type(client.refresh(token), Token)
    assert_type(client.parse_callback("url", "state"), str)
    assert_type(client.authorization_url().state, str)
