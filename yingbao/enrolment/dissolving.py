"""A school or community that ends in mid-season: its children go to another one, as they are. 停办与合并

Rolls, lists and states move in one transaction; what was declared and paid stays stated and goes with the child.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import connection, transaction

from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day
from yingbao.people import history
from yingbao.people.grades import stage_name
from yingbao.people.models import SchoolRoll
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

AGENTS = frozenset({OrganisationKind.SCHOOL, OrganisationKind.COMMUNITY})


LONGEST_CLASS_NAME = 40
_PLACE = re.compile(r"(?:\w{2,3}市)?(?:\w{2,3}区)?(?=\w{3})")
"""what a school's name may begin with, and nobody says: 重庆市渝中区"""


class Renamed(NamedTuple):
    """A class that is called otherwise with its new school, which has one of that name. 改名班级"""

    stage: str
    grade: int | None
    was: str
    now: str


class Handed(NamedTuple):
    """How many children went over. 移交人数"""

    on_roll: int
    enrolments: int
    renamed: tuple[Renamed, ...] = ()


def children_of(organisation: Organisation) -> tuple[int, int]:
    """How many stand on its roll, and on its lists of seasons that someone still works on. 在册人数"""
    on_roll = SchoolRoll.objects.filter(school=organisation, left_on__isnull=True).count()
    return on_roll, Enrolment.objects.filter(organisation=organisation).exclude(state__in=sorted(ENDED)).count()


def still_with(organisations: Iterable[Organisation]) -> set[int]:
    """Of these bodies, those that have a child on the roll, or on a list that someone still works on. 尚有孩子的单位"""
    keys = [one.pk for one in organisations]
    on_roll = SchoolRoll.objects.filter(school__in=keys, left_on__isnull=True).values_list("school", flat=True)
    listed = Enrolment.objects.filter(organisation__in=keys).exclude(state__in=sorted(ENDED))
    return {*on_roll.distinct(), *listed.values_list("organisation", flat=True).distinct()}


def mark_of(organisation: Organisation) -> str:
    """What a page shows of it, as a mark that the deed brings back. 页面标记"""
    shown = (organisation.pk, organisation.active, organisation.name, *children_of(organisation))
    return sha256(repr(shown).encode()).hexdigest()[:16]


def successors(organisation: Organisation) -> list[Organisation]:
    """Who could take its children: open, of its kind and area; for a community of its division. 可接收单位"""
    rows = Organisation.objects.filter(
        kind=organisation.kind, pooling_area=organisation.pooling_area, active=True
    ).exclude(pk=organisation.pk)
    if organisation.kind == OrganisationKind.COMMUNITY:
        rows = rows.filter(division=organisation.division)
    return list(rows.order_by("name", "pk"))


def dissolve(
    *, organisation: Organisation, successor: Organisation, reason: str, by: Appointment, at: datetime, seen: str
) -> Handed:
    """Close an agent and hand its children over; said again, it changes nothing. 停办移交

    One that was closed while it had children hands them over in the same way.
    Raises Refused for another's organisation, a successor that cannot have these children, a stale page, or without
    a reason.
    """
    _check_officer(organisation, by)
    with history.by(by.user_id, "dissolved", at=at):
        both = sorted([organisation.pk, successor.pk])
        locked = {one.pk: one for one in Organisation.objects.select_for_update().filter(pk__in=both).order_by("pk")}
        closing, taking = locked[organisation.pk], locked[successor.pk]
        if not closing.active and not any(children_of(closing)):
            return Handed(0, 0)
        _check(closing, taking, reason, seen)
        renamed = _kept_apart(closing, taking)
        on_roll = _hand_rolls(closing, taking, renamed, at) if closing.kind == OrganisationKind.SCHOOL else 0
        enrolments = _hand_enrolments(closing, taking, by, at)
        closing.active = False
        closing.save(update_fields=["active"])
        return Handed(on_roll, enrolments, renamed)


def short_name(name: str) -> str:
    """What a school is called in the name of a class: 重庆市渝中区新华小学 is 新华, 六十六中学 is 六十六中. 简称"""
    short = name[found.end() :] if (found := _PLACE.match(name)) else name
    for ending, left in (("小学", ""), ("中学", "中"), ("学校", ""), ("幼儿园", "幼")):
        if short.endswith(ending) and len(short) > len(ending) + 1:
            short = short.removesuffix(ending) + left
    # A figure before the figure of a class would read as one.
    return name if any(sign.isdigit() for sign in short) else short


