"""How the season stands, in heads by agent; no single child. 统计接口"""

from __future__ import annotations

from collections import Counter, defaultdict

from django.db.models import Count
from ninja import Router

from yingbao.agents.models import Desk, Organisation, OrganisationKind, Scope
from yingbao.enrolment.models import Enrolment
from yingbao.web.api.caller import Called, opens
from yingbao.web.api.shapes import REFUSALS, AgentCounts, StatisticsOut

SEE_NUMBERS = frozenset({Desk.SCHOOL, Desk.COMMUNITY, Desk.AGENCY, Desk.TAX, Desk.EDUCATION})
AGENTS = (OrganisationKind.SCHOOL, OrganisationKind.COMMUNITY)
OPENS = opens(Scope.STATISTICS, SEE_NUMBERS)
router = Router(tags=["统计 statistics"])


@router.get("/statistics", **OPENS, response={200: StatisticsOut, **REFUSALS}, summary="各单位人数")
def statistics(request: Called) -> StatisticsOut:
    """Children by state, for each school and community that the desk sees; also those with none. 统计"""
    season = request.auth.season()
    agents = Organisation.objects.visible_to(request.auth.appointment).filter(kind__in=AGENTS)
    if request.auth.appointment.desk == Desk.EDUCATION:
        agents = agents.schools()
    counted: defaultdict[int, dict[str, int]] = defaultdict(dict)
    rows = (
        Enrolment.objects.filter(season=season, organisation__in=agents.values("pk"))
        .values_list("organisation", "state")
        .annotate(Count("pk"))
        .order_by()
    )
    for organisation, state, heads in rows:
        counted[organisation][state] = heads
    total: Counter[str] = Counter()
    for states in counted.values():
        total.update(states)
    told = [
        AgentCounts(code=one.code, name=one.name, kind=one.kind, states=counted.get(one.pk, {}))
        for one in agents.order_by("code")
    ]
    return StatisticsOut(season=season.policy, as_of=request.auth.at, total=dict(total), agents=told)
