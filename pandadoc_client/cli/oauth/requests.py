"""The token request, written for other tools: curl, ``.http`` files, Python with httpx, Conductor.

All four send the form that `pandadoc_client.oauth.OAuthClient` sends. A field whose value is None is a credential to be
filled in by the tool itself; its placeholder stands in the text as it is, never percent-encoded.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from attrs import frozen

from pandadoc_client._http.form import check_token_request, encode_form
from pandadoc_client.oauth.protocol import TOKEN_PATH

__all__ = ["Grant", "PreparedRequest", "Tool", "document", "prepare", "render"]

_ACCEPT = "application/json"
_FORM_TYPE = "application/x-www-form-urlencoded"
_TIMEOUT = 30
_CREDENTIALS = ("client_secret", "code", "refresh_token")
_TITLES = {"authorization_code": "exchange a code for a token", "refresh_token": "refresh a token"}


class Grant(StrEnum):
    """What the token request offers."""

    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"


class Tool(StrEnum):
    """What the token request is written for."""

    CURL = "curl"
    HTTP = "http"
    PYTHON = "python"
    CONDUCTOR = "conductor"


@frozen
class PreparedRequest:
    """A token request whose credentials may be left open.

    Attributes:
        url: The token endpoint.
        fields: Names and values in the order of the contract; None for a credential to be filled in by the tool.
    """

    url: str
    fields: Mapping[str, str | None]

    def body(self, placeholder: Callable[[str], str]) -> str:
        """Return the form-encoded body; what *placeholder* returns for a name goes in as it is."""
        return "&".join(self.pair(name, placeholder) for name in self.fields)

    def pair(self, name: str, placeholder: Callable[[str], str]) -> str:
        """Return one ``name=value`` of `body`."""
        value = self.fields[name]
        return f"{name}={placeholder(name)}" if value is None else encode_form({name: value}).decode("ascii")

    @property
    def open_fields(self) -> list[str]:
        """Names of the credentials that are left open."""
        return [name for name, value in self.fields.items() if value is None]


def prepare(host: str, fields: Mapping[str, str | None], *, show_secrets: bool) -> PreparedRequest:
    """Return the token request for *fields*, checked as `OAuthClient` checks it.

    Args:
        host: URL of the API.
        fields: Values by name. A credential that the grant needs may be missing: it is left open.
        show_secrets: False to leave every credential open, given or not.

    Raises:
        FormEncodingError: A field must not be sent, or not in this grant.
    """
    needed = ("client_secret", "code" if fields["grant_type"] == Grant.AUTHORIZATION_CODE else "refresh_token")
    given = {name: value for name, value in fields.items() if value is not None}
    checked = check_token_request({**dict.fromkeys(needed, "left-open"), **given})
    shown = {
        name: value if name not in _CREDENTIALS or (show_secrets and name in given) else None
        for name, value in checked.items()
    }
    return PreparedRequest(host.rstrip("/") + TOKEN_PATH, shown)


def render(tool: Tool, request: PreparedRequest) -> str:
    """Return *request* as text for *tool*, ASCII, without a line end after the last line."""
    return _PRINTERS[tool](request)


def document(tool: Tool, request: PreparedRequest, placeholder: str = "***") -> dict[str, Any]:
    """Return what ``--json`` prints: the request as data, credentials that are left open masked, and the text."""
    return {
        "tool": tool.value,
        "method": "POST",
        "url": request.url,
        "headers": {"Accept": _ACCEPT, "Content-Type": _FORM_TYPE},
        "fields": {name: placeholder if value is None else value for name, value in request.fields.items()},
        "placeholders": request.open_fields,
        "output": render(tool, request),
    }


def _variable(name: str) -> str:
    return f"PANDADOC_{name.upper()}"


def _curl(request: PreparedRequest) -> str:
    """Return a command that hands the form to curl by standard input: every user of a machine can list arguments."""
    command = (
        f"curl --silent --show-error --fail-with-body --header {shlex.quote(f'Accept: {_ACCEPT}')} \\\n"
        f"  --config - {shlex.quote(request.url)}"
    )
    if not request.open_fields:
        # Encoded here and not by curl, whose encoding differs in `*` and `~`.
        lines = [f'data = "{request.pair(name, _variable)}"' for name in request.fields]
        return "\n".join([f"{command} <<'END'", *lines, "END"])
    # printf is a part of the shell, so that what it gets is no argument of a process.
    lines = ['quoted() { printf %s "$1" | sed \'s/[\\\\"]/\\\\&/g\'; }', "{"]
    for name, value in request.fields.items():
        if value is None:
            line = f"""printf 'data-urlencode = "{name}=%s"\\n' "$(quoted "${_variable(name)}")\""""
        else:
            line = f"""printf 'data = "%s"\\n' {shlex.quote(request.pair(name, _variable))}"""
        lines.append(f"  {line}")
    return "\n".join([*lines, f"}} | {command}"])


