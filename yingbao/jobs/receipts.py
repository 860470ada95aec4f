"""Receipts by themselves each minute, and a school's papers when it asks for them. 票据任务

Both may run twice or be cut off: a number is drawn once, a paper is kept once, the next run goes on where it ended.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yingbao.agents.models import Organisation
from yingbao.collection import handing, papers, receipting
from yingbao.enrolment.models import Season
from yingbao.jobs.work import Running, work
from yingbao.values import clock
from yingbao.values.refusal import Refused

log = logging.getLogger(__name__)

EVERY_MINUTE = "* * * * *"
SECONDS = 30.0
"""So long papers are made in one minute; the rest of it belongs to other work."""
MOST = 5_000


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="yingbao.receipts", queue="work", pass_context=False, queueing_lock="receipts")
def each_minute(timestamp: int) -> None:
    """Issue receipts for what arrived, and make the papers of as many as there is time for. 开具票据"""
    close_old_connections()
    issued, made = keep_up(at=clock.now(), seconds=SECONDS)
    if issued or made:
        log.info("%s receipts issued, %s papers made", issued, made)


def keep_up(*, at: datetime, seconds: float) -> tuple[int, int]:
    """Issue all receipts that wait, then make papers until the time is over; returns how many of each. 补开票据

    Without a signing key receipts keep their numbers and wait for their papers.
    """
    until, issued, made = time.monotonic() + seconds, 0, 0
    areas = sorted(set(Season.objects.values_list("pooling_area", flat=True)))
    for area in areas:
        issued += receipting.issue_all(pooling_area=area, at=at)
    for area in areas:
        waiting = papers.waiting(pooling_area=area, most=MOST) if time.monotonic() < until else []
        try:
            made += papers.make(receipts=waiting, at=at, until=until) if waiting else 0
        except Refused as refused:
            log.warning("papers of %s receipts wait: %s", len(waiting), refused.said("en"))
    return issued, made


@work("receipts.school")
def school_papers(job: Running, *, season: int, organisation: int) -> None:
    """Make the papers of a school's receipts that have none yet, so that they can be packed. 学校票据"""
    rows = handing.handouts(
        season=Season.objects.get(pk=season), organisation=Organisation.objects.get(pk=organisation)
    )
    papers.make(receipts=handing.without_paper(rows), at=clock.now(), progress=job.progress)
