"""The clerk notes what was handed out, corrects it, and adds a remark to the school's letters. 发放登记"""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from yingbao.agents.models import Desk
from yingbao.publicity import handing
from yingbao.publicity.following import ClassKey, by_class, children_of
from yingbao.publicity.models import HandOut
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.letters.making import numbers
from yingbao.web.letters.school import children_page, key_read, list_seen, page, seen
from yingbao.web.school.pupils import season_of
from yingbao.web.tax.shared import day_of
from yingbao.web.templatetags.words import language

STALE = Text("您打开页面之后名单有了变化，还没有登记", "the list changed after you opened the page; nothing was noted")
LOOK_AGAIN = Text(
    "勾选的还在，请看过最新名单再登记一次。", "What you ticked is kept; look again, then note it once more."
)
TWICE = Text("这些班当天已经登记过了，没有重复登记。", "These had been noted for that day; nothing was noted twice.")


@require_POST
@desk(Desk.SCHOOL)
def hand(request: Seated) -> HttpResponseBase:
    """Whole classes at once, or one class but for those who did not take theirs. 登记已发放"""
    season, school = season_of(request), request.appointment.organisation
    one = str(request.POST.get("one", ""))
    absent = numbers(request.POST.getlist("chosen")) if one else set()
    said = str(request.POST.get("day", ""))
    try:
        shown = (
            list_seen(children_of(season=season, school=school, group=key_read(one)))
            if one
            else seen(by_class(season=season, school=school))
        )
        if request.POST.get("seen") != shown and not _done(request, one, absent):
            raise Refused(where=Text("名单", "The list").said(language()), what=STALE, mend=LOOK_AGAIN)
        made = handing.hand_out(
            season=season, school=school, classes=keys_of([one] if one else request.POST.getlist("class")),
            day=_day(said), absent=absent, by=request.appointment, at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return _again(request, refused, one=one, absent=absent, said=said)
    if made:
        letters = sum(row.letters for row in made)
        done = Text("已登记 {m} 个班、{n} 份。", "{n} letters of {m} classes are noted.").filled(m=len(made), n=letters)
        messages.success(request, done.said(language()))
    else:
        messages.info(request, TWICE.said(language()))
    return redirect("letters")


def _done(request: Seated, one: str, absent: set[int]) -> bool:
    """Whether a stale page of one class only asks for what stands already: a second click. 重复点击"""
    rows = children_of(season=season_of(request), school=request.appointment.organisation, group=key_read(one))
    day = day_of(str(request.POST.get("day", "")))
    return bool(one) and all(row.handed_on == day for row in rows if row.enrolment not in absent)


def keys_of(words: list[str]) -> list[ClassKey]:
    """The classes that a form names. Raises Refused if none is named, or one is no class. 班级"""
    if not words:
        raise Refused(
            where=Text("班级", "Classes").said(language()),
            what=Text("没有勾选班级", "no class is ticked"),
            mend=Text("勾选已经发完的班，再点登记。", "Tick the classes that are done, then note it."),
        )
    found = []
    for word in words:
        key = key_read(word)
        if key is None:
            raise handing.no_such_class(None)
        found.append(key)
    return found


def _day(said: str) -> date:
    day = day_of(said)
    if day is None:
        raise Refused(
            where=Text("发放日期", "The day").said(language()),
            what=Text("日期不对", "that is no day"),
            mend=Text("写成 2019-09-20 这样。", "Write it like 2019-09-20."),
        )
    return day


def _again(request: Seated, refused: Refused, *, one: str, absent: set[int], said: str) -> HttpResponse:
    status = 409 if refused.what is STALE else 422
    if one and key_read(one) is not None:
        return children_page(request, one, "", refused=refused, ticked=absent, day=said, status=status)
    typed = {"classes": request.POST.getlist("class"), "day": said}
    return page(request, refused=refused, typed=typed, status=status)


@require_POST
@desk(Desk.SCHOOL)
def correct(request: Seated, pk: int) -> HttpResponseBase:
    """Take back what was noted by mistake; both stay on record. 更正"""
    own = HandOut.objects.filter(organisation=request.appointment.organisation).select_related("organisation", "season")
    one = get_object_or_404(own, pk=pk)
    handing.correct(hand_out=one, reason=str(request.POST.get("reason", "")), by=request.appointment, at=clock.now())
    messages.success(request, Text("已撤销这次登记，原记录保留。", "Taken back; the record stays.").said(language()))
    return redirect(reverse("letters"))


@require_POST
@desk(Desk.SCHOOL)
def remark(request: Seated) -> HttpResponseBase:
    """What the school adds to its letters. 学校附言"""
    text = str(request.POST.get("remark", ""))
    try:
        handing.put_remark(
            season=season_of(request), school=request.appointment.organisation, text=text, by=request.appointment,
            at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return page(request, refused=refused, typed={"remark": text}, status=422)
    messages.success(
        request, Text("附言已保存，以后制作的信都会带上。", "Saved; letters made from now on have it.").said(language())
    )
    return redirect("letters")


urlpatterns = [
    path("hand", hand, name="letters-hand"),
    path("hand/<int:pk>/correct", correct, name="letters-correct"),
    path("remark", remark, name="letters-remark"),
]
