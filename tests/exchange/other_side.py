"""The other side of a gateway for tests: real keys, and a small real server that answers as it is told. 对端"""

from __future__ import annotations

import base64
import datetime as dt
import functools
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from werkzeug import Request, Response
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.ERROR)

Reply = Callable[[Request], Response]


@functools.cache
def _made(_: str, bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A private key, the same for the same name within a run."""
    return _made(name, bits)


def private_pem(name: str, bits: int = 2048) -> bytes:
    return key(name, bits).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(name: str) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key(name).public_key().public_bytes(serialization.Encoding.PEM, form)


def certificate_pem(name: str, *, serial: int, begins: dt.datetime, ends: dt.datetime) -> bytes:
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key(name).public_key())
    made = made.serial_number(serial).not_valid_before(begins).not_valid_after(ends)
    return made.sign(key(name), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def signed(name: str, content: bytes, with_hash: hashes.HashAlgorithm | None = None) -> str:
    return base64.b64encode(key(name).sign(content, padding.PKCS1v15(), with_hash or hashes.SHA256())).decode()


def verified(name: str, content: bytes, signature: str) -> None:
    """Raise unless that key signed this."""
    key(name).public_key().verify(base64.b64decode(signature), content, padding.PKCS1v15(), hashes.SHA256())


class Server:
    """Answers requests in the planned order and keeps what was asked."""

    def __init__(self) -> None:
        self.replies: deque[Reply] = deque()
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    def __call__(self, environ, start):
        request = Request(environ)
        path = environ["REQUEST_URI"]
        self.asked.append((request.method, path, dict(request.headers), request.get_data()))
        reply = self.replies.popleft() if self.replies else lambda _: Response("nothing planned", 500)
        return reply(request)(environ, start)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its address while it runs."""
        server = make_server("127.0.0.1", 0, self, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(10)
            server.server_close()
