"""Statements as ISO 20022 camt.053 messages, versions 001.02 to 001.12. 账户对账单报文

Read by paths that are the same in all versions; where they differ, both are tried.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import msgspec

from yingbao.exchange.bank import amounts
from yingbao.exchange.bank.balances import refuse_doubles, settled
from yingbao.exchange.bank.faults import Findings
from yingbao.exchange.bank.files import Direction, StatementFile, StatementLine
from yingbao.exchange.bank.markup import every, one, parsed, said
from yingbao.values.fault import Fault
from yingbao.values.plain import spaced
from yingbao.values.text import Text

VERSIONS = range(2, 13)
_SIDES: dict[str, Direction] = {"CRDT": "in", "DBIT": "out"}
_NOT_YET = ("PDNG", "INFO", "FUTR")
"""entries that have moved nothing so far"""
_MEND = Text(zh="请银行重新出具完整的对账单报文", en="ask the bank for the whole statement once more")


def read_statement_message(*, name: str, content: bytes) -> StatementFile:
    """A camt.053 statement. Raises WrongFile with every entry that is wrong. 对账单报文"""
    document, version = parsed(content, name, "camt.053")
    findings = Findings(name)
    statements = every(document, "BkToCstmrStmt/Stmt")
    if int(version[-2:]) not in VERSIONS:
        what = Text(zh="不受理{version}版", en="version {version} is not taken").filled(version=version)
        findings.note(0, "Document", what, Text(zh="用001.02至001.12版", en="use 001.02 to 001.12"))
    if len(statements) != 1:
        what = Text(zh="文件里有{n}份对账单", en="the file holds {n} statements").filled(n=len(statements))
        findings.note(0, "Stmt", what, Text(zh="每个账户、每期一个文件", en="one account and period in one file"))
    findings.settle()
    (statement,) = statements
    _refuse_pages(document, statement, findings)
    account = _account(statement, findings)
    number = said(statement, "Id")
    entries = every(statement, "Ntry")
    booked = [(row, entry) for row, entry in enumerate(entries, 1) if _status(entry) not in _NOT_YET]
    pending = len(entries) - len(booked)
    read = [line for row, entry in booked if (line := _line(entry, row, findings)) is not None]
    lines = [msgspec.structs.replace(line, ordinal=ordinal) for ordinal, line in enumerate(read, 1)]
    opening, closing = _balance(statement, ("OPBD", "PRCD"), findings), _balance(statement, ("CLBD",), findings)
    refuse_doubles(lines, findings, "AcctSvcrRef")
    findings.settle()
    if not pending:
        _refuse_wrong_summary(statement, lines, findings)
    opening, closing = settled(lines, opening, closing, findings, "Bal")
    first, last = _period(statement, lines, findings)
    findings.settle()
    notes = [Text(zh="{n}笔未入账的记录没有读取", en="{n} entries not yet booked were passed over")] if pending else []
    return StatementFile(
        account=account, number=number, currency="CNY", first=first, last=last, opening_fen=opening,
        closing_fen=closing, lines=tuple(lines), sha256=hashlib.sha256(content).digest(), form="camt053",
        notes=tuple(note.filled(n=pending) for note in notes),
    )  # fmt: skip


def _refuse_pages(document: Any, statement: Any, findings: Findings) -> None:
    """A page of a statement has neither its opening nor its closing balance: only the whole can be checked."""
    for place in (one(document, "BkToCstmrStmt/GrpHdr/MsgPgntn"), one(statement, "StmtPgntn")):
        if place is not None and (
            said(place, "LastPgInd") not in ("true", "1") or said(place, "PgNb").lstrip("0") != "1"
        ):
            what = Text(zh="这只是对账单的一页", en="this is one page of a statement")
            findings.note(0, "PgNb", what, _MEND)


def _account(statement: Any, findings: Findings) -> str:
    account = said(statement, "Acct/Id/Othr/Id", "Acct/Id/IBAN").replace(" ", "")
    if not account:
        findings.note(0, "Acct", Text(zh="没有账号", en="the account is missing"), _MEND)
    try:
        amounts.require_yuan(said(statement, "Acct/Ccy"))
    except Fault as fault:
        findings.add(0, "Acct/Ccy", fault)
    return account


def _status(entry: Any) -> str:
    return said(entry, "Sts/Cd", "Sts/Prtry", "Sts")


def _line(entry: Any, row: int, findings: Findings) -> StatementLine | None:
    """One entry as a line; None if anything is wrong with it (and noted). 一笔"""
    before = len(findings.faults)
    if (status := _status(entry)) != "BOOK":
        what = Text(zh="状态“{status}”不是已入账", en="the status “{status}” is not booked").filled(status=status[:10])
        findings.note(row, "Sts", what, _MEND)
    amount = _amount(entry, row, findings)
    side = _SIDES.get(said(entry, "CdtDbtInd"))
    if side is None:
        findings.note(row, "CdtDbtInd", Text(zh="没有借贷方向", en="debit or credit is not told"), _MEND)
    booked_on = _day(entry, ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"), row, findings)
    if amount == 0:
        findings.note(row, "Amt", Text(zh="金额是0", en="the sum is zero"), _MEND)
    if len(findings.faults) > before or side is None or booked_on is None:
        return None
    counterparty_name, counterparty_account = _counterparty(entry, side)
    return StatementLine(
        ordinal=row, serial=_serial(entry),
        booked_on=booked_on, amount_fen=amount, direction=side, balance_fen=None, counterparty_name=counterparty_name,
        counterparty_account=counterparty_account, text=_text(entry), row=row,
    )  # fmt: skip


def _serial(entry: Any) -> str:
    """The bank's number of the entry; NtryRef is none, since it begins anew in every statement."""
    details = every(entry, "NtryDtls/TxDtls")
    return said(entry, "AcctSvcrRef") or (said(details[0], "Refs/AcctSvcrRef") if len(details) == 1 else "")


