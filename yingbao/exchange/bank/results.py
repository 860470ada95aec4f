"""A bank's answers to batches of debits and payments: a plain table or pain.002. 读取回盘文件"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Any

from yingbao.exchange.bank import amounts
from yingbao.exchange.bank.faults import Findings
from yingbao.exchange.bank.files import Outcome, ResultFile, ResultLine
from yingbao.exchange.bank.headings import RESULTS
from yingbao.exchange.bank.markup import every, is_markup, one, parsed, said
from yingbao.exchange.bank.reasons import AFTER_SUCCESS, REASONS, reason_of
from yingbao.exchange.bank.tables import Row, opened, refuse_twice, rows_of
from yingbao.spreadsheet.table import Cell
from yingbao.values.fault import Fault
from yingbao.values.plain import compact, spaced, veiled
from yingbao.values.text import Text

_OUTCOMES: dict[str, Outcome] = {
    "成功": "succeeded", "扣款成功": "succeeded", "付款成功": "succeeded", "交易成功": "succeeded",
    "失败": "failed", "扣款失败": "failed", "付款失败": "failed", "交易失败": "failed",
    "退回": "returned", "退票": "returned", "已退回": "returned",
}  # fmt: skip
_SETTLED = frozenset(("ACSC", "ACCC"))
_WAITING = frozenset(("ACCP", "ACSP", "ACTC", "ACWC", "ACWP", "PDNG", "RCVD", "ACFC"))
"""checked or under way; of these the standard says that settlement is still to come"""
_VERSIONS = range(2, 15)
_RETURN_WORDS = re.compile(r"退[回票汇]")
"""before the words of a reason: a bank says so with RJCT for want of a status for returns"""
_SAME_AGAIN = re.compile(r"^(?:退[回票汇]|失败)[\s:：，,]*")
_CODE = re.compile(r"([A-Z]{2}[0-9]{2}|[A-Z]{4})(?:[-:：,， ]+(.*))?")
_ID = re.compile(r"[0-9A-Za-z+?/:().,' -]{1,35}")
_MEND = Text(zh="请银行重新出具回盘文件", en="ask the bank for the result file once more")


def read_results(*, name: str, content: bytes) -> ResultFile:
    """What became of the items of a batch, told by CSV, .xlsx or pain.002. 读取回盘

    Raises WrongFile with every row and reason: an id twice, an unknown word, no day; then nothing of it counts.
    """
    return (_message if is_markup(content) else _table)(name, content)


def _table(name: str, content: bytes) -> ResultFile:
    table = opened(content, name, RESULTS)
    refuse_twice(table, RESULTS, tuple(field.name for field in RESULTS.fields), name)
    findings = Findings(name)
    lines = [line for row in rows_of(table, findings) if (line := _line(row)) is not None]
    headers = {column.field: column.header for column in table.columns}
    _refuse_doubles([(line.end_to_end_id, line.row) for line in lines], headers["end_to_end_id"], findings)
    findings.settle()
    digest = hashlib.sha256(content).digest()
    return ResultFile(lines=tuple(lines), sha256=digest, form=table.kind, notes=table.notes)


def _line(row: Row) -> ResultLine | None:
    end_to_end_id = row.take("end_to_end_id", _end_to_end_id, needed=True)
    outcome = row.take("outcome", _outcome, needed=True)
    on = row.take("on", amounts.day_of, needed=True)
    amount = row.take("amount", amounts.fen_of)
    words = row.take("reason", amounts.words_of) or ""
    if row.is_wrong or end_to_end_id is None or outcome is None or on is None:
        return None
    parts = _CODE.fullmatch(words)
    code = parts[1] if parts and (parts[1] in REASONS or parts[1][2:].isdigit()) else ""
    reason = reason_of(code or ("" if words else "MS03"), ((parts[2] or "") if parts and code else words).strip())
    return ResultLine(
        end_to_end_id=end_to_end_id, outcome=outcome, reason=Text("", "") if outcome == "succeeded" else reason,
        reason_code="" if outcome == "succeeded" else code, on=on, amount_fen=amount, row=row.number,
    )  # fmt: skip


def _end_to_end_id(cell: Cell) -> str:
    """Our id as we gave it, dashes and all; a number that lost its digits is refused."""
    if not isinstance(cell, str):
        return amounts.number_of(cell)
    said_ = compact(cell).lstrip("'")
    if said_ and not _ID.fullmatch(said_):
        what = Text(zh="“{said}”不是端到端编号", en="“{said}” is no end-to-end id").filled(said=veiled(said_)[:40])
        raise Fault(what, _MEND)
    return said_


def _outcome(cell: Cell) -> Outcome | None:
    word = compact(str(cell or ""))
    if word and word not in _OUTCOMES:
        what = Text(zh="看不懂结果“{word}”", en="the result “{word}” is not understood").filled(word=veiled(word)[:20])
        raise Fault(
            what, Text(zh="结果写成功、失败或退回", en="write 成功 (succeeded), 失败 (failed) or 退回 (returned)")
        )
    return _OUTCOMES.get(word)


def _refuse_doubles(rows: list[tuple[str, int]], column: str, findings: Findings) -> None:
    first: dict[str, int] = {}
    for end_to_end_id, row in rows:
        if (before := first.setdefault(end_to_end_id, row)) != row:
            what = Text(zh="编号“{id}”与第{row}行重复", en="the id “{id}” is that of row {row} already")
            findings.note(row, column, what.filled(id=end_to_end_id, row=before), _MEND)


def _message(name: str, content: bytes) -> ResultFile:
    """pain.002: rows are the transactions, counted through the message."""
    document, version = parsed(content, name, "pain.002")
    findings = Findings(name)
    if int(version[-2:]) not in _VERSIONS:
        what = Text(zh="不受理{version}版", en="version {version} is not taken").filled(version=version)
        findings.note(0, "Document", what, Text(zh="用001.02至001.14版", en="use 001.02 to 001.14"))
        findings.settle()
    report = one(document, "CstmrPmtStsRpt")
    if report is None:
        report = next(iter(document), document)
    made_on = _day(said(report, "GrpHdr/CreDtTm"), 0, "CreDtTm", findings)
    findings.settle()
    digest, batch = hashlib.sha256(content).digest(), said(report, "OrgnlGrpInfAndSts/OrgnlMsgId")
    items = list(report.iter("{*}TxInfAndSts"))
    lines: list[ResultLine] = []
    rows: list[tuple[str, int]] = []
    waiting: list[str] = []
    for row, item in enumerate(items, 1):
        found = _item(item, row, made_on or date.min, findings)
        if found is not None:
            rows.append((found if isinstance(found, str) else found.end_to_end_id, row))
            (waiting if isinstance(found, str) else lines).append(found)  # type: ignore[arg-type]
    _refuse_doubles(rows, "OrgnlEndToEndId", findings)
    whole = None if items else _whole(report, findings)
    findings.settle()
    return ResultFile(
        lines=tuple(lines), sha256=digest, form="pain002", batch=batch, batch_refused=whole, waiting=tuple(waiting)
    )


def _item(item: Any, row: int, made_on: date, findings: Findings) -> ResultLine | str | None:
    """One transaction; its id alone if it is still under way; None if it is wrong (and noted)."""
    before = len(findings.faults)
    end_to_end_id, status, code = said(item, "OrgnlEndToEndId"), said(item, "TxSts"), _code(item)
    if not end_to_end_id:
        findings.note(row, "OrgnlEndToEndId", Text(zh="没有端到端编号", en="the end-to-end id is missing"), _MEND)
    if status not in _SETTLED | _WAITING | {"RJCT"}:
        what = Text(zh="看不懂状态“{status}”", en="the status “{status}” is not understood").filled(status=status[:10])
        findings.note(row, "TxSts", what, _MEND)
    moment = said(item, "AccptncDtTm", "OrgnlTxRef/IntrBkSttlmDt")
    on = _day(moment, row, "AccptncDtTm", findings) if moment else made_on
    amount = _amount(item, row, findings)
    if len(findings.faults) > before or on is None:
        return None
    if status in _WAITING:
        return end_to_end_id
    refused = status == "RJCT"
    was_paid = code in AFTER_SUCCESS or _RETURN_WORDS.match(_words(item))
    outcome: Outcome = "succeeded" if not refused else "returned" if was_paid else "failed"
    return ResultLine(
        end_to_end_id=end_to_end_id, outcome=outcome, reason=_reason(item) if refused else Text("", ""),
        reason_code=code if refused else "", on=on, amount_fen=amount, row=row,
    )  # fmt: skip


def _amount(item: Any, row: int, findings: Findings) -> int | None:
    given = one(item, "OrgnlTxRef/Amt/InstdAmt")
    if given is None:
        given = one(item, "OrgnlTxRef/IntrBkSttlmAmt")
    if given is None:
        return None
    try:
        amounts.require_yuan(given.get("Ccy"))
        return amounts.fen_of_decimal((given.text or "").strip())
    except Fault as fault:
        findings.add(row, "Amt", fault)
        return None


def _day(moment: str, row: int, column: str, findings: Findings) -> date | None:
    try:
        return amounts.iso_day(moment)
    except Fault as fault:
        findings.add(row, column, fault)
        return None


def _code(holder: Any) -> str:
    return said(holder, "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry", "StsRsnInf/StsRsn/Cd", "StsRsnInf/StsRsn/Prtry")


def _words(holder: Any) -> str:
    """What the bank wrote beside the code."""
    paths = ("StsRsnInf/AddtlInf", "StsRsnInf/AddtlStsRsnInf")
    return " ".join(spaced(each.text or "") for path in paths for each in every(holder, path))


def _reason(holder: Any) -> Text:
    """Code and words of a status; a reason that has neither is said to be missing."""
    code, words = _code(holder), _SAME_AGAIN.sub("", _words(holder))
    if code in REASONS and REASONS[code].zh == words:
        words = ""
    return reason_of(code or ("" if words else "MS03"), words)


def _whole(report: Any, findings: Findings) -> Text | None:
    """Why the bank took nothing at all, where it tells a status for the batch and names no items."""
    for holder, status in (("OrgnlGrpInfAndSts", "GrpSts"), ("OrgnlPmtInfAndSts", "PmtInfSts")):
        found = one(report, holder)
        if found is not None and said(found, status) == "RJCT":
            return _reason(found)
    what = Text(zh="报文没有一笔明细的结果", en="the message tells the result of no item")
    findings.note(0, "TxInfAndSts", what, _MEND)
    return None
