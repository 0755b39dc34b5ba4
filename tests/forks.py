"""Work in a forked child of the process that tests run in."""

from __future__ import annotations

import json
import os
import traceback
import warnings
from collections.abc import Callable
from typing import Any

__all__ = ["in_a_fork"]


def in_a_fork(work: Callable[[], Any]) -> Any:
    """Run *work* in a forked child, and return what it returned there: anything that JSON knows."""
    read, write = os.pipe()
    with warnings.catch_warnings():
        # Since Python 3.12 a fork of a process with threads is warned of. It is what these tests are about: programs do
        # it. As an error, the warning would be raised in the parent alone, and leave a child that runs on.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os.write(write, json.dumps(work()).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(write)
    with open(read, "rb") as pipe:
        result = pipe.read()
    os.waitpid(child, 0)
    assert result, "the child's error is on the standard error stream"
    return json.loads(result)
