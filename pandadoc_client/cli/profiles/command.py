"""``pandadoc profile``: named settings, to switch between accounts, regions and emulators."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from attrs import evolve
from rich.text import Text

from pandadoc_client.cli.access import ApiKey
from pandadoc_client.cli.errors import CommandError
from pandadoc_client.cli.options import ClientId, ClientSecretFile, Host, Json, Key, RedirectUri, Region, Store
from pandadoc_client.cli.profiles import registry
from pandadoc_client.cli.profiles.registry import Profile, Profiles
from pandadoc_client.cli.profiles.selection import complete_profile
from pandadoc_client.cli.render import new_table, print_json, print_lines, print_table, printable
from pandadoc_client.cli.values import secret_at

__all__ = ["app"]

_CREDENTIALS = {registry.API_KEY: "API key", registry.OAUTH: "OAuth token", None: "none yet"}
_NAME = "Name of the profile."
Name = Annotated[str, typer.Argument(metavar="NAME", help=_NAME, autocompletion=complete_profile, show_default=False)]
OptionalName = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help=_NAME, autocompletion=complete_profile, show_default=False)
]

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def profile(context: typer.Context) -> None:
    """Named settings: a host or region, and a credential.

    A command takes the profile of --profile, else of PANDADOC_PROFILE, else of "pandadoc profile use". What another
    option says wins over it. What the environment says wins over a profile that --profile does not name.

    \b
    pandadoc profile add sandbox --api-key -            asks for the key, unseen
    pandadoc profile add acme --region eu
    pandadoc login --profile acme                       consent in the browser; fills the profile
    pandadoc profile use acme                           from now on
    pandadoc documents list --profile sandbox           this time
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("add")
def add(
    profile: Annotated[str, typer.Argument(metavar="NAME", help=_NAME, show_default=False)],
    host: Host = None,
    region: Region = None,
    api_key: ApiKey = None,
    store: Store = None,
    key: Key = None,
    client_id: ClientId = None,
    client_secret_file: ClientSecretFile = None,
    redirect_uri: RedirectUri = None,
) -> None:
    """Add a profile. Only what is given here is in it; the environment is not asked, and nobody is called.

    The API key and the client secret go into the keyring, or, where there is none, into a file that only you can read.
    Without --api-key the profile is for OAuth: "pandadoc login --profile NAME" is the next step.

    \b
    pandadoc profile add sandbox --api-key @key.txt
    pandadoc profile add local --host http://127.0.0.1:8000 --api-key -
    pandadoc profile add acme --region eu --client-id ID --client-secret-file -
    """
    from pandadoc_client._http.network import check_host
    from pandadoc_client.oauth._settings import find_host
    from pandadoc_client.oauth.stores.base import check_key

    registry.check_name(profile)
    if host is not None or region is not None:
        url, _ = find_host(host, region)
        check_host(url, True)  # whether plain http is fine is asked when it is used
        host = url if region is None else None
    if api_key is not None and (store is not None or key is not None):
        raise CommandError("--api-key does not go with --store and --key: give one credential")
    if client_secret_file is not None and client_id is None:
        raise CommandError("--client-secret-file goes with --client-id: whose secret it is")
    if store is not None:
        store = _check_store(store)
    if key is not None:
        check_key(key)
    new = Profile(
        name=profile,
        host=host,
        region=None if region is None else region.lower(),
        credential=None if api_key is None else registry.API_KEY,
        store=store,
        key=key,
        redirect_uri=redirect_uri,
        client_id=client_id,
    )
    _check_new(profile, registry.read())
    # Outside of the lock: a person may be typing.
    secrets = {"api_key": _api_key(api_key), "client_secret": _client_secret(client_secret_file)}
    with registry.changing() as changed:
        _check_new(profile, changed[0])
        if any(secrets.values()):
            new = new.with_secrets(**secrets)
        changed[0] = changed[0].having(new)
    kept = "" if new.secrets is None else f"; its secret is {new.kept_in}"
    then = f"to log in: pandadoc login --profile {profile}" if api_key is None else f"to use it: --profile {profile}"
    print_lines(
        [f"Added the profile {profile!r}{kept}.", f"Next, {then}", f"For all commands: pandadoc profile use {profile}"]
    )


