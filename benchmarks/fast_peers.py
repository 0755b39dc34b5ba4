"""``document_peers.py`` with something else under our client: ``python fast_peers.py PARTS NAME URL LOOK COUNT [...]``.

PARTS are joined by ``+``: ``orjson`` in place of json, ``pyreqwest`` or ``aiohttp`` in place of httpcore. This is to
measure what an exchange would bring, and no way to do it: deadlines, proxies and certificates are ignored.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))  # last, so that this finds the benchmarks and no client

from benchmarks.document_peers import main


def _orjson() -> None:
    from pandadoc_client._http import messages as _http

    setattr(_http, "json", import_module("orjson"))  # noqa: B010 (a type checker knows better)


def _transports(blocking: Any, awaiting: Any) -> None:
    from pandadoc_client._http import clients as _clients

    for name, transport in (("PooledTransport", blocking), ("AsyncPooledTransport", awaiting)):
        setattr(_clients, name, lambda *_sizes, transport=transport, **_settings: transport())


def _pyreqwest() -> None:
    pyreqwest = import_module("pyreqwest.compatibility.httpx")
    _transports(pyreqwest.SyncHttpxTransport, pyreqwest.HttpxTransport)


def _aiohttp() -> None:
    _transports(None, import_module("httpx_aiohttp").AiohttpTransport)


PARTS = {"orjson": _orjson, "pyreqwest": _pyreqwest, "aiohttp": _aiohttp}

if __name__ == "__main__":
    for part in sys.argv[1].split("+"):
        PARTS[part]()
    main(*sys.argv[2:])
