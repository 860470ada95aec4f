"""Calls to Alibaba Cloud SMS: a message out, a question what became of it, reports that come in. 短信接口

SendSms takes our own id along (OutId) but does not promise to deliver it once only. Where its answer is lost,
QuerySendDetails is asked, which lists the messages to one phone on one day with that id.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from yingbao.exchange import wire
from yingbao.exchange.carrier import Outcome, Outgoing, Report, TryLater, Unreachable
from yingbao.exchange.gateway import Declined, Forged, NotFound, Unsure
from yingbao.exchange.keyring import Watched
from yingbao.exchange.sms import config as configs
from yingbao.exchange.sms.signing import headers_of, query_of
from yingbao.exchange.wire import Fields, reading

_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_ROWS, _PAGES = 50, 20
_NEVER = {"isv.MOBILE_NUMBER_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.MOBILE_COUNT_OVER_LIMIT"}
"""It is the number: no other try will do."""
_OUTCOMES: dict[int, Outcome] = {1: "waiting", 2: "failed", 3: "arrived"}
_MOST_REPORTS = 1_000


class Sms:
    """Short messages of one account. 短信"""

    channel = "sms"
    asks = True
    same_again_seconds = 0

    def __init__(self, file: Path, *, now: Callable[[], datetime]) -> None:
        self._config = Watched(file, configs.read)
        self._now = now
        self._line = wire.line()

    def send(self, *, to: str, message: Outgoing) -> str:
        """Hand a message over; returns its BizId."""
        config = self._config.now()
        template = config.templates.get(message.kind)
        if template is None:
            raise TryLater("template not configured")
        if not _MOBILE.fullmatch(to):
            raise Declined("not a mobile", "short messages reach mobile phones of the mainland only")
        values = dict(message.values) | ({"stop": message.stop_url} if message.stop_url else {})
        answer = self._ask(
            config,
            "SendSms",
            {
                "PhoneNumbers": to,
                "SignName": config.sign_name,
                "TemplateCode": template,
                "TemplateParam": json.dumps(values, ensure_ascii=False, separators=(",", ":")),
                "OutId": message.own_id,
            },
        )
        with reading():
            return answer.text("BizId", longest=80)

    def became(self, *, to: str, own_id: str, day: date) -> Report:
        """What became of a message sent on that day, by our own id."""
        config = self._config.now()
        for page in range(1, _PAGES + 1):
            asked = {
                "PhoneNumber": to,
                "SendDate": day.strftime("%Y%m%d"),
                "PageSize": str(_ROWS),
                "CurrentPage": str(page),
            }
            answer = self._ask(config, "QuerySendDetails", asked)
            with reading():
                rows = _rows(answer)
                found = next((row for row in rows if row.text_or_none("OutId") == own_id), None)
                if found is not None:
                    return _report(found, own_id)
            if len(rows) < _ROWS:
                raise NotFound("no such OutId")
        raise Unsure("more messages to this phone than can be looked through")

    def read_reports(self, *, secret: str, body: bytes) -> list[Report]:
        """The delivery reports in a message that came in; Forged if its address is not the one that we gave."""
        if not hmac.compare_digest(secret.encode(), self._config.now().report_secret.encode()):
            raise Forged("another address")
        try:
            rows = wire.DECODER.decode(body.decode())
            if not isinstance(rows, list) or len(rows) > _MOST_REPORTS:
                raise wire.Unreadable("no list of reports")
            return [_told(Fields(row)) for row in rows if isinstance(row, dict) and row.get("out_id")]
        except (ValueError, RecursionError):
            raise Forged("not readable as reports") from None

    def _ask(self, config: configs.Config, action: str, parameters: dict[str, str]) -> Fields:
        parts = urlsplit(config.address)
        path, query = parts.path or "/", query_of(parameters)
        headers = headers_of(config, action=action, host=parts.netloc, path=path, query=query, body=b"", at=self._now())
        url = f"{parts.scheme}://{parts.netloc}{path}?{query}"
        received = wire.call(self._line, "POST", url, headers={**headers, "Accept": "application/json"})
        with reading():
            answer = Fields.of(received.body)
            code = answer.text("Code", longest=64)
        if received.status < 300 and code == "OK":
            return answer
        if received.status >= 500 or not _CODE.fullmatch(code):
            raise Unsure("the provider failed")
        if code in _NEVER:
            raise Declined(code, "the provider will not send to this number")
        if code == "isv.INVALID_PARAMETERS":
            raise Unreachable(code)
        # Limits, an empty account, a template or a signature that is not approved: somebody mends it, then it goes.
        raise TryLater(code)


def _rows(answer: Fields) -> list[Fields]:
    return answer.part("SmsSendDetailDTOs").rows("SmsSendDetailDTO")


def _report(row: Fields, own_id: str) -> Report:
    outcome = _OUTCOMES.get(row.whole("SendStatus"))
    if outcome is None:
        raise wire.Unreadable("another SendStatus")
    return Report(own_id, "", outcome, row.text_or_none("ErrCode", longest=64))


def _told(row: Fields) -> Report:
    arrived = row.flag("success")
    return Report(
        row.text("out_id", longest=64),
        row.text_or_none("biz_id", longest=80),
        "arrived" if arrived else "failed",
        row.text_or_none("err_code", longest=64),
    )
