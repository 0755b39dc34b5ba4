"""README: what a newcomer needs is on the first two screens."""

from __future__ import annotations

from .pages import PROJECT, blocks

TWO_SCREENS = 64  # lines, of 120 characters at the most outside of tables


def test_what_matters_is_on_two_screens() -> None:
    head, _, _ = (PROJECT / "README.md").read_text(encoding="utf-8").partition("\n## ")
    lines = head.splitlines()
    assert len(lines) <= TWO_SCREENS
    assert max(len(line) for line in lines if not line.startswith("|")) <= 120
    assert "pip install" in head
    assert "pandadoc login" in head
    assert "legacy" in head  # keys: the vendor recommends OAuth


def test_the_first_program_is_five_lines_and_needs_no_account() -> None:
    for name in ("README.md", "docs/index.md"):
        first = next(blocks(PROJECT / name))
        assert len([line for line in first.code.splitlines() if line]) == 5
        assert "Emulator(" in first.code
        assert "environ" not in first.code
