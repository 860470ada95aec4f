"""What a school prints for its declaration: the form to stamp and sign, and the notice to pay by. 申报表、缴款通知"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from yingbao.paper import sheet, typeface
from yingbao.values import money
from yingbao.values.text import Text


class Payee(msgspec.Struct, frozen=True):
    """The account to which a school transfers, and the deadline. 收款账户

    `account_number` is the public collection account of the authority, printed in full.
    """

    name: str
    account_number: str
    bank: str


class CategorySum(msgspec.Struct, frozen=True):
    """One line of the sums: heads and money of a category, by who pays. 分类合计

    `payer` is the family, or the body that pays for those it lists.
    """

    category: Text
    payer: Text
    heads: int
    premium_fen: int
    self_paid_fen: int
    subsidised_fen: int


class DeclaredPupil(msgspec.Struct, frozen=True):
    """One pupil on the form, in whole fen. 申报学生"""

    name: str
    identity_masked: str
    category: Text
    premium_fen: int
    self_paid_fen: int
    subsidised_fen: int


class DeclaredClass(msgspec.Struct, frozen=True):
    """A class and its declared pupils, in the order of the roster. 班级"""

    name: str
    pupils: Sequence[DeclaredPupil]


class DeclarationPaper(msgspec.Struct, frozen=True):
    """What stands on a declaration form. 申报表

    `supplement` is 0 for the original declaration, else the number of the supplement; `hash` is the digest of the
    frozen list; `frozen_at` is the moment it was taken. Sums are given, not worked out here: the form must show what
    was frozen.
    """

    school_name: str
    school_code: str
    pooling_area_name: str
    season: Text
    number: str
    supplement: int
    remittance_reference: str
    payee: Payee
    deadline: date
    sums: Sequence[CategorySum]
    classes: Sequence[DeclaredClass]
    to_pay_fen: int
    hash: str
    frozen_at: datetime
    simulated: bool


class NoticePaper(msgspec.Struct, frozen=True):
    """What stands on the notice to pay. 缴款通知"""

    school_name: str
    school_code: str
    season: Text
    declaration_number: str
    heads: int
    amount_fen: int
    remittance_reference: str
    payee: Payee
    deadline: date
    issued_on: date
    simulated: bool


def draw_declaration_form(paper: DeclarationPaper) -> bytes:
    """The declaration as PDF/A on A4 sheets: head, sums by category, list by class, stamp. 申报表"""
    names = (pupil.name for each in paper.classes for pupil in each.pupils)
    data = {
        "school": paper.school_name,
        "code": paper.school_code,
        "area": paper.pooling_area_name,
        "season": paper.season.zh,
        "number": paper.number,
        "kind": f"补充申报（第{paper.supplement}次）" if paper.supplement else "首次申报",
        "deadline": sheet.day(paper.deadline),
        "sums": [_sum_row(line) for line in paper.sums],
        "total": _total(paper.sums),
        "classes": [_class(each) for each in paper.classes],
        "figures": money.figures(paper.to_pay_fen),
        "capitals": money.capitals(paper.to_pay_fen),
        "hash": paper.hash,
        "frozen_at": sheet.moment(paper.frozen_at),
        "watermark": sheet.SIMULATED if paper.simulated else "",
        "missing": typeface.missing(paper.school_name, *names),
        **_account(paper.payee, paper.remittance_reference),
    }
    return sheet.draw("declaration_form", data, made_on=sheet.china_day(paper.frozen_at))


def draw_payment_notice(paper: NoticePaper) -> bytes:
    """The notice by which a school's accountant transfers, the reference also as a QR code to copy from. 缴款通知"""
    data = {
        "school": paper.school_name,
        "code": paper.school_code,
        "season": paper.season.zh,
        "number": paper.declaration_number,
        "heads": str(paper.heads),
        "figures": money.figures(paper.amount_fen),
        "capitals": money.capitals(paper.amount_fen),
        "deadline": sheet.day(paper.deadline),
        "issued_on": sheet.day(paper.issued_on),
        "watermark": sheet.SIMULATED if paper.simulated else "",
        "missing": typeface.missing(paper.school_name, paper.payee.name),
        "qr": sheet.qr(paper.remittance_reference),
        **_account(paper.payee, paper.remittance_reference),
    }
    return sheet.draw("payment_notice", data, made_on=paper.issued_on)


def _account(payee: Payee, reference: str) -> dict[str, str]:
    return {
        "payee": payee.name,
        # In groups of four, as on a bank card: it is typed by hand.
        "account": " ".join(payee.account_number[at : at + 4] for at in range(0, len(payee.account_number), 4)),
        "bank": payee.bank,
        "reference": reference,
    }


def _money_of(line: CategorySum | DeclaredPupil) -> list[str]:
    return [money.figures(fen) for fen in (line.premium_fen, line.self_paid_fen, line.subsidised_fen)]


def _sum_row(line: CategorySum) -> list[str]:
    return [line.category.zh, line.payer.zh, str(line.heads), *_money_of(line)]


def _total(lines: Iterable[CategorySum | DeclaredPupil]) -> list[str]:
    lines = list(lines)
    heads = sum(line.heads if isinstance(line, CategorySum) else 1 for line in lines)
    sums = (
        sum(line.premium_fen for line in lines),
        sum(line.self_paid_fen for line in lines),
        sum(line.subsidised_fen for line in lines),
    )
    return [str(heads), *(money.figures(fen) for fen in sums)]


def _class(each: DeclaredClass) -> dict[str, Any]:
    rows = [[pupil.name, pupil.identity_masked, pupil.category.zh, *_money_of(pupil)] for pupil in each.pupils]
    return {"name": each.name, "rows": rows, "total": _total(each.pupils)}
