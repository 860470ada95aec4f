"""Postings as they are recorded. 入账测试"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from tests.ledger.conftest import AT, BANK, BOOK, DAY, FAMILY, OVERPAID, SUSPENSE, entry, posting
from yingbao.ledger.closing import close_day
from yingbao.ledger.journals import post, post_many
from yingbao.ledger.models import Account, Journal, Transfer
from yingbao.ledger.posting import Conflict, DayClosed, Posting

pytestmark = pytest.mark.django_db


def written(journal_id: int) -> list[tuple[object, ...]]:
    """What stands in the book of a journal."""
    rows = Transfer.objects.filter(journal=journal_id).order_by("ordinal")
    return list(rows.values_list("ordinal", "day", "debit__code", "credit__code", "amount_fen", "subject", "source"))


def test_a_posting_is_written_with_all_its_transfers() -> None:
    said = posting(
        "line 1", entry(), entry(SUSPENSE, FAMILY, 60, 7, 1), entry(SUSPENSE, OVERPAID, 40, None, 1), note="x"
    )
    posted = post(said, book=BOOK, at=AT, by=5)
    assert posted.fresh
    assert written(posted.journal_id) == [
        (1, DAY, "320500:bank:a", "320500:suspense", 100, None, None),
        (2, DAY, "320500:suspense", "320500:receivable:family", 60, 7, 1),
        (3, DAY, "320500:suspense", "320500:overpaid", 40, None, 1),
    ]
    journal = Journal.objects.get(pk=posted.journal_id)
    assert (journal.key, bytes(journal.digest), journal.event, journal.book) == ("line 1", said.digest, "arrived", BOOK)
    assert (journal.day, journal.at, journal.by, journal.note, journal.transfers) == (DAY, AT, 5, "x", 3)


def test_the_same_message_again_gets_the_first_answer() -> None:
    first = post(posting("line 1"), book=BOOK, at=AT)
    again = post(posting("line 1", day=DAY + timedelta(days=1)), book=BOOK, at=AT)
    assert (again.journal_id, again.fresh) == (first.journal_id, False)
    assert Transfer.objects.count() == 1


def test_the_same_key_with_other_content_is_a_conflict_and_the_transaction_goes_on() -> None:
    post(posting("line 1"), book=BOOK, at=AT)
    with transaction.atomic():
        with pytest.raises(Conflict) as refused:
            post(posting("line 1", said="something else"), book=BOOK, at=AT)
        assert post(posting("line 2"), book=BOOK, at=AT).fresh
    assert refused.value.keys == ("line 1",)
    assert list(Journal.objects.order_by("key").values_list("key", flat=True)) == ["line 1", "line 2"]


def test_the_same_key_in_another_book_is_a_conflict() -> None:
    post(posting("line 1"), book=BOOK, at=AT)
    with pytest.raises(Conflict):
        post(posting("line 1"), book="500103", at=AT)
    with pytest.raises(Conflict):
        post_many([posting("line 1")], book="500103", at=AT)


def test_a_posting_is_one_statement_once_its_accounts_are_open(django_assert_num_queries: object) -> None:
    post(posting("line 1"), book=BOOK, at=AT)
    with django_assert_num_queries(1):  # type: ignore[operator]
        post(posting("line 2"), book=BOOK, at=AT)


def test_a_batch_is_written_as_one_by_one_would_be() -> None:
    said = [
        posting("b", entry(amount_fen=1), entry(SUSPENSE, FAMILY, 1, 3, 4)),
        posting("a", entry(amount_fen=2), day=DAY + timedelta(days=1)),
        posting("c", *[entry(amount_fen=n) for n in range(1, 12)]),
    ]
    alone = [written(post(each, book=BOOK, at=AT).journal_id) for each in said]
    again = [Posting(f"m{each.key}", each.event, each.day, each.entries, each.digest) for each in said]
    posted = post_many(again, book=BOOK, at=AT, by=9)
    assert [each.fresh for each in posted] == [True, True, True]
    assert [written(each.journal_id) for each in posted] == alone
    assert set(Journal.objects.filter(key__startswith="m").values_list("by", "at")) == {(9, AT)}


def test_a_batch_tells_what_was_known_and_what_came_twice() -> None:
    old = post(posting("b"), book=BOOK, at=AT)
    posted = post_many([posting("a"), posting("b"), posting("c"), posting("a")], book=BOOK, at=AT)
    assert [each.fresh for each in posted] == [True, False, True, False]
    assert posted[1].journal_id == old.journal_id
    assert posted[3].journal_id == posted[0].journal_id
    assert Transfer.objects.count() == 3


def test_of_a_message_that_comes_twice_in_a_batch_the_first_is_posted() -> None:
    batch = [posting("a", entry(amount_fen=1)), posting("a", entry(amount_fen=2), day=DAY + timedelta(days=1))]
    first, _ = post_many(batch, book=BOOK, at=AT)
    assert written(first.journal_id) == [(1, DAY, "320500:bank:a", "320500:suspense", 1, None, None)]


def test_a_batch_with_conflicts_names_them_and_leaves_nothing() -> None:
    post(posting("b"), book=BOOK, at=AT)
    post(posting("d"), book=BOOK, at=AT)
    batch = [posting("a"), posting("b", said="x"), posting("c"), posting("d", said="y")]
    with pytest.raises(Conflict) as refused:
        post_many(batch, book=BOOK, at=AT)
    assert refused.value.keys == ("b", "d")
    assert Journal.objects.count() == 2


def test_a_batch_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(Conflict) as refused:
        post_many([posting("a"), posting("b"), posting("a", said="x")], book=BOOK, at=AT)
    assert refused.value.keys == ("a",)
    assert not Journal.objects.exists()


def test_an_empty_batch_does_nothing() -> None:
    assert post_many([], book=BOOK, at=AT) == []


def test_a_closed_day_takes_no_posting_alone_or_in_a_batch() -> None:
    close_day(book=BOOK, day=DAY, by=1, confirmed_by=2, at=AT)
    for day in (DAY, DAY - timedelta(days=3)):
        with pytest.raises(DayClosed), transaction.atomic():
            post(posting("a", day=day), book=BOOK, at=AT)
        with pytest.raises(DayClosed), transaction.atomic():
            post_many([posting("b", day=DAY + timedelta(days=1)), posting("a", day=day)], book=BOOK, at=AT)
    assert not Journal.objects.exists()
    assert post(posting("a", day=DAY + timedelta(days=1)), book=BOOK, at=AT).fresh
    assert post(posting("other", day=date(2019, 1, 1)), book="500103", at=AT).fresh


def test_what_was_posted_before_the_day_was_closed_still_gets_its_answer() -> None:
    first = post(posting("a"), book=BOOK, at=AT)
    close_day(book=BOOK, day=DAY, by=1, confirmed_by=2, at=AT)
    assert post(posting("a"), book=BOOK, at=AT).journal_id == first.journal_id
    assert post_many([posting("a")], book=BOOK, at=AT)[0].journal_id == first.journal_id


def test_accounts_are_opened_by_the_first_posting_that_needs_them() -> None:
    post_many([posting("a"), posting("b", entry(BANK, OVERPAID))], book=BOOK, at=AT)
    assert set(Account.objects.values_list("code", "kind")) == {
        ("320500:bank:a", "asset"),
        ("320500:suspense", "liability"),
        ("320500:overpaid", "liability"),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_account WHERE book <> '320500'")
        assert cursor.fetchone() == (0,)