def _http(request: PreparedRequest) -> str:
    lines = [f"### PandaDoc: {_TITLES[request.fields['grant_type'] or '']}"]
    if request.open_fields:
        names = ", ".join(f"{{{{{name}}}}}" for name in request.open_fields)
        lines.append(f"# Variables: {names}. They go in as they are, so their values must be form-encoded.")
    # The response holds tokens and the request a secret: none of them belongs in a log, or on another host.
    lines += ["# @no-log", "# @no-redirect", "# @no-cookie-jar", "# @no-auto-encoding"]
    lines += [f"POST {request.url}", f"Accept: {_ACCEPT}", f"Content-Type: {_FORM_TYPE}", ""]
    lines.append(request.body(lambda name: f"{{{{{name}}}}}"))
    return "\n".join(lines)


def _python(request: PreparedRequest) -> str:
    values = {
        name: f'os.environ["{_variable(name)}"]' if value is None else _literal(value)
        for name, value in request.fields.items()
    }
    fields = [f'        "{name}": {value},' for name, value in values.items()]
    imports = ["import os", ""] if request.open_fields else []
    lines = [
        *imports,
        "import httpx",
        "",
        "response = httpx.post(",
        f"    {_literal(request.url)},",
        "    data={",
        *fields,
        "    },",
        f'    headers={{"Accept": "{_ACCEPT}"}},',
        f"    timeout={_TIMEOUT},",
        ")",
        "if response.is_error:",
        '    raise SystemExit(f"HTTP {response.status_code}: {response.text}")',
        "token = response.json()",
        'print("expires in", token["expires_in"], "seconds; scope", token["scope"])',
    ]
    return "\n".join(lines)


def _literal(text: str) -> str:
    """Return a Python literal for *text*, ASCII, in double quotes where that needs no more escapes."""
    literal = ascii(text)
    return f'"{literal[1:-1]}"' if literal[0] == "'" and '"' not in text else literal


def _conductor(request: PreparedRequest) -> str:
    grant = request.fields["grant_type"] or ""
    name = "pandadoc_" + ("exchange_code" if grant == Grant.AUTHORIZATION_CODE else "refresh_token")
    task = {
        "name": name,
        "taskReferenceName": f"{name}_ref",
        "type": "HTTP",
        "inputParameters": {
            "http_request": {
                "uri": request.url,
                "method": "POST",
                "contentType": _FORM_TYPE,
                "accept": _ACCEPT,
                "headers": {"Accept": _ACCEPT},
                # Text is sent as it is; an object would be sent as JSON.
                "body": request.body(_conductor_placeholder),
                # Milliseconds. Conductor's own limits have been a fraction of a second, too short for this.
                "connectionTimeOut": 5000,
                "readTimeOut": _TIMEOUT * 1000,
            }
        },
    }
    return json.dumps(task, indent=2)


def _conductor_placeholder(name: str) -> str:
    # The input of a workflow is kept in its history, its secrets are not.
    return "${workflow.secrets.pandadoc_client_secret}" if name == "client_secret" else f"${{workflow.input.{name}}}"


_PRINTERS: dict[Tool, Callable[[PreparedRequest], str]] = {
    Tool.CURL: _curl,
    Tool.HTTP: _http,
    Tool.PYTHON: _python,
    Tool.CONDUCTOR: _conductor,
}
