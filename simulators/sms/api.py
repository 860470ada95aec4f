"""The SMS provider's two actions: requests are verified (ACS3-HMAC-SHA256), faults played. 短信接口"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote

from werkzeug import Request, Response

from simulators import inbox
from simulators.clock import plain
from simulators.rows import Text, Wording
from simulators.world import World

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"
FRESH = 15 * 60
"""seconds by which a request's time may differ from the simulators' clock or from the true one"""
NEEDED = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
WAITING, FAILED, ARRIVED = 1, 2, 3
_SEEN: set[str] = set()
"""nonces that were used since the start"""


class Refusal(Exception):
    """A request that the provider does not follow. 拒绝"""

    def __init__(self, code: str, message: str, status: int = 200) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def answer(world: World, request: Request) -> Response:
    """Verify, act; a rule may spoil any of it. 应答"""
    given = dict(parse_qsl(request.query_string.decode(), keep_blank_values=True))
    given |= dict(request.form.items())
    numbers = [given.get(name, "") for name in ("PhoneNumbers", "PhoneNumber", "OutId", "TemplateCode")]
    take = world.rules.take
    try:
        action = verify(world, request)
        if take("sms", numbers, "error"):
            raise Refusal("isp.SYSTEM_ERROR", "系统错误", 500)
        if code := take("sms", numbers, "refuse"):
            raise Refusal(str(code), "按要求拒绝")
        told = {"SendSms": send, "QuerySendDetails": query}[action](world, given)
        status = 200
    except Refusal as refusal:
        status, told = refusal.status, {"Code": refusal.code, "Message": refusal.message}
    if seconds := take("sms", numbers, "slow"):
        time.sleep(float(seconds))
    if (seconds := take("sms", numbers, "timeout")) is not None:
        time.sleep(0 if seconds is True else float(seconds))
        raise ConnectionAbortedError("as asked, no answer")
    told["RequestId"] = f"{world.store.next('sms request'):08X}-0000-4000-8000-000000000000"
    return Response(json.dumps(told, ensure_ascii=False), status, content_type="application/json; charset=utf-8")


def verify(world: World, request: Request) -> str:
    """The action that is asked for. Raises Refusal for what our key has not signed. 验签"""
    header = request.headers.get("Authorization", "")
    parts = dict(re.findall(r"(\w+)=([^,\s]+)", header.removeprefix(ALGORITHM)))
    if not header.startswith(ALGORITHM) or parts.get("Credential") != inbox.ACCESS_KEY:
        raise Refusal("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)
    names = parts.get("SignedHeaders", "").split(";")
    if NEEDED - set(names) or names != sorted(names):
        raise Refusal("IncompleteSignature", "A header that must be signed is not.", 400)
    body = request.get_data(cache=True)
    digest = hashlib.sha256(body).hexdigest()
    signed = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in names)
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(parse_qsl(request.query_string.decode(), keep_blank_values=True))
    )
    path = str(request.environ.get("REQUEST_URI", "")).partition("?")[0]
    right = []
    for one in {path, path.removeprefix("/sms") or "/"}:
        canonical = f"{request.method}\n{one}\n{query}\n{signed}\n{';'.join(names)}\n{digest}"
        to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        right.append(hmac.new(inbox.sms_secret(world).encode(), to_sign.encode(), hashlib.sha256).hexdigest())
    if parts.get("Signature") not in right or request.headers["x-acs-content-sha256"] != digest:
        raise Refusal("SignatureDoesNotMatch", "Specified signature is not matched with our calculation.", 400)
    _once_and_now(world, request)
    action = request.headers["x-acs-action"]
    if request.headers["x-acs-version"] != VERSION or action not in ("SendSms", "QuerySendDetails"):
        raise Refusal("InvalidAction.NotFound", "Specified api is not found.", 404)
    return action


def _once_and_now(world: World, request: Request) -> None:
    try:
        at = datetime.strptime(request.headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise Refusal("InvalidTimeStamp.Format", "x-acs-date is not well formed.", 400) from None
    if all(abs(at - now) > FRESH for now in (world.clock.now().timestamp(), time.time())):
        raise Refusal("InvalidTimeStamp.Expired", "Specified time stamp is expired.", 400)
    nonce = request.headers["x-acs-signature-nonce"]
    if nonce in _SEEN:
        raise Refusal("SignatureNonceUsed", "Specified signature nonce was used already.", 400)
    _SEEN.add(nonce)


def send(world: World, given: dict[str, str]) -> dict[str, Any]:
    """SendSms: one message to one phone. 发送"""
    number = MOBILE.fullmatch(given.get("PhoneNumbers", ""))
    if not number:
        raise Refusal("isv.MOBILE_NUMBER_ILLEGAL", "非法手机号")
    if given.get("SignName") != inbox.SIGN_NAME:
        raise Refusal("isv.SMS_SIGNATURE_ILLEGAL", "短信签名不合法")
    wording = world.store.one(Wording, via="sms", code=given.get("TemplateCode", ""))
    if wording is None:
        raise Refusal("isv.SMS_TEMPLATE_ILLEGAL", "短信模板不合法")
    try:
        values = json.loads(given.get("TemplateParam", "{}"))
        words = inbox.filled(wording, values)
    except (ValueError, TypeError, AttributeError):
        raise Refusal("isv.INVALID_JSON_PARAM", "参数格式错误，请修改为字符串值") from None
    except KeyError:
        raise Refusal("isv.TEMPLATE_MISSING_PARAMETERS", "模板变量中存在未赋值变量") from None
    text = inbox.deliver(world, "sms", number[1], given.get("OutId", ""), wording.code, f"【{inbox.SIGN_NAME}】{words}")
    return {"Code": "OK", "Message": "OK", "BizId": text.provider_id}


def query(world: World, given: dict[str, str]) -> dict[str, Any]:
    """QuerySendDetails: what went to one phone on one day, newest first. 查询"""
    number = MOBILE.fullmatch(given.get("PhoneNumber", ""))
    try:
        day = datetime.strptime(given.get("SendDate", ""), "%Y%m%d").strftime("%Y-%m-%d")  # noqa: DTZ007
        size, current = int(given["PageSize"]), int(given["CurrentPage"])
    except (ValueError, KeyError):
        raise Refusal("isv.INVALID_PARAMETERS", "参数异常") from None
    if not number or not 1 <= size <= 50 or current < 1:
        raise Refusal("isv.INVALID_PARAMETERS", "参数异常")
    found = world.store.find(Text, "at LIKE ?", f"{day}%", via="sms", recipient=number[1])
    if given.get("BizId"):
        found = [text for text in found if text.provider_id == given["BizId"]]
    found = [text for text in reversed(found) if not world.rules.take("sms", [text.own_id], "lost")]
    rows = [_row(world, text) for text in found[(current - 1) * size : current * size]]
    return {
        "Code": "OK",
        "Message": "OK",
        "TotalCount": str(len(found)),
        "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows},
    }


def _row(world: World, text: Text) -> dict[str, Any]:
    status = (FAILED if text.outcome == "failed" else ARRIVED) if inbox.known(world, text) else WAITING
    row: dict[str, Any] = {
        "PhoneNum": text.recipient,
        "SendStatus": status,
        "TemplateCode": text.template,
        "Content": text.words,
        "SendDate": plain(text.at),
        "OutId": text.own_id,
    }
    if status != WAITING:
        row |= {"ErrCode": text.code or "DELIVERED", "ReceiveDate": plain(text.due_moved)}
    return row
