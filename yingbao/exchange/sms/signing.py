"""Signatures of Alibaba Cloud's API, version 3: ACS3-HMAC-SHA256 over method, path, query, headers and body. 阿里云签名

What is signed is the canonical request: the method, the path, the query sorted and percent-encoded (RFC 3986), the
signed headers sorted, their names, and the body's SHA-256 in hexadecimal.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from yingbao.exchange.sms.config import Config

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"
"""of the SMS API"""


def query_of(parameters: Mapping[str, str]) -> str:
    """The query as it is signed and sent. 规范查询串"""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(parameters.items()))


def headers_of(
    config: Config, *, action: str, host: str, path: str, query: str, body: bytes, at: datetime
) -> dict[str, str]:
    """The headers of a POST, the signature among them. 签名请求头"""
    digest = hashlib.sha256(body).hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": digest,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-version": VERSION,
    }
    names = ";".join(sorted(headers))
    signed = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = f"POST\n{path}\n{query}\n{signed}\n{names}\n{digest}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(config.access_key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"{ALGORITHM} Credential={config.access_key_id},SignedHeaders={names},Signature={signature}"
    return headers | {"Authorization": authorization}


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")
