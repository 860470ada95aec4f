"""The trade bill of Alipay: a zip of two GBK tables, the details and their summary. 支付宝交易账单

The archive is bounded before and while it is unpacked. The two tables are known by their first line, not by
their names, which are themselves in GBK. Widths of brackets and colons in headings differ between years
and are made one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from datetime import date

from yingbao.exchange.alipay.config import Config
from yingbao.exchange.gateway import Bill, BillLine
from yingbao.exchange.sums import fen_of_bill
from yingbao.exchange.wire import Unreadable, china_moment, rows_of
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

MOST_FILES = 8
LONGEST_TABLE = 256 * 1024 * 1024
MOST_TIMES_PACKED = 200
_DETAILS, _SUMMARY = "#支付宝业务明细查询", "#支付宝业务汇总查询"
_TRANSACTION, _ORDER, _KIND, _DONE_AT = "支付宝交易号", "商户订单号", "业务类型", "完成时间"
_AMOUNT, _REFUND, _FEE = "订单金额(元)", "退款批次号/请求号", "服务费(元)"
_COLUMNS = (_TRANSACTION, _ORDER, _KIND, _DONE_AT, _AMOUNT, _REFUND, _FEE)
_STORE, _PAYMENTS, _REFUNDS, _TOTAL = "门店编号", "交易订单总笔数", "退款订单总笔数", "合计"
_ACCOUNT = re.compile(r"#账号:\[([0-9]+)\]")
_BEGINS = re.compile(r"#起始日期:\[(\d{4})年(\d\d)月(\d\d)日")
_Row = tuple[int, list[str]]


def read(raw: bytes, *, config: Config, day: date) -> Bill:
    """The bill in this archive; Refused, whole, with the line at fault or the sum that does not agree."""
    tables = _tables(raw, day)
    details, summary = _one(tables, _DETAILS, day), _one(tables, _SUMMARY, day)
    for table in (details, summary):
        _of_ours(table, config=config, day=day)
    names, *rows = _rows(details, _TRANSACTION, day)
    lines = tuple(_line(row, names[1], day=day) for row in rows)
    bill = Bill(
        channel="alipay",
        merchant=config.seller_id,
        day=day,
        lines=lines,
        gross_fen=sum(line.amount_fen for line in lines if line.kind == "payment"),
        refunds_fen=sum(line.amount_fen for line in lines if line.kind == "refund"),
        fees_fen=sum(line.fee_fen for line in lines),
        sha256=hashlib.sha256(raw).digest(),
        raw=raw,
    )
    _held_against_summary(bill, _rows(summary, _STORE, day))
    return bill


def _tables(raw: bytes, day: date) -> list[str]:
    broken = _refused(day, 0, Text(zh="不是可用的压缩包", en="it is no usable zip archive"))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = [part for part in archive.infolist() if not part.is_dir()]
            if len(parts) > MOST_FILES:
                raise broken
            left = min(LONGEST_TABLE, MOST_TIMES_PACKED * max(len(raw), 1024))
            found = []
            for part in parts:
                with archive.open(part) as packed:
                    # Reading one byte more than allowed shows a part that is larger than it declares.
                    table = packed.read(left + 1)
                left -= len(table)
                if left < 0 or table.count(b"\x00"):
                    raise broken
                found.append(table.decode("gb18030"))
            return found
    except (zipfile.BadZipFile, UnicodeDecodeError, RuntimeError, EOFError, OSError, zlib.error):
        raise broken from None


def _one(tables: list[str], first: str, day: date) -> list[str]:
    found = [table for table in tables if table.lstrip("\ufeff").startswith(first)]
    if len(found) != 1:
        raise _refused(day, 0, Text(zh=f"应有一个“{first[1:]}”文件", en=f"there must be one file {first[1:]}"))
    return rows_of(found[0])


def _of_ours(table: list[str], *, config: Config, day: date) -> None:
    head = [_narrow(line) for line in table[:10] if line.startswith("#")]
    account = next((found[1] for line in head if (found := _ACCOUNT.match(line))), "")
    begins = next(("-".join(found.groups()) for line in head if (found := _BEGINS.match(line))), "")
    # The account is the seller's number with four digits of the account's own behind it.
    if account not in (config.seller_id, config.seller_id + "0156"):
        raise _refused(day, 2, Text(zh="不是本商户的账单", en="it is another seller's bill"))
    if begins != day.isoformat():
        raise _refused(day, 3, Text(zh="不是这一天的账单", en="it is another day's bill"))


def _rows(table: list[str], first: str, day: date) -> list[_Row]:
    """Header and rows with their line numbers; the header begins with the name of its first column."""
    rows: list[_Row] = []
    for number, line in enumerate(table, start=1):
        if line.strip() and not line.startswith("#"):
            # One line at a time: a quotation mark that is left open swallows no other line.
            try:
                cells = next(csv.reader([line]))
            except csv.Error:
                raise _refused(day, number, Text(zh="这一行无法读取", en="it cannot be read")) from None
            rows.append((number, [cell.strip() for cell in cells]))
    if not rows or _narrow(rows[0][1][0]) != first:
        raise _refused(day, 1, Text(zh="没有表头", en="there is no header"))
    rows[0] = (rows[0][0], [_narrow(name) for name in rows[0][1]])
    for number, row in rows[1:]:
        if len(row) != len(rows[0][1]):
            raise _refused(day, number, Text(zh="列数与表头不符", en="it has another number of fields than the header"))
    return rows


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _line(row: _Row, names: list[str], *, day: date) -> BillLine:
    number, cells = row
    if any(names.count(wanted) != 1 for wanted in _COLUMNS):
        raise _refused(day, number, Text(zh="表头缺列", en="the header lacks a column"))
    of = dict(zip(names, cells, strict=True))
    kinds = {"交易": "payment", "退款": "refund"}
    kind = kinds.get(of[_KIND])
    if kind is None:
        raise _refused(day, number, Text(zh="业务类型不认识", en="its kind is unknown"))
    try:
        at = china_moment(of[_DONE_AT], _DONE_AT)
        amount_fen, fee_fen = fen_of_bill(of[_AMOUNT]), -fen_of_bill(of[_FEE])
    except (Unreadable, ValueError):
        raise _refused(day, number, Text(zh="时间或金额无法读取", en="its time or a sum cannot be read")) from None
    refunding = kind == "refund"
    # A refund stands with a sum below zero.
    amount_fen = -amount_fen if refunding else amount_fen
    if not of[_TRANSACTION] or not of[_ORDER] or amount_fen <= 0:
        raise _refused(day, number, Text(zh="单号或金额不完整", en="a number or its sum is missing"))
    if at.date() != day:
        raise _refused(day, number, Text(zh="不是这一天的交易", en="it is of another day"))
    return BillLine(
        kind="refund" if refunding else "payment",
        transaction=of[_TRANSACTION],
        order_number=of[_ORDER],
        refund_number=of[_REFUND] if refunding else "",
        refund_id=of[_REFUND] if refunding else "",
        amount_fen=amount_fen,
        fee_fen=fee_fen,
        at=at,
        state=of[_KIND],
    )


def _held_against_summary(bill: Bill, rows: list[_Row]) -> None:
    names = rows[0][1]
    totals = [row for row in rows[1:] if _TOTAL in row[1][:2]]
    number = rows[-1][0]
    if len(totals) != 1 or any(names.count(name) != 1 for name in (_PAYMENTS, _REFUNDS, _AMOUNT, _FEE)):
        raise _refused(bill.day, number, Text(zh="没有合计行", en="the line of totals is missing"))
    of = dict(zip(names, totals[0][1], strict=True))
    refunds = sum(line.kind == "refund" for line in bill.lines)
    try:
        counts = (int(of[_PAYMENTS]), int(of[_REFUNDS]))
        amount_fen, fee_fen = fen_of_bill(of[_AMOUNT]), -fen_of_bill(of[_FEE])
    except ValueError:
        raise _refused(bill.day, number, Text(zh="合计无法读取", en="the totals cannot be read")) from None
    if counts != (len(bill.lines) - refunds, refunds):
        raise _refused(bill.day, number, Text(zh="笔数与明细不符", en="the counts are not those of the lines"))
    # The public description does not say whether refunds are taken off this sum.
    if amount_fen not in (bill.gross_fen, bill.gross_fen - bill.refunds_fen) or fee_fen != bill.fees_fen:
        raise _refused(bill.day, number, Text(zh="金额与明细之和不符", en="the sums are not those of the lines"))


def _refused(day: date, number: int, what: Text) -> Refused:
    mend = Text(zh="请重新下载；仍不符则联系支付宝", en="Download it again; if it stays so, ask Alipay")
    return Refused(where=f"alipay {day.isoformat()}, line {number}", what=what, mend=mend)
