"""The money's own edges of an enrolment: declared, paid, exempt, covered, lapsed, and back. 缴费状态

The program walks them when a declaration is accepted, when money arrives or goes back, when a list comes late and at
the close; the layers above say for whom. Each is one statement for any number of children and writes their history.
Whoever is not in a state that the edge starts from is left as it is and not counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import polars as pl
from django.db import connection, transaction

from yingbao.agents.models import User
from yingbao.enrolment.determining import CHUNK, decide, determine_people
from yingbao.enrolment.lifecycle import EDGES, TAKEN, Act, State
from yingbao.enrolment.listing import INELIGIBLE
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day

SUMS = ("premium_fen", "self_paid_fen", "subsidised_fen", "paid_by")
"""What a late list changes; cover and agent stay with the day of payment."""


def walk(*, act: Act, enrolments: Sequence[int], at: datetime, by: User | None = None, reason: str = "") -> list[int]:
    """Take one of the money's edges for all of these that stand where it starts; returns who walked. 变更状态

    `by` is the officer whose doing set the program to work, for the history.
    """
    edges = {edge.origin.value: edge.target.value for edge in EDGES if edge.act == act}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH was AS (
                SELECT id, state FROM enrolment_enrolment
                WHERE id = ANY(%(ids)s::bigint[]) AND state = ANY(%(origins)s)
                ORDER BY person_id, id FOR UPDATE
            ), walked AS (
                UPDATE enrolment_enrolment e SET state = %(edges)s::jsonb ->> was.state, state_at = %(at)s,
                       reason = %(reason)s
                FROM was WHERE e.id = was.id
            )
            INSERT INTO enrolment_step (enrolment_id, act, from_state, to_state, at, by_id, reason, changes)
            SELECT id, %(act)s, state, %(edges)s::jsonb ->> state, %(at)s, %(by)s, %(reason)s, '{}' FROM was ORDER BY id
            RETURNING enrolment_id
            """,
            {
                "ids": list(enrolments), "origins": list(edges), "edges": _json(edges), "at": at,
                "reason": reason, "act": act.value, "by": by.pk if by else None,
            },
        )  # fmt: skip
        return [key for (key,) in cursor.fetchall()]


def payable(*, season: Season, person_ids: Sequence[int], paid_on: date) -> pl.DataFrame:
    """What these persons would owe and get if they paid on that day; nothing is stored. 缴费试算

    One row a person, the columns of `determining.decide`; `status` enrolled where the day is in time.
    """
    return decide(season=season, person_ids=person_ids, as_of=paid_on, paid_on=dict.fromkeys(person_ids, paid_on))


def pay(*, season: Season, paid: Mapping[int, date], at: datetime) -> int:
    """The children who stand behind these enrolments are paid for, on these days: cover follows. 缴费到账

    `paid`: enrolment → day on which the payer's money was taken. Cover and phase are reckoned for that day; the sums
    stay those that were owed and paid. Returns how many were not paid before.
    """
    with transaction.atomic():
        walked = walk(act=Act.PAY, enrolments=list(paid), at=at)
        _reckon_cover(season, {key: paid[key] for key in walked})
        return len(walked)


def choose_tier(*, enrolment: Enrolment, tier: int, at: datetime) -> Enrolment:
    """The family chooses a tier of cover before anything is owed: it is decided afresh. 选择档次"""
    with transaction.atomic():
        locked = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
        if locked.state not in TAKEN and locked.tier != tier:
            locked.tier = tier
            locked.save(update_fields=["tier"])
            determine_people(season=locked.season, person_ids=[locked.person_id], as_of=china_day(at), at=at)
        return Enrolment.objects.select_related("season", "person", "organisation").get(pk=enrolment.pk)


