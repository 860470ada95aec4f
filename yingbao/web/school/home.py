"""The school's first page: how many days are left, what comes next, how the list stands. 学校首页"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk, Organisation, OrganisationKind
from yingbao.enrolment.models import Season
from yingbao.enrolment.progress import Counts
from yingbao.enrolment.rolling_over import is_rolled_over
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.steps import SeasonStep, pays_through_school, steps_of
from yingbao.spreadsheet.models import Roster
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.phases import until
from yingbao.web.school.paying import standing, with_money
from yingbao.web.school.pupils import season_of
from yingbao.web.standing import counted

WAYS_ON: dict[str, tuple[str, str, Text]] = {
    "roster": ("roster-upload", "", Text("上传花名册", "Upload the roster")),
    "data": ("pupils", "show=data", Text("补全资料", "Complete the data")),
    "registration": ("pupils", "show=register", Text("看要登记的学生", "See who is to be registered")),
    "confirmation": ("pupils", "show=ready", Text("去确认", "Confirm pupils")),
    "declaration": ("declarations", "", Text("去申报", "Declare")),
    "payment": ("declarations", "", Text("看缴费信息", "How to pay")),
}
"""Where each step is done: address, query, what the button says. 办理入口"""
NOT_BEFORE = frozenset({"declaration", "payment"})
"""Steps that lead nowhere while there is nothing to declare or to pay."""


@require_GET
@desk(Desk.SCHOOL)
def home(request: Seated) -> HttpResponse:
    """The season at a glance. 本季工作"""
    organisation, today = request.appointment.organisation, clock.today()
    season = season_of(request)
    policy = policy_of(season)
    now = counted(season, organisation)
    last = last_roster(organisation, season)
    to_mend = last.counts.get("error", 0) if last else 0
    steps = steps_of(
        season, organisation, today, roster_errors=to_mend, figures=now, compared=compared(season, organisation)
    )
    if pays_through_school(policy):
        steps = with_money(steps, standing(season, organisation, clock.now()))
    offered: list[dict[str, Any]] = [{"step": step, "way": way_on(step)} for step in steps if step.state != "reminder"]
    context = {
        "organisation": organisation,
        "policy": policy,
        **until(policy, today),
        "steps": offered,
        "next": next((one for one in offered if one["step"].state == "next"), None),
        "reminders": [step for step in steps if step.state == "reminder"],
        "counts": now,
        "figures": figures(now),
        "last_roster": last,
        "to_review": last is not None and last.state == Roster.State.REVIEWED,
        "pays_through_school": pays_through_school(policy),
        "sub_district": sub_district_of(organisation),
    }
    return render(request, "school/home.html", context)


def compared(season: Season, school: Organisation) -> bool:
    """Whether the list is the school's own: not one that was only moved on from last year. 是否已核对"""
    taken_in = Roster.objects.filter(school=school, season=season, state=Roster.State.COMMITTED)
    return not is_rolled_over(season) or taken_in.exists()


def last_roster(school: Organisation, season: Season) -> Roster | None:
    """The roster that was handed in last and not dropped. 最近花名册"""
    rosters = Roster.objects.filter(school=school, season=season).exclude(state=Roster.State.DROPPED)
    return rosters.defer("content_cipher").order_by("-uploaded_at", "-pk").first()


def way_on(step: SeasonStep) -> dict[str, Any] | None:
    """The button of a step that can be worked on now. 办理入口"""
    if step.id not in WAYS_ON or step.state in ("done", "over") or (step.id in NOT_BEFORE and not step.left):
        return None
    name, query, words = WAYS_ON[step.id]
    return {"url": f"{reverse(name)}?{query}" if query else reverse(name), "words": words}


def sub_district_of(school: Organisation) -> Organisation | None:
    """The sub-district that the school asks first, where there is one with a number. 所属街道"""
    parent = school.parent
    return parent if parent and parent.kind == OrganisationKind.SUB_DISTRICT and parent.phone else None


def figures(now: Counts) -> list[dict[str, Any]]:
    """The numbers of the list, each a way into it. 统计数字"""
    return [
        {"name": Text("在册学生", "On the roll"), "n": now.on_roll, "show": ""},
        {"name": Text("已确认参保", "Confirmed"), "n": now.confirmed, "query": "show=enrolled"},
        {"name": Text("待确认", "To confirm"), "n": now.ready, "query": "show=ready", "call": now.ready > 0},
        {"name": Text("有待办事项", "Need something"), "n": now.needs_something, "query": "show=needs",
         "call": now.needs_something > 0},
        {"name": Text("需缴费", "Must pay"), "n": now.must_pay, "query": "show=must-pay", "fen": now.must_pay_fen},
        {"name": Text("免缴", "Exempt"), "n": now.exempt, "query": "show=exempt", "fen": now.exempt_fen},
        {"name": Text("首次参保", "First-timers"), "n": now.first_timers, "query": "show=first"},
        {"name": Text("不能参保", "Not eligible"), "n": now.ineligible, "query": "show=ineligible"},
        {"name": Text("不参保", "Declined"), "n": now.declined, "query": "state=declined"},
    ]  # fmt: skip
