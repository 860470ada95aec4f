"""Each minute bodies at which something changed are reckoned: a city's dashboard is a minute behind. 统计补算

A page reckons few by itself; this is for the many of a busy hour, and for those that nobody looks at. It may be cut
off: what is left is marked still.
"""

from __future__ import annotations

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yingbao.enrolment import reckoning
from yingbao.values import clock

log = logging.getLogger(__name__)

EVERY_MINUTE = "* * * * *"
SECONDS = 40.0


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="yingbao.standing", queue="work", pass_context=False, queueing_lock="standing")
def each_minute(timestamp: int) -> None:
    """Reckon what is marked. 补算统计"""
    close_old_connections()
    reckoned = reckoning.catch_up(at=clock.now(), seconds=SECONDS)
    if reckoned:
        log.info("%s bodies reckoned", reckoned)
