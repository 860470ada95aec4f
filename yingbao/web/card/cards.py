"""The card centre's cards: where each is; fetched at the centre, lost. 卡片"""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation
from yingbao.cards import handing
from yingbao.cards.lifecycle import CARD_NAMES, CardState, Who, acts_open
from yingbao.cards.models import Card
from yingbao.enrolment.models import Enrolment
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.card.child import STALE, act_on
from yingbao.web.tax.shared import area_of, look, page_of, tell

PAGE_SIZE = 100
SHOWN = (CardState.ORDERED, CardState.MADE, CardState.READY, CardState.REFUSED, CardState.LOST)
"""States to look through; who holds a card is a city, and is found by the school."""


@require_GET
@desk(Desk.CARD)
def cards(request: Seated) -> HttpResponse:
    """The cards under way, by state and school, the overdue first. 卡片"""
    return listed(request)


def listed(request: Seated, *, refused: Refused | None = None, about: int = 0, status: int = 200) -> HttpResponse:
    """The page, also with what was refused. 卡片页"""
    area, today = area_of(request), clock.today()
    state = request.GET.get("state", CardState.READY)
    state = state if state in set(CardState) else CardState.READY
    school = request.GET.get("school", "")
    school = school if school.isascii() and school.isdigit() and len(school) < 19 else ""
    every = Card.objects.filter(pooling_area=area)
    counts = dict(every.filter(state__in=SHOWN).values_list("state").annotate(Count("pk")))
    rows = every.filter(state=state)
    if school:
        there = Enrolment.objects.filter(person=OuterRef("person"), organisation=int(school))
        rows = rows.filter(Exists(there))
    total = rows.count()
    pages = page_of(request, total, PAGE_SIZE)
    found = list(rows.select_related("person", "batch").order_by("ready_on", "pk")[pages["first"] :][:PAGE_SIZE])
    agents = handing.agent_of(found)
    look(request, "list", len(found))
    context = {
        "states": [{"key": one, "name": CARD_NAMES[one], "n": counts.get(one, 0)} for one in SHOWN],
        "rows": [{"one": one, "agent": agents.get(one.person_id), "acts": acts_open(one.state, Who.CENTRE),
                  "late": one.state == CardState.ORDERED and one.ready_on is not None and one.ready_on < today,
                  "wrong": refused if one.pk == about else None} for one in found],
        "state": state, "school": school, "total": total,
        "schools": Organisation.objects.filter(pooling_area=area, kind__in=["school", "community"]).order_by("code"),
    }  # fmt: skip
    return render(request, "card/cards.html", context | pages, status=status)


@require_POST
@desk(Desk.CARD)
def card(request: Seated, pk: int) -> HttpResponseBase:
    """Fetched at the centre, or lost; a second click changes nothing. 登记卡片"""
    one = get_object_or_404(Card, pk=pk, pooling_area=area_of(request))
    if request.POST.get("seen") != one.state:
        tell(request, STALE)
        return redirect(f"{reverse('card-cards')}?state={one.state}")
    try:
        done = act_on(one, str(request.POST.get("act")), request)
    except Refused as refused:
        return listed(request, refused=refused, about=pk, status=422)
    tell(request, Text("已登记。", "Recorded.") if done else STALE)
    return redirect(f"{reverse('card-cards')}?state={one.state}")
