"""Webhooks to receivers that speak TLS, with the authorities that the environment names."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from pandadoc_client.emulator.service.dispatcher import post
from pandadoc_client.emulator.service.webhooks.models import WebhookDelivery

from ...wire.network import VARIABLES, make_authority, serving_tls


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment, without a word of certificates."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
async def test_a_receiver_is_trusted_whose_authority_the_environment_names(
    variable: str, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = make_authority(tmp_path)
    with serving_tls(authority) as port:
        delivery = WebhookDelivery("event", f"https://127.0.0.1:{port}/?signature=s", b"[]")
        assert (await post(delivery, 30, allow_remote=False)).error == "CONNECT_ERROR"
        environment.setenv(variable, str(authority.folder if variable == "SSL_CERT_DIR" else authority.ca))
        assert (await post(delivery, 30, allow_remote=False)).status == 200


@pytest.mark.parametrize("variable", VARIABLES)
async def test_a_variable_that_cannot_be_used_is_named_in_the_log(
    variable: str, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    environment.setenv(variable, "/nowhere/file")
    with caplog.at_level(logging.WARNING, "pandadoc_client"):
        outcome = await post(WebhookDelivery("event", "https://127.0.0.1:9/", b"[]"), 30, allow_remote=False)
    assert (outcome.status, outcome.error) == (None, "INTERNAL_ERROR")
    assert f"{variable} cannot be used" in caplog.text
