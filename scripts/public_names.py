"""Write down every public name that is written by hand, with its arguments: what programs rely on.

``python scripts/public_names.py`` writes ``tests/surface/public_names.txt``, so that a change of it shows in review as
what it means: a removed line, or an argument that is no longer there, breaks programs. ``--check`` changes nothing and
exits with 1 if the file would change. Names are read from the source by griffe; nothing is imported.

Generated operations and models are compared with the vendor's by tests of their own, and the command line has its help.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import griffe

PROJECT = Path(__file__).resolve().parent.parent
TARGET = PROJECT / "tests" / "surface" / "public_names.txt"
# Beside the modules of the root; what else there is in these folders is nobody's to import.
PACKAGES = ("contrib", "emulator", "oauth", "oauth.stores", "oauth.stores.testing", "webhooks")
GENERATED = frozenset({"api", "apis", "model", "models", "types"})


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="public_names", description="Write down every public name.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if the file would change")
    options = parser.parse_args(arguments)
    found = "".join(f"{line}\n" for line in public_names())
    known = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    if not options.check:
        TARGET.write_text(found, encoding="utf-8")
        return 0
    if found == known:
        return 0
    changes = difflib.unified_diff(known.splitlines(), found.splitlines(), "known", "found", lineterm="", n=0)
    print(*changes, sep="\n", file=sys.stderr)
    print("public_names: they differ; if that is meant, run `python scripts/public_names.py`", file=sys.stderr)
    return 1


def public_names() -> list[str]:
    """Return a line for each public function, class, method and attribute of the package, in alphabetical order."""
    package = griffe.load("pandadoc_client", search_paths=[PROJECT])
    assert isinstance(package, griffe.Module)
    classes: dict[str, str] = {}  # by where it is written, where it was found first
    return sorted({line for module in _modules(package) for line in _names(module, classes)})


def _modules(package: griffe.Module) -> Iterator[griffe.Module]:
    yield package
    for name, module in package.modules.items():
        if not name.startswith("_") and name not in GENERATED and not module.is_init_module:
            yield module
    for path in PACKAGES:
        module = package[path]
        yield module
        if path == "contrib":  # each of its modules is for a framework
            yield from (each for name, each in module.modules.items() if not name.startswith("_"))


def _names(module: griffe.Module, classes: dict[str, str]) -> Iterator[str]:
    for name in module.exports or ():
        path = f"{module.path}.{name}".removeprefix("pandadoc_client.")
        yield from _lines(path, module.members.get(str(name)), classes)


def _lines(path: str, found: griffe.Object | griffe.Alias | None, classes: dict[str, str]) -> Iterator[str]:
    thing = _resolved(found)
    if isinstance(thing, griffe.Function):
        yield f"{path}({', '.join(_parameter(each) for each in thing.parameters if each.name not in ('self', 'cls'))})"
    elif isinstance(thing, griffe.Class):
        first = classes.setdefault(thing.path, path)
        if first != path:
            yield f"{path} is {first}"
            return
        yield f"{path} ({', '.join(map(str, thing.bases))})" if thing.bases else path
        for name, member in thing.all_members.items():
            if name == "__init__" or not name.startswith("_"):
                yield from _lines(f"{path}.{name}", member, classes)
    else:
        yield path


def _resolved(found: griffe.Object | griffe.Alias | None) -> griffe.Object | None:
    """Return what a name stands for; None if that is of another package."""
    try:
        return found.final_target if isinstance(found, griffe.Alias) else found
    except griffe.AliasResolutionError:
        return None


def _parameter(parameter: griffe.Parameter) -> str:
    """Return a parameter as it stands in a signature; ``name=`` for one that is given by name alone."""
    signs = {"variadic positional": "*{}", "variadic keyword": "**{}", "keyword-only": "{}="}
    kind = parameter.kind.value if parameter.kind else ""
    text = signs.get(kind, "{}").format(parameter.name)
    if parameter.annotation is not None:
        text = f"{text}: {parameter.annotation}"
    return text if parameter.default is None or "*" in text else f"{text} = {parameter.default}"


if __name__ == "__main__":
    sys.exit(main())
