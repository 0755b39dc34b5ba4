"""How many requests a minute are let through, by a sliding window.

Everybody who gets in is the same user, so requests are counted for all credentials together; those with a key of the
sandbox are counted apart.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable, Mapping

from ..options import RateLimits

__all__ = ["Limiter"]

_WINDOW = 60.0
_SANDBOX = 10
_OTHERS = 2000
_FROM_PDF = 300
# As PandaDoc says, for each user and endpoint; what it says nothing of has the figure of lists.
_LIMITS: Mapping[str, int] = {
    "createDocument": 500,
    "createDocumentFromUpload": _FROM_PDF,
    "createDocumentFromMarkdownUpload": _FROM_PDF,
    "detailsDocument": 600,
    "sendDocument": 400,
    "downloadDocument": 100,
    "downloadProtectedDocument": 100,
}


class Limiter:
    """Counts requests for each operation. For one thread at a time.

    Args:
        limits: Which figures.
        clock: Seconds, monotonic.
    """

    def __init__(self, limits: RateLimits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._seen: defaultdict[tuple[bool, str], deque[float]] = defaultdict(deque)

    def reset(self) -> None:
        """Forget every request."""
        self._seen.clear()

    def wait(self, operation_id: str, body: bytes, *, sandbox: bool) -> int | None:
        """Count a request; return None to let it through, or the seconds until another one would be.

        Args:
            operation_id: What is asked for.
            body: The body, which tells a document from a template from one from a PDF.
            sandbox: Whether by a key of the sandbox.
        """
        if self._limits is RateLimits.OFF:
            return None
        kind = operation_id
        most = _LIMITS.get(operation_id, _OTHERS)
        # Known before the body is judged: what is not valid counts as well.
        if operation_id == "createDocument" and b'"template_uuid"' not in body:
            kind, most = "createDocument from a PDF", _FROM_PDF
        if sandbox or self._limits is RateLimits.SANDBOX:
            most = _SANDBOX
        now = self._clock()
        seen = self._seen[sandbox, kind]
        while seen and seen[0] <= now - _WINDOW:
            seen.popleft()
        if len(seen) < most:
            seen.append(now)
            return None
        return max(1, math.ceil(seen[0] + _WINDOW - now))
