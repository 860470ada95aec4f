"""A statement as CSV, as a workbook or as camt.053, right or malformed as asked. 对账单下载"""

from __future__ import annotations

import csv
import io

import xlsxwriter

from simulators.bank import book, messages
from simulators.bank.book import Booked, Impossible
from simulators.world import World, yuan

HEADER = ["账号", "记账日期", "交易流水号", "借贷", "金额", "余额", "对方户名", "对方账号", "附言"]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml; charset=utf-8",
}
SPOILT_ROWS = ("bad_amount", "bad_date", "wrong_balance", "missing_column", "no_header", "other_account", "line_twice")
SPOILT_BYTES = ("truncated", "not_utf8", "html", "empty", "entities")
VARIANTS = (*SPOILT_ROWS, *SPOILT_BYTES)


def download(
    world: World, account: str, form: str, first: str, last: str, version: str = "08", variant: str = ""
) -> bytes:
    """The file. Without `variant`, the one that a rule asks for. Raises Impossible."""
    variant = variant or str(world.rules.take("bank", [account], "statement") or "")
    if variant and variant not in VARIANTS:
        raise Impossible(f"unknown variant; known: {', '.join(VARIANTS)}")
    if form not in TYPES or version not in messages.STATEMENTS:
        raise Impossible("格式只有 csv、xlsx、xml，版本只有 02 与 08")
    opening_fen, lines = book.statement(world, account, first, last)
    if form == "xml":
        content = messages.camt_053(world, book.account_of(world, account), first, last, opening_fen, lines, version)
        content = spoilt_xml(content, variant)
    else:
        rows = spoilt_rows([HEADER, *(_row(booked) for booked in lines if not booked.line.lost)], variant)
        content = as_csv(rows) if form == "csv" else as_workbook(rows)
    return spoilt_bytes(content, variant)


def _row(booked: Booked) -> list[str]:
    line = booked.line
    return [
        line.account,
        line.day,
        line.serial,
        line.side,
        yuan(line.amount_fen),
        yuan(booked.balance_fen),
        line.other_name,
        line.other_account,
        line.remark,
    ]


def as_csv(rows: list[list[str]]) -> bytes:
    """UTF-8 with a byte order mark."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def as_workbook(rows: list[list[str]]) -> bytes:
    """One sheet, every cell text, as the bank's export has it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False}) as workbook:
        sheet = workbook.add_worksheet("对账单")
        for place, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write_string(place, column, value)
    return out.getvalue()


def spoilt_rows(rows: list[list[str]], variant: str) -> list[list[str]]:
    """One fault in the table; it sits in the last line."""
    if variant == "missing_column":
        return [row[:4] + row[5:] for row in rows]
    if variant == "no_header":
        return rows[1:]
    if variant not in SPOILT_ROWS or len(rows) < 2:
        return rows
    last = list(rows[-1])
    if variant == "line_twice":
        return [*rows, last]
    column, value = {
        "bad_amount": (4, "12,34x"),
        "bad_date": (1, "2019-13-45"),
        "wrong_balance": (5, yuan(int(last[5].replace(".", "")) + 1)),
        "other_account": (0, "99" + last[0][2:]),
    }[variant]
    last[column] = value
    return [*rows[:-1], last]


def spoilt_xml(content: bytes, variant: str) -> bytes:
    """The same faults in a message."""
    text = content.decode()
    if variant == "entities":
        text = text.replace("?>", '?><!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>', 1)
        return text.replace("<Ustrd>", "<Ustrd>&b;").encode()
    before, found, after = text.rpartition("</Ntry>")
    start = before.rfind("<Ntry>")
    if not found or start < 0:
        return content
    entry = before[start:]
    if variant == "line_twice":
        return (before + found + entry + found + after).encode()
    marks = {"bad_amount": ('<Amt Ccy="CNY">', "x"), "bad_date": ("<Dt>", "13-"), "missing_column": ("<CdtDbtInd>", "")}
    if variant in marks:
        mark, put = marks[variant]
        entry = entry.replace(mark, mark + put, 1) if put else entry.replace("CdtDbtInd>", "Other>")
    elif variant == "wrong_balance":
        opening = text.index('Ccy="CNY">', text.index("CLBD")) + len('Ccy="CNY">')
        return (text[:opening] + "9" + text[opening:]).encode()
    elif variant == "other_account":
        return text.replace("<Othr>", "<Other>").encode()
    return (before[:start] + entry + found + after).encode()


def spoilt_bytes(content: bytes, variant: str) -> bytes:
    """Faults below the table."""
    if variant == "truncated":
        return content[: len(content) * 2 // 3]
    if variant == "not_utf8":
        return content.decode("utf-8-sig", errors="ignore").encode("gb18030")
    if variant == "html":
        return "<html><body>登录超时，请重新登录</body></html>".encode()
    return b"" if variant == "empty" else content
