"""The command line, ``pandadoc``: documents, every operation, webhooks, login and stored tokens, a demo, an emulator.

It needs the extra `pandadoc-client[cli]`. Exit status: 0 for success, 1 if the server or the network said no, 2 if the
call was wrong, 130 after Ctrl-C. An error is one line on standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]

_EXTRA = frozenset({"typer", "click", "rich", "jq", "starlette", "uvicorn", "h11", "openapi_core"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    Args:
        arguments: What stands after ``pandadoc``; that of this process if it is left out.
    """
    # Nothing of the extra is imported above, so that where it is missing this can say so.
    try:
        from pandadoc_client.cli.app import run

        return run(sys.argv[1:] if arguments is None else list(arguments))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        missing = f"{error.name} is not installed"
        print(f"pandadoc: {missing}; the command line needs: pip install 'pandadoc-client[cli]'", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # while the imports ran
        print("pandadoc: interrupted", file=sys.stderr)
        return 130
