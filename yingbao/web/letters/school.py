"""The school's letters at a glance: each class, how far it is, who is missing, who needs a new one. 告家长书首页"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import deadline, policy_of
from yingbao.jobs.models import Job
from yingbao.people.grades import grade_name
from yingbao.people.looks import looked
from yingbao.publicity import handing
from yingbao.publicity.composing import in_force, remark_of
from yingbao.publicity.following import ChildRow, ClassKey, ClassRow, by_class, children_of
from yingbao.publicity.models import LONGEST_REMARK, LetterBatch
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.school.listing import Group
from yingbao.web.school.pupils import season_of

BATCHES_SHOWN, HAND_OUTS_SHOWN = 6, 30
SHOWS = {
    "": Text("全部", "all"),
    "missing": Text("没有信也没读到", "not reached"),
    "outdated": Text("需要换新信", "needs a new letter"),
}
"""word of the address → which children. 筛选"""
NO_CLASS = Text("未分班", "in no class")
NOBODY = "-"
"""how the address names the children of no class"""


def key_word(key: ClassKey) -> str:
    """A class as addresses and forms name it. 班级编号"""
    return Group(*key).key if key[0] else NOBODY


def key_read(word: str) -> ClassKey | None:
    """The class that an address or form names, or None. 读班级编号"""
    if word == NOBODY:
        return "", None, ""
    found = Group.read(word)
    return (found.stage, found.grade, found.class_name) if found else None


def class_text(key: ClassKey) -> Text:
    """What a class is called on a page. 班级名称"""
    return Group(*key).text if key[0] else NO_CLASS


@require_GET
@desk(Desk.SCHOOL)
def letters(request: Seated) -> HttpResponse:
    """Every class, and what can be done for those that are ticked. 告家长书"""
    return page(request)


def page(
    request: Seated, *, refused: Refused | None = None, typed: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page, with what was typed if something was refused. 页面"""
    season, organisation = season_of(request), request.appointment.organisation
    rows = by_class(season=season, school=organisation)
    grade = str(request.GET.get("grade", ""))
    ticked = [key_word(row.key) for row in rows if grade and grade_word(row.key) == grade]
    context = {
        "policy": policy_of(season), "deadline": deadline(season), "total": total(rows), "active": organisation.active,
        "grades": grades(rows), "grade": grade,
        "rows": [{"row": row, "key": key_word(row.key), "text": class_text(row.key)} for row in rows],
        "seen": seen(rows), "key": secrets.token_hex(12), "today": clock.today(), "refused": refused,
        "typed": {"classes": ticked, "day": clock.today().isoformat(), "remark": None} | (typed or {}),
        "remark": remark_of(season, organisation), "longest": LONGEST_REMARK, "batches": batches(season, request),
        "wording": in_force(season, "child"),
    }  # fmt: skip
    return render(request, "letters/school.html", context, status=status)


def grade_word(key: ClassKey) -> str:
    """A grade as the address names it. 年级编号"""
    return f"{key[0]}.{'' if key[1] is None else key[1]}" if key[0] else NOBODY


def grades(rows: list[ClassRow]) -> dict[str, Text]:
    """The grades of the school, in order, with what they are called. 年级"""
    return {grade_word(row.key): grade_name(row.stage, row.grade) for row in rows if row.stage}


def total(rows: list[ClassRow]) -> dict[str, int]:
    """The sums of all classes. 合计"""
    names = ("children", "printed", "handed", "read", "told", "with_phone", "missing", "outdated")
    return {name: sum(getattr(row, name) for row in rows) for name in names}


def seen(rows: list[ClassRow]) -> str:
    """A mark of the classes that were shown, so that a stale page hands nothing out. 页面版本"""
    return hashlib.sha256(repr([(row.key, row.children) for row in rows]).encode()).hexdigest()[:16]


def batches(season: Season, request: Seated) -> list[dict[str, Any]]:
    """The latest batches of the school, each with its file or its job. 最近制作"""
    rows = LetterBatch.objects.filter(season=season, organisation=request.appointment.organisation)
    found = list(rows.select_related("by", "file").defer("file__content_cipher").order_by("-pk")[:BATCHES_SHOWN])
    jobs = {
        job.arguments.get("batch"): job
        for job in Job.objects.filter(
            task="letters.make", owner=request.user, arguments__batch__in=[one.pk for one in found]
        )
    }
    return [{"one": one, "file": getattr(one, "file", None), "job": jobs.get(one.pk)} for one in found]


@require_GET
@desk(Desk.SCHOOL)
def children(request: Seated) -> HttpResponse:
    """The children of a class, or those of the school who are missing or need a new letter. 名单"""
    return children_page(request, str(request.GET.get("class", "")), str(request.GET.get("show", "")))


def children_page(
    request: Seated, word: str, show: str, *, refused: Refused | None = None, ticked: set[int] | None = None,
    day: str | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page of a list of children, with what was ticked if something was refused. 名单页面"""
    season, organisation = season_of(request), request.appointment.organisation
    key = key_read(word) if word else None
    show = show if show in SHOWS else ""
    every = children_of(season=season, school=organisation, group=key)
    if word and (key is None or not every):
        raise handing.no_such_class(key)
    rows = [row for row in every if picked(row, show)]
    looked(user=request.user, organisation=organisation, what="list", count=len(rows), at=clock.now())
    noted = handing.standing(season, organisation).select_related("by").order_by("-day", "-pk")
    if key is not None:
        noted = noted.filter(stage=key[0], grade=key[1], class_name=key[2])
    context = {
        "title": class_text(key) if key else None, "word": word, "show": show, "refused": refused,
        "rows": [{"row": row, "text": class_text(row.key), "ticked": row.enrolment in (ticked or set())}
                 for row in rows],
        "shows": [{"word": name, "text": text, "n": sum(picked(row, name) for row in every)}
                  for name, text in SHOWS.items()],
        "noted": [{"one": one, "text": class_text((one.stage, one.grade, one.class_name))}
                  for one in noted[:HAND_OUTS_SHOWN]],
        "key": secrets.token_hex(12), "seen": list_seen(every), "today": clock.today(), "day": day,
        "active": organisation.active,
    }  # fmt: skip
    return render(request, "letters/children.html", context, status=status)


def picked(row: ChildRow, show: str) -> bool:
    """Whether a filter shows a child. 筛选"""
    return {"missing": row.missing, "outdated": row.outdated}.get(show, True)


def list_seen(rows: list[ChildRow]) -> str:
    """A mark of the children that were shown. 名单版本"""
    return hashlib.sha256(repr([(row.enrolment, row.handed_on) for row in rows]).encode()).hexdigest()[:16]


urlpatterns = [
    path("", letters, name="letters"),
    path("children", children, name="letters-children"),
]
