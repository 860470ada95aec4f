"""A school writes down how else it told families: channel, day, classes, about what. 宣传登记"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from yingbao.agents.models import Appointment, Organisation
from yingbao.enrolment.models import Season
from yingbao.publicity.handing import check_day, check_open
from yingbao.publicity.models import Publicising
from yingbao.publicity.ways import TOPICS, WAYS
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST_NOTE = 200


def record(
    *, season: Season, school: Organisation, way: str, day: date, classes: Sequence[str], topics: Collection[str],
    note: str, key: str, by: Appointment, at: datetime, replaces: Publicising | None = None,
) -> Publicising:  # fmt: skip
    """Note one piece of publicity; the same form sent twice gives the row that there is. 登记宣传

    `classes` are keys that the caller has checked; none means the whole school. Raises Refused by field.
    """
    check_open(school)
    check_day(season, day, at, where="日期")
    said = " ".join(note.split())
    if way not in WAYS:
        raise _refused("方式", Text("没有选宣传方式", "no way was chosen"), Text("请选一种。", "Choose one."))
    if not topics or not set(topics) <= set(TOPICS):
        raise _refused("讲了什么", Text("没有选内容", "nothing it was about was chosen"),
                       Text("至少选一项。", "Choose at least one."))  # fmt: skip
    if way == "other" and not said:
        raise _refused("说明", Text("没有写明是什么方式", "which other way is missing"),
                       Text("选“其他”时，请写明方式。", "Write which way it was."))  # fmt: skip
    if len(said) > LONGEST_NOTE or not said.isprintable():
        raise _refused("说明", Text("说明太长，或有看不见的字符", "the note is too long or has invisible characters"),
                       Text("最多 200 字。", "At most 200 characters."))  # fmt: skip
    row = Publicising(
        season=season, organisation=school, way=way, day=day, classes=list(classes), topics=sorted(set(topics)),
        note=said, key=key, by=by.user, at=at, replaces=replaces,
    )  # fmt: skip
    return _once(row, school)


def take_back(*, publicising: Publicising, by: Appointment, at: datetime) -> Publicising:
    """What was noted by mistake counts no more; both rows stay. 撤销登记"""
    return _once(
        Publicising(
            season=publicising.season, organisation=publicising.organisation, way=publicising.way,
            day=publicising.day, classes=publicising.classes, topics=publicising.topics, note=publicising.note,
            key=f"back-{publicising.pk}", by=by.user, at=at, replaces=publicising, taken_back=True,
        ),
        publicising.organisation,
    )  # fmt: skip


def _once(row: Publicising, school: Organisation) -> Publicising:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        there = Publicising.objects.filter(organisation=school)
        found = there.filter(key=row.key).first() or (
            there.filter(replaces=row.replaces).first() if row.replaces else None
        )
        if found is None:
            raise
        return found
    return row


def standing(season: Season, school: Organisation) -> list[Publicising]:
    """What a school has noted and not taken back, the latest first. 有效登记"""
    rows = Publicising.objects.filter(season=season, organisation=school, taken_back=False, replaced_by__isnull=True)
    return list(rows.select_related("by").order_by("-day", "-pk"))


def _refused(where: str, what: Text, mend: Text) -> Refused:
    return Refused(where=where, what=what, mend=mend)
