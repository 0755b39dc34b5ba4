"""Say what changed in terms of the Python API, and what version that makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from codegen.document import operations, parameters_of, resolve
from codegen.names import argument_name, method_name, resource_name
from comparison.changes import Change, Kind

__all__ = ["entries", "next_version", "with_entries"]

_SECTIONS = ("Added", "Changed", "Removed")


def entries(changes: Iterable[Change], old: dict[str, Any], new: dict[str, Any]) -> dict[str, list[str]]:
    """Return the lines of a changelog by its sections: "Added", "Changed", "Removed"."""
    names = {"old": _calls(old), "new": _calls(new)}
    found: dict[str, list[str]] = {section: [] for section in _SECTIONS}
    for change in changes:
        is_new = change.what.startswith("was added") and not change.breaking
        section = "Removed" if change.what == "was removed" else "Added" if is_new else "Changed"
        before = names["old"].get(change.subject)
        after = names["new"].get(change.subject) or names["new"].get(change.what.removeprefix("moved to "))
        text = _sentence(change, before, after)
        breaking = "**Breaking:** " if change.breaking else ""
        if text:
            found[section].append(f"{breaking}{text}")
    return {section: list(dict.fromkeys(lines)) for section, lines in found.items() if lines}


def _sentence(change: Change, before: str | None, after: str | None) -> str:
    name = (after if change.what.startswith("was added") else before) or after or ""
    bare = name.partition("(")[0]
    what = re.sub(r"^was added.*", "is new", re.sub(r"^was removed$", "is gone", change.what))
    many = f" (and {len(change.others)} more)" if change.others else ""
    if change.kind is Kind.OPERATION and (before or after):
        if change.what == "was removed" or change.what.startswith("was added"):
            return f"`{name}` {what}."
        moved = after and before and bare != after.partition("(")[0]
        return f"`{bare}` is `{after.partition('(')[0]}` now." if moved and after else f"`{bare}`: {what}.{many}"
    if change.kind is Kind.PARAMETER and name:
        _, _, argument = change.place.strip().partition(" ")
        name_now = re.fullmatch(r"(?:was renamed to|is called) (.+?)(?: now)?", what)
        shown = f"is called `{argument_name(name_now[1])}` now" if name_now else what
        required = ", and has to be given" if change.what.endswith("required") else ""
        return f"`{bare}({argument_name(argument)})` {shown}{required}{many}."
    if change.kind is Kind.SCHEMA:
        shown = re.sub(r"^was renamed to (.*)", r"is called `\1` now", what)
        required = ", and has to be given" if change.what.endswith("required") else ""
        shown = shown if shown.startswith("is ") else f": {shown}"
        return f"`{_model(change.where)}`{'' if shown[0] == ':' else ' '}{shown}{required}{many}."
    if name:
        return f"`{bare}`:{change.place} {what}{many}."
    return f"{change.where}: {what}{many}."


def _model(where: str) -> str:
    """Return a place in a schema as Python has it: the class, and the field."""
    return where.replace("[]", "[…]").replace("{}", "[…]")


def _calls(document: dict[str, Any]) -> dict[str, str]:
    """Return how each operation is called, with the arguments that it needs."""
    found = {}
    for path, method, operation in operations(document):
        tag = str((operation.get("tags") or ["default"])[0])
        parameters = parameters_of(document, path, operation)
        needed = [argument_name(parameter["name"]) for parameter in parameters if parameter.get("required")]
        body = resolve(document, operation.get("requestBody") or {})
        if body.get("required"):
            needed.append("…")
        call = f"pd.{resource_name(tag)}.{method_name(str(operation.get('operationId')))}({', '.join(needed)})"
        found[f"{method.upper()} {path}"] = call
    return found


def next_version(version: str, changes: Sequence[Change]) -> str:
    """Return the version after *version* (SemVer): before 1.0, what breaks counts the second number up."""
    major, minor, patch = map(int, version.split(".")[:3])
    if any(change.breaking for change in changes):
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    if any(change.what.startswith("was added") for change in changes):
        return f"{major}.{minor + 1}.0" if major else f"0.{minor}.{patch + 1}"
    return f"{major}.{minor}.{patch + 1}"


def with_entries(changelog: str, added: dict[str, list[str]], title: str) -> str:
    """Return the changelog with the lines that it lacks in its part "Unreleased"."""
    head, mark, rest = changelog.partition("## [Unreleased]\n")
    if not mark:
        raise ValueError("CHANGELOG.md has no part [Unreleased]")
    end = match.start() if (match := re.search(r"^## ", rest, re.MULTILINE)) else len(rest)
    part, rest = rest[:end], rest[end:]
    for section in _SECTIONS:
        lines = [f"- {line}" for line in added.get(section, ()) if f"- {line}" not in part]
        if not lines:
            continue
        if section == "Changed" and title not in part:
            lines.insert(0, f"- {title}")
        block = "\n".join(lines) + "\n"
        heading = f"### {section}\n\n"
        if heading in part:
            part = part.replace(heading, heading + block, 1)
        else:
            part = part.rstrip("\n") + f"\n\n{heading}{block}\n"
    return head + mark + part + rest
