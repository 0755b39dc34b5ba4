"""Samples, and tables of them."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Line", "Samples", "grid", "table"]


@dataclass(frozen=True)
class Samples:
    """Nanoseconds, one number a measurement."""

    nanoseconds: Sequence[int]

    @property
    def median(self) -> float:
        return statistics.median(self.nanoseconds)

    @property
    def quartiles(self) -> tuple[float, float]:
        low, _, high = statistics.quantiles(self.nanoseconds, n=4)
        return low, high


@dataclass(frozen=True)
class Line:
    """A line of a table: what was measured, and what its ratio is taken against."""

    name: str
    peer: str
    budget: float | None = None


def table(title: str, unit: tuple[str, float], lines: Sequence[Line], measured: Mapping[str, Samples]) -> str:
    """Return a Markdown table: medians with the middle half of the samples, ratios of medians, budgets."""
    name, size = unit
    rows = [f"| {title} | median, {name} | middle half | ratio | against | budget |", "|---|--:|--:|--:|---|--:|"]
    for line in lines:
        samples = measured[line.name]
        low, high = samples.quartiles
        ratio = samples.median / measured[line.peer].median
        budget = "" if line.budget is None else f"≤ {line.budget:g}"
        mark = " ✗" if line.budget is not None and ratio > line.budget else ""
        against = "" if line.name == line.peer else line.peer
        rows.append(
            f"| {line.name} | {samples.median / size:.1f} | {low / size:.1f} to {high / size:.1f} "
            f"| {ratio:.3f}{mark} | {against} | {budget} |"
        )
    return "\n".join(rows)


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return any other Markdown table: the first column is text, the rest are numbers."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"|{'|'.join(cells)}|" if cells is lines[1] else f"| {' | '.join(cells)} |" for cells in lines)
