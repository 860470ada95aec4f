"""The end of an accounting day: closed by two people, its balances kept. 日结"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import DatabaseError, connection, transaction

from yingbao.ledger.journals import DAY_CLOSED
from yingbao.ledger.models import ClosedDay
from yingbao.ledger.posting import DayClosed
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


def last_closed(book: str) -> date | None:
    """The last day of this book that was closed; earlier ones are closed with it. 最近日结日"""
    return ClosedDay.objects.filter(book=book).order_by("-day").values_list("day", flat=True).first()


def open_day(book: str, wished: date) -> date:
    """The first day from this one on that still takes postings. 可记账日

    Inside a transaction the answer holds until its end: who wants to close the day waits for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_share(%s)", [book])
    closed = last_closed(book)
    return wished if closed is None or wished > closed else closed + timedelta(days=1)


def close_day(*, book: str, day: date, by: int, confirmed_by: int, at: datetime) -> ClosedDay:
    """Close a day and all before it; the balances at its end are kept by the database. 日结

    Waits for postings that are on their way. Raises Refused if one person is both, DayClosed if it is closed.
    """
    if by == confirmed_by:
        raise Refused(
            where=f"{book} {day}",
            what=Text("日结须由两人办理", "closing a day takes two people"),
            mend=Text("请另一人复核", "let someone else confirm it"),
        )
    try:
        with transaction.atomic():
            return ClosedDay.objects.create(book=book, day=day, at=at, by=by, confirmed_by=confirmed_by)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == DAY_CLOSED:
            raise DayClosed(f"{book} {day}") from error
        raise
