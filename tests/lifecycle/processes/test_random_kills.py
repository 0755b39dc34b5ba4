"""A process that refreshes without a pause is killed two hundred times, at whatever moment it is."""

from __future__ import annotations

import random
import time

from pandadoc_client.emulator import RotationMode

from .conftest import OpenScene
from .scene import Process

_KILLS = 100
_LONGEST = 0.03
"""Seconds: some refreshes."""


def kill_while_it_refreshes(process: Process, chance: random.Random) -> None:
    process.begin("refresh_for_ever")
    time.sleep(chance.uniform(0, _LONGEST))  # the moment is to be any
    process.kill()


def test_a_hundred_random_kills_lose_nothing_where_the_server_answers_again(open_scene: OpenScene) -> None:
    scene = open_scene("file", rotation=RotationMode.GRACE)
    scene.seed(seconds_left=None)
    chance = random.Random("grace")
    process = scene.process()
    for _ in range(_KILLS):
        kill_while_it_refreshes(process, chance)
        scene.stored()  # can be read
        process = scene.process()
        assert scene.has_live_token(process.ask("refresh"))
        assert scene.leftovers() == []


def test_a_hundred_random_kills_are_each_survived_or_reported(open_scene: OpenScene) -> None:
    scene = open_scene("file", rotation=RotationMode.STRICT)
    scene.seed(seconds_left=None)
    chance = random.Random("strict")
    process = scene.process()
    for _ in range(_KILLS):
        kill_while_it_refreshes(process, chance)
        stored = scene.stored()
        process = scene.process()
        answer = process.ask("refresh")
        assert scene.leftovers() == []
        if "error" not in answer:
            assert scene.has_live_token(answer)
            continue
        assert "ReauthorizationRequired" in answer["kinds"]
        assert "never came to an end" in answer["error"]
        assert stored.refresh_token not in {pair.refresh_token for pair in scene.emulator.live_pairs()}
        scene.seed(seconds_left=None)
