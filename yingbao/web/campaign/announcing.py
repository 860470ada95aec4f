"""An officer announces trainings, changes and cancels them, marks who came, takes the list along. 培训管理"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents.models import OrganisationKind
from yingbao.campaign import training as trainings_of
from yingbao.campaign.lifecycle import Going
from yingbao.campaign.models import TrainingPlace, TrainingSession
from yingbao.campaign.training import Announced
from yingbao.enrolment.seasons import season_for
from yingbao.policy import terms
from yingbao.spreadsheet.workbooks import write_table
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.campaign.training import OFFICERS, page, sessions_of
from yingbao.web.tax.shared import area_of, columns, download, tell
from yingbao.web.templatetags.words import language

FIELDS = ("title", "day", "begins", "ends", "online", "place", "places", "until", "about")
OFFERED = (OrganisationKind.SCHOOL, OrganisationKind.COMMUNITY, OrganisationKind.SUB_DISTRICT)


def held(request: Seated) -> QuerySet[TrainingSession]:
    """The trainings that the officer's own bureau holds. 本单位举办"""
    return sessions_of(request).filter(host=request.appointment.organisation)


@require_http_methods(["GET", "POST"])
@desk(*OFFICERS)
def new(request: Seated) -> HttpResponseBase:
    """Announce a training. 发布培训"""
    if request.method == "GET":
        return _form(request, {"kinds": [OrganisationKind.SCHOOL], "places": "50"})
    season = season_for(area_of(request), clock.today())
    try:
        one = trainings_of.announce(season=season, said=said(request), by=request.appointment, at=clock.now())
    except Refused as refused:
        return _form(request, _typed(request), refused)
    _noted(request, "training.announced", one)
    tell(request, Text("已发布，各单位现在可以报名。", "Announced: people can be signed up now."))
    return redirect("training", pk=one.pk)


