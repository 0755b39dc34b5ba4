"""Profiles: named settings of the command line, in a file to read and edit; their secrets are kept elsewhere.

The file is ``config.toml`` in the folder that the system has for settings. API keys and client secrets are in the
keyring, or, where there is none, in ``credentials.json`` beside it; OAuth tokens are in the token store.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from attrs import asdict, evolve, field, fields, frozen

from pandadoc_client._http.secrets import hide
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.exceptions import ApiValueError

if TYPE_CHECKING:
    from pandadoc_client.oauth.stores import TokenStore

__all__ = [
    "API_KEY",
    "CREDENTIALS",
    "OAUTH",
    "Profile",
    "Profiles",
    "changing",
    "check_name",
    "config_path",
    "find",
    "read",
]

API_KEY = "api-key"
OAUTH = "oauth"

CREDENTIALS = frozenset({"PANDADOC_API_KEY", "PANDADOC_ACCESS_TOKEN"})
"""Variables of the environment that hold a credential."""
_PLACES = frozenset({"PANDADOC_HOST", "PANDADOC_REGION"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HEAD = '# Profiles of the command line; "pandadoc profile" writes this file anew. No secret is in here.\n'
_SERVICE = "pandadoc-client profiles"
_LOCK_SECONDS = 30.0


@frozen(kw_only=True)
class Profile:
    """Where calls go, and with which credential; None for what is usual.

    Attributes:
        name: What it is called.
        host: URL of the API.
        region: Its region, instead.
        credential: `API_KEY` or `OAUTH`; None if there is none yet.
        store: URL of the token store.
        key: Account in it; None for the name of the profile.
        client_id: Id of the application.
        redirect_uri: Where its consent page sends people back to.
        secrets: Where the API key and the client secret are kept, ``keyring`` or ``file``; None if there are none.
    """

    name: str
    host: str | None = None
    region: str | None = None
    credential: str | None = None
    store: str | None = None
    key: str | None = None
    client_id: str | None = None
    redirect_uri: str | None = None
    secrets: str | None = None

    @property
    def account(self) -> str:
        """The account in the token store."""
        return self.key or self.name

    @property
    def kept_in(self) -> str:
        """Where the secrets are, in words."""
        return "in the keyring" if self.secrets == "keyring" else f"in {_credentials_path()}"

    @property
    def url(self) -> str | None:
        """The API that it is for; None if it does not say.

        Raises:
            ApiValueError: The host or region cannot be one.
        """
        if not (self.host or self.region):
            return None
        from pandadoc_client.oauth._settings import find_host

        return find_host(self.host, self.region)[0]

    @property
    def _says(self) -> dict[str, str]:
        """The variables of the environment that say what the profile does."""
        found = {
            "PANDADOC_HOST": self.host,
            "PANDADOC_REGION": self.region,
            "PANDADOC_TOKEN_STORE": self.store,
            "PANDADOC_CLIENT_ID": self.client_id,
            "PANDADOC_REDIRECT_URI": self.redirect_uri,
        }
        return {name: text for name, text in found.items() if text}

    def variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the variables that the profile adds to an environment, which wins wherever it says something."""
        set_already = {name for name in self._says if environment.get(name)}
        if any(environment.get(name) for name in _PLACES):  # one of them may contradict the other
            set_already |= _PLACES
        return {name: text for name, text in self._says.items() if name not in set_already}

    def replaced(self) -> frozenset[str]:
        """Return the variables that mean nothing where the profile is named: it says so itself, or has a credential."""
        names = set(self._says)
        if names & _PLACES:
            names |= _PLACES
        if self.credential:
            names |= CREDENTIALS
        if self.client_id and self.secrets:
            names.add("PANDADOC_CLIENT_SECRET")
        return frozenset(names)

    def read_secret(self, name: str) -> str | None:
        """Return ``api_key`` or ``client_secret``; None if it is not kept.

        Raises:
            CommandError: The keyring that it is in needs a library that is missing.
            TokenStoreError: What it is in cannot be read.
        """
        secret: str | None = hide(self._secrets().get(name))
        return secret

    def with_secrets(self, **secrets: str | None) -> Profile:
        """Keep secrets, or forget those that are None, and return the profile that says where they are.

        Raises:
            CommandError, TokenStoreError: As for `read_secret`.
        """
        merged = {name: str(text) for name, text in {**self._secrets(), **secrets}.items() if text}
        if not merged:
            return self.without_secrets()
        place = self.secrets or ("keyring" if _has_keyring() else "file")
        with _open(place) as store:
            record = store.read(self.name)
            revision = None if record is None else record.revision
            store.write(self.name, hide(json.dumps(merged)), expires_at=None, expected=revision)
        return evolve(self, secrets=place)

    def without_secrets(self) -> Profile:
        """Forget all secrets, and return the profile that says so.

        Raises:
            CommandError, TokenStoreError: As for `read_secret`.
        """
        if self.secrets is not None:
            with _open(self.secrets) as store:
                store.discard(self.name)
        return evolve(self, secrets=None)

    def _secrets(self) -> dict[str, Any]:
        if self.secrets is None:
            return {}
        with _open(self.secrets) as store:
            record = store.read(self.name)
        found: Any = {} if record is None else hide(json.loads(record.document))
        if not isinstance(found, dict):
            raise CommandError(f"the secrets of the profile {self.name!r}, {self.kept_in}, are damaged: add it again")
        return cast("dict[str, Any]", found)


