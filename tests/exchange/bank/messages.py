"""Statements and result messages as a bank would write them, for the tests. All accounts and people are invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
import openpyxl
from lxml import etree

from yingbao.exchange.bank.files import StatementLine

ACCOUNT = "1102020409000123456"
HEADER = ["账号", "记账日期", "交易流水号", "借贷", "金额", "余额", "对方户名", "对方账号", "附言"]
DAY = date(2025, 10, 9)


def line(amount_fen: int = 64_000, **more: Any) -> StatementLine:
    """One line that is right, but for what is given."""
    given: dict[str, Any] = {
        "ordinal": 1, "serial": "A001", "booked_on": DAY, "amount_fen": amount_fen, "direction": "in",
        "balance_fen": None, "counterparty_name": "星海学校", "counterparty_account": "32050161",
        "text": "SB0000123459 保费", "row": 2,
    }  # fmt: skip
    return StatementLine(**(given | more))


def numbered(lines: Sequence[StatementLine]) -> list[StatementLine]:
    """The lines one after the other, in the rows below a header."""
    return [msgspec.structs.replace(each, ordinal=n, row=n + 1) for n, each in enumerate(lines, 1)]


def balanced(lines: Sequence[StatementLine], opening_fen: int = 0) -> list[StatementLine]:
    """The same with the running balance at each."""
    known, done = opening_fen, []
    for each in numbered(lines):
        known += each.signed_fen()
        done.append(msgspec.structs.replace(each, balance_fen=known))
    return done


def yuan(fen: int | None) -> str:
    """A sum as the demo bank writes it."""
    return "" if fen is None else f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def cells(each: StatementLine, account: str = ACCOUNT) -> list[str]:
    """One line in the demo bank's columns."""
    return [
        account, each.booked_on.isoformat(), each.serial, "贷" if each.direction == "in" else "借",
        yuan(each.amount_fen), yuan(each.balance_fen), each.counterparty_name, each.counterparty_account, each.text,
    ]  # fmt: skip


def csv_of(rows: Sequence[Sequence[object]], encoding: str = "utf-8") -> bytes:
    """Rows as CSV, quoted where needed."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def statement_csv(lines: Sequence[StatementLine], encoding: str = "utf-8") -> bytes:
    """A statement in the demo bank's form."""
    return csv_of([HEADER, *(cells(each) for each in lines)], encoding)


