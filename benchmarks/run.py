"""Measures side by side, in one run, and prints Markdown tables.

    python benchmarks/run.py [--only imports|calls|list|parallel|memory|soak|large|transfers|fast|backends|generate|
                             tokens|stores|expiry|bulk] [--rounds N] [--calls N] [--accounts N] [--spec FILE]

It sets up what it needs: environments in ``.cache`` with the core dependencies, with what the stores and the emulator
need, with Authlib, with the generators; ``.venv-vendor`` with the vendor's SDK; and the client that
openapi-python-client makes by itself of ``openapi.yaml``.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from benchmarks import (  # noqa: E402 (found by the line above)
    backends,
    calls,
    documents,
    fast,
    generation,
    imports,
    large,
    memory,
    soak,
    transfers,
)
from benchmarks.environment import ROOT, environment, everything  # noqa: E402 (likewise)

_MEASURED: Mapping[str, Callable[[argparse.Namespace], Sequence[str]]] = {
    "imports": lambda given: imports.report(given.rounds),
    "calls": lambda given: calls.report(given.rounds, given.calls),
    "list": lambda given: documents.report(given.rounds, given.calls),
    "parallel": lambda given: documents.report_parallel(given.rounds, given.calls),
    "memory": lambda given: memory.report(given.rounds),
    "soak": lambda given: soak.report(),
    "large": lambda given: large.report(max(3, given.rounds // 4)),
    "transfers": lambda given: transfers.report(max(3, given.rounds // 4)),
    "fast": lambda given: fast.report(given.rounds, given.calls),
    "backends": lambda given: backends.report(given.rounds, given.calls),
    "generate": lambda given: generation.report(max(1, given.rounds // 5), given.spec),
}
_LIFECYCLE = ("tokens", "stores", "expiry", "bulk")
"""What needs more than Python: modules that run in an environment of their own."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures side by side, and prints Markdown tables.")
    parser.add_argument("--only", choices=(*_MEASURED, *_LIFECYCLE), help="measure one of them")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is measured in turn (default: 20)")
    parser.add_argument("--calls", type=int, default=200, help="calls in a row in each round (default: 200)")
    parser.add_argument("--accounts", type=int, default=10_000, help="accounts to renew in bulk (default: 10000)")
    parser.add_argument("--spec", type=Path, default=ROOT / "openapi.yaml", help="what to generate from")
    arguments = parser.parse_args()
    numbers = [str(arguments.rounds), str(arguments.calls), str(arguments.accounts)]
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}")
    for name, report in _MEASURED.items():
        if arguments.only in (None, name):
            print(*(f"\n{table}" for table in report(arguments)), sep="\n", flush=True)
    for name in _LIFECYCLE:
        if arguments.only in (None, name):
            print(flush=True)
            command = [str(everything()), "-P", "-m", f"benchmarks.{name}", *numbers]
            subprocess.run(command, check=True, cwd=ROOT, env=environment(everything()))


if __name__ == "__main__":
    main()
