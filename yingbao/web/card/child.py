"""One child's photo and card, for the school or community that answers for it. 孩子的照片和卡"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents.models import Desk
from yingbao.cards import deciding, handing, receiving
from yingbao.cards.doubts import doubts_said
from yingbao.cards.lifecycle import Act, Who, acts_open
from yingbao.cards.models import Card, CardStep, Photo
from yingbao.cards.needing import cards_of, needs_photo, photo_of, rule_of
from yingbao.enrolment.lifecycle import LIVE
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import policy_of
from yingbao.people.looks import looked
from yingbao.policy.terms import photo_said
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.card.shared import ask_again, form_of, looked_at, picture
from yingbao.web.school.pupils import season_of
from yingbao.web.tax.shared import tell
from yingbao.web.templatetags.words import language

STALE = Text(
    "您打开页面之后照片已有变化，没有办理。请看过现在的照片再办。",
    "The photo changed after you opened the page; nothing was done. Look at the present one first.",
)
SHOWN_STEPS = 20


def found(request: Seated, pk: int) -> Enrolment:
    """The child's enrolment at this very agent, or 404: the card follows the child. 本单位孩子"""
    rows = Enrolment.objects.filter(
        season=season_of(request), organisation=request.appointment.organisation, person=pk, state__in=sorted(LIVE)
    )
    one = rows.select_related("person", "season").first()
    if one is None:
        raise Http404
    return one


@require_http_methods(["GET", "POST"])
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def child(request: Seated, pk: int) -> HttpResponseBase:
    """The photo and the card of one child; a new photo is handed in here. 照片和卡"""
    one = found(request, pk)
    rule = rule_of(one.season)
    if request.method == "POST":
        if str(request.POST.get("seen")) != seen(one):
            return page(request, one, wrong=STALE, status=409)
        try:
            if request.POST.get("agreed") != "yes":
                raise Refused(where=Text("家长同意", "consent").said(language()),
                              what=Text("没有确认家长同意", "the family's consent is not confirmed"),
                              mend=Text("征得家长同意后勾选。", "Tick it once the family agreed."))  # fmt: skip
            fit = looked_at(request, rule)
            receiving.receive(person=one.person, season=one.season, jpeg=fit.jpeg, doubts=fit.doubts,
                              by=request.appointment, at=clock.now())  # fmt: skip
        except Refused as refused:
            return page(request, one, refused=refused, status=422)
        tell(
            request, Text("照片已收下，请看裁好的样子，再点通过。", "Taken: look at it as it was cut, then accept it.")
        )
        return redirect("own-card", pk=pk)
    return page(request, one)


def seen(one: Enrolment) -> str:
    """A mark of what the page showed: the photo that is there, and the card. 页面版本"""
    photo = photo_of(one.person, one.season.pooling_area)
    cards = cards_of(one.person, one.season.pooling_area)[:1]
    return f"{photo.pk if photo else 0}-{photo.state if photo else ''}-{[(c.pk, c.state) for c in cards]}"


def page(
    request: Seated, one: Enrolment, *, refused: Refused | None = None, wrong: Text | None = None, typed: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page, also with what was refused. 页面"""
    area, policy = one.season.pooling_area, policy_of(one.season)
    photo, cards = photo_of(one.person, area), cards_of(one.person, area)
    looked(user=request.user, organisation=request.appointment.organisation, what="photo" if photo else "page",
           person=one.person, at=clock.now())  # fmt: skip
    steps = CardStep.objects.filter(person=one.person, pooling_area=area).select_related("by").order_by("-pk")
    last = Photo.objects.filter(person=one.person, pooling_area=area).order_by("-pk").first()
    card = cards[0] if cards else None
    context: dict[str, Any] = {
        "one": one, "photo": photo, "card": card, "doubts": doubts_said(photo.doubts) if photo else [],
        "needs": needs_photo(one.person, policy), "open": receiving.may_hand_in(person=one.person, season=one.season),
        "form": photo_said(form_of(rule_of(one.season))), "policy": policy, "seen": seen(one),
        "reasons": deciding.REASONS.items(), "refused": refused, "wrong": wrong, "typed": typed,
        "acts": acts_open(card.state, Who.AGENT) if card else (), "steps": list(steps[:SHOWN_STEPS]),
        "again": last.reason if last is not None and photo is None else "",
    }  # fmt: skip
    return render(request, "card/child.html", context, status=status)


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def child_picture(request: Seated, pk: int) -> HttpResponse:
    """The picture; that it was shown is recorded with the page and here. 照片"""
    one = found(request, pk)
    photo = photo_of(one.person, one.season.pooling_area)
    looked(user=request.user, organisation=request.appointment.organisation, what="photo", person=one.person,
           at=clock.now())  # fmt: skip
    return picture(photo)


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def decide(request: Seated, pk: int) -> HttpResponseBase:
    """The school's own look: accept, or have it taken again. 审核照片"""
    one = found(request, pk)
    photo = photo_of(one.person, one.season.pooling_area)
    if photo is None or str(request.POST.get("seen")) != seen(one):
        return page(request, one, wrong=STALE, typed=reason_of(request), status=409)
    if request.POST.get("act") == "accept":
        deciding.accept(photos=[photo.pk], by=request.appointment, at=clock.now())
        tell(request, Text("照片已通过。", "The photo is accepted."))
        return redirect("own-card", pk=pk)
    try:
        with transaction.atomic():
            ask_again([deciding.reject(photo=photo, reason=reason_of(request), by=request.appointment,
                                       at=clock.now())])  # fmt: skip
    except Refused as refused:
        return page(request, one, refused=refused, typed=reason_of(request), status=422)
    tell(request, Text("已退回，已通知家长重拍。", "Rejected; the family is asked for another one."))
    return redirect("own-card", pk=pk)


def reason_of(request: Seated) -> str:
    """The reason that was chosen or written. 退回原因"""
    chosen, written = str(request.POST.get("why", "")), str(request.POST.get("reason", "")).strip()
    said = deciding.REASONS[chosen].zh if chosen in deciding.REASONS else ""
    return "；".join(part for part in (said, written) if part)[: deciding.LONGEST_REASON]


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def card(request: Seated, pk: int) -> HttpResponseBase:
    """The card was handed out, fetched elsewhere, or lost; a second click changes nothing. 登记卡片"""
    one = found(request, pk)
    if str(request.POST.get("seen")) != seen(one):
        messages.info(request, STALE.said(language()))
        return redirect("own-card", pk=pk)
    cards = cards_of(one.person, one.season.pooling_area)[:1]
    try:
        done = bool(cards) and act_on(cards[0], str(request.POST.get("act")), request)
    except Refused as refused:
        return page(request, one, refused=refused, status=422)
    tell(request, Text("已登记。", "Recorded.") if done else STALE)
    return redirect("own-card", pk=pk)


def act_on(one: Card, act: str, request: Seated) -> bool:
    """Walk the edge that was asked for. Raises Refused without a reason for a loss. 登记"""
    at = clock.now()
    if act == Act.HAND_OUT:
        return handing.hand_out(cards=[one.pk], by=request.appointment, at=at) == 1
    if act == Act.COLLECT:
        return handing.collect(card=one.pk, by=request.appointment, at=at)
    if act == Act.LOSE:
        return handing.lose(card=one.pk, reason=str(request.POST.get("reason", "")), by=request.appointment, at=at)
    return False
