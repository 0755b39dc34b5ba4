"""Run openapi-python-client, with our templates, over a document: the machine-written packages.

It parses the document and renders one file for each tag (``endpoint_init.py.jinja``), for each model and enumeration
(``model.py.jinja``, ``literal_enum.py.jinja``), and for the package of the models (``models_init.py.jinja``). We render
the types of dicts in requests besides. What it has further, a client and a module for each endpoint, is not rendered:
`pandadoc_client` has a client, written by hand.
"""

from __future__ import annotations

import contextlib
import io
import json
import keyword
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.properties import Property
from openapi_python_client.schema.untrusted_string import UntrustedString
from ruamel.yaml.error import YAMLError

from .errors import GenerationError
from .methods import Method, iterators_told_apart, methods_of
from .names import api_class, api_module, model_module, resource_name
from .naming import class_name
from .paging import Paging
from .repair.answer_types import FILE_TYPES
from .repair.named_schemas import MAP, PART_OF
from .text import sentence, wrapped
from .types import Types

__all__ = ["TEMPLATES", "Made", "render"]

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
# Attributes of every model: a field of that name gets an underscore at its end.
_TAKEN = frozenset({"additional_properties", "decode", "from_dict", "get", "to_dict", "to_str"})
# A field of that name would hide what the types of the fields below it need.
_IN_ANNOTATIONS = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str"})
_STEPS = {"DocumentsApi": ("documents", "DocumentSteps")}
"""Written by hand: module and class with what an API class offers beyond single calls."""


class Made:
    """What came of a document.

    Attributes:
        data: openapi-python-client's view of it.
        warnings: What that could not do.
        lists: The lists that can be iterated over.
    """

    def __init__(self, data: GeneratorData, warnings: Sequence[GeneratorError], lists: Sequence[Paging]) -> None:
        self.data = data
        self.warnings = warnings
        self.lists = lists

    @property
    def operations(self) -> int:
        """The number of operations that came out."""
        return sum(len(tag.endpoints) for tag in self.data.endpoint_collections_by_tag.values())


def render(document: dict[str, Any], configuration: Path, target: Path) -> Made:
    """Write the packages of *document* into the folder *target*.

    Raises:
        GenerationError: The configuration cannot be read, the generator refuses the document as a whole, two tags or
            schemas would get the same name, or an operation cannot be called.
    """
    settings = _configuration(configuration)
    files = dict.fromkeys(document[FILE_TYPES], "application/octet-stream")
    settings.content_type_overrides = {**files, **(settings.content_type_overrides or {})}
    config = Config.from_sources(settings, MetaType.NONE, configuration, "utf-8", overwrite=True, output_path=target)
    data = GeneratorData.from_dict(document, config=config)
    if isinstance(data, GeneratorError):
        problem = " ".join(f"{data.header} {data.detail or ''}".split())
        raise GenerationError(f"openapi-python-client refuses the document: {problem}")
    # An object without fields is a dictionary here; openapi-python-client has a class for it.
    data.models = [model for model in data.models if MAP not in (model.data.model_extra or {})]
    package = _Package(document, data, config)
    with contextlib.redirect_stdout(io.StringIO()):  # it says what it does; so do we
        warnings = package.build()
    return Made(data, warnings, package.lists)


