"""Statements as tables: CSV and .xlsx with the columns that banks have. 表格对账单"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from typing import TypeVar

from yingbao.exchange.bank import amounts
from yingbao.exchange.bank.balances import in_time, refuse_doubles, settled
from yingbao.exchange.bank.faults import FileFault, Findings, WrongFile
from yingbao.exchange.bank.files import Direction, StatementFile, StatementLine
from yingbao.exchange.bank.headings import DAYS, MONEY, STATEMENT, TEXTS, needing, title
from yingbao.spreadsheet.columns import Headings, meaning
from yingbao.spreadsheet.reading import read_table
from yingbao.spreadsheet.table import Cell, Table
from yingbao.values.fault import Fault
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Taken = TypeVar("Taken")

_OPENING = ("期初余额", "上期余额", "上日余额", "承前页", "承上页")
_CLOSING = ("期末余额", "本期余额", "本日余额", "过次页")
_MEND_COLUMNS = Text(
    zh="至少要有账号、记账日期，以及借贷和金额（或借方发生额、贷方发生额）各列",
    en="needed are 账号 (account), 记账日期 (booked on), and 借贷 with 金额, or 借方发生额 with 贷方发生额",
)
_MEND_ROW = Text(zh="请从银行重新导出对账单", en="export the statement from the bank again")
_EMPTY = Text(zh="没有填写", en="this is empty")


class Row:
    """One row of a table: gives its values by field, and notes what is wrong with them. 一行"""

    def __init__(self, number: int, cells: dict[str, Cell], headers: dict[str, str], findings: Findings) -> None:
        self.number, self.cells, self._headers, self._findings = number, cells, headers, findings
        self.is_wrong = False

    def take(self, field: str, how: Callable[[Cell], Taken], *, needed: bool = False) -> Taken | None:
        """The value of a field, or None; a fault, or its lack where it is needed, is noted."""
        try:
            value = how(self.cells.get(field))
        except Fault as fault:
            self.wrong(field, fault.what, fault.mend)
            return None
        if needed and (value is None or value == ""):
            self.wrong(field, _EMPTY, _MEND_ROW)
            return None
        return value

    def wrong(self, field: str, what: Text, mend: Text) -> None:
        """Notes what is wrong at a field."""
        self.is_wrong = True
        self._findings.note(self.number, self._headers.get(field, ""), what, mend)


def rows_of(table: Table, findings: Findings) -> Iterator[Row]:
    """The rows of a table with their cells by field. 逐行"""
    fields = [column.field for column in table.columns]
    headers = {column.field: column.header for column in table.columns}
    for number, cells in table.rows():
        yield Row(number, dict(zip(fields, cells, strict=True)), headers, findings)


def opened(content: bytes, name: str, headings: Headings) -> Table:
    """The table in the file, opened in the bounded child. Raises WrongFile with what the child says. 打开表格"""
    try:
        table = read_table(content, name, headings=headings)
    except Refused as refused:
        place = refused.where.removeprefix(name).strip()
        fault = FileFault(row=0, column=place, what=refused.what, mend=refused.mend)
        raise WrongFile(name, [fault]) from refused
    if table.kind == "csv" and content.rstrip(b"\0 \t")[-1:] not in (b"\n", b"\r"):
        # A download that broke off looks whole if it breaks within a cell: 480 may once have been 4800.00.
        what = Text(
            zh="最后一行没有换行，文件可能没有下载完整", en="the last line has no end: the download may have broken off"
        )
        mend = Text(
            zh="重新下载；文件若确实完整，另存为.xlsx再上传", en="download it again; if it is whole, save it as .xlsx"
        )
        raise WrongFile(name, [FileFault(row=_last_row(table), column="", what=what, mend=mend)])
    return table


def _last_row(table: Table) -> int:
    return max((number for number, _ in table.rows()), default=table.header_row)


def refuse_twice(table: Table, headings: Headings, fields: tuple[str, ...], name: str) -> None:
    """Raises WrongFile if two columns could be one of these fields: which of them counts is not guessed. 重复列"""
    doubled = [column for column in table.passed_over if meaning(column.header, headings) in fields]
    faults = [
        FileFault(
            row=table.header_row,
            column=column.header,
            what=Text(zh="这一列有两次", en="there are two such columns"),
            mend=Text(zh="只保留一列", en="keep one of them"),
        )
        for column in doubled
    ]
    if faults:
        raise WrongFile(name, faults)


def read_statement_table(*, name: str, content: bytes) -> StatementFile:
    """A CSV or .xlsx statement. Raises WrongFile with every row that is wrong. 表格对账单"""
    table = _statement(name, content)
    findings = Findings(name)
    lines: list[StatementLine] = []
    accounts: dict[str, int] = {}
    edges: dict[str, int] = {}
    for row in rows_of(table, findings):
        if _is_edge(row, edges):
            continue
        account = row.take("account", amounts.number_of, needed=True)
        if account and accounts.setdefault(account, row.number) == row.number and len(accounts) > 1:
            row.wrong(
                "account",
                Text(zh="账号与前面的行不同", en="the account is another than above"),
                Text(zh="一个文件只放一个账户", en="one account in one file"),
            )
        if (line := _line(row)) is not None:
            lines.append(line)
    headers = {column.field: column.header for column in table.columns}
    refuse_doubles(lines, findings, headers.get("serial", ""))
    if not lines and not findings.faults:
        findings.note(0, "", Text(zh="没有一笔流水", en="there is not one line"), _MEND_ROW)
    findings.settle()
    ordered = in_time(lines, edges.get("opening"))
    opening, closing = settled(
        ordered, edges.get("opening"), edges.get("closing"), findings, headers.get("balance", "")
    )
    findings.settle()
    days = [line.booked_on for line in ordered]
    return StatementFile(
        account=next(iter(accounts)),
        number="",
        currency="CNY",
        first=min(days),
        last=max(days),
        opening_fen=opening,
        closing_fen=closing,
        lines=tuple(ordered),
        sha256=hashlib.sha256(content).digest(),
        form=table.kind,
        notes=table.notes,
    )


def _statement(name: str, content: bytes) -> Table:
    """The table, read a second time with every column of sums that it has as a needed one.

    Only then does the reader pass over no row in which money stands, whatever else the row lacks.
    """
    table = opened(content, name, STATEMENT)
    have = {column.field for column in table.columns}
    two_columns = {"paid_out", "paid_in"} <= have
    wanted = [] if two_columns else ["amount", "side"]
    missing = [field for field in wanted if field not in have]
    if not have & set(DAYS):
        missing.append("booked_on")
    if missing:
        faults = [
            FileFault(
                row=table.header_row,
                column=title(STATEMENT, field).zh,
                what=Text(zh="没有“{title}”这一列", en="there is no column “{title}”").filled(
                    title=title(STATEMENT, field)
                ),
                mend=_MEND_COLUMNS,
            )
            for field in missing
        ]
        raise WrongFile(name, faults)
    refuse_twice(table, STATEMENT, (*MONEY, *DAYS, "account", "side", "serial"), name)
    return opened(content, name, needing(STATEMENT, {"account", *(have & {*MONEY, *DAYS})}))


def _is_edge(row: Row, edges: dict[str, int]) -> bool:
    """Whether the row gives the opening or closing balance and no movement; the balance is kept if so. 期初期末"""
    if any(row.cells.get(field) not in (None, "") for field in ("amount", "paid_out", "paid_in", "serial")):
        return False
    said = " ".join(str(cell) for cell in row.cells.values() if isinstance(cell, str))
    for edge, words in (("opening", _OPENING), ("closing", _CLOSING)):
        if any(word in said for word in words):
            balance = row.take("balance", _balance, needed=True)
            if balance is not None:
                edges[edge] = balance
            return True
    return False


def _line(row: Row) -> StatementLine | None:
    """The movement in a row, or None if anything about it is wrong (and noted)."""
    booked_on = _day(row)
    moved = _one_column(row) if "side" in row.cells and "amount" in row.cells else _two_columns(row)
    serial = row.take("serial", amounts.number_of) or ""
    balance = row.take("balance", _balance)
    row.take("currency", amounts.require_yuan)
    account = row.take("counterparty_account", amounts.number_of) or ""
    counterparty = row.take("counterparty_name", amounts.words_of) or ""
    words = [row.take(field, amounts.words_of) or "" for field in TEXTS]
    if booked_on is None or moved is None or row.is_wrong:
        return None
    return StatementLine(
        ordinal=0,
        serial=serial,
        booked_on=booked_on,
        amount_fen=moved[0],
        direction=moved[1],
        balance_fen=balance,
        counterparty_name=counterparty,
        counterparty_account=account,
        text=" ".join(dict.fromkeys(word for word in words if word)),
        row=row.number,
    )


def _day(row: Row) -> date | None:
    """The day of booking; where the file tells only when it was traded, that day."""
    field = "booked_on" if "booked_on" in row.cells else "traded_on"
    return row.take(field, amounts.day_of, needed=True)


def _balance(cell: Cell) -> int | None:
    return amounts.fen_of(cell, signed=True)


def _one_column(row: Row) -> tuple[int, Direction] | None:
    amount = row.take("amount", amounts.fen_of, needed=True)
    side = row.take("side", amounts.side_of, needed=True)
    if amount == 0:
        row.wrong("amount", Text(zh="金额是0", en="the sum is zero"), _MEND_ROW)
    return (amount, side) if amount and side else None


def _two_columns(row: Row) -> tuple[int, Direction] | None:
    """借方发生额 and 贷方发生额: one of them holds the sum, the other nothing or 0.00."""
    paid_out, paid_in = (row.take(field, amounts.fen_of) for field in ("paid_out", "paid_in"))
    if row.is_wrong:
        return None
    if bool(paid_out) == bool(paid_in):
        what = (
            Text(zh="借方和贷方都有金额", en="both debit and credit have a sum")
            if paid_out
            else Text(zh="借方和贷方都没有金额", en="neither debit nor credit has a sum")
        )
        row.wrong("paid_out", what, _MEND_ROW)
        return None
    return (paid_out, "out") if paid_out else (paid_in or 0, "in")