def confirm_by_family(*, enrolments: Sequence[int], at: datetime) -> list[int]:
    """A family that pays says thereby that the child enrols; returns whom that confirmed. 家长确认参保

    Only who is determined and entitled; the layer above has checked that the family may pay itself.
    """
    ready = Enrolment.objects.filter(pk__in=enrolments).ready().values_list("pk", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH was AS (
                SELECT id FROM enrolment_enrolment WHERE id = ANY(%(ids)s::bigint[]) AND state = 'determined'
                ORDER BY person_id, id FOR UPDATE
            ), walked AS (
                UPDATE enrolment_enrolment e SET state = 'confirmed', state_at = %(at)s, as_of = %(on)s
                FROM was WHERE e.id = was.id
            )
            INSERT INTO enrolment_step (enrolment_id, act, from_state, to_state, at, by_id, reason, changes)
            SELECT id, 'confirm', 'determined', 'confirmed', %(at)s, NULL, '', '{}' FROM was ORDER BY id
            RETURNING enrolment_id
            """,
            {"ids": list(ready), "at": at, "on": china_day(at)},
        )
        return [key for (key,) in cursor.fetchall()]


def differing(*, season: Season, person_ids: Sequence[int], as_of: date) -> pl.DataFrame:
    """Who of the declared, paid and exempt would owe other sums by what is known on that day. 金额变化

    Columns: enrolment, person, state, and each of `SUMS` as it should be. Decided for each child's own day of payment
    or confirmation, with the lists in force `as_of`.
    """
    taken = Enrolment.objects.filter(season=season, person_id__in=person_ids, state__in=sorted(TAKEN))
    rows = list(taken.values_list("pk", "person_id", "state", "as_of", *SUMS))
    if not rows:
        return pl.DataFrame()
    days = {row[1]: row[3] for row in rows}
    fresh = decide(season=season, person_ids=list(days), as_of=as_of, paid_on=days)
    fresh = fresh.filter(pl.col("status") == "enrolled").with_columns(pl.col("paid_by").fill_null(""))
    held = pl.DataFrame(
        [(row[0], str(row[1]), row[2], *row[4:]) for row in rows],
        schema=["enrolment", "person_id", "state", *(f"{name}_held" for name in SUMS)],
        orient="row",
    )
    both = held.join(fresh.select("person_id", *SUMS), on="person_id", how="inner", maintain_order="left")
    changed = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_held") for name in SUMS)
    return both.filter(changed).select("enrolment", pl.col("person_id").cast(pl.Int64).alias("person"), "state", *SUMS)


def set_sums(*, sums: pl.DataFrame) -> None:
    """Store the sums of `differing` on the enrolments. 更正金额"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE enrolment_enrolment e
            SET premium_fen = s.premium, self_paid_fen = s.self_paid, subsidised_fen = s.subsidised, paid_by = s.paid_by
            FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[], %s::text[])
                 AS s (id, premium, self_paid, subsidised, paid_by)
            WHERE e.id = s.id
            """,
            [sums[name].to_list() for name in ("enrolment", *SUMS)],
        )


def _reckon_cover(season: Season, paid: Mapping[int, date]) -> None:
    """Put what follows from the day of payment onto the enrolments: phase, cover, and why."""
    persons = dict(Enrolment.objects.filter(pk__in=paid).values_list("person_id", "pk"))
    if not persons:
        return
    days = {person: paid[key] for person, key in persons.items()}
    fresh = decide(season=season, person_ids=list(days), as_of=max(days.values()), paid_on=days)
    columns = ("person_id", "phase", "coverage_from", "coverage_to", "because", "as_of")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE enrolment_enrolment e
            SET phase = f.phase, coverage_from = f.starts, coverage_to = f.ends, because = f.because, as_of = f.as_of
            FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::date[], %s::text[], %s::date[])
                 AS f (person, phase, starts, ends, because, as_of)
            WHERE e.season_id = %s AND e.person_id = f.person
            """,
            [*([int(one) for one in fresh[name]] if name == "person_id" else fresh[name].to_list() for name in columns),
             season.pk],
        )  # fmt: skip


def is_in_time(decision: Mapping[str, object]) -> bool:
    """Whether a row of `payable` lets the child in on that day. 是否在期内"""
    return decision["status"] == "enrolled"


def is_covered(enrolment: Enrolment, on: date) -> bool:
    """Whether the child is paid for and cover has begun on that day. 是否已享受待遇"""
    return (
        enrolment.state in (State.PAID, State.EXEMPT, State.COVERED)
        and enrolment.coverage_from is not None
        and enrolment.coverage_from <= on
    )


def lapse(*, season: Season, on: date, at: datetime) -> int:
    """At the close: whose window is over and who is neither paid nor exempt is not enrolled. 到期未参保

    Who can still be enrolled on that day, such as a newborn, is left alone, and so is who may not be enrolled at all:
    nothing was let slip there, and figures go on counting them apart. Returns how many lapsed.
    """
    origins = [edge.origin.value for edge in EDGES if edge.act == Act.LAPSE]
    open_ = Enrolment.objects.filter(season=season, state__in=origins).exclude(INELIGIBLE).order_by("person_id")
    keys = dict(open_.values_list("person_id", "pk"))
    persons, lapsed = list(keys), 0
    for first in range(0, len(persons), CHUNK):
        decisions = payable(season=season, person_ids=persons[first : first + CHUNK], paid_on=on)
        over = decisions.filter(pl.col("phase") == "closed")["person_id"]
        lapsed += len(walk(act=Act.LAPSE, enrolments=[keys[int(person)] for person in over], at=at))
    return lapsed


def cover(*, season: Season, on: date, at: datetime) -> int:
    """Cover has begun for who is paid or exempt and whose first day has come; returns for how many. 待遇生效"""
    begun = Enrolment.objects.filter(season=season, state__in=[State.PAID, State.EXEMPT], coverage_from__lte=on)
    return len(walk(act=Act.COVER, enrolments=list(begun.values_list("pk", flat=True)), at=at))


def _json(edges: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'"{origin}": "{target}"' for origin, target in edges.items()) + "}"
