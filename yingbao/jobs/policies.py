"""Long work about policies: what a proposed one would do, and all decisions anew under a published one. 政策任务"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from procrastinate.contrib.django import app

from yingbao.agents.models import User
from yingbao.collection import earlier_years, handover
from yingbao.determination.trying import day_to_try
from yingbao.enrolment import determining, forecasting, proposing, simulating, tallying
from yingbao.enrolment.models import PolicyProposal, Season
from yingbao.enrolment.seasons import windows
from yingbao.jobs.work import Running, work
from yingbao.policy import catalogue
from yingbao.policy.model import Policy
from yingbao.values import clock

EVERY_TEN_MINUTES = "*/10 * * * *"
EVERY_FIVE_MINUTES = "*/5 * * * *"


@work("policies.simulate")
def simulate(job: Running, *, proposal: int, paid_on: str = "") -> None:
    """Reckon what a proposal would do to the season's children, and what it means for everyone. 政策试算

    Everyone pays on `paid_on`, without it on the day to reckon for. Raises Refused if the area has opened no season:
    then there is nobody to reckon for.
    """
    held = PolicyProposal.objects.get(pk=proposal)
    season = Season.objects.filter(policy=held.policy).first()
    target = proposing.target_of(held)
    policy = catalogue.policy_in(held.text, "policy.yaml")
    told: dict[str, Any] = {}
    if season is not None:
        first_half = _half(job, 0)
        told = simulating.simulate(season=season, policy=policy, on=day_for(policy), progress=first_half)
    told["figures"] = forecasting.forecast(
        season=season or forecasting.season_of(policy),
        policy=policy,
        against=forecasting.held_against(policy, held.text),
        on=day_to_try(policy, clock.today()),
        paid_on=date.fromisoformat(paid_on) if paid_on else None,
        progress=_half(job, 1),
    )
    notes = earlier_years.notes_on_earlier_years(policy.pooling_area, policy.plan_year)
    told["figures"]["notes"] = [{"zh": each.zh, "en": each.en} for each in notes]
    proposing.note_simulation(proposal=held, target=target, told=told, at=clock.now())
    job.progress(1, 1)


def _half(job: Running, half: int) -> Callable[[int, int], None]:
    """Tells the progress of one half of the work as that of the whole; it can be stopped until the end."""
    return lambda done, total: job.progress(min(half * total + done, 2 * total - 1), 2 * total)


def day_for(policy: Policy) -> date:
    """The day to reckon for: today, or the first day on which anything can be done. 试算日"""
    return max(clock.today(), windows(policy)[0].first)


@work("policies.refresh")
def refresh(job: Running, *, season: int, version: int) -> None:
    """Decide for the whole season anew under what is in force: this version, or one after it. 全季重新核定"""
    at = clock.now()
    determining.refresh(
        season=Season.objects.get(pk=season),
        as_of=clock.today(),
        at=at,
        by=User.objects.get(pk=job.owner_id),
        progress=job.progress,
    )


@work("handover.compare")
def compare(job: Running, *, season: int) -> None:
    """Compare what is registered with what was declared and paid. 登记征缴比对"""
    handover.recount(season=Season.objects.get(pk=season), at=clock.now())


@app.periodic(cron=EVERY_TEN_MINUTES)
@app.task(name="yingbao.compare", queue="work", pass_context=False)
def compare_all(timestamp: int) -> None:
    """Keep the counts of mismatches near the truth. 定时比对"""
    for season in Season.objects.order_by("pk"):
        handover.recount(season=season, at=clock.now())


@app.periodic(cron=EVERY_FIVE_MINUTES)
@app.task(name="yingbao.tally", queue="work", pass_context=False)
def tally(timestamp: int) -> None:
    """Keep the city's numbers quick to read. 汇总合并"""
    tallying.compact()
