"""The card centre's first page: the season's dates and how many will have a card. 市民卡首页"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk
from yingbao.enrolment import tallying
from yingbao.web.access import Seated, desk
from yingbao.web.phases import season_page


@require_GET
@desk(Desk.CARD)
def home(request: Seated) -> HttpResponse:
    """Dates and sums; no single child is shown. 首页"""
    page = season_page(request.appointment.organisation)
    total = tallying.Figures()
    for figures in tallying.by_agent(page["season"]).values():
        total = total.plus(figures)
    return render(request, "card/home.html", page | {"total": total})
