"""What is owed: obligations made and ended, each with its posting in the ledger. 应缴

An obligation is the family's part and another body's part of one child's premium. It is assessed when a declaration is
accepted or when a family orders to pay. Its sums never change: when they would, it ends and another takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from yingbao.agents.models import User
from yingbao.collection.models import Obligation
from yingbao.enrolment import taking
from yingbao.enrolment.lifecycle import Act
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day
from yingbao.ledger.closing import open_day
from yingbao.ledger.journals import post_many
from yingbao.ledger.posting import AccountName, Entry, Event, Posting, Role, digest_of

FAMILY = AccountName(Role.RECEIVABLE, "family")
TREASURY = AccountName(Role.TREASURY)
SUSPENSE = AccountName(Role.SUSPENSE)
OVERPAID = AccountName(Role.OVERPAID)
MOST_ENTRIES = 10_000
"""So many transfers hang under one journal at most."""


class Owed(NamedTuple):
    """What one child's enrolment owes. 应缴明细"""

    enrolment: int
    due_fen: int
    body_fen: int
    paid_by: str = ""
    category: str = ""
    listed_by: int | None = None
    declaration: int | None = None


def assess(*, season: Season, owed: Sequence[Owed], at: datetime, by: User | None = None) -> list[int]:
    """Make obligations for confirmed children and put them into the book; returns their keys. 核定应缴

    The enrolments become declared, or exempt where the family owes nothing. Who has a live obligation for the year
    already, here or in another season, gets no second one and is left out of what is returned.
    """
    if not owed:
        return []
    with transaction.atomic():
        made = _insert(season, owed, at)
        entries = [entry for row in made for entry in _assessed(*row)]
        _post(season, Event.ASSESSED, entries, at, by)
        enrolments = _enrolments_of([row[0] for row in made])
        taking.walk(act=Act.DECLARE, enrolments=[key for key, _ in enrolments], at=at, by=by)
        taking.walk(act=Act.EXEMPT, enrolments=[key for key, due in enrolments if due == 0], at=at, by=by)
        return [row[0] for row in made]


def body(paid_by: str) -> AccountName:
    """The receivable from a body that pays for families, such as treasury. 应收单位"""
    return AccountName(Role.RECEIVABLE, paid_by)


def end_unpaid(*, obligations: Sequence[Obligation], because: str, at: datetime, by: User | None = None) -> None:
    """Take back obligations of which the family has paid nothing; the caller holds their locks. 撤销应缴

    Also those of exempt children: then the claim on the body is taken back.
    """
    with transaction.atomic():
        for season, own in by_season(obligations):
            entries = []
            for obligation in own:
                if obligation.due_fen:
                    entries.append(Entry(TREASURY, FAMILY, obligation.due_fen, subject=obligation.pk))
                if obligation.body_fen:
                    account = body(obligation.paid_by)
                    entries.append(Entry(TREASURY, account, obligation.body_fen, subject=obligation.pk))
            _post(season, Event.CANCELLED, entries, at, by)
        mark_ended([obligation.pk for obligation in obligations], because, at)


def mark_ended(obligations: Sequence[int], because: str, at: datetime) -> None:
    """Write that these are no longer owed; their place is free for others. 终止应缴"""
    Obligation.objects.filter(pk__in=obligations, ended_at__isnull=True).update(ended_at=at, ended_because=because)


def revive(*, obligations: Sequence[Obligation], at: datetime, by: User | None = None) -> dict[int, int]:
    """Owe anew what lapsed at the close, for money that was paid in time; lapsed → the one in its place. 恢复应缴

    The caller holds their locks, has made sure that nothing took their place, and pays them in the same transaction.
    """
    place: dict[int, int] = {}
    for season, own in by_season(obligations):
        owed = [
            Owed(one.enrolment_id, one.due_fen, one.body_fen, one.paid_by, one.category, one.listed_by_id,
                 one.declaration_id)
            for one in own
        ]  # fmt: skip
        made = _insert(season, owed, at)
        _post(season, Event.ASSESSED, [entry for row in made for entry in _assessed(*row)], at, by)
        keys = {enrolment: key for key, enrolment in _by_enrolment([row[0] for row in made])}
        place |= {one.pk: keys[one.enrolment_id] for one in own}
    return place


def lock(obligations: Sequence[int]) -> dict[int, Obligation]:
    """Lock obligations in the one order that all lockers keep; rows that only name them need not wait. 锁定"""
    rows = Obligation.objects.filter(pk__in=obligations).order_by("pk").select_for_update(of=("self",), no_key=True)
    return {row.pk: row for row in rows.select_related("season", "enrolment")}


def by_season(obligations: Sequence[Obligation]) -> Iterator[tuple[Season, list[Obligation]]]:
    """Obligations of one season at a time: each posts into its pooling area's book."""
    seasons = {obligation.season_id: obligation.season for obligation in obligations}
    for key in sorted(seasons):
        yield seasons[key], [obligation for obligation in obligations if obligation.season_id == key]


def _insert(season: Season, owed: Sequence[Owed], at: datetime) -> list[tuple[int, int, int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO collection_obligation
                (season_id, enrolment_id, person_id, plan_year, organisation_id, declaration_id, due_fen, body_fen,
                 paid_by, category, listed_by_id, assessed_at, paid_fen, ended_because)
            SELECT e.season_id, e.id, e.person_id, e.plan_year, e.organisation_id, o.declaration, o.due, o.body,
                   o.paid_by, o.category, o.listed_by, %s, 0, ''
            FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::text[], %s::text[], %s::bigint[], %s::bigint[])
                 AS o (enrolment, due, body, paid_by, category, listed_by, declaration)
            JOIN enrolment_enrolment e ON e.id = o.enrolment AND e.season_id = %s
            ORDER BY e.person_id
            ON CONFLICT (person_id, plan_year) WHERE ended_at IS NULL DO NOTHING
            RETURNING id, due_fen, body_fen, paid_by
            """,
            [at, *(list(column) for column in zip(*owed, strict=True)), season.pk],
        )
        return [(key, due, part, paid_by) for key, due, part, paid_by in cursor.fetchall()]


def _assessed(obligation: int, due_fen: int, body_fen: int, paid_by: str) -> Iterator[Entry]:
    if due_fen:
        yield Entry(FAMILY, TREASURY, due_fen, subject=obligation)
    if body_fen:
        yield Entry(body(paid_by), TREASURY, body_fen, subject=obligation)


def _post(season: Season, event: Event, entries: Sequence[Entry], at: datetime, by: User | None) -> None:
    """Post in journals that name what they are about: an obligation is assessed once and cancelled once."""
    if not entries:
        return
    book = season.pooling_area
    day = open_day(book, china_day(at))
    postings = []
    for first in range(0, len(entries), MOST_ENTRIES):
        part = tuple(entries[first : first + MOST_ENTRIES])
        subjects = [entry.subject for entry in part]
        key = f"{event}:{min(filter(None, subjects))}-{max(filter(None, subjects))}:{part[0].debit.code(book)}"
        postings.append(Posting(key, event, day, part, digest_of(*subjects)))
    post_many(postings, book=book, at=at, by=by.pk if by else None)


def _by_enrolment(obligations: Sequence[int]) -> list[tuple[int, int]]:
    return list(Obligation.objects.filter(pk__in=obligations).values_list("pk", "enrolment_id"))


def _enrolments_of(obligations: Sequence[int]) -> list[tuple[int, int]]:
    return list(Obligation.objects.filter(pk__in=obligations).values_list("enrolment_id", "due_fen"))