class _Package(Project):
    """openapi-python-client's project, with our folders."""

    def __init__(self, document: dict[str, Any], data: GeneratorData, config: Config) -> None:
        super().__init__(openapi=data, config=config, custom_template_path=TEMPLATES)
        self.document = document
        self.modules = _modules(document, data)
        self.types = Types(document, self.modules)
        self.methods = methods_of(document, self.types)
        tags = [tag for method in self.methods for tag in method.tags]
        self.lists: list[Paging] = []
        self.apis = {api_class(tag): api_module(tag) for tag in tags}
        filters: dict[str, Any] = self.env.filters
        filters.update(attribute=_attribute, literal=repr, sentence=sentence, string_literal=_string_literal)
        filters.update(first_of=_first_of, plain=_plain, wrapped=wrapped)
        self.env.tests["identifier"] = lambda name: name.isidentifier() and not keyword.iskeyword(name)
        self.env.globals.update(document=self.document, modules=self.modules, types=self.types.within_models())

    def build(self) -> Sequence[GeneratorError]:
        """Write what is used of a project."""
        self._build_models()
        self._build_api()
        return self._get_errors()

    def _build_models(self) -> None:
        super()._build_models()
        texts: dict[str, list[str]] = {}
        rendered = self._rendered_models()
        # The schema that a module is named by comes first, then its parts.
        for name in sorted(rendered, key=lambda name: model_module(name) != self.modules[name]):
            texts.setdefault(self.modules[name], []).append(rendered[name].read_text(encoding="utf-8"))
            rendered[name].unlink()
        for module, parts in texts.items():
            self._write(f"model/{module}.py", _joined(parts))
        self._write("model/__init__.py", '"""The models: a module for each named schema, with its nameless parts."""\n')

    def _rendered_models(self) -> dict[str, Path]:
        described = (*self.openapi.models, *self.openapi.enums)
        folder = self.package_dir / "models"
        return {str(one.class_info.name): folder / f"{one.class_info.module_name}.py" for one in described}

    def _build_api(self) -> None:
        by_endpoint = {method.endpoint: method for method in self.methods}
        for collection in self.openapi.endpoint_collections_by_tag.values():
            methods = [by_endpoint[str(endpoint.name)] for endpoint in collection.endpoints]
            if methods:
                self._write_api(methods[0].tags[0], methods)
        first = {method.tags[0] for method in self.methods}
        for tag in dict.fromkeys(tag for method in self.methods for tag in method.tags):
            if tag not in first:
                self._write_api(tag, [])
        self._write("api/__init__.py", '"""The API classes, one module for each tag."""\n')
        self._render("apis/__init__.py", "api_init.py.jinja", apis=self.apis)
        self._render(
            "types/__init__.py", "types_init.py.jinja", names=[f"{name}Dict" for name, _ in self.types.bodies()]
        )
        self._render("types/bodies.py", "types_bodies.py.jinja", bodies=list(self.types.bodies()))
        self._render("apis/document.py", "document.py.jinja")
        self._render("apis/resources.py", "resources.py.jinja", resources=self._resources())

    def _write_api(self, tag: str, methods: Iterable[Method]) -> None:
        """Write the module of a tag. Operations that other classes have come from these."""
        elsewhere = [method.tags[0] for method in self.methods if tag in method.tags[1:]]
        own = iterators_told_apart(methods)
        self.lists += [method.paging for method in own if method.paging]
        bases = {api_class(other): api_module(other) for other in elsewhere}
        self._render(
            f"api/{api_module(tag)}.py",
            "endpoint_init.py.jinja",
            tag=tag,
            name=api_class(tag),
            methods=own,
            bases=bases,
            steps=_STEPS.get(api_class(tag)),
        )

    def _resources(self) -> list[dict[str, str]]:
        """Return name, class and tag of every resource: of the first tag of each operation.

        Further tags are for programs that know an operation by them.
        """
        found: dict[str, dict[str, str]] = {}
        for method in self.methods:
            tag = method.tags[0]
            resource = {"name": resource_name(tag), "kind": api_class(tag), "tag": tag}
            known = found.setdefault(resource["name"], resource)["tag"]
            if known != tag:
                raise GenerationError(f"the tags {known} and {tag} would be the same attribute")
        return list(found.values())

    def _render(self, path: str, template: str, **values: Any) -> None:
        self._write(path, self.env.get_template(template).render(**values))

    def _write(self, path: str, text: str) -> None:
        file = self.package_dir / path
        if file.exists():
            raise GenerationError(f"two tags or schemas would be written to {path}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _modules(document: dict[str, Any], data: GeneratorData) -> dict[str, str]:
    """Return the module of each class, by class.

    Raises:
        GenerationError: A class is of no named schema.
    """
    schemas: dict[str, Any] = document.get("components", {}).get("schemas", {})
    named = {class_name(name): model_module(schema.get(PART_OF, name)) for name, schema in schemas.items()}
    classes = [str(described.class_info.name) for described in (*data.models, *data.enums)]
    if unnamed := [name for name in classes if name not in named]:
        raise GenerationError(f"the class {unnamed[0]} is of no named schema", 1)
    return {name: module for name, module in named.items() if name in classes}


_ALL = re.compile(r'^__all__ = \["(\w+)"\]$', re.MULTILINE)


def _joined(texts: Sequence[str]) -> str:
    """Return one module for several that were rendered: their imports, their names, their classes."""
    heads, names, bodies = zip(*(_ALL.split(text, 1) for text in texts), strict=True)
    lines = dict.fromkeys(line for head in heads for line in head.splitlines())
    comments = [line for line in lines if line.startswith("#")]
    imports = [line for line in lines if line and not line.startswith("#")]
    listed = ", ".join(f'"{name}"' for name in names)
    return "\n".join([*comments, *imports, "", f"__all__ = [{listed}]", *bodies])


def _configuration(path: Path) -> ConfigFile:
    try:
        return ConfigFile.load_from_path(path)
    except OSError as error:
        raise GenerationError(f"{path}: {error.strerror or error}") from error
    except (ValueError, TypeError, YAMLError) as error:
        raise GenerationError(f"{path}: not a configuration: {' '.join(str(error).split())}") from error


def _attribute(prop: Property) -> str:
    """Return the name of a field in Python. openapi-python-client keeps clear of the names of all builtins."""
    name = str(prop.python_name)
    if name == f"{_plain(prop.name)}_" and name[:-1] not in _IN_ANNOTATIONS and not keyword.iskeyword(name[:-1]):
        name = name[:-1]
    return f"{name}_" if name in _TAKEN else name


def _first_of(properties: Iterable[Property], names: Sequence[str]) -> list[Property]:
    """Return properties, those of the *names* first, in their order."""
    order = {name: position for position, name in enumerate(names)}
    return sorted(properties, key=lambda prop: order.get(str(_plain(prop.name)), len(order)))


def _string_literal(value: object) -> str:
    """Return a text or a number as Python writes it, text in double quotes: JSON's way is one of Python's."""
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: object) -> object:
    """Return a text that openapi-python-client wraps, since it comes from the document, as it is there."""
    return value.get_untrusted_value() if isinstance(value, UntrustedString) else value
