"""The report of a probe: what was compared and what differs, in words that say nothing about the account."""

from __future__ import annotations

from typing import Any

from attrs import define, field

from pandadoc_client.cli.probe.comparing import Difference
from pandadoc_client.cli.probe.steps import Step

__all__ = ["Report"]

_COLUMNS = ("step", "operation", "kind", "place", "account", "emulator")


@define
class Report:
    """What a probe has found.

    Attributes:
        compared: The steps that both sides have carried out.
        omitted: The steps that were left out, with the reason.
        differences: The differences, with the step that each belongs to.
        unfinished: Why the probe did not come to its end; empty if it did.
    """

    compared: list[Step] = field(factory=list)
    omitted: list[tuple[Step, str]] = field(factory=list)
    differences: list[tuple[Step, Difference]] = field(factory=list)
    unfinished: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON."""
        return {
            "differences": [dict(zip(_COLUMNS, row, strict=True)) for row in self._rows()],
            "compared": [{"step": step.name, "operation": step.operation} for step in self.compared],
            "omitted": [
                {"step": step.name, "operation": step.operation, "reason": reason} for step, reason in self.omitted
            ],
            "unfinished": self.unfinished or None,
        }

    def lines(self) -> list[str]:
        """Return the report as Markdown."""
        lines = [
            f"{len(self.differences)} differences in {len(self.compared)} requests; {len(self.omitted)} left out",
        ]
        if self.differences:
            rows = [_COLUMNS, tuple("-" * len(name) for name in _COLUMNS), *self._rows()]
            widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
            lines.append("")
            for row in rows:
                fill = "-" if row is rows[1] else " "
                cells = (cell.ljust(width, fill) for cell, width in zip(row, widths, strict=True))
                lines.append(f"| {' | '.join(cells)} |")
        if self.omitted:
            lines += ["", "Left out:", *(f"- {step.name}: {reason}" for step, reason in self.omitted)]
        if self.unfinished:
            lines += ["", f"Not finished: {self.unfinished}"]
        return lines

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (step.name, step.operation, one.kind, one.place, one.account, one.emulator)
            for step, one in self.differences
        ]
