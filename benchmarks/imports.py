"""How long imports take, and whole programs that make one call, each in a fresh interpreter.

The start of the interpreter is not counted: the clock runs from the program's first statement to its last.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .environment import environment, ours, unmodified, vendor
from .processes import server
from .timing import Line, Samples, table

__all__ = ["measure", "report"]

_API = "pandadoc_client.api.o_auth_2_0_authentication_api"
_TIMED = "from time import perf_counter_ns as now; start = now(); {}; print(now() - start)"
_HTTPX, _ROOT = "import httpx", "import pandadoc_client"
_MODULE = f"import {_API}"
_CLIENT = "from pandadoc_client import ApiClient"
_WRAPPER = "from pandadoc_client.oauth import OAuthClient"
_TOKEN = "from pandadoc_client.oauth import Token"
_DOCUMENTS = "import pandadoc_client.api.documents_api"
_UNMODIFIED = "import unmodified_client.api.documents.list_documents"
_THEIRS = "the vendor's "

LINES = (
    Line(_HTTPX, _HTTPX),
    Line(_THEIRS + _ROOT, _HTTPX),
    Line(_ROOT, _THEIRS + _ROOT, 0.6),
    Line(_THEIRS + _MODULE, _HTTPX),
    Line(_MODULE, _HTTPX, 0.8),
    Line(_THEIRS + _DOCUMENTS, _HTTPX),
    Line(_DOCUMENTS, _HTTPX, 0.8),
    Line(_UNMODIFIED, _HTTPX),
    Line(_CLIENT, _THEIRS + _CLIENT),
    Line(_THEIRS + _CLIENT, _HTTPX),
    Line(_WRAPPER, _HTTPX),
    Line(_TOKEN, _HTTPX),
)


_CALL_HTTPX, _CALL_API, _CALL_WRAPPER = "httpx.Client", "OAuth20AuthenticationApi", "OAuthClient"
_FIELDS = "grant_type='refresh_token', client_id='i', client_secret='s', refresh_token='r', scope='read+write'"
_CALLS = {
    _CALL_HTTPX: f"import httpx; httpx.Client().post('{{url}}/oauth2/access_token', data=dict({_FIELDS})).json()",
    _CALL_API: (
        f"import pandadoc_client as p; from {_API} import OAuth20AuthenticationApi as Api; "
        f"Api(p.ApiClient(p.Configuration(host='{{url}}'))).access_token({_FIELDS})"
    ),
    _CALL_WRAPPER: "from pandadoc_client.oauth import OAuthClient; OAuthClient('i', 's', host='{url}').refresh('r')",
}
CALL_LINES = (
    Line(_CALL_HTTPX, _CALL_HTTPX),
    Line(_CALL_API, _CALL_HTTPX),
    Line(_CALL_WRAPPER, _CALL_HTTPX),
    Line(_THEIRS + _CALL_API, _CALL_HTTPX),
)


def measure(statements: Mapping[str, str], rounds: int) -> Mapping[str, Samples]:
    """Run everything *rounds* times, the order shuffled in each round, after one round that is thrown away."""
    measured: dict[str, list[int]] = {name: [] for name in statements}
    shuffled = list(statements.items())
    order = random.Random(1)
    for number in range(rounds + 1):
        order.shuffle(shuffled)
        for name, statement in shuffled:
            taken = _once(_interpreter(name), statement)
            if number:
                measured[name].append(taken)
    return {name: Samples(samples) for name, samples in measured.items()}


def _interpreter(name: str) -> Path:
    if name.startswith(_THEIRS):
        return vendor()
    return unmodified() if name == _UNMODIFIED else ours()


def _once(python: Path, statement: str) -> int:
    arguments = [str(python), "-P", "-c", _TIMED.format(statement)]
    done = subprocess.run(arguments, capture_output=True, check=True, env=environment(python))
    return int(done.stdout)


def report(rounds: int) -> Sequence[str]:
    imports = {line.name: line.name.removeprefix(_THEIRS) for line in LINES}
    with server() as url:
        calls = {line.name: _CALLS[line.name.removeprefix(_THEIRS)].format(url=url) for line in CALL_LINES}
        return (
            table("import", ("ms", 1e6), LINES, measure(imports, rounds)),
            table("program with one token call", ("ms", 1e6), CALL_LINES, measure(calls, rounds)),
        )
