"""What the chain of creating and sending a document checks beforehand, and what it makes of errors on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from pandadoc_client._calls.encoding import encode_body
from pandadoc_client._flows.notifier import check_listening
from pandadoc_client._flows.steps import DocumentStepError, Pace, Patience
from pandadoc_client._http.clock import monotonic
from pandadoc_client.exceptions import ApiTypeError, OpenApiException

__all__ = ["Sending", "step"]

_OPTIONS = frozenset({"timeout", "waker", "pace", "clock", "sleep"})


class Sending:
    """How a document is to be sent, checked before it is created.

    Args:
        send: The request, a model or a mapping; None for the defaults.
        options: Options of the wait.

    Raises:
        ApiTypeError: The request is neither, or holds what JSON does not know, or an option is unknown or of the wrong
            type.
        ApiValueError: The request or an option has a value that cannot be right.
    """

    def __init__(self, send: Any, **options: Any) -> None:
        from pandadoc_client.model.document_send_request import DocumentSendRequest

        if send is not None and not isinstance(send, Mapping | DocumentSendRequest):
            raise ApiTypeError(f"send must be a DocumentSendRequest or a dict, not {type(send).__name__}", ["send"])
        unknown = sorted(options.keys() - _OPTIONS)
        if unknown:
            raise ApiTypeError(f"Got an unexpected argument '{unknown[0]}'", [unknown[0]])
        Patience(options.get("timeout", 0), options.get("pace", Pace()), options.get("clock", monotonic))
        check_listening(options.get("waker"), options.get("sleep", time.sleep))
        self.body = dict(send) if isinstance(send, Mapping) else {} if send is None else send
        encode_body("application/json", self.body, [], name="send")  # later the document would exist
        self.options = options

    def creation(self, api: Any, document: Any, file: Any) -> tuple[Callable[..., Any], dict[str, Any]]:
        """Return the operation that creates the document, and its arguments."""
        if file is None:
            return api.create_document, {"document_create_request": document}
        return api.create_document_from_upload, {"file": file, "data": document}

    def created(self, response: Any) -> str:
        """Return the id of the document that was created.

        Raises:
            DocumentStepError: The response names none.
        """
        found = getattr(response, "id", None)
        if not isinstance(found, str) or not found:
            raise DocumentStepError(None, "create")
        return found


@contextmanager
def step(document_id: str, name: str) -> Generator[None]:
    """Turn what fails within into an error that names the document.

    Raises:
        DocumentStepError: Something failed; it is the cause.
    """
    try:
        yield
    except DocumentStepError as error:  # it names the document already, but not the step
        raise DocumentStepError(document_id, name, error.__cause__) from error.__cause__
    except OpenApiException as error:
        raise DocumentStepError(document_id, name, error) from error
    except BaseException as error:
        error.add_note(f"Document {document_id} exists.")  # who is interrupted must not lose it, either
        raise
