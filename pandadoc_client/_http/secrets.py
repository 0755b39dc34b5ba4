"""What is secret, and how it is kept out of messages, logs and tracebacks.

The names of secrets come from the API's contract, which gives them the format ``password``. To them this module adds
the few that no contract of ours has and that servers, proxies and programs use all the same.

Tools that report errors (Sentry, loguru, rich, ``pytest -l``) show the local variables of every frame. `hide` gives a
credential a type whose ``repr`` is masked; to httpx and to every comparison it is the text that it was.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, SupportsIndex, TypeVar, cast, overload
from urllib.parse import quote, quote_plus

from pandadoc_client.apis.secrets import SECRET_INPUTS, SECRET_NAMES, SECRET_NAMES_OF

__all__ = [
    "CREDENTIAL_HEADERS",
    "MASK",
    "NAMES",
    "NAMES_IN_FORMS",
    "SECRET_NAMES",
    "SecretBytes",
    "SecretText",
    "echoes",
    "header_secrets",
    "hide",
    "hide_headers",
    "mask_chain",
    "mask_secrets",
    "names_of",
    "repr_in_any_state",
    "secret_values",
    "type_name",
]

MASK = "***"

CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})
"""Header fields whose value is a credential, in lower case."""

NAMES = SECRET_NAMES | {"api_key", "apikey", "id_token", "password", "passwd", "secret"}
"""Names of fields that hold a secret wherever they stand."""

NAMES_IN_FORMS = NAMES | SECRET_INPUTS | {"state"}
"""Names of parameters and of fields of a form that hold a secret; ``state`` guards the callback (RFC 6749 §10.12)."""

_WORDS = frozenset({"token", "secret", "passcode"})  # that prose uses, too: "Invalid token: it has expired"
_VALUE = r"""(?: \\?"(?:[^"\\]|\\.)*"? | \\?'(?:[^'\\]|\\.)*'? | \[[^\]]*\]? | [^\s&,;}"']+ )"""  # may be cut off
_HTTP_LIBRARIES = frozenset({"httpx", "httpx2", "httpcore", "httpcore2", "h11", "h2", "aiohttp"})
_SCHEME = r"(?i)\b(Bearer|API-Key|Basic)\s+(?!realm=|error=)[^\s,;\"']+"  # compiled for the first message

F = TypeVar("F", bound=Callable[[Any], str])


class SecretText(str):
    """Text whose ``repr`` is masked."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(MASK)

    def __getitem__(self, key: SupportsIndex | slice) -> SecretText:  # what shortens a long text slices it first
        return SecretText(super().__getitem__(key))

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> SecretBytes:
        return SecretBytes(super().encode(encoding, errors))

    def strip(self, chars: str | None = None, /) -> SecretText:
        return SecretText(super().strip(chars))


class SecretBytes(bytes):
    """Bytes whose ``repr`` is masked."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"b{MASK!r}"

    @overload
    def __getitem__(self, key: SupportsIndex, /) -> int: ...

    @overload
    def __getitem__(self, key: slice, /) -> SecretBytes: ...

    def __getitem__(self, key: SupportsIndex | slice, /) -> int | SecretBytes:
        return SecretBytes(super().__getitem__(key)) if isinstance(key, slice) else super().__getitem__(key)


