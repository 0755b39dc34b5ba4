"""A three-way merge: what the vendor changed since the last document goes to the same places in ours.

Facts are compared and applied; order, comments and descriptions of ours stay. What ours has otherwise than the vendor
had it, and the vendor changes now, is a conflict: a person decides, by changing ours.
"""

from __future__ import annotations

import copy
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from codegen.pointers import pointer, references
from comparison.reading import Document
from ruamel.yaml.comments import CommentedMap

from .facts import facts
from .places import Missing, behind, entry, identity, inside
from .texts import described

__all__ = ["Merge", "merge"]

_RENAMED = ("properties", "schemas", "paths")
_UNSAID = object()


@dataclass
class Merge:
    """What a merge did, and what it could not do.

    Attributes:
        done: A line for each change of our document.
        conflicts: Lines with both sides, for a person.
        touched: The places where something was changed that a description may speak of.
    """

    done: list[str] = field(default_factory=list[str])
    conflicts: list[str] = field(default_factory=list[str])
    touched: list[list[str]] = field(default_factory=list[list[str]])


def merge(base: dict[str, Any], new: dict[str, Any], ours: Any) -> Merge:
    """Change *ours*, as ruamel.yaml has read it, by what differs between two documents of facts."""
    before = {reference["$ref"] for reference in references(ours)}
    run = _Run(base, new, ours)
    run.objects([], base, new, ours)
    run.clean(before)
    return run.result


