"""``python -m pandadoc_client.cli`` is ``pandadoc``."""

import sys

from pandadoc_client.cli import main

if __name__ == "__main__":
    sys.exit(main())