_RENAMED = """
SELECT DISTINCT o.stage, o.grade, o.class_name, n.class_name
FROM people_schoolroll o JOIN people_schoolroll n
     ON n.person_id = o.person_id AND n.school_id <> o.school_id AND n.entered_on = o.left_on
WHERE o.school_id = %s AND o.leave_reason = 'transferred' AND o.class_name <> '' AND n.class_name <> o.class_name
  AND starts_with(n.class_name, %s)
ORDER BY o.stage, o.grade, o.class_name, n.class_name
"""


def renamed_of(closed: Organisation) -> tuple[Renamed, ...]:
    """Which classes of a closed school are called otherwise since, by the rolls. 改名班级"""
    with connection.cursor() as cursor:
        cursor.execute(_RENAMED, [closed.pk, short_name(closed.name)])
        return tuple(Renamed(*row) for row in cursor.fetchall())


def _kept_apart(closing: Organisation, taking: Organisation) -> tuple[Renamed, ...]:
    """Classes that both schools have under one name: those that come take their old school's name along.

    Letters, paper answers and photographs go by class, and each class has its own teacher.
    """
    keys = ("stage", "grade", "class_name")
    here = SchoolRoll.objects.filter(left_on__isnull=True).exclude(class_name="")
    taken = set(here.filter(school=taking).values_list(*keys))
    coming = here.filter(school=closing).exclude(
        person__in=SchoolRoll.objects.filter(school=taking, left_on__isnull=True).values("person")
    )
    both = sorted(set(coming.values_list(*keys).distinct()), key=repr)
    used = taken | set(both)
    found = []
    for stage, grade, was in both:
        if (stage, grade, was) not in taken:
            continue
        number, now = 1, ""
        while not now or (stage, grade, now) in used:
            own = was if number == 1 else f"{was}{number}"
            now, number = short_name(closing.name)[: LONGEST_CLASS_NAME - len(own)] + own, number + 1
        used.add((stage, grade, now))
        found.append(Renamed(stage, grade, was, now))
    return tuple(found)


def _check_officer(organisation: Organisation, by: Appointment) -> None:
    if by.desk != Desk.AGENCY or by.organisation.pooling_area != organisation.pooling_area:
        raise Refused(
            where=organisation.name,
            what=Text("只有本统筹区的经办人员可以办理", "only an officer of the area's insurance agency does this"),
            mend=Text("请联系医保经办机构。", "Ask the insurance agency."),
        )


def _check(closing: Organisation, taking: Organisation, reason: str, seen: str) -> None:
    def refused(what: Text, mend: Text) -> Refused:
        return Refused(where=closing.name, what=what, mend=mend)

    if closing.kind not in AGENTS:
        raise refused(
            Text("这个机构没有名单上的孩子", "this organisation has no children on a list"),
            Text("只有学校和社区可以停办移交。", "Only schools and communities are handed over."),
        )
    if seen != mark_of(closing):
        raise refused(
            Text("页面打开后，名单人数有变化", "its lists changed after the page was shown"),
            Text("请看过现在的人数再办。", "Look at the numbers as they are now."),
        )
    if taking.pk not in {one.pk for one in successors(closing)}:
        raise refused(
            Text("{name}不能接收这些孩子", "{name} cannot take these children").filled(name=taking.name),
            Text(
                "选择同一统筹区、同类、在办的单位；社区须在同一区划。",
                "Choose one of its kind, open, in the same place.",
            ),
        )
    if not reason.strip():
        raise refused(
            Text("没有写明依据", "no reason is given"),
            Text("写明停办、合并的依据。", "Say what the closing or merging rests on."),
        )
    stages = set(SchoolRoll.objects.filter(school=closing, left_on__isnull=True).values_list("stage", flat=True))
    if missing := sorted(stages - set(taking.stages)):
        names = Text("、".join(stage_name(one).zh for one in missing), ", ".join(missing))
        raise refused(
            Text("{name}没有{stages}学段", "{name} has no {stages}").filled(name=taking.name, stages=names),
            Text("先给接收学校加上学段，或选择另一所。", "Add the stage to that school first, or choose another."),
        )


