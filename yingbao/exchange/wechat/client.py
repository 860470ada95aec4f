"""Calls to WeChat Pay: every request signed, every answer verified before a word of it is believed. 微信支付接口"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from yingbao.exchange import wire
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
from yingbao.exchange.wechat import bill as bills
from yingbao.exchange.wechat import config as configs
from yingbao.exchange.wechat import notice as notices
from yingbao.exchange.wechat.config import Config
from yingbao.exchange.wechat.signing import Unverified, authorization, verify
from yingbao.exchange.wire import Fields, Received, reading
from yingbao.values.clock import CHINA

log = logging.getLogger(__name__)

_NUMBER = re.compile(r"[0-9A-Za-z_-]{6,32}")
_REFUND_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,64}")
_CODE = re.compile(r"[A-Z0-9_]{1,64}")
_MISSING = {"ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS", "RESOURCE_NOT_EXIST", "NO_STATEMENT_EXIST"}
# Refusals that say nothing about what became of the request, or ask for it again.
_UNSURE = {
    "SYSTEM_ERROR",
    "SYSTEMERROR",
    "BIZERR_NEED_RETRY",
    "FREQUENCY_LIMITED",
    "RATELIMIT_EXCEEDED",
    "STATEMENT_CREATING",
}
_CLOSED = {"ORDER_CLOSED", "ORDERCLOSED", "TRADE_CLOSED"}


class WeChat:
    """WeChat Pay as one direct merchant. 微信支付"""

    channel = notices.CHANNEL

    def __init__(self, file: Path, *, now: Callable[[], datetime]) -> None:
        self._config = Watched(file, configs.read)
        self._now = now
        self._line = wire.line()

    @property
    def merchant(self) -> str:
        """Our merchant number."""
        return self._config.now().merchant

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
        """Make an order: `qr` gives the text of a QR code, `page` an address to go to (needs the payer's address)."""
        config = self._config.now()
        order: dict[str, object] = {
            "appid": config.app_id,
            "mchid": config.merchant,
            "description": description[:127],
            "out_trade_no": _checked(_NUMBER, order_number),
            "time_expire": expires_at.astimezone(CHINA).isoformat(timespec="seconds"),
            "notify_url": config.notify_url,
            "amount": {"total": amount_checked(amount_fen), "currency": "CNY"},
        }
        if kind == "page":
            if not client_address:
                raise ValueError("a WeChat page needs the payer's IP address")
            order["scene_info"] = {"payer_client_ip": client_address, "h5_info": {"type": "Wap"}}
        means, wanted = ("h5", "h5_url") if kind == "page" else ("native", "code_url")
        answer = self._ask(config, "POST", f"/v3/pay/transactions/{means}", order)
        with reading():
            return Opened(order_number, kind, answer.text(wanted, longest=1024))

    def query(self, order_number: str) -> Notice:
        """The state of an order now."""
        config = self._config.now()
        path = f"/v3/pay/transactions/out-trade-no/{_checked(_NUMBER, order_number)}?mchid={config.merchant}"
        answer = self._ask(config, "GET", path)
        with reading():
            answer.must_be("out_trade_no", order_number)
            return notices.payment(config, answer)

    def close(self, order_number: str) -> None:
        """Close an unpaid order; Declined if it is paid."""
        config = self._config.now()
        path = f"/v3/pay/transactions/out-trade-no/{_checked(_NUMBER, order_number)}/close"
        try:
            self._ask(config, "POST", path, {"mchid": config.merchant})
        except Declined as no:
            if no.code not in _CLOSED:
                raise

    def refund(
        self, *, order_number: str, transaction: str, refund_number: str, amount_fen: int, total_fen: int, reason: str
    ) -> RefundNotice:
        """Ask for a refund of a payment of `total_fen`; the same refund number is never paid twice."""
        config = self._config.now()
        request = {
            "transaction_id": transaction,
            "out_refund_no": _checked(_REFUND_NUMBER, refund_number),
            "reason": reason[:80],
            "notify_url": config.refund_notify_url,
            "amount": {"refund": amount_checked(amount_fen), "total": amount_checked(total_fen), "currency": "CNY"},
        }
        answer = self._ask(config, "POST", "/v3/refund/domestic/refunds", request)
        with reading():
            answer.must_be("transaction_id", transaction)
            found = self._refund(config, answer, order_number, refund_number)
        if found.amount_fen != amount_fen:
            raise Unsure("the refund is of another amount")
        return found

    def query_refund(self, *, order_number: str, refund_number: str) -> RefundNotice:
        """The state of a refund now."""
        config = self._config.now()
        answer = self._ask(config, "GET", f"/v3/refund/domestic/refunds/{_checked(_REFUND_NUMBER, refund_number)}")
        with reading():
            return self._refund(config, answer, order_number, refund_number)

    def bill(self, day: date) -> Bill:
        """The trade bill of a China day; the file's SHA-1 must be the one in the signed answer."""
        config = self._config.now()
        answer = self._ask(config, "GET", f"/v3/bill/tradebill?bill_date={day.isoformat()}&bill_type=ALL")
        with reading():
            answer.must_be("hash_type", "SHA1")
            wanted, url = answer.text("hash_value").lower(), answer.text("download_url", longest=2048)
        ours, theirs = urlsplit(config.address), urlsplit(url)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise Unsure("the bill lies on another host")
        received = self._send(config, "GET", url, b"", longest=wire.LONGEST_BILL, seconds=wire.BILL_SECONDS)
        # The file itself is not signed: the hash in the signed answer vouches for it.
        found = hashlib.sha1(received.body, usedforsecurity=False).hexdigest()
        if received.status != 200 or not hmac.compare_digest(found.encode(), wanted.encode()):
            raise Unsure("the bill is not the one that was announced")
        return bills.read(received.body, config=config, day=day)

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice | RefundNotice:
        """The verified content of a notice; Forged, and a line in the log, if anything about it is wrong."""
        try:
            return notices.read_notice(self._config.now(), headers=headers, body=body, now=now)
        except Forged as forged:
            log.warning("notice refused: channel=%s reason=%s", self.channel, forged.why)
            raise

    def accepted(self) -> Answer:
        """No content, status 204."""
        return Answer(204, "application/json", b"")

    def declined(self, why: str) -> Answer:
        """Status 400 and FAIL with the reason, after which WeChat sends the notice again."""
        body = json.dumps({"code": "FAIL", "message": why[:200]}, ensure_ascii=False).encode()
        return Answer(400, "application/json", body)

    def _refund(self, config: Config, answer: Fields, order_number: str, refund_number: str) -> RefundNotice:
        answer.must_be("out_refund_no", refund_number)
        answer.must_be("out_trade_no", order_number)
        return notices.refund(config, answer)

    def _send(
        self,
        config: Config,
        method: str,
        url: str,
        body: bytes,
        *,
        longest: int = wire.LONGEST_ANSWER,
        seconds: float = wire.ANSWER_SECONDS,
    ) -> Received:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = {
            "Authorization": authorization(config, method=method, path=path, body=body, at=self._now()),
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        # In public-key mode the merchant names the key with which it wants to be answered.
        named = next((serial for serial in config.platform_keys if serial.startswith(configs.PUBLIC_KEY_ID)), None)
        if named:
            headers["Wechatpay-Serial"] = named
        return wire.call(self._line, method, url, headers=headers, content=body, longest=longest, seconds=seconds)

    def _ask(self, config: Config, method: str, path: str, content: Mapping[str, object] | None = None) -> Fields:
        """Send a request and believe the answer only if WeChat signed it just now; an empty one has no fields."""
        body = json.dumps(content, ensure_ascii=False).encode() if content is not None else b""
        received = self._send(config, method, config.address + path, body)
        if received.status >= 500:
            raise Unsure("the gateway failed")
        try:
            verify(config, headers=received.headers, body=received.body, now=self._now())
        except Unverified as error:
            log.warning("answer not believed: channel=%s reason=%s", self.channel, error)
            raise Unsure(str(error)) from None
        with reading():
            if received.status in (200, 202, 204):
                return Fields.of(received.body) if received.body else Fields({})
            refusal = Fields.of(received.body)
            code, message = refusal.text("code", longest=64), refusal.text_or_none("message", longest=1024)
        raise _refusal(received.status, code, message)


def _refusal(status: int, code: str, message: str) -> Unsure | NotFound | Declined:
    if not _CODE.fullmatch(code) or code in _UNSURE or status in (408, 429) or not 400 <= status < 500:
        return Unsure("the gateway asks for patience")
    if code in _MISSING or status == 404:
        return NotFound(code)
    return Declined(code, message)


def _checked(pattern: re.Pattern[str], number: str) -> str:
    if not pattern.fullmatch(number):
        raise ValueError("not a number that WeChat Pay takes")
    return number
