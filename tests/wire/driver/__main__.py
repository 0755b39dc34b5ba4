"""Runs the cases on standard input."""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

from . import calls, objects, settings
from .values import attempt, decode

ACTIONS = {
    name: action
    for module in (calls, objects, settings)
    for name, action in vars(module).items()
    if callable(action) and getattr(action, "__module__", None) == module.__name__ and not name.startswith("_")
}


def run(case: dict[str, Any]) -> Any:
    arguments = {name: decode(value) for name, value in case["arguments"].items()}
    return attempt(lambda: ACTIONS[case["action"]](**arguments))


def main() -> None:
    warnings.simplefilter("ignore")
    cases = json.load(sys.stdin)
    outcomes_go_to, sys.stdout = sys.stdout, sys.stderr  # whatever an SDK prints must not get between the outcomes
    json.dump([run(case) for case in cases], outcomes_go_to)


main()
