"""Calls to the outside and strict reading of what comes from there: bounded in size, time and kind. 外部报文

Nothing in this module logs, and no error carries content of a message.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import NoReturn

import httpx
import msgspec

from yingbao.exchange.gateway import Unsure
from yingbao.values.clock import CHINA

LONGEST_ANSWER = 1024 * 1024
LONGEST_BILL = 256 * 1024 * 1024
ANSWER_SECONDS = 10.0
BILL_SECONDS = 300.0
_TIMES = httpx.Timeout(5.0, connect=3.0)
_CHINA_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d{1,6})?", re.ASCII)

# Both name addresses with tokens and, at their finest, headers with signatures.
for _noisy in ("httpx", "httpcore"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)


class Unreadable(ValueError):
    """A message without the form it must have; the words name fields and never their content. 无法解读"""


@contextmanager
def reading() -> Iterator[None]:
    """Within it, an answer that cannot be read is an outcome that is not known."""
    try:
        yield
    except Unreadable as error:
        raise Unsure(str(error)) from None


class Received(msgspec.Struct, frozen=True):
    """An answer as it came over the wire, body undecoded. 原始应答"""

    status: int
    headers: httpx.Headers
    body: bytes


def line() -> httpx.Client:
    """A client that follows no redirect, takes nothing from the environment and does not wait for long. 连接"""
    return httpx.Client(timeout=_TIMES, follow_redirects=False, trust_env=False)


def call(
    client: httpx.Client,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes = b"",
    longest: int = LONGEST_ANSWER,
    seconds: float = ANSWER_SECONDS,
) -> Received:
    """Send one request and read the answer; Unsure on time-out, broken connection, or more than `longest` bytes."""
    until = time.monotonic() + seconds
    body = bytearray()
    # Signatures cover the bytes as sent, so none may be packed on the way.
    sent = {"User-Agent": "yingbao", "Accept-Encoding": "identity", **headers}
    try:
        with client.stream(method, url, headers=sent, content=content) as answer:
            for piece in answer.iter_raw():
                body += piece
                if len(body) > longest:
                    raise Unsure("the answer is too long")
                # The client's own limit is per read: a sender that drips would hold the line for ever.
                if time.monotonic() > until:
                    raise Unsure("the answer takes too long")
            return Received(answer.status_code, answer.headers, bytes(body))
    except httpx.TimeoutException:
        raise Unsure("no answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL):
        raise Unsure("the connection failed") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a field stands twice")
    return found


def _no_constant(_: str) -> NoReturn:
    raise Unreadable("not a number")


DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


class Fields:
    """A JSON object whose fields are taken out one by one, each of the kind it must be. 字段"""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    @classmethod
    def of(cls, body: bytes) -> Fields:
        """The object that the bytes spell, each field once."""
        try:
            found = DECODER.decode(body.decode())
        except Unreadable:
            raise
        except (ValueError, RecursionError):
            raise Unreadable("no JSON") from None
        if not isinstance(found, dict):
            raise Unreadable("no JSON object")
        return cls(found)

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) not in (None, "")

    def text(self, name: str, *, longest: int = 128) -> str:
        """A printable text that is not empty."""
        value = self._values.get(name)
        if not isinstance(value, str) or not value or len(value) > longest or not value.isprintable():
            raise Unreadable(f"{name} is no text")
        return value

    def text_or_none(self, name: str, *, longest: int = 128) -> str:
        """A text, empty where the field is missing or empty."""
        return self.text(name, longest=longest) if name in self else ""

    def fen(self, name: str) -> int:
        """A whole number of fen, not below zero."""
        value = self._values.get(name)
        if type(value) is not int or not 0 <= value < 10**13:
            raise Unreadable(f"{name} is no amount in fen")
        return value

    def part(self, name: str) -> Fields:
        """An object inside this one."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise Unreadable(f"{name} is no object")
        return Fields(value)

    def whole(self, name: str) -> int:
        """A whole number, which may be below zero and may be written as a text."""
        value = self._values.get(name)
        if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdigit() and len(value) < 20:
            return int(value)
        if type(value) is not int:
            raise Unreadable(f"{name} is no whole number")
        return value

    def flag(self, name: str) -> bool:
        """Yes or no."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise Unreadable(f"{name} is neither true nor false")
        return value

    def rows(self, name: str) -> list[Fields]:
        """A list of objects, which may be empty."""
        value = self._values.get(name)
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise Unreadable(f"{name} is no list of objects")
        return [Fields(row) for row in value]

    def must_be(self, name: str, wanted: str) -> None:
        """Refuse the message unless the field has exactly this value."""
        if self._values.get(name) != wanted:
            raise Unreadable(f"another {name}")

    def if_given_must_be(self, name: str, wanted: str) -> None:
        """The same, for a field that may be missing."""
        if name in self:
            self.must_be(name, wanted)


def unpacked(text: str, what: str) -> bytes:
    """The bytes of a base64 text; Unreadable unless it is the one and only spelling of them."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(f"{what} is no base64") from None
    # Bits behind the last byte are ignored by decoders: without this a changed text would pass for the same.
    if base64.b64encode(found).decode() != text:
        raise Unreadable(f"{what} is no base64")
    return found


def rows_of(text: str) -> list[str]:
    """The lines of a table; unlike splitlines() it takes no other sign within a title for an end of line."""
    return [row.removesuffix("\r") for row in text.split("\n")]


def moment(text: str, what: str) -> datetime:
    """A moment in RFC 3339 with its offset."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"{what} is no moment") from None
    if found.tzinfo is None or not 2000 <= found.year <= 2200:
        raise Unreadable(f"{what} is no moment")
    return found


def china_moment(text: str, what: str) -> datetime:
    """A moment written as date and time of China without an offset; parts of a second are dropped."""
    found = _CHINA_TIME.fullmatch(text)
    try:
        at = datetime.strptime(found[1] if found else "", "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        raise Unreadable(f"{what} is no moment") from None
    if not 2000 <= at.year <= 2200:
        raise Unreadable(f"{what} is no moment")
    return at
