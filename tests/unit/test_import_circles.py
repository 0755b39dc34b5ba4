"""No import circle: of modules, and of packages. Imports inside functions count.

Not counted: what only type checkers import (``if TYPE_CHECKING``), which cannot be a circle at run time; names that a
lazy package imports by ``__getattr__``; and the package's root, which all its names are imported from lazily.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandadoc_client

from .test_import_directions import full_names, modules

ROOT = "pandadoc_client"

# Imports that close a circle of packages, and why they are there. A circle of modules has no excuse.
KNOWN: dict[tuple[str, str], str] = {
    ("exceptions", "_http.secrets"): "Errors mask what is secret; the module of it imports nothing of `_http`.",
    ("exceptions", "_http.retry_after"): "Errors read how long to wait; that module imports nothing of the package.",
    ("_http.secrets", "apis.secrets"): "The names of secrets are the contract's: a generated module of data.",
}

Graph = dict[str, set[str]]


def is_for_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it that can run."""
    yield node
    below: Iterable[ast.AST] = node.orelse if is_for_checkers(node) else ast.iter_child_nodes(node)  # type: ignore[attr-defined]
    for child in below:
        yield from executed(child)


def import_graph() -> Graph:
    """Return the modules that each module imports; a name that is imported counts for its module."""
    paths = dict(modules())

    def module_of(name: str) -> str:
        while name and name not in paths:
            name = name.rpartition(".")[0]
        return name

    return {
        module: {
            found
            for node in executed(ast.parse(path.read_text(encoding="utf-8")))
            for name in full_names(node, module, path)
            if (found := module_of(name)) not in ("", ROOT, module)
        }
        for module, path in paths.items()
    }


def package_of(module: str) -> str:
    """Return the folder of the root that a module is in; a module of the root stands for itself."""
    return module.removeprefix(f"{ROOT}.").partition(".")[0]


def of_packages(graph: Graph, without: Iterable[tuple[str, str]] = ()) -> Graph:
    left_out = {(f"{ROOT}.{origin}", f"{ROOT}.{target}") for origin, target in without}
    found: Graph = {package_of(module): set() for module in graph}
    for module, targets in graph.items():
        for target in targets:
            if (module, target) not in left_out and package_of(target) != package_of(module):
                found[package_of(module)].add(package_of(target))
    return found


def circles(graph: Graph) -> list[str]:
    """Return a shortest circle through each node that has one, each circle once, as text."""
    found: set[tuple[str, ...]] = set()
    for start in graph:
        paths: list[tuple[str, ...]] = [(start,)]
        seen: set[str] = set()
        while paths:
            path, *paths = paths
            following = sorted(graph[path[-1]])
            if start in following:
                first = path.index(min(path))
                found.add(path[first:] + path[:first])
                break
            paths += [(*path, name) for name in following if name not in seen]
            seen.update(following)
    return [" -> ".join((*circle, circle[0])) for circle in sorted(found)]


def test_no_circle_of_modules() -> None:
    found = circles(import_graph())
    print("circles of modules:", found)
    assert found == []


def test_no_circle_of_packages_but_the_known_ones() -> None:
    graph = import_graph()
    print("circles of packages:", *circles(of_packages(graph)), sep="\n  ")
    print("closed by:", *(f"{origin} -> {target}: {why}" for (origin, target), why in KNOWN.items()), sep="\n  ")
    assert circles(of_packages(graph, without=KNOWN)) == []


def test_each_known_import_still_closes_a_circle() -> None:
    graph = import_graph()
    for known in KNOWN:
        others = [other for other in KNOWN if other != known]
        assert circles(of_packages(graph, without=others)), f"{known} closes no circle any more: take it out"


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == ["a -> b -> c -> a"]
    assert circles({"a": {"b"}, "b": set()}) == []


def test_imports_in_functions_are_seen_and_those_for_type_checkers_are_not() -> None:
    source = """
if TYPE_CHECKING:
    from pandadoc_client import files
else:
    from pandadoc_client import waiting

def function():
    from ._http import retry
"""
    path = Path(pandadoc_client.__file__).parent / "module.py"
    found = [name for node in executed(ast.parse(source)) for name in full_names(node, f"{ROOT}.module", path)]
    assert found == [f"{ROOT}.waiting", f"{ROOT}._http.retry"]
