"""The receivers of docs/webhooks.md, over real sockets."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from pandadoc_client import webhooks
from pandadoc_client.webhooks import WebhookEvent

from ..stores.support import in_threads
from .receivers import EVENT, KEY, Receiver, block, running

BODY = json.dumps([EVENT]).encode()


@pytest.fixture(params=["starlette", "flask"])
def receiver(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Each receiver in turn, with a database of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PANDADOC_WEBHOOK_KEY", KEY)
    with running(request.param) as receiver:
        yield receiver


def test_a_signed_delivery_is_handled(receiver: Receiver) -> None:
    response = receiver.deliver([EVENT, {"event": "new_trigger"}], "1")
    assert (response.status_code, response.content) == (204, b"")
    assert [event.event for event in receiver.handled] == ["document_state_changed", "new_trigger"]
    assert receiver.handled[0].raw == EVENT


def test_a_body_in_an_unusual_form_is_verified_as_it_came(receiver: Receiver) -> None:
    body = b'\n[ {"data":{"name":"\\u00fc \xc3\xbc", "z":1.0,"a" :1e2}, "event":"document_updated"}]\r\n'
    for content_type in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
        response = receiver.post(body, webhooks.sign(body, KEY), **{"Content-Type": content_type})
        assert response.status_code == 204
    assert [event.name for event in receiver.handled] == ["ü ü"], "without an id, equal bodies are one delivery"


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        KEY,
        webhooks.sign(BODY, KEY).upper(),
        webhooks.sign(BODY, "another key"),
        webhooks.sign(BODY + b" ", KEY),
        hmac.new(b"", BODY, "sha256").hexdigest(),
        "é" * 64,
        "\0",
    ],
    ids=ascii,
)
def test_a_delivery_with_a_wrong_signature_is_refused(receiver: Receiver, signature: str | None) -> None:
    header = {"X-PandaDoc-Signature": webhooks.sign(BODY, KEY), "X-PandaDoc-Webhook-Event-Id": "1"}
    response = receiver.post(BODY, signature, **header)
    assert response.status_code == 401
    assert "signature" in response.text
    assert KEY not in response.text
    assert receiver.handled == []
    assert receiver.deliver([EVENT], "1").status_code == 204, "what was refused does not count as handled"
    assert len(receiver.handled) == 1


def test_a_signed_body_that_is_no_json_is_refused(receiver: Receiver) -> None:
    response = receiver.post(b"[", webhooks.sign(b"[", KEY))
    assert response.status_code == 400
    assert response.text.startswith("The body of the delivery is no JSON")


def test_a_retry_is_answered_and_not_handled(receiver: Receiver) -> None:
    for _ in range(3):
        assert receiver.deliver([EVENT], "1").status_code == 204
    assert receiver.deliver([EVENT], "2").status_code == 204
    assert len(receiver.handled) == 2


def test_a_retry_after_a_failure_is_handled(receiver: Receiver) -> None:
    def fail(event: WebhookEvent) -> None:
        raise RuntimeError("the queue is down")

    receiver.on_event = fail
    assert [receiver.deliver([EVENT], "1").status_code for _ in range(2)] == [500, 500]
    receiver.on_event = lambda event: None
    assert [receiver.deliver([EVENT], "1").status_code for _ in range(2)] == [204, 204]
    assert len(receiver.handled) == 1


def test_a_double_that_comes_meanwhile_is_told_to_come_again(receiver: Receiver) -> None:
    begun, go_on = Event(), Event()

    def wait(event: WebhookEvent) -> None:
        begun.set()
        assert go_on.wait(30)

    receiver.on_event = wait
    with ThreadPoolExecutor() as pool:
        first = pool.submit(receiver.deliver, [EVENT], "1")
        assert begun.wait(30)
        assert receiver.deliver([EVENT], "1").status_code == 503
        go_on.set()
        assert first.result().status_code == 204
    assert receiver.deliver([EVENT], "1").status_code == 204
    assert len(receiver.handled) == 1


def test_of_many_doubles_at_once_one_is_handled(receiver: Receiver) -> None:
    statuses: list[int] = []
    in_threads(8, lambda _: statuses.append(receiver.deliver([EVENT], "1").status_code))
    assert len(statuses) == 8
    assert set(statuses) <= {204, 503}
    assert 204 in statuses
    assert len(receiver.handled) == 1


def test_a_missing_key_lets_nothing_in(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANDADOC_WEBHOOK_KEY", "")
    assert receiver.post(BODY, hmac.new(b"", BODY, "sha256").hexdigest()).status_code == 500
    monkeypatch.delenv("PANDADOC_WEBHOOK_KEY")
    assert receiver.deliver([EVENT], "1").status_code == 500
    assert receiver.handled == []


# The gateway cannot be had here: an event as it makes one, which goes to the function as JSON.
@pytest.mark.parametrize("in_base64", [False, True])
def test_the_function_of_a_lambda_takes_the_body_as_the_gateway_hands_it_over(
    in_base64: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PANDADOC_WEBHOOK_KEY", KEY)
    body = json.dumps([{**EVENT, "name": "Vertr\u00e4ge"}], ensure_ascii=False).encode()
    event = {
        "body": base64.b64encode(body).decode() if in_base64 else body.decode(),
        "isBase64Encoded": in_base64,
        "queryStringParameters": {"signature": webhooks.sign(body, KEY)},
        "headers": {"x-pandadoc-webhook-event-id": "1"},
    }
    function = block("def lambda_handler(")["lambda_handler"]
    assert function(json.loads(json.dumps(event)), None) == {"statusCode": 204}
    assert "document.completed" in capsys.readouterr().out
    assert function({**event, "queryStringParameters": None}, None)["statusCode"] == 401
