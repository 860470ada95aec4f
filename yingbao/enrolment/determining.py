"""Decisions from the database and back into it: a whole school or city in a few statements. 核定

The decision is stored beside the facts that it used (see docs/adr/0008-enrolment-stores-its-decision.md). A confirmed
enrolment keeps the day on which it was confirmed: new facts can send it back, a new day cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

from yingbao.agents.models import User
from yingbao.determination.frame import determine
from yingbao.enrolment import placing
from yingbao.enrolment.lifecycle import ENDED, TAKEN, State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import current_digest, policy_of, windows
from yingbao.enrolment.years_before import with_years_before
from yingbao.people import history
from yingbao.people.facts import facts_of
from yingbao.policy.model import Policy

CHUNK = 20_000
"""So many children are decided in one transaction when a whole season is."""


def decide(
    *,
    season: Season,
    person_ids: Sequence[int],
    as_of: date,
    paid_on: Mapping[int, date] | None = None,
    policy: Policy | None = None,
    change: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
) -> pl.DataFrame:
    """The decisions for these persons as they would be on that day; nothing is stored. 试算

    The columns are those of the contract, then `as_of` and `facts` (JSON). `paid_on` gives single persons a day
    of their own; then only they are decided. `policy` stands in for the one in force, as one that is only proposed;
    `change` makes the facts those that are expected, as after a promotion.
    """
    policy = policy or policy_of(season)
    facts = _facts(season, policy, person_ids, as_of)
    if change is not None:
        facts = change(facts)
    if paid_on is not None:
        days = pl.DataFrame(
            {"person_id": [str(person) for person in paid_on], "paid_on": list(paid_on.values())},
            schema={"person_id": pl.String, "paid_on": pl.Date},
        )
        facts = facts.drop("paid_on").join(days, on="person_id", how="inner", maintain_order="left")
    used = [name for name in facts.columns if name not in ("person_id", "paid_on")]
    return determine(policy, facts, as_of).with_columns(
        facts["paid_on"].fill_null(as_of).alias("as_of"),
        facts.select(pl.struct(used).struct.json_encode().alias("facts"))["facts"],
    )


def _facts(season: Season, policy: Policy, person_ids: Sequence[int], on: date) -> pl.DataFrame:
    """The facts of these persons; a registration made for this very season makes no one a renewal. 取事实

    Else a child registered last week would count as enrolled in years before: it would be told so, and in Yuzhong
    be sent to pay online, where a first-timer pays at the residents' committee.
    """
    points = policy.windows[policy.points_admission.window] if policy.points_admission else None
    facts = facts_of(person_ids, pooling_area=season.pooling_area, on=on, points_until=points.last if points else None)
    tiers = Enrolment.objects.filter(season_id=season.pk, person_id__in=person_ids, tier__isnull=False)
    if chosen := {str(person): tier for person, tier in tiers.values_list("person_id", "tier")}:
        facts = facts.with_columns(tier=pl.col("person_id").replace_strict(chosen, default=None, return_dtype=pl.Int64))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT person_id::text FROM people_basicregistration
            WHERE pooling_area = %s AND person_id = ANY(%s::bigint[])
              AND (registered_on >= %s OR channel = 'points' AND registered_on >= %s::date)
            """,
            [season.pooling_area, list(person_ids), windows(policy)[0].first, points.first if points else None],
        )
        new = [person for (person,) in cursor.fetchall()]
    before = pl.col("registered_before") & ~pl.col("person_id").is_in(new)
    return with_years_before(
        facts.with_columns(before) if new else facts,
        pooling_area=season.pooling_area, plan_year=season.plan_year, season_id=season.pk, on=on,
    )  # fmt: skip


