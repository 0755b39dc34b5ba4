"""Whoever leaves while a refresh is under way does not take the token along."""

from __future__ import annotations

import pytest

from pandadoc_client.emulator import Fault

from .conftest import OpenScene
from .scene import STORES, spawn


@pytest.mark.parametrize("kind", STORES)
def test_a_refresh_is_finished_and_saved_though_client_and_store_are_closed(open_scene: OpenScene, kind: str) -> None:
    scene = open_scene(kind)
    scene.seed()
    scene.emulator.faults.add(Fault("latency", delay=0.3))
    process = scene.process()
    process.ask("begin")
    scene.emulator.journal.wait_for(1, arrived=True)
    process.ask("close")
    assert scene.has_live_token(process.ask("result"))
    assert scene.refreshes == 1


@pytest.mark.parametrize("kind", STORES)
def test_a_refresh_is_finished_and_saved_though_the_interpreter_ends(open_scene: OpenScene, kind: str) -> None:
    scene = open_scene(kind, start=spawn)
    old = scene.seed()
    scene.emulator.faults.add(Fault("latency", delay=0.3))
    process = scene.process()
    process.begin("token", timeout=0)
    assert "ApiTimeoutError" in process.answer()["kinds"]
    scene.emulator.journal.wait_for(1, arrived=True)
    assert scene.stored() == old
    process.close()
    assert scene.stored() != old
    assert scene.has_live_token()
    assert scene.refreshes == 1
