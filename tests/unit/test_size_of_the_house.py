"""How large the hand-written part is and how long the way of a call; each test prints its figures (``pytest -rP``)."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from types import FrameType

import pytest

import pandadoc_client
from pandadoc_client import PandaDoc
from pandadoc_client.emulator import Emulator

ROOT = Path(pandadoc_client.__file__).parent
MOST_MODULES = 14
MOST_CALLS = 115
"""Functions of the package, constructors included, that a blocking ``list_documents`` enters once it is warm."""


def test_the_root_has_few_modules() -> None:
    modules = sorted(path.stem for path in ROOT.glob("*.py"))
    print(f"modules in the root: {len(modules)}: {', '.join(modules)}")
    assert len(modules) <= MOST_MODULES


def test_the_way_of_a_call_is_short(pandadoc_emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "pandadoc_client")  # what a log line costs is not the way of the call
    ways: list[list[str]] = []

    def note(frame: FrameType, event: str, argument: object) -> None:
        path, name = Path(frame.f_code.co_filename), frame.f_code.co_name
        if name.startswith("<"):  # comprehensions: calls up to Python 3.11
            return
        if event == "call" and path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "emulator"):
            ways[-1].append(f"{path.relative_to(ROOT)}:{name}")

    with PandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url) as pd:
        pd.documents.list_documents()
        before = sys.getprofile()
        for _ in range(5):  # what is kept for later, such as patterns that mask secrets, is made anew now and then
            ways.append([])
            sys.setprofile(note)
            try:
                pd.documents.list_documents()
            finally:
                sys.setprofile(before)
    entered = min(ways, key=len)
    modules = {name.partition(":")[0] for name in entered}
    print(f"list_documents: {len(entered)} calls in {len(modules)} modules")
    assert 0 < len(entered) <= MOST_CALLS
