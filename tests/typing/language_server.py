"""pyright's language server, asked as an editor asks it (Language Server Protocol 3.17)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["LanguageServer"]


class LanguageServer:
    """One process, for one file.

    Args:
        folder: The project's folder.
        code: What is in the file.
    """

    def __init__(self, folder: Path, code: str) -> None:
        self._file = (folder / "program.py").as_uri()
        self._number = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pyright.langserver", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._lines = code.splitlines()
        root = folder.as_uri()
        able = {"workspace": {"configuration": True, "workspaceFolders": True}}
        folders = [{"uri": root, "name": folder.name}]
        self._ask("initialize", {"processId": None, "rootUri": root, "workspaceFolders": folders, "capabilities": able})
        self._tell("initialized", {})
        opened = {"uri": self._file, "languageId": "python", "version": 1, "text": code}
        self._tell("textDocument/didOpen", {"textDocument": opened})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def after(self, text: str, request: str) -> Any:
        """Return the result of a request for the place behind *text*, which stands in the file once."""
        ((line, start),) = [(number, found.index(text)) for number, found in enumerate(self._lines) if text in found]
        position = {"line": line, "character": start + len(text)}
        return self._ask(f"textDocument/{request}", {"textDocument": {"uri": self._file}, "position": position})

    def _tell(self, method: str, parameters: Any, **more: Any) -> None:
        assert self._process.stdin is not None
        content = json.dumps({"jsonrpc": "2.0", "method": method, "params": parameters, **more}).encode()
        self._send(content)

    def _send(self, content: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self._process.stdin.flush()

    def _ask(self, method: str, parameters: Any) -> Any:
        self._number += 1
        self._tell(method, parameters, id=self._number)
        while True:
            message = self._read()
            if message.get("id") == self._number and "method" not in message:
                return message["result"]
            if "method" in message and "id" in message:  # it asks, too
                self._respond(message)

    def _respond(self, request: dict[str, Any]) -> None:
        settings = {"python": {"pythonPath": sys.executable}}
        result: Any = None
        if request["method"] == "workspace/configuration":
            result = [settings.get(item.get("section", ""), {}) for item in request["params"]["items"]]
        self._send(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode())

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        size = 0
        while (header := self._process.stdout.readline().strip()) or not size:
            assert header, "the language server has ended"
            name, _, value = header.partition(b":")
            size = int(value) if name.lower() == b"content-length" else size
        message: dict[str, Any] = json.loads(self._process.stdout.read(size))
        return message
