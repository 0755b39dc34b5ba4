"""The demo's second half: a document from its creation to the signed PDF, with the webhook that tells of it."""

from __future__ import annotations

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from urllib.parse import parse_qs, urlsplit

from pandadoc_client import PandaDoc, types, webhooks
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import OpenApiException

__all__ = ["Chain", "ChainError"]

_SECONDS = 20.0
_COMPLETED = "document.completed"
_DOCUMENT: types.DocumentCreateRequestDict = {
    "name": "Offer for bamboo",
    "url": "https://example.com/offer.pdf",
    "recipients": [{"email": "mei.lin@example.com", "first_name": "Mei", "last_name": "Lin", "role": "Client"}],
}


class ChainError(OpenApiException):
    """A step went otherwise than it should; the message says how."""


class Chain:
    """The everyday chain against an emulator, one method a step.

    Args:
        emulator: A running one, in the mode `state`.
        access_token: A token that works.

    Attributes:
        pandadoc: What makes the calls.
        secrets: What must not be shown, besides the token.
    """

    def __init__(self, emulator: Emulator, access_token: str) -> None:
        self._emulator = emulator
        self.pandadoc = PandaDoc(access_token=access_token, host=emulator.url)
        self.secrets: set[str] = set()
        self._received: SimpleQueue[tuple[str, dict[str, str], bytes]] = SimpleQueue()
        self._server = _receiver(self._received)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        self._document_id = ""

    def close(self) -> None:
        """Close what is open."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.pandadoc.close()

    def subscribe(self) -> str:
        """Ask for webhooks."""
        url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        subscription = self.pandadoc.webhook_subscriptions.create_webhook_subscription(
            {"name": "Demo", "url": url, "active": True, "triggers": ["document_state_changed"]}
        )
        self._key = str(subscription.shared_key)
        self.secrets.add(self._key)
        return f"deliveries go to {url}"

    def send(self) -> str:
        """Create a document, wait for its draft, and send it."""
        sent = self.pandadoc.documents.create_and_send(_DOCUMENT, {"subject": "Please sign", "silent": True})
        self._document_id = str(sent.id)
        # Whoever has the link of a recipient signs in their name.
        self.secrets |= {str(person["shared_link"]).rpartition("/")[2] for person in sent.to_dict()["recipients"]}
        return f"{sent.name}: {sent.status}"

    def sign(self) -> str:
        """Let the recipient sign, as a person does on the emulator's page."""
        document = self._emulator.service.complete(self._document_id)
        return f"Mei Lin has signed: {document['status']}"

    def hear(self) -> str:
        """Take the webhook that tells of it, and verify it."""
        while True:
            try:
                target, headers, body = self._received.get(timeout=_SECONDS)
            except Empty:
                raise ChainError("no webhook came") from None
            signature = parse_qs(urlsplit(target).query).get("signature", [""])[0]
            delivery = webhooks.parse(body, signature, self._key, headers=headers)
            if any(event.status == _COMPLETED for event in delivery.events):
                return f"verified: {delivery.events[0].event}, {_COMPLETED}"

    def download(self) -> str:
        """Save the PDF."""
        file = io.BytesIO()
        saved = self.pandadoc.documents.save_document(self._document_id, file, wait=_SECONDS)
        if not file.getvalue().startswith(b"%PDF-"):
            raise ChainError("what came is no PDF")
        return f"a PDF of {saved.size} bytes"


def _receiver(received: SimpleQueue[tuple[str, dict[str, str], bytes]]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            received.put((self.path, dict(self.headers.items()), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the demo tells what came."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)
