"""Debit files as plain CSV or pain.008, payout files as plain CSV; a fault refuses the whole. 收文件"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from simulators.world import in_fen

DEBIT_HEADER = ["序号", "协议号", "付款户名", "付款账号", "金额", "用途", "端到端编号"]
PAYOUT_HEADER = ["序号", "收款户名", "收款账号", "金额", "附言", "端到端编号"]


class Malformed(Exception):
    """A file that the bank does not take; the sentence names row and reason."""


@dataclass
class Wanted:
    """One row of a file. 明细"""

    agreement: str
    name: str
    account: str
    amount_fen: int
    text: str
    end_to_end: str


@dataclass
class File:
    """What a file asks for. 文件"""

    form: str
    message: str
    wanted: list[Wanted]
    day: str = ""
    account: str = ""
    payments: list[str] = field(default_factory=list)


def debits(content: bytes) -> File:
    """A debit file in either form."""
    return _pain(content) if content.lstrip()[:1] == b"<" else File("csv", "", _rows(content, DEBIT_HEADER))


def payouts(content: bytes) -> File:
    """A payout file."""
    return File("csv", "", _rows(content, PAYOUT_HEADER))


def _rows(content: bytes, header: list[str]) -> list[Wanted]:
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise Malformed(f"不是UTF-8编码的CSV文件：{fault}") from None
    if not rows or rows[0] != header:
        raise Malformed(f"第1行表头应为 {','.join(header)}")
    wanted: list[Wanted] = []
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise Malformed(f"第{number}行应有{len(header)}列")
        named = dict(zip(header, row, strict=True))
        try:
            amount_fen = in_fen(named["金额"])
        except ValueError:
            raise Malformed(f"第{number}行金额不正确") from None
        item = Wanted(
            agreement=named.get("协议号", ""),
            name=named.get("付款户名") or named.get("收款户名", ""),
            account=named.get("付款账号") or named.get("收款账号", ""),
            amount_fen=amount_fen,
            text=named.get("用途") or named.get("附言", ""),
            end_to_end=named["端到端编号"],
        )
        _check(item, f"第{number}行", seen)
        wanted.append(item)
    if not wanted:
        raise Malformed("文件没有明细")
    return wanted


def _check(item: Wanted, place: str, seen: set[str]) -> None:
    if item.amount_fen < 1 or not item.name or not item.account or not item.end_to_end:
        raise Malformed(f"{place}户名、账号、金额、端到端编号必填，金额大于0")
    if item.end_to_end in seen:
        raise Malformed(f"{place}端到端编号重复")
    seen.add(item.end_to_end)


def _pain(content: bytes) -> File:
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as fault:
        raise Malformed(f"不是XML文件：{fault.msg}") from None
    if "pain.008.001." not in (etree.QName(root).namespace or ""):
        raise Malformed("不是 pain.008.001 报文")
    wanted, seen = [], set[str]()
    for number, found in enumerate(_all(root, "DrctDbtTxInf"), 1):
        place = f"第{number}笔"
        amount = _all(found, "InstdAmt")
        if not amount or amount[0].get("Ccy") != "CNY":
            raise Malformed(f"{place}没有人民币金额")
        try:
            amount_fen = in_fen(amount[0].text or "")
        except ValueError:
            raise Malformed(f"{place}金额不正确") from None
        item = Wanted(
            agreement=_text(found, "MndtId"),
            name=_text(found, "Dbtr", "Nm"),
            account=_text(found, "DbtrAcct", "Id") or _text(found, "DbtrAcct", "IBAN"),
            amount_fen=amount_fen,
            text=_text(found, "Ustrd"),
            end_to_end=_text(found, "EndToEndId"),
        )
        _check(item, place, seen)
        wanted.append(item)
    head = _all(root, "GrpHdr")
    count, total = (_text(head[0], name) if head else "" for name in ("NbOfTxs", "CtrlSum"))
    if not wanted or count != str(len(wanted)):
        raise Malformed(f"NbOfTxs 与明细笔数不符：{count} 与 {len(wanted)}")
    if total and total != "" and in_fen(total) != sum(item.amount_fen for item in wanted):
        raise Malformed("CtrlSum 与明细合计不符")
    payments = [_text(payment, "PmtInfId") for payment in _all(root, "PmtInf")]
    day, account = _text(root, "ReqdColltnDt"), _text(root, "CdtrAcct", "Id") or _text(root, "CdtrAcct", "IBAN")
    return File(etree.QName(root).namespace.rpartition(":")[2], _text(head[0], "MsgId"), wanted, day, account, payments)


def _all(node: Any, name: str) -> list[Any]:
    return list(node.iter(f"{{*}}{name}"))


def _text(node: Any, *names: str) -> str:
    """The text of the first such descendant that has any."""
    for name in names[:-1]:
        found = _all(node, name)
        if not found:
            return ""
        node = found[0]
    return next((text for child in _all(node, names[-1]) if (text := (child.text or "").strip())), "")
