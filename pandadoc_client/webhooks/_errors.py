"""What can be wrong with a delivery.

The tree::

    ApiException
    └── WebhookError
        ├── WebhookSignatureError           it is not PandaDoc's, or not for this shared key
        ├── WebhookDecodeError (ApiDecodeError)
        └── WebhookInProgressError          another worker handles it at this moment

No message holds a key, a signature or anything of the body.
"""

from __future__ import annotations

from typing import ClassVar

from pandadoc_client.exceptions import ApiDecodeError, ApiException

__all__ = ["WebhookDecodeError", "WebhookError", "WebhookInProgressError", "WebhookSignatureError"]


class WebhookError(ApiException):
    """A delivery is not to be handled.

    Attributes:
        answer: HTTP status that the receiver should answer with.
        reason: What is wrong; the text of the error. It may be shown to the sender.
        status: None, since this is not about a response of PandaDoc's.
    """

    answer: ClassVar[int] = 400

    def __init__(self, problem: str) -> None:
        super().__init__(None, problem)
        self.args = (problem,)

    def __str__(self) -> str:
        return str(self.reason)


class WebhookSignatureError(WebhookError):
    """The signature is missing, or is not that of this body with any of the shared keys."""

    answer = 401


class WebhookDecodeError(WebhookError, ApiDecodeError):
    """The signature is right, and the body is no JSON.

    Attributes:
        body: The body as text; what is not UTF-8 in it is replaced. The message does not show it.
    """


class WebhookInProgressError(WebhookError):
    """Another worker is handling this event, and may yet fail: a response that is no 2xx has PandaDoc send it again."""

    answer = 503
