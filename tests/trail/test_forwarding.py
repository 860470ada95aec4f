"""The trail arrives at real collectors, in order, each block at least once, without a name or a number. 外送"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from tests.enrolment.building import AT, child, clerk, organisation
from yingbao.jobs.trail import keep_up, verify_and_note
from yingbao.people.looks import looked
from yingbao.people.models import IdentityDocument
from yingbao.trail.chaining import extend
from yingbao.trail.events import note
from yingbao.trail.forwarding import forward
from yingbao.trail.models import Block, Event, Forwarded
from yingbao.trail.syslog import LONGEST_OCTETS, destination, message
from yingbao.values.refusal import Refused

LINE = re.compile(rb"<(\d+)>1 (\S+) (\S+) yingbao - (\w+) \[yingbao@32473 (.*)\]", re.S)


def events(count: int) -> None:
    for number in range(count):
        note(what="sign_in", user=None, organisation=None, about=f"try {number}", at=AT)


def values_of(one: bytes) -> dict[str, str]:
    found = LINE.fullmatch(one)
    assert found, one
    return dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found[5].decode()))


def octets_counted(heard: bytes) -> list[bytes]:
    messages = []
    while heard:
        length, _, rest = heard.partition(b" ")
        messages.append(rest[: int(length)])
        heard = rest[int(length) :]
    return messages


class Listener:
    """A collector on a stream: keeps what it hears until the sender says that it is done."""

    def __init__(self, context: ssl.SSLContext | None = None, *, deaf_for: int = 0) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.context, self.deaf_for = context, deaf_for
        self.heard: list[bytes] = []
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self) -> None:
        while True:
            try:
                way, _ = self.socket.accept()
            except OSError:
                return
            if self.deaf_for:
                self.deaf_for -= 1
                # Unread data and an immediate close: the sender is told by a reset.
                way.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                way.close()
                continue
            if self.context:
                way = self.context.wrap_socket(way, server_side=True)
            heard = b""
            while more := way.recv(65_536):
                heard += more
            self.heard += octets_counted(heard)
            if self.context:
                way = way.unwrap()
            way.close()

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


@contextmanager
def listening(context: ssl.SSLContext | None = None, *, deaf_for: int = 0) -> Iterator[Listener]:
    listener = Listener(context, deaf_for=deaf_for)
    try:
        yield listener
    finally:
        listener.close()


@pytest.mark.django_db
def test_a_udp_collector_hears_each_row_and_then_its_block():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
        collector.bind(("127.0.0.1", 0))
        collector.settimeout(5)
        events(3)
        extend(at=AT)
        assert forward(to=f"udp://127.0.0.1:{collector.getsockname()[1]}", at=AT) == 1
        heard = [collector.recv(4096) for _ in range(4)]
    block = Block.objects.get()
    assert [values_of(one).get("row") for one in heard] == [*map(str, block.ids), None]
    assert values_of(heard[3])["digest"] == bytes(block.digest).hex()
    assert values_of(heard[0])["digest"] == bytes(block.digests)[:32].hex()
    priority, moment, _, kind, _ = LINE.fullmatch(heard[0]).groups()
    assert (priority, moment, kind) == (b"110", b"2019-11-12T02:00:00.000000Z", b"event")


@pytest.mark.django_db
def test_a_tcp_collector_hears_everything_once_and_in_order():
    with listening() as collector:
        to = f"tcp://127.0.0.1:{collector.port}"
        for _ in range(3):
            events(20)
            extend(at=AT)
        assert forward(to=to, at=AT) == 3
        assert forward(to=to, at=AT) == 0
        events(1)
        extend(at=AT)
        assert forward(to=to, at=AT) == 1
        said = [values_of(one) for one in collector.heard]
    rows = [int(one["row"]) for one in said if "row" in one]
    assert rows == sorted(rows) == list(Event.objects.order_by("id").values_list("id", flat=True))
    assert [one["number"] for one in said if "number" in one] == ["1", "2", "3", "4"]
    links = [(one["previous"], one["digest"]) for one in said if "number" in one]
    assert [before for before, _ in links[1:]] == [digest for _, digest in links[:-1]]


@pytest.mark.django_db
def test_what_broke_off_is_sent_again_whole():
    events(2_000)
    extend(at=AT)
    with listening(deaf_for=1) as collector:
        to = f"tcp://127.0.0.1:{collector.port}"
        assert forward(to=to, at=AT) == 0
        broken = Forwarded.objects.get()
        assert (broken.number, broken.at) == (0, None)
        assert broken.fault
        assert forward(to=to, at=AT) == 1
        assert len(collector.heard) == 2_001
    assert (Forwarded.objects.get().number, Forwarded.objects.get().fault) == (1, "")


@pytest.mark.django_db
def test_a_collector_that_is_away_is_noted_and_nothing_is_lost():
    with listening() as collector:
        port = collector.port
    events(1)
    extend(at=AT)
    assert forward(to=f"tcp://127.0.0.1:{port}", at=AT) == 0
    assert "refused" in Forwarded.objects.get().fault.lower()


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "collector")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "collector.pem", folder / "collector.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return public, private


@pytest.mark.django_db
def test_over_tls_the_collector_has_to_be_the_one_that_is_trusted(tmp_path: Path):
    public, private = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    events(2)
    extend(at=AT)
    with listening(context) as collector:
        assert forward(to=f"tls://localhost:{collector.port}?ca={public}", at=AT) == 1
        assert [values_of(one)["table"] for one in collector.heard] == ["trail_event"] * 3
    with listening() as stranger:
        # Not even the handshake: what answers there speaks no TLS.
        stranger.deaf_for = 1
        assert forward(to=f"tls://localhost:{stranger.port}?ca={public}", at=AT) == 0


@pytest.mark.django_db
def test_a_local_socket_takes_datagrams(tmp_path: Path):
    address = str(tmp_path / "log")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as collector:
        collector.bind(address)
        collector.settimeout(5)
        events(1)
        extend(at=AT)
        assert forward(to=f"unix://{address}", at=AT) == 1
        assert [values_of(collector.recv(4096))["table"] for _ in range(2)] == ["trail_event"] * 2


@pytest.mark.django_db
def test_no_name_number_or_free_text_leaves_the_house():
    school = organisation()
    pupil, officer = child(school, name="张小明"), clerk(school)
    looked(user=officer.user, organisation=school, what="page", person=pupil, reason="母亲 13812345678 来电", at=AT)
    extend(at=AT)
    with listening() as collector:
        forward(to=f"tcp://127.0.0.1:{collector.port}", at=AT)
        heard = b"\n".join(collector.heard).decode()
    assert 'fields="' in heard
    masked = IdentityDocument.objects.get(person=pupil).number_masked
    for secret in ("张小明", "zhang", "2012-05-04", "13812345678", masked):
        assert secret not in heard


@pytest.mark.django_db
def test_each_minute_seals_and_sends_and_each_night_verifies(monkeypatch: pytest.MonkeyPatch):
    events(2)
    with listening() as collector:
        monkeypatch.setattr(settings, "SYSLOG", f"tcp://127.0.0.1:{collector.port}")
        keep_up(at=AT)
        assert len(collector.heard) == 3
        report = verify_and_note(at=AT)
        keep_up(at=AT)
        assert values_of(collector.heard[3])["what"] == "chain_verified"
    noted = Event.objects.get(what="chain_verified")
    assert (noted.said["rows"], noted.said["digest"], noted.said["count"]) == (2, report.last_digest, 0)


def test_values_are_escaped_and_long_messages_cut_as_the_standard_says():
    one = message("event", {"what": 'a "b" ]c\\', "line": "one\ntwo"}, at=AT)
    assert one.endswith(b'[yingbao@32473 what="a \\"b\\" \\]c\\\\" line="one?two"]')
    long = message("event", {f"name{number}": "长" * 200 for number in range(20)}, at=AT)
    assert len(long) <= LONGEST_OCTETS
    assert LINE.fullmatch(long)


@pytest.mark.parametrize("wrong", ["", "host", "http://host", "udp://", "tcp://host:port", "unix://", "tcp://host:0"])
def test_an_address_that_is_none_is_refused_with_what_to_write(wrong: str):
    with pytest.raises(Refused, match="YINGBAO_SYSLOG"):
        destination(wrong)