class _Run:
    def __init__(self, base: dict[str, Any], new: dict[str, Any], ours: Any) -> None:
        self.base = base
        self.new = new
        self.ours = ours
        self.result = Merge()
        self.theirs = Document(base), Document(new)  # copies of a whole document: made once

    # -- what differs ---------------------------------------------------------------------------------------------

    def differ(self, path: list[str], old: Any, new: Any, holder: Any, key: Any) -> None:
        """Bring a difference between *old* and *new* to ``holder[key]``, which ours has."""
        if old == new:
            return
        if isinstance(old, dict) and isinstance(new, dict):
            if "$ref" in old or "$ref" in new:
                self.reference(path, old, new, holder, key)
            else:
                self.objects(path, old, new, holder[key])
        elif isinstance(old, list) and isinstance(new, list) and _is_told_apart(self, path, old, new):
            self.arrays(path, old, new, holder, key)
        else:
            self.value(path, old, new, holder, key)

    def objects(self, path: list[str], old: dict[str, Any], new: dict[str, Any], ours: Any) -> None:
        """Bring the differences between two objects to ours."""
        renamed = self.renames(path, old, new)
        for key, value in old.items():
            there = [*path, key]
            try:
                holder = inside(self.ours, ours, key)
            except Missing:
                if key not in new and key not in renamed:
                    continue  # gone in both
                target = new.get(renamed.get(key, key))
                if value != target and not self.is_there(ours, renamed.get(key), target):
                    self.conflict(there, value, target, _UNSAID)
                continue
            if key in renamed:
                _rename(holder, key, renamed[key])
                self.did(there, f"is called {renamed[key]} now")
                self.differ([*path, renamed[key]], value, new[renamed[key]], holder, renamed[key])
            elif key not in new:
                del holder[key]
                self.did(there, "was removed")
            else:
                self.differ(there, value, new[key], holder, key)
        for key, value in new.items():
            if key not in old and key not in renamed.values():
                self.add(path, key, value, list(new), ours)

    def is_there(self, ours: Any, name: str | None, value: Any) -> bool:
        """Whether ours has the new name already."""
        try:
            return name is not None and facts_of(inside(self.ours, ours, name)[name]) == value
        except Missing:
            return False

    def renames(self, path: list[str], old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
        """Return new names by old ones: of what went and came, and is the same."""
        if not path or path[-1] not in _RENAMED:
            return {}
        gone = {key: value for key, value in old.items() if key not in new}
        come = {key: value for key, value in new.items() if key not in old}
        found: dict[str, str] = {}
        for key, value in gone.items():
            same = [name for name, other in come.items() if _stays(path, value, other)]
            if len(same) == 1 and sum(_stays(path, one, come[same[0]]) for one in gone.values()) == 1:
                alone = len(gone) == len(come) == 1
                if alone or path[-1] != "properties" or len(str(value)) > 40:
                    found[key] = same[0]
        return found

    def arrays(self, path: list[str], old: list[Any], new: list[Any], holder: Any, key: Any) -> None:
        """Bring the differences between two arrays, whose items have identities, to ours."""
        name, items = path[-1], holder[key]
        before = {identity(self.base, name)(item): item for item in old}
        after = {identity(self.new, name)(item): item for item in new}
        renamed = _renamed_items(before, after) if name == "parameters" else {}
        for known, item in before.items():
            try:
                index = entry(self.ours, items, name, known)
            except Missing:
                if known in after and item != after[known]:
                    self.conflict([*path, known], item, after[known], _UNSAID)
                continue
            if known in renamed and "$ref" not in items[index]:
                target = after[renamed[known]]
                items[index]["name"] = target["name"]
                self.did([*path, known], f"is called {target['name']} now")
                self.differ([*path, str(index)], {**item, "name": target["name"]}, target, items, index)
            elif known not in after:
                del items[index]
                self.did([*path, known], "was removed")
                self.result.touched.append(path)
            else:
                self.differ([*path, str(index)], item, after[known], items, index)
        order = list(after)
        for known, item in after.items():
            if known in before:
                continue
            try:
                entry(self.ours, items, name, known)
            except Missing:
                index = self.position(items, name, order[: order.index(known)])
                items.insert(index, described(path, name, copy.deepcopy(item)))
                self.did([*path, known], "was added")
                self.result.touched.append(path)
        if key in holder and not items and name in ("required", "enum"):
            del holder[key]  # an empty one is no valid array of these

    def position(self, items: Any, name: str, earlier: list[str]) -> int:
        """Return where an item goes: behind the last of those before it that ours has."""
        for known in reversed(earlier):
            try:
                return entry(self.ours, items, name, known) + 1
            except Missing:
                continue
        return 0 if not earlier else len(items)

    def reference(self, path: list[str], old: dict[str, Any], new: dict[str, Any], holder: Any, key: Any) -> None:
        """Bring a change of what is referred to, or of whether something is, to ours."""
        found = holder[key]
        link = found["allOf"][0] if "$ref" not in found and len(found.get("allOf") or ()) == 1 else found
        if "$ref" in new and link.get("$ref") == new["$ref"]:
            return
        if "$ref" in new and "$ref" in old and link.get("$ref") == old["$ref"]:
            link["$ref"] = new["$ref"]
            self.did(path, f"refers to {new['$ref'].rpartition('/')[2]} now")
            return
        # It got a name, or lost one: ours may have named it before, and otherwise.
        ours = Document(facts(_plain(self.ours))).signature(facts_of(found))
        before, after = self.theirs
        same = ours == after.signature(new)
        if same and ("$ref" in link or "$ref" not in new):
            return
        if not same and ours != before.signature(old):
            self.conflict(path, old, new, facts_of(found))
            return
        text = found.get("description")
        made: Any = described(path[:-1], path[-1], copy.deepcopy(new))
        if text is not None:
            made = {"description": text, "allOf": [made]} if "$ref" in made else {**made, "description": text}
        holder[key] = made
        self.did(path, "was replaced")
        self.result.touched.append(path)

    def value(self, path: list[str], old: Any, new: Any, holder: Any, key: Any) -> None:
        """Bring a change of a value to ours."""
        ours = facts_of(holder[key])
        if ours == new:
            return
        if ours != old:
            self.conflict(path, old, new, ours)
            return
        holder[key] = copy.deepcopy(new)
        self.did(path, f"was {_shown(old)}, and is {_shown(new)}")
        self.result.touched.append(path[:-1])

    def add(self, path: list[str], key: str, value: Any, order: list[str], ours: Any) -> None:
        """Add a member to an object of ours, behind the one that it stands behind in the new document."""
        there = [*path, key]
        try:
            found = inside(self.ours, ours, key)[key]
        except Missing:
            pass
        else:
            if not _covers(found, value):
                self.conflict(there, None, value, facts_of(found))
            return
        holder = behind(self.ours, ours)
        if not isinstance(holder, CommentedMap):
            self.conflict(there, None, value, facts_of(ours))
            return
        names = [name for name in order[: order.index(key)] if name in holder]
        index = list(holder).index(names[-1]) + 1 if names else len(holder)
        made = described(path, key, copy.deepcopy(value))
        holder.insert(index, key, made)
        self.did(there, "was added")
        self.result.touched.append(path)

    # -- what is said about it ------------------------------------------------------------------------------------

    def did(self, path: list[str], what: str) -> None:
        self.result.done.append(f"{pointer(path)}: {what}")

    def conflict(self, path: list[str], old: Any, new: Any, ours: Any) -> None:
        mine = "has no such place" if ours is _UNSAID else f"has {_shown(ours)}"
        self.result.conflicts.append(f"{pointer(path)}: was {_shown(old)}, and is {_shown(new)}; ours {mine}")

    def clean(self, before: set[str]) -> None:
        """Remove the named things that nothing refers to any more, and report references to what is gone."""
        components = self.ours.get("components") or {}
        theirs = self.new.get("components") or {}
        while True:
            unused = before - {reference["$ref"] for reference in references(self.ours)}
            gone = [
                (kind, name)
                for kind, named in components.items()
                for name in named
                if pointer(["components", kind, name]) in unused and name not in theirs.get(kind, {})
            ]
            for kind, name in gone:
                del components[kind][name]
                self.did(["components", kind, name], "was removed: nothing refers to it any more")
            if not gone:
                break
        for place in references(self.ours):
            reference = place["$ref"]
            kind, _, name = reference.removeprefix("#/components/").partition("/")
            if reference.startswith("#/components/") and name not in (components.get(kind) or {}):
                self.result.conflicts.append(f"{reference}: is referred to by ours, and is gone")


def facts_of(node: Any) -> Any:
    """Return what is said in a part of our document, without prose."""
    plain = _plain(node)
    if not isinstance(plain, dict):
        return plain
    return facts({"x": plain, "paths": {}, "info": {}})["x"] if "info" not in plain else facts(plain)


def _plain(node: Any) -> Any:
    if isinstance(node, MutableMapping):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, str):
        return str(node)
    return node


