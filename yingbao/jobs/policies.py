"""Long work about policies: what a proposed one would do, and all decisions anew under a published one. 政策任务"""

from __future__ import annotations

from datetime import date

from procrastinate.contrib.django import app

from yingbao.agents.models import User
from yingbao.collection import handover
from yingbao.enrolment import determining, proposing, simulating, tallying
from yingbao.enrolment.models import PolicyProposal, Season
from yingbao.enrolment.seasons import windows
from yingbao.jobs.work import Running, work
from yingbao.policy import catalogue
from yingbao.policy.model import Policy
from yingbao.values import clock

EVERY_TEN_MINUTES = "*/10 * * * *"
EVERY_FIVE_MINUTES = "*/5 * * * *"


@work("policies.simulate")
def simulate(job: Running, *, proposal: int) -> None:
    """Reckon what a proposal would do to the season's children. 政策试算"""
    held = PolicyProposal.objects.get(pk=proposal)
    season = Season.objects.filter(policy=held.policy).first()
    target = proposing.target_of(held)
    if season is None:
        return
    policy = catalogue.policy_in(held.text, "policy.yaml")
    told = simulating.simulate(season=season, policy=policy, on=day_for(policy), progress=job.progress)
    proposing.note_simulation(proposal=held, target=target, told=told, at=clock.now())


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
