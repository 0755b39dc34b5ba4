"""`scripts/lowest.txt` is what pyproject.toml permits at least."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_lowest_versions_are_those_that_the_project_permits() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    floors: set[tuple[str, str]] = set()
    names: set[str] = set()
    for requirement in declared:
        name, _, _ = re.split(r"([\[><=!~])", requirement, maxsplit=1)
        if name != project["name"]:  # an extra that includes others
            floor = re.search(r">=([0-9.]+)", requirement)
            if floor:
                floors.add((name, floor[1]))
            names.add(name)
    assert {name for name, _ in floors} == names, "a dependency has no lowest version"
    lines = (ROOT / "scripts" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    pinned = [tuple(line.split("==")) for line in lines if not line.startswith("#")]
    assert pinned == sorted(floors), "a dependency has one lowest version, and it is in both files"
