"""A command that is refused holds no credential in the local variables of its frames."""

from __future__ import annotations

from pathlib import Path

import pytest

from pandadoc_client.cli.app import app

from ..secrets.frames import frames, leaks

SECRET = "MARKER-" + "s3cret" * 20
REFUSED = {
    "an empty id": ("api", "status-document", ""),
    "an upload that is not there": ("api", "create-document-from-upload", "--file", "/nope.pdf"),
    "a host": ("api", "list-members", "--host", "http://not-here.example"),
    "a key from a file and a store": ("api", "list-members", "--api-key", "@secret.txt", "--store", "memory:"),
    "a key from a file and an empty id": ("api", "status-document", "", "--api-key", "@secret.txt"),
    "an empty code": ("auth", "exchange", "", "--client-secret-file", "secret.txt"),
    "an empty refresh token": ("auth", "refresh", ""),
    "a redirect URI": ("auth", "exchange", "code", "--redirect-uri", "nowhere"),
    "a target of webhooks": ("webhooks", "listen", "--forward", "http://not-here.example", "--key", "@secret.txt"),
    "a target of webhooks, the key from the environment": ("webhooks", "listen", "--forward", "nowhere"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_command(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text(SECRET)
    for variable in ("API_KEY", "CLIENT_SECRET", "WEBHOOK_KEY"):
        monkeypatch.setenv(f"PANDADOC_{variable}", SECRET)
    monkeypatch.setenv("PANDADOC_CLIENT_ID", "id")
    monkeypatch.setenv("PANDADOC_HOST", "http://127.0.0.1:9")
    with pytest.raises(Exception) as caught:  # noqa: PT011 (whatever it is: its frames are looked at)
        app(args=list(REFUSED[name]), prog_name="pandadoc", standalone_mode=False)
    assert list(frames(caught.value)), "it was refused by the package"
    assert leaks(caught.value, SECRET) == []
