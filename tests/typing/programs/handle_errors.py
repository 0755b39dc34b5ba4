"""Tell apart what can go wrong with a call, and do the right thing for each."""

from __future__ import annotations

from pandadoc_client import ApiException, PandaDoc
from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiTimeoutError,
    BadRequestException,
    ConflictException,
    NotFoundException,
    TooManyRequestsException,
)


def outcome_of_sending(pd: PandaDoc, document_id: str) -> str:
    try:
        sent = pd.documents.send_document(document_id, {"subject": "Please sign", "silent": True})
    except NotFoundException:
        return "there is no such document"
    except ConflictException as error:
        return f"it is not ready to be sent: {error.detail}"
    except BadRequestException as error:
        places = ", ".join(error.errors or {}) or "the request"
        return f"{places}: {error.detail}"
    except TooManyRequestsException as error:
        return f"again in {error.retry_after or 1:.0f} seconds"
    except (ApiConnectionError, ApiTimeoutError) as error:
        return f"no response: {error.reason}"
    except ApiException as error:
        return f"{error.status} {error.type}, reference {error.request_id}"
    return f"sent to {len(sent.recipients or ())} recipients"


def main() -> None:
    with PandaDoc() as pd:
        print(outcome_of_sending(pd, "nowhere"))
        made = pd.documents.create_document({"name": "New", "url": "https://example.com/a.pdf"})
        print(outcome_of_sending(pd, made.id))
        draft = pd.documents.wait_until(made.id, "document.draft", timeout=60)
        print(outcome_of_sending(pd, draft.id))


if __name__ == "__main__":
    main()
