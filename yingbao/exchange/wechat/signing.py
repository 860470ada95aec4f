"""Signatures of WeChat Pay API v3: ours on requests, theirs on notices and answers; sealed notices. 微信支付验签

SHA-256 with RSA (PKCS #1 v1.5, RFC 8017) over timestamp, nonce and raw body, each followed by a newline; a request has
method and path before them. The resource of a notice is AES-256-GCM (RFC 5116) under the API v3 key.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from yingbao.exchange.wechat.config import Config
from yingbao.exchange.wire import Fields, Unreadable, unpacked

SCHEME = "WECHATPAY2-SHA256-RSA2048"
ALGORITHM = "AEAD_AES_256_GCM"
FRESH = timedelta(minutes=5)


class Unverified(Exception):
    """A message without a valid signature; the reason holds none of its content. 验签失败"""


def authorization(config: Config, *, method: str, path: str, body: bytes, at: datetime) -> str:
    """The Authorization header of a request; `path` is as on the request line, with its query."""
    nonce = secrets.token_hex(16)
    stamp = str(int(at.timestamp()))
    signed = f"{method}\n{path}\n{stamp}\n{nonce}\n".encode() + body + b"\n"
    signature = base64.b64encode(config.merchant_key.sign(signed, PKCS1v15(), SHA256())).decode()
    parts = {
        "mchid": config.merchant,
        "nonce_str": nonce,
        "signature": signature,
        "timestamp": stamp,
        "serial_no": config.merchant_serial,
    }
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in parts.items())


def verify(config: Config, *, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raise Unverified unless the platform signed this body within five minutes of `now`.

    The key is chosen by serial among those configured, and no other is ever fetched: an unknown serial is a forgery
    or a rotation that somebody has to configure.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        stamp, nonce = given["wechatpay-timestamp"], given["wechatpay-nonce"]
        serial, text = given["wechatpay-serial"], given["wechatpay-signature"]
    except KeyError:
        raise Unverified("a signature header is missing") from None
    if given.get("wechatpay-signature-type", SCHEME) != SCHEME:
        raise Unverified("another signature scheme")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        raise Unverified("the timestamp is no number")
    if abs(int(stamp) - now.timestamp()) > FRESH.total_seconds():
        raise Unverified("the timestamp is not within five minutes")
    key = config.platform_keys.get(serial)
    if key is None:
        raise Unverified("unknown serial")
    if not key.usable(now):
        raise Unverified("the certificate is not in force")
    if not (nonce and nonce.isascii() and nonce.isprintable() and len(nonce) <= 128):
        raise Unverified("the nonce is not printable")
    try:
        key.key.verify(
            unpacked(text, "the signature"), f"{stamp}\n{nonce}\n".encode() + body + b"\n", PKCS1v15(), SHA256()
        )
    except (InvalidSignature, Unreadable):
        raise Unverified("wrong signature") from None


def opened(config: Config, resource: Fields) -> Fields:
    """The sealed content of a notice; Unreadable if it was sealed otherwise or altered."""
    resource.must_be("algorithm", ALGORITHM)
    sealed = unpacked(resource.text("ciphertext", longest=60_000), "the ciphertext")
    nonce = resource.text("nonce", longest=64).encode()
    beside = resource.text_or_none("associated_data", longest=256).encode()
    if len(nonce) != 12:
        raise Unreadable("the nonce has not 12 bytes")
    try:
        plain = AESGCM(config.api_v3_key).decrypt(nonce, sealed, beside)
    except (InvalidTag, ValueError):
        raise Unreadable("the resource does not open with our key") from None
    return Fields.of(plain)
