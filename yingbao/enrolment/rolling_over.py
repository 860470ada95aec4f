"""Opening the next season from the last: rolls moved on, a draft for each child, statuses to be confirmed. 参保季结转

Nothing of the old season is changed. Each chunk of children is a transaction of its own and notes how far it came, so a
run that was cut off goes on where it was, and one that is said twice finds nothing left to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.db.models import Count

from yingbao.agents.models import Appointment, Organisation, OrganisationKind, User
from yingbao.enrolment import versions
from yingbao.enrolment.determining import CHUNK, decide, determine_people
from yingbao.enrolment.models import Season
from yingbao.enrolment.outlook import first_day
from yingbao.enrolment.promotion import move_on
from yingbao.enrolment.proposing import check_officer
from yingbao.enrolment.rolling_tables import RollOver
from yingbao.enrolment.seasons import (
    SCHOOL_YEAR_BEGINS_IN,
    china_day,
    open_season,
    policy_of,
    school_year_of,
    school_year_under,
)
from yingbao.enrolment.whereabouts import LISTED, chunk, count, placed, whereabouts
from yingbao.people import history
from yingbao.people.models import SchoolRoll
from yingbao.policy.model import Policy
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Progress = Callable[[int, int], None]


def is_rolled_over(season: Season) -> bool:
    """Whether its first lists are last year's, moved on. 是否由结转开启"""
    return RollOver.objects.filter(opened=season).exists()


def last_before(policy: Policy) -> Season | None:
    """The season that a policy's would be opened from: the newest one before its year. 上一参保季"""
    earlier = Season.objects.filter(pooling_area=policy.pooling_area, plan_year__lt=policy.plan_year)
    return earlier.order_by("-plan_year").first()


def due(pooling_area: str, on: date) -> RollOver | None:
    """The roll-over that an officer can begin or has to end on that day. 可以结转的参保季

    The next year's, once its school year has begun, or the newest one that was cut off; none before any season.
    """
    newest = Season.objects.filter(pooling_area=pooling_area).order_by("-plan_year").first()
    if newest is None:
        return None
    begun = RollOver.objects.filter(opened=newest, done_at__isnull=True).first()
    later = [each for each in versions.known() if each.startswith(f"{pooling_area}/") and each > newest.policy]
    if begun is not None or not later:
        return begun
    try:
        policy = versions.in_force(later[0])
    except Refused:
        return None
    return roll_over_of(policy) if date(school_year_under(policy), SCHOOL_YEAR_BEGINS_IN, 1) <= on else None


def roll_over_of(policy: Policy) -> RollOver | None:
    """The roll-over into a policy's season, not kept yet if nobody began it; none where no season came before. 结转"""
    rows = RollOver.objects.select_related("last", "opened", "started_by").filter(policy=policy.policy)
    found = rows.first()
    if found is not None and found.opened_id is not None:
        return found
    last = last_before(policy)
    if found is None:
        return RollOver(policy=policy.policy, last=last) if last else None
    if last is not None and last.pk != found.last.pk:
        # A season between was opened since the outlook: it is from that one now.
        rows.filter(opened__isnull=True).update(last=last, outlook=None, outlook_for="", outlook_at=None)
        found = rows.first()
    return found


def kept(found: RollOver) -> RollOver:
    """The same, kept from now on. 建立结转"""
    if not found._state.adding:
        return found
    return RollOver.objects.get_or_create(policy=found.policy, defaults={"last": found.last})[0]


def mark_of(found: RollOver, digest: str) -> str:
    """What a page shows, as a mark that the deed brings back: the policy's text and the outlook. 页面标记"""
    shown_at = found.outlook_at.isoformat() if found.outlook_at else ""
    return versions.digest_of(f"{found.policy} {digest} {shown_at}")[:16]


def is_of_today(found: RollOver, today: date) -> bool:
    """Whether the outlook was reckoned today: children, lists and payments change from day to day. 当日试算"""
    return found.outlook_at is not None and china_day(found.outlook_at) == today


def note_outlook(*, found: RollOver, told: dict[str, Any], digest: str, at: datetime) -> bool:
    """Keep what the outlook told, unless the season was opened meanwhile; says whether it was kept. 保存预览"""
    unopened = RollOver.objects.filter(pk=kept(found).pk, opened__isnull=True)
    return bool(unopened.update(outlook=told, outlook_for=digest, outlook_at=at))


