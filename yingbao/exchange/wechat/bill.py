"""The trade bill of WeChat Pay (type ALL): detail lines, one summary line, every field after a backtick. 微信交易账单

Columns are found by name, since their order differs between kinds of bill and between years. Commas inside a field
are replaced by WeChat Pay itself, so that a line is split at every comma.
"""

from __future__ import annotations

import hashlib
from datetime import date

from yingbao.exchange.gateway import Bill, BillLine, LineKind
from yingbao.exchange.sums import fen_of_bill
from yingbao.exchange.wechat.config import Config
from yingbao.exchange.wire import Unreadable, china_moment, rows_of
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_TIME, _MERCHANT, _STATE, _CURRENCY = "交易时间", "商户号", "交易状态", "货币种类"
_TRANSACTION, _ORDER, _REFUND_ID, _REFUND = "微信订单号", "商户订单号", "微信退款单号", "商户退款单号"
_AMOUNT, _REFUNDED, _FEE, _REFUND_STATE = "订单金额", "申请退款金额", "手续费", "退款状态"
_COLUMNS = (
    _TIME,
    _MERCHANT,
    _STATE,
    _CURRENCY,
    _TRANSACTION,
    _ORDER,
    _REFUND_ID,
    _REFUND,
    _AMOUNT,
    _REFUNDED,
    _FEE,
)
_COUNT, _FEES, _GROSS, _REFUNDS = "总交易单数", "手续费总金额", "订单总金额", "申请退款总金额"
_KINDS: dict[str, LineKind] = {"SUCCESS": "payment", "REFUND": "refund", "REVOKED": "refund"}


def read(raw: bytes, *, config: Config, day: date) -> Bill:
    """The bill in these bytes; Refused, whole, with the line at fault or the sum that does not agree."""
    try:
        rows = rows_of(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _refused(day, 0, Text(zh="不是 UTF-8 文字", en="it is no UTF-8 text")) from None
    rows = rows[: next((i for i in range(len(rows), 0, -1) if rows[i - 1].strip()), 0)]
    if len(rows) < 3:
        raise _refused(day, len(rows), Text(zh="账单不完整", en="the bill is incomplete"))
    names = _cells(rows[0])
    for wanted in _COLUMNS:
        if names.count(wanted) != 1:
            raise _refused(day, 1, Text(zh=f"应有一列“{wanted}”", en=f"there must be one column {wanted}"))
    lines = tuple(
        _line(row, names, config=config, day=day, number=number) for number, row in enumerate(rows[1:-2], start=2)
    )
    bill = Bill(
        channel="wechat",
        merchant=config.merchant,
        day=day,
        lines=lines,
        gross_fen=sum(line.amount_fen for line in lines if line.kind == "payment"),
        refunds_fen=sum(line.amount_fen for line in lines if line.kind == "refund"),
        fees_fen=sum(line.fee_fen for line in lines),
        sha256=hashlib.sha256(raw).digest(),
        raw=raw,
    )
    _held_against_summary(bill, _cells(rows[-2]), _cells(rows[-1]), number=len(rows))
    return bill


def _cells(row: str) -> list[str]:
    return [cell.strip().removeprefix("`").strip() for cell in row.split(",")]


def _line(row: str, names: list[str], *, config: Config, day: date, number: int) -> BillLine:
    cells = _cells(row)
    if len(cells) != len(names):
        raise _refused(day, number, Text(zh="列数与表头不符", en="it has another number of fields than the header"))
    of = dict(zip(names, cells, strict=True))
    # Another app of the same merchant may have taken money too: then it is listed as a difference.
    if of[_MERCHANT] != config.merchant or of[_CURRENCY] != "CNY":
        raise _refused(day, number, Text(zh="不是本商户的人民币交易", en="it is not our merchant's in CNY"))
    kind = _KINDS.get(of[_STATE])
    if kind is None:
        raise _refused(day, number, Text(zh="交易状态不认识", en="its state is unknown"))
    try:
        at = china_moment(of[_TIME], _TIME)
        amount_fen = fen_of_bill(of[_AMOUNT] if kind == "payment" else of[_REFUNDED])
        fee_fen = fen_of_bill(of[_FEE])
    except (Unreadable, ValueError):
        raise _refused(day, number, Text(zh="时间或金额无法读取", en="its time or a sum cannot be read")) from None
    refund_named = of[_REFUND_ID] not in ("", "0")
    if not of[_TRANSACTION] or not of[_ORDER] or amount_fen <= 0 or (kind == "refund") != refund_named:
        raise _refused(day, number, Text(zh="单号或金额不完整", en="a number or its sum is missing"))
    if at.astimezone(CHINA).date() != day:
        raise _refused(day, number, Text(zh="不是这一天的交易", en="it is of another day"))
    refunding = kind == "refund"
    return BillLine(
        kind=kind,
        transaction=of[_TRANSACTION],
        order_number=of[_ORDER],
        refund_number=of[_REFUND] if refunding else "",
        refund_id=of[_REFUND_ID] if refunding else "",
        amount_fen=amount_fen,
        fee_fen=fee_fen,
        at=at,
        state=of.get(_REFUND_STATE) or of[_STATE] if refunding else of[_STATE],
    )


def _held_against_summary(bill: Bill, names: list[str], cells: list[str], *, number: int) -> None:
    if len(names) != len(cells) or any(names.count(name) != 1 for name in (_COUNT, _FEES, _GROSS, _REFUNDS)):
        raise _refused(bill.day, number, Text(zh="没有汇总行", en="the summary line is missing"))
    of = dict(zip(names, cells, strict=True))
    counted = str(len(bill.lines))
    if of[_COUNT] != counted:
        raise _refused(
            bill.day, number, Text(zh=f"明细有 {counted} 笔，汇总不同", en=f"{counted} lines, the summary differs")
        )
    for name, found in ((_GROSS, bill.gross_fen), (_REFUNDS, bill.refunds_fen), (_FEES, bill.fees_fen)):
        try:
            same = fen_of_bill(of[name]) == found
        except ValueError:
            same = False
        if not same:
            raise _refused(
                bill.day, number, Text(zh=f"“{name}”与明细之和不符", en=f"{name} is not the sum of the lines")
            )


def _refused(day: date, number: int, what: Text) -> Refused:
    mend = Text(zh="请重新下载；仍不符则联系微信支付", en="Download it again; if it stays so, ask WeChat Pay")
    return Refused(where=f"wechat {day.isoformat()}, line {number}", what=what, mend=mend)
