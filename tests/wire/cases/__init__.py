"""The cases, by topic."""

from __future__ import annotations

from ..harness import Case
from . import answers, client, local, options, token

CASES: tuple[Case, ...] = tuple(case for topic in (token, options, answers, client, local) for case in topic.cases())
