"""Write which names of the document stand for secrets: the fields and parameters with the format ``password``.

One name may be a secret here and none there: the ``key`` of an API key, the ``key`` of a metadata field. Such names are
listed by the operation in whose messages they are secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .document import FORM_TYPES, operations, parameters_of, resolve
from .names import method_name

__all__ = ["SECRETS", "secrets_of", "write_secrets"]

_Field = tuple[str, dict[str, Any]]

SECRETS = "secrets.py"
_TEXT = '''"""The names of secrets: of the fields and parameters to which the contract gives the format ``password``."""

from __future__ import annotations

__all__ = ["SECRET_INPUTS", "SECRET_NAMES", "SECRET_NAMES_OF"]

SECRET_NAMES = frozenset({names})
"""Names that stand for a secret wherever they occur."""

SECRET_INPUTS = frozenset({inputs})
"""Names that stand for a secret in a query or in a form."""

SECRET_NAMES_OF: dict[str, frozenset[str]] = {{{by_operation}}}
"""Names that stand for a secret in the JSON of one operation only, by the name of its method."""
'''


def write_secrets(document: dict[str, Any], folder: Path) -> None:
    """Write the module into *folder*."""
    names, inputs, by_operation = secrets_of(document)
    text = _TEXT.format(
        names=_literal(names),
        inputs=_literal(inputs),
        by_operation=", ".join(f"{name!r}: frozenset({_literal(found)})" for name, found in by_operation.items()),
    )
    (folder / SECRETS).write_text(text, encoding="utf-8")


def _literal(names: set[str]) -> str:
    return f"{{{', '.join(map(repr, sorted(names)))}}}" if names else ""


def secrets_of(document: dict[str, Any]) -> tuple[set[str], set[str], dict[str, set[str]]]:
    """Return the names that are always secret, those that are in a query or form, and the others by method."""
    known: dict[str, set[bool]] = {}
    of_methods: dict[str, set[str]] = {}
    inputs: set[str] = set()
    for path, _, operation in operations(document):
        parameters = {
            parameter["name"]: parameter.get("schema", {}) for parameter in parameters_of(document, path, operation)
        }
        content = resolve(document, operation.get("requestBody", {})).get("content", {})
        forms = [media.get("schema", {}) for kind, media in content.items() if kind in FORM_TYPES]
        answers = (resolve(document, answer).get("content", {}) for answer in operation["responses"].values())
        bodies = [
            (media.get("schema", {}), kind in FORM_TYPES)
            for kinds in (content, *answers)
            for kind, media in kinds.items()
        ]
        outer = [*parameters.items(), *(field for form in forms for field in _own_fields(document, form))]
        inputs |= {name for name, schema in outer if _is_secret(document, schema)}
        found = of_methods.setdefault(method_name(operation["operationId"]), set())
        for name, schema in parameters.items():
            known.setdefault(name, set()).add(_is_secret(document, schema))
        for body, is_form in bodies:
            for name, schema in _fields(document, body):
                is_secret = _is_secret(document, schema)
                known.setdefault(name, set()).add(is_secret)
                if is_secret and not is_form:
                    found.add(name)
    for schema in document.get("components", {}).get("schemas", {}).values():  # some belong to no operation
        for name, field in _fields(document, schema):
            known.setdefault(name, set()).add(_is_secret(document, field))
    always = {name for name, kinds in known.items() if kinds == {True}}
    return always, inputs, {name: found - always for name, found in of_methods.items() if found - always}


def _is_secret(document: dict[str, Any], schema: Mapping[str, Any]) -> bool:
    return resolve(document, dict(schema)).get("format") == "password"


def _parts(document: dict[str, Any], schema: Any, seen: set[int]) -> Iterator[dict[str, Any]]:
    """Yield *schema* and what it is made of, but not what its fields are."""
    if not isinstance(schema, dict):
        return
    schema = resolve(document, schema)
    if id(schema) in seen:
        return
    seen.add(id(schema))
    yield schema
    for key in ("allOf", "oneOf", "anyOf"):
        for member in schema.get(key) or ():
            yield from _parts(document, member, seen)


def _own_fields(document: dict[str, Any], schema: Any) -> Iterator[_Field]:
    """Yield the fields of an object, and not those of objects in it."""
    for part in _parts(document, schema, set()):
        yield from (part.get("properties") or {}).items()


def _fields(document: dict[str, Any], schema: Any, seen: set[int] | None = None) -> Iterator[_Field]:
    """Yield the fields of a schema, at any depth."""
    seen = set() if seen is None else seen
    for part in _parts(document, schema, seen):
        for name, field in (part.get("properties") or {}).items():
            yield name, field
            yield from _fields(document, field, seen)
        for key in ("items", "additionalProperties"):
            yield from _fields(document, part.get(key), seen)
