"""Write all documents of a month into a table, and the numbers of each status below it."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TextIO

from pandadoc_client import PandaDoc


def export(pd: PandaDoc, since: datetime, target: TextIO) -> Counter[str]:
    rows = csv.writer(target)
    rows.writerow(["id", "name", "status", "created", "expires"])
    statuses: Counter[str] = Counter()
    for document in pd.documents.iterate_documents(created_from=since, order_by="-date_created"):
        expires = document.expiration_date or ""
        rows.writerow([document.id, document.name, document.status, document.date_created, expires])
        statuses[document.status] += 1
    return statuses


def main() -> None:
    with PandaDoc() as pd:
        for status, number in export(pd, datetime(2026, 1, 1, tzinfo=UTC), sys.stdout).most_common():
            print(f"{status.removeprefix('document.')}: {number}", file=sys.stderr)


if __name__ == "__main__":
    main()
