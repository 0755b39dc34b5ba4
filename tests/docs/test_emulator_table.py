"""The table of what is certain and what is guessed is complete: settings, tests, how sure."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from pandadoc_client.emulator import Behaviour

ROOT = Path(__file__).parents[2]
CERTAIN = {"documented", "captured"}


def rows() -> list[tuple[set[str], str, str]]:
    """How sure a row is, its setting or nothing, and its test."""
    text = (ROOT / "docs" / "emulator.md").read_text(encoding="utf-8")
    table = text.partition("| behaviour | how sure | setting | test |\n|---|---|---|---|\n")[2].partition("\n\n")[0]
    found: list[tuple[set[str], str, str]] = []
    for line in table.splitlines():
        _, sure, setting, test = (cell.strip() for cell in line.strip("|").split(" |"))
        found.append((set(sure.split(", ")), setting.strip("`"), test.strip("`")))
    return found


def test_each_setting_is_in_the_table_and_each_in_the_table_is_one() -> None:
    assert {setting for _, setting, _ in rows() if setting} == {field.name for field in fields(Behaviour)}


def test_what_is_not_certain_can_be_turned() -> None:
    guessed = [test for sure, setting, test in rows() if not sure <= CERTAIN and not setting]
    assert guessed == []


def test_each_row_has_its_test_and_each_test_its_row() -> None:
    source = (ROOT / "tests" / "emulator" / "service" / "test_behaviour.py").read_text(encoding="utf-8")
    behaviours = source.partition("# -- settings")[0]
    assert {test for _, _, test in rows()} == set(re.findall(r"^def (test_\w+)", behaviours, re.MULTILINE))
