"""A small process that forks one `worker` for each connection: that takes a hundredth of starting an interpreter.

    python -m tests.lifecycle.processes.zygote DESCRIPTOR

DESCRIPTOR is that of a listening socket. It ends when its standard input does, and so with the tests, however they end;
and with it what is left of its children. So it has to lead a process group.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import traceback

from . import worker

# What is imported here is there in every worker; the fixtures say what is missing on this machine.
_PRELOADED = ("psycopg", "redis", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite")


def main(descriptor: int) -> None:
    for name in ("file", "sql", "redis"):
        importlib.import_module(f"pandadoc_client.oauth.stores.{name}")
    for name in _PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    with socket.socket(fileno=descriptor) as listener, selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while all(key.fileobj is listener for key, _ in selector.select()):
            connection, _ = listener.accept()
            if os.fork() == 0:
                break
            connection.close()
        else:
            os.killpg(0, signal.SIGKILL)  # whoever hangs, and us
            return
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        worker.serve(connection)
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(0)  # to take down all that was imported would take longer than all that was done


if __name__ == "__main__":
    main(int(sys.argv[1]))
