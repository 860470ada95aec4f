"""What may stand in a file for a bank, and plain files of it. 发往银行的文件

A program at the bank reads these files, but sooner or later somebody opens one in a spreadsheet: a name that begins
like a formula gets an apostrophe before it, as spreadsheets mark text themselves.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from yingbao.exchange.bank.faults import Findings
from yingbao.exchange.bank.files import DebitFile, PaymentItem
from yingbao.values.plain import spaced
from yingbao.values.text import Text

DEBITS_HEADER = ("序号", "协议号", "付款户名", "付款账号", "金额", "用途", "端到端编号")
PAYMENTS_HEADER = ("序号", "收款户名", "收款账号", "金额", "附言", "端到端编号")

LARGEST_FEN = 10**14
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_ID = re.compile(r"[0-9A-Za-z-]{1,35}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{5,34}")
_BANK = re.compile(r"[0-9A-Z]{1,28}")
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_MEND = Text(zh="先更正这一项，再生成文件", en="mend this item before the file is made")


def plain_debits(file: DebitFile) -> bytes:
    """The batch as UTF-8 CSV. Raises WrongFile if an item cannot stand in it. 扣款文件"""
    check_debits(file)
    return _csv(
        DEBITS_HEADER,
        (
            (number, item.mandate_number, item.debtor_name, item.debtor_account, yuan_text(item.amount_fen), item.text,
             item.end_to_end_id)
            for number, item in enumerate(file.items, 1)
        ),
    )  # fmt: skip


def plain_payments(*, batch: str, items: Sequence[PaymentItem]) -> bytes:
    """Payments from our account as UTF-8 CSV. Raises WrongFile if an item cannot stand in it. 付款文件"""
    findings = Findings(batch)
    _check_items([(each.end_to_end_id, each.amount_fen) for each in items], findings)
    for row, item in enumerate(items, 1):
        _check_words(row, {"收款户名": (item.payee_name, 140), "附言": (item.text, 140)}, findings)
        _check_forms(row, {"收款账号": (item.payee_account, _ACCOUNT)}, findings)
    findings.settle()
    return _csv(
        PAYMENTS_HEADER,
        (
            (number, item.payee_name, item.payee_account, yuan_text(item.amount_fen), item.text, item.end_to_end_id)
            for number, item in enumerate(items, 1)
        ),
    )


def yuan_text(fen: int) -> str:
    """A sum as files have it: 320.00."""
    return f"{fen // 100}.{fen % 100:02d}"


def check_debits(file: DebitFile) -> None:
    """Raises WrongFile with every item that a bank would refuse: doubled ids, no sum, too long, no account. 检查批次"""
    findings = Findings(file.batch)
    _check_items([(each.end_to_end_id, each.amount_fen) for each in file.items], findings)
    _check_words(0, {"creditor_name": (file.creditor_name, 140)}, findings)
    _check_forms(
        0,
        {
            "batch": (file.batch, _ID),
            "creditor_account": (file.creditor_account, _ACCOUNT),
            "creditor_bank": (file.creditor_bank, _BANK),
        },
        findings,
    )
    for row, item in enumerate(file.items, 1):
        _check_words(row, {"付款户名": (item.debtor_name, 140), "用途": (item.text, 140)}, findings)
        forms = {"协议号": (item.mandate_number, _ID), "付款账号": (item.debtor_account, _ACCOUNT)}
        _check_forms(row, forms, findings)
        if item.debtor_bank:
            _check_forms(row, {"付款行号": (item.debtor_bank, _BANK)}, findings)
        if item.mandate_signed_on > file.collect_on:
            what = Text(zh="协议在扣款日之后才签订", en="the mandate was signed after the day of collection")
            findings.note(row, "协议号", what, _MEND)
    findings.settle()


def _check_items(items: Sequence[tuple[str, int]], findings: Findings) -> None:
    if not items:
        findings.note(0, "", Text(zh="批次里没有一笔", en="the batch has no item"), _MEND)
    first: dict[str, int] = {}
    for row, (end_to_end_id, fen) in enumerate(items, 1):
        _check_forms(row, {"端到端编号": (end_to_end_id, _ID)}, findings)
        if first.setdefault(end_to_end_id, row) != row:
            what = Text(zh="编号“{id}”用了两次", en="the id “{id}” is given twice").filled(id=end_to_end_id)
            findings.note(row, "端到端编号", what, _MEND)
        if not 0 < fen < LARGEST_FEN:
            findings.note(row, "金额", Text(zh="金额不是正数", en="the sum is not above zero"), _MEND)


def _check_forms(row: int, values: dict[str, tuple[str, re.Pattern[str]]], findings: Findings) -> None:
    for column, (value, form) in values.items():
        if not form.fullmatch(value):
            what = Text(zh="为空，或有不允许的字符", en="this is empty or has signs that are not allowed")
            findings.note(row, column, what, _MEND)


def _check_words(row: int, values: dict[str, tuple[str, int]], findings: Findings) -> None:
    """Words are given whole or not at all: a name cut short would be another name."""
    for column, (value, most) in values.items():
        if not value or len(value) > most or value != spaced(value) or _NO_XML.search(value):
            what = Text(
                zh="为空、超过{most}个字，或有不可见的字符",
                en="this is empty, has more than {most} signs or invisible ones",
            )
            findings.note(row, column, what.filled(most=most), _MEND)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell.startswith(_RISKY) else cell for cell in row])
    return text.getvalue().encode("utf-8")
