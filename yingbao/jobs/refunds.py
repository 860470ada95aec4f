"""What the platform does by itself about refunds: sends approved ones, asks what became of the others. 退款任务

Each round may run twice or be cut off; the next one goes on where it ended.
"""

from __future__ import annotations

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yingbao.exchange import refunding
from yingbao.values import clock

log = logging.getLogger(__name__)

EVERY_MINUTE = "* * * * *"


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="yingbao.send-refunds", queue="work", pass_context=False, queueing_lock="send-refunds")
def send_refunds(timestamp: int) -> None:
    """Send approved refunds to their channels, and ask about those that were sent. 提交和查询退款"""
    close_old_connections()
    at = clock.now()
    sent, asked = refunding.send_due(at=at), refunding.ask_open(at=at)
    if sent or asked:
        log.info("%s refunds sent, %s asked about", sent, asked)
