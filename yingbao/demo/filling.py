"""Fills an empty database with the demonstration season: all of it in one transaction, or nothing. 演示数据

Children are made and written in batches, so that a million of them need no more memory than ten thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import chain, islice

from django.db import connection, transaction

from yingbao.agents.models import Organisation
from yingbao.agents.models import OrganisationKind as Kind
from yingbao.agents.organising import organise_all
from yingbao.demo import bodies, course, curve
from yingbao.demo.bodies import SUZHOU, YUZHONG, Body
from yingbao.demo.cases import Case, cases
from yingbao.demo.children import Child, Crowd
from yingbao.demo.plan import LAST_SCHOOL_YEAR, Ids, Share, Standing, standing
from yingbao.enrolment.seasons import open_season
from yingbao.people import bulk, history
from yingbao.values.clock import CHINA

SOURCE = "demonstration"
BATCH = 20_000
OUTSIDE_SCHOOL = {SUZHOU: 0.05, YUZHONG: 0.03}
"""share of a city's children who are at no school"""
SEASON_OPENED = datetime(2019, 8, 30, 9, 0, tzinfo=CHINA)
OF_THE_SAMPLES = 72
"""the school whose roster is among the samples has so many beyond its share: a class a grade in the smallest season"""
ENTERED = datetime(2019, 9, 16, 9, 0, tzinfo=CHINA)

_FILLED_FIRST = (
    "agents_organisation", "people_person", "people_identitydocument", "people_guardian", "people_schoolroll",
    "people_basicregistration", "people_pointsadmission", "people_assistedstatus",
)  # fmt: skip

Progress = Callable[[int, int], None]


def fill(
    *,
    children: int,
    seed: int,
    open_accounts: Callable[[], None] = lambda: None,
    progress: Progress = lambda done, total: None,
) -> None:
    """Fill an empty database; accounts are opened before the season takes its course. 填充演示数据"""
    with transaction.atomic(), connection.cursor() as cursor:
        # Else every row's references would wait in memory to be checked at the end.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        awkward, plan, made = everyone(children, seed)
        ids = _organise([*all_bodies(children), *bodies.elsewhere()])
        seasons = {area: open_season(policy_id=f"{area}/2020", at=SEASON_OPENED) for area in (SUZHOU, YUZHONG)}
        with history.by(None, SOURCE, at=ENTERED):
            persons = _add(made, ids, children, progress)
        open_accounts()
        # Tables that are empty yet stay unanalysed: analysed as empty, every reference to them would be checked by
        # reading them through from then on.
        cursor.execute(f"ANALYZE {', '.join(_FILLED_FIRST)}")
        course.run(plan, dict(zip(persons, awkward, strict=False)), ids, seasons)
        curve.draw(seasons.values(), listed=course.LISTED, at=course.CONFIRMED)
        cursor.execute("ANALYZE")


def everyone(children: int, seed: int) -> tuple[list[Case], list[Share], Iterator[Child]]:
    """The awkward cases, the shares of the crowd, and all children of both, the cases first. 全部儿童"""
    crowd = Crowd(seed)
    awkward = cases(crowd.numbers)
    plan = shares(children - len(awkward))
    crowds = (_children(crowd, share) for share in plan)
    return awkward, plan, chain((case.child for case in awkward), chain.from_iterable(crowds))


def all_bodies(children: int) -> list[Body]:
    """The bodies of both cities for a season of that size. 两城机构"""
    return [*bodies.suzhou(children - _of_yuzhong(children)), *bodies.yuzhong()]


def _of_yuzhong(children: int) -> int:
    in_life = sum(body.pupils for body in bodies.yuzhong())
    return min(int(children * bodies.YUZHONGS_SHARE), in_life)


def shares(children: int) -> list[Share]:
    """Deal the children out over schools and communities, in proportion to the schools' size in life. 分配"""
    in_yuzhong = _of_yuzhong(children)
    dealt = []
    for area, total, found in (
        (SUZHOU, children - in_yuzhong, list(bodies.suzhou(children - in_yuzhong))),
        (YUZHONG, in_yuzhong, list(bodies.yuzhong())),
    ):
        outside = int(total * OUTSIDE_SCHOOL[area])
        communities = list({body.division: body for body in reversed(found) if body.kind == Kind.COMMUNITY}.values())
        standings = [(body, standing(body)) for body in found if body.kind == Kind.SCHOOL]
        weights = [body.pupils if standing != Standing.EMPTY else 0 for body, standing in standings]
        extra = {body.code: OF_THE_SAMPLES for body, standing in standings if standing == Standing.NEWCOMERS_DUE}
        at_school = _dealt(total - outside - sum(extra.values()), weights)
        dealt += [
            Share(body, standing, count + extra.get(body.code, 0))
            for (body, standing), count in zip(standings, at_school, strict=True)
        ]
        dealt += [
            Share(community, Standing.DECIDED, count)
            for community, count in zip(communities, _dealt(outside, [1] * len(communities)), strict=True)
        ]
    return dealt


