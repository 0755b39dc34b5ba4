"""Make the pictures of the documentation: what commands print, and the emulator's pages in a browser.

``python scripts/pictures.py`` writes ``docs/pictures/``; ``--output DIR`` writes elsewhere, and ``--no-browser`` leaves
the pages out, which need Chromium. All of it is real, from an emulator on this machine: times and tokens are others in
every run, so that the pictures are made anew when there is something new to see, and are not compared.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pty
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))  # the package of this project, installed or not

from pandadoc_client.emulator import Emulator  # noqa: E402
from pandadoc_client.oauth import OAuthClient, Token  # noqa: E402
from pandadoc_client.oauth.stores import FileTokenStore  # noqa: E402

LARGEST = 150_000  # bytes of a picture
_COLUMNS = 92
_PORT = 8000
_SECONDS = 60
_HOME = "/home/ann"  # what is shown in place of the folder that this ran in

# Of a terminal: without fonts from elsewhere, which rich's own template has browsers load.
_SVG = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px/{line_height}px ui-monospace, Menlo, Consolas, monospace; }}
.{unique_id}-title {{ font: bold 16px system-ui, sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


@dataclass(frozen=True)
class Shot:
    """A picture of a command.

    Attributes:
        name: Name of the file, without its ending.
        command: What is typed.
        begin: What the first line that is shown begins with; empty for all lines.
    """

    name: str
    command: str
    begin: str = ""


SHOTS = (
    Shot("demo", "pandadoc demo", begin="Summary"),
    Shot("status", "pandadoc status"),
    Shot("tokens", "pandadoc tokens list"),
    Shot("help", "pandadoc --help"),
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="pictures", description="Make the pictures of the documentation.")
    parser.add_argument("--output", type=Path, default=PROJECT / "docs" / "pictures", help="the folder to write to")
    parser.add_argument("--no-browser", action="store_true", help="leave out the pages, which need Chromium")
    options = parser.parse_args(arguments)
    target: Path = options.output.resolve()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _emulator() as emulator:
        for name, content in _terminal(emulator, Path(folder)):
            _write(target / f"{name}.svg", content.encode())
        if not options.no_browser:
            for name, picture in _browser(emulator):
                _write(target / f"{name}.png", picture)
    return 0


def _emulator() -> Emulator:
    """Return an emulator, not started: at the port of the documentation, or a free one if that is taken."""
    try:
        with Emulator(port=_PORT):
            return Emulator(port=_PORT, seed_data=True)
    except OSError:
        return Emulator(seed_data=True)


def _terminal(emulator: Emulator, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield name and content of the pictures of commands, run in *folder* by somebody with two accounts."""
    store = FileTokenStore(folder / "tokens.json")
    for key in ("default", "ann@example.com"):
        store.save(key, Token.from_response(emulator.issue_token(), datetime.now(UTC)))
    settings = {
        "PANDADOC_HOST": emulator.url,
        "PANDADOC_CLIENT_ID": emulator.client_id,
        "PANDADOC_CLIENT_SECRET": emulator.client_secret,
        "PANDADOC_TOKEN_STORE": "file:tokens.json",
    }
    for shot in SHOTS:
        yield shot.name, _svg(shot.name, shot.command, _shown(_output(shot.command, folder, settings), shot.begin))
    announced = _announcement(emulator.options.clients[0].client_id, folder)
    yield "emulator", _svg("emulator", "pandadoc emulator --port 8000", announced)


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PANDADOC_")}
    terminal = {"COLUMNS": str(_COLUMNS), "FORCE_COLOR": "1", "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    return {**kept, **terminal, **settings, "PYTHONPATH": str(PROJECT)}


def _arguments(command: str) -> list[str]:
    return [sys.executable, "-m", "pandadoc_client.cli", *command.split()[1:]]


def _output(command: str, folder: Path, settings: Mapping[str, str]) -> str:
    """Return what a command prints, colours included.

    Raises:
        RuntimeError: It failed.
    """
    terminal, inside = pty.openpty()  # elsewhere there would be lines with tabs
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors, open(terminal, "rb", buffering=0) as shown:
        process = subprocess.Popen(  # noqa: S603 (our own command)
            _arguments(command), cwd=folder, env=_environment(settings), stdout=inside, stderr=errors
        )
        os.close(inside)
        parts = list[bytes]()
        with contextlib.suppress(OSError):  # which is the end of a terminal
            while part := shown.read(65536):
                parts.append(part)
        if process.wait(timeout=_SECONDS):
            errors.seek(0)
            raise RuntimeError(f"{command} failed: {errors.read()}")
    text = b"".join(parts).decode().replace("\r\n", "\n")
    return text.replace(str(folder.resolve()), _HOME).replace(str(folder), _HOME)


def _announcement(client_id: str, folder: Path) -> str:
    """Return what ``pandadoc emulator`` prints before it serves; with the port of the documentation."""
    command = "pandadoc emulator --port 0"
    process = subprocess.Popen(  # noqa: S603 (our own command)
        _arguments(command), cwd=folder, env=_environment({}), stdout=subprocess.PIPE, encoding="utf-8"
    )
    try:
        lines = []
        for line in process.stdout or ():
            lines.append(line)
            if "PANDADOC_API_KEY" in line:
                break
    finally:
        process.terminate()
        process.communicate(timeout=_SECONDS)
    text = "".join(lines)
    if client_id not in text:
        raise RuntimeError(f"{command} printed something else: {text!r}")
    port = text.partition("http://127.0.0.1:")[2].partition(" ")[0]
    return text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{_PORT}")


def _shown(output: str, begin: str) -> str:
    """Return the lines of *output* from the one that begins with *begin*."""
    lines = output.splitlines()
    first = next(number for number, line in enumerate(lines) if Text.from_ansi(line).plain.startswith(begin))
    return "\n".join(lines[first:])


def _svg(name: str, command: str, output: str) -> str:
    """Return the picture of a terminal in which *command* printed *output*."""
    console = Console(record=True, width=_COLUMNS, file=StringIO(), force_terminal=True, highlight=False)
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(output.rstrip()), soft_wrap=True)
    console.print()  # the picture cuts the last line off at the foot of its letters
    return console.export_svg(title="", code_format=_SVG, unique_id=f"terminal-{name}")


