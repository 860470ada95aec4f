"""A message of the trail as RFC 5424 says, and the ways to a collector. 系统日志

Facility 13, log audit. Values are ids, words and masks; what a person wrote, names and numbers stay here.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import SplitResult, parse_qs, urlsplit

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

AUDIT_INFORMATIONAL = 13 * 8 + 6
AUDIT_CRITICAL = 13 * 8 + 2
ELEMENT = "yingbao@32473"
"""32473 is the enterprise number that RFC 5612 keeps for examples: the platform has none of its own."""
LONGEST_OCTETS = 2048
"""what every receiver should take, RFC 5424 6.1"""
LONGEST_VALUE = 300
TIMEOUT_SECONDS = 10
PORTS = {"udp": 514, "tcp": 601, "tls": 6514, "unix": 0}

Send = Callable[[bytes], None]


def message(kind: str, said: Mapping[str, object], *, at: datetime, critical: bool = False) -> bytes:
    """One message; `kind` is its MSGID, `said` its structured data. 组成消息"""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    priority = AUDIT_CRITICAL if critical else AUDIT_INFORMATIONAL
    host = "".join(letter for letter in socket.gethostname() if "!" <= letter <= "~")[:255] or "-"
    head = f"<{priority}>1 {moment} {host} yingbao - {kind} "
    values = [f'{name}="{_escaped(value)}"' for name, value in said.items() if value is not None]
    while values and len(f"{head}[{ELEMENT} {' '.join(values)}]".encode()) > LONGEST_OCTETS:
        values.pop()
    return f"{head}[{' '.join([ELEMENT, *values])}]".encode()


def _escaped(value: object) -> str:
    text = "".join(letter if letter.isprintable() else "?" for letter in str(value)[:LONGEST_VALUE])
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


def destination(url: str) -> SplitResult:
    """Where YINGBAO_SYSLOG leads: udp://host:514, tcp://host:601, tls://host:6514?ca=file, unix:///dev/log. 目的地"""
    parts = urlsplit(url)
    try:
        fits = parts.scheme in PORTS and bool(parts.path if parts.scheme == "unix" else parts.hostname)
        fits = fits and parts.port != 0
    except ValueError:  # a port that is no number
        fits = False
    if not fits:
        raise Refused(
            where="YINGBAO_SYSLOG",
            what=Text("不是系统日志的地址", "this is no address of a syslog"),
            mend=Text(
                "写成 udp://主机:514、tcp://主机:601、tls://主机:6514 或 unix:///dev/log",
                "write udp://host:514, tcp://host:601, tls://host:6514 or unix:///dev/log",
            ),
        )
    return parts


@contextmanager
def opened(url: str) -> Iterator[Send]:
    """A way to the collector; when the block ends well, everything has been handed over. 连接

    Over UDP and to a local socket one message is one datagram. Over TCP and TLS each message is preceded by its
    length (RFC 6587, RFC 5425), and the end waits for the other side to close: it has read all that came before.
    """
    parts = destination(url)
    if parts.scheme == "udp":
        family, _, _, _, address = socket.getaddrinfo(
            parts.hostname, parts.port or PORTS["udp"], type=socket.SOCK_DGRAM
        )[0]
        with socket.socket(family, socket.SOCK_DGRAM) as way:
            way.connect(address)
            yield way.sendall
    elif parts.scheme == "unix":
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
            way.settimeout(TIMEOUT_SECONDS)
            way.connect(parts.path)
            yield way.sendall
    else:
        plain = socket.create_connection((parts.hostname, parts.port or PORTS[parts.scheme]), TIMEOUT_SECONDS)
        with _secured(plain, parts) if parts.scheme == "tls" else plain as way:
            yield lambda one: way.sendall(b"%d %s" % (len(one), one))
            _ended(way)


def _secured(plain: socket.socket, parts: SplitResult) -> ssl.SSLSocket:
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    context = ssl.create_default_context(cafile=asked.get("ca"))
    if "cert" in asked:
        context.load_cert_chain(asked["cert"], asked.get("key"))
    try:
        return context.wrap_socket(plain, server_hostname=parts.hostname)
    except BaseException:
        plain.close()
        raise


def _ended(way: socket.socket) -> None:
    """Say that nothing more comes, and wait until the other side has read it."""
    if isinstance(way, ssl.SSLSocket):
        way.unwrap().close()
        return
    way.shutdown(socket.SHUT_WR)
    while way.recv(4096):
        pass
