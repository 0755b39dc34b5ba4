"""Operations as a Python program calls them: their names, their arguments, and an example that runs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from codegen.document import operations, parameters_of
from codegen.names import api_module, method_name, resource_name

from pandadoc_client._calls.operation import Operation
from pandadoc_client.exceptions import error_for

from .arguments import ARGUMENTS, IDENTIFIERS
from .parts import page_of
from .samples import sample
from .schemas import Schemas
from .shells import command, curl

__all__ = ["Call", "calls_of", "error_class"]

_FRONT = "from pandadoc_client import PandaDoc\n{imported}\nwith PandaDoc() as pd:\n"
"""What every example begins with."""
_WIDTH = 80  # what fits on the site
_LISTS = ("results", "items")
_SHOWN = ("id", "uuid", "user_id", "template_id", "email", "name", "title", "status", "url", "type")
_MOST_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Call:
    """An operation, and how it is called.

    Attributes:
        tag: Its tag.
        path: Its path.
        verb: Its HTTP method.
        operation: Its object in the document.
        described: What the API class says of it.
        iterator: The method that iterates over a list; empty if there is none.
        paged: Whether the list comes in pages.
        example: The code of its example.
        asynchronous: The same for asyncio.
        command: The same as a command of `pandadoc`.
        curl: The same as one of curl.
    """

    tag: str
    path: str
    verb: str
    operation: dict[str, Any]
    described: Operation[Any]
    iterator: str
    paged: bool
    example: str
    asynchronous: str
    command: str
    curl: str

    @property
    def method(self) -> str:
        """The name of its method."""
        return self.described.operation_id

    @property
    def page(self) -> str:
        """The name of the page that it is on."""
        return page_of(self.tag, self.operation["operationId"])

    @property
    def resource(self) -> str:
        """The attribute of the client that has the method."""
        return resource_name(self.tag)


def calls_of(document: dict[str, Any]) -> list[Call]:
    """Return the operations of *document*, in its order.

    Raises:
        LookupError: The API classes lack one; they are generated from the document.
    """
    builder = _Builder(document)
    made = [builder.call(path, verb, operation) for path, verb, operation in operations(document)]
    codes = formatted([code for _, example, twin in made for code in (example, twin)])
    pairs = zip(codes[::2], codes[1::2], strict=True)
    return [
        Call(**described, example=example, asynchronous=twin)
        for (described, _, _), (example, twin) in zip(made, pairs, strict=True)
    ]


class _Builder:
    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schemas = Schemas(document)

    def call(self, path: str, verb: str, operation: dict[str, Any]) -> tuple[dict[str, Any], str, str]:
        """Return the attributes of a `Call` but for its examples in Python, and these as they were put together."""
        tag, name = operation["tags"][0], method_name(operation["operationId"])
        module = import_module(f"pandadoc_client.api.{api_module(tag)}")
        described = getattr(module, f"_{name.upper()}", None)
        if not isinstance(described, Operation):
            raise LookupError(f"the package has no method {name}; run `python scripts/generate.py` first")
        paging = getattr(module, f"_{name.upper()}_PAGES", None)
        iterator = f"iterate_{name.partition('_')[2].removesuffix('_list')}" if paging else ""
        values = self._values(path, operation, described)
        found = {
            "tag": tag,
            "path": path,
            "verb": verb.upper(),
            "operation": operation,
            "described": described,
            "iterator": iterator,
            "paged": bool(paging and paging.position),
            "command": command(described, values),
            "curl": curl(described, values),
        }
        call = f"pd.{resource_name(tag)}.{name}({_arguments(described, values)})"
        return found, self._code(call, operation, described), self._code(f"await {call}", operation, described)

    def _values(self, path: str, operation: dict[str, Any], described: Operation[Any]) -> dict[str, Any]:
        """Return what the example is called with, by the names of the arguments."""
        chosen = ARGUMENTS.get(operation["operationId"], {})
        declared = {(item["name"], item["in"]): item for item in parameters_of(self._document, path, operation)}
        content = self._schemas.resolve(operation.get("requestBody", {})).get("content", {})
        values: dict[str, Any] = {}
        for parameter in described.parameters:
            is_body = parameter.location == "body"
            key = "body" if is_body else parameter.name
            if key in chosen:
                values[parameter.name] = chosen[key]
            elif parameter.required and is_body:
                values[parameter.name] = sample(self._schemas, next(iter(content.values()))["schema"])
            elif parameter.required:
                found = declared[parameter.wire, parameter.location]
                example = found.get("example") or self._identifier(path, found)
                values[parameter.name] = sample(self._schemas, found["schema"], example)
        if unknown := set(chosen) - {"body"} - {parameter.name for parameter in described.parameters}:
            raise LookupError(f"{operation['operationId']} has no argument {', '.join(sorted(unknown))}")
        return values

    def _identifier(self, path: str, parameter: dict[str, Any]) -> str | None:
        """Return an identifier for a path parameter, by the last thing that the path says before it."""
        before = path.partition(f"/{{{parameter['name']}}}")[0].rpartition("/")[2]
        return IDENTIFIERS.get(before) if parameter["in"] == "path" else None

    def _code(self, call: str, operation: dict[str, Any], described: Operation[Any]) -> str:
        """Return a program that makes the call and shows something of its response."""
        is_async = call.startswith("await ")
        if described.token_request:
            return _asynchronous(_TOKEN_REQUEST) if is_async else _TOKEN_REQUEST
        status = min(code for code in operation["responses"] if code.startswith("2"))
        content = self._schemas.resolve(operation["responses"][status]).get("content", {})
        if not content:
            lines = [call]
        elif "application/json" not in content:
            lines = [f"response = {call}", 'Path("document.pdf").write_bytes(response.read())']
        else:
            lines = self._shown(call, content["application/json"]["schema"])
        imported = ""
        if described.other_results and len(lines) > 1:
            first, *rest = lines
            waiting = any(described.other_results.values())  # with another model, before it is ready
            model = content["application/json"]["schema"]["$ref"].rpartition("/")[2] if waiting else ""
            imported = f"from pandadoc_client.models import {model}\n" if model else ""
            ready = f"isinstance(response, {model})" if model else "response is not None"
            lines = [first, f"if {ready}:  # else it is not ready yet", *(f"    {line}" for line in rest)]
        code = _FRONT.format(imported=imported) + "".join(f"    {line}\n" for line in lines)
        code = f"from pathlib import Path\n\n{code}" if "Path(" in code else code
        return _asynchronous(code) if is_async else code

    def _shown(self, call: str, schema: dict[str, Any]) -> list[str]:
        flat = self._schemas.flat(schema)
        if flat.get("type") == "array":
            return [f"for item in {call}:", f"    print({self._attributes('item', flat['items'])})"]
        fields = {field.name: field.schema for field in self._schemas.fields(self._schemas.members(schema)[0])}
        for name in _LISTS:
            if name in fields and self._schemas.flat(fields[name]).get("type") == "array":
                item = self._schemas.flat(fields[name])["items"]
                shown = f"    print({self._attributes('item', item)})"
                return [f"response = {call}", f"for item in response.{name}:", shown]
        return [f"response = {call}", f"print({self._attributes('response', schema)})"]

    def _attributes(self, name: str, schema: dict[str, Any]) -> str:
        """Return the fields that tell the most of an object, as the arguments of a ``print``."""
        fields = {field.name: field.schema for field in self._schemas.fields(self._schemas.members(schema)[0])}
        scalar = [field for field in fields if self._is_shown(fields[field])]
        known = [field for field in _SHOWN if field in scalar and (field != "uuid" or "id" not in scalar)][:_MOST_SHOWN]
        if len(known) < 2:
            known += [field for field in scalar if field not in known and field.islower()][: 2 - len(known)]
        return ", ".join(f"{name}.{field}" for field in known) or name

    def _is_shown(self, schema: dict[str, Any]) -> bool:
        """Tell whether a value is for a reader: neither a secret nor too long."""
        flat = self._schemas.flat(schema)
        return flat.get("type") not in ("array", "object") and flat.get("format") != "password"


_TOKEN_REQUEST = """import os

