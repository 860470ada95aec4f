"""What an official account tells unasked: a message arrived or not, somebody follows or leaves. 公众号事件

Signed with SHA-1 over token, timestamp and nonce in sorted order, as the account's console sets it up; the body is not
covered by it, so that nothing is believed of an event but what names something we know.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec
from lxml import etree

from yingbao.exchange.gateway import Forged

FRESH_SECONDS = 300
_LONGEST = 200
Happening = Literal["arrived", "failed", "follows", "left", "other"]


class AccountEvent(msgspec.Struct, frozen=True):
    """One event of the account. 公众号事件"""

    happening: Happening
    openid: str = ""
    message_id: str = ""
    status: str = ""
    scene: str = ""
    """what the code carried that somebody followed by"""


def check(token: str, query: Mapping[str, str], now: datetime) -> None:
    """Raise Forged unless the query is signed with the account's token within five minutes. 验签"""
    stamp, nonce, signature = (query.get(name, "")[:128] for name in ("timestamp", "nonce", "signature"))
    signed = hashlib.sha1("".join(sorted([token, stamp, nonce])).encode()).hexdigest()  # noqa: S324  as WeChat does
    if not hmac.compare_digest(signed.encode(), signature.encode()):
        raise Forged("wrong signature")
    if not (stamp.isascii() and stamp.isdigit() and abs(int(stamp) - now.timestamp()) <= FRESH_SECONDS):
        raise Forged("the timestamp is not within five minutes")


def read(body: bytes) -> AccountEvent:
    """The event in a body whose query was checked; Forged if it is none. 解读"""
    said = _texts(body)
    if said.get("MsgType") != "event":
        return AccountEvent("other")
    event, openid = said.get("Event", ""), said.get("FromUserName", "")
    if event == "TEMPLATESENDJOBFINISH":
        status = said.get("Status", "")
        return AccountEvent(
            "arrived" if status == "success" else "failed", openid, said.get("MsgID", ""), status.replace(" ", "")
        )
    if event in ("subscribe", "SCAN"):
        return AccountEvent("follows", openid, scene=said.get("EventKey", "").removeprefix("qrscene_"))
    return AccountEvent("left", openid) if event == "unsubscribe" else AccountEvent("other")


def _texts(body: bytes) -> dict[str, str]:
    if b"<!" in body.replace(b"<![CDATA[", b""):
        raise Forged("a document type")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Forged("no XML") from None
    return {str(child.tag): (child.text or "").strip()[:_LONGEST] for child in root if isinstance(child.tag, str)}
