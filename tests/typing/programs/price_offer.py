"""Make an offer from a template, with a pricing table of what was ordered."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pandadoc_client import PandaDoc
from pandadoc_client.models import DocumentCreateResponse
from pandadoc_client.types import CreateDocumentRecipientDict, PricingTableRequestDict


@dataclass(frozen=True)
class Line:
    sku: str
    name: str
    price: Decimal
    quantity: int


def recipient(email: str, full_name: str) -> CreateDocumentRecipientDict:
    first, _, last = full_name.partition(" ")
    return {"email": email, "first_name": first, "last_name": last, "role": "Client"}


def pricing_table(lines: list[Line]) -> PricingTableRequestDict:
    return {
        "name": "Pricing Table 1",
        "data_merge": True,
        "options": {"currency": "EUR"},
        "sections": [
            {
                "title": "What you get",
                "default": True,
                "rows": [
                    {
                        "options": {"optional": False},
                        "data": {"Name": line.name, "Price": line.price, "QTY": line.quantity, "SKU": line.sku},
                    }
                    for line in lines
                ],
            }
        ],
    }


def offer(pd: PandaDoc, template_id: str, lines: list[Line]) -> DocumentCreateResponse:
    return pd.documents.create_document(
        {
            "name": f"Offer of {sum(line.price * line.quantity for line in lines)} EUR",
            "template_uuid": template_id,
            "recipients": [recipient("ada@example.com", "Ada Panda")],
            "tokens": [{"name": "Client.Company", "value": "Bamboo Ltd"}],
            "pricing_tables": [pricing_table(lines)],
            "metadata": {"total": sum(line.price * line.quantity for line in lines)},
        }
    )


def main() -> None:
    lines = [Line("B-1", "Bamboo", Decimal("19.90"), 10), Line("B-2", "Delivery", Decimal("4.00"), 1)]
    with PandaDoc() as pd:
        template = next(pd.templates.iterate_templates(max_items=1))
        made = offer(pd, template.id, lines)
        ready = pd.documents.wait_until(made.id, "document.draft", timeout=60)
        print(ready.name, ready.status)


if __name__ == "__main__":
    main()
