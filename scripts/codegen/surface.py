"""Write the modules that programs for the vendor's SDK import: ``api/``, ``apis/``, ``model/`` and ``models/``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from openapi_python_client.parser.properties import EnumProperty, LiteralEnumProperty

from .annotations import Annotations
from .document import operations
from .errors import GenerationError
from .methods import methods_by_tag
from .names import api_class, api_module, model_module, resource_name
from .naming import class_name
from .paging import Paging
from .render import TEMPLATES, Core
from .text import sentence, wrapped

__all__ = ["write_surface"]


_STEPS = {"DocumentsApi": ("_documents", "DocumentSteps")}
"""Written by hand: module and class with what an API class offers beyond single calls."""


def write_surface(document: dict[str, Any], made: Core, core: str, target: Path) -> list[Paging]:
    """Write the surface of *document* into the folder *target*, and return the lists that can be iterated over.

    Args:
        document: The document, repaired.
        made: The core, rendered.
        core: How the surface's packages import the core, such as ``.._generated``.
        target: Where the four packages go.

    Raises:
        GenerationError: Two tags or schemas would get the same name, or an operation cannot be called.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "surface"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (Python, not HTML)
    )
    filters: dict[str, Any] = environment.filters
    filters.update(literal=repr, sentence=sentence, wrapped=wrapped)

    def write(path: str, template: str, **values: Any) -> None:
        file = target / path
        if file.exists():
            raise GenerationError(f"two tags or schemas would be written to {path}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(environment.get_template(template).render(**values), encoding="utf-8")

    models = _models(document, made.classes)
    tags = methods_by_tag(document, Annotations(document, models, made.types))
    for tag, methods in tags.items():
        mentioned = set(re.findall(r"\w+", " ".join(method.annotations for method in methods)))
        used = {name: models[name] for name in sorted(mentioned & set(models))}
        module, name = api_module(tag), api_class(tag)
        steps = _STEPS.get(name)
        write(f"api/{module}.py", "api.py.jinja", tag=tag, name=name, methods=methods, models=used, steps=steps)
    enums = {str(enum.class_info.name): enum for enum in made.data.enums}
    for name, module in models.items():
        source = f"{core}.models.{made.classes[name]}"
        if name in enums:
            write(f"model/{module}.py", "enum.py.jinja", name=name, source=source, **_enum(enums[name]))
        else:
            write(f"model/{module}.py", "model.py.jinja", name=name, source=source)
    apis = {api_class(tag): f"..api.{api_module(tag)}" for tag in tags}
    apis |= {f"Async{name}": module for name, module in apis.items()}
    write("api/__init__.py", "package.py.jinja", text="The API classes, one module for each tag.", binds_errors=False)
    write(
        "model/__init__.py", "package.py.jinja", text="The models, one module for each.", binds_errors=True, core=core
    )
    write("apis/__init__.py", "lazy.py.jinja", text="All API classes", modules=apis)
    write("apis/resources.py", "resources.py.jinja", resources=_resources(document))
    everything = {name: f"..model.{module}" for name, module in models.items()}
    write("models/__init__.py", "lazy.py.jinja", text="All models", modules=everything)
    found = {method.name: method.paging for methods in tags.values() for method in methods if method.paging}
    return list(found.values())


def _resources(document: dict[str, Any]) -> list[dict[str, str]]:
    """Return name, module, class and tag of every resource: of the first tag of each operation.

    Further tags are for programs that know an operation by them.
    """
    found: dict[str, dict[str, str]] = {}
    for _, _, operation in operations(document):
        tag = operation["tags"][0]
        name = resource_name(tag)
        if (
            found.setdefault(name, {"name": name, "module": api_module(tag), "kind": api_class(tag), "tag": tag})["tag"]
            != tag
        ):
            raise GenerationError(f"the tags {found[name]['tag']} and {tag} would be the same attribute")
    return list(found.values())


def _enum(enum: EnumProperty | LiteralEnumProperty) -> dict[str, Any]:
    return {
        "base": enum.value_type.__name__,
        "values": tuple(sorted(enum.values)),
        "description": enum.description or "The values that the document names; the server may send others.",
    }


def _models(document: dict[str, Any], classes: Mapping[str, str]) -> dict[str, str]:
    """Return the module of every named schema that has a class, by class."""
    found = {}
    for schema in document.get("components", {}).get("schemas", {}):
        name = class_name(schema)
        if name in classes:
            found[name] = model_module(schema)
    return found