@require_http_methods(["GET", "POST"])
@desk(*OFFICERS)
def change(request: Seated, pk: int) -> HttpResponseBase:
    """Move it or say something else. 更改培训"""
    one = get_object_or_404(held(request), pk=pk)
    if request.method == "GET":
        return _form(request, _of(one), one=one)
    seen = request.POST.get("seen", "")
    try:
        trainings_of.change(
            session=one.pk, said=said(request), seen=int(seen) if seen.isascii() and seen.isdigit() else 0,
            by=request.appointment, at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        one.refresh_from_db()
        return _form(request, _typed(request), refused, one)
    _noted(request, "training.changed", one)
    tell(request, Text("已更改；时间、地点有变的，已通知报了名的人。", "Changed; who signed up is told if it moved."))
    return redirect("training", pk=pk)


@require_POST
@desk(*OFFICERS)
def cancel(request: Seated, pk: int) -> HttpResponseBase:
    """It does not take place. 取消场次"""
    one = get_object_or_404(held(request), pk=pk)
    try:
        trainings_of.cancel(
            session=one.pk, because=request.POST.get("because", ""), by=request.appointment, at=clock.now()
        )
    except Refused as refused:
        return page(request, one, refused, 409)
    _noted(request, "training.cancelled", one)
    tell(request, Text("已取消，报了名的人已收到通知。", "Cancelled; who signed up is told."))
    return redirect("training", pk=pk)


@require_POST
@desk(*OFFICERS)
def attendance(request: Seated, pk: int) -> HttpResponseBase:
    """Who was there. 签到"""
    one = get_object_or_404(held(request), pk=pk)
    shown = {int(key) for key in request.POST.getlist("shown") if key.isascii() and key.isdigit() and len(key) < 19}
    came = {int(key) for key in request.POST.getlist("came") if key.isascii() and key.isdigit() and len(key) < 19}
    try:
        changed = trainings_of.mark(
            session=one.pk, came={key: key in came for key in shown}, by=request.appointment, at=clock.now()
        )
    except Refused as refused:
        return page(request, one, refused, 409)
    tell(request, Text("已登记，{n} 人有变动。", "Marked: {n} changed."), n=changed)
    return redirect("training", pk=pk)


@require_GET
@desk(*OFFICERS)
def workbook(request: Seated, pk: int) -> HttpResponse:
    """Everyone who signed up, for the door. 导出名单"""
    one = get_object_or_404(held(request), pk=pk)
    places = TrainingPlace.objects.filter(session=one).exclude(state=Going.CANCELLED).select_related("organisation")
    heads = columns([
        (Text("单位", "Body"), "text", 30), (Text("姓名", "Name"), "text", 14), (Text("状态", "State"), "text", 12),
        (Text("到场", "Was there"), "text", 10), (Text("签名", "Signature"), "text", 18),
    ])  # fmt: skip
    came = {True: Text("到", "yes"), False: Text("未到", "no"), None: Text("", "")}
    rows = [
        (place.organisation.name, place.name, place.state_text.said(language()), came[place.attended].said(language()),
         "")
        for place in places.order_by("state", "organisation__name", "queued_at", "pk")
    ]  # fmt: skip
    content = write_table(heads, rows, sheet=Text("培训名单", "Training").said(language()))
    return download(content, f"training-{one.pk}-{one.starts_at.astimezone(CHINA):%Y%m%d}.xlsx")


def said(request: Seated) -> Announced:
    """What was typed, as a training. Raises Refused where a day, an hour or a number is none. 培训内容"""
    typed = _typed(request)
    day, until = _day(typed["day"]), _day(typed["until"])
    begins, ends = _hour(typed["begins"]), _hour(typed["ends"])
    places = typed["places"].strip()
    if day is None or until is None or begins is None or ends is None or not (places.isascii() and places.isdigit()):
        raise Refused(
            where=typed["title"] or "培训",
            what=Text("日期、时间或名额没有写全，或写得不对", "a day, an hour or the places are missing or wrong"),
            mend=Text(
                "写全日期、起止时间、报名截止日和名额。", "Give the day, both hours, the last day and the places."
            ),
        )
    return Announced(
        title=" ".join(typed["title"].split()), starts_at=datetime.combine(day, begins, CHINA),
        ends_at=datetime.combine(day, ends, CHINA), online=bool(typed["online"]),
        place=" ".join(typed["place"].split()), kinds=tuple(sorted(set(typed["kinds"]))), places=int(places[:9]),
        sign_up_until=until, about=typed["about"].strip().replace("\r\n", "\n"),
    )  # fmt: skip


def _typed(request: Seated) -> dict[str, Any]:
    typed: dict[str, Any] = {name: str(request.POST.get(name, ""))[:600] for name in FIELDS}
    return typed | {"kinds": request.POST.getlist("kinds")[:12]}


def _of(one: TrainingSession) -> dict[str, Any]:
    begins, ends = one.starts_at.astimezone(CHINA), one.ends_at.astimezone(CHINA)
    return {
        "title": one.title, "day": f"{begins:%Y-%m-%d}", "begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}",
        "online": "1" if one.online else "", "place": one.place, "places": str(one.places), "kinds": one.kinds,
        "until": f"{one.sign_up_until:%Y-%m-%d}", "about": one.about,
    }  # fmt: skip


def _form(
    request: Seated, filled: dict[str, Any], refused: Refused | None = None, one: TrainingSession | None = None
) -> HttpResponse:
    kinds = [(kind.value, terms.BODIES[kind.value], kind.value in filled["kinds"]) for kind in OFFERED]
    context = {"filled": filled, "refused": refused, "kinds": kinds, "one": one}
    return render(request, "campaign/training_form.html", context, status=422 if refused else 200)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
    except ValueError:
        return None


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text.strip()).replace(tzinfo=None) if len(text.strip()) in (5, 8) else None
    except ValueError:
        return None


def _noted(request: Seated, what: str, one: TrainingSession) -> None:
    note(
        what=what, user=request.user, organisation=request.appointment.organisation, about=f"training {one.pk}",
        at=clock.now(),
    )  # fmt: skip
