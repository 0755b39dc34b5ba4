"""``pandadoc login``, ``status``, ``whoami``, ``token``, ``refresh`` and ``logout``: one account, one credential."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import evolve

from pandadoc_client.cli.access import Access, ApiKey, with_access
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError, describe
from pandadoc_client.cli.inputs import Connection, pasted
from pandadoc_client.cli.oauth.accounts import (
    Member,
    State,
    account,
    account_document,
    account_lines,
    check_host,
    current_member,
    given_document,
    given_lines,
    member_name,
    open_manager,
    open_store,
    state_of,
    store_setting,
    stored,
)
from pandadoc_client.cli.options import (
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
from pandadoc_client.cli.profiles import registry
from pandadoc_client.cli.profiles.registry import Profile
from pandadoc_client.cli.profiles.selection import selected
from pandadoc_client.cli.render import moment_in_words, print_json, print_lines, token_document
from pandadoc_client.cli.values import secret_at
from pandadoc_client.exceptions import ApiException, TokenStoreError
from pandadoc_client.oauth import OAuthClient, Token

if TYPE_CHECKING:
    from pandadoc_client.oauth.stores import TokenStore

__all__ = ["login", "logout", "refresh", "status", "token", "whoami"]

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
    api_key: ApiKey = None,
    store: Store = None,
    key: Key = None,
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
    """Get consent in the browser, and store the token; or keep an API key in the profile.

    The browser comes back to the redirect URI, on this machine: http://127.0.0.1:PORT/path as registered. Without a
    port a free one is taken. For any other redirect URI, and where there is no browser, use --no-browser.

    With a profile, the profile is filled: it remembers the application with its secret, the store and the account, and
    --profile is all that later commands need. --api-key gives it an API key instead, tried with a call. A profile that
    has an API key is not filled anew.

    \b
    pandadoc login
    pandadoc login --profile acme
    pandadoc login --profile sandbox --api-key -        asks for the key, unseen
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
    if api_key is not None:
        if store is not None or key is not None:
            raise CommandError("--api-key does not go with --store and --key: give one credential")
        _keep_api_key(api_key, host=host, region=region, allow_insecure=allow_insecure, as_json=as_json)
        return
    if no_browser and connection.takes_stdin:
        raise CommandError("the client secret and the callback URL cannot both come from standard input")
    from pandadoc_client.oauth.stores.entry import Entry

    profile = selected()
    if profile is not None and profile.credential == registry.API_KEY:
        raise CommandError(
            f"the profile {profile.name!r} has an API key, which a login would replace: add another profile for it, or"
            f" run: pandadoc profile remove {profile.name}"
        )
    key, secret = account(key), connection.secret(ask=True)
    with open_store(store) as tokens, connection.open(secret) as client:
        if profile is not None:
            _check_host(profile, client.host)
        _check_store(tokens, key)
        token = _consent(client, no_browser=no_browser, scope=scope, timeout=timeout)
        _keep(tokens, key, token, show_secrets=show_secrets)
        if profile is not None:
            try:
                _fill(profile, client, secret, store_setting(store, tokens), key)
            except (CommandError, TokenStoreError) as error:
                where = f"{tokens.to_url()} under the key {key!r}"
                raise CommandError(
                    f"the token is stored in {where}, but the profile {profile.name!r} could not be filled:"
                    f" {describe(error)}",
                    EXIT_FAILURE,
                ) from None
        member, problem = _who(client.host, access_token=token.access_token, allow_insecure=allow_insecure)
        if as_json:
            print_json(account_document(tokens, key, Entry(token), member, client.host))
            return
        until = "expiry unknown" if token.expires_at is None else f"valid until {moment_in_words(token.expires_at)}"
        where = f"stored in {tokens.to_url()} under the key {key!r}"
        print_lines([f"Logged in{_as_whom(member, problem)}; {where}, {until}.{_used_by(profile)}"])


def _status(
    offline: Annotated[
        bool, typer.Option("--offline", help="Show what is stored; call nobody, refresh nothing.")
    ] = False,
    as_json: Json = False,
    *,
    access: Access,
) -> None:
    """Show whose credential is used, where it comes from, what it is good for and for how long.

    It is tried with a call, a token refreshed first if need be. The exit status is 1 if there is none, if it is
    refused, or if a person has to log in again.

    \b
    pandadoc status
    pandadoc status --profile sandbox
    pandadoc status --offline --json | jq -r .expires_at
    """
    from pandadoc_client.oauth._settings import find_host

    host, _ = find_host(access.host, access.region)
    given = access.given()
    if given is not None:
        member = None if offline else _member(access)
        if as_json:
            print_json(given_document(*given, member, host))
        else:
            print_lines(given_lines(*given, member, host))
        return
    key = account(access.key)
    with open_store(access.store) as tokens:
        entry, member = stored(tokens, key), None
        if not offline:
            member = _member(access)
            entry = stored(tokens, key)
        if as_json:
            print_json(account_document(tokens, key, entry, member, host))
        else:
            print_lines(account_lines(tokens, key, entry, member, host))
    if state_of(entry) is State.NEEDS_CONSENT:
        raise typer.Exit(EXIT_FAILURE)


status = with_access(_status)