@frozen
class Profiles:
    """All profiles.

    Attributes:
        current: Name of the one that is used if nobody chooses; None for none.
        by_name: Each by its name.
    """

    current: str | None = None
    by_name: dict[str, Profile] = field(factory=dict)

    def get(self, name: str) -> Profile:
        """Return a profile.

        Raises:
            CommandError: There is none of that name; the message has those that there are.
        """
        if name in self.by_name:
            return self.by_name[name]
        known = f"there are {', '.join(sorted(self.by_name))}" if self.by_name else "there are none"
        shown = name if _NAME.fullmatch(name) else "NAME"
        raise CommandError(f"there is no profile {name[:64]!r} ({known}); to add one: pandadoc profile add {shown}")

    def having(self, profile: Profile) -> Profiles:
        """Return the same with *profile* in the place of the one of its name."""
        return evolve(self, by_name={**self.by_name, profile.name: profile})

    def without(self, name: str) -> Profiles:
        """Return the same without a profile; nobody uses it any more."""
        others = {each: profile for each, profile in self.by_name.items() if each != name}
        return Profiles(None if self.current == name else self.current, others)


def config_path() -> Path:
    """Return the file of the profiles."""
    from pandadoc_client.oauth.stores.urls import user_folder

    return user_folder("XDG_CONFIG_HOME", ".config") / "config.toml"


def check_name(name: str) -> str:
    """Return *name* if a profile can be called so.

    Raises:
        CommandError: It cannot.
    """
    if _NAME.fullmatch(name) is None:
        raise CommandError(
            f"a profile cannot be called {name[:64]!r}: up to 64 letters, digits, dots, dashes and underscores,"
            " a letter or digit first"
        )
    return name


def find(chosen: str | None) -> Profile | None:
    """Return the profile of that name, else that of ``PANDADOC_PROFILE``, else the current one, else None.

    Raises:
        CommandError: There is none of that name, its host cannot be one, or the file of the profiles cannot be used.
    """
    if chosen is None:
        chosen = os.environ.get("PANDADOC_PROFILE") or None
    profiles = read()
    name = profiles.current if chosen is None else chosen
    if name is None:
        return None
    profile = profiles.get(name)
    try:
        if (url := profile.url) is not None:
            from pandadoc_client._http.network import check_host

            check_host(url, True)  # the call asks whether plain http is fine
    except ApiValueError as error:
        raise CommandError(f"{config_path()}: profiles.{name}: {error}") from None
    return profile


