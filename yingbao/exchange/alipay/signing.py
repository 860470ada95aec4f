"""Signatures of Alipay, RSA2 only: SHA-256 with RSA (PKCS #1 v1.5, RFC 8017). 支付宝签名验签

No message is asked which hash to use. Several keys of Alipay may be valid at once; one of them has to fit.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from yingbao.exchange.alipay.config import Config
from yingbao.exchange.wire import DECODER, Fields, Unreadable, unpacked

SIGN_TYPE = "RSA2"
_BLANKS = " \t\r\n"


def signed_text(fields: Mapping[str, str]) -> bytes:
    """The fields as they are signed: sorted by name, joined by ampersands, unescaped."""
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields)).encode()


def signature(config: Config, fields: Mapping[str, str]) -> str:
    """Our signature over the fields of a request."""
    return base64.b64encode(config.app_key.sign(signed_text(fields), PKCS1v15(), SHA256())).decode()


def verify(config: Config, content: bytes, text: str) -> None:
    """Raise Unreadable unless one of Alipay's keys signed exactly this content."""
    given = unpacked(text, "the signature")
    for platform_key in config.alipay_keys:
        try:
            platform_key.key.verify(given, content, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return
    raise Unreadable("wrong signature")


def verified_answer(config: Config, body: bytes, name: str) -> Fields:
    """The object `name` of an answer, once the signature beside it is found to cover its very bytes."""
    values, spans = _members(body)
    if name not in values:
        raise Unreadable("another answer")
    sign, answer = values.get("sign"), values[name]
    if not isinstance(sign, str) or not isinstance(answer, dict):
        raise Unreadable("the answer is not signed")
    begin, end = spans[name]
    verify(config, body.decode()[begin:end].encode(), sign)
    return Fields(answer)


def _members(body: bytes) -> tuple[dict[str, object], dict[str, tuple[int, int]]]:
    """The members of a JSON object, and from where to where each one's value stands in the text."""
    values: dict[str, object] = {}
    spans: dict[str, tuple[int, int]] = {}
    try:
        text = body.decode()
        at, closed = _past(text, 0, "{"), False
        while not closed:
            name, at = DECODER.raw_decode(text, _blank(text, at))
            begin = _blank(text, _past(text, at, ":"))
            value, at = DECODER.raw_decode(text, begin)
            if not isinstance(name, str) or name in values:
                raise Unreadable("a field stands twice")
            values[name], spans[name] = value, (begin, at)
            closed = text[_blank(text, at) : _blank(text, at) + 1] == "}"
            at = _past(text, at, "}" if closed else ",")
        if _blank(text, at) != len(text):
            raise Unreadable("something follows the answer")
    except Unreadable:
        raise
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    return values, spans


def _blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at


def _past(text: str, at: int, sign: str) -> int:
    at = _blank(text, at)
    if text[at : at + 1] != sign:
        raise Unreadable("no JSON object")
    return at + 1
