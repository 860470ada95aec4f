"""Figures of the questions that a desk may know of: open, late, by topic, by sub-district, days to answer. 问题统计"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk
from yingbao.cases.handing import DESKS
from yingbao.cases.kinds import kind_of
from yingbao.cases.models import Case, CaseQuerySet
from yingbao.cases.sums import sums as summed
from yingbao.values import clock
from yingbao.web.access import Seated, desk
from yingbao.web.wall import beyond


@require_GET
@desk(*DESKS)
def sums(request: Seated) -> HttpResponse:
    """The figures; the agency's are those of its whole area, of which it reads no question that did not come to it."""
    with beyond("figures of a whole area's questions, of which nothing else is read"):
        figures = summed(counted(request), on=clock.today())
    context = {
        "whole": figures.whole,
        "by_topic": [(kind_of(one.key).name, one) for one in figures.by_topic],
        "by_street": [(one.key, one) for one in figures.by_street],
        "whole_area": request.appointment.desk == Desk.AGENCY,
    }
    return render(request, "cases/sums.html", context)


def counted(request: Seated) -> CaseQuerySet:
    """Whose questions a desk may count: the agency the area's, others those that they may read. 统计范围"""
    by = request.appointment
    if by.desk == Desk.AGENCY:
        return Case.objects.filter(season__pooling_area=by.organisation.pooling_area)
    return Case.objects.visible_to(by)
