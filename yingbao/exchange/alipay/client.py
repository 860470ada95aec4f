"""Calls to Alipay: one address, the method named in the form, answers signed over their very bytes. 支付宝接口"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from yingbao.exchange import wire
from yingbao.exchange.alipay import bill as bills
from yingbao.exchange.alipay import config as configs
from yingbao.exchange.alipay import notice as notices
from yingbao.exchange.alipay.config import Config
from yingbao.exchange.alipay.signing import SIGN_TYPE, signature, verified_answer
from yingbao.exchange.gateway import (
    Answer,
    Bill,
    Declined,
    Forged,
    NotFound,
    Notice,
    Opened,
    OrderKind,
    RefundNotice,
    Unsure,
    amount_checked,
)
from yingbao.exchange.keyring import Watched
from yingbao.exchange.sums import yuan
from yingbao.exchange.wire import Fields, Unreadable, china_moment, reading
from yingbao.values.clock import CHINA

log = logging.getLogger(__name__)

_NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}")
_WORD = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_TIME = "%Y-%m-%d %H:%M:%S"
_DONE, _UNAVAILABLE = "10000", ("20000", "10003")
_MISSING = ("TRADE_NOT_EXIST", "BILL_NOT_EXIST")
# Refusals that say nothing about what became of the request.
_UNSURE = ("SYSTEM_ERROR", "UNKNOW", "TIMEOUT", "SERVICE_CURRENTLY_UNAVAILABLE", "CALL_LIMITED")
_CLOSED = ("ACQ.TRADE_HAS_CLOSE", "ACQ.TRADE_HAS_CLOSED", "ACQ.REASON_TRADE_HAS_CLOSED")


class Alipay:
    """Alipay as one app of one seller. 支付宝"""

    channel = notices.CHANNEL

    def __init__(self, file: Path, *, now: Callable[[], datetime]) -> None:
        self._config = Watched(file, configs.read)
        self._now = now
        self._line = wire.line()

    @property
    def merchant(self) -> str:
        """Our seller account, which bills and settlements name; with a trade number it is a payment's key."""
        return self._config.now().seller_id

    def open_order(
        self,
        *,
        order_number: str,
        amount_fen: int,
        description: str,
        expires_at: datetime,
        kind: OrderKind,
        client_address: str = "",
    ) -> Opened:
        """Make an order: `qr` asks Alipay for the text of a QR code, `page` signs an address to send the browser to."""
        config = self._config.now()
        order = {
            "out_trade_no": _checked(order_number),
            "total_amount": yuan(amount_checked(amount_fen)),
            "subject": description[:256],
            "time_expire": expires_at.astimezone(CHINA).strftime(_TIME),
        }
        if kind == "page":
            order |= {"product_code": "QUICK_WAP_WAY", "quit_url": config.return_url}
            form = self._form(
                config, "alipay.trade.wap.pay", order, notify_url=config.notify_url, return_url=config.return_url
            )
            return Opened(order_number, kind, f"{config.address}?{urlencode(form)}")
        answer = self._ask(config, "alipay.trade.precreate", order, notify_url=config.notify_url)
        with reading():
            answer.must_be("out_trade_no", order_number)
            return Opened(order_number, kind, answer.text("qr_code", longest=1024))

    def query(self, order_number: str) -> Notice:
        """The state of an order now; NotFound also while the payer has not yet begun to pay it."""
        config = self._config.now()
        answer = self._ask(config, "alipay.trade.query", {"out_trade_no": _checked(order_number)})
        with reading():
            answer.must_be("out_trade_no", order_number)
            return notices.payment(config, answer, paid="send_pay_date")

    def close(self, order_number: str) -> None:
        """Close an unpaid order; Declined if it is paid, NotFound if the payer never began."""
        config = self._config.now()
        try:
            answer = self._ask(config, "alipay.trade.close", {"out_trade_no": _checked(order_number)})
        except Declined as no:
            if no.code not in _CLOSED:
                raise
            return
        with reading():
            answer.if_given_must_be("out_trade_no", order_number)

    def refund(
        self, *, order_number: str, transaction: str, refund_number: str, amount_fen: int, total_fen: int, reason: str
    ) -> RefundNotice:
        """Ask for a refund; where Alipay does not say that money moved just now, it is `processing` until queried."""
        config = self._config.now()
        if amount_fen > total_fen:
            raise ValueError("a refund is not above the payment")
        request = {
            "out_trade_no": _checked(order_number),
            "trade_no": transaction,
            "refund_amount": yuan(amount_checked(amount_fen)),
            "refund_reason": reason[:256],
            "out_request_no": _checked(refund_number),
        }
        answer = self._ask(config, "alipay.trade.refund", request)
        with reading():
            answer.must_be("out_trade_no", order_number)
            answer.must_be("trade_no", transaction)
            # This sum is of all refunds of the payment so far.
            if notices.amount(answer, "refund_fee") < amount_fen:
                raise Unreadable("less was refunded")
            moved = answer.text("fund_change", longest=4) == "Y"
            at = _moment_or_none(answer, "gmt_refund_pay")
        return RefundNotice(
            self.channel,
            config.seller_id,
            refund_number,
            refund_number,
            transaction,
            amount_fen,
            "succeeded" if moved else "processing",
            at,
            order_number=order_number,
        )

    def query_refund(self, *, order_number: str, refund_number: str) -> RefundNotice:
        """The state of a refund; where Alipay names no state it never arrived or failed, which is NotFound."""
        config = self._config.now()
        wanted: dict[str, object] = {
            "out_trade_no": _checked(order_number),
            "out_request_no": _checked(refund_number),
            "query_options": ["gmt_refund_pay"],
        }
        answer = self._ask(config, "alipay.trade.fastpay.refund.query", wanted)
        with reading():
            if "refund_status" not in answer:
                raise NotFound("no such refund")
            answer.must_be("refund_status", "REFUND_SUCCESS")
            answer.must_be("out_trade_no", order_number)
            answer.must_be("out_request_no", refund_number)
            return RefundNotice(
                self.channel,
                config.seller_id,
                refund_number,
                refund_number,
                answer.text("trade_no", longest=64),
                notices.amount(answer, "refund_amount"),
                "succeeded",
                _moment_or_none(answer, "gmt_refund_pay"),
                order_number=order_number,
            )

    def bill(self, day: date) -> Bill:
        """The trade bill of a China day, from the address that a signed answer names."""
        config = self._config.now()
        wanted = {"bill_type": "trade", "bill_date": day.isoformat()}
        answer = self._ask(config, "alipay.data.dataservice.bill.downloadurl.query", wanted)
        with reading():
            url = answer.text("bill_download_url", longest=2048)
        ours, theirs = urlsplit(config.address), urlsplit(url)
        if theirs.scheme != "https" and (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise Unsure("the bill lies at an open address")
        received = wire.call(self._line, "GET", url, headers={}, longest=wire.LONGEST_BILL, seconds=wire.BILL_SECONDS)
        if received.status != 200:
            raise Unsure("the bill cannot be downloaded")
        return bills.read(received.body, config=config, day=day)

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice | RefundNotice:
        """The verified content of a notice; Forged, and a line in the log, if anything about it is wrong."""
        try:
            return notices.read_notice(self._config.now(), body=body)
        except Forged as forged:
            log.warning("notice refused: channel=%s reason=%s", self.channel, forged.why)
            raise

    def accepted(self) -> Answer:
        """Exactly the word success."""
        return Answer(200, "text/plain", b"success")

    def declined(self, why: str) -> Answer:
        """The word failure, after which Alipay sends the notice again."""
        return Answer(400, "text/plain", b"failure")

    def _form(self, config: Config, method: str, content: Mapping[str, object], **addresses: str) -> dict[str, str]:
        form = {
            "app_id": config.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": SIGN_TYPE,
            "timestamp": self._now().astimezone(CHINA).strftime(_TIME),
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            **addresses,
        }
        return {**form, "sign": signature(config, form)}

    def _ask(self, config: Config, method: str, content: Mapping[str, object], **addresses: str) -> Fields:
        """Send a request and believe the answer only if Alipay signed it."""
        body = urlencode(self._form(config, method, content, **addresses)).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8", "Accept": "application/json"}
        received = wire.call(self._line, "POST", config.address, headers=headers, content=body)
        if received.status != 200:
            raise Unsure("the gateway failed")
        try:
            answer = verified_answer(config, received.body, method.replace(".", "_") + "_response")
            code = answer.text("code", longest=16)
            if code == _DONE:
                return answer
            reason, message = answer.text_or_none("sub_code"), answer.text_or_none("sub_msg", longest=1024)
        except Unreadable as error:
            log.warning("answer not believed: channel=%s reason=%s", self.channel, error)
            raise Unsure(str(error)) from None
        known = reason or code
        if code in _UNAVAILABLE or not _WORD.fullmatch(known) or any(word in _plain(known) for word in _UNSURE):
            raise Unsure("the gateway asks for patience")
        if any(word in _plain(known) for word in _MISSING):
            raise NotFound(known)
        raise Declined(known, message)


def _plain(code: str) -> str:
    return code.upper().replace("-", "_")


def _moment_or_none(fields: Fields, name: str) -> datetime | None:
    return china_moment(fields.text(name, longest=32), name) if name in fields else None


def _checked(number: str) -> str:
    if not _NUMBER.fullmatch(number):
        raise ValueError("not a number that Alipay takes")
    return number
