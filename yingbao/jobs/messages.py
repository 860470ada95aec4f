"""What the platform does by itself about messages: sends them, finds out what became of them. 消息任务

Each round may run twice or be cut off; the next one goes on where it ended.
"""

from __future__ import annotations

import logging

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yingbao.exchange import telling
from yingbao.messages.queueing import SOON
from yingbao.values import clock

log = logging.getLogger(__name__)

EVERY_MINUTE = "* * * * *"


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="yingbao.messages", queue="work", pass_context=False, queueing_lock="messages")
def each_minute(timestamp: int) -> None:
    """Settle doubts, send what is due, ask about what is out. 发送消息"""
    close_old_connections()
    settled = telling.settle_doubts(at=clock.now())
    sent = telling.send_due(at=clock.now())
    known = telling.ask_reports(at=clock.now())
    if settled or sent or known:
        log.info("messages: %s doubts settled, %s sent, %s reports", settled, sent, known)


@app.task(name=SOON, queue="work", pass_context=False)
def at_once() -> None:
    """Send what is due; asked for by what queues a message whose reader is waiting. 立即发送"""
    close_old_connections()
    telling.send_due(at=clock.now())