def _browser(emulator: Emulator) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the pictures of the emulator's pages.

    Raises:
        RuntimeError: Chromium is missing.
    """
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise RuntimeError("Chromium is not on this machine; on Debian: apt-get install chromium")
    arguments = ["--disable-gpu", "--disable-background-networking", "--no-first-run"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        arguments.append("--no-sandbox")  # which Chromium refuses to do without, for root
    with OAuthClient(
        emulator.client_id,
        emulator.client_secret,
        emulator.redirect_uri,
        host=emulator.url,
        authorize_url=emulator.authorize_url,
    ) as client:
        consent = client.authorization_url().url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments, headless=True)
        pages = (
            ("emulator-page", emulator.url, 1280, 800),
            ("consent", consent, 820, 420),
            ("signing", _signing(emulator), 390, 760),
        )
        for name, url, width, height in pages:
            tab = browser.new_page(viewport={"width": width, "height": height})
            answer = tab.goto(url)
            if answer is None or not answer.ok:
                raise RuntimeError(f"the page {name} was refused")
            yield name, tab.screenshot(animations="disabled")
        browser.close()


def _signing(emulator: Emulator) -> str:
    """Return the page of somebody who has not signed a document that has fields.

    Raises:
        RuntimeError: There is none.
    """
    for document in emulator.service.documents():
        if document["status"] == "document.sent" and document["fields"]:
            link: str = document["recipients"][0]["shared_link"]
            return link
    raise RuntimeError("no document waits to be signed")


def _write(path: Path, content: bytes) -> None:
    """Write a picture.

    Raises:
        RuntimeError: It is too large for a page.
    """
    if len(content) > LARGEST:
        raise RuntimeError(f"{path.name} has {len(content)} bytes, more than {LARGEST}")
    path.write_bytes(content)
    print(f"pictures: {path.name}, {len(content) // 1000} kB")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RuntimeError as problem:
        print(f"pictures: {problem}", file=sys.stderr)
        sys.exit(1)