def hide(value: Any) -> Any:
    """Return a credential as text or bytes whose ``repr`` is masked, containers with what is in them.

    Whatever else it is, it is returned unchanged: it is for the check that follows to refuse.
    """
    if type(value) is str:
        return SecretText(value)
    if isinstance(value, SecretText | SecretBytes):
        return value
    if isinstance(value, str):
        return SecretText(str.__str__(value))  # a member of an enumeration of texts has another str()
    if isinstance(value, bytes | bytearray | memoryview):
        return SecretBytes(value)
    if isinstance(value, Mapping):
        return {name: hide(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [hide(item) for item in cast("list[Any]", value)]
    return value


def hide_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Return *headers* with the credentials among them hidden."""
    return {name: hide(value) if name.lower() in CREDENTIAL_HEADERS else value for name, value in headers.items()}


def header_secrets(headers: Mapping[str, str]) -> list[str]:
    """Return the credentials among *headers*, without what stands before them, such as ``Bearer``."""
    return [
        value.split()[-1] for name, value in headers.items() if name.lower() in CREDENTIAL_HEADERS and value.strip()
    ]


def type_name(value: object) -> str:
    """Return the name of a value's type as the user knows it."""
    if isinstance(value, SecretText | SecretBytes):
        return "str" if isinstance(value, SecretText) else "bytes"
    return type(value).__name__


def names_of(operation: str) -> frozenset[str]:
    """Return the names that are secret in the messages of *operation*, the name of an API method."""
    return NAMES | SECRET_NAMES_OF.get(operation, frozenset())


def secret_values(value: Any, names: frozenset[str] = NAMES) -> Iterator[str]:
    """Yield the texts in decoded JSON that stand under a secret name, at any depth."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name in names and isinstance(item, str):
                yield item
            else:
                yield from secret_values(item, names)
    elif isinstance(value, list):
        for item in value:
            yield from secret_values(item, names)


def mask_secrets(text: str, secrets: Iterable[str] = (), *, operation: str = "") -> str:
    """Return *text* with secrets masked, for a message or a log line.

    Masks what looks like a secret (``"access_token": …``, ``client_secret=…``, ``Bearer …``) and every literal value
    in *secrets*: the values that the request carried, which a response may repeat, as they are or encoded.

    Args:
        text: What is to be shown.
        secrets: The values.
        operation: Name of the API method that it is about, for the names that are secret there only.
    """
    for secret in sorted({form for value in secrets for form in echoes(value)}, key=len, reverse=True):
        text = text.replace(secret, MASK)
    for pattern in _patterns(SECRET_NAMES_OF.get(operation, frozenset())):
        text = pattern.sub(rf"\1{MASK}", text)
    return re.sub(_SCHEME, rf"\1 {MASK}", text)


def mask_chain(error: BaseException, secrets: Iterable[str]) -> None:
    """Mask *secrets* in the arguments of *error* and of all that led to it.

    An HTTP library puts what it could not read, such as a status line, into its error. Errors of others are left alone:
    the program may be handling one of its own while it makes the call.
    """
    values, seen, left = tuple(secrets), set[int](), [error]
    while left:
        link = left.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        if type(link).__module__.partition(".")[0] in _HTTP_LIBRARIES:
            link.args = tuple(_masked_argument(argument, values) for argument in link.args)
            vars(link).update({name: _masked_argument(value, values) for name, value in vars(link).items()})
        left += [other for other in (link.__cause__, link.__context__) if other is not None]


def _masked_argument(argument: Any, secrets: tuple[str, ...]) -> Any:
    return mask_secrets(argument, secrets) if type(argument) is str else argument


def echoes(secret: str) -> Iterator[str]:
    """Yield *secret* as a response may repeat it: plain, encoded for a form or a URL, in JSON. Too short: nothing."""
    if len(secret) > 3:
        plain = str.__str__(secret)
        yield plain
        if not (plain.isascii() and plain.isalnum()):
            encodable = plain.encode("utf-8", "replace").decode()
            yield quote_plus(encodable, safe="*-._").replace("~", "%7E")
            yield quote(encodable, safe="")
            yield json.dumps(plain)[1:-1]


@functools.lru_cache(maxsize=64)
def _patterns(more: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    """Return what finds a secret by its name: in JSON, in a form, in a header, in prose."""
    every = _alternatives(NAMES | CREDENTIAL_HEADERS | more)
    certain = _alternatives(NAMES - _WORDS)
    in_forms = _alternatives(NAMES | SECRET_INPUTS)
    return (
        re.compile(rf"(?ix) ( \\?[\"'] (?:{every}) \\?[\"'] \s* [:=] \s* ) {_VALUE}"),
        re.compile(rf"(?ix) ( (?:{certain}) \s* [:=] \s* ) (?!\*\*\*) {_VALUE}"),
        re.compile(rf"(?ix) ( (?<![\w-]) (?:{in_forms}) = ) (?!\*\*\*) {_VALUE}"),
        re.compile(rf"(?ix) ( (?<![\w-]) (?:{_alternatives(_WORDS)}) :? \s+ ) (?=[^\s&,;\"']*[0-9]) [\w.~+/=-]{{8,}}"),
    )


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def repr_in_any_state(method: F) -> F:
    """Make a ``__repr__`` work for an object whose constructor has raised, as tracebacks with local variables show it.

    The error that it would raise would hide the one that is being reported.
    """

    @functools.wraps(method)
    def shown(self: Any) -> str:
        try:
            return method(self)
        except AttributeError:
            return f"<{type(self).__name__}, not initialized>"

    return cast("F", shown)