def read() -> Profiles:
    """Return all profiles.

    Raises:
        CommandError: Their file cannot be used; the message names it, and the place in it.
    """
    path = config_path()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Profiles()
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:  # of TOML, or of UTF-8
        raise CommandError(f"{path}: not valid TOML: {error}") from None
    tables = found.get("profiles", {})
    if not isinstance(tables, dict):
        raise CommandError(f"{path}: profiles must be a table")
    by_name = {name: _profile(path, name, table) for name, table in cast("dict[str, Any]", tables).items()}
    current = found.get("current")
    if current is not None and not (isinstance(current, str) and current in by_name):
        raise CommandError(f"{path}: current must be the name of a profile; there are: {', '.join(by_name) or 'none'}")
    return Profiles(current, by_name)


@contextmanager
def changing() -> Iterator[list[Profiles]]:
    """Yield a list with all profiles, and write what it holds when the block is left without an error.

    One process at a time changes them. The file is replaced as a whole.

    Raises:
        CommandError: The file cannot be used.
        TokenStoreError: It cannot be locked.
    """
    from pandadoc_client.oauth.stores._file_lock import hold_file_lock
    from pandadoc_client.oauth.stores._private import make_private_folder, replace_private_file

    path = config_path()
    try:
        make_private_folder(path.parent)
        with hold_file_lock(path.with_name(f"{path.name}.lock"), "profiles", _LOCK_SECONDS):
            changed = [read()]
            yield changed
            # Through a symbolic link, as of those who keep their settings in a repository.
            replace_private_file(Path(os.path.realpath(path)), _encode(changed[0]).encode())
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror}", EXIT_FAILURE) from None


def _credentials_path() -> Path:
    return config_path().with_name("credentials.json")


def _profile(path: Path, name: str, table: object) -> Profile:
    place = f"{path}: profiles.{name}"
    if not isinstance(table, dict):
        raise CommandError(f"{place} must be a table")
    known = {attribute: value for attribute, value in cast("dict[str, Any]", table).items() if attribute in _FIELDS}
    for attribute, value in known.items():
        if not isinstance(value, str) or not value:
            raise CommandError(f"{place}.{attribute} must be text in quotes")
    for attribute, choices in (("credential", (API_KEY, OAUTH)), ("secrets", ("keyring", "file"))):
        if known.get(attribute, choices[0]) not in choices:
            raise CommandError(f"{place}.{attribute} must be one of {', '.join(choices)}")
    if "host" in known and "region" in known:
        raise CommandError(f"{place} has both a host and a region")
    return Profile(name=name, **known)


_FIELDS = frozenset(attribute.name for attribute in fields(Profile)) - {"name"}


def _encode(profiles: Profiles) -> str:
    """Return the profiles as TOML."""
    lines = [_HEAD]
    if profiles.current is not None:
        lines.append(f"current = {_quoted(profiles.current)}\n")
    for name, profile in sorted(profiles.by_name.items()):
        settings = {attribute: text for attribute, text in asdict(profile).items() if text and attribute != "name"}
        lines.append(f"\n[profiles.{_quoted(name)}]\n")
        lines += [f"{attribute} = {_quoted(text)}\n" for attribute, text in settings.items()]
    return "".join(lines)


def _quoted(text: str) -> str:
    """Return a string as TOML has it: as JSON, but for one character, and for surrogates, which no setting has."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _has_keyring() -> bool:
    try:
        from pandadoc_client.oauth.stores.keyring import has_keyring
    except ImportError:
        return False
    return has_keyring()


def _open(place: str) -> TokenStore:
    """Return what keeps secrets: a token store, of which the plain documents are used."""
    if place == "file":
        from pandadoc_client.oauth.stores.file import FileTokenStore

        return FileTokenStore(_credentials_path())
    try:
        from pandadoc_client.oauth.stores.keyring import KeyringTokenStore
    except ImportError as error:
        raise CommandError(f"the secrets of the profile are in the keyring, but {error}", EXIT_FAILURE) from None
    return KeyringTokenStore(_SERVICE)
