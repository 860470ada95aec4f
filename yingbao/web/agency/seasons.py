"""Seasons: those that are open, and the next one opened from a policy with its windows in view. 参保季"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection.earlier_years import years_between
from yingbao.collection.models import Close
from yingbao.enrolment import proposing, rolling_over, tallying, versions
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import open_season, policy_of, rests_on_an_older_file, windows
from yingbao.policy.catalogue import ID
from yingbao.policy.model import Policy
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.home import state_of
from yingbao.web.phases import until
from yingbao.web.tax.shared import area_of, tell


@require_GET
@desk(Desk.AGENCY)
def seasons(request: Seated) -> HttpResponse:
    """Every season of the area, and the policies that have none yet. 参保季一览"""
    return page(request)


def page(request: Seated, *, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    """The page, with why an opening was refused. 参保季页面"""
    area = area_of(request)
    rows = Season.objects.filter(pooling_area=area).select_related("version").order_by("-plan_year")
    offered, later = to_open(area, [season.plan_year for season in rows])
    context = {
        "seasons": [told(season) for season in rows],
        "next": [
            {"policy": policy, "windows": [state_of(window, clock.today()) for window in windows(policy)],
             "version": versions.newest(policy.policy), "mark": mark_of(policy),
             "last": (last := rolling_over.last_before(policy)),
             "unseen": years_between(last, policy.plan_year) if last else None}
            for policy in offered
        ],
        "later": later,
        "refused": refused,
    }  # fmt: skip
    return render(request, "agency/seasons.html", context, status=status)


def to_open(area: str, years: list[int]) -> tuple[list[Policy], list[Policy]]:
    """The policies whose season can be opened now, and those of years after the next. 可开启的政策

    Where no season was opened yet, a city begins with the first year in which somebody can still pay.
    """
    waiting = [policy for policy in readable(area) if policy.plan_year not in years]
    if years:
        after = [policy for policy in waiting if policy.plan_year > max(years)]
    else:
        after = [policy for policy in waiting if max(window.last for window in windows(policy)) >= clock.today()]
    if not after:
        return waiting, []
    following = min(policy.plan_year for policy in after)
    offered = [policy for policy in waiting if policy.plan_year == following]
    return offered, [policy for policy in after if policy not in offered][::-1]


def readable(area: str) -> list[Policy]:
    """The area's policies that can be read, the newest first."""
    found = []
    for each in versions.known():
        if each.startswith(f"{area}/"):
            try:
                found.append(versions.in_force(each))
            except Refused:
                continue
    return found[::-1]


def told(season: Season) -> dict[str, Any]:
    """One season: its dates, its version, how far it is. 参保季"""
    policy, today = policy_of(season), clock.today()
    figures = tallying.Figures()
    for each in tallying.by_agent(season).values():
        figures = figures.plus(each)
    close = Close.objects.filter(season=season, confirmed_at__isnull=False).first()
    return {
        "season": season, "policy": policy, "figures": figures, "close": close,
        "older": rests_on_an_older_file(season), **until(policy, today),
        "roll_over": rolling_over.roll_over_of(policy),
        "windows": [state_of(window, today) for window in windows(policy)],
    }  # fmt: skip


def mark_of(policy: Policy) -> str:
    """The text that was shown; another one is not opened unseen. 页面标记"""
    return versions.digest_of(versions.text_in_force(policy.policy))[:16]


@require_POST
@desk(Desk.AGENCY)
def open_next(request: Seated) -> HttpResponseBase:
    """Open the season of a policy; a second click changes nothing. 开启参保季"""
    wanted, at = request.POST.get("policy", ""), clock.now()
    try:
        if not ID.fullmatch(wanted):
            raise Refused(
                where="policy",
                what=Text("没有这份政策", "there is no such policy"),
                mend=Text("从列表中选择。", "Choose one from the list."),
            )
        proposing.check_officer(request.appointment, wanted)
        if Season.objects.filter(policy=wanted).exists():
            return redirect("agency-seasons")
        if request.POST.get("seen") != mark_of(versions.in_force(wanted)):
            raise Refused(
                where=wanted,
                what=Text("页面打开后，这份政策已有变化", "the policy changed after the page was shown"),
                mend=Text("请再看一遍期限，然后开启。", "Look at the windows again, then open it."),
            )
        season = open_season(policy_id=wanted, at=at)
    except Refused as refused:
        return page(request, refused=refused, status=409)
    note(
        what="season.opened", user=request.user, organisation=request.appointment.organisation, about=season.policy,
        said={"digest": season.policy_digest[:16]}, at=at,
    )  # fmt: skip
    tell(request, Text("{p} 参保季已开启。", "The season {p} is open."), p=season.policy)
    return redirect("agency-seasons")
