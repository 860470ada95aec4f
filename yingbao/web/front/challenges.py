"""What a passkey has to sign: random, kept in the session, good once. 通行密钥质询"""

from __future__ import annotations

import base64
from typing import Any

from yingbao.agents.passkeys import Site

_PLACE = "challenge"


def site_of(request: Any) -> Site:
    """This site as the browser knows it; keys made for another are no good here. 本站"""
    host = request.get_host()
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return Site(id=name, origin=f"{request.scheme}://{host}", name="应保 Yingbao")


def fresh(request: Any, options: str, challenge: bytes) -> str:
    """Remember the challenge, in place of any before it; the options are for the page. 新质询"""
    request.session[_PLACE] = base64.b64encode(challenge).decode()
    return options


def once(request: Any) -> bytes | None:
    """The challenge that was asked last, which is forgotten by this. 取出质询"""
    kept = request.session.pop(_PLACE, None)
    return base64.b64decode(kept) if kept else None
