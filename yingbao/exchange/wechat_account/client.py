"""Calls to an official account: its token, a template message, a code to follow it by. 公众号接口

The token is the stable one: asked for again it stays the same while it lasts, so that several workers share it. A
message carries our id as client_msg_id, under which WeChat delivers once within ten minutes.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from yingbao.exchange import wire
from yingbao.exchange.carrier import Outgoing, Report, TryLater, Unreachable
from yingbao.exchange.gateway import NotFound, Unsure
from yingbao.exchange.keyring import Watched
from yingbao.exchange.wechat_account import config as configs
from yingbao.exchange.wire import Fields, reading

NOT_FOLLOWING = frozenset({43004, 43101, 40003})
"""not a follower, has refused, or no such follower of this account"""
_TOKEN_GONE = {40001, 40014, 42001}
_LATER = {-1, 45009, 45011, 50002}
"""busy, or too many calls today or this minute"""
_EARLY = timedelta(minutes=5)
_CODE_LASTS_SECONDS = 600


class WechatAccount:
    """Template messages of one official account. 公众号"""

    channel = "wechat"
    asks = False
    same_again_seconds = 8 * 60
    """WeChat says ten minutes; clocks and lines differ."""

    def __init__(self, file: Path, *, now: Callable[[], datetime]) -> None:
        self._config = Watched(file, configs.read)
        self._now = now
        self._line = wire.line()
        self._lock = threading.Lock()
        self._token, self._token_until, self._token_of = "", now(), ""

    @property
    def event_token(self) -> str:
        """With which the account's events are signed."""
        return self._config.now().token

    def send(self, *, to: str, message: Outgoing) -> str:
        """Hand a template message over; returns its msgid."""
        config = self._config.now()
        template = config.templates.get(message.kind)
        if template is None:
            raise Unreachable("template not configured")
        content: dict[str, object] = {
            "touser": to,
            "template_id": template.id,
            "client_msg_id": message.own_id,
            "data": {template.fields.get(name, name): {"value": value} for name, value in message.values.items()},
        }
        if message.stop_url:
            content["url"] = message.stop_url
        answer = self._ask(config, "/cgi-bin/message/template/send", content)
        with reading():
            return str(answer.whole("msgid"))

    def became(self, *, to: str, own_id: str, day: date) -> Report:
        """An account cannot be asked; it tells by events."""
        raise Unsure("an official account cannot be asked")

    def code_for(self, scene: str) -> str:
        """The text of a code by which somebody follows the account; it lasts ten minutes. 关注二维码"""
        content = {
            "expire_seconds": _CODE_LASTS_SECONDS,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": scene}},
        }
        answer = self._ask(self._config.now(), "/cgi-bin/qrcode/create", content)
        with reading():
            return answer.text("url", longest=512)

    def _ask(self, config: configs.Config, path: str, content: Mapping[str, object]) -> Fields:
        """Ask with our token; one that is not taken any more is fetched anew, once."""
        token = self._fresh_token(config)
        answer, code = self._call(config, f"{path}?{urlencode({'access_token': token})}", content)
        if code in _TOKEN_GONE:
            token = self._fresh_token(config, instead_of=token)
            answer, code = self._call(config, f"{path}?{urlencode({'access_token': token})}", content)
        if code == 0:
            return answer
        if code in _TOKEN_GONE or code in _LATER:
            raise TryLater(str(code))
        raise Unreachable(str(code))

    def _fresh_token(self, config: configs.Config, *, instead_of: str = "") -> str:
        with self._lock:
            now = self._now()
            ours = self._token_of == config.app_id + config.app_secret
            if ours and self._token != instead_of and now < self._token_until:
                return self._token
            token, seconds = self._fetched(config, force=False)
            if token == instead_of:
                token, seconds = self._fetched(config, force=True)
            self._token, self._token_of = token, config.app_id + config.app_secret
            self._token_until = now + max(timedelta(seconds=seconds) - _EARLY, timedelta(0))
            return token

    def _fetched(self, config: configs.Config, *, force: bool) -> tuple[str, int]:
        content = {
            "grant_type": "client_credential",
            "appid": config.app_id,
            "secret": config.app_secret,
            "force_refresh": force,
        }
        try:
            answer, code = self._call(config, "/cgi-bin/stable_token", content)
        except (Unsure, NotFound):
            # No message has left yet: whatever became of this call, nothing can have been told twice.
            raise TryLater("no token") from None
        if code:
            raise TryLater(f"no token: {code}")
        with reading():
            return answer.text("access_token", longest=600), answer.whole("expires_in")

    def _call(self, config: configs.Config, path: str, content: Mapping[str, object]) -> tuple[Fields, int]:
        body = json.dumps(content, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        received = wire.call(self._line, "POST", config.address + path, headers=headers, content=body)
        if received.status >= 300:
            raise Unsure("the account's server failed")
        with reading():
            answer = Fields.of(received.body)
            return answer, answer.whole("errcode") if "errcode" in answer else 0