def _amount(holder: Any, row: int, findings: Findings) -> int:
    """The sum in fen of an element with `Amt`; 0 if it is wrong, which is noted."""
    found = one(holder, "Amt")
    try:
        amounts.require_yuan(found.get("Ccy") or "none" if found is not None else None)
        return amounts.fen_of_decimal(said(holder, "Amt"))
    except Fault as fault:
        findings.add(row, "Amt", fault)
        return 0


def _day(holder: Any, paths: tuple[str, ...], row: int, findings: Findings) -> date | None:
    found = said(holder, *paths)
    try:
        if found:
            return amounts.iso_day(found)
        findings.note(row, paths[0], Text(zh="没有日期", en="the day is missing"), _MEND)
    except Fault as fault:
        findings.add(row, paths[0], fault)
    return None


def _counterparty(entry: Any, side: Direction) -> tuple[str, str]:
    """Name and account of the other side; nothing where one entry sums up several."""
    role = "Dbtr" if side == "in" else "Cdtr"
    found = {
        (
            spaced(said(parties, f"{role}/Pty/Nm", f"{role}/Nm")),
            said(parties, f"{role}Acct/Id/Othr/Id", f"{role}Acct/Id/IBAN").replace(" ", ""),
        )
        for parties in every(entry, "NtryDtls/TxDtls/RltdPties")
    }
    return found.pop() if len(found) == 1 else ("", "")


def _text(entry: Any) -> str:
    """All that was written about an entry, each once: remittance texts, references, what the bank adds."""
    details = every(entry, "NtryDtls/TxDtls")
    words = [spaced(each.text or "") for detail in details for each in every(detail, "RmtInf/Ustrd")]
    words += [said(detail, "RmtInf/Strd/CdtrRefInf/Ref") for detail in details]
    words += [said(detail, "Refs/EndToEndId").replace("NOTPROVIDED", "") for detail in details]
    words += [spaced(said(detail, "AddtlTxInf")) for detail in details]
    words.append(spaced(said(entry, "AddtlNtryInf")))
    return " ".join(dict.fromkeys(word for word in words if word))


def _balance(statement: Any, kinds: tuple[str, ...], findings: Findings) -> int | None:
    """The balance of the first of these kinds that is given; below zero if it is a debit balance."""
    balances = {said(each, "Tp/CdOrPrtry/Cd"): each for each in reversed(every(statement, "Bal"))}
    found = next((balances[kind] for kind in kinds if kind in balances), None)
    if found is None:
        return None
    fen = _amount(found, 0, findings)
    return -fen if said(found, "CdtDbtInd") == "DBIT" else fen


def _refuse_wrong_summary(statement: Any, lines: list[StatementLine], findings: Findings) -> None:
    """Number and sum of the entries as the bank counted them, where it tells them."""
    for path, side in (("TtlNtries", None), ("TtlCdtNtries", "in"), ("TtlDbtNtries", "out")):
        counted = [line for line in lines if side in (None, line.direction)]
        number = said(statement, f"TxsSummry/{path}/NbOfNtries")
        total = said(statement, f"TxsSummry/{path}/Sum")
        try:
            wrong = bool(number) and number.lstrip("0") != (str(len(counted)) if counted else "")
            wrong |= bool(total) and amounts.fen_of_decimal(total) != sum(line.amount_fen for line in counted)
        except Fault as fault:
            findings.add(0, f"TxsSummry/{path}", fault)
            continue
        if wrong:
            what = Text(
                zh="银行的合计是{number}笔{total}元，文件里不是",
                en="the bank counts {number} of {total} yuan, the file differs",
            ).filled(number=number or "–", total=total or "–")
            findings.note(0, f"TxsSummry/{path}", what, _MEND)


def _period(statement: Any, lines: list[StatementLine], findings: Findings) -> tuple[date, date]:
    """First and last day: of the period, else of the lines, else of the balances."""
    ends = [f"FrToDt/{end}" for end in ("FrDtTm", "ToDtTm") if said(statement, f"FrToDt/{end}")]
    edges = [_day(statement, (end,), 0, findings) for end in ends]
    days = [day for day in edges if day] or [line.booked_on for line in lines]
    if not days:
        days = [day for each in every(statement, "Bal") if (day := _day(each, ("Dt/Dt", "Dt/DtTm"), 0, findings))]
    if not days:
        findings.note(0, "FrToDt", Text(zh="没有日期", en="the day is missing"), _MEND)
        return date.min, date.min
    return min(days), max(days)
