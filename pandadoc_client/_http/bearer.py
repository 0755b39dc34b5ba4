"""What a bearer token is made of."""

from __future__ import annotations

import re

__all__ = ["bearer_problem"]

_VISIBLE = re.compile(r"[\x21-\x7e]+(?: +[\x21-\x7e]+)*")
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"  # compiled when a token is refused


def bearer_problem(value: str) -> str | None:
    """Return why *value* cannot be sent as a bearer token, or None. Never shows it.

    RFC 6750 (§2.1) has letters, digits and ``-._~+/=``. Every visible character of ASCII is taken, and a space between
    two of them: a header can carry it, and what a token looks like is the server's affair.
    """
    if _VISIBLE.fullmatch(value):
        return None
    if re.search(_CONTROL, value):
        return "has a line break or another control character in it, which no header can carry"
    if value.isascii():
        return "starts or ends with a space"
    return "has a character outside ASCII in it, which no header can carry"
