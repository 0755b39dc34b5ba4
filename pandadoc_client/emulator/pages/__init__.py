"""The HTML that people see: every value escaped, nothing loaded from elsewhere, all of it usable by keyboard."""

from __future__ import annotations

from .endpoints import PageEndpoints
from .oauth import callback_page, consent_page, error_page

__all__ = ["PageEndpoints", "callback_page", "consent_page", "error_page"]
