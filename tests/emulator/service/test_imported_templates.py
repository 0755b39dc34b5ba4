"""Templates of an account: imported by their details, and exported and imported again with equal details."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client.emulator import Emulator
from pandadoc_client.emulator.service.templates.importing import load_templates

from .support import Api, person

DETAILS: dict[str, Any] = {
    "id": "OwnTemplate00000000001",
    "name": "Lease",
    "date_created": "2025-01-02T03:04:05.000000Z",
    "date_modified": "2025-02-02T03:04:05.000000Z",
    "version": "2",
    "metadata": {"department": "housing"},
    "tags": ["lease"],
    "tokens": [{"name": "House.Number", "value": "7"}],
    "roles": [
        {"id": "role-of-tenant", "name": "Tenant", "signing_order": "1", "preassigned_person": None},
        {"id": "role-of-owner", "name": "Owner", "signing_order": "2", "preassigned_person": None},
    ],
    "fields": [
        {
            "uuid": "4d8ba8a0-0000-4000-8000-000000000001",
            "field_id": "Rent",
            "name": "Rent a month",
            "title": "Rent",
            "placeholder": "EUR",
            "type": "text",
            "value": "900",
            "merge_field": "lease.rent",
            "assigned_to": {"id": "role-of-tenant", "type": "role", "name": "Tenant"},
        },
        {
            "uuid": "4d8ba8a0-0000-4000-8000-000000000002",
            "field_id": "Signature1",
            "name": "Signature",
            "type": "signature",
            "value": {},
            "assigned_to": {"id": "x", "recipient_type": "signer", "role": "Owner", "type": "recipient"},
        },
    ],
    "pricing": {
        "tables": [
            {
                "id": "12",
                "name": "Costs",
                "total": "950",
                "is_included_in_total": True,
                "currency": "EUR",
                "items": [{"id": "a", "name": "Rent", "qty": "1", "price": "950", "subtotal": "950"}],
            }
        ],
        "quotes": [],
        "total": "950",
    },
    "content_placeholders": [{"uuid": "block", "block_id": "Annexes"}],
    "images": [{"name": "Floor plan", "block_uuid": "u", "urls": ["https://example.com/a.png"]}],
    "tables": [{"name": "Rooms"}],
}


def _made(api: Api, template: str, **more: Any) -> dict[str, Any]:
    people = [person("tenant@example.com", "Tenant"), person("owner@example.com", "Owner")]
    body = {"name": "Lease 7", "template_uuid": template, "recipients": people, **more}
    made: dict[str, Any] = api.call("detailsDocument", None, api.call("createDocument", body)["id"])
    return made


def test_a_document_is_made_from_an_imported_template(api: Api) -> None:
    assert api.emulator.import_template(DETAILS) == DETAILS["id"]
    shown = api.http.get(f"/public/v1/templates/{DETAILS['id']}/details").json()
    assert {name: shown[name] for name in DETAILS if name not in ("fields", "pricing", "tokens")} == {
        name: value for name, value in DETAILS.items() if name not in ("fields", "pricing", "tokens")
    }
    made = _made(api, DETAILS["id"])
    assert made["metadata"]["department"] == "housing"
    assert made["tokens"] == DETAILS["tokens"]
    rent, signature = made["fields"]
    assert (rent["value"], rent["merge_field"], rent["assigned_to"]["role"]) == ("900", "lease.rent", "Tenant")
    assert signature["assigned_to"]["email"] == "owner@example.com"
    (table,) = made["pricing"]["tables"]
    assert (table["name"], table["items"][0]["name"], table["total"]) == ("Costs", "Rent", "950")
    assert made["images"] == [{"name": "Floor plan"}]
    assert made["tables"] == [{"name": "Rooms"}]


def test_exported_and_imported_again_gives_equal_details(begin: Callable[..., Api]) -> None:
    first, second = begin(seed_data=True), begin(seed="another")
    first.emulator.import_template(DETAILS)
    for template in [item["id"] for item in first.call("listTemplates")["results"]]:
        shown = first.http.get(f"/public/v1/templates/{template}/details").json()
        second.emulator.import_template(json.loads(json.dumps(shown)))
        again = second.http.get(f"/public/v1/templates/{template}/details").json()
        # The folder is the other emulator's.
        assert again == shown


def test_details_of_a_document_make_a_template_without_its_values(begin: Callable[..., Api]) -> None:
    first, second = begin(), begin(seed="another")
    first.emulator.import_template(DETAILS)
    document = _made(first, DETAILS["id"])
    second.emulator.import_template(document)
    shown = second.call("detailsTemplate", None, document["id"])
    assert [role["name"] for role in shown["roles"]] == ["Tenant", "Owner"]
    assert [(field["name"], field.get("value")) for field in shown["fields"]] == [
        ("Rent a month", ""),
        ("Signature", {}),
    ]
    assert "tenant@example.com" not in json.dumps(shown)
    again = _made(second, document["id"])
    assert [field["assigned_to"]["role"] for field in again["fields"]] == ["Tenant", "Owner"]


def test_imported_templates_stay_over_a_reset_and_others_do_not() -> None:
    with Emulator(templates=[DETAILS]) as emulator:
        api = Api(emulator)
        emulator.import_template({"id": "second", "name": "Second"})
        emulator.import_template({"id": "second", "name": "Second, changed"})
        api.call("createTemplate", {"name": "not imported", "url": "https://example.com/a.pdf"})
        api.call("deleteTemplate", None, DETAILS["id"])
        emulator.reset()
        names = {item["name"] for item in api.call("listTemplates")["results"]}
        assert names == {"Lease", "Second, changed"}
        assert len(emulator.options.templates) == 2
        api.close()


def test_a_state_file_keeps_documents_and_gets_the_newer_template(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with Emulator(state_file=state, templates=[DETAILS]) as emulator:
        api = Api(emulator)
        made = _made(api, DETAILS["id"])["id"]
        api.close()
    with Emulator(state_file=state, templates=[{**DETAILS, "name": "Lease, 2nd edition"}]) as emulator:
        api = Api(emulator)
        assert api.call("statusTemplate", None, DETAILS["id"])["name"] == "Lease, 2nd edition"
        assert api.call("statusDocument", None, made)["name"] == "Lease 7"
        api.close()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": 5}, "id must be text"),
        ({"name": ""}, "name must be text"),
        ({"metadata": []}, "metadata must be an object"),
        ({"tags": [1]}, "tags[0] must be text"),
        ({"tokens": [{"value": "private"}]}, "tokens[0].name must be text"),
        ({"roles": {"name": "x"}}, "roles must be a list"),
        ({"roles": [{"id": "r"}]}, "roles[0].name must be text"),
        ({"fields": ["x"]}, "fields[0] must be an object"),
        ({"fields": [{"field_id": "a", "name": "a"}]}, "fields[0].type must be text"),
        ({"fields": [{"field_id": "a", "type": "text", "assigned_to": "private"}]}, "fields[0].assigned_to must be"),
        (
            {"fields": [{"field_id": "a", "type": "text", "assigned_to": {"role": "private"}}]},
            "fields[0].assigned_to: the template has no such role",
        ),
        ({"pricing": {"tables": [{"items": []}]}}, "pricing.tables[0].name must be text"),
        ({"pricing": {"tables": [{"name": "a", "items": [1]}]}}, "pricing.tables[0].items[0] must be an object"),
        ({"images": ["a.png"]}, "images[0] must be an object"),
    ],
)
def test_a_wrong_file_gets_an_error_that_names_the_file_and_the_field(
    change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "lease.json"
    path.write_text(json.dumps({**DETAILS, **change}), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(f"{path}: {message}")) as caught:
        load_templates(path)
    assert "private" not in str(caught.value)
    with pytest.raises(ValueError, match=r"^templates\[1\]: "):
        Emulator(templates=[DETAILS, {**DETAILS, **change}])


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[]", b"7"])
def test_what_is_no_details_is_refused_by_the_name_of_the_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.json: "):
        load_templates(tmp_path)


def test_a_folder_without_templates_and_examples_with_templates_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"the folder has no \.json files"):
        load_templates(tmp_path)
    with pytest.raises(ValueError, match="templates are for the mode state"):
        Emulator(mode="examples", templates=[DETAILS])


def test_library_items_go_into_content_placeholders_and_images_into_their_blocks(seeded: Api) -> None:
    seeded.emulator.import_template(DETAILS)
    item = seeded.call("listContentLibraryItems")["results"][0]
    placed = {
        "id": item["id"],
        "fields": {"Deposit": {"value": "1800", "role": "Tenant"}},
        "pricing_tables": [{"name": "Extras", "sections": [{"title": "a", "rows": [{"data": {"price": 5}}]}]}],
        "recipients": [{"email": "janitor@example.com", "first_name": "Jo", "role": "Janitor"}],
    }
    blocks = [{"block_id": "Annexes", "content_library_items": [placed]}, {"block_id": "no such block"}]
    image = {"name": "Floor plan", "urls": ["https://example.com/b.png"]}
    made = _made(seeded, DETAILS["id"], content_placeholders=blocks, images=[image, None])
    assert [one["email"] for one in made["recipients"]][-1] == "janitor@example.com"
    assert [field["value"] for field in made["fields"] if field["field_id"] == "Deposit"] == ["1800"]
    assert [table["name"] for table in made["pricing"]["tables"]] == ["Costs", "Extras"]
    assert made["images"] == [{"name": "Floor plan"}]
    assert {"name": item["name"]} in made["texts"]
    wrong = [{"block_id": "Annexes", "content_library_items": [{"id": "nothing"}]}]
    body = {"name": "a", "template_uuid": DETAILS["id"], "recipients": [], "content_placeholders": wrong}
    assert "content_placeholders[0].content_library_items[0].id" in json.dumps(
        seeded.refused(400, "createDocument", body)
    )


def test_a_seeded_template_has_the_role_user_and_the_names_of_the_examples(seeded: Api) -> None:
    (template,) = seeded.call("listTemplates", q="Order form")["results"]
    body = {
        "name": "Sample",
        "template_uuid": template["id"],
        "recipients": [person("josh@example.com", "user")],
        "fields": {"Favorite.Color": {"value": "green"}, "Like": {"value": True}},
        "tokens": [{"name": "Favorite.Pet", "value": "Panda"}],
        "images": [{"name": "Image 1", "urls": ["https://example.com/a.png"]}],
        "content_placeholders": [{"block_id": "Content Placeholder Block 1", "content_library_items": []}],
    }
    made = seeded.call("detailsDocument", None, seeded.call("createDocument", body)["id"])
    assert {field["field_id"]: field.get("value") for field in made["fields"]}["Favorite.Color"] == "green"
    assert all(field["assigned_to"]["role"] == "user" for field in made["fields"])