def _dealt(total: int, weights: list[int]) -> list[int]:
    """`total` in proportion to the weights, in whole numbers that add up to it."""
    running, given, dealt = 0, 0, []
    for weight in weights:
        running += weight
        upto = total * running // sum(weights)
        dealt.append(upto - given)
        given = upto
    return dealt


def _children(crowd: Crowd, share: Share) -> Iterator[Child]:
    if share.body.kind == Kind.COMMUNITY:
        return crowd.outside_school(share.body, share.count)
    match share.standing:
        case Standing.NEWCOMERS_DUE:
            return crowd.at_school(share.body, share.count, only=lambda grade: grade != 1)
        case Standing.NOT_PROMOTED:
            return crowd.at_school(share.body, share.count, school_year=LAST_SCHOOL_YEAR)
        case _:
            return crowd.at_school(share.body, share.count)


def _organise(found: Iterable[Body]) -> Ids:
    """Write the bodies, those above before those below. 写入机构"""
    ids: dict[tuple[str, str], Organisation] = {}
    waiting = list(found)
    while waiting:
        ready = [body for body in waiting if not body.parent or (body.area, body.parent) in ids]
        rows = organise_all(
            Organisation(
                kind=body.kind,
                pooling_area=body.area,
                code=body.code,
                name=body.name,
                division=body.division,
                parent=ids.get((body.area, body.parent)),
                stages=list(body.stages),
                contact=body.contact,
                phone=body.phone,
            )
            for body in ready
        )
        ids |= {(row.pooling_area, row.code): row for row in rows}
        written = {(body.area, body.code) for body in ready}
        waiting = [body for body in waiting if (body.area, body.code) not in written]
    return {place: row.pk for place, row in ids.items()}


def _add(children: Iterator[Child], ids: Ids, total: int, progress: Progress) -> list[int]:
    """Add the children batch by batch; the keys of the first batch, which begins with the cases."""
    done = 0
    first: list[int] = []
    while batch := list(islice(children, BATCH)):
        added = bulk.add_people([person_of(child, ids) for child in batch], at=ENTERED)
        first = first or added
        done += len(batch)
        progress(done, total)
    return first


def person_of(child: Child, ids: Ids) -> bulk.NewPerson:
    """A child in the form in which persons are added. 转为建档数据"""
    current = bulk.NewDocument(child.kind, child.number)
    earlier = (bulk.NewDocument(*child.earlier_document),) if child.earlier_document else ()
    return bulk.NewPerson(
        name=child.name,
        sex=child.sex,
        birth_date=child.birth_date,
        hukou=child.hukou,
        residence_permit=child.residence_permit,
        documents=(*earlier, current),
        guardians=tuple(
            bulk.NewGuardian(name=each.name, relation=each.relation, hukou=each.hukou, phone=each.phone)
            for each in child.parents
        ),
        rolls=tuple(
            bulk.NewRoll(
                school_id=ids[stay.area, stay.school], school_year=stay.school_year, stage=stay.stage, grade=stay.grade,
                entered_on=stay.entered_on, class_name=stay.class_name, roll_number=stay.roll_number,
                left_on=stay.left_on, leave_reason=stay.leave_reason, contested=stay.contested,
            )
            for stay in child.stays
        ),
        registrations=(_registration(child, child.registered_on),) if child.registered_on else (),
        admissions=(bulk.NewAdmission(child.area, child.admitted_on),) if child.admitted_on else (),
        listings=tuple(
            bulk.NewListing(each.category, ids[child.area, each.body], each.first, each.last)
            for each in child.listings
        ),
    )  # fmt: skip


def _registration(child: Child, registered_on: date) -> bulk.NewRegistration:
    """Through which channel a registration of an earlier year came, as far as today's rules tell."""
    channel = "community" if child.area == YUZHONG else "school"
    if child.area == SUZHOU and child.hukou in {place.division for place in bodies.PLACES}:
        channel = "hukou_community"
    return bulk.NewRegistration(child.area, registered_on, channel)
