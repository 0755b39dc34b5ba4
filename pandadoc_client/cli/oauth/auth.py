"""``pandadoc auth``: the steps of OAuth 2.0, one command each, and the commands for a login as a whole."""

from __future__ import annotations

import re
import sys
from typing import Annotated

import typer

from pandadoc_client.cli.errors import CommandError
from pandadoc_client.cli.inputs import Connection, credential
from pandadoc_client.cli.oauth import login as account
from pandadoc_client.cli.oauth import requests
from pandadoc_client.cli.oauth.requests import Grant, Tool
from pandadoc_client.cli.options import (
    DEFAULT_SCOPE,
    REFRESH_SECONDS,
    AllowInsecure,
    AuthorizeUrl,
    ClientId,
    ClientSecretFile,
    Host,
    Json,
    RedirectUri,
    RefreshTimeout,
    Region,
    Scope,
    SendRedirectUri,
    ShowSecrets,
    Timeout,
)
from pandadoc_client.cli.render import print_json, print_lines, print_table, token_document, token_table
from pandadoc_client.cli.values import SECRET_PLACE, complete_place, secret_at
from pandadoc_client.oauth import OAuthClient, Token

__all__ = ["app"]

_CALLBACK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/?]|(?:code|state|error)=")
_NO_SECRET = "not-needed"  # for what needs none: the library's client wants one

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def auth(context: typer.Context) -> None:
    """Log in, see who is logged in; or take the steps of OAuth 2.0 by hand: consent, code, token, refresh.

    "login", "status", "whoami", "token" and "logout" are the same here as without "auth".

    The application's secret comes from PANDADOC_CLIENT_SECRET or from --client-secret-file. There is no option for the
    secret itself: every user of a machine can read the arguments of its processes, and shells keep them.

    \b
    pandadoc auth login --profile acme
    pandadoc auth status

    \b
    export PANDADOC_CLIENT_ID=... PANDADOC_CLIENT_SECRET=... PANDADOC_REDIRECT_URI=...
    pandadoc auth url
    pandadoc auth exchange --json > token.json          asks for the code, unseen
    jq -r .refresh_token token.json | pandadoc auth refresh - --json
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for _command in ("login", "status", "whoami", "token", "logout"):
    app.command(_command)(getattr(account, _command))


@app.command("url")
def url(
    scope: Scope = DEFAULT_SCOPE,
    state: Annotated[
        str | None,
        typer.Option("--state", help="What the callback must repeat; unguessable. A fresh one if left out."),
    ] = None,
    client_id: ClientId = None,
    redirect_uri: RedirectUri = None,
    host: Host = None,
    region: Region = None,
    authorize_url: AuthorizeUrl = None,
    allow_insecure: AllowInsecure = False,
    as_json: Json = False,
) -> None:
    """Print where to send a person for consent, and the state to check the callback with.

    The first line is the URL, the second "state: " and the state. Nothing is sent, and no client secret is needed.

    \b
    pandadoc auth url --client-id abc --redirect-uri https://app.example.com/callback
    pandadoc auth url --json | jq -r .url
    """
    connection = Connection(
        client_id=client_id,
        host=host,
        redirect_uri=redirect_uri,
        region=region,
        authorize_url=authorize_url,
        allow_insecure=allow_insecure,
    )
    with connection.open(_NO_SECRET) as client:
        if client.redirect_uri is None:
            raise CommandError("no redirect URI: give --redirect-uri, or set PANDADOC_REDIRECT_URI")
        request = client.authorization_url(scope, state)
    if as_json:
        print_json({"url": request.url, "state": request.state})
    else:
        print_lines([request.url, f"state: {request.state}"])


@app.command("exchange")
def exchange(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="[CODE]",
            help="The code, or the whole URL that the browser was sent back to; - for standard input. If it is left"
            " out, a terminal asks for it, unseen.",
            show_default=False,
        ),
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", help="The state that 'auth url' printed; needed with a whole URL.")
    ] = None,
    scope: Scope = DEFAULT_SCOPE,
    client_id: ClientId = None,
    client_secret_file: ClientSecretFile = None,
    redirect_uri: RedirectUri = None,
    send_redirect_uri: SendRedirectUri = False,
    host: Host = None,
    region: Region = None,
    timeout: Timeout = 30.0,
    allow_insecure: AllowInsecure = False,
    show_secrets: ShowSecrets = False,
    as_json: Json = False,
) -> None:
    """Exchange an authorization code for a token. A code works once, for about ten minutes.

    Prints a table, whole on a terminal; elsewhere its secrets are masked unless --show-secrets is given. --json is made
    for programs and prints the whole token, secrets included. Nothing is stored.

    \b
    pandadoc auth exchange --json > token.json          asks for the code, or the callback, unseen
    pandadoc auth exchange - --state STATE < callback.txt
    """
    connection = Connection(
        client_id=client_id,
        client_secret_file=client_secret_file,
        redirect_uri=redirect_uri,
        send_redirect_uri=send_redirect_uri,
        host=host,
        region=region,
        timeout=timeout,
        allow_insecure=allow_insecure,
    )
    response = credential(code, what="code or callback URL", connection=connection)
    with connection.open(connection.secret(ask=True)) as client:
        found = _code_of(client, response, state)
        token = client.exchange_code(found, scope)
    _print_token(token, show_secrets=show_secrets, as_json=as_json)


@app.command("refresh")
def refresh(
    refresh_token: Annotated[
        str | None,
        typer.Argument(
            metavar="[REFRESH_TOKEN]",
            help="The refresh token; - for standard input. An argument can be seen by every user of this machine:"
            " prefer standard input, PANDADOC_REFRESH_TOKEN, or leave it out to be asked on a terminal.",
            show_default=False,
        ),
    ] = None,
    scope: Scope = DEFAULT_SCOPE,
    client_id: ClientId = None,
    client_secret_file: ClientSecretFile = None,
    host: Host = None,
    region: Region = None,
    timeout: RefreshTimeout = REFRESH_SECONDS,
    allow_insecure: AllowInsecure = False,
    show_secrets: ShowSecrets = False,
    as_json: Json = False,
) -> None:
    """Exchange a refresh token for the next token.

    The old refresh token, and most likely the old access token, is dead from then on, and nothing is stored. Prints a
    table, whole on a terminal; elsewhere its secrets are masked, so that in a script --json (the whole token, secrets
    included) or --show-secrets is what keeps the access.

    \b
    jq -r .refresh_token token.json | pandadoc auth refresh - --json > next.json
    """
    connection = Connection(
        client_id=client_id,
        client_secret_file=client_secret_file,
        host=host,
        region=region,
        refresh_timeout=timeout,
        allow_insecure=allow_insecure,
    )
    old = credential(refresh_token, what="refresh token", connection=connection, variable="PANDADOC_REFRESH_TOKEN")
    with connection.open(connection.secret(ask=True)) as client:
        token = client.refresh(old, scope=scope)
    _print_token(token, show_secrets=show_secrets, as_json=as_json)


@app.command("request")
def request(
    grant: Annotated[Grant, typer.Option("--grant", help="What the request offers.", show_default=False)],
    tool: Annotated[Tool, typer.Option("--as", help="What it is written for.", show_default=False)],
    code: Annotated[
        str | None,
        typer.Option(
            "--code", help=f"The authorization code, for --show-secrets; {SECRET_PLACE}.", autocompletion=complete_place
        ),
    ] = None,
    refresh_token: Annotated[
        str | None,
        typer.Option(
            "--refresh-token",
            help=f"The refresh token, for --show-secrets; {SECRET_PLACE}.",
            autocompletion=complete_place,
        ),
    ] = None,
    scope: Scope = DEFAULT_SCOPE,
    client_id: ClientId = None,
    client_secret_file: ClientSecretFile = None,
    redirect_uri: RedirectUri = None,
    send_redirect_uri: SendRedirectUri = False,
    host: Host = None,
    region: Region = None,
    allow_insecure: AllowInsecure = False,
    show_secrets: ShowSecrets = False,
    as_json: Json = False,
) -> None:
    """Print the token request, ready for another tool. Nothing is sent.

    Client secret, code and refresh token are placeholders; with --show-secrets those that are known stand there as they
    are. The placeholders are the tool's own:

    \b
    curl       $PANDADOC_CLIENT_SECRET, $PANDADOC_CODE, $PANDADOC_REFRESH_TOKEN; for a POSIX shell
    http       {{client_secret}}, {{code}}, {{refresh_token}}; values must be form-encoded
    python     os.environ["PANDADOC_CLIENT_SECRET"] and so on; needs httpx
    conductor  ${workflow.secrets.pandadoc_client_secret}, ${workflow.input.code},
               ${workflow.input.refresh_token}; values must be form-encoded. A Conductor
               without secrets has to get the client secret from workflow.input as well.

    \b
    pandadoc auth request --grant refresh_token --as curl
    pandadoc auth request --grant authorization_code --as conductor > task.json

    --json prints the request as data, with the text for the tool as "output".
    """
    connection = Connection(
        client_id=client_id,
        client_secret_file=client_secret_file,
        redirect_uri=redirect_uri,
        send_redirect_uri=send_redirect_uri,
        host=host,
        region=region,
        allow_insecure=allow_insecure,
    )
    with connection.open(_NO_SECRET) as client:
        prepared = requests.prepare(
            client.host,
            {
                "grant_type": grant.value,
                "client_id": client.client_id,
                "client_secret": connection.find_secret() if show_secrets else None,
                "code": None if code is None else secret_at("--code", code),
                "refresh_token": None if refresh_token is None else secret_at("--refresh-token", refresh_token),
                "scope": scope,
                "redirect_uri": client.redirect_uri if send_redirect_uri else None,
            },
            show_secrets=show_secrets,
        )
    if as_json:
        print_json(requests.document(tool, prepared))
    else:
        print_lines([requests.render(tool, prepared)])


def _code_of(client: OAuthClient, response: str, state: str | None) -> str:
    """Return the code in *answer*: a callback, whose state is checked, or a code."""
    if _CALLBACK.match(response) is None:
        if state is not None:
            raise CommandError("--state goes with the whole callback URL, there is nothing to check in a code alone")
        return response
    if state is None:
        raise CommandError("a callback URL needs --state, the one that 'pandadoc auth url' printed")
    return client.parse_callback(response, state)


def _print_token(token: Token, *, show_secrets: bool, as_json: bool) -> None:
    if as_json:
        print_json(token_document(token))
        return
    # A person at a terminal wants to see what the old token was given for; a log file shall not.
    shown = show_secrets or sys.stdout.isatty()
    print_table(token_table(token, show_secrets=shown))
    if not shown:
        print_lines(["Masked, and not stored anywhere; next time use --json or --show-secrets to keep the token."])
