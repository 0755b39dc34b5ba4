"""`sign` and `verify`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pickle
import traceback
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client import webhooks
from pandadoc_client.exceptions import ApiException, ApiTypeError, ApiValueError
from pandadoc_client.webhooks import WebhookSignatureError

KEY = "key-marker-5f1c9a"
BODY = b'[{"event": "document_updated", "data": {"name": "person-marker"}}]'
SIGNATURE = webhooks.sign(BODY, KEY)

KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda key: key == key.strip())


def flip(text: bytes, bit: int) -> bytes:
    changed = bytearray(text)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


# --- What is right


def test_the_signature_is_the_hex_hmac_sha256_of_the_body() -> None:
    # RFC 4231, section 4.3
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert webhooks.sign(b"what do ya want for nothing?", "Jefe") == expected
    webhooks.verify(b"what do ya want for nothing?", expected, "Jefe")


@given(body=st.binary(), key=KEYS)
def test_what_was_signed_is_verified(body: bytes, key: str) -> None:
    signature = webhooks.sign(body, key)
    webhooks.verify(body, signature, key)
    webhooks.verify(bytearray(body), signature, key.encode())
    webhooks.verify(memoryview(body), signature, [key])


@given(body=st.binary(min_size=1), key=KEYS, data=st.data())
def test_a_flipped_bit_of_the_body_fails(body: bytes, key: str, data: st.DataObject) -> None:
    bit = data.draw(st.integers(0, 8 * len(body) - 1))
    with pytest.raises(WebhookSignatureError):
        webhooks.verify(flip(body, bit), webhooks.sign(body, key), key)


@given(body=st.binary(), key=KEYS, bit=st.integers(0, 64 * 8 - 1))
def test_a_flipped_bit_of_the_signature_fails(body: bytes, key: str, bit: int) -> None:
    wrong = flip(webhooks.sign(body, key).encode(), bit).decode("latin-1")
    with pytest.raises(WebhookSignatureError):
        webhooks.verify(body, wrong, key)


@given(body=st.binary(), key=st.binary(min_size=1).filter(lambda key: key == key.strip()), data=st.data())
def test_a_flipped_bit_of_the_key_fails(body: bytes, key: bytes, data: st.DataObject) -> None:
    other = flip(key, data.draw(st.integers(0, 8 * len(key) - 1)))
    if other != other.strip() or other.rstrip(b"\0") == key.rstrip(b"\0"):  # HMAC fills keys up with zeros
        return
    with pytest.raises(WebhookSignatureError):
        webhooks.verify(body, webhooks.sign(body, key), other)


# --- Several keys


def test_any_of_several_keys_will_do() -> None:
    for keys in (["new", KEY], (KEY, "old"), [b"new", KEY.encode()], ["1", "2", KEY]):
        webhooks.verify(BODY, SIGNATURE, keys)
    with pytest.raises(WebhookSignatureError):
        webhooks.verify(BODY, SIGNATURE, ["new", "old"])


def test_all_keys_are_tried_whichever_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bool] = []

    def compare(first: Any, second: Any) -> bool:
        compared.append(compare_digest(first, second))
        return compared[-1]

    compare_digest = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", compare)
    webhooks.verify(BODY, SIGNATURE, [KEY, "2", "3"])
    assert compared == [True, False, False]


# --- What receivers get wrong


def test_a_signature_looked_for_in_a_header_is_missing() -> None:
    headers = {"Content-Type": "application/json"}
    for signature in (headers.get("X-PandaDoc-Signature"), ""):
        with pytest.raises(WebhookSignatureError, match=r"no signature: .* query parameter 'signature', in no header"):
            webhooks.verify(BODY, signature, KEY)


def test_the_key_is_no_signature() -> None:
    with pytest.raises(WebhookSignatureError, match="64 lower-case hexadecimal digits"):
        webhooks.verify(BODY, KEY, KEY)
    long_key = "ab" * 32
    with pytest.raises(WebhookSignatureError, match="not that of this body"):
        webhooks.verify(BODY, long_key, long_key)


@pytest.mark.parametrize(
    "serialise",
    [
        json.dumps,
        lambda data: json.dumps(data, separators=(",", ":")),
        lambda data: json.dumps(data, sort_keys=True),
        lambda data: json.dumps(data, ensure_ascii=False),
        lambda data: json.dumps(data, indent=2),
    ],
)
def test_json_that_was_written_again_fails(serialise: Any) -> None:
    sent = b'[{"event":"quote_updated", "data":{"z": 1.0, "a": "\\u00fc"}}]'
    again = serialise(json.loads(sent)).encode()
    with pytest.raises(WebhookSignatureError, match="the bytes as they were received"):
        webhooks.verify(again, webhooks.sign(sent, KEY), KEY)


@given(body=st.text(st.characters(exclude_categories=["Cs"])), key=KEYS)
def test_a_body_as_text_is_taken_as_its_utf_8(body: str, key: str) -> None:
    signature = webhooks.sign(body.encode(), key)
    assert webhooks.sign(body, key) == signature
    webhooks.verify(body, signature, key)


def test_text_that_has_no_utf_8_is_refused() -> None:
    for call in (webhooks.verify, webhooks.parse):
        with pytest.raises(ApiValueError, match=r"^raw_body is text that cannot be encoded as UTF-8") as caught:
            call("person-marker \ud800", SIGNATURE, KEY)
        assert caught.value.__cause__ is caught.value.__context__ is None
    with pytest.raises(ApiValueError, match=r"^raw_body is text"):
        webhooks.sign("\ud800", KEY)


def test_a_body_that_is_still_in_base64_is_recognised() -> None:
    encoded = base64.b64encode(BODY)
    for body in (encoded, encoded.decode()):
        with pytest.raises(WebhookSignatureError, match="isBase64Encoded"):
            webhooks.verify(body, SIGNATURE, KEY)
    with pytest.raises(WebhookSignatureError) as caught:
        webhooks.verify(BODY + b" ", SIGNATURE, KEY)
    assert "base64" not in str(caught.value)


@pytest.mark.parametrize("body", [json.loads(BODY), json.loads(BODY)[0], None, 7])
def test_a_body_that_was_parsed_is_refused_with_what_to_do(body: Any) -> None:
    for call in (webhooks.verify, webhooks.parse):
        with pytest.raises(
            ApiTypeError, match=r"^raw_body must be the raw body of the request \(bytes or str\), not "
        ) as caught:
            call(body, SIGNATURE, KEY)
        assert type(body).__name__ in str(caught.value)
    with pytest.raises(ApiTypeError, match=r"^raw_body must be"):
        webhooks.sign(body, KEY)


def test_a_plain_hash_is_no_signature() -> None:
    for wrong in (hashlib.sha256(BODY), hashlib.sha256(KEY.encode() + BODY), hmac.new(BODY, KEY.encode(), "sha256")):
        with pytest.raises(WebhookSignatureError):
            webhooks.verify(BODY, wrong.hexdigest(), KEY)


@pytest.mark.parametrize(
    "signature",
    [
        SIGNATURE.upper(),
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE + "\n",
        f" {SIGNATURE}",
        f"sha256={SIGNATURE}",
        "g" * 64,
        "é" * 64,
        "٣" * 64,
        "\ud800" * 64,
        "\0",
    ],
    ids=ascii,
)
def test_what_cannot_be_a_signature_is_refused(signature: str) -> None:
    with pytest.raises(WebhookSignatureError, match="64 lower-case hexadecimal digits"):
        webhooks.verify(BODY, signature, KEY)


@pytest.mark.parametrize("signature", [SIGNATURE.encode(), [SIGNATURE], 7])
def test_a_signature_must_be_text(signature: Any) -> None:
    with pytest.raises(ApiTypeError, match=r"^signature must be text \(str\), not (bytes|list|int)$"):
        webhooks.verify(BODY, signature, KEY)


# --- Keys


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [
        ("", ApiValueError, "^shared_key is empty"),
        (b"", ApiValueError, "^shared_key is empty"),
        ([], ApiValueError, "^shared_key is an empty sequence"),
        (None, ApiTypeError, r"^shared_key must be text \(str\) or bytes, not NoneType"),
        (7, ApiTypeError, "^shared_key must be text"),
        ({KEY}, ApiTypeError, "^shared_key must be text"),
        ([KEY, ""], ApiValueError, "^shared_key: number 2 is empty"),
        ([None, KEY], ApiTypeError, "^shared_key: number 1 must be text"),
        (KEY + "\n", ApiValueError, "^shared_key has white space at an end"),
        (f" {KEY}".encode(), ApiValueError, "^shared_key has white space at an end"),
        (KEY + "\ud800", ApiValueError, "^shared_key is text that cannot be encoded"),
    ],
    ids=ascii,
)
def test_a_key_that_cannot_be_one_is_refused(key: Any, error: type[Exception], message: str) -> None:
    empty_key = hmac.new(b"", BODY, "sha256").hexdigest()
    for signature in (SIGNATURE, empty_key, None):
        with pytest.raises(error, match=message):
            webhooks.verify(BODY, signature, key)
    if not isinstance(key, list):
        with pytest.raises(error, match=message):
            webhooks.sign(BODY, key)


# --- Errors


@pytest.mark.parametrize(
    ("signature", "key"),
    [(None, KEY), (KEY, KEY), (webhooks.sign(b"", KEY), KEY), (SIGNATURE, f"{KEY}\n"), (SIGNATURE, f"{KEY}\ud800")],
    ids=ascii,
)
def test_no_error_shows_the_key_the_signature_or_the_body(signature: Any, key: Any) -> None:
    with pytest.raises((ApiException, ApiValueError)) as caught:
        webhooks.verify(BODY, signature, key)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(vars(caught.value))
    assert caught.value.__context__ is None
    for secret in (KEY, SIGNATURE, "person-marker"):
        assert secret not in shown


def test_the_error_says_what_to_answer_and_survives_pickling() -> None:
    with pytest.raises(WebhookSignatureError) as caught:
        webhooks.verify(BODY, None, KEY)
    again = cast("WebhookSignatureError", pickle.loads(pickle.dumps(caught.value)))
    for error in (caught.value, again):
        assert (error.answer, error.status) == (401, None)
        assert str(error) == error.reason
        assert str(error).startswith("The delivery has no signature")
