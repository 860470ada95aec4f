"""Asking for outcomes and fetching bills by the clock: in the queue, and harmless when nothing is there. 定时任务"""

from __future__ import annotations

from pathlib import Path

import pytest
from procrastinate.contrib.django import app

from tests.collection.orders import ordered, pupils, school_of_yuzhong
from tests.enrolment.building import AT, at, clerk, organisation
from tests.enrolment.conftest import yuzhong
from yingbao.collection.models import Payment
from yingbao.enrolment import actions
from yingbao.jobs import payments
from yingbao.values import clock

pytestmark = pytest.mark.django_db
__all__ = ["yuzhong"]


@pytest.fixture(autouse=True)
def _without_channels(settings, tmp_path: Path):
    settings.GATEWAYS = tmp_path
    clock.set_to(AT)
    yield
    clock.run_true()


def test_the_queue_asks_each_minute_and_fetches_bills_each_half_hour():
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons["yingbao.ask-payments"] == "* * * * *"
    assert crons["yingbao.fetch-bills"] == "5,35 * * * *"


def test_without_channels_both_tasks_do_nothing(yuzhong):
    (pupil,) = pupils(yuzhong, school_of_yuzhong())
    ordered(pupil)
    clock.set_to(at("2019-11-14"))
    payments.ask_payments(0)
    payments.fetch_bills(0)
    assert Payment.objects.get().state == "created"


def test_a_card_payment_whose_slip_nobody_entered_is_closed_when_its_time_is_over(yuzhong):
    (pupil,) = pupils(yuzhong, school_of_yuzhong(), registered=None)
    worker = clerk(organisation("community", area="500103"))
    one = actions.register(enrolment=pupil, channel="community", by=worker, at=AT)
    ordered(one, kind="counter", channel="card", terminal="T0001")
    payments.ask_payments(0)
    assert Payment.objects.get().state == "created"
    clock.set_to(at("2019-11-12", 13))
    payments.ask_payments(0)
    assert Payment.objects.get().state == "closed"
