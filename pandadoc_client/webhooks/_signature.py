"""`verify` and `sign`: the HMAC-SHA256 of a raw body."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Any

from pandadoc_client.exceptions import ApiTypeError, ApiValueError
from pandadoc_client.webhooks._errors import WebhookSignatureError

__all__ = ["hidden", "raw_bytes", "sign", "verify"]

_HEX_DIGEST = re.compile(r"[0-9a-f]{64}")


def sign(raw_body: bytes | bytearray | memoryview | str, shared_key: str | bytes) -> str:
    """Return the signature that PandaDoc sends along with *raw_body*: for tests, and for servers that play PandaDoc.

    Args:
        raw_body: The body; text is encoded as UTF-8.
        shared_key: The key of the subscription.

    Returns:
        64 lower-case hexadecimal digits (HMAC-SHA256, RFC 2104).

    Raises:
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: The key is empty, or has white space at an end; or *raw_body* is text with an unpaired surrogate.
    """
    shared_key = hidden(shared_key)  # what is refused is reported with the local variables of this frame
    return _digest(_key(shared_key, "shared_key"), raw_bytes(raw_body))


def verify(
    raw_body: bytes | bytearray | memoryview | str,
    signature: str | None,
    shared_key: str | bytes | Sequence[str | bytes],
) -> None:
    """Return if *signature* is that of *raw_body*, else raise. The comparison takes the same time for any signature.

    Args:
        raw_body: The request's body, exactly as it came. Text, which AWS Lambda and others hand over, is encoded as
            UTF-8. JSON that was parsed and written again has other bytes.
        signature: The query parameter ``signature`` of the request's URL; None if there is none.
        shared_key: The key of the subscription, or several: while a key is being renewed, the new one and the old.

    Raises:
        WebhookSignatureError: The signature is missing, malformed, or of another body or key.
        ApiTypeError: An argument is of the wrong type, such as a body that was parsed.
        ApiValueError: There is no key, a key is empty, or has white space at an end; or *raw_body* is text with an
            unpaired surrogate.
    """
    shared_key = hidden(shared_key)  # what is refused is reported with the local variables of this frame
    keys = _keys(shared_key)
    body = raw_bytes(raw_body)
    if signature is None or signature == "":
        raise WebhookSignatureError(
            "The delivery has no signature: PandaDoc sends it as the query parameter 'signature', in no header"
        )
    if not isinstance(signature, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"signature must be text (str), not {type(signature).__name__}")
    if not _HEX_DIGEST.fullmatch(signature):
        raise WebhookSignatureError("The signature is none: it must have 64 lower-case hexadecimal digits")
    # All keys are tried, so that the time does not tell which one it was.
    matches = [hmac.compare_digest(_digest(key, body), signature) for key in keys]
    if not any(matches):
        hint = "; a body in base64 (isBase64Encoded in AWS Lambda) has to be decoded first" if _is_base64(body) else ""
        raise WebhookSignatureError(
            "The signature is not that of this body: check that these are the bytes as they were received, and that "
            f"the key is the shared key of this subscription{hint}"
        )


def hidden(shared_key: Any) -> Any:
    """Return keys as text or bytes whose ``repr`` is masked."""
    from pandadoc_client._http.secrets import (
        hide,  # importing this package takes the standard library and the errors alone
    )

    return hide(shared_key)


def raw_bytes(raw_body: bytes | bytearray | memoryview | str) -> bytes:
    """Return *raw_body* as bytes; text is encoded as UTF-8, the encoding of JSON between systems (RFC 8259 §8.1).

    Raises:
        ApiTypeError: It is something else, such as parsed JSON.
        ApiValueError: It is text that cannot be encoded.
    """
    if isinstance(raw_body, str):
        try:
            return raw_body.encode()
        except UnicodeEncodeError:
            pass  # raised outside of here, since this one holds the body
        raise ApiValueError("raw_body is text that cannot be encoded as UTF-8: it has an unpaired surrogate")
    if not isinstance(raw_body, (bytes, bytearray, memoryview)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(
            f"raw_body must be the raw body of the request (bytes or str), not {type(raw_body).__name__}: a body that "
            "was parsed no longer has the bytes that were signed"
        )
    return bytes(raw_body)


def _is_base64(body: bytes) -> bool:
    return re.fullmatch(rb"[A-Za-z0-9+/]+={0,2}", body) is not None and len(body) % 4 == 0


def _digest(key: bytes, body: bytes) -> str:
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def _keys(shared_key: Any) -> list[bytes]:
    if isinstance(shared_key, (str, bytes)) or not isinstance(shared_key, Sequence):
        return [_key(shared_key, "shared_key")]
    if not shared_key:
        raise ApiValueError("shared_key is an empty sequence: give at least one key")
    return [_key(key, f"shared_key: number {number}") for number, key in enumerate(shared_key, start=1)]


def _key(key: object, name: str) -> bytes:
    """Return *key* as bytes; an error shows nothing of it."""
    if not isinstance(key, (str, bytes)):
        raise ApiTypeError(f"{name} must be text (str) or bytes, not {type(key).__name__}")
    if not key:
        # With an empty key anybody could sign.
        raise ApiValueError(f"{name} is empty: is the setting that holds it missing?")
    if key != key.strip():
        raise ApiValueError(f"{name} has white space at an end: was it read from a file, with the end of its line?")
    if isinstance(key, bytes):
        return key
    try:
        return key.encode()  # of hidden text, hidden bytes
    except UnicodeEncodeError:
        pass  # raised outside of here, since this one holds the key
    raise ApiValueError(f"{name} is text that cannot be encoded: it has an unpaired surrogate")
