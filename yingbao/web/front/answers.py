"""What others asked and offices answered, for families and everybody: searched, and said whether it helped. 公开答复"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from yingbao.cases import publishing
from yingbao.cases.models import AnswerQuerySet, GeneralAnswer
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of, season_for
from yingbao.sealing.sealed import index_of
from yingbao.values import clock
from yingbao.web.cases.answers import ALREADY, THANKS, listed
from yingbao.web.templatetags.words import language


@require_http_methods(["GET", "POST"])
def answers(request: HttpRequest) -> HttpResponse:
    """The answers for families of one place. 公开答复"""
    areas = sorted(set(Season.objects.values_list("pooling_area", flat=True)), reverse=True)
    asked = request.GET.get("area", "")
    area = asked if asked in areas else next(iter(areas), "")
    context: dict[str, Any] = {"area": area, "areas": []}
    if area:
        names = {key: policy_of(season_for(key, clock.today())).name for key in areas}
        context |= {"areas": list(names.items()), "policy_name": names[area]} | listed(request, readable(area))
        context |= {"here": f"{reverse('help-answers')}?area={area}"}
    return render(request, "front/answers.html", context)


def readable(area: str) -> AnswerQuerySet:
    """The answers for families that hold in an area. 可见答复"""
    season = season_for(area, clock.today())
    return GeneralAnswer.objects.current().for_readers(area, season.plan_year, staff=False)


@require_POST
def helped(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say whether it helped; each browser once, known by a word of its own that stands for nobody. 是否有用"""
    one = GeneralAnswer.objects.current().filter(pk=pk, for_families=True).first()
    if one is None:
        raise Http404
    reader = request.session.setdefault("reader", secrets.token_hex(16))
    counted = publishing.say(
        answer=one, reader_index=index_of(f"reader browser {reader}"), yes=request.POST.get("yes") == "1",
        at=clock.now(),
    )  # fmt: skip
    messages.success(request, (THANKS if counted else ALREADY).said(language()))
    return redirect(f"{reverse('help-answers')}?area={one.pooling_area}")