def determine_people(
    *, season: Season, person_ids: Sequence[int], as_of: date, at: datetime, by: User | None = None
) -> int:
    """Decide afresh for these persons' live enrolments and store what came out; returns how many changed. 核定

    State and agent follow the decision and the roll: draft while a first-timer's registration is due, else determined;
    a child on another school's roll is that school's now. A confirmed enrolment goes back to determined only if the
    decision differs in substance, and is left alone on a day that is outside its windows.
    """
    with history.by(by.pk if by else None, f"season {season.policy}", at=at), connection.cursor() as cursor:
        cursor.execute(
            placing.MOVE_TAKEN,
            {
                "season": season.pk, "area": season.pooling_area, "persons": list(person_ids), "at": at,
                "by": by.pk if by else None,
            },
        )  # fmt: skip
        moved = int(cursor.rowcount)
        locked = _lock(cursor, season, person_ids)
        if not locked:
            return moved
        # Only now: who published a version since then waits for these locks before it decides them anew, or was first.
        season.refresh_from_db(fields=["version"])
        persons = [person for person, _, _ in locked]
        fresh = decide(season=season, person_ids=persons, as_of=as_of)
        days = {person: day for person, state, day in locked if state == State.CONFIRMED}
        kept = decide(season=season, person_ids=list(days), as_of=as_of, paid_on=days) if days else fresh.head(0)
        cursor.execute(placing.SCHOOLS, [season.pooling_area, persons])
        _copy(cursor, fresh, kept, dict(cursor.fetchall()))
        cursor.execute(placing.REGISTER_ADMITTED, {"area": season.pooling_area})
        cursor.execute(
            placing.SETTLE,
            {
                "season": season.pk, "area": season.pooling_area, "at": at, "by": by.pk if by else None,
                "version": season.version_id,
            },
        )  # fmt: skip
        changed = moved + int(cursor.fetchone()[0])
        cursor.execute("DROP TABLE decided")
        return changed


def _lock(cursor: CursorWrapper, season: Season, person_ids: Sequence[int]) -> list[tuple[int, str, date]]:
    """Lock what a decision may still move, in the one order that all lockers keep: so they never wait in a circle."""
    cursor.execute(
        """
        SELECT person_id, state, as_of FROM enrolment_enrolment
        WHERE season_id = %s AND person_id = ANY(%s::bigint[]) AND state <> ALL(%s)
        ORDER BY person_id, id FOR UPDATE
        """,
        [season.pk, list(person_ids), sorted(ENDED | TAKEN)],
    )
    return [(person, state, day) for person, state, day in cursor.fetchall()]


def _copy(cursor: CursorWrapper, fresh: pl.DataFrame, kept: pl.DataFrame, schools: dict[int, int]) -> None:
    """Lay the decisions down beside the enrolments, in a table that the transaction takes with it."""
    cursor.execute(placing.DECIDED)
    rows = pl.concat([fresh.with_columns(kept=pl.lit(False)), kept.with_columns(kept=pl.lit(True))])
    found = pl.DataFrame(
        {"person_id": [str(person) for person in schools], "school": list(schools.values())},
        schema={"person_id": pl.String, "school": pl.Int64},
    )
    rows = rows.join(found, on="person_id", how="left", maintain_order="left")
    with cursor.copy(placing.COPY_DECIDED) as copy:
        copy.write(rows.select(placing.COLUMNS).write_csv(include_header=False))
    cursor.execute(placing.INDEX_DECIDED)
    cursor.execute("ANALYZE decided (person_id, kept)")


def refresh(
    *,
    season: Season,
    as_of: date,
    at: datetime,
    by: User | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Decide afresh for everyone in the season, as each night and after a change of the policy's file. 全量核定

    Each chunk is a transaction of its own; running it again after a crash ends the same. Returns how many changed.
    """
    season.refresh_from_db(fields=["version"])
    digest = current_digest(season)
    live = Enrolment.objects.filter(season=season).live().order_by("person_id")
    persons = list(live.values_list("person_id", flat=True))
    changed = 0
    for first in range(0, len(persons), CHUNK):
        chunk = persons[first : first + CHUNK]
        changed += determine_people(season=season, person_ids=chunk, as_of=as_of, at=at, by=by)
        progress(first + len(chunk), len(persons))
    Season.objects.filter(pk=season.pk).update(policy_digest=digest)
    return changed
