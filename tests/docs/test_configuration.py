"""The table of environment variables has each that the package reads, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from .pages import PROJECT

PACKAGE = PROJECT / "pandadoc_client"
GENERATED = {"api", "apis", "model", "models", "types"}
OURS = re.compile(r"_?PANDADOC_[A-Z]+(_[A-Z]+)*")
ANY = re.compile(r"_?[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}  # urllib.request.getproxies reads these


def documented() -> set[str]:
    page = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = page.partition("## Environment variables")[2].partition("\n\n## ")[0].splitlines()
    return {name for row in rows if row.startswith("| `") for name in re.findall(r"`(\w+)`", row.split(" | ")[0])}


def texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def is_environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ"


def looked_up(tree: ast.Module) -> Iterator[ast.expr]:
    """What `os.environ` is asked for: by ``get``, by brackets and by ``in``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and is_environment(node.value):
            yield node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_environment(node.func.value):
            yield from node.args[:1]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "user_folder":
            yield node.args[0]  # which looks it up
        elif isinstance(node, ast.Compare) and is_environment(node.comparators[0]):
            yield node.left


def read_by(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from (text for text in texts(tree) if OURS.fullmatch(text))
    if "getproxies" in path.read_text(encoding="utf-8"):
        yield from PROXIES
    for asked in looked_up(tree):
        if isinstance(asked, ast.Constant):
            yield from texts(asked)
        else:  # by a variable: whatever its values are, they stand in a tuple or a constant of the module
            for node in (node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.For)):
                source = node.value if isinstance(node, ast.Assign) else node.iter
                if isinstance(source, ast.Tuple | ast.Constant):
                    yield from (text for text in texts(source) if ANY.fullmatch(text) and len(text) > 8)


def test_the_table_has_each_variable_that_is_read() -> None:
    modules = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in GENERATED]
    found = {name for path in modules for name in read_by(path)}
    assert documented() == found
    assert len(found) > 15
