"""Run openapi-python-client, with our templates, over a document: the package ``_generated``."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.properties import LiteralEnumProperty
from openapi_python_client.parser.responses import Response
from openapi_python_client.schema.untrusted_string import UntrustedString
from ruamel.yaml.error import YAMLError

from .errors import GenerationError
from .repair.answer_types import FILE_TYPES
from .text import sentence, wrapped
from .types import Types, is_map, union_of

__all__ = ["TEMPLATES", "Core", "render"]

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
_EXTRA = ("base.py", "document.py")
# Attributes of every model: a field of that name gets an underscore at its end.
_TAKEN = frozenset({"additional_properties", "decode", "from_dict", "get", "missing_field_error", "to_dict", "to_str"})


class Core:
    """What openapi-python-client made of a document.

    Attributes:
        data: Its view of the document.
        warnings: What it could not do.
        types: What its types are in our templates.
    """

    def __init__(self, data: GeneratorData, warnings: Sequence[GeneratorError], types: Types) -> None:
        self.data = data
        self.warnings = warnings
        self.types = types

    @property
    def operations(self) -> int:
        """The number of operations that came out."""
        return sum(len(tag.endpoints) for tag in self.data.endpoint_collections_by_tag.values())

    @property
    def classes(self) -> dict[str, str]:
        """Module of each model and enumeration, by class."""
        described = (*self.data.models, *self.data.enums)
        return {str(item.class_info.name): str(item.class_info.module_name) for item in described}


def render(document: dict[str, Any], configuration: Path, target: Path) -> Core:
    """Write the core of *document* into the new folder *target*.

    Raises:
        GenerationError: The configuration cannot be read, or the generator refuses the document as a whole.
    """
    settings = _configuration(configuration)
    files = dict.fromkeys(document[FILE_TYPES], "application/octet-stream")
    settings.content_type_overrides = {**files, **(settings.content_type_overrides or {})}
    config = Config.from_sources(settings, MetaType.NONE, configuration, "utf-8", overwrite=False, output_path=target)
    data = GeneratorData.from_dict(document, config=config)
    if isinstance(data, GeneratorError):
        problem = " ".join(f"{data.header} {data.detail or ''}".split())
        raise GenerationError(f"openapi-python-client refuses the document: {problem}")
    types = Types(document, data)
    data.models = [model for model in data.models if not is_map(model)]
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    filters: dict[str, Any] = project.env.filters
    filters.update(argument=_argument, attribute=_attribute, string_literal=_string_literal)
    filters.update(annotation=types.annotation, decoder=types.decoder, imports=types.imports, instance=types.instance)
    filters.update(delimiter=types.delimiter, result_type=lambda response: _result_type(types, response))
    filters.update(sentence=sentence, union_of=union_of, wrapped=wrapped)
    tests: dict[str, Any] = project.env.tests
    tests.update(constant=_is_constant, runtime_import=_is_runtime_import, success=_is_success)
    with contextlib.redirect_stdout(io.StringIO()):  # it says what it does; so do we
        warnings = project.build()
    for name in _EXTRA:
        text = project.env.get_template(f"{name}.jinja").render(document=document)
        (target / name).write_text(text, encoding="utf-8")
    return Core(data, warnings, types)


def _configuration(path: Path) -> ConfigFile:
    try:
        return ConfigFile.load_from_path(path)
    except OSError as error:
        raise GenerationError(f"{path}: {error.strerror or error}") from error
    except (ValueError, TypeError, YAMLError) as error:
        raise GenerationError(f"{path}: not a configuration: {' '.join(str(error).split())}") from error


def _attribute(name: str) -> str:
    return f"{name}_" if name in _TAKEN else name


def _argument(name: str) -> str:
    return f"{name}_" if name == "body" else name


def _string_literal(value: object) -> str:
    """Return a text or a number as Python writes it, text in double quotes: JSON's way is one of Python's."""
    text = value.get_untrusted_value() if isinstance(value, UntrustedString) else value
    return json.dumps(text, ensure_ascii=False)


def _is_constant(prop: object) -> bool:
    """Whether a property has one value only, so that nobody needs to write it."""
    return isinstance(prop, LiteralEnumProperty) and len(prop.values) == 1


def _is_runtime_import(line: str) -> bool:
    """Whether an import that openapi-python-client asks for is one that our templates do another way."""
    return " import check_" in line or line.endswith((" import UNSET, Unset", " import cast", " import BytesIO"))


def _is_success(response: Response) -> bool:
    codes = response.status_code.range
    return codes is not None and 200 <= codes[0] <= 299


def _result_type(types: Types, response: Response) -> str:
    """Return the type of an answer's body; ``None`` for an answer without one."""
    if response.source["attribute"] == "None":
        return "None"
    return types.annotation(response.prop)
