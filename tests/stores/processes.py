"""Other processes that use a store: those of the contract suite."""

from __future__ import annotations

from pandadoc_client.oauth.stores.testing._processes import OtherProcess as Other
from pandadoc_client.oauth.stores.testing._processes import (
    add,
    count_up,
    fork_and_use,
    fork_in_lock,
    fork_while_locked,
    hold_lock,
    other_process,
    try_lock,
    use_nothing_but_exit,
)

__all__ = [
    "Other",
    "add",
    "count_up",
    "fork_and_use",
    "fork_in_lock",
    "fork_while_locked",
    "hold_lock",
    "other_process",
    "try_lock",
    "use_nothing_but_exit",
]
