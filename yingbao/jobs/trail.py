"""The trail looks after itself: sealed each minute and sent outside, verified each night. 审计任务"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import close_old_connections
from procrastinate.contrib.django import app

from yingbao.enrolment.seasons import china_day
from yingbao.jobs.work import Running, work
from yingbao.trail import chaining, forwarding, verifying
from yingbao.trail.events import note
from yingbao.trail.models import Forwarded
from yingbao.values import clock

log = logging.getLogger(__name__)

TEN_PAST_THREE_IN_CHINA = "10 19 * * *"
"""The queue reckons in UTC. 北京时间三点十分"""
FINDINGS_KEPT = 50
LAST_WEEKS = timedelta(days=35)
"""A chain of years takes hours to verify; each part is looked at every night for some weeks, then once a month."""


@app.periodic(cron="* * * * *")
@app.task(name="yingbao.seal", queue="work", queueing_lock="yingbao.seal", pass_context=False)
def each_minute(timestamp: int) -> None:
    """Block what was written, and send it to the syslog that YINGBAO_SYSLOG names. 每分钟封存"""
    close_old_connections()
    keep_up(at=clock.now())


def keep_up(*, at: datetime) -> None:
    """Seal and send what is new; why a syslog does not take it stands on the audit desk. 封存并外送"""
    log.info("%s rows sealed", chaining.extend(at=at))
    if settings.SYSLOG:
        log.info("%s blocks sent", forwarding.forward(to=settings.SYSLOG, at=at))
        for one in Forwarded.objects.filter(destination=settings.SYSLOG[:200]).exclude(fault=""):
            log.warning("the syslog does not take the trail: %s", one.fault)


@app.periodic(cron=TEN_PAST_THREE_IN_CHINA)
@app.task(name="yingbao.verify", queue="work", queueing_lock="yingbao.verify", pass_context=False)
def each_night(timestamp: int) -> None:
    """Verify the last weeks, on the first of the month the whole chain, and note what came of it. 每夜核验"""
    close_old_connections()
    at = clock.now()
    verify_and_note(at=at, since=None if china_day(at).day == 1 else at - LAST_WEEKS)


@work("trail.verify")
def verify_now(job: Running) -> None:
    """Verify the whole chain because an audit administrator asked for it. 立即核验"""
    verify_and_note(at=clock.now(), tell=lambda done, total: job.progress(done, total + 1))
    job.progress(1, 1)


def verify_and_note(
    *, at: datetime, since: datetime | None = None, tell: Callable[[int, int], None] = lambda done, total: None
) -> verifying.Report:
    """Verify the chain; the result is an event of the trail, and stands on the audit desk. 核验并记录"""
    report = verifying.verify(since=since, tell=tell)
    for finding in report.findings[:FINDINGS_KEPT]:
        log.error("the trail: %s", finding.text.en)
    said = {
        "blocks": report.blocks,
        "rows": report.rows,
        "number": report.last_number,
        "digest": report.last_digest,
        "count": len(report.findings),
        "since": since.isoformat() if since else "",
        "findings": [list(one) for one in report.findings[:FINDINGS_KEPT]],
    }
    what = "chain_broken" if report.findings else "chain_verified"
    note(what=what, user=None, organisation=None, about=f"block {report.last_number}", said=said, at=at)
    return report
