"""Several at the same second, each on a connection of its own. 并发测试"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from django.db import connection, transaction

from tests.ledger.conftest import AT, BOOK, DAY, FAMILY, OVERPAID, SUSPENSE, entry, posting
from yingbao.ledger.accounts import account_of
from yingbao.ledger.audit import INVARIANTS, examine
from yingbao.ledger.balances import balance_of
from yingbao.ledger.closing import close_day, open_day
from yingbao.ledger.journals import Posted, post, post_many
from yingbao.ledger.models import Account, DayBalance, Journal
from yingbao.ledger.posting import Conflict, DayClosed

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


def together(works: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """What each of these works gives or raises, all begun at once."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], T]) -> T | Exception:
        try:
            connection.ensure_connection()
            start.wait()
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def waiting_for_a_lock() -> bool:
    """Whether some connection waits for another one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def until_one_waits() -> None:
    """Return as soon as some connection waits for a lock."""
    for _ in range(1000):
        if waiting_for_a_lock():
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_the_same_message_eight_times_at_once_is_posted_once() -> None:
    for number in range(10):
        said = posting(f"line {number}")
        answers = together([lambda said=said: post(said, book=BOOK, at=AT) for _ in range(8)])
        assert all(isinstance(answer, Posted) for answer in answers), answers
        assert len({answer.journal_id for answer in answers if isinstance(answer, Posted)}) == 1
        assert sum(answer.fresh for answer in answers if isinstance(answer, Posted)) == 1
    assert balance_of(BOOK, SUSPENSE) == 1000
    assert examine(INVARIANTS) == []


def test_two_different_messages_under_one_key_end_as_one_posting_and_one_conflict() -> None:
    for number in range(10):
        said = [posting(f"line {number}", said=word) for word in ("one", "two")]
        answers = together([lambda each=each: post(each, book=BOOK, at=AT) for each in said])
        assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Posted"], answers
    assert Journal.objects.count() == 10


def test_a_second_message_waits_for_the_first_and_posts_if_that_was_undone() -> None:
    account_of(BOOK, "bank", "a")
    account_of(BOOK, "suspense")
    for undone in (True, False):
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                first = post(posting("line"), book=BOOK, at=AT)
                second = pool.submit(together, [lambda: post(posting("line"), book=BOOK, at=AT)])
                until_one_waits()
                transaction.set_rollback(undone)
            (answer,) = second.result()
        assert isinstance(answer, Posted)
        assert answer.fresh is undone
        assert (answer.journal_id == first.journal_id) is not undone
        if undone:
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE ledger_journal, ledger_transfer")


def test_batches_with_the_same_keys_in_any_order_post_each_once() -> None:
    said = [posting(f"line {number}", entry(), entry(SUSPENSE, FAMILY, 40, number)) for number in range(300)]
    orders = [said, said[::-1], said[150:] + said[:150], said[::2] + said[1::2]]
    answers = together([lambda order=order: post_many(order, book=BOOK, at=AT) for order in orders])
    assert all(isinstance(answer, list) for answer in answers), answers
    assert sum(each.fresh for answer in answers if isinstance(answer, list) for each in answer) == 300
    assert balance_of(BOOK, SUSPENSE) == 300 * 60
    assert examine(INVARIANTS) == []


def test_a_batch_that_meets_a_conflict_on_its_way_leaves_nothing() -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            post(posting("b"), book=BOOK, at=AT)
            batch = [posting("a"), posting("b", said="other"), posting("c")]
            second = pool.submit(together, [lambda: post_many(batch, book=BOOK, at=AT)])
            until_one_waits()
        (answer,) = second.result()
    assert isinstance(answer, Conflict)
    assert answer.keys == ("b",)
    assert list(Journal.objects.values_list("key", flat=True)) == ["b"]


def test_an_account_that_eight_need_at_once_is_opened_once() -> None:
    for number in range(10):
        details = [f"{number}"] * 8
        answers = together([lambda detail=detail: account_of(BOOK, "bank", detail) for detail in details])
        assert len(set(answers)) == 1, answers
    assert Account.objects.count() == 10


def test_a_day_is_closed_after_the_postings_on_their_way_and_keeps_their_sums() -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            day = open_day(BOOK, DAY)
            closing = pool.submit(together, [lambda: close_day(book=BOOK, day=DAY, by=1, confirmed_by=2, at=AT)])
            until_one_waits()
            post(posting("just in time", day=day), book=BOOK, at=AT)
        (closed,) = closing.result()
    assert not isinstance(closed, Exception)
    assert set(DayBalance.objects.values_list("debit_fen", "credit_fen")) == {(100, 0), (0, 100)}
    assert examine(INVARIANTS) == []


def test_postings_race_with_closings_and_none_slips_into_a_closed_day() -> None:
    days = [DAY + timedelta(days=number) for number in range(12)]

    def clerk(name: str) -> int:
        refused = 0
        for number in range(60):
            day = days[number // 5]
            try:
                entries = entry(amount_fen=number + 1), entry(SUSPENSE, OVERPAID, 1)
                post(posting(f"{name} {number}", *entries, day=day), book=BOOK, at=AT)
            except DayClosed:
                refused += 1
        return refused

    def closer() -> int:
        for day in days:
            close_day(book=BOOK, day=day, by=1, confirmed_by=2, at=AT)
            time.sleep(0.01)
        return 0

    answers = together([closer, *[lambda name=name: clerk(name) for name in "abc"]])
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    assert Journal.objects.count() + sum(answer for answer in answers if isinstance(answer, int)) == 180
    assert examine(INVARIANTS) == []
