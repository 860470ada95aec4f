"""Refunds through the channels, against running gateways: sent once, told, asked about, failed. 渠道退款"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.collection.orders import ordered, pupils, school_of_yuzhong
from tests.enrolment.building import AT, clerk, organisation
from tests.simulators.running import NOW, Simulators, running
from yingbao.agents.models import Appointment
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Alarm, Refund
from yingbao.collection.refunding import approve, submit
from yingbao.enrolment.seasons import open_season
from yingbao.exchange import channels, paying, refunding
from yingbao.exchange.gateway import Declined, RefundNotice
from yingbao.jobs.refunds import send_refunds
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.ledger.models import Journal
from yingbao.values import clock

pytestmark = pytest.mark.django_db(transaction=True)
CHANNELS = ["wechat", "alipay"]


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[Simulators]:
    with running(tmp_path_factory.mktemp("refunding") / "home", speed=60) as simulators:
        yield simulators


@pytest.fixture
def gateways(started, live_server, settings) -> Iterator[Simulators]:
    settings.GATEWAYS = started.gateways_dir
    clock.set_to(AT)
    started.clock(NOW)
    started.control("platform", {"platform": live_server.url})
    yield started
    started.control("notices", method="DELETE")
    started.behave_again()
    time.sleep(0.1)  # what is on its way arrives while somebody listens
    clock.run_true()


@pytest.fixture
def officer() -> Appointment:
    return clerk(organisation("tax_authority", area="500103"))


def twice(gateways: Simulators, channel: str) -> Refund:
    """A child paid for through two channels; the second payment came through this one."""
    season = open_season(policy_id="500103/2020", at=AT)
    pupil = pupils(season, school_of_yuzhong())[0]
    other = "alipay" if channel == "wechat" else "wechat"
    payments = [ordered(pupil, channel=each, kind="qr", at=clock.now()) for each in (other, channel)]
    for payment in payments:
        paying.place(payment=payment, now=clock.now(), client_address="127.0.0.1")
    for payment in payments:
        gateways.pay(payment.channel, payment.number)
        gateways.delivered(1, channel=payment.channel, order=payment.number)
    return Refund.objects.get()


def approved(gateways: Simulators, channel: str, officer: Appointment) -> Refund:
    return approve(refund=twice(gateways, channel), by=officer, at=clock.now())


def fresh(refund: Refund) -> Refund:
    return Refund.objects.select_related("arrival__payment").get(pk=refund.pk)


def later(gateways: Simulators, moment: datetime) -> None:
    clock.set_to(moment)
    gateways.clock(moment.isoformat())


def ended(refund: Refund, state: str) -> Refund:
    """Wait until a notice has brought it there."""
    until = time.monotonic() + 20
    while fresh(refund).state != state:
        assert time.monotonic() < until, f"{fresh(refund).state} {fresh(refund).said}"
        time.sleep(0.05)
    return fresh(refund)


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_approved_refund_goes_back_the_way_it_came(gateways, officer, channel):
    refund = approved(gateways, channel, officer)
    assert refunding.send_due(at=clock.now()) == 1
    # Alipay answers that the money moved; WeChat tells it by a notice.
    done = ended(refund, "succeeded")
    assert done.finished_at
    left = balances("500103")
    assert (left[f"500103:channel:{channel}"], left["500103:overpaid"], left["500103:transit"]) == (0, 0, 0)
    assert examine(INVARIANTS) == []


@pytest.mark.parametrize("channel", CHANNELS)
def test_nothing_is_sent_before_it_is_approved_and_nothing_twice(gateways, officer, channel):
    refund = twice(gateways, channel)
    assert refunding.send_due(at=clock.now()) == 0
    approve(refund=refund, by=officer, at=clock.now())
    assert [refunding.send_due(at=clock.now()) for _ in range(3)] == [1, 0, 0]
    ended(refund, "succeeded")
    assert Journal.objects.filter(event="refund_paid").count() == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_refund_without_an_answer_stays_submitted_and_is_found_by_asking(gateways, officer, channel):
    refund = approved(gateways, channel, officer)
    gateways.behave(channel, "error")
    assert refunding.send_due(at=clock.now()) == 1
    assert fresh(refund).state == "submitted"
    gateways.behave_again()
    assert refunding.ask_open(at=clock.now()) == 0
    later(gateways, clock.now() + timedelta(seconds=30))
    # The channel never heard of it: asked about, it is sent again under the same number.
    assert refunding.ask_open(at=clock.now()) == 1
    ended(refund, "succeeded")
    assert examine(INVARIANTS) == []


@pytest.mark.parametrize("channel", CHANNELS)
def test_who_dies_between_submitting_and_sending_leaves_nothing_unsent(gateways, officer, channel):
    refund = approved(gateways, channel, officer)
    submit(refunds=[refund.pk], at=clock.now())
    assert refunding.send_due(at=clock.now()) == 0
    later(gateways, clock.now() + timedelta(seconds=30))
    refunding.ask_open(at=clock.now())
    ended(refund, "succeeded")


def test_a_wechat_refund_whose_notice_never_comes_is_found_by_asking(gateways, officer):
    refund = approved(gateways, "wechat", officer)
    gateways.behave("wechat", "silent")
    refunding.send_due(at=clock.now())
    assert fresh(refund).state in ("processing", "submitted")
    later(gateways, clock.now() + timedelta(minutes=30))
    refunding.ask_open(at=clock.now())
    assert fresh(refund).state == "succeeded"


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_refund_that_fails_is_overpaid_again_and_goes_out_anew_once_approved(gateways, officer, channel):
    refund = approved(gateways, channel, officer)
    gateways.behave(channel, "refund_abnormal")
    refunding.send_due(at=clock.now())
    later(gateways, clock.now() + timedelta(minutes=30))
    refunding.ask_open(at=clock.now())
    failed = ended(refund, "abnormal")
    assert failed.said
    assert Alarm.objects.filter(kind="abnormal_refund").exists()
    assert balances("500103")["500103:overpaid"] == refund.amount_fen
    assert examine(INVARIANTS) == []
    gateways.behave_again()
    if channel == "alipay":
        approve(refund=failed, by=officer, at=clock.now())
        assert refunding.send_due(at=clock.now()) == 1
        ended(refund, "succeeded")
        assert examine(INVARIANTS) == []


def test_the_minutes_task_sends_what_is_approved_and_asks_about_the_rest(gateways, officer):
    refund = approved(gateways, "wechat", officer)
    gateways.behave("wechat", "silent")
    send_refunds(0)
    assert fresh(refund).state in ("submitted", "processing")
    later(gateways, clock.now() + timedelta(minutes=30))
    send_refunds(0)
    assert fresh(refund).state == "succeeded"


def test_five_notices_of_one_refund_are_one_posting(gateways, officer):
    refund = approved(gateways, "wechat", officer)
    gateways.behave("wechat", {"duplicate": 4})
    refunding.send_due(at=clock.now())
    ended(refund, "succeeded")
    gateways.delivered(6, order=refund.arrival.payment.number)
    assert Journal.objects.filter(event="refund_paid").count() == 1


@pytest.mark.parametrize("how", ["forged_signature", "altered_body", "wrong_merchant"])
def test_a_forged_refund_notice_changes_nothing(gateways, officer, how):
    refund = approved(gateways, "wechat", officer)
    gateways.behave("wechat", how)
    refunding.send_due(at=clock.now())
    gateways.delivered(2, order=refund.arrival.payment.number)
    assert fresh(refund).state in ("processing", "submitted")
    assert Alarm.objects.filter(kind="forged").exists()
    assert not Journal.objects.filter(event="refund_paid").exists()


def told_of(refund: Refund, **more) -> RefundNotice:
    """What WeChat might say of it."""
    channel, merchant, transaction = refund.arrival.key.split(":")
    said = {
        "channel": channel, "merchant": merchant, "refund_number": refund.number, "refund_id": "503",
        "transaction": transaction, "amount_fen": refund.amount_fen, "state": "succeeded", "at": AT,
    }  # fmt: skip
    return RefundNotice(**(said | more))


def test_a_notice_of_another_sum_or_payment_is_no_refund_and_calls_an_officer(gateways, officer):
    refund = approved(gateways, "wechat", officer)
    submit(refunds=[refund.pk], at=clock.now())
    for odd in ({"amount_fen": 1}, {"transaction": "42000"}, {"merchant": "1"}):
        refunding.hear(notice=told_of(refund, **odd), at=clock.now())
    assert fresh(refund).state == "submitted"
    assert Alarm.objects.filter(kind="abnormal_refund").count() == 2
    refunding.hear(notice=told_of(refund), at=clock.now())
    assert fresh(refund).state == "succeeded"


def test_a_refund_that_nobody_here_asked_for_is_shown_to_an_officer(gateways, officer):
    refund = twice(gateways, "wechat")
    refunding.hear(notice=told_of(refund, refund_number="X1", order_number=refund.arrival.payment.number), at=AT)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.pooling_area) == ("difference", "500103")
    # And of one that was asked for and not approved: the money may have moved, the book does not follow by itself.
    refunding.hear(notice=told_of(refund), at=AT)
    assert fresh(refund).state == "requested"
    assert Alarm.objects.filter(kind="abnormal_refund").count() == 1


def test_a_notice_that_names_the_sum_of_all_refunds_makes_us_ask_for_this_ones_own(gateways, officer):
    refund = approved(gateways, "alipay", officer)
    gateways.behave("alipay", "refund_processing", times=1)
    refunding.send_due(at=clock.now())
    refunding.hear(notice=told_of(fresh(refund), cumulative=True, amount_fen=999_999), at=clock.now())
    ended(refund, "succeeded")


def test_money_of_a_merchant_number_that_we_had_before_is_left_to_a_person(gateways, officer, settings, tmp_path):
    refund = approved(gateways, "wechat", officer)
    shutil.copytree(gateways.gateways_dir, tmp_path / "moved")
    merchant = channels.gateway_of("wechat").merchant
    config = tmp_path / "moved" / "wechat.toml"
    config.write_text(config.read_text().replace(merchant, "1" * len(merchant)))
    settings.GATEWAYS = config.parent
    assert refunding.send_due(at=clock.now()) == 0
    assert fresh(refund).state == "approved"
    assert Alarm.objects.get(kind="abnormal_refund").key.endswith(":merchant")


def test_a_channel_that_says_no_makes_the_refund_abnormal_with_its_word(gateways, officer):
    refund = approved(gateways, "wechat", officer)
    gateway = channels.gateway_of("wechat")
    number = refund.arrival.payment.number
    transaction = refund.arrival.key.rpartition(":")[2]
    # Somebody gave it back by hand under another number: nothing is left to refund.
    gateway.refund(
        order_number=number, transaction=transaction, refund_number="BYHAND1", amount_fen=refund.amount_fen,
        total_fen=refund.arrival.amount_fen, reason="x",
    )  # fmt: skip
    with pytest.raises(Declined):
        gateway.refund(
            order_number=number, transaction=transaction, refund_number="BYHAND2", amount_fen=refund.amount_fen,
            total_fen=refund.arrival.amount_fen, reason="x",
        )  # fmt: skip
    refunding.send_due(at=clock.now())
    assert (fresh(refund).state, fresh(refund).said) == ("abnormal", "渠道拒绝：NOT_ENOUGH")
