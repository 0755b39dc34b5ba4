"""Named passes that make a document one that openapi-python-client takes without loss.

A pass is a function that changes the document in place and returns a line for each change; its module says why it is
needed. Passes run in the order given here: those of `MENDING` on the document as it was read, which need not be valid,
those of `ADAPTING` on a valid one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .answer_types import answer_types
from .body_types import body_types
from .composed_schemas import composed_schemas
from .defaults import defaults
from .endless_schemas import endless_schemas
from .enum_values import enum_values
from .explicit_security import explicit_security
from .field_names import field_names
from .former_names import former_names
from .indirect_references import indirect_references
from .merged_all_of import merged_all_of
from .missing_parts import missing_parts
from .named_schemas import named_schemas
from .null_members import null_members
from .nullable_references import nullable_references
from .operation_ids import operation_ids
from .parameter_names import parameter_names
from .parameter_schemas import parameter_schemas
from .path_parameters import path_parameters
from .path_references import path_references
from .reference_siblings import reference_siblings
from .required_lists import required_lists
from .schema_names import schema_names
from .tag_names import tag_names
from .type_names import type_names
from .union_bodies import union_bodies
from .untyped_schemas import untyped_schemas

__all__ = ["ADAPTING", "MENDING", "Pass", "repair"]

Pass = Callable[[dict[str, Any]], list[str]]

MENDING: Sequence[Pass] = (
    path_references,
    missing_parts,
    null_members,
    type_names,
    reference_siblings,
    untyped_schemas,
    required_lists,
    enum_values,
    defaults,
    operation_ids,
    path_parameters,
)
ADAPTING: Sequence[Pass] = (
    explicit_security,
    tag_names,
    former_names,
    indirect_references,
    schema_names,
    parameter_names,
    parameter_schemas,
    answer_types,
    body_types,
    composed_schemas,
    named_schemas,
    merged_all_of,
    union_bodies,
    nullable_references,
    endless_schemas,
    field_names,
)


def repair(document: dict[str, Any], passes: Sequence[Pass]) -> dict[str, list[str]]:
    """Run the passes over *document*, in place, and return what each changed, by the pass's name."""
    return {step.__name__: step(document) for step in passes}
