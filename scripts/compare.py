"""List what differs between two OpenAPI documents, and what of it breaks programs written for the first.

``python scripts/compare.py OLD NEW`` prints the changes, those that break first; ``--json`` prints them as JSON, and
``--breaking`` leaves the others out. Prose, examples and the names of inline schemas are not compared. Documents are of
OpenAPI 3.0 or 3.1, and need not be valid. The same change in many places is one, with their number.

Exit status: 0 if nothing breaks, 1 if something does, 2 if a document cannot be read, 3 if the comparison itself fails.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from codegen.errors import GenerationError
from codegen.parse import parse
from comparison.changes import Change, summary
from comparison.operations import compare_documents


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description="List what differs between two OpenAPI documents.")
    parser.add_argument("old", type=Path, metavar="OLD", help="the document to compare with, YAML or JSON")
    parser.add_argument("new", type=Path, metavar="NEW", help="the document to compare")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--breaking", action="store_true", help="leave out what breaks nothing")
    options = parser.parse_args(arguments)
    try:
        old, new = read(options.old), read(options.new)
    except GenerationError as error:
        print(f"compare: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    try:
        found = compare_documents(old, new)
    except Exception as error:  # whatever it is, nobody may take it for "something breaks"
        print(f"compare: failed: {' '.join(f'{type(error).__name__}: {error}'.split())[:300]}", file=sys.stderr)
        return 3
    shown = [change for change in found if change.breaking or not options.breaking]
    if options.json:
        print(json.dumps({"summary": summary(found), "changes": [as_json(change) for change in shown]}, indent=2))
    else:
        print_text(shown, found)
    return 1 if any(change.breaking for change in found) else 0


def read(path: Path) -> dict[str, Any]:
    """Return the document in *path*, valid or not.

    Raises:
        GenerationError: It is neither JSON nor YAML, or has no paths.
    """
    _, document = parse(path)
    if not isinstance(document.get("paths"), dict) and not str(document.get("openapi")).startswith("3.1"):
        raise GenerationError(f"{path}: not an OpenAPI document: it has no paths")
    return document


def as_json(change: Change) -> dict[str, Any]:
    """Return a change as JSON has it."""
    return {
        "kind": change.kind,
        "where": change.where,
        "what": change.what,
        "breaking": change.breaking,
        "subjects": [change.subject, *change.others],
    }


def print_text(shown: list[Change], found: list[Change]) -> None:
    """Print *shown*, and a line about all that was *found*."""
    for change in sorted(shown, key=lambda change: not change.breaking):
        print(f"{'BREAKING' if change.breaking else '        '}  {change}")
    counts = summary(found)
    print(f"{counts['changes']} changes, {counts['breaking']} of them breaking")


if __name__ == "__main__":
    sys.exit(main())
