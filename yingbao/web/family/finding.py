"""A family names a child by name and number; who guesses is stopped. 家长查询

Both must be right. Whether a child exists is not said: a wrong name, an unknown number and a child who is enrolled
nowhere here get the same answer. After five misses in a session or about one number nothing is looked up for a quarter
of an hour; from one network address, which a whole parents' evening or a carrier's phones share, after hundreds. Who
finds a child is not counted, and that somebody did is recorded without the number.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from yingbao.collection.quoting import Quote, quote
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day, policy_of, windows
from yingbao.people.matching import same_name
from yingbao.people.models import IdentityDocument
from yingbao.sealing.sealed import index_of
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.family.recorded import recorded
from yingbao.web.models import Miss

WITHIN, DAY = timedelta(minutes=15), timedelta(days=1)
MOST = {"session": ((WITHIN, 5),), "child": ((WITHIN, 5),), "address": ((WITHIN, 200), (DAY, 600))}
"""So many misses. Of a child whose name, birth date and place somebody knows there are some thousand numbers to guess:
the day's limit of an address keeps that out of reach of one, and stays far from honest slips."""
KEPT = DAY
LONGEST_NAME, LONGEST_NUMBER = 50, 30


def find(request: Any, *, name: str, number: str, year: int, at: datetime) -> Quote:
    """The child of this name and number, and what can be paid for it; Refused if there is none, or too often. 查找"""
    keys = _keys(request, number)
    check_keys(keys, at)
    found = _enrolled(name, number, year, at)
    if found is None:
        _note(keys, at)
        raise nobody()
    recorded(request, "family_found", found.enrolment.person_id, at)
    return found


def check_open(request: Any, number: str, at: datetime) -> None:
    """Raise Refused if somebody has guessed too often of late. 是否开放查询"""
    check_keys(_keys(request, number), at)


def is_too_often(refused: Refused) -> bool:
    """Whether that is the refusal of who guessed too often. 是否因查询过多"""
    return refused.what in (too_often(WITHIN).what, too_often(DAY).what)


def years(at: datetime) -> list[int]:
    """The plan years that can be paid for on that day, newest first. 可缴年度"""
    today = china_day(at)
    open_ = [
        season.plan_year
        for season in Season.objects.all()
        if any(window.first <= today <= window.last for window in windows(policy_of(season)))
    ]
    return sorted(set(open_), reverse=True)


def check_keys(keys: dict[str, bytes], at: datetime) -> None:
    """Raise Refused where one of these missed too often of late. 是否暂停查询"""
    for kind, index in keys.items():
        misses = Miss.objects.filter(kind=kind, index=index)
        for span, most in reversed(MOST[kind]):
            if misses.filter(at__gt=at - span).count() >= most:
                raise too_often(span)


def nobody() -> Refused:
    """The same for whoever cannot be found, for whatever reason. 没有查到"""
    return Refused(
        where="pay",
        what=Text("没有查到可在线缴费的孩子", "No child was found that can be paid for online"),
        mend=Text(
            "请核对姓名和证件号码。仍查不到：在校学生问学校，未入学的孩子和首次参保的孩子先到户籍所在地社区登记。",
            "Compare name and number with the document. If it stays so: for a pupil ask the school; a child at no "
            "school, or never enrolled before, is registered at the community of its hukou first.",
        ),
    )


def too_often(span: timedelta) -> Refused:
    """Closed for a quarter of an hour, or for the day. 查询过多"""
    if span == DAY:
        return Refused(
            where="pay",
            what=Text("今天查询次数太多，今天不能再查", "Too many look-ups today; the door is closed for the day"),
            mend=Text("请明天再试，或到学校、社区办理。", "Try again tomorrow, or ask the school or the community."),
        )
    return Refused(
        where="pay",
        what=Text("查询次数太多，暂时不能再查", "Too many look-ups; the door is closed for a while"),
        mend=Text(
            "请 {n} 分钟后再试，或到学校、社区办理。", "Try again in {n} minutes, or ask the school or the community."
        ).filled(n=WITHIN.seconds // 60),
    )


def _enrolled(name: str, number: str, year: int, at: datetime) -> Quote | None:
    if not (0 < len(name) <= LONGEST_NAME and 0 < len(number) <= LONGEST_NUMBER):
        return None
    document = IdentityDocument.objects.filter(
        number_index=index_of(number), person__merged_into__isnull=True
    ).select_related("person")
    person = next((one.person for one in document), None)
    if person is None or not same_name(person.name, name):
        return None
    rows = Enrolment.objects.filter(person=person, plan_year=year).select_related("person", "season", "organisation")
    quotes = quote(enrolments=list(rows.order_by("pk")), kind="page", at=at)
    return min(quotes, key=lambda one: one.refused is not None, default=None)


def _keys(request: Any, number: str) -> dict[str, bytes]:
    if not request.session.session_key:
        request.session.create()
    return {
        "session": index_of(f"session {request.session.session_key}"),
        "address": index_of(f"address {request.META.get('REMOTE_ADDR', '')}"),
        "child": index_of(number),
    }


def _note(keys: dict[str, bytes], at: datetime) -> None:
    Miss.objects.filter(at__lt=at - KEPT).delete()
    Miss.objects.bulk_create([Miss(kind=kind, index=index, at=at) for kind, index in keys.items()])


def veiled_name(name: str) -> str:
    """A name as everyone may see it: 张*明, 张*. 姓名遮盖"""
    return f"{name[0]}*{name[-1]}" if len(name) > 2 else f"{name[:1]}*"