def _stays(path: list[str], old: Any, new: Any) -> bool:
    """Whether a path has the operations of another, or a schema the content."""
    if path[-1] != "paths":
        return bool(old == new)

    def ids(item: Any) -> set[str]:
        return {str(one.get("operationId")) for one in item.values() if isinstance(one, dict) and "operationId" in one}

    return isinstance(old, dict) and isinstance(new, dict) and bool(ids(old)) and ids(old) == ids(new)


def _renamed_items(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """Return new identities of parameters by old ones: the only one in its place that went, and the only that came."""
    gone = [known for known in before if known not in after and "name" in before[known]]
    come = [known for known in after if known not in before and "name" in after[known]]
    found = {}
    for known in gone:
        place = before[known].get("in")
        others = [one for one in gone if before[one].get("in") == place]
        targets = [one for one in come if after[one].get("in") == place]
        if len(others) == len(targets) == 1 and before[known].get("schema") == after[targets[0]].get("schema"):
            found[known] = targets[0]
    return found


def _covers(ours: Any, theirs: Any) -> bool:
    """Whether ours says all that theirs does, and perhaps more."""
    if isinstance(theirs, dict):
        return isinstance(ours, MutableMapping) and all(
            key in ours and _covers(ours[key], value) for key, value in theirs.items()
        )
    if isinstance(theirs, list):
        return (
            isinstance(ours, list)
            and len(ours) >= len(theirs)
            and all(any(_covers(mine, one) for mine in ours) for one in theirs)
        )
    return bool(ours == theirs)


def _is_told_apart(run: _Run, path: list[str], old: list[Any], new: list[Any]) -> bool:
    name = path[-1]
    for root, items in ((run.base, old), (run.new, new)):
        known = [identity(root, name)(item) for item in items]
        if len(set(known)) < len(known):
            return False
    return True


def _rename(holder: Any, old: str, new: str) -> None:
    index, value = list(holder).index(old), holder.pop(old)
    holder.insert(index, new, value)


def _shown(value: Any) -> str:
    text = " ".join(str(value).split()) if value is not None else "nothing"
    return text if len(text) <= 80 else f"{text[:80]}…"