def _whoami(as_json: Json = False, *, access: Access) -> None:
    """Print whose credential it is that commands use: name, email and workspace.

    \b
    pandadoc whoami
    pandadoc whoami --profile sandbox --json | jq -r .email
    """
    member = _member(access)
    if as_json:
        print_json(member)
    else:
        print_lines([member_name(member)])


whoami = with_access(_whoami)


def token(
    store: Store = None,
    key: Key = None,
    client_id: ClientId = None,
    client_secret_file: ClientSecretFile = None,
    host: Host = None,
    region: Region = None,
    timeout: Timeout = 30.0,
    allow_insecure: AllowInsecure = False,
) -> None:
    """Print a valid access token and nothing else, refreshed first if need be.

    The application's id and secret are needed only then.

    Hand it to other programs by standard input, as here: every user of a machine can list the arguments of programs.

    \b
    printf 'Authorization: Bearer %s' "$(pandadoc token)" |
      curl -H @- https://api.pandadoc.com/public/v1/documents
    """
    connection = Connection(
        client_id=client_id,
        client_secret_file=client_secret_file,
        host=host,
        region=region,
        timeout=timeout,
        allow_insecure=allow_insecure,
    )
    key = account(key)
    with open_store(store) as tokens:
        entry = stored(tokens, key)
        check_host(entry, key, host, region)
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
    key: Key = None,
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
    key = account(key)
    with open_store(store) as tokens, open_manager(connection, tokens, key) as manager:
        new = manager.refresh(force=force, timeout=timeout)
        if as_json:
            print_json(account_document(tokens, key, stored(tokens, key), None, manager.client.host))
        else:
            print_lines([f"Refreshed the token under the key {key!r}: valid until {moment_in_words(new.expires_at)}."])


def logout(store: Store = None, key: Key = None) -> None:
    """Forget the stored token.

    PandaDoc has no endpoint to revoke a token: whoever has a copy of it can use it until it expires.

    \b
    pandadoc logout --key acme
    """
    key = account(key)
    with open_store(store) as tokens:
        place = f"under the key {key!r} in {tokens.to_url()}"
        if not tokens.delete(key):
            print_lines([f"Nothing was stored {place}."])
            return
        print_lines(
            [f"Forgot the token {place}. PandaDoc has no endpoint to revoke it: a copy stays valid until it expires."]
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


def _keep_api_key(given: str, *, host: str | None, region: str | None, allow_insecure: bool, as_json: bool) -> None:
    """Try an API key, and keep it in the profile that was chosen."""
    from pandadoc_client.cli.refusals import explained
    from pandadoc_client.oauth._settings import find_host

    profile = selected()
    if profile is None:
        raise CommandError(
            "--api-key is kept in a profile: give --profile NAME, of one that 'pandadoc profile add' made"
        )
    url, _ = find_host(host, region)
    _check_host(profile, url)
    api_key = secret_at("--api-key", given)
    with explained():
        member, problem = _who(url, api_key=api_key, allow_insecure=allow_insecure)
    with registry.changing() as changed:
        filled = changed[0].get(profile.name).with_secrets(api_key=api_key)
        changed[0] = changed[0].having(evolve(filled, credential=registry.API_KEY, **_place(filled, url)))
    if as_json:
        print_json(given_document("api-key", "the profile", member, url))
    else:
        print_lines([f"Logged in{_as_whom(member, problem)}; the API key is {filled.kept_in}.{_used_by(profile)}"])


def _fill(profile: Profile, client: OAuthClient, secret: str, store: str | None, key: str) -> None:
    """Let the profile remember what its token needs."""
    with registry.changing() as changed:
        filled = changed[0].get(profile.name).with_secrets(client_secret=secret)
        changed[0] = changed[0].having(
            evolve(
                filled,
                credential=registry.OAUTH,
                store=store,
                key=key,
                client_id=client.client_id,
                redirect_uri=client.redirect_uri,
                **_place(filled, client.host),
            )
        )


def _place(profile: Profile, host: str) -> dict[str, str]:
    """Return the host as a setting of the profile, if it has neither host nor region."""
    return {} if profile.host or profile.region else {"host": host}


def _check_host(profile: Profile, host: str) -> None:
    """Refuse to put a credential of one host into the profile of another."""
    if profile.url not in (None, host):
        raise CommandError(
            f"the profile {profile.name!r} is for another host than {host}, which --host, --region, PANDADOC_HOST or"
            " PANDADOC_REGION asks for: leave that out, or add a profile for it"
        )


def _used_by(profile: Profile | None) -> str:
    return "" if profile is None else f" Commands use it by --profile {profile.name}."


def _member(access: Access) -> Member:
    with access.open() as client:
        return current_member(client)


def _who(
    host: str, *, access_token: str | None = None, api_key: str | None = None, allow_insecure: bool
) -> tuple[Member | None, str]:
    """Return whose a new credential is; or None, and why that is not known.

    Raises:
        UnauthorizedException: The server refuses the API key.
    """
    from pandadoc_client.client import PandaDoc
    from pandadoc_client.exceptions import UnauthorizedException

    try:
        with PandaDoc(api_key=api_key, access_token=access_token, host=host, allow_insecure=allow_insecure) as client:
            return current_member(client), ""
    except ApiException as error:
        if api_key is not None and isinstance(error, UnauthorizedException):
            raise
        return None, describe(error)


def _as_whom(member: Member | None, problem: str) -> str:
    return f" as {member_name(member)}" if member is not None else f" (who this is could not be asked: {problem})"


def _show(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
