"""A certificate authority that nobody knows, a server with its certificate, and proxies, over real sockets."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import socketserver
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .support import Server, read_request, serving

NAME = "api.pandadoc.test"
"""A host that no resolver knows: only a proxy brings a request there."""
BODY = b'{"access_token": "t", "email": "a@b.example"}'
"""What a server answers to everything: it passes for a token, and for a member."""
VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "SSLKEYLOGFILE")


@dataclass(frozen=True)
class Authority:
    """Files of a made-up authority, and of a server's certificate that it has signed.

    Attributes:
        ca: PEM file with its certificate.
        folder: A folder with that by its hash, as OpenSSL looks for it.
        server: PEM file with the server's key and certificate.
    """

    ca: Path
    folder: Path
    server: Path


def make_authority(at: Path) -> Authority:
    """Make an authority that signs for 127.0.0.1, localhost and `NAME`, for a day."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Authority of {at.name}")])
    usage: dict[str, bool] = dict.fromkeys(
        (
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    ca = (
        _builder(ca_name, ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{**usage, "key_cert_sign": True}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    names = [
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.DNSName("localhost"),
        x509.DNSName(NAME),
    ]
    certificate = (
        _builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)]), ca_name, key.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    made = Authority(at / "ca.pem", at / "hashed", at / "server.pem")
    made.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made.server.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    made.folder.mkdir()
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(made.ca)]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    (made.folder / f"{name}.0").write_bytes(made.ca.read_bytes())
    return made


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
    )


def answer(server: Server, connection: socket.socket) -> None:
    """Answer with `BODY`."""
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(BODY)}\r\nConnection: close\r\n\r\n"
    connection.sendall(head.encode() + BODY)
    while connection.recv(65536):  # a request with an unread body would reset the connection
        pass


@contextlib.contextmanager
def serving_tls(authority: Authority) -> Iterator[int]:
    """Answer over TLS on a port of 127.0.0.1, which this yields."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.server)
    with serving(answer, context) as server:
        yield server.server_address[1]


class Proxy(socketserver.ThreadingTCPServer):
    """Passes on what reaches it to the ports that it knows hosts by, and notes where to.

    Attributes:
        seen: What it was asked for: host and port, or a whole URL.
        headers: The heads of the requests that it got, where it speaks HTTP.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, ports: dict[str, int], protocol: str, tls: ssl.SSLContext | None = None) -> None:
        self.ports = ports
        self.protocol = protocol
        self.seen: list[str] = []
        self.heads: list[str] = []
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    @property
    def url(self) -> str:
        return f"{self.protocol}://127.0.0.1:{self.server_address[1]}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        with contextlib.suppress(OSError):
            (self._socks if self.protocol.startswith("socks") else self._http)(request)

    def _http(self, client: socket.socket) -> None:
        head = read_request(client)
        self.heads.append(head.decode("latin-1"))
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        self.seen.append(target)
        if method == "CONNECT":
            with self._upstream(target.rpartition(":")[0]) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _relay(client, server)
            return
        parts = urlsplit(target)
        with self._upstream(parts.hostname or "") as server:
            server.sendall(head.replace(target.encode(), (parts.path or "/").encode(), 1))
            _relay(client, server)

    def _socks(self, client: socket.socket) -> None:
        """SOCKS 5 (RFC 1928) without authentication, as far as a client needs it that connects to a name."""
        client.recv(2 + 255)
        client.sendall(b"\x05\x00")
        *_, kind, length = client.recv(5)
        assert kind == 3
        host, (port,) = client.recv(length).decode(), struct.unpack(">H", client.recv(2))
        self.seen.append(f"{host}:{port}")
        with self._upstream(host) as server:
            client.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
            _relay(client, server)

    def _upstream(self, host: str) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.ports[host]), timeout=30)


def _relay(client: socket.socket, server: socket.socket) -> None:
    def pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=pump, args=(server, client), daemon=True)
    back.start()
    pump(client, server)
    back.join()


@contextlib.contextmanager
def proxying(ports: dict[str, int], protocol: str = "http", tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    """Run a proxy that speaks ``http``, ``https`` or ``socks5`` and knows where *ports* are."""
    proxy = Proxy(ports, protocol, tls)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()
