"""The form of a token request: its checks, and its bytes. Pure functions; nothing is sent.

The bytes are those of the HTML form serialiser, to which RFC 6749 (§4.1.3, §6 and appendix B) points: UTF-8, a space as
``+``, the ASCII letters, digits and ``*-._`` as they are, everything else percent-encoded. So the scope ``read+write``
goes out as ``read%2Bwrite``, and the scope ``read write`` as ``read+write``; both are legal.

`check_token_request` refuses what a server would misread or reject, before anything is sent. Besides unknown, missing,
empty and non-text fields these are:

* unpaired surrogates, which UTF-8 cannot carry;
* control characters: U+0000 to U+001F, U+007F, U+0080 to U+009F, and the line breaks U+2028 and U+2029. No value of a
  token request may contain one (RFC 6749 appendix A), and each is the mark of a value that was read or pasted wrongly;
* white space or a zero-width character at either end of an id, a secret, a code, a refresh token or a redirect URI:
  the classic trace of copying. Inside of a value, and around a scope, white space is left alone.

Other characters beyond ASCII are sent as they are: appendix A has no room for them, yet a server may.

No message shows a value.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from urllib.parse import quote_plus

from pandadoc_client._http.secrets import NAMES_IN_FORMS, SecretText, hide, type_name
from pandadoc_client.exceptions import ApiTypeError, FormEncodingError, FormEncodingWarning

__all__ = ["check_token_request", "encode_form", "form_problems", "value_problem", "warn_about_form"]

_FIELDS_OF_GRANT: dict[str, tuple[str, ...]] = {
    "authorization_code": ("grant_type", "client_id", "client_secret", "code", "scope", "redirect_uri"),
    "refresh_token": ("grant_type", "client_id", "client_secret", "refresh_token", "scope"),
}
_ALL_FIELDS = tuple(dict.fromkeys(name for names in _FIELDS_OF_GRANT.values() for name in names))
_OPTIONAL = frozenset({"scope", "redirect_uri"})
_PASTED = frozenset({"client_id", "client_secret", "code", "refresh_token", "redirect_uri"})
_GRANT_TYPES = "authorization_code or refresh_token"

# What few values have is compiled when one has it.
_SURROGATE = "[\ud800-\udfff]"
_LINE_BREAK = "[\n\r\v\f\x85\u2028\u2029]"
_CONTROL = "[\x00-\x1f\x7f-\x9f]"
_EDGE = "\u200b\u200c\u200d\u2060\ufeff"  # zero-width characters: str.strip() does not count them as white space


def encode_form(fields: Mapping[str, object]) -> bytes:
    """Return *fields* as the bytes of an ``application/x-www-form-urlencoded`` body.

    Args:
        fields: Names and values, in the order in which they are to be sent. A value of None leaves its field out; an
            empty text is sent as an empty value.

    Raises:
        FormEncodingError: A value is not text, or has an unpaired surrogate.
    """
    fields = _given(fields)  # none of them in clear: what is raised is reported with this frame
    return "&".join(f"{_encoded(name, name)}={_encoded(name, value)}" for name, value in fields.items()).encode("ascii")


def check_token_request(fields: Mapping[str, object]) -> dict[str, str]:
    """Return the fields of a token request, checked and in the order of the API's contract.

    Args:
        fields: ``grant_type``, ``client_id``, ``client_secret``, if wanted ``scope``, and either ``code`` (with, if
            wanted, ``redirect_uri``) or ``refresh_token``. A value of None counts as absent.

    Raises:
        FormEncodingError: The first thing that is wrong; ``field`` names the field. See the module for the rules.
        ApiTypeError: *fields* is no mapping.
    """
    fields = given = _given(fields)  # none of them in clear: what is raised is reported with this frame
    for problem in _problems(given):
        raise problem
    names = _FIELDS_OF_GRANT[str(given["grant_type"])]
    return {name: str(given[name]) for name in names if name in given}


def form_problems(fields: Mapping[str, object]) -> list[FormEncodingError]:
    """Return everything that `check_token_request` has against *fields*, at most one problem a field.

    Raises:
        ApiTypeError: *fields* is no mapping.
    """
    return list(_problems(fields))


def warn_about_form(fields: Mapping[str, object], stacklevel: int = 2) -> None:
    """Give a `FormEncodingWarning` for each of `form_problems`.

    Args:
        fields: As for `check_token_request`.
        stacklevel: Whom to blame, counted as by ``warnings.warn``: 1 is the caller of this function, 2 its caller.

    Raises:
        ApiTypeError: *fields* is no mapping.
    """
    for problem in _problems(fields):
        warnings.warn(FormEncodingWarning(str(problem)), stacklevel=stacklevel + 1)


def value_problem(value: object, *, trimmed: bool = False) -> str | None:
    """Return what is wrong with *value* as the value of a field, or None. Never shows the value.

    Args:
        value: What is to be sent.
        trimmed: True to refuse white space and zero-width characters at its ends.
    """
    if not isinstance(value, str):
        return f"must be text (str), not {type_name(value)}"
    if not value.strip():
        return "must not be empty"
    if not value.isprintable():
        if re.search(_SURROGATE, value):
            return "has an unpaired surrogate, which UTF-8 cannot carry"
        if re.search(_LINE_BREAK, value):
            return "has a line break in it"
        if re.search(_CONTROL, value):
            return "has a NUL or another control character in it"
    if trimmed and value.strip().strip(_EDGE) != value:
        return "starts or ends with white space, or with a character of no width"
    return None


def _given(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields that are present: enumerations as text, since they would hash otherwise, secrets hidden."""
    # The annotation is a promise that callers break; a clear error is worth the look.
    if not isinstance(fields, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"fields must be a mapping, not {type(fields).__name__}")
    return {
        name: hide(value) if name in NAMES_IN_FORMS or isinstance(value, SecretText) else _plain(value)
        for name, value in fields.items()
        if value is not None
    }


