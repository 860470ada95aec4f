"""The long work of a roll-over: the outlook, and the next season itself. 参保季结转任务"""

from __future__ import annotations

from yingbao.enrolment import outlook, rolling_over, versions
from yingbao.enrolment.rolling_tables import RollOver
from yingbao.jobs.work import Running, work
from yingbao.trail.events import note
from yingbao.values import clock


@work("seasons.look_ahead")
def look_ahead(job: Running, *, policy: str) -> None:
    """Reckon what opening the next season from the last would do. 结转预览"""
    found = RollOver.objects.select_related("last").get(policy=policy)
    digest = versions.digest_of(versions.text_in_force(found.policy))
    told = outlook.look_ahead(
        last=found.last, policy=versions.in_force(found.policy), today=clock.today(), progress=job.progress
    )
    rolling_over.note_outlook(found=found, told=told, digest=digest, at=clock.now())


@work("seasons.roll_over")
def roll_over(job: Running, *, policy: str) -> None:
    """Open the next season from the last, child by child; goes on where it was cut off. 结转"""
    found = RollOver.objects.select_related("last", "opened", "started_by").get(policy=policy)
    if rolling_over.carry_out(found=found, now=clock.now, progress=job.progress):
        note(
            what="season.rolled_over", user=found.started_by, organisation=None, about=found.policy,
            said={"from": found.last.policy, **found.result}, at=clock.now(),
        )  # fmt: skip
