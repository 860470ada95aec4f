"""The long work of rosters. 花名册任务"""

from __future__ import annotations

from yingbao.agents.models import User
from yingbao.jobs.work import Running, work
from yingbao.spreadsheet import committing, review
from yingbao.spreadsheet.models import Roster
from yingbao.values import clock


@work("roster.review")
def review_roster(job: Running, *, roster: int) -> None:
    """Read an uploaded roster and compare it with what is known. 核对花名册"""
    review.review(roster, at=clock.now(), progress=job.progress)


@work("roster.commit")
def commit_roster(job: Running, *, roster: int, whole_file: bool) -> None:
    """Import a reviewed roster. 导入花名册"""
    committing.commit(
        roster=Roster.objects.get(pk=roster),
        by=User.objects.get(pk=job.owner_id),
        at=clock.now(),
        progress=job.progress,
        whole_file=whole_file,
    )
