"""The contract says what is secret, and one list of names comes from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pandadoc_client import models
from pandadoc_client._http.secrets import mask_secrets, names_of
from pandadoc_client.apis.secrets import SECRET_INPUTS, SECRET_NAMES, SECRET_NAMES_OF
from pandadoc_client.emulator.contract.secrets import secret_names, secret_parameters

from ..contract import CONTRACT, SCHEMAS, resolved

_NAMED = re.compile(
    r"(?i)token|secret|passcode|password|passwd|credential|signature|shared_link|_link$|^link$|(^|_)key$"
)
_DESCRIBED = re.compile(
    r"(?i)secret|password|credential|\btokens?\b|API key|shared key|session (id|key)|personal address|link by which"
    r"|address from which .* can be fetched|passcode|works once"
)
# What is named or described like a secret and is none, with the reason.
NO_SECRETS = {
    "token_type": "says how a token is sent",
    "scope": "what a token allows",
    "tokens": "variables of a document: names and texts that stand in it",
    "data": "a form of a new document, which has such variables",
    "signature_date": "a time",
    "detail": "prose about a refusal",
    "WebhookEventDetailsResponse.signature": "proves who made one delivery; the key cannot be found from it",
    "AIMetadataField.key": "the name of a field",
    "DocumentSearchClmMetadata.key": "the name of an entry",
    "RecipientVerificationSettings.email_otp_verification.email": "where the one-time password goes",
    "member_id": "an identifier, of no use without a credential",
}
# The fields with which somebody who has no credential of the API can get in, or read.
SECRETS = {
    "APILogDetailsResponse.key",
    "BaseEditingSessionResponse.key",
    "BaseEditingSessionResponse.token",
    "CollectFile.value.url",
    "CreateApiKeyResponse.key",
    "CreateMemberTokenResponse.token",
    "CreateNotarizationResponse.invitees.notarization_link",
    "DocumentCreateLinkResponse.id",
    "DocumentDetailsRecipient.shared_link",
    "DocumentDetailsRecipientGroupMember.shared_link",
    "DocumentDetailsResponseRecipients.shared_link",
    "DocumentSendResponse.recipients.shared_link",
    "DocxExportTaskResponse.docx_items.url",
    "NotarizationRequestDetailsResponse.recording.url",
    "NotarizationRequestDetailsResponse.signed_documents.url",
    "OAuth2AccessTokenResponse.access_token",
    "OAuth2AccessTokenResponse.refresh_token",
    "OAuth2CreateAccessTokenRequest.client_secret",
    "OAuth2CreateAccessTokenRequest.code",
    "OAuth2RefreshAccessTokenRequest.client_secret",
    "OAuth2RefreshAccessTokenRequest.refresh_token",
    "RecipientVerificationSettings.passcode_verification.passcode",
    "WebhookSubscriptionItemResponse.shared_key",
    "WebhookSubscriptionSharedKeyResponse.shared_key",
}


def fields(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every field of the schema at *place*, by its path, without following references."""
    if isinstance(node, list):
        for item in node:
            yield from fields(item, place)
    elif isinstance(node, dict):
        for name, field in (node.get("properties") or {}).items():
            yield f"{place}.{name}", field
            yield from fields(field, f"{place}.{name}")
        for key in ("items", "allOf", "oneOf", "anyOf", "additionalProperties"):
            yield from fields(node.get(key), place)


def every_field() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, schema in SCHEMAS.items():
        yield from fields(schema, name)
    for kind in ("responses", "requestBodies"):
        for name, part in CONTRACT["components"].get(kind, {}).items():
            for media in resolved(part).get("content", {}).values():
                yield from fields(media["schema"], name)
    for path, item in CONTRACT["paths"].items():
        for method, operation in item.items():
            if not isinstance(operation, dict):
                continue
            parts = [operation.get("requestBody") or {}, *operation.get("responses", {}).values()]
            for part in parts:
                for media in part.get("content", {}).values():
                    yield from fields(media.get("schema"), f"{method} {path}")
            for parameter in operation.get("parameters", ()):
                found = resolved(parameter)
                about = {**resolved(found["schema"]), "description": found.get("description", "")}
                yield f"{method} {path}.{found['name']}", about


