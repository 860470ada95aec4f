"""Days that are closed, and which day a posting goes to. 日结测试"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.ledger.conftest import AT, BANK, BOOK, DAY, FAMILY, SUSPENSE, entry, posting
from yingbao.ledger.balances import balance_of, balances
from yingbao.ledger.closing import close_day, last_closed, open_day
from yingbao.ledger.journals import post
from yingbao.ledger.models import ClosedDay, DayBalance
from yingbao.ledger.posting import DayClosed
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)


def test_a_posting_goes_into_the_first_day_that_is_open() -> None:
    assert open_day(BOOK, DAY) == DAY
    assert last_closed(BOOK) is None
    close_day(book=BOOK, day=DAY, by=1, confirmed_by=2, at=AT)
    assert open_day(BOOK, DAY - 5 * ONE_DAY) == DAY + ONE_DAY
    assert open_day(BOOK, DAY) == DAY + ONE_DAY
    assert open_day(BOOK, DAY + 2 * ONE_DAY) == DAY + 2 * ONE_DAY
    assert open_day("500103", DAY) == DAY
    assert last_closed(BOOK) == DAY


def test_closing_takes_two_people() -> None:
    with pytest.raises(Refused, match="takes two people"):
        close_day(book=BOOK, day=DAY, by=1, confirmed_by=1, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClosedDay.objects.create(book=BOOK, day=DAY, at=AT, by=1, confirmed_by=1)
    assert last_closed(BOOK) is None


def test_a_day_or_one_before_it_is_not_closed_again() -> None:
    close_day(book=BOOK, day=DAY, by=1, confirmed_by=2, at=AT)
    for day in (DAY, DAY - ONE_DAY):
        with pytest.raises(DayClosed):
            close_day(book=BOOK, day=day, by=1, confirmed_by=2, at=AT)
    assert close_day(book=BOOK, day=DAY + ONE_DAY, by=1, confirmed_by=2, at=AT).day == DAY + ONE_DAY


def test_the_balances_at_the_end_of_a_day_are_kept() -> None:
    post(posting("a"), book=BOOK, at=AT)
    post(posting("tomorrow", entry(amount_fen=7), day=DAY + ONE_DAY), book=BOOK, at=AT)
    first = close_day(book=BOOK, day=DAY, by=1, confirmed_by=2, at=AT)
    post(posting("b", entry(SUSPENSE, FAMILY, 30), day=DAY + ONE_DAY), book=BOOK, at=AT)
    second = close_day(book=BOOK, day=DAY + 3 * ONE_DAY, by=1, confirmed_by=2, at=AT)

    def kept(closed: ClosedDay) -> dict[str, tuple[int, int]]:
        rows = DayBalance.objects.filter(closed=closed).values_list("account__code", "debit_fen", "credit_fen")
        return {code: (debit, credit) for code, debit, credit in rows}

    assert kept(first) == {"320500:bank:a": (100, 0), "320500:suspense": (0, 100)}
    assert kept(second) == {
        "320500:bank:a": (107, 0),
        "320500:suspense": (30, 107),
        "320500:receivable:family": (0, 30),
    }
    assert (first.last_journal, second.last_journal) < (second.last_journal, second.last_journal + 1)


def test_balances_are_the_same_whether_a_day_is_closed_or_not() -> None:
    for number in range(6):
        day = DAY + number * ONE_DAY
        post(posting(f"{number}", entry(amount_fen=10**number), day=day), book=BOOK, at=AT)
    days = [DAY + number * ONE_DAY for number in range(-1, 8)]
    before = [balances(BOOK, day) for day in days]
    assert [balance_of(BOOK, BANK, day) for day in days] == [0, 1, 11, 111, 1111, 11111, 111111, 111111, 111111]
    for number in (1, 4):
        close_day(book=BOOK, day=DAY + number * ONE_DAY, by=1, confirmed_by=2, at=AT)
        assert [balances(BOOK, day) for day in days] == before
        assert balances(BOOK) == {"320500:bank:a": 111111, "320500:suspense": 111111}
