"""What the platform does by itself about payments: asks for outcomes, fetches the channels' bills. 查单与取账单

Each may run twice or be cut off; the next run goes on where it ended.
"""

from __future__ import annotations

import logging

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from yingbao.exchange import bills, paying
from yingbao.values import clock

log = logging.getLogger(__name__)

EVERY_MINUTE = "* * * * *"
EVERY_HALF_HOUR = "5,35 * * * *"


@app.periodic(cron=EVERY_MINUTE)
@app.task(name="yingbao.ask-payments", queue="work", pass_context=False, queueing_lock="ask-payments")
def ask_payments(timestamp: int) -> None:
    """Ask about orders whose outcome is not known yet, and close those whose time is over. 查单"""
    _refresh_connection()
    asked = paying.ask_open(now=clock.now())
    if asked:
        log.info("%s orders asked about", asked)


@app.periodic(cron=EVERY_HALF_HOUR)
@app.task(name="yingbao.fetch-bills", queue="work", pass_context=False, queueing_lock="fetch-bills")
def fetch_bills(timestamp: int) -> None:
    """Fetch the bills of past days that are not in yet; from ten in the morning yesterday's is due. 取账单"""
    _refresh_connection()
    fetched = bills.fetch_bills(now=clock.now())
    if fetched.kept or fetched.waiting:
        log.info("bills in: %s; still to come: %s", fetched.kept, fetched.waiting)


def _refresh_connection() -> None:
    """A worker's thread may hold a connection that died since its last task."""
    if not connection.in_atomic_block:
        close_old_connections()