def book(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows as a workbook, each cell with the type it has here."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


class Message:
    """Writes an ISO 20022 message element by element."""

    def __init__(self, name: str) -> None:
        self._namespace = f"urn:iso:std:iso:20022:tech:xsd:{name}"
        self.root = etree.Element(f"{{{self._namespace}}}Document", nsmap={None: self._namespace})

    def add(self, holder: Any, path: str, text: str | None = None, **attributes: str) -> Any:
        """New elements along a path."""
        for step in path.split("/"):
            holder = etree.SubElement(holder, f"{{{self._namespace}}}{step}", {})
        holder.text = text
        holder.attrib.update(attributes)
        return holder

    def written(self, encoding: str = "UTF-8") -> bytes:
        """The message as bytes."""
        done: bytes = etree.tostring(self.root, xml_declaration=True, encoding=encoding, pretty_print=True)
        return done


def camt(
    lines: Sequence[StatementLine], *, version: int = 2, opening_fen: int | None = 0, closing_fen: int | None = None,
    status: str = "BOOK", currency: str = "CNY", copies: int = 1, summary: tuple[int, int] | None = None,
) -> Message:  # fmt: skip
    """A camt.053 statement of these lines; without `closing_fen` the closing balance is right."""
    message = Message(f"camt.053.001.{version:02d}")
    whole = message.add(message.root, "BkToCstmrStmt")
    message.add(whole, "GrpHdr/MsgId", "M1")
    message.add(whole[0], "CreDtTm", "2025-10-10T02:00:00+08:00")
    for _ in range(copies):
        statement = message.add(whole, "Stmt")
        message.add(statement, "Id", "2025-282")
        message.add(statement, "CreDtTm", "2025-10-10T02:00:00+08:00")
        account = message.add(statement, "Acct")
        message.add(account, "Id/Othr/Id", ACCOUNT)
        message.add(account, "Ccy", currency)
        if opening_fen is not None:
            closing = opening_fen + sum(each.signed_fen() for each in lines) if closing_fen is None else closing_fen
            _balance(message, statement, "OPBD", opening_fen, currency)
            _balance(message, statement, "CLBD", closing, currency)
        if summary is not None:
            totals = message.add(statement, "TxsSummry/TtlNtries")
            message.add(totals, "NbOfNtries", str(summary[0]))
            message.add(totals, "Sum", yuan(summary[1]))
        for each in lines:
            _entry(message, message.add(statement, "Ntry"), each, version, status, currency)
    return message


def _balance(message: Message, statement: Any, kind: str, fen: int, currency: str) -> None:
    balance = message.add(statement, "Bal")
    message.add(balance, "Tp/CdOrPrtry/Cd", kind)
    message.add(balance, "Amt", yuan(abs(fen)), Ccy=currency)
    message.add(balance, "CdtDbtInd", "CRDT" if fen >= 0 else "DBIT")
    message.add(balance, "Dt/Dt", (DAY - timedelta(days=kind == "OPBD")).isoformat())


def _entry(message: Message, entry: Any, each: StatementLine, version: int, status: str, currency: str) -> None:
    message.add(entry, "Amt", yuan(each.amount_fen), Ccy=currency)
    message.add(entry, "CdtDbtInd", "CRDT" if each.direction == "in" else "DBIT")
    message.add(entry, "Sts" if version < 8 else "Sts/Cd", status)
    message.add(entry, "BookgDt/Dt", each.booked_on.isoformat())
    if each.serial:
        message.add(entry, "AcctSvcrRef", each.serial)
    message.add(entry, "BkTxCd")
    detail = message.add(entry, "NtryDtls/TxDtls")
    if version > 2:
        message.add(detail, "Amt", yuan(each.amount_fen), Ccy=currency)
        message.add(detail, "CdtDbtInd", "CRDT" if each.direction == "in" else "DBIT")
    role = "Dbtr" if each.direction == "in" else "Cdtr"
    parties = message.add(detail, "RltdPties")
    if each.counterparty_name:
        message.add(parties, f"{role}/Nm" if version < 7 else f"{role}/Pty/Nm", each.counterparty_name)
    if each.counterparty_account:
        message.add(parties, f"{role}Acct/Id/Othr/Id", each.counterparty_account)
    if each.text:
        message.add(detail, "RmtInf/Ustrd", each.text)


def pain002(
    items: Sequence[tuple[str, str, str]], *, version: int = 3, group: tuple[str, str] | None = None
) -> Message:
    """A pain.002 report: end-to-end id, status and reason code of each item."""
    message = Message(f"pain.002.001.{version:02d}")
    report = message.add(message.root, "CstmrPmtStsRpt")
    message.add(report, "GrpHdr/MsgId", "R1")
    message.add(report[0], "CreDtTm", "2025-10-10T23:30:00+08:00")
    original = message.add(report, "OrgnlGrpInfAndSts")
    message.add(original, "OrgnlMsgId", "DD20251009")
    message.add(original, "OrgnlMsgNmId", "pain.008.001.02")
    if group:
        message.add(original, "GrpSts", group[0])
        message.add(original, "StsRsnInf/Rsn/Cd", group[1])
    if items:
        batch = message.add(report, "OrgnlPmtInfAndSts")
        message.add(batch, "OrgnlPmtInfId", "DD20251009")
        for end_to_end_id, status, code in items:
            item = message.add(batch, "TxInfAndSts")
            message.add(item, "OrgnlEndToEndId", end_to_end_id)
            message.add(item, "TxSts", status)
            if code:
                message.add(item, "StsRsnInf/Rsn/Cd", code)
            message.add(item, "OrgnlTxRef/Amt/InstdAmt", "320.00", Ccy="CNY")
    return message
