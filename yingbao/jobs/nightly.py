"""What runs by itself each night: decisions kept true, abandoned files erased. 夜间任务

Each step may run twice or be cut off; the next night it ends the same.
"""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from yingbao.enrolment import determining
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, policy_of, turns_on
from yingbao.jobs import assisted, money
from yingbao.spreadsheet import assisted_review, review
from yingbao.values import clock

log = logging.getLogger(__name__)

HALF_PAST_TWO_IN_CHINA = "30 18 * * *"
"""The queue reckons in UTC. 北京时间两点半"""
A_MINUTE_PAST_MIDNIGHT_IN_CHINA = "1 16 * * *"


@app.periodic(cron=A_MINUTE_PAST_MIDNIGHT_IN_CHINA)
@app.task(name="yingbao.turn_of_day", queue="work", pass_context=False)
def turn_of_day(timestamp: int) -> None:
    """Decide at once those seasons in which a window opened or closed at midnight. 时段交替

    Else families who look on the first day before the night's work would still read that it is too early.
    """
    at = clock.now()
    for season in Season.objects.order_by("pk"):
        if turns_on(policy_of(season), china_day(at)):
            changed = determining.refresh(season=season, as_of=china_day(at), at=at)
            log.info("season %s: %s enrolments changed with the day", season.policy, changed)


@app.periodic(cron=HALF_PAST_TWO_IN_CHINA)
@app.task(name="yingbao.nightly", queue="work", pass_context=False)
def nightly(timestamp: int) -> None:
    """Decide every season afresh for the new day, and erase what nobody came back to. 夜间核定与清理

    A decision depends on the day: a window closes at midnight, a child comes of age, a list ends. Whom a list named
    before anybody knew them is looked for first.
    """
    at = clock.now()
    found = assisted.catch_up(at=at)
    turned = assisted.turn(at=at)
    log.info("%s persons found whom lists had named; statuses of %s turned with the day", found, turned)
    for season in Season.objects.order_by("pk"):
        changed = determining.refresh(season=season, as_of=at.date(), at=at)
        log.info("season %s: %s enrolments changed overnight", season.policy, changed)
    money.settle_the_night(at=at)
    erased = review.purge(at=at)
    log.info("%s abandoned rosters erased", erased)
    log.info("%s exemption lists cleared of what is not needed", assisted_review.purge(at=at))
