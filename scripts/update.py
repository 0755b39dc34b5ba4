"""Follow the vendor's document: bring what is new in it into ``openapi.yaml``, and into all that is made of it.

``python scripts/update.py NEW`` takes the vendor's new document, YAML or JSON. What it changed since the last one,
whose facts are kept in ``scripts/updating/vendor.json``, goes to the same places in ours, with our order, comments and
descriptions kept. Then the package, the pages about operations, the navigation, the numbers in README and docs are
made anew, and the changelog gets a draft. What only a person can say is printed. Conflicts are named, and nothing is
written.

``--dry-run`` prints all that and writes nothing. ``--check [NEW]`` tells whether there is something to do: whether NEW
has news, whether ours has all that the vendor's has, and whether sentences are missing.

Exit status: 0 for success, and for nothing new; 1 for conflicts, a step that failed, and for ``--check`` if there is
something to do; 2 if a document cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from codegen.contract import as_lines
from codegen.document import operations
from codegen.errors import GenerationError
from codegen.parse import parse
from comparison.changes import Change
from comparison.operations import compare_documents
from updating.covering import uncovered
from updating.facts import facts
from updating.merge import Merge, merge
from updating.news import entries, next_version, with_entries
from updating.project import PROJECT, Files, handled, mentions, navigation, read_ours, with_counts, written
from updating.texts import placeholders, stale

SNAPSHOT = "scripts/updating/vendor.json"
COMMANDS = [["scripts/generate.py"], ["scripts/reference.py"]]


def main(arguments: list[str] | None = None, root: Path = PROJECT) -> int:
    """Run the command and return its exit status."""
    options = _options(arguments)
    try:
        base, new = _vendors(options.new, root)
        return check(base, new, root) if options.check else update(base, new, root, dry_run=options.dry_run)
    except GenerationError as error:
        print(f"update: {error}", file=sys.stderr)
        return 2
    except (OSError, RuntimeError) as error:
        print(f"update: {error}", file=sys.stderr)
        return 1
    except Exception as error:  # a document that the merge stumbles over; nothing was written
        if options.traceback:
            raise
        print(f"update: failed, see --traceback: {type(error).__name__}: {error}", file=sys.stderr)
        return 1


def check(base: dict[str, Any], new: dict[str, Any], root: Path) -> int:
    """Print what there is to do; return 1 if there is something."""
    ours = yaml.load((root / "openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    news = [str(change) for change in compare_documents(base, new)]
    lines = {
        "new in the vendor's document": news,
        "not as in the vendor's document, and not accepted": uncovered(base, ours),
        "without a description": list(placeholders(ours)),
    }
    _print(lines)
    return 1 if any(lines.values()) else 0


@dataclass(frozen=True)
class _Plan:
    """What an update does.

    Attributes:
        changes: What the vendor changed.
        merged: What that does to our document.
        ours: Our document after it.
        files: The files to write.
    """

    changes: Sequence[Change]
    merged: Merge
    ours: dict[str, Any]
    files: Files


def update(base: dict[str, Any], new: dict[str, Any], root: Path, *, dry_run: bool) -> int:
    """Carry out an update, or only say what it would do."""
    if base == new:
        print("nothing new")
        return 0
    plan = _plan(base, new, root)
    _print({"changed in openapi.yaml": plan.merged.done, "conflicts": plan.merged.conflicts})
    if plan.merged.conflicts:
        print("nothing was written: change openapi.yaml where there is a conflict, as you want it, and run this again")
        return 1
    if not dry_run:
        plan.files.write(COMMANDS)
    version = _version(root)
    _print({f"written{' without --dry-run' if dry_run else ''}": plan.files.changed})
    print(f"version: {version} is out; these changes make {next_version(version, plan.changes)}\n")
    _print(left_to_do(plan, base, new, root))
    return 0


def _plan(base: dict[str, Any], new: dict[str, Any], root: Path) -> _Plan:
    files = Files(root)
    ours = read_ours(files.read("openapi.yaml"))
    before = yaml.load(files.read("openapi.yaml"), yaml.CSafeLoader)
    merged = merge(base, new, ours)
    text = written(ours)
    after = yaml.load(text, yaml.CSafeLoader)
    changes = compare_documents(base, new)
    files.change("openapi.yaml", text)
    files.change(SNAPSHOT, as_lines(new))
    for path in ("README.md", *sorted(f"docs/{page.name}" for page in (root / "docs").glob("*.md"))):
        if "benchmarks" not in path:  # what was measured was measured with the document of that time
            files.change(path, with_counts(files.read(path), before, after))
    files.change("mkdocs.yml", navigation(files.read("mkdocs.yml"), after))
    title = f"The API's version is {new['info'].get('version')}."
    files.change("CHANGELOG.md", with_entries(files.read("CHANGELOG.md"), entries(changes, base, new), title))
    return _Plan(changes, merged, after, files)


def left_to_do(plan: _Plan, base: dict[str, Any], new: dict[str, Any], root: Path) -> dict[str, list[str]]:
    """Return what only a person can do, by what it is."""
    known, former = ({one["operationId"] for _, _, one in operations(document)} for document in (plan.ours, base))
    by_hand = handled(root)
    gone = [
        change.place.rpartition(".")[2].removesuffix("[]") or change.subject
        for change in plan.changes
        if change.breaking and (change.what == "was removed" or change.what.startswith("was renamed"))
    ]
    return {
        "to describe in openapi.yaml": list(placeholders(plan.ours)),
        "descriptions under which something changed": list(stale(plan.ours, plan.merged.touched)),
        "handlers of the emulator without an operation": sorted(by_hand - known),
        "operations that the emulator answers from the contract alone, if you want more": sorted(
            known - former - by_hand
        ),
        "names that are gone, in the emulator and in examples": [
            f"{name}: {place}" for name in dict.fromkeys(gone) for place in mentions(root, name)
        ],
        "examples that may need arguments (scripts/pages/arguments.py)": sorted(
            {change.where for change in plan.changes if change.what.endswith("and is required") and change.breaking}
        ),
        "not as in the vendor's document (correct it, or accept it in scripts/updating/accepted.yaml)": uncovered(
            new, plan.ours
        ),
        "then": ["scripts/test, and read CHANGELOG.md as one who uses the package"],
    }


def _vendors(new: Path | None, root: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the facts of the vendor's last document, and those of the new one."""
    _, base = parse(root / SNAPSHOT)
    if new is None:
        return base, base
    _, document = parse(new)
    if not isinstance(document.get("openapi"), str) or not isinstance(document.get("paths", {}), dict):
        raise GenerationError(f"{new}: not an OpenAPI 3 document")
    return base, facts(document)


def _version(root: Path) -> str:
    text = (root / "pandadoc_client" / "__init__.py").read_text(encoding="utf-8")
    return next(line.split('"')[1] for line in text.splitlines() if line.startswith("__version__"))


def _print(parts: Mapping[str, Sequence[str]]) -> None:
    for title, lines in parts.items():
        if lines:
            print(f"{title}:")
            print("".join(f"  {line}\n" for line in lines))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="update", description="Follow the vendor's document.")
    parser.add_argument("new", nargs="?", type=Path, metavar="NEW", help="the vendor's new document, YAML or JSON")
    parser.add_argument("--dry-run", action="store_true", help="print what would be done, and write nothing")
    parser.add_argument("--check", action="store_true", help="tell whether there is something to do; exit with 1 if so")
    parser.add_argument("--traceback", action="store_true", help="show where a failure of the script itself is")
    options = parser.parse_args(arguments)
    if options.new is None and not options.check:
        parser.error("NEW is missing")
    return options


if __name__ == "__main__":
    sys.exit(main())