def looks_secret(place: str, schema: dict[str, Any]) -> bool:
    about = resolved(schema)
    is_text = about.get("type", "string") == "string" and "enum" not in about
    described = str(schema.get("description", ""))
    return is_text and bool(_NAMED.search(place.rpartition(".")[2]) or _DESCRIBED.search(described))


def test_what_is_named_or_described_like_a_secret_is_marked_or_has_a_reason() -> None:
    unmarked = [
        place
        for place, schema in every_field()
        if looks_secret(place, schema) and resolved(schema).get("format") != "password"
    ]
    excused = {name for place in unmarked for name in (place, place.rpartition(".")[2]) if name in NO_SECRETS}
    assert [place for place in unmarked if not {place, place.rpartition(".")[2]} & excused] == []
    assert set(NO_SECRETS) - excused == set(), "these reasons are not needed any more"


def test_the_fields_that_let_somebody_in_are_marked_and_no_others() -> None:
    assert {place for place, schema in every_field() if resolved(schema).get("format") == "password"} == SECRETS


@pytest.mark.parametrize("place", sorted(SECRETS))
def test_the_repr_of_what_holds_a_secret_masks_it(place: str) -> None:
    """Whatever way leads to it: the model is made of a response that has the field where the contract has it."""
    name, *path = place.split(".")
    value: Any = "MARKER-secret"
    for step in reversed(path):
        value = {step: [value] if step in ("recipients", "invitees", "signed_documents", "docx_items") else value}
    if not hasattr(models, name):
        pytest.skip("a part of other models, which has no class of its own")
    model = getattr(models, name).from_dict(value)
    assert "MARKER-secret" not in f"{model!r} {model}"
    assert "MARKER-secret" in f"{model.to_dict()} {model.to_str()}", "what is asked for is there"


def test_a_secret_that_no_model_knows_is_masked_by_its_name() -> None:
    details = models.MemberDetailsResponse.from_dict(
        {"extra": [{"shared_link": "MARKER-1"}], "access_token": "MARKER-2"}
    )
    assert "MARKER" not in repr(details)


def test_no_name_is_both_secret_everywhere_and_something_else_somewhere() -> None:
    for place, schema in every_field():
        if place.rpartition(".")[2] in SECRET_NAMES:
            assert resolved(schema).get("format") == "password", place


def test_names_that_are_secret_in_some_places_belong_to_their_operations() -> None:
    assert {"client_secret", "code", "refresh_token"} == SECRET_INPUTS
    assert SECRET_NAMES_OF["create_api_key"] == {"key"}
    assert SECRET_NAMES_OF["create_document_link"] == {"id"}
    assert "key" in names_of("create_api_key")
    assert "key" not in names_of("list_documents")
    text = json.dumps({"key": "MARKER", "id": "x"})
    assert "MARKER" not in mask_secrets(text, operation="create_api_key")
    assert mask_secrets(text) == text


def test_the_emulator_reads_the_same_names_from_the_contract() -> None:
    """It shares no code with the client, so the two are compared."""
    assert secret_names() >= SECRET_NAMES
    assert secret_parameters() >= SECRET_INPUTS


@pytest.mark.parametrize(
    "text",
    [
        '{"token": "MARKER"}',
        '{"passcode":"MARKER"}',
        '{"shared_link": "https://app.example.com/document/MARKER"}',
        '{"notarization_link": "https://MARKER"}',
        "{'shared_key': 'MARKER'}",
        r'{"body": "{\"token\": \"MARKER\"}"}',
        '{"token": "MARKER',
        "token=MARKER&x=1",
        "https://example.com/cb?code=MARKER&state=1",
        "the token 5606722917MARKER is unknown",
        "{'Set-Cookie': 'session=MARKER; path=/'}",
        "Authorization: Bearer MARKER",
    ],
)
def test_a_message_masks_what_stands_under_a_secret_name(text: str) -> None:
    assert "MARKER" not in mask_secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "Invalid token: it has expired",
        '{"tokens": [{"name": "Client.Name"}], "token_type": "Bearer"}',
        '{"code": "not_found", "id": "x", "url": "https://example.com", "key": "Counterparty"}',
        "The passcode must have a letter and a digit",
    ],
)
def test_a_message_keeps_what_is_no_secret(text: str) -> None:
    assert mask_secrets(text) == text
