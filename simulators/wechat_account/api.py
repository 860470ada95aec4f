"""The official account's addresses: token, template message, code to follow by. 公众号接口"""

from __future__ import annotations

import json
import secrets
import time
from datetime import timedelta
from typing import Any

from werkzeug import Request, Response

from simulators import inbox
from simulators.clock import read, stamped
from simulators.rows import Text, Wording
from simulators.world import World

TOKEN_SECONDS = 7200
SAME_SECONDS = 600
"""so long a client_msg_id is delivered once"""
LONGEST_SCENE = 64


class Refusal(Exception):
    """A request that WeChat does not follow. 拒绝"""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


def answer(world: World, request: Request, action: str) -> Response:
    """Act on JSON and answer with JSON, always with status 200; a rule may spoil it. 应答"""
    try:
        content = json.loads(request.get_data() or b"{}")
    except ValueError:
        content = {}
    numbers = [str(content.get(name, "")) for name in ("touser", "client_msg_id", "template_id")]
    take = world.rules.take
    if take("wechat_account", numbers, "error"):
        return Response("busy", 502, content_type="text/plain")
    try:
        if action == "token":
            told = token(world, content)
        else:
            check_token(world, request.args.get("access_token", ""))
            if code := take("wechat_account", numbers, "refuse"):
                raise Refusal(int(code) if str(code).lstrip("-").isdigit() else 45009, "as asked")
            told = {"send": send, "code": follow_code}[action](world, content)
    except Refusal as refusal:
        told = {"errcode": refusal.code, "errmsg": refusal.message}
    if seconds := take("wechat_account", numbers, "slow"):
        time.sleep(float(seconds))
    if action != "token" and (seconds := take("wechat_account", numbers, "timeout")) is not None:
        time.sleep(0 if seconds is True else float(seconds))
        raise ConnectionAbortedError("as asked, no answer")
    return Response(json.dumps(told, ensure_ascii=False), content_type="application/json; charset=utf-8")


def token(world: World, content: dict[str, Any]) -> dict[str, Any]:
    """stable_token: the same one while it lasts, a new one where that is forced. 接口凭据"""
    if content.get("grant_type") != "client_credential":
        raise Refusal(40002, "invalid grant_type")
    if content.get("appid") != inbox.ACCOUNT_APP:
        raise Refusal(40013, "invalid appid")
    if content.get("secret") != inbox.account_secret(world):
        raise Refusal(40125, "invalid appsecret")
    held = world.store.setting("access token")
    now = world.clock.now()
    if held is None or read(held["until"]) <= now or content.get("force_refresh"):
        held = {
            "token": secrets.token_urlsafe(96),
            "until": stamped(now + timedelta(seconds=TOKEN_SECONDS)),
        }
        world.store.remember("access token", held)
    return {"access_token": held["token"], "expires_in": int((read(held["until"]) - now).total_seconds())}


def check_token(world: World, given: str) -> None:
    """Raise Refusal unless it is the token that holds now."""
    if world.rules.take("wechat_account", [], "token_gone"):
        world.store.remember("access token", {"token": "", "until": stamped(world.clock.now())})
        raise Refusal(40001, "invalid credential, access_token is invalid or not latest")
    held = world.store.setting("access token")
    if held is None or not given or given != held["token"]:
        raise Refusal(40001, "invalid credential, access_token is invalid or not latest")
    if read(held["until"]) <= world.clock.now():
        raise Refusal(42001, "access_token expired")


def send(world: World, content: dict[str, Any]) -> dict[str, Any]:
    """message/template/send: to a follower, in the words of an approved template. 模板消息"""
    to, own_id = str(content.get("touser", "")), str(content.get("client_msg_id", ""))
    wording = world.store.one(Wording, via="wechat_account", code=str(content.get("template_id", "")))
    if wording is None:
        raise Refusal(40037, "invalid template_id")
    if inbox.follower(world, to) is None:
        raise Refusal(43004, "require subscribe")
    data = content.get("data")
    try:
        named = {name: inbox.field_of(name, place) for place, name in enumerate(inbox.names(wording), 1)}
        values = {name: str(data[field]["value"]) for name, field in named.items()}  # type: ignore[index]
    except (KeyError, TypeError):
        raise Refusal(47003, "argument invalid! data") from None
    since = stamped(world.clock.now() - timedelta(seconds=SAME_SECONDS))
    same = world.store.find(Text, "at >= ?", since, via="wechat_account", recipient=to, own_id=own_id)
    if not own_id or not same:
        words = inbox.filled(wording, values)
        same = [inbox.deliver(world, "wechat_account", to, own_id, wording.code, words, str(content.get("url", "")))]
    return {"errcode": 0, "errmsg": "ok", "msgid": int(same[-1].provider_id)}


def follow_code(world: World, content: dict[str, Any]) -> dict[str, Any]:
    """qrcode/create: a code whose text, here, is the address of a page on which somebody follows. 带参数二维码"""
    try:
        scene = str(content["action_info"]["scene"]["scene_str"])
        lasts = int(content.get("expire_seconds", 60))
    except (KeyError, TypeError, ValueError):
        raise Refusal(47001, "data format error") from None
    if content.get("action_name") != "QR_STR_SCENE" or not 1 <= len(scene) <= LONGEST_SCENE:
        raise Refusal(40053, "invalid action info")
    ticket = secrets.token_urlsafe(16)
    until = stamped(world.clock.now() + timedelta(seconds=lasts))
    world.store.remember(f"follow {ticket}", {"scene": scene, "until": until})
    return {"ticket": ticket, "expire_seconds": lasts, "url": f"{world.address}/phones/follow/{ticket}"}