@app.command("use")
def use(
    profile: OptionalName = None,
    none: Annotated[bool, typer.Option("--none", help="Use no profile any more.")] = False,
) -> None:
    """Use a profile from now on, wherever neither --profile nor PANDADOC_PROFILE names another.

    \b
    pandadoc profile use sandbox
    pandadoc profile use --none
    """
    if none == (profile is not None):
        raise CommandError("give the name of a profile, or --none")
    with registry.changing() as changed:
        if profile is not None:
            changed[0].get(profile)
        changed[0] = evolve(changed[0], current=profile)
    print_lines(["No profile is used any more." if profile is None else f"The profile {profile!r} is used now."])


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the profiles. The one that is used from now on has a star.

    \b
    pandadoc profile list
    pandadoc profile list --json | jq -r '.profiles[].name'
    """
    found = registry.read()
    if as_json:
        print_json({"current": found.current, "profiles": [_document(found, name) for name in sorted(found.by_name)]})
        return
    if not found.by_name:
        print_lines(["There are no profiles; add one: pandadoc profile add NAME"])
        return
    table = new_table("profile", "host", "credential", "current")
    for name, each in sorted(found.by_name.items()):
        star = "*" if name == found.current else ""
        table.add_row(Text(printable(name)), Text(printable(_host(each))), _CREDENTIALS[each.credential], star)
    print_table(table)


@app.command("show")
def show(
    profile: OptionalName = None,
    as_json: Json = False,
) -> None:
    """Show what a profile says, the chosen one if none is named, and where its secrets are. No secret is shown.

    \b
    pandadoc profile show sandbox
    """
    found, chosen = registry.read(), registry.find(profile)
    if chosen is None:
        raise CommandError(
            "no profile is chosen: give its name, set PANDADOC_PROFILE, or run: pandadoc profile use NAME"
        )
    if as_json:
        print_json(_document(found, chosen.name))
        return
    shown = {
        "profile": chosen.name,
        "host": _host(chosen),
        "credential": _CREDENTIALS[chosen.credential],
        "store": chosen.store,
        "key": chosen.account if chosen.credential == registry.OAUTH else chosen.key,
        "client id": chosen.client_id,
        "redirect URI": chosen.redirect_uri,
        "secrets": chosen.kept_in if chosen.secrets else None,
        "file": str(registry.config_path()),
    }
    print_lines([f"{name + ':':14}{printable(text)}" for name, text in shown.items() if text is not None])


@app.command("remove")
def remove(profile: Name) -> None:
    """Remove a profile, and its API key and client secret from where they are kept.

    A token in the token store stays there: "pandadoc logout --profile NAME" forgets it.

    \b
    pandadoc profile remove sandbox
    """
    with registry.changing() as changed:
        gone = changed[0].get(profile)
        gone.without_secrets()
        changed[0] = changed[0].without(profile)
    stays = ""
    if gone.credential == registry.OAUTH:
        stays = f" A token that is in its token store, under the key {gone.account!r}, stays there."
    print_lines([f"Removed the profile {profile!r}.{stays}"])


def _check_new(name: str, found: Profiles) -> None:
    if name in found.by_name:
        raise CommandError(f"there is a profile {name!r} already; to replace it, first: pandadoc profile remove {name}")


def _api_key(given: str | None) -> str | None:
    from pandadoc_client._http.credentials import api_key_of
    from pandadoc_client._http.form import value_problem

    if given is None:
        return None
    key = api_key_of("--api-key", secret_at("--api-key", given))
    if problem := value_problem(key, trimmed=True):
        raise CommandError(f"--api-key {problem}")
    return key


def _client_secret(file: Any) -> str | None:
    from pandadoc_client.cli.inputs import Connection

    return None if file is None else Connection(client_secret_file=file).find_secret()


def _check_store(url: str) -> str:
    """Return the URL of a token store as the profile remembers it."""
    from pandadoc_client.cli.oauth.accounts import open_store, store_setting

    with open_store(url) as opened:
        remembered = store_setting(url, opened)
    if remembered is None:
        raise CommandError("--store: a password does not go into a profile; set PANDADOC_TOKEN_STORE to that URL")
    return remembered


def _host(profile: Profile) -> str:
    """Return the host as it was given, which may be none that can be called, or that of the region."""
    return profile.host or profile.url or "(default)"


def _document(found: Profiles, name: str) -> dict[str, Any]:
    each = found.by_name[name]
    return {
        "name": name,
        "current": name == found.current,
        "host": each.host,
        "region": each.region,
        "credential": each.credential,
        "store": each.store,
        "key": each.account if each.credential == registry.OAUTH else each.key,
        "client_id": each.client_id,
        "redirect_uri": each.redirect_uri,
        "secrets": each.secrets,
    }
