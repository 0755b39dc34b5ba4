"""Measures side by side, in one run, and prints Markdown tables.

    python benchmarks/run.py [--only imports|calls|tokens|stores|expiry|bulk] [--rounds N] [--calls N] [--accounts N]

It sets up what it needs: ``.cache/bench-venv`` with the core dependencies, ``.venv-vendor`` with the vendor's SDK,
``.cache/bench-stores-venv`` with what the stores and the emulator need, and Authlib.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from benchmarks import calls, imports  # noqa: E402 (found by the line above, from wherever this is run)
from benchmarks.environment import ROOT, environment, everything  # noqa: E402 (likewise)

_LIFECYCLE = ("tokens", "stores", "expiry", "bulk")
"""What needs more than Python: modules that run in an environment of their own."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures side by side, and prints Markdown tables.")
    parser.add_argument("--only", choices=("imports", "calls", *_LIFECYCLE), help="measure one of them")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is measured in turn (default: 20)")
    parser.add_argument("--calls", type=int, default=200, help="calls in a row in each round (default: 200)")
    parser.add_argument("--accounts", type=int, default=10_000, help="accounts to renew in bulk (default: 10000)")
    arguments = parser.parse_args()
    numbers = [str(arguments.rounds), str(arguments.calls), str(arguments.accounts)]
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}")
    if arguments.only in (None, "imports"):
        print(*(f"\n{table}" for table in imports.report(arguments.rounds)), sep="\n")
    if arguments.only in (None, "calls"):
        print(*(f"\n{table}" for table in calls.report(arguments.rounds, arguments.calls)), sep="\n")
    for name in _LIFECYCLE:
        if arguments.only in (None, name):
            print(flush=True)
            command = [str(everything()), "-P", "-m", f"benchmarks.{name}", *numbers]
            subprocess.run(command, check=True, cwd=ROOT, env=environment(everything()))


if __name__ == "__main__":
    main()