def begin(*, found: RollOver, seen: str, by: Appointment, at: datetime) -> Season:
    """Open the season and ask every body for its word; the children follow. Said again, it changes nothing. 开始结转

    Raises Refused for another area's officer, before the school year, without an outlook of the policy as it is now
    and of this day, and for a page that showed another one.
    """
    check_officer(by, found.policy)
    with transaction.atomic():
        rows = RollOver.objects.select_for_update(of=("self",)).select_related("last", "opened")
        held = rows.get(pk=kept(found).pk)
        if held.opened is not None:
            return held.opened
        policy = versions.in_force(held.policy)
        _refuse_unless_ready(held, policy, seen, china_day(at))
        season = open_season(policy_id=held.policy, at=at)
        held.opened, held.started_by, held.started_at = season, by.user, at
        held.save(update_fields=["opened", "started_by", "started_at"])
        with connection.cursor() as cursor:
            cursor.execute(_CHECKS, {"season": season.pk, "area": season.pooling_area, "on": china_day(at), "at": at})
        return season


def carry_out(*, found: RollOver, now: Callable[[], datetime], progress: Progress = lambda done, total: None) -> bool:
    """Move the rolls on, then list and decide every child; says whether this run ended it. 执行结转

    Goes on where an earlier run stopped; after the last child it changes nothing.
    """
    found.refresh_from_db()
    if found.opened is None or found.started_by is None or found.done_at is not None:
        return False
    season, by = found.opened, found.started_by
    year = school_year_of(season)
    total = count(found.last, year)
    _promote(found, season, by, now)
    done = int(found.result.get("children", 0))
    while persons := chunk(last=found.last, school_year=year, after=found.carried_to, size=CHUNK):
        _carry(found, season, persons, by, now())
        done += len(persons)
        progress(min(done, max(total - 1, 0)), total)
    ended = RollOver.objects.filter(pk=found.pk, done_at__isnull=True).update(done_at=now())
    progress(total, total)
    return bool(ended)


def _refuse_unless_ready(held: RollOver, policy: Policy, seen: str, today: date) -> None:
    year = school_year_under(policy)
    digest = versions.digest_of(versions.text_in_force(held.policy))
    if today < date(year, SCHOOL_YEAR_BEGINS_IN, 1):
        what = Text(
            "{year}学年还没有开始，花名册还不能升级", "The school year {year} has not begun; no roll can be moved on"
        )
        mend = Text(
            "{year}年8月1日起再开启；现在可以先看预览。", "Open it from 1 August {year} on; look at the outlook now."
        )
        raise Refused(where=held.policy, what=what.filled(year=year), mend=mend.filled(year=year))
    if held.outlook is None or held.outlook_for != digest:
        raise Refused(
            where=held.policy,
            what=Text("还没有按现行政策文本试算", "it was not reckoned by the policy as it is now"),
            mend=Text("先试算，看过结果再开启。", "Reckon it first, look at what comes out, then open it."),
        )
    if not is_of_today(held, today):
        what = Text("试算是{day}做的，不是今天的", "it was reckoned on {day}, not today")
        raise Refused(
            where=held.policy,
            what=what.filled(day=china_day(held.outlook_at).isoformat() if held.outlook_at else ""),
            mend=Text("请重新试算，看过今天的数字再开启。", "Reckon it again, look at today's figures, then open it."),
        )
    if seen != mark_of(held, digest):
        raise Refused(
            where=held.policy,
            what=Text("页面打开后，预览有了更新", "the outlook was reckoned anew after the page was shown"),
            mend=Text("请看过现在的数字再开启。", "Look at the numbers as they are now, then open it."),
        )


def _promote(found: RollOver, season: Season, by: User, now: Callable[[], datetime]) -> None:
    """Move every school's roll of last year on, some schools in one transaction; whose clerk did it is passed over."""
    year = school_year_of(season)
    for schools in _batches(season.pooling_area, year):
        with history.by(by.pk, f"roll-over {season.policy}", at=now()):
            promoted, graduated = move_on(schools, year)
            _add(found, Counter({"promoted": promoted, "graduated": graduated}))


