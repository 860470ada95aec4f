"""Trainings: what is on, who of ours goes where; sign up, change, give up. 培训报名"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.campaign import training as trainings_of
from yingbao.campaign.lifecycle import Going
from yingbao.campaign.models import TrainingPlace, TrainingSession
from yingbao.enrolment.seasons import china_day, season_for
from yingbao.policy import terms
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.campaign.season import BUSINESS
from yingbao.web.tax.shared import area_of, tell
from yingbao.web.wall import by_platform

OFFICERS = (Desk.AGENCY, Desk.TAX)
"""who announces trainings"""
CLERKS = (Desk.SCHOOL, Desk.COMMUNITY, Desk.LIST_PROVIDER, Desk.CARD)
"""who signs people up; an education bureau counts, and its role of the database reads no name"""
COUNTING = (*OFFICERS, Desk.EDUCATION)
"""who sees how many signed up and came"""
OTHERS_WAIT = "places and the waiting list of a training belong to all bodies; one's deed moves another up"


class Shown(NamedTuple):
    """A training as the list shows it. 培训一览"""

    one: TrainingSession
    own: list[TrainingPlace]
    counts: Counted | None
    """only to who counts them"""
    kinds: list[Text]


class Counted(NamedTuple):
    """How many signed up and came. 报名人数"""

    going: int
    waiting: int
    came: int
    missed: int
    bodies: int


def sessions_of(request: Seated) -> QuerySet[TrainingSession]:
    """The trainings of the reader's pooling area. 本区培训"""
    return TrainingSession.objects.filter(host__pooling_area=area_of(request)).select_related("host")


@require_GET
@desk(*BUSINESS)
def trainings(request: Seated) -> HttpResponse:
    """What is on; where our own people go; for officers how many signed up and came. 培训"""
    at, place = clock.now(), request.appointment.organisation
    season = season_for(area_of(request), clock.today())
    rows = sessions_of(request).filter(season=season)
    counting = request.appointment.desk in COUNTING
    if not counting:
        rows = rows.filter(Q(kinds__contains=[place.kind]) | Q(pk__in=_own(request).values("session")))
    own: dict[int, list[TrainingPlace]] = {}
    mine = _own(request) if request.appointment.desk in CLERKS else TrainingPlace.objects.none()
    for each in mine.exclude(state=Going.CANCELLED).order_by("pk"):
        own.setdefault(each.session_id, []).append(each)
    counts = _counts(rows) if counting else {}
    found = [
        Shown(one, own.get(one.pk, []), counts.get(one.pk), kinds_said(one)) for one in rows.order_by("starts_at", "pk")
    ]
    context = {
        "to_come": [row for row in found if row.one.ends_at > at and row.one.cancelled_at is None],
        "past": [row for row in found if row.one.ends_at <= at or row.one.cancelled_at],
        "announces": request.appointment.desk in OFFICERS, "counting": counting, "today": clock.today(),
    }  # fmt: skip
    return render(request, "campaign/trainings.html", context)


def _own(request: Seated) -> QuerySet[TrainingPlace]:
    return TrainingPlace.objects.filter(organisation=request.appointment.organisation)


def _counts(rows: QuerySet[TrainingSession]) -> dict[int, Counted]:
    """Of each training: who has a place, who waits, who came, of how many bodies."""
    places = TrainingPlace.objects.filter(session__in=rows.values("pk"))
    counted = places.order_by("session").values_list("session").annotate(
        going=Count("pk", filter=Q(state=Going.GOING)),
        waiting=Count("pk", filter=Q(state=Going.WAITING)),
        came=Count("pk", filter=Q(attended=True)),
        missed=Count("pk", filter=Q(attended=False)),
        bodies=Count("organisation", distinct=True, filter=Q(state=Going.GOING)),
    )  # fmt: skip
    return {session: Counted(*figures) for session, *figures in counted}


def kinds_said(one: TrainingSession) -> list[Text]:
    """For whom it is, in words."""
    return [terms.BODIES[kind] for kind in one.kinds if kind in terms.BODIES]


@require_GET
@desk(*BUSINESS)
def training(request: Seated, pk: int) -> HttpResponse:
    """One training: our own people and the form to sign up; for its officers everyone. 培训场次"""
    return page(request, get_object_or_404(sessions_of(request), pk=pk))


