"""Children come onto a school's roll, leave it, and are claimed by two schools at once. 学籍变动

Of a child's current rolls one at most is uncontested, and that one counts. A second school that names the child
gets a contested roll beside it, until someone settles where the child is.
"""

from __future__ import annotations

from datetime import date, datetime

from yingbao.agents.models import Organisation, User
from yingbao.people import history
from yingbao.people.grades import grade_name, is_grade, stage_name
from yingbao.people.locking import locked
from yingbao.people.models import LeaveReason, Person, SchoolRoll
from yingbao.sealing import sealed
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


def enter_roll(
    *,
    person: Person,
    school: Organisation,
    school_year: int,
    stage: str,
    grade: int | None,
    class_name: str = "",
    roll_number: str = "",
    entered_on: date,
    by: User | None,
    at: datetime,
    source: str = "desk",
) -> SchoolRoll:
    """Put a child on a school's roll; if it stands there, its grade and class are brought up to date. 入学

    If another school has the child, the new roll is contested. Raises Refused for a stage that the school does not
    have, and for a grade that the stage does not have.
    """
    _check_place(school, stage, grade)
    with history.by(by.pk if by else None, source, at=at):
        locked(person)
        current = SchoolRoll.objects.filter(person=person, left_on__isnull=True)
        roll = current.filter(school=school).first() or SchoolRoll(
            person=person,
            school=school,
            entered_on=entered_on,
            contested=current.filter(contested=False).exists(),
        )
        roll.school_year, roll.stage, roll.grade = school_year, stage, grade
        roll.class_name = class_name or roll.class_name
        if roll_number:
            columns = sealed.number(roll_number)
            roll.roll_number_cipher, roll.roll_number_index, roll.roll_number_masked = columns
        roll.save()
    return roll


def leave_roll(
    *, roll: SchoolRoll, reason: LeaveReason, on: date, by: User | None, at: datetime, source: str = "desk"
) -> None:
    """A child leaves a roll; `on` is its last day there. Said again, it changes nothing. 离校

    If just one other school claims the child, its claim is contested no longer.
    """
    with history.by(by.pk if by else None, source, at=at):
        locked(roll.person)
        roll.refresh_from_db()
        if roll.left_on is None:
            _end(roll, reason, on)
            let_the_only_claim_stand(roll.person)


def settle_contested(
    *, person: Person, school: Organisation, on: date, by: User | None, at: datetime, source: str = "desk"
) -> SchoolRoll:
    """Settle that the child is at this school; its other current rolls end `on` that day. 确认学籍

    Raises Refused if the child is not on that school's roll.
    """
    with history.by(by.pk if by else None, source, at=at):
        locked(person)
        current = {roll.school_id: roll for roll in SchoolRoll.objects.filter(person=person, left_on__isnull=True)}
        stays = current.pop(school.pk, None)
        if stays is None:
            raise Refused(
                where=f"{person.name} {school.name}",
                what=Text(zh="孩子不在这所学校的学籍上", en="the child is not on this school's roll"),
                mend=Text(zh="选择一所在册的学校", en="choose a school on whose roll the child is"),
            )
        for roll in current.values():
            _end(roll, LeaveReason.ON_ANOTHER_ROLL, on)
        if stays.contested:
            stays.contested = False
            stays.save(update_fields=["contested"])
    return stays


def _check_place(school: Organisation, stage: str, grade: int | None) -> None:
    where = school.name
    if stage not in school.stages:
        what = Text(zh="{school}没有{stage}学段", en="{school} has no {stage}")
        mend = Text(zh="选择这所学校的学段：{stages}", en="choose one of its stages: {stages}")
        stages_zh, stages_en = "、".join(stage_name(s).zh for s in school.stages), ", ".join(school.stages)
        raise Refused(
            where=where,
            what=what.filled(school=school.name, stage=stage_name(stage)),
            mend=mend.filled(stages=Text(zh=stages_zh, en=stages_en)),
        )
    if grade is not None and not is_grade(stage, grade):
        what = Text(zh="{stage}没有第{grade}年级", en="there is no grade {grade} in {stage}")
        mend = Text(zh="改为这个学段的年级，如{example}", en="give a grade of this stage, such as {example}")
        raise Refused(
            where=where,
            what=what.filled(stage=stage_name(stage), grade=grade),
            mend=mend.filled(example=grade_name(stage, 1)),
        )


def _end(roll: SchoolRoll, reason: LeaveReason, on: date) -> None:
    if on < roll.entered_on:
        what = Text(zh="离校日期早于入学日期{entered}", en="the child would leave before it entered on {entered}")
        raise Refused(
            where=roll.school.name,
            what=what.filled(entered=roll.entered_on),
            mend=Text(zh="改为入学当日或以后的日期", en="give the day of entering or a later one"),
        )
    roll.left_on, roll.leave_reason, roll.contested = on, reason, False
    roll.save(update_fields=["left_on", "leave_reason", "contested"])


def let_the_only_claim_stand(person: Person) -> None:
    """A contested roll that no other school disputes any more counts. 唯一学籍"""
    remaining = list(SchoolRoll.objects.filter(person=person, left_on__isnull=True))
    if len(remaining) == 1 and remaining[0].contested:
        remaining[0].contested = False
        remaining[0].save(update_fields=["contested"])
