"""The card centre's first page: what waits for it, and the season's dates. 市民卡首页"""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk
from yingbao.cards.batching import MOST
from yingbao.cards.lifecycle import CardState, PhotoState
from yingbao.cards.models import Card, CentreFile, Photo
from yingbao.cards.needing import to_order
from yingbao.enrolment import tallying
from yingbao.values import clock
from yingbao.web.access import Seated, desk
from yingbao.web.phases import season_page


@require_GET
@desk(Desk.CARD)
def home(request: Seated) -> HttpResponse:
    """What waits, where cards are, dates and sums; no single child is shown. 首页"""
    page = season_page(request.appointment.organisation)
    area, total = request.appointment.organisation.pooling_area, tallying.Figures()
    for figures in tallying.by_agent(page["season"]).values():
        total = total.plus(figures)
    under_way = Card.objects.filter(pooling_area=area, state__in=[CardState.ORDERED, CardState.MADE, CardState.READY])
    counts = dict(under_way.values_list("state").annotate(Count("pk")))
    late = under_way.filter(state=CardState.ORDERED, ready_on__lt=clock.today()).count()
    context = {
        "total": total, "photos": Photo.objects.filter(pooling_area=area, state=PhotoState.WAITING).count(),
        "to_order": to_order(page["season"])[:MOST].count(), "most": MOST, "late": late,
        "ordered": counts.get(CardState.ORDERED, 0), "made": counts.get(CardState.MADE, 0),
        "ready": counts.get(CardState.READY, 0),
        "makes_cards": page["policy"].card is not None,
        "knows_holders": CentreFile.objects.filter(pooling_area=area, kind="holders").exists(),
    }  # fmt: skip
    return render(request, "card/home.html", page | context)
