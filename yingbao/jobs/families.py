"""Codes for families, looked up and sent where nobody can time it. 家长验证码"""

from __future__ import annotations

import logging

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from yingbao.families import codes
from yingbao.values import clock

log = logging.getLogger(__name__)

URGENT = 10
"""Somebody stands there with the phone in hand; the nightly work waits."""
EVERY_NIGHT = "40 3 * * *"


@app.task(name="yingbao.family-code", queue="work", pass_context=False, priority=URGENT)
def send_code(request: int) -> None:
    """Look up whom a request means and queue the codes. 发送验证码"""
    _refresh_connection()
    codes.send(request=request, at=clock.now())


@app.periodic(cron=EVERY_NIGHT)
@app.task(name="yingbao.forget-codes", queue="work", pass_context=False, queueing_lock="forget-codes")
def forget_codes(timestamp: int) -> None:
    """Take away what is too old to count. 清除过期验证码"""
    _refresh_connection()
    log.info("%s old codes and requests taken away", codes.forget(at=clock.now()))


def _refresh_connection() -> None:
    """A worker's thread may hold a connection that died since its last task."""
    if not connection.in_atomic_block:
        close_old_connections()
