"""What the tests of the pages share: keys, complaints of the browser, contrast, fixtures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FloatRect, Page

from ...e2e.test_browser import SECONDS, chromium, tab

__all__ = [
    "SECONDS",
    "chromium",
    "complaints",
    "contrast",
    "overflow",
    "overlap",
    "phone",
    "press",
    "reach",
    "requested",
    "tab",
]

_NAME = """() => { const one = document.activeElement;
  return one.getAttribute("aria-label") || one.labels?.[0]?.textContent.trim() || one.textContent.trim(); }"""

# WCAG 2.2, contrast ratio: of the text of an element to the first ground behind it that is not transparent.
_CONTRAST = """(element) => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  let behind = element, ground;
  do { ground = parts(getComputedStyle(behind).backgroundColor); behind = behind.parentElement; }
  while (ground[3] === 0 && behind);
  const [a, b] = [light(parts(getComputedStyle(element).color)), light(ground)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""


@pytest.fixture
def complaints(tab: Page) -> list[str]:
    """What the browser complains of, such as the content security policy, but for refusals that a test brings about."""
    found: list[str] = []
    tab.on(
        "console",
        lambda message: (
            found.append(message.text)
            if message.type in ("error", "warning") and "status of 4" not in message.text
            else None
        ),
    )
    tab.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def requested(tab: Page) -> list[str]:
    """The URLs that the pages of a tab ask for."""
    found: list[str] = []
    tab.on("request", lambda request: found.append(request.url))
    return found


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A page of a phone, which is touched."""
    with chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as context:
        context.set_default_timeout(SECONDS)
        yield context.new_page()


def reach(tab: Page, label: str) -> None:
    """Press Tab until the focus is on the element of a label."""
    for _ in range(80):
        tab.keyboard.press("Tab")
        if tab.evaluate(_NAME) == label:
            return
    pytest.fail(f"{label} cannot be reached")


def press(tab: Page, label: str, key: str = "Enter") -> None:
    """Go to a button or link and press it as somebody without a mouse does."""
    reach(tab, label)
    tab.keyboard.press(key)


def contrast(tab: Page, selector: str) -> float:
    """Return the contrast of a text to its ground."""
    ratio: float = tab.locator(selector).first.evaluate(_CONTRAST)
    return ratio


def overflow(tab: Page) -> int:
    """Return by how many pixels a page is wider than the window."""
    found: int = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return found


def overlap(one: FloatRect | None, other: FloatRect | None) -> bool:
    """Tell whether two parts of a page cover each other; both must be there."""
    assert one is not None
    assert other is not None
    apart = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    return not (apart or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"])
