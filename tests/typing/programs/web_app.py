"""Log customers of a web application in by OAuth 2.0: each has a token of their own, which is kept valid."""

from __future__ import annotations

import os
import secrets

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from pandadoc_client import ApiException, AsyncPandaDoc
from pandadoc_client.oauth import AsyncOAuthClient, AsyncTokenManager, token_store

STORE = os.environ.get("PANDADOC_TOKEN_STORE", "file:tokens.json")


def oauth() -> AsyncOAuthClient:
    return AsyncOAuthClient(os.environ["PANDADOC_CLIENT_ID"], os.environ["PANDADOC_CLIENT_SECRET"])


def customer(request: Request) -> str:
    """Return the key of the customer's token: here, each browser is one."""
    key: str = request.session.setdefault("customer", secrets.token_hex(8))
    return key


def manager(client: AsyncOAuthClient, request: Request) -> AsyncTokenManager:
    return AsyncTokenManager(client, token_store(STORE), key=customer(request))


async def login(request: Request) -> Response:
    async with oauth() as client:
        url, state = client.authorization_url(redirect_uri=str(request.url_for("callback")))
    request.session["state"] = state
    return RedirectResponse(url)


async def callback(request: Request) -> Response:
    async with oauth() as client:
        code = client.parse_callback(str(request.url), request.session.pop("state"))
        token = await client.exchange_code(code, redirect_uri=str(request.url_for("callback")))
        await manager(client, request).save(token)
    return RedirectResponse("/documents")


async def documents(request: Request) -> Response:
    async with oauth() as client, AsyncPandaDoc(manager(client, request)) as pd:
        found = [document.name async for document in pd.documents.iterate_documents(max_items=20)]
    return JSONResponse(found)


async def refuse(request: Request, error: Exception) -> Response:
    reference = error.request_id if isinstance(error, ApiException) else None
    return PlainTextResponse(f"PandaDoc could not be asked; reference {reference}", 502)


app = Starlette(
    routes=[Route("/login", login), Route("/callback", callback, name="callback"), Route("/documents", documents)],
    middleware=[Middleware(SessionMiddleware, secret_key="made up")],
    exception_handlers={ApiException: refuse},
)
