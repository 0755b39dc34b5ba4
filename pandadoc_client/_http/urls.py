"""URLs as httpx has them, parsed as seldom as can be: it takes longer than all else that makes a request."""

from __future__ import annotations

import functools
import re

import httpx

__all__ = ["is_plain", "parsed", "url_of"]

# What httpx takes as it is: encoded, and in a path without the dots that it resolves. Compiled at the first query.
_QUERY = r"(?:[A-Za-z0-9_.~!$&'()*+,;=:@/?-]|%[0-9A-F]{2})+"
_TARGET = rf"/(?:[A-Za-z0-9_~!$&'()*+,;=:@/-]|(?<!/)\.|%[0-9A-F]{{2}})*(?:\?{_QUERY})?"
_LONGEST = 65_536  # characters: httpx refuses longer ones


def is_plain(target: str) -> bool:
    """Return whether httpx would send this path and query as they are."""
    return re.fullmatch(_TARGET, target) is not None


@functools.lru_cache(maxsize=256)
def parsed(url: str) -> httpx.URL:
    """Return *url*, parsed; most programs call the same few again.

    Raises:
        httpx.InvalidURL: It is none.
    """
    return httpx.URL(url)


def url_of(url: str) -> httpx.URL:
    """Return *url*, parsed; its query is not kept: there are too many, and one may hold what should not stay.

    Raises:
        httpx.InvalidURL: It is none.
    """
    base, mark, query = url.partition("?")
    if not mark:
        return parsed(url)
    if len(url) > _LONGEST or "#" in base or re.fullmatch(_QUERY, query) is None:
        return httpx.URL(url)
    known = parsed(base)
    made = httpx.URL.__new__(httpx.URL)
    made._uri_reference = known._uri_reference._replace(query=query)  # httpx has no public way without parsing anew
    return made