from pandadoc_client import PandaDoc

with PandaDoc() as pd:
    response = pd.oauth_2_0_authentication.access_token(
        grant_type="authorization_code",
        client_id=os.environ["PANDADOC_CLIENT_ID"],
        client_secret=os.environ["PANDADOC_CLIENT_SECRET"],
        code=os.environ["PANDADOC_CODE"],
        scope="read+write",
    )
    print(response.token_type, response.scope, response.expires_in)
"""


def _arguments(described: Operation[Any], values: Mapping[str, Any]) -> str:
    """Return arguments as code: what is required of a path, and a body, by position."""
    positional: list[str] = []
    named: list[str] = []
    for parameter in described.parameters:
        if parameter.name in values:
            literal = _literal(values[parameter.name])
            by_position = parameter.required and parameter.location in ("path", "body")
            (positional if by_position else named).append(literal if by_position else f"{parameter.name}={literal}")
    return ", ".join([*positional, *named])


def _asynchronous(code: str) -> str:
    """Return an example for asyncio; the calls in it are awaited."""
    head, body = code.split("with PandaDoc() as pd:\n")
    imports = head.replace("import PandaDoc", "import AsyncPandaDoc").strip()
    if "= pd." in body:  # the token request, which is text as it stands
        body = body.replace("= pd.", "= await pd.")
    inner = "".join(f"    {line}" if line.strip() else line for line in body.splitlines(keepends=True))
    program = f"async def main() -> None:\n    async with AsyncPandaDoc() as pd:\n{inner}"
    return f"import asyncio\n{imports}\n\n\n{program}\n\nasyncio.run(main())\n"


def _literal(value: Any) -> str:
    return f'Path("{value}")' if isinstance(value, Path) else repr(value)


def formatted(codes: list[str]) -> list[str]:
    """Return *codes* as ruff formats them.

    Raises:
        RuntimeError: One is no Python.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number:04}.py") for number in range(len(codes))]
        for file, code in zip(files, codes, strict=True):
            file.write_text(code, encoding="utf-8")
        command = ("-m", "ruff", "format", "--isolated", f"--line-length={_WIDTH}", "--no-cache", folder)
        result = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)  # noqa: S603
        if result.returncode:
            raise RuntimeError(f"ruff format failed: {result.stderr}")
        return [file.read_text(encoding="utf-8") for file in files]


def error_class(status: str) -> str:
    """Return the class of the error that an answer of this status raises."""
    answer: Any = SimpleNamespace(status=int(status), reason="", data=b"", getheaders=dict)
    return type(error_for(answer)).__name__
