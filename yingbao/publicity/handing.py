"""A school hands letters out, class by class, and corrects what it wrote down by another row. 发放登记"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from yingbao.agents.models import Appointment, Organisation
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day, policy_of, windows
from yingbao.publicity.following import ChildRow, ClassKey, children_of
from yingbao.publicity.models import LONGEST_REMARK, HandOut, HandOutChild, LetterRead, SchoolRemark
from yingbao.publicity.wording import remark as plain_remark
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST_REASON = 200


def hand_out(
    *, season: Season, school: Organisation, classes: Collection[ClassKey], day: date, by: Appointment, at: datetime,
    absent: Collection[int] = (),
) -> list[HandOut]:  # fmt: skip
    """Note that these classes' letters were handed out on a day; `absent` did not take theirs. 登记发放

    The same class on the same day with the same children is there already and is not noted twice: a second click.
    Raises Refused for a class that the school does not have, a day that cannot be, a class in which nobody took one.
    """
    check_open(school)
    check_day(season, day, at, where="发放日期")
    with transaction.atomic():
        _one_at_a_time(school)
        rows = children_of(season=season, school=school)
        by_key: dict[ClassKey, list[ChildRow]] = {}
        for row in rows:
            by_key.setdefault(row.key, []).append(row)
        made = []
        for key in sorted(classes, key=repr):
            if key not in by_key:
                raise no_such_class(key)
            took = [row for row in by_key[key] if row.enrolment not in absent]
            if not took:
                raise Refused(
                    where=_called(key),
                    what=Text("没有一个孩子领到", "nobody took one"),
                    mend=Text("至少留一个领到的孩子；全班都没发就不用登记。", "Leave at least one, or note nothing."),
                )
            if not _is_noted(season, school, key, day, took):
                made.append(_noted(season, school, key, day, by_key[key], took, by=by, at=at))
        return made


def _noted(
    season: Season, school: Organisation, key: ClassKey, day: date, children: Sequence[ChildRow],
    took: Sequence[ChildRow], *, by: Appointment, at: datetime, replaces: HandOut | None = None, reason: str = "",
) -> HandOut:  # fmt: skip
    stage, grade, class_name = key
    row = HandOut.objects.create(
        season=season, organisation=school, stage=stage, grade=grade, class_name=class_name, day=day,
        letters=len(took), children=max(len(children), len(took)), by=by.user, at=at, replaces=replaces, reason=reason,
    )  # fmt: skip
    HandOutChild.objects.bulk_create(HandOutChild(hand_out=row, enrolment_id=one.enrolment) for one in took)
    return row


def _is_noted(season: Season, school: Organisation, key: ClassKey, day: date, took: Sequence[ChildRow]) -> bool:
    stage, grade, class_name = key
    same = standing(season, school).filter(stage=stage, grade=grade, class_name=class_name, day=day)
    wanted = {one.enrolment for one in took}
    return any(set(one.handed.values_list("enrolment", flat=True)) >= wanted for one in same)


def standing(season: Season, school: Organisation) -> QuerySet[HandOut]:
    """What a school has noted and not corrected since. 有效登记"""
    return HandOut.objects.filter(season=season, organisation=school, replaced_by__isnull=True, letters__gt=0)


def correct(*, hand_out: HandOut, reason: str, by: Appointment, at: datetime) -> HandOut:
    """Take back what was noted by mistake; both rows stay. Doing it twice gives the same correction. 更正登记

    Whoever wants it otherwise notes the class anew.
    """
    said = " ".join(reason.split())
    if not 0 < len(said) <= LONGEST_REASON:
        raise Refused(
            where="更正原因",
            what=Text("没有写明原因，或太长", "the reason is missing or too long"),
            mend=Text("写明为什么更正，如“记错班级”，最多 200 字。", "Say why in at most 200 characters."),
        )
    with transaction.atomic():
        _one_at_a_time(hand_out.organisation)
        later = HandOut.objects.filter(replaces=hand_out).first()
        if later is not None:
            return later
        if hand_out.letters == 0:
            return hand_out
        key = (hand_out.stage, hand_out.grade, hand_out.class_name)
        return _noted(
            hand_out.season, hand_out.organisation, key, hand_out.day, [], [], by=by, at=at, replaces=hand_out,
            reason=said,
        )  # fmt: skip


def put_remark(*, season: Season, school: Organisation, text: str, by: Appointment, at: datetime) -> SchoolRemark:
    """What the school adds to its letters from now on; empty: nothing. Raises Refused if it is too long. 学校附言"""
    check_open(school)
    said = plain_remark(text, LONGEST_REMARK)
    with transaction.atomic():
        _one_at_a_time(school)
        newest = SchoolRemark.objects.filter(season=season, organisation=school).order_by("-pk").first()
        if newest is not None and newest.text == said:
            return newest
        return SchoolRemark.objects.create(season=season, organisation=school, text=said, by=by.user, at=at)


def note_read(enrolment: Enrolment, *, at: datetime) -> None:
    """A guardian has opened the letter on the phone; only the first time is kept. 手机阅读"""
    LetterRead.objects.bulk_create(
        [LetterRead(enrolment=enrolment, season_id=enrolment.season_id, organisation_id=enrolment.organisation_id,
                    at=at)],
        ignore_conflicts=True,
    )  # fmt: skip


def no_such_class(key: ClassKey | None) -> Refused:
    """The refusal of a class that the school does not have. 没有这个班"""
    return Refused(
        where=_called(key) if key else "班级",
        what=Text("本校没有这个班", "the school has no such class"),
        mend=Text("请从列表里选一个班；班级改名、并班后列表会变。", "Choose from the list; it changes with the roll."),
    )


def _called(key: ClassKey) -> str:
    return key[2] or "未分班"


def check_open(school: Organisation) -> None:
    """Refuse for a school that has closed. 单位须在办"""
    if not school.active:
        raise Refused(
            where=school.name,
            what=Text("单位已停办，不能再登记", "the school has closed; nothing is noted any more"),
            mend=Text(
                "孩子已移交其他单位，请由接收单位登记。", "Its children were handed over; their school notes it."
            ),
        )


def check_day(season: Season, day: date, at: datetime, *, where: str) -> None:
    """Refuse a day that has not come or lies long before the season. 日期须在本季"""
    today, first = china_day(at), windows(policy_of(season))[0].first
    earliest = date(first.year, max(1, first.month - 1), 1)
    if not earliest <= day <= today:
        raise Refused(
            where=where,
            what=Text("{day}不在本季，或还没有到", "{day} is not of this season, or has not come yet").filled(day=day),
            mend=Text("填 {first} 到今天之间的一天。", "A day from {first} until today.").filled(first=earliest),
        )


def _one_at_a_time(school: Organisation) -> None:
    """Two clerks of a school note one after the other."""
    list(Organisation.objects.select_for_update(of=("self",), no_key=True).filter(pk=school.pk).values_list("pk"))
