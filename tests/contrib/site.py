"""A web application made with each framework's adapters, as its developers would; `main` runs it.

It prints its URL. Who it is for signs in at ``/login?user=ada``; ``/me`` shows whom PandaDoc takes them for. What the
receiver of webhooks hands over goes line by line to the file ``handled``, and its data says what else happens.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI, Request
from starlette.exceptions import HTTPException

from pandadoc_client import AsyncPandaDoc, PandaDoc, webhooks
from pandadoc_client.oauth import AsyncOAuthClient, AsyncTokenManager, OAuthClient, token_store

from .support import KEY, MAX_BODY


def record(event: webhooks.AnyEvent) -> None:
    """Hand an event over."""
    if Path("broken").exists():
        raise RuntimeError("the queue is down")
    with Path("handled").open("a", encoding="utf-8") as handled:
        handled.write(f"{type(event).__name__} {event.id}\n")


def flask_site(callback: str) -> Any:
    from flask import Flask, Response, abort, request, session

    from pandadoc_client.contrib.flask import PandaDocOAuth, webhook_view

    app = Flask(__name__)
    app.secret_key = "made up"
    pandadoc = PandaDocOAuth(OAuthClient(redirect_uri=callback), token_store(), lambda: session.get("user"), home="/me")
    app.register_blueprint(pandadoc.blueprint, url_prefix="/pandadoc")

    @app.get("/login")
    def login() -> str:
        session["user"] = request.args["user"]
        return "signed in"

    @app.get("/me")
    def me() -> str:
        with PandaDoc(pandadoc.manager(session["user"])) as pd:
            return str(pd.members.details_current_member().email)

    def hand_over(event: webhooks.AnyEvent) -> None:
        if event.data.get("gone"):
            abort(Response("gone", 410))
        record(event)

    view = webhook_view(hand_over, KEY, webhooks.EventDeduplicator("sqlite:webhooks.db"), max_body=MAX_BODY)
    app.add_url_rule("/webhook", view_func=view, methods=["POST"])
    return app


def fastapi_site(callback: str) -> Any:
    from starlette.middleware.sessions import SessionMiddleware

    from pandadoc_client.contrib.fastapi import PandaDocOAuth, webhook_endpoint

    app = FastAPI()
    app.add_middleware(SessionMiddleware, secret_key="made up")

    def user(request: Request) -> str | None:
        return request.session.get("user")

    pandadoc = PandaDocOAuth(AsyncOAuthClient(redirect_uri=callback), token_store(), user, home="/me")
    app.include_router(pandadoc.router, prefix="/pandadoc")

    @app.get("/login")
    async def login(request: Request, user: str) -> str:
        request.session["user"] = user
        return "signed in"

    @app.get("/me")
    async def me(manager: AsyncTokenManager = Depends(pandadoc.current_manager)) -> str:  # noqa: B008
        async with AsyncPandaDoc(manager) as pd:
            return str((await pd.members.details_current_member()).email)

    async def hand_over(event: webhooks.AnyEvent) -> None:
        if event.data.get("gone"):
            raise HTTPException(410)  # FastAPI's is a kind of it
        record(event)

    endpoint = webhook_endpoint(hand_over, KEY, webhooks.EventDeduplicator("sqlite:webhooks.db"), max_body=MAX_BODY)
    app.add_api_route("/webhook", endpoint, methods=["POST"])
    return app


def django_site(callback: str) -> Any:
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpRequest, HttpResponse
    from django.urls import include, path

    settings.configure(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="made up",
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    )
    django.setup()

    from pandadoc_client.contrib.django import PandaDocOAuth, webhook_view

    pandadoc = PandaDocOAuth(
        OAuthClient(redirect_uri=callback), token_store(), lambda request: request.session.get("user"), home="/me"
    )

    def login(request: HttpRequest) -> HttpResponse:
        request.session["user"] = request.GET["user"]
        return HttpResponse("signed in")

    def me(request: HttpRequest) -> HttpResponse:
        with PandaDoc(pandadoc.manager(request.session["user"])) as pd:
            return HttpResponse(pd.members.details_current_member().email)

    view = webhook_view(record, KEY, webhooks.EventDeduplicator("sqlite:webhooks.db"), max_body=MAX_BODY)
    urlpatterns[:] = [
        path("login", login),
        path("me", me),
        path("pandadoc/", include(pandadoc.urls)),
        path("webhook", view),
    ]
    return WSGIHandler()


urlpatterns: list[Any] = []


def main(framework: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = {"flask": flask_site, "fastapi": fastapi_site, "django": django_site}[framework](
            f"{url}/pandadoc/callback"
        )
        if framework == "fastapi":
            import uvicorn

            print(url, flush=True)
            server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
            server.run([listener])
        else:
            from werkzeug.serving import make_server

            wsgi = make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno())
            print(url, flush=True)
            wsgi.serve_forever()
