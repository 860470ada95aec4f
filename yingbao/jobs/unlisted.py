"""Every ten minutes large divisions are looked through for children on nobody's list. 待分派名单整理"""

from __future__ import annotations

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yingbao.enrolment import unlisted
from yingbao.values import clock

log = logging.getLogger(__name__)

EVERY_TEN_MINUTES = "*/10 * * * *"
SECONDS = 240.0


@app.periodic(cron=EVERY_TEN_MINUTES)
@app.task(name="yingbao.unlisted", queue="work", pass_context=False, queueing_lock="unlisted")
def each_ten_minutes(timestamp: int) -> None:
    """Make the work lists of the large divisions anew. 整理"""
    close_old_connections()
    made = unlisted.keep_up(at=clock.now(), seconds=SECONDS)
    if made:
        log.info("%s divisions looked through", made)
