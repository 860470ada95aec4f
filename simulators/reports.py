"""What became of messages, told to the platform; and who comes and leaves the official account. 回执投递"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import threading
import time
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import httpx

from simulators import inbox
from simulators.clock import plain
from simulators.rows import Text
from simulators.world import World

log = logging.getLogger(__name__)

PATIENCE = 5.0
RETRIES = (60, 300, 600)
"""seconds from a failed try to the next"""


class Reports:
    """The one who tells the platform what became of messages. 回执员"""

    def __init__(self, world: World) -> None:
        self.world = world
        self._client = httpx.Client(timeout=PATIENCE, trust_env=False, follow_redirects=False)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reports", daemon=True)

    def start(self) -> None:
        """Tell from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Tell no more."""
        self._stopping.set()
        self._thread.join(PATIENCE + 1)
        self._client.close()

    def report(self, text: Text) -> bool:
        """One try, now; plans the next if it fails. 投递回执"""
        world = self.world
        taken = self._tell_sms(text) if text.via == "sms" else self._tell_account(_finished(text))
        if taken:
            text.reports_left -= 1
        elif text.report_tries >= len(RETRIES):
            text.reports_left = 0
        else:
            text.due_true = time.time() + RETRIES[text.report_tries] / world.speed
            text.report_tries += 1
        world.store.put(text)
        return taken

    def event(self, openid: str, event: str, **more: str) -> bool:
        """Somebody follows (`subscribe`, with the EventKey of a code) or leaves. 关注事件"""
        return self._tell_account({"FromUserName": openid, "Event": event, **more})

    def _tell_sms(self, text: Text) -> bool:
        world = self.world
        report = {
            "phone_number": text.recipient,
            "send_time": plain(text.at),
            "report_time": plain(world.clock.stamp()),
            "success": text.outcome == "arrived",
            "err_code": text.code or "DELIVERED",
            "err_msg": "用户接收成功" if text.outcome == "arrived" else "用户接收失败",
            "sms_size": str(1 + len(text.words) // 67),
            "biz_id": text.provider_id,
            "out_id": text.own_id,
        }
        address = f"{world.platform}/notices/sms/{inbox.report_secret(world)}"
        try:
            answer = self._client.post(
                address,
                content=json.dumps([report], ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json"},
            )
            return answer.status_code == 200 and answer.json().get("code") == 0
        except (httpx.HTTPError, ValueError, AttributeError):
            return False

    def _tell_account(self, said: dict[str, str]) -> bool:
        world = self.world
        stamp, nonce = str(int(world.clock.now().timestamp())), secrets.token_hex(8)
        forged = world.rules.take("wechat_account", [said["FromUserName"]], "forged_signature")
        token = "of a stranger" if forged else inbox.account_token(world)
        signature = hashlib.sha1("".join(sorted([token, stamp, nonce])).encode()).hexdigest()  # noqa: S324
        query = urlencode({"signature": signature, "timestamp": stamp, "nonce": nonce})
        told = {"ToUserName": "gh_0123456789ab", "CreateTime": stamp, "MsgType": "event", **said}
        body = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in told.items())
        try:
            answer = self._client.post(
                f"{world.platform}/notices/wechat-account?{query}",
                content=f"<xml>{body}</xml>".encode(),
                headers={"Content-Type": "text/xml"},
            )
        except httpx.HTTPError:
            return False
        return answer.status_code == 200 and answer.content in (b"", b"success")

    def _run(self) -> None:
        while not self._stopping.wait(0.1):
            try:
                for text in self.world.store.find(
                    Text,
                    "reports_left > 0 AND (due_true <= ? OR (report_tries = 0 AND due_moved <= ?))",
                    time.time(),
                    self.world.clock.stamp(),
                ):
                    self.report(text)
            except Exception:
                log.exception("the simulators go on, but this was not meant to happen")


def _finished(text: Text) -> dict[str, str]:
    status = "success" if text.outcome == "arrived" else f"failed:{text.code or 'user block'}"
    return {
        "FromUserName": text.recipient,
        "Event": "TEMPLATESENDJOBFINISH",
        "MsgID": text.provider_id,
        "Status": status,
    }