def page(request: Seated, one: TrainingSession, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    """The page of a training, with what was typed if a deed was refused. 培训页面"""
    at, of = clock.now(), request.appointment
    begun, is_host = at >= one.starts_at, of.desk in OFFICERS and one.host_id == of.organisation_id
    places = TrainingPlace.objects.filter(session=one).exclude(state=Going.CANCELLED).select_related("organisation")
    ordered = places.order_by("organisation__name", "queued_at", "pk")
    others = sessions_of(request).filter(season=one.season_id, cancelled_at__isnull=True, starts_at__gt=at)
    others = others.filter(kinds__contains=[of.organisation.kind], sign_up_until__gte=clock.today()).exclude(pk=one.pk)
    context: dict[str, Any] = {
        "one": one, "kinds": kinds_said(one), "refused": refused, "begun": begun, "is_host": is_host,
        "cancelled": one.cancelled_at is not None,
        "own": list(ordered.filter(organisation=of.organisation)) if of.desk in CLERKS else [],
        "everyone": list(ordered) if is_host else [], "names": request.POST.get("names", ""),
        "because": request.POST.get("because", ""),
        "can_sign_up": of.desk in CLERKS and one.cancelled_at is None and not begun
        and of.organisation.kind in one.kinds and china_day(at) <= one.sign_up_until,
        "counts": _counts(sessions_of(request).filter(pk=one.pk)).get(one.pk) if of.desk in COUNTING else None,
        "others": [other for other in others.order_by("starts_at", "pk") if other.free] if not is_host else [],
        "steps": one.steps.select_related("by", "place", "organisation").order_by("-pk")[:50] if is_host else [],
    }  # fmt: skip
    return render(request, "campaign/training.html", context, status=status)


@require_POST
@desk(*CLERKS)
def sign_up(request: Seated, pk: int) -> HttpResponseBase:
    """Our people go, or wait for a place. 报名"""
    one = get_object_or_404(sessions_of(request), pk=pk)
    names = request.POST.get("names", "")[:2000].replace("、", "\n").replace("，", "\n").replace(",", "\n").splitlines()
    try:
        with by_platform(OTHERS_WAIT):
            places = trainings_of.sign_up(session=one.pk, names=names, by=request.appointment, at=clock.now())
    except Refused as refused:
        return page(request, one, refused, 409)
    waiting = sum(place.state == Going.WAITING for place in places)
    if waiting:
        tell(request, Text("已报名 {n} 人，其中 {w} 人排在候补，有空位时通知您。",
                           "{n} signed up, {w} of them on the waiting list; you are told when a place is free."),
             n=len(places), w=waiting)  # fmt: skip
    else:
        tell(request, Text("已报名 {n} 人。", "{n} signed up."), n=len(places))
    return redirect("training", pk=pk)


@require_POST
@desk(*CLERKS)
def give_up(request: Seated, pk: int) -> HttpResponseBase:
    """One of our people does not come. 取消报名"""
    own = get_object_or_404(_own(request), pk=pk)
    try:
        with by_platform(OTHERS_WAIT):
            trainings_of.give_up(place=own.pk, by=request.appointment, at=clock.now())
    except Refused as refused:
        return page(request, get_object_or_404(sessions_of(request), pk=own.session_id), refused, 409)
    tell(request, Text("已取消 {who} 的报名。", "{who} is not signed up any more."), who=own.name)
    return redirect("training", pk=own.session_id)


@require_POST
@desk(*CLERKS)
def move(request: Seated, pk: int) -> HttpResponseBase:
    """One of our people goes to another session. 改场次"""
    own = get_object_or_404(_own(request), pk=pk)
    wanted = request.POST.get("to", "")
    to = sessions_of(request).filter(pk=int(wanted) if wanted.isascii() and wanted.isdigit() else 0).first()
    try:
        if to is None:
            raise Refused(
                where=own.name,
                what=Text("没有选择场次", "no session is chosen"),
                mend=Text("选择要改去的场次。", "Choose to which one."),
            )
        with by_platform(OTHERS_WAIT):
            trainings_of.change_session(place=own.pk, to=to.pk, by=request.appointment, at=clock.now())
    except Refused as refused:
        return page(request, get_object_or_404(sessions_of(request), pk=own.session_id), refused, 409)
    except TrainingSession.DoesNotExist:
        raise Http404 from None
    tell(request, Text("{who} 已改到“{title}”。", "{who} goes to “{title}” now."), who=own.name, title=to.title)
    return redirect("training", pk=to.pk)
