"""The environment that the documentation assumes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pandadoc_client.emulator import Emulator
from pandadoc_client.oauth import Token
from pandadoc_client.oauth.stores import FileTokenStore

__all__ = ["settings_for"]


def settings_for(emulator: Emulator) -> dict[str, str]:
    """Return the settings of a person who has logged in to *emulator*; their token is in the current folder."""
    store = FileTokenStore(Path("default.json"))
    store.save("default", Token.from_response(emulator.issue_token(), datetime.now(UTC)))
    return {
        "PANDADOC_TOKEN_STORE": "file:default.json",
        "PANDADOC_HOST": emulator.url,
        "PANDADOC_CLIENT_ID": emulator.client_id,
        "PANDADOC_CLIENT_SECRET": emulator.client_secret,
        "PANDADOC_API_KEY": emulator.api_key,
        "PANDADOC_CODE": emulator.issue_code(),
        "PANDADOC_WEBHOOK_KEY": "587c22285F57883db3ee",
    }
