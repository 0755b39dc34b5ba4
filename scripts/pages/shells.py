"""Operations as a shell calls them: by the command `pandadoc api`, and by curl."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from pandadoc_client import ApiClient
from pandadoc_client._calls.arguments import prepare
from pandadoc_client._calls.encoding import plain, text
from pandadoc_client._calls.operation import Operation, Parameter, file_type
from pandadoc_client.cli.operations import describe, find

__all__ = ["command", "curl"]

_WIDTH = 80  # what fits on the site
_TOKEN = """printf 'Authorization: Bearer %s' "$(pandadoc token)" |"""
"""By standard input: every user of a machine can list the arguments of programs."""
_TOKEN_COMMAND = 'pandadoc auth exchange "$PANDADOC_CODE"\n'
_TOKEN_CURL = "pandadoc auth request --as curl   # prints the command; it has no secret in it\n"


def command(operation: Operation[Any], values: Mapping[str, Any]) -> str:
    """Return the command that makes a call."""
    from pandadoc_client.cli.api.arguments import arguments_of  # imports what the command line needs

    if operation.token_request:
        return _TOKEN_COMMAND
    entry = find(operation.operation_id)
    if entry is None:
        raise LookupError(f"the command line has no {operation.operation_id}")
    options: list[str] = []
    for argument in arguments_of(describe(entry)):
        if argument.parameter.name not in values:
            continue
        value = values[argument.parameter.name]
        for item in value if argument.many else [value]:
            options.append(f"{argument.option} {_word(argument.kind, item)}")
    if operation.response_type == (file_type,):
        options.append("--output document.pdf")
    return _wrapped(f"pandadoc api {entry.name}", options)


def _word(kind: str, value: Any) -> str:
    if kind == "json":
        return _quoted(_json(value))
    return shlex.quote(_path_of(value) if kind == "file" else text("value", value))


def curl(operation: Operation[Any], values: Mapping[str, Any]) -> str:
    """Return the command of curl that sends the same request."""
    if operation.token_request:
        return _TOKEN_CURL
    with ApiClient() as client:
        files = {item.name for item in operation.parameters if item.is_file and item.name in values}
        given = {**values, **dict.fromkeys(files, b"")}
        request = prepare(operation, given, client.configuration, client._build, stacklevel=1).request
    options = ["-H @-"]
    if files:
        parts = [item for item in operation.parameters if item.location == "form" and item.name in values]
        options += [f"-F {_quoted(_part(item, values[item.name]))}" for item in parts]
    elif request.content is not None:
        assert isinstance(request.content, bytes)
        kind = request.headers["Content-Type"]
        body = _json(json.loads(request.content)) if "json" in kind else request.content.decode()
        options += [f"-H 'Content-Type: {kind}'", f"-d {_quoted(body)}"]
    if request.method != ("POST" if len(options) > 1 else "GET"):
        options.insert(1, f"-X {request.method}")
    if operation.response_type == (file_type,):
        options.append("-o document.pdf")
    return f"{_TOKEN}\n" + _indented(_wrapped("curl", [*options, _quoted(request.url)]))


def _part(parameter: Parameter, value: Any) -> str:
    """Return a part of a form as curl takes it."""
    if parameter.is_file:
        kind = f";type={value[2]}" if isinstance(value, tuple) else ""
        return f"{parameter.wire}=@{_path_of(value)}{kind}"
    if isinstance(value, Mapping):
        return f"{parameter.wire}={json.dumps(plain(value))};type=application/json"
    return f"{parameter.wire}={text(parameter.name, value)}"


def _path_of(value: Any) -> str:
    return str(value[0] if isinstance(value, tuple) else value)


def _json(value: Any) -> str:
    """Return JSON on one line if it fits, else one that can be read."""
    value = plain(value)
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) < _WIDTH - 10 else json.dumps(value, ensure_ascii=False, indent=2)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _wrapped(start: str, options: list[str]) -> str:
    line = " ".join([start, *options])
    if len(line) <= _WIDTH and "\n" not in line:
        return f"{line}\n"
    return " \\\n".join([start, *(f"    {option}" for option in options)]) + "\n"


def _indented(command: str) -> str:
    """Return a command behind a pipe; the lines of a text in quotation marks stay where they are."""
    return "".join(_lines(command))


def _lines(command: str) -> Iterator[str]:
    inside = False
    for line in command.splitlines(keepends=True):
        yield line if inside else f"    {line}"
        inside ^= line.count("'") % 2 == 1
