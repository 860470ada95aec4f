"""How else a school told families: groups, meetings, papers, banners, boards. 宣传登记"""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.enrolment.seasons import policy_of
from yingbao.publicity import handing, recording
from yingbao.publicity.following import by_class
from yingbao.publicity.models import Publicising
from yingbao.publicity.ways import TOPICS, WAYS
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.letters.making import form_key
from yingbao.web.letters.school import class_text, key_read, key_word
from yingbao.web.school.pupils import season_of
from yingbao.web.tax.shared import day_of
from yingbao.web.templatetags.words import language


@require_GET
@desk(Desk.SCHOOL)
def publicity(request: Seated) -> HttpResponse:
    """What was noted, what is still missing, and the form. 宣传登记"""
    return page(request)


def page(request: Seated, *, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    """The page, with what was typed if it was refused. 页面"""
    season, school = season_of(request), request.appointment.organisation
    rows = recording.standing(season, school)
    classes = [{"key": key_word(row.key), "text": class_text(row.key)}
               for row in by_class(season=season, school=school) if row.key[0]]  # fmt: skip
    told = {topic for row in rows for topic in row.topics}
    post = request.POST
    context = {
        "policy": policy_of(season), "ways": WAYS.items(), "topics": TOPICS.items(), "classes": classes,
        "rows": [described(row) for row in rows],
        "gaps": [text for topic, text in TOPICS.items() if topic not in told],
        "key": secrets.token_hex(12), "today": clock.today(), "refused": refused, "active": school.active,
        "typed": {
            "way": post.get("way", ""), "day": post.get("day", "") or clock.today().isoformat(),
            "class": post.getlist("class"), "topic": post.getlist("topic"), "note": post.get("note", ""),
        } if refused else {"day": clock.today().isoformat()},
    }  # fmt: skip
    return render(request, "letters/publicity.html", context, status=status)


def described(row: Publicising) -> dict[str, object]:
    """A noted piece of publicity in words. 说明"""
    keys = [key for word in row.classes if (key := key_read(word)) is not None]
    return {
        "one": row, "way": WAYS[row.way], "classes": [class_text(key) for key in keys],
        "topics": [TOPICS[topic] for topic in row.topics],
    }  # fmt: skip


@require_POST
@desk(Desk.SCHOOL)
def add(request: Seated) -> HttpResponseBase:
    """Note one more. 登记"""
    season, school = season_of(request), request.appointment.organisation
    try:
        day = day_of(str(request.POST.get("day", "")))
        if day is None:
            raise Refused(
                where="日期", what=Text("日期不对", "that is no day"),
                mend=Text("写成 2019-09-20 这样。", "Write it like 2019-09-20."),
            )  # fmt: skip
        there = {key_word(row.key) for row in by_class(season=season, school=school)}
        words = request.POST.getlist("class")
        if not set(words) <= there:
            raise handing.no_such_class(None)
        recording.record(
            season=season, school=school, way=str(request.POST.get("way", "")), day=day, classes=words,
            topics=request.POST.getlist("topic"), note=str(request.POST.get("note", "")), key=form_key(request),
            by=request.appointment, at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return page(request, refused=refused, status=422)
    messages.success(request, Text("已登记。", "Noted.").said(language()))
    return redirect("publicity")


@require_POST
@desk(Desk.SCHOOL)
def take_back(request: Seated, pk: int) -> HttpResponseBase:
    """It was a mistake; the record stays. 撤销"""
    own = Publicising.objects.filter(organisation=request.appointment.organisation, taken_back=False)
    one = get_object_or_404(own.select_related("organisation", "season"), pk=pk)
    recording.take_back(publicising=one, by=request.appointment, at=clock.now())
    messages.success(request, Text("已撤销，原记录保留。", "Taken back; the record stays.").said(language()))
    return redirect("publicity")


urlpatterns = [
    path("publicity/", publicity, name="publicity"),
    path("publicity/add", add, name="publicity-add"),
    path("publicity/<int:pk>/back", take_back, name="publicity-back"),
]
