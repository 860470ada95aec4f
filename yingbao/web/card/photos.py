"""The card centre looks at photos: accepts many at once, has single ones taken again. 照片审核"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.cards import deciding, handing
from yingbao.cards.doubts import doubts_said
from yingbao.cards.lifecycle import PhotoState
from yingbao.cards.models import Photo
from yingbao.people.looks import looked
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.card.child import reason_of
from yingbao.web.card.shared import ask_again, picture
from yingbao.web.tax.shared import area_of, look, page_of, tell

PAGE_SIZE = 24


def waiting(request: Seated) -> QuerySet[Photo]:
    """The photos of the area that wait for a look. 待审照片"""
    return Photo.objects.filter(pooling_area=area_of(request), state=PhotoState.WAITING)


@require_GET
@desk(Desk.CARD)
def photos(request: Seated) -> HttpResponse:
    """The photos that wait, those with doubts apart. 待审照片"""
    return listed(request)


def listed(request: Seated, *, refused: Refused | None = None, about: int = 0, status: int = 200) -> HttpResponse:
    """The page, also with what was refused beside its photo. 审核页"""
    show = request.GET.get("show", "")
    every = waiting(request)
    clear, doubtful = every.filter(doubts=[]).count(), every.exclude(doubts=[]).count()
    rows = every.exclude(doubts=[]) if show == "doubts" else every.filter(doubts=[]) if show == "clear" else every
    pages = page_of(request, {"doubts": doubtful, "clear": clear}.get(show, clear + doubtful), PAGE_SIZE)
    shown = list(rows.select_related("person").order_by("handed_in_at", "pk")[pages["first"] :][:PAGE_SIZE])
    agents = handing.agent_of_persons([one.person_id for one in shown])
    look(request, "photo", len(shown))
    context = {
        "rows": [{"one": one, "school": agents.get(one.person_id, ""), "doubts": doubts_said(one.doubts),
                  "wrong": refused if one.pk == about else None} for one in shown],
        "clear": clear, "doubtful": doubtful, "total": clear + doubtful, "show": show,
        "reasons": deciding.REASONS.items(), "refused": refused, "acceptable": any(not one.doubts for one in shown),
    }  # fmt: skip
    return render(request, "card/photos.html", context | pages, status=status)


@require_GET
@desk(Desk.CARD)
def photo_picture(request: Seated, pk: int) -> HttpResponse:
    """One picture of the own area. 照片"""
    one = get_object_or_404(Photo, pk=pk, pooling_area=area_of(request), purged_at__isnull=True)
    looked(user=request.user, organisation=request.appointment.organisation, what="photo", person=one.person,
           at=clock.now())  # fmt: skip
    return picture(one)


@require_POST
@desk(Desk.CARD)
def accept(request: Seated) -> HttpResponseBase:
    """Accept the photos that were ticked; what changed meanwhile is left. 批量通过"""
    chosen = [int(one) for one in request.POST.getlist("photo") if one.isascii() and one.isdigit()]
    mine = waiting(request).filter(pk__in=chosen).values_list("pk", flat=True)
    done = deciding.accept(photos=mine, by=request.appointment, at=clock.now())
    tell(request, Text("已通过 {n} 张照片。", "{n} photos accepted."), n=done)
    if len(set(chosen)) > done:
        left = Text("{n} 张刚刚已被处理或已换新照片，没有改动。", "{n} were decided about or replaced meanwhile.")
        tell(request, left, n=len(set(chosen)) - done)
    return redirect("card-photos")


@require_POST
@desk(Desk.CARD)
def decide(request: Seated, pk: int) -> HttpResponseBase:
    """Accept one photo, or have it taken again with a reason. 审核一张"""
    one = get_object_or_404(Photo, pk=pk, pooling_area=area_of(request))
    if request.POST.get("act") == "accept":
        done = deciding.accept(photos=[one.pk], by=request.appointment, at=clock.now())
        tell(request, Text("照片已通过。", "Accepted.") if done else
             Text("这张照片刚刚已有人处理。", "Somebody has just decided about it."))  # fmt: skip
        return redirect("card-photos")
    try:
        with transaction.atomic():
            ask_again([deciding.reject(photo=one, reason=reason_of(request), by=request.appointment, at=clock.now())])
    except Refused as refused:
        return listed(request, refused=refused, about=pk, status=422)
    tell(request, Text("已退回，已通知家长重拍。", "Rejected; the family is asked for another one."))
    return redirect("card-photos")