def _batches(area: str, year: int) -> Iterator[list[Organisation]]:
    """Schools whose roll is last year's, those of the same stages together, as many as make a chunk."""
    behind = SchoolRoll.objects.filter(
        school__pooling_area=area, school__kind=OrganisationKind.SCHOOL, school__active=True,
        left_on__isnull=True, school_year=year - 1,
    )  # fmt: skip
    heads = dict(behind.order_by().values_list("school").annotate(Count("pk")))
    schools = Organisation.objects.filter(pk__in=heads).order_by("stages", "pk")
    batch: list[Organisation] = []
    size = 0
    for school in schools:
        if batch and (school.stages != batch[0].stages or size + heads[school.pk] > CHUNK):
            yield batch
            batch, size = [], 0
        batch.append(school)
        size += heads[school.pk]
    if batch:
        yield batch


def _carry(found: RollOver, season: Season, persons: list[int], by: User, at: datetime) -> None:
    """List and decide some children, and note how far it is, in one transaction."""
    policy, today = policy_of(season), china_day(at)
    with history.by(by.pk, f"roll-over {season.policy}", at=at), connection.cursor() as cursor:
        now = whereabouts(last=found.last, opened=season, school_year=school_year_of(season), persons=persons)
        outside = [int(person) for person in now.filter(pl.col("school").is_null())["person_id"]]
        day = first_day(policy, today)
        decided = decide(season=season, person_ids=outside, as_of=day, policy=policy).select("person_id", "agent")
        places = placed(now, decided, cover_from=policy.cover_from)
        listed = places.filter(pl.col("place").is_in(LISTED))
        cursor.execute(
            _LIST,
            {
                "season": season.pk, "year": season.plan_year, "at": at, "by": by.pk,
                "persons": [int(person) for person in listed["person_id"]],
                "organisations": listed["agent_id"].to_list(),
            },
        )  # fmt: skip
        determine_people(season=season, person_ids=persons, as_of=today, at=at, by=by)
        cursor.execute(_OUTCOME, {"season": season.pk, "persons": persons})
        told: Counter[str] = Counter({"children": len(persons)})
        for name, heads in places["place"].value_counts().iter_rows():
            told[f"places/{name}"] += heads
        for lapsed, before, heads in cursor.fetchall():
            told["renewals" if before else "first_timers"] += heads
            told[f"lapsed/{lapsed}"] += heads if lapsed else 0
        _add(found, told, carried_to=persons[-1])


def _add(found: RollOver, more: Counter[str], carried_to: int | None = None) -> None:
    """Add to what was done, inside the transaction that did it."""
    held = RollOver.objects.select_for_update().get(pk=found.pk)
    held.result = {**held.result, **{name: held.result.get(name, 0) + heads for name, heads in more.items() if heads}}
    held.carried_to = max(held.carried_to, carried_to or 0)
    held.save(update_fields=["result", "carried_to"])
    found.result, found.carried_to = held.result, held.carried_to


_CHECKS = """
INSERT INTO enrolment_statuscheck (season_id, person_id, category, provided_by_id, state, at)
SELECT DISTINCT %(season)s::bigint, a.person_id, a.category, a.provided_by_id, 'waiting', %(at)s
FROM people_assistedstatus a JOIN agents_organisation o ON o.id = a.provided_by_id
WHERE o.pooling_area = %(area)s AND (a.last IS NULL OR a.last >= %(on)s::date)
ON CONFLICT (season_id, person_id, category, provided_by_id) DO NOTHING
"""
_LIST = """
WITH opened AS (
    INSERT INTO enrolment_enrolment (
        season_id, person_id, plan_year, organisation_id, state, state_at, reason, facts,
        status, agent, registration, channel, phase, premium_fen, self_paid_fen, subsidised_fen, paid_by, because)
    SELECT %(season)s, person_id, %(year)s, organisation_id, 'draft', %(at)s, '', '{}',
           '', '', '', '', '', 0, 0, 0, '', ''
    FROM unnest(%(persons)s::bigint[], %(organisations)s::bigint[]) AS wanted (person_id, organisation_id)
    ORDER BY person_id
    ON CONFLICT (season_id, person_id) DO NOTHING
    RETURNING id
)
INSERT INTO enrolment_step (enrolment_id, act, from_state, to_state, at, by_id, reason, changes)
SELECT id, 'open', '', 'draft', %(at)s, %(by)s, '', '{}' FROM opened ORDER BY id
"""
_OUTCOME = """
SELECT coalesce((facts ->> 'lapsed_years')::integer, 0), coalesce((facts ->> 'registered_before')::boolean, false),
       count(*)
FROM enrolment_enrolment WHERE season_id = %(season)s AND person_id = ANY(%(persons)s::bigint[])
GROUP BY 1, 2
"""