def _plain(value: object) -> object:
    return str.__str__(value) if isinstance(value, str) else value


def _problems(fields: Mapping[str, object]) -> Iterator[FormEncodingError]:
    given = _given(fields)
    grant = given.get("grant_type")
    known = _FIELDS_OF_GRANT.get(grant) if isinstance(grant, str) else None
    if known is None:
        yield FormEncodingError("grant_type", _grant_problem(given))
    for name in known or _ALL_FIELDS:
        if name not in given:
            if known and name not in _OPTIONAL:
                yield FormEncodingError(name, f"is missing; the {grant} grant needs it")
        elif name != "grant_type" and (problem := value_problem(given[name], trimmed=name in _PASTED)):
            yield FormEncodingError(name, problem)
    for name in given:
        if name not in (known or _ALL_FIELDS):
            yield FormEncodingError(_shown_name(name), _foreign_problem(name, grant if known else None))


def _grant_problem(given: Mapping[str, object]) -> str:
    if "grant_type" in given:
        # Whatever stands there instead may be a secret in the wrong place, so it is not shown.
        problem = value_problem(given["grant_type"])
        return problem or f"must be {_GRANT_TYPES}"
    if "code" in given:
        return "is missing; a code needs authorization_code, for without it the server takes the request for a refresh"
    return f"is missing; it must be {_GRANT_TYPES}"


def _foreign_problem(name: str, grant: object) -> str:
    if name == "code":
        return "needs grant_type=authorization_code; this request says refresh_token"
    if name == "refresh_token":
        return "has no place in the authorization_code grant, which takes a code"
    return f"is not a field of the {grant} grant" if grant else "is not a field of a token request"


def _shown_name(name: object) -> str:
    """Return the name of an unknown field, unless it looks as if a value had taken its place."""
    return name if isinstance(name, str) and name.isidentifier() and len(name) <= 40 else "(unknown field)"


def _encoded(name: str, text: object) -> str:
    if not isinstance(text, str):
        raise FormEncodingError(_shown_name(name), f"must be text (str), not {type_name(text)}")
    try:
        # The one character that quote_plus() leaves alone and the HTML serialiser does not.
        return quote_plus(str.__str__(text), safe="*-._").replace("~", "%7E")
    except UnicodeEncodeError:
        problem = "has an unpaired surrogate, which UTF-8 cannot carry"
        raise FormEncodingError(_shown_name(name), problem) from None
