"""What the server of the benchmarks answers: bodies as the API sends them, all fields of the schemas filled."""

from __future__ import annotations

import json
import random
import string

__all__ = ["LARGE", "LARGE_LIST", "MEMBER", "PDF", "TOKENS", "documents", "pdf"]

LARGE = 20_000_000
"""Bytes of a large response."""
LARGE_LIST = 63_700
"""Documents in a list of that size."""
PDF = "/public/v1/documents/BhVzRcxH9Z2LgfPPGXFUBa/download"
"""The path of the large file."""

TOKENS = {
    "access_token": "1f8b0c9f6a54bd1d2a2e6a64e5d6e2b41ff9dd28",
    "token_type": "Bearer",
    "expires_in": 31535999,
    "scope": "read+write",
    "refresh_token": "0d1c2ad1c5bb22ee9a1cf5c1ae64b25be1c9a8be",
}
MEMBER = {
    "user_id": "Uf4kRc8WnV3bEqPz2mYtDa",
    "membership_id": "Mq7sXe5LhJ9cGvTk4wBnRo",
    "email": "mei.lin@example.com",
    "first_name": "Mei",
    "last_name": "Lin",
    "is_active": True,
    "workspace": "Wd2pZy6KfS8aHxUj3vCmQi",
    "workspace_name": "Bamboo",
    "emails_verified": True,
    "role": "Admin",
    "user_license": "Full",
    "date_created": "2026-01-02T03:04:05.678900Z",
    "date_modified": "2026-02-03T04:05:06.789000Z",
}
_KINDS = ("Offer", "Contract", "Order form", "Statement of work", "Non-disclosure agreement", "Angebot für Büromöbel")
_STATES = ("document.draft", "document.sent", "document.viewed", "document.completed", "document.waiting_approval")


def documents(count: int) -> bytes:
    """Return a page of the document list, seeded."""
    chosen = random.Random(1)

    def moment() -> str:
        day, second = f"2026-{chosen.randint(1, 12):02}-{chosen.randint(1, 28):02}", chosen.randint(0, 59)
        return (
            f"{day}T{chosen.randint(0, 23):02}:{chosen.randint(0, 59):02}:{second:02}.{chosen.randint(0, 999_999):06}Z"
        )

    results = [
        {
            "id": "".join(chosen.choices(string.ascii_letters + string.digits, k=22)),
            "name": f"{chosen.choice(_KINDS)} no. {number}",
            "status": chosen.choice(_STATES),
            "date_created": moment(),
            "date_modified": moment(),
            "date_completed": moment(),
            "expiration_date": moment(),
            "version": str(chosen.randint(1, 40)),
        }
        for number in range(count)
    ]
    return json.dumps({"results": results}).encode()


def pdf() -> bytes:
    """Return a file that begins and ends as a PDF does, and does not compress."""
    head, tail = b"%PDF-1.7\n", b"\n%%EOF\n"
    return head + random.Random(1).randbytes(LARGE - len(head) - len(tail)) + tail
