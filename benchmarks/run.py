"""Measures imports and calls, side by side in one run, and prints Markdown tables.

    python benchmarks/run.py [--only imports|calls] [--rounds N] [--calls N]

It sets up what it needs: ``.cache/bench-venv`` with the core dependencies, ``.venv-vendor`` with the vendor's SDK.
"""

from __future__ import annotations

import argparse
import platform
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from benchmarks import calls, imports  # noqa: E402 (found by the line above, from wherever this is run)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures imports and calls, and prints Markdown tables.")
    parser.add_argument("--only", choices=("imports", "calls"), help="measure one of the two")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is measured in turn (default: 20)")
    parser.add_argument("--calls", type=int, default=200, help="calls in a row in each round (default: 200)")
    arguments = parser.parse_args()
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}")
    if arguments.only != "calls":
        print(*(f"\n{table}" for table in imports.report(arguments.rounds)), sep="\n")
    if arguments.only != "imports":
        print(*(f"\n{table}" for table in calls.report(arguments.rounds, arguments.calls)), sep="\n")


if __name__ == "__main__":
    main()
