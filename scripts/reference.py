"""Write the pages about operations: one or more for each tag of ``openapi.yaml``, with an example for each operation.

``python scripts/reference.py`` writes ``docs/operations/``; ``--check`` changes nothing, names the files that would
change and exits with 1 if there are any. The names of methods and arguments are those of the package, so the package is
generated first: ``python scripts/generate.py``.

Exit status: 0 for success, 1 if files differ or an operation is not in the package, 2 if the arguments are at fault.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))  # the package of this project, installed or not

from pages.calls import calls_of  # noqa: E402
from pages.markdown import HEADER, index, page  # noqa: E402
from pages.parts import pages_of  # noqa: E402

TARGET = PROJECT / "docs" / "operations"


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="reference", description="Write the pages about operations.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if files would change")
    options = parser.parse_args(arguments)
    try:
        made = pages()
    except (LookupError, RuntimeError, ValueError) as error:
        print(f"reference: {error}", file=sys.stderr)
        return 1
    there = {path.name: path.read_text(encoding="utf-8") for path in TARGET.glob("*.md")}
    if foreign := [name for name, text in there.items() if name not in made and not text.startswith(HEADER)]:
        print(f"reference: docs/operations/{foreign[0]} is not machine-written; move it", file=sys.stderr)
        return 1
    different = sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))
    if options.check:
        for name in different:
            print(f"reference: docs/operations/{name} differs; run `python scripts/reference.py`", file=sys.stderr)
        return 1 if different else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in different:
        if name in made:
            (TARGET / name).write_text(made[name], encoding="utf-8")
        else:
            (TARGET / name).unlink()
    print(f"reference: {len(made)} pages, {len(different)} of them changed")
    return 0


def pages() -> dict[str, str]:
    """Return the pages by the names of their files.

    Raises:
        LookupError: The package lacks an operation, or an example names an argument that there is not.
        ValueError: Two operations cannot be told apart.
        RuntimeError: An example is no Python.
    """
    document = yaml.load((PROJECT / "openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    calls = calls_of(document)
    made = {"index.md": index(document, calls)}
    for tag in dict.fromkeys(call.tag for call in calls):
        for name, title in pages_of(tag).items():
            if chosen := [call for call in calls if call.tag == tag and call.page == name]:
                made[name] = page(document, tag, title, chosen)
    return made


if __name__ == "__main__":
    sys.exit(main())