_ROLLS = """
WITH gone AS (
    SELECT id, contested FROM people_schoolroll
    WHERE school_id = %(closing)s AND left_on IS NULL ORDER BY person_id FOR UPDATE
)
UPDATE people_schoolroll r
SET left_on = greatest(%(on)s, r.entered_on), leave_reason = 'transferred', contested = false
FROM gone WHERE r.id = gone.id
RETURNING r.id, gone.contested
"""
_ENTER = """
INSERT INTO people_schoolroll (
    person_id, school_id, school_year, stage, grade, class_name, roll_number_cipher, roll_number_index,
    roll_number_masked, entered_on, leave_reason, contested)
SELECT r.person_id, %(taking)s, r.school_year, r.stage, r.grade, coalesce(n.now, r.class_name), r.roll_number_cipher,
       r.roll_number_index, r.roll_number_masked, r.left_on, '', r.id = ANY(%(contested)s)
FROM people_schoolroll r
LEFT JOIN unnest(%(stages)s::text[], %(grades)s::int[], %(were)s::text[], %(names)s::text[]) n (stage, grade, was, now)
       ON n.stage = r.stage AND n.grade IS NOT DISTINCT FROM r.grade AND n.was = r.class_name
WHERE r.id = ANY(%(gone)s)
  AND NOT EXISTS (SELECT FROM people_schoolroll o
                  WHERE o.person_id = r.person_id AND o.school_id = %(taking)s AND o.left_on IS NULL)
ORDER BY r.person_id
"""
_ONLY_CLAIM = """
UPDATE people_schoolroll r SET contested = false
WHERE r.left_on IS NULL AND r.contested
  AND r.person_id IN (SELECT person_id FROM people_schoolroll WHERE id = ANY(%(gone)s) AND id <> ALL(%(contested)s))
  AND r.school_id = %(taking)s
"""
"""The one that takes over had claimed the child itself; whose roll counted before, no other roll can."""
_LISTS = """
WITH moved AS (
    SELECT id, state FROM enrolment_enrolment
    WHERE organisation_id = %(closing)s AND NOT state = ANY(%(ended)s) ORDER BY person_id, id FOR UPDATE
), walked AS (
    UPDATE enrolment_enrolment e SET organisation_id = %(taking)s FROM moved WHERE e.id = moved.id
)
INSERT INTO enrolment_step (enrolment_id, act, from_state, to_state, at, by_id, reason, changes)
SELECT id, 'move', state, state, %(at)s, %(by)s, '',
       jsonb_build_object('organisation', jsonb_build_array(%(closing)s::bigint, %(taking)s::bigint))
FROM moved ORDER BY id
"""


def _hand_rolls(closing: Organisation, taking: Organisation, renamed: tuple[Renamed, ...], at: datetime) -> int:
    """End every stay at the one school and begin it at the other, in the same grade and class."""
    values: dict[str, Any] = {
        "closing": closing.pk, "taking": taking.pk, "on": china_day(at), "stages": [one.stage for one in renamed],
        "grades": [one.grade for one in renamed], "were": [one.was for one in renamed],
        "names": [one.now for one in renamed],
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ROLLS, values)
        rows = cursor.fetchall()
        gone, contested = [key for key, _ in rows], [key for key, disputed in rows if disputed]
        for statement in (_ONLY_CLAIM, _ENTER):
            cursor.execute(statement, values | {"gone": gone, "contested": contested})
    return len(gone)


def _hand_enrolments(closing: Organisation, taking: Organisation, by: Appointment, at: datetime) -> int:
    """Move every list, then decide anew where the agent's own place may matter."""
    live = Enrolment.objects.filter(organisation=closing).exclude(state__in=sorted(ENDED))
    people = list(live.order_by("person_id").values_list("season_id", "person_id"))
    with connection.cursor() as cursor:
        cursor.execute(
            _LISTS,
            {"closing": closing.pk, "taking": taking.pk, "ended": sorted(ENDED), "at": at, "by": by.user_id},
        )
        moved = int(cursor.rowcount)
    for season in Season.objects.filter(pk__in={season for season, _ in people}).order_by("pk"):
        persons = [person for key, person in people if key == season.pk]
        determine_people(season=season, person_ids=persons, as_of=china_day(at), at=at, by=by.user)
    return moved
