"""``pandadoc login``, ``status``, ``token``, ``refresh`` and ``logout``: one account, its token in a store."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from pandadoc_client.cli.accounts import (
    Member,
    State,
    account_document,
    account_lines,
    current_member,
    member_name,
    open_manager,
    open_store,
    state_of,
    stored,
)
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError, describe
from pandadoc_client.cli.inputs import Connection, pasted
from pandadoc_client.cli.options import (
    DEFAULT_KEY,
    DEFAULT_SCOPE,
    AllowInsecure,
    AuthorizeUrl,
    ClientId,
    ClientSecretFile,
    Host,
    Json,
    Key,
    RedirectUri,
    Region,
    Scope,
    SendRedirectUri,
    ShowSecrets,
    Store,
    Timeout,
)
from pandadoc_client.cli.render import moment_in_words, print_json, print_lines, token_document
from pandadoc_client.exceptions import ApiException, TokenStoreError
from pandadoc_client.oauth import OAuthClient, Token

if TYPE_CHECKING:
    from pandadoc_client.oauth.stores import TokenStore

__all__ = ["login", "logout", "refresh", "status", "token"]

_LOCK_SECONDS = 1.0
_SAVE_AGAIN_AFTER = (0.2, 1.0)


def login(
    no_browser: Annotated[
        bool,
        typer.Option(
            "--no-browser",
            help="Print the address of the consent page, and take the address at which the browser ends: from a"
            " terminal, else as one line of standard input.",
        ),
    ] = False,
    scope: Scope = DEFAULT_SCOPE,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", help="How long to wait for consent in the browser.")
    ] = 300.0,
    store: Store = None,
    key: Key = DEFAULT_KEY,
    client_id: ClientId = None,
    client_secret_file: ClientSecretFile = None,
    redirect_uri: RedirectUri = None,
    send_redirect_uri: SendRedirectUri = False,
    host: Host = None,
    region: Region = None,
    authorize_url: AuthorizeUrl = None,
    allow_insecure: AllowInsecure = False,
    show_secrets: ShowSecrets = False,
    as_json: Json = False,
) -> None:
    """Get consent in the browser, and store the token.

    The browser comes back to the redirect URI, on this machine: http://127.0.0.1:PORT/path as registered. Without a
    port a free one is taken. For any other redirect URI, and where there is no browser, use --no-browser.

    \b
    pandadoc login
    pandadoc login --no-browser --store file:~/tokens.json --key acme

    --show-secrets prints the token if, and only if, it could not be stored.
    """
    connection = Connection(
        client_id=client_id,
        client_secret_file=client_secret_file,
        redirect_uri=redirect_uri,
        send_redirect_uri=send_redirect_uri,
        host=host,
        region=region,
        authorize_url=authorize_url,
        allow_insecure=allow_insecure,
    )
    if no_browser and connection.takes_stdin:
        raise CommandError("the client secret and the callback URL cannot both come from standard input")
    from pandadoc_client.oauth.stores.entry import Entry

    with open_store(store) as tokens, connection.open(connection.secret()) as client:
        _check_store(tokens, key)
        token = _consent(client, no_browser=no_browser, scope=scope, timeout=timeout)
        _keep(tokens, key, token, show_secrets=show_secrets)
        member, problem = _who(client, token, allow_insecure=allow_insecure)
        if as_json:
            print_json(account_document(tokens, key, Entry(token), member))
            return
        who = f" as {member_name(member)}" if member is not None else f" (who this is could not be asked: {problem})"
        until = "expiry unknown" if token.expires_at is None else f"valid until {moment_in_words(token.expires_at)}"
        print_lines([f"Logged in{who}; stored in {tokens!r} under the key {key!r}, {until}."])


def status(
    offline: Annotated[
        bool, typer.Option("--offline", help="Show what is stored; call nobody, refresh nothing.")
    ] = False,
    store: Store = None,
    key: Key = DEFAULT_KEY,
    client_id: ClientId = None,
    client_secret_file: ClientSecretFile = None,
    host: Host = None,
    region: Region = None,
    timeout: Timeout = 30.0,
    allow_insecure: AllowInsecure = False,
    as_json: Json = False,
) -> None:
    """Show who is logged in, where the token is stored, what it is good for and for how long.

    The token is tried with a call, and refreshed first if need be. The exit status is 1 if there is none, or if a
    person has to log in again.

    \b
    pandadoc status
    pandadoc status --offline --json | jq -r .expires_at
    """
    connection = Connection(
        client_id=client_id,
        client_secret_file=client_secret_file,
        host=host,
        region=region,
        timeout=timeout,
        allow_insecure=allow_insecure,
    )
    with open_store(store) as tokens:
        entry, member = stored(tokens, key), None
        if not offline:
            from pandadoc_client import Configuration

            with open_manager(connection, tokens, key) as manager:
                configuration = Configuration(
                    manager.client.host, auth=manager, timeout=timeout, allow_insecure=allow_insecure
                )
                member = current_member(configuration)
            entry = stored(tokens, key)
        if as_json:
            print_json(account_document(tokens, key, entry, member))
        else:
            print_lines(account_lines(tokens, key, entry, member))
    if state_of(entry) is State.NEEDS_CONSENT:
        raise typer.Exit(EXIT_FAILURE)


def token(
    store: Store = None,
    key: Key = DEFAULT_KEY,
    client_id: ClientId = None,
    client_secret_file: ClientSecretFile = None,
    host: Host = None,
    region: Region = None,
    timeout: Timeout = 30.0,
    allow_insecure: AllowInsecure = False,
) -> None:
    """Print a valid access token and nothing else, refreshed first if need be.

    The application's id and secret are needed only then.

    \b
    curl -H "Authorization: Bearer $(pandadoc token)" https://api.pandadoc.com/public/v1/documents
    """
    connection = Connection(
        client_id=client_id,
        client_secret_file=client_secret_file,
        host=host,
        region=region,
        timeout=timeout,
        allow_insecure=allow_insecure,
    )
    with open_store(store) as tokens:
        entry = stored(tokens, key)
        if state_of(entry) is State.VALID:
            print_lines([entry.token.access_token])
            return
        with open_manager(connection, tokens, key) as manager:
            print_lines([manager.token(timeout=timeout).access_token])


def refresh(
    force: Annotated[
        bool, typer.Option("--force", help="Ask the server even if it has refused to refresh this token before.")
    ] = False,
    store: Store = None,
    key: Key = DEFAULT_KEY,
    client_id: ClientId = None,
    client_secret_file: ClientSecretFile = None,
    host: Host = None,
    region: Region = None,
    timeout: Timeout = 30.0,
    allow_insecure: AllowInsecure = False,
    as_json: Json = False,
) -> None:
    """Refresh the stored token now, whether or not it is due. No secret is printed.

    \b
    pandadoc refresh --key acme
    """
    connection = Connection(
        client_id=client_id,
        client_secret_file=client_secret_file,
        host=host,
        region=region,
        timeout=timeout,
        allow_insecure=allow_insecure,
    )
    with open_store(store) as tokens, open_manager(connection, tokens, key) as manager:
        new = manager.refresh(force=force, timeout=timeout)
        if as_json:
            print_json(account_document(tokens, key, stored(tokens, key), None))
        else:
            print_lines([f"Refreshed the token under the key {key!r}: valid until {moment_in_words(new.expires_at)}."])


def logout(store: Store = None, key: Key = DEFAULT_KEY) -> None:
    """Forget the stored token.

    PandaDoc has no endpoint to revoke a token: whoever has a copy of it can use it until it expires.

    \b
    pandadoc logout --key acme
    """
    with open_store(store) as tokens:
        if not tokens.delete(key):
            print_lines([f"Nothing was stored under the key {key!r} in {tokens!r}."])
            return
        print_lines(
            [
                f"Forgot the token under the key {key!r} in {tokens!r}. PandaDoc has no endpoint to revoke it: a copy"
                " stays valid until it expires."
            ]
        )


def _check_store(store: TokenStore, key: str) -> None:
    """Fail now if the store cannot be used, and not when a person has given consent."""
    from pandadoc_client.oauth.stores.base import LockTimeout, check_key

    check_key(key)
    with suppress(LockTimeout), store.lock(key, _LOCK_SECONDS):  # held by one who refreshes: then it can be used
        pass
    store.read(key)


def _consent(client: OAuthClient, *, no_browser: bool, scope: str, timeout: float) -> Token:
    from pandadoc_client.oauth.login import login as login_here
    from pandadoc_client.oauth.login import paste_login

    if not no_browser:
        return login_here(client, scope=scope, timeout=timeout, show=_show)
    if client.redirect_uri is None:
        raise CommandError("no redirect URI: give --redirect-uri, or set PANDADOC_REDIRECT_URI")
    return paste_login(client, lambda: pasted("callback URL"), scope=scope, show=_show)


def _keep(store: TokenStore, key: str, token: Token, *, show_secrets: bool) -> None:
    """Store *token*, whatever it takes; if it cannot be, say what becomes of it."""
    problem = ""
    for pause in (0.0, *_SAVE_AGAIN_AFTER):
        time.sleep(pause)
        try:
            store.save(key, token)
        except TokenStoreError as error:
            problem = describe(error)
        else:
            return
    if show_secrets:
        print_json(token_document(token))
        raise CommandError(f"consent was given, but the token could not be stored: {problem}", EXIT_FAILURE)
    raise CommandError(
        f"consent was given, but the token could not be stored and is lost: {problem}; log in again once that is mended"
        " (--show-secrets would print the token)",
        EXIT_FAILURE,
    )


def _who(client: OAuthClient, token: Token, *, allow_insecure: bool) -> tuple[Member | None, str]:
    """Return who gave consent; or None, and why that is not known."""
    from pandadoc_client import Configuration

    configuration = Configuration(client.host, access_token=token.access_token, allow_insecure=allow_insecure)
    try:
        return current_member(configuration), ""
    except ApiException as error:
        return None, describe(error)


def _show(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
