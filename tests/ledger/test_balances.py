"""Balances, and sums by what money is for and came with. 余额测试"""

from __future__ import annotations

import pytest

from tests.ledger.conftest import AT, BANK, BOOK, FAMILY, FEE, SUSPENSE, TREASURY, entry, posting
from yingbao.ledger.balances import balance_of, balances, sum_by_source, sum_by_subject
from yingbao.ledger.journals import post

pytestmark = pytest.mark.django_db


def test_assets_and_expenses_grow_by_debits_and_liabilities_by_credits() -> None:
    said = [entry(FAMILY, TREASURY, 500), entry(), entry(SUSPENSE, FAMILY, 60), entry(FEE, BANK, 1)]
    post(posting("a", *said), book=BOOK, at=AT)
    post(posting("b"), book="500103", at=AT)
    assert balances(BOOK) == {
        "320500:bank:a": 99,
        "320500:fee": 1,
        "320500:receivable:family": 440,
        "320500:suspense": 40,
        "320500:treasury": 500,
    }
    assert balance_of(BOOK, SUSPENSE) == 40
    assert balance_of("500103", SUSPENSE) == 100
    assert balance_of("nowhere", SUSPENSE) == 0


def test_an_account_is_summed_by_subject_and_by_source() -> None:
    post(posting("assessed", *[entry(FAMILY, TREASURY, 100, child) for child in (1, 2, 3)]), book=BOOK, at=AT)
    post(posting("line", entry(amount_fen=150, source=9)), book=BOOK, at=AT)
    matched = [entry(SUSPENSE, FAMILY, 100, 1, 9), entry(SUSPENSE, FAMILY, 40, 2, 9)]
    post(posting("matched", *matched), book=BOOK, at=AT)
    post(posting("unknown", entry(amount_fen=5)), book=BOOK, at=AT)
    assert sum_by_subject(BOOK, FAMILY) == {1: 0, 2: 60, 3: 100}
    assert sum_by_subject(BOOK, FAMILY, [2, 4]) == {2: 60}
    assert sum_by_subject(BOOK, TREASURY) == {1: 100, 2: 100, 3: 100}
    assert sum_by_subject(BOOK, SUSPENSE) == {1: -100, 2: -40}
    assert sum_by_source(BOOK, SUSPENSE) == {9: 10}
    assert sum_by_source(BOOK, BANK, [9, 8]) == {9: 150}
    assert sum_by_source(BOOK, BANK, []) == {}
    assert sum_by_source("500103", BANK) == {}
