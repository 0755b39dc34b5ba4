"""The site as it is built: the reference has every public name, a search finds it, and programs find every page."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from ..e2e.test_browser import chromium, tab
from .pages import PAGES, PROJECT

__all__ = ["chromium", "tab"]  # fixtures of the other tests with a browser

PYTHON = PROJECT / ".venv-docs" / "bin" / "python"
DOCS = PROJECT / "docs"
MODULES = (
    *("", "client", "api_client", "results", "oauth", "oauth.login", "oauth.stores", "webhooks", "files", "waiting"),
    *("throttling", "pagination", "exceptions", "emulator"),
    *("contrib.fastapi", "contrib.flask", "contrib.django", "contrib.requests"),
)
NOT_SHOWN = {"__version__", "Api", "AsyncApi"}  # the last two are what API classes derive from

# What somebody types, and a page that must be among the first results.
SEARCHES = {
    "wait_until": "reference/waiting/",
    "create_and_send": "reference/waiting/",
    "save_document": "reference/client/",
    "documents.create_document": "operations/documents/",
    "max_upload_size": "reference/api-client/",
    "EventDeduplicator": "reference/webhooks/",
    "OAuthClient": "reference/oauth/",
    "refresh_due": "reference/oauth/",
    "token_store": "reference/oauth/",
    "RateLimiter": "reference/throttling/",
    "PANDADOC_TOKEN_STORE": "reference/oauth/",
    "SSL_CERT_FILE": "configuration/",
    "ReauthorizationRequired": "reference/exceptions/",
    "list_contacts": "operations/contacts/",
    "pd.templates.list_templates": "operations/templates/",
    "download_document": "reference/files/",
    "iterate_documents": "operations/documents/",
    "max_response_size": "reference/api-client/",
    "AsyncPandaDoc": "reference/client/",
    "EmulatorOptions": "reference/emulator/",
    "RetryPolicy": "reference/client/",
    "409 conflict": "errors/",
    "410": "webhooks/",
}
FIRST = 3  # results, each with its sections


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `scripts/docs` does it."""
    if not PYTHON.exists():
        missing = "the environment of the site is missing; scripts/docs makes it"
        pytest.fail(missing) if "CI" in os.environ else pytest.skip(missing)
    folder = tmp_path_factory.mktemp("site")
    command = [str(PYTHON), "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    settings = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=PROJECT, env=settings, capture_output=True, text=True, timeout=300)
    assert (built.returncode, built.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def url(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_the_reference_has_every_public_name(site: Path) -> None:
    shown = "".join(path.read_text(encoding="utf-8") for path in (site / "reference").rglob("*.html"))
    names = {name.rpartition(".")[2] for name in re.findall(r'id="pandadoc_client\.([\w.]+)"', shown)}
    for module in MODULES:
        public = set(import_module(f"pandadoc_client.{module}".rstrip(".")).__all__)
        assert public - names - NOT_SHOWN == set(), module


def test_each_page_has_a_twin_and_the_list_has_each_page(site: Path) -> None:
    listed = re.findall(r"\]\((.+?\.md)\): \S", (site / "llms.txt").read_text(encoding="utf-8"))
    pages = [page.relative_to(DOCS).as_posix() for page in PAGES if page.is_relative_to(DOCS)]
    assert sorted(listed) == sorted(pages)
    for name in pages:
        text = (site / name).read_text(encoding="utf-8")
        assert "\n# " in f"\n{text}", name
        assert "::: " not in text, name
    assert "def wait_until" not in (site / "waiting.md").read_text(encoding="utf-8")
    assert re.search(
        r"^## wait_until\n\n```python\nwait_until\(", (site / "reference" / "waiting.md").read_text(), re.M
    )


def test_every_link_of_a_twin_leads_to_a_file(site: Path) -> None:
    for page in site.rglob("*.md"):
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\((?![a-z]+:|#)([^)#\s]+)", text):
            assert (page.parent / target).exists(), f"{page.relative_to(site)} links to {target}"


def test_a_search_finds_names(url: str, tab: Page) -> None:
    assert len(SEARCHES) >= 20
    tab.goto(url)
    tab.keyboard.press("/")  # opens the search
    missing = {}
    for words, wanted in SEARCHES.items():
        found = search(tab, words)
        if not any(f"/{wanted}" in result for result in found):
            missing[words] = found
    assert missing == {}


def search(tab: Page, words: str) -> list[str]:
    """Return the addresses of the first results of the site's own search."""
    box = tab.locator("[data-md-component=search-query]")
    box.fill("")
    box.press("End")  # the search listens to keys
    tab.wait_for_function("!document.querySelector('.md-search-result__link')")
    box.fill(words)
    box.press("End")
    tab.wait_for_selector(".md-search-result__link", state="attached")
    found: list[str] = tab.evaluate(
        "(first) => [...document.querySelectorAll('.md-search-result__item')].slice(0, first)"
        ".flatMap((item) => [...item.querySelectorAll('.md-search-result__link')].map((link) => link.href))",
        FIRST,
    )
    return found
