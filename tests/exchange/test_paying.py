"""Paying through channels with gateways in a process of their own: told, not told, wrong, late, forged. 渠道支付"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import httpx
import pytest

from tests.collection.orders import ordered, pupils, school_of_yuzhong
from tests.enrolment.building import AT, at
from tests.simulators.running import NOW, Simulators, running
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Alarm, Arrival, Bill, BillLine, Obligation, Payment, Refund
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import open_season
from yingbao.exchange import bills, channels, paying
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.values import clock
from yingbao.values.clock import CHINA

pytestmark = pytest.mark.django_db(transaction=True)
CHANNELS = ["wechat", "alipay"]


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[Simulators]:
    with running(tmp_path_factory.mktemp("paying") / "home", speed=60) as simulators:
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
    assert [finding.invariant.id for finding in examine(INVARIANTS)] == []


@pytest.fixture
def pupil() -> Enrolment:
    return pupils(open_season(policy_id="500103/2020", at=AT), school_of_yuzhong())[0]


def placed(*enrolments: Enrolment, channel: str = "wechat", kind: str = "qr") -> Payment:
    payment = ordered(*enrolments, channel=channel, kind=kind, at=clock.now())
    return paying.place(payment=payment, now=clock.now(), client_address="127.0.0.1")


def fresh(payment: Payment) -> Payment:
    return Payment.objects.get(pk=payment.pk)


def later(gateways: Simulators, moment: datetime) -> None:
    """Both clocks show this moment."""
    clock.set_to(moment)
    gateways.clock(moment.isoformat())


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", ["page", "qr"])
def test_an_order_is_placed_paid_and_told_of(gateways, pupil, channel, kind):
    payment = placed(pupil, channel=channel, kind=kind)
    assert payment.state == "pending"
    assert payment.address.startswith(gateways.url)
    if kind == "page":
        # The payer's browser goes to the channel's page; only then does Alipay know of the order.
        httpx.get(payment.address, follow_redirects=True, trust_env=False)
    gateways.pay(channel, payment.number)
    tries = gateways.delivered(1, channel=channel, order=payment.number)
    assert tries[0]["taken"] == 1
    assert fresh(payment).state == "succeeded"
    assert Obligation.objects.get().is_paid
    assert balances("500103")[f"500103:channel:{channel}"] == payment.total_fen


@pytest.mark.parametrize("channel", CHANNELS)
def test_five_notices_of_one_payment_are_one_posting(gateways, pupil, channel):
    payment = placed(pupil, channel=channel)
    gateways.behave(channel, {"duplicate": 4})
    gateways.pay(channel, payment.number)
    tries = gateways.delivered(5, channel=channel, order=payment.number)
    assert all(one["taken"] for one in tries)
    assert Arrival.objects.count() == 1
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("channel", CHANNELS)
def test_notices_out_of_order_end_in_the_same_book(gateways, channel):
    season = open_season(policy_id="500103/2020", at=AT)
    payments = [placed(one, channel=channel) for one in pupils(season, school_of_yuzhong(), 3)]
    gateways.behave(channel, "reorder", order=payments[0].number)
    for payment in payments:
        gateways.pay(channel, payment.number)
    for payment in payments:
        gateways.delivered(1, channel=channel, order=payment.number)
    assert {fresh(payment).state for payment in payments} == {"succeeded"}
    assert balances("500103")["500103:receivable:family"] == 0


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_notice_that_never_comes_is_found_by_asking(gateways, pupil, channel):
    payment = placed(pupil, channel=channel)
    gateways.behave(channel, "silent")
    gateways.pay(channel, payment.number)
    assert paying.ask_open(now=clock.now()) == 0
    assert paying.ask_open(now=clock.now() + timedelta(seconds=30)) == 1
    assert fresh(payment).state == "succeeded"


@pytest.mark.parametrize(("channel", "day"), [("wechat", date(2019, 11, 14)), ("alipay", date(2019, 11, 16))])
def test_an_order_that_nobody_told_us_of_is_found_in_the_bill(gateways, pupil, channel, day):
    later(gateways, at(day.isoformat()))
    payment = placed(pupil, channel=channel)
    gateways.behave(channel, "silent")
    gateways.pay(channel, payment.number)
    later(gateways, at((day + timedelta(days=1)).isoformat(), 11))
    fetched = bills.fetch_bills(now=clock.now())
    assert (channel, day) in fetched.kept
    assert fresh(payment).state == "succeeded"
    assert BillLine.objects.get().outcome == "found"
    assert Obligation.objects.get().paid_on == day
    again = bills.fetch_bills(now=clock.now())
    assert again.kept == []
    assert Arrival.objects.count() == 1


@pytest.mark.parametrize(("channel", "day"), [("wechat", date(2019, 11, 18)), ("alipay", date(2019, 11, 20))])
def test_a_day_that_reconciles_has_no_difference_and_the_bills_sums(gateways, channel, day):
    later(gateways, at(day.isoformat()))
    season = open_season(policy_id="500103/2020", at=AT)
    payments = [placed(one, channel=channel) for one in pupils(season, school_of_yuzhong(), 2)]
    for payment in payments:
        gateways.pay(channel, payment.number)
        gateways.delivered(1, channel=channel, order=payment.number)
    later(gateways, at((day + timedelta(days=1)).isoformat(), 11))
    bills.fetch_bills(now=clock.now())
    bill = Bill.objects.get(channel=channel)
    assert (bill.gross_fen, bill.refunds_fen) == (sum(one.total_fen for one in payments), 0)
    assert set(BillLine.objects.values_list("outcome", flat=True)) == {"same"}
    assert not Alarm.objects.exists()


@pytest.mark.parametrize(
    ("channel", "fault", "outcomes", "day"),
    [
        ("wechat", "bill_extra", {"same", "foreign"}, date(2019, 11, 24)),
        ("wechat", "bill_amount", {"amount"}, date(2019, 11, 26)),
        ("alipay", "bill_extra", {"same", "foreign"}, date(2019, 11, 30)),
        ("alipay", "bill_amount", {"amount"}, date(2019, 12, 2)),
    ],
)
def test_a_bill_that_differs_is_kept_with_its_difference_and_an_alarm(gateways, pupil, channel, fault, outcomes, day):
    later(gateways, at(day.isoformat()))
    payment = placed(pupil, channel=channel)
    gateways.pay(channel, payment.number)
    gateways.delivered(1, channel=channel, order=payment.number)
    gateways.behave(channel, fault)
    later(gateways, at((day + timedelta(days=1)).isoformat(), 11))
    bills.fetch_bills(now=clock.now())
    assert set(BillLine.objects.values_list("outcome", flat=True)) == outcomes
    assert Alarm.objects.filter(kind="difference").exists()
    assert balances("500103")["500103:channel:" + channel] >= payment.total_fen


@pytest.mark.parametrize(("channel", "day"), [("wechat", date(2019, 12, 4)), ("alipay", date(2019, 12, 6))])
def test_a_payment_that_the_bill_leaves_out_is_listed_as_missing(gateways, channel, day):
    later(gateways, at(day.isoformat()))
    season = open_season(policy_id="500103/2020", at=AT)
    payments = [placed(one, channel=channel) for one in pupils(season, school_of_yuzhong(), 2)]
    for payment in payments:
        gateways.pay(channel, payment.number)
        gateways.delivered(1, channel=channel, order=payment.number)
    gateways.behave(channel, "bill_missing", order=payments[0].number)
    later(gateways, at((day + timedelta(days=1)).isoformat(), 11))
    bills.fetch_bills(now=clock.now())
    assert BillLine.objects.get(outcome="missing").order_number == payments[0].number
    assert BillLine.objects.get(outcome="same").order_number == payments[1].number
    assert Alarm.objects.get().kind == "difference"


@pytest.mark.parametrize(("channel", "day"), [("wechat", date(2019, 12, 8)), ("alipay", date(2019, 12, 10))])
def test_a_channel_without_a_bill_for_a_day_with_money_is_an_alarm_and_asked_again(gateways, pupil, channel, day):
    later(gateways, at(day.isoformat()))
    payment = placed(pupil, channel=channel)
    gateways.pay(channel, payment.number)
    gateways.delivered(1, channel=channel, order=payment.number)
    gateways.behave(channel, "bill_missing")
    later(gateways, at((day + timedelta(days=1)).isoformat(), 11))
    bills.fetch_bills(now=clock.now())
    assert Alarm.objects.get().kind == "difference"
    assert not BillLine.objects.exclude(outcome="missing").exists()


def test_no_bill_is_fetched_before_ten_in_the_morning(gateways, pupil):
    placed(pupil)
    later(gateways, at("2019-11-13", 9))
    assert bills.fetch_bills(now=clock.now()).kept == []


def test_a_notice_before_our_order_is_committed_comes_again_until_it_is(gateways, pupil):
    payment = ordered(pupil, channel="wechat", kind="qr", at=clock.now())
    hidden = payment.number
    unknown = "500103191112FFFFFFFFFFFFFFFF"
    gateway = channels.gateway_of("wechat")
    gateway.open_order(
        order_number=unknown, amount_fen=payment.total_fen, description="x", expires_at=payment.expires_at, kind="qr"
    )
    gateways.behave("wechat", "silent", times=1)
    gateways.pay("wechat", unknown)
    gateways.behave_again()
    gateways.control("notify", {"channel": "wechat", "order": unknown})
    first = gateways.delivered(1, order=unknown)[0]
    assert (first["status"], first["taken"]) == (400, 0)
    assert not Arrival.objects.exists()
    twin = Payment.objects.create(
        number=unknown, token="committed now", pooling_area="500103", channel="wechat", kind="qr",
        total_fen=payment.total_fen, created_at=payment.created_at, expires_at=payment.expires_at,
    )  # fmt: skip
    twin.lines.create(obligation=Obligation.objects.get(), amount_fen=payment.total_fen)
    gateways.delivered(2, order=unknown)
    assert (fresh(twin).state, fresh(payment).number) == ("succeeded", hidden)
    assert Obligation.objects.get().is_paid


def test_money_for_an_order_that_stays_unknown_is_held_and_the_sender_is_at_peace(gateways, pupil):
    expires = clock.now() + timedelta(hours=2)
    channels.gateway_of("wechat").open_order(
        order_number="500103191112EEEEEEEEEEEEEEEE", amount_fen=700, description="x", expires_at=expires, kind="qr"
    )
    gateways.behave("wechat", "silent", times=1)
    gateways.pay("wechat", "500103191112EEEEEEEEEEEEEEEE")
    gateways.behave_again()
    later(gateways, clock.now() + timedelta(minutes=11))
    gateways.control("notify", {"channel": "wechat", "order": "500103191112EEEEEEEEEEEEEEEE"})
    assert gateways.delivered(1, order="500103191112EEEEEEEEEEEEEEEE")[0]["taken"] == 1
    held = Arrival.objects.get()
    assert (held.pooling_area, held.why_suspended, held.suspense_fen) == ("500103", "no_order", 700)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_wrong_amount_in_a_notice_is_a_conflict_and_never_paid(gateways, pupil, channel):
    payment = placed(pupil, channel=channel)
    gateways.behave(channel, "wrong_amount")
    gateways.pay(channel, payment.number)
    gateways.delivered(1, channel=channel, order=payment.number)
    assert fresh(payment).state == "conflict"
    assert not Obligation.objects.get().is_paid
    assert Alarm.objects.filter(kind="wrong_amount").count() == 1


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("how", ["forged_signature", "altered_body", "wrong_merchant", "wrong_app"])
def test_a_forged_notice_is_refused_without_posting_and_without_its_content(gateways, pupil, channel, how):
    payment = placed(pupil, channel=channel)
    gateways.behave(channel, how, times=1)
    gateways.pay(channel, payment.number)
    tried = gateways.delivered(1, channel=channel, order=payment.number)[0]
    assert (tried["status"], tried["taken"]) == (400, 0)
    assert fresh(payment).state == "pending"
    alarm = Alarm.objects.get()
    assert alarm.kind == "forged"
    assert payment.number not in alarm.said + alarm.key


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_oversized_notice_is_refused_before_it_is_read(gateways, pupil, channel):
    payment = placed(pupil, channel=channel)
    gateways.behave(channel, "oversized_body", times=1)
    gateways.pay(channel, payment.number)
    tried = gateways.delivered(1, channel=channel, order=payment.number)[0]
    assert (tried["status"], tried["taken"]) == (413, 0)
    assert not Arrival.objects.filter(payment=payment).exists() or gateways.log(order=payment.number)[1:]


def test_a_replayed_notice_of_wechat_is_refused_once_it_is_old(gateways, pupil):
    payment = placed(pupil)
    gateways.pay("wechat", payment.number)
    gateways.delivered(1, order=payment.number)
    clock.set_to(AT + timedelta(minutes=30))
    assert gateways.control("replay", {"channel": "wechat", "order": payment.number})["status"] == 400
    assert Arrival.objects.count() == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_two_channels_for_one_child_pay_once(gateways, pupil, channel):
    other = "alipay" if channel == "wechat" else "wechat"
    first, second = placed(pupil, channel=channel), placed(pupil, channel=other)
    for payment in (first, second):
        gateways.pay(payment.channel, payment.number)
        gateways.delivered(1, channel=payment.channel, order=payment.number)
    assert Refund.objects.get().arrival.payment == second
    assert balances("500103")["500103:overpaid"] == second.total_fen


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_unpaid_order_is_closed_when_its_time_is_over(gateways, pupil, channel):
    payment = placed(pupil, channel=channel)
    later(gateways, payment.expires_at.astimezone(CHINA) + timedelta(seconds=5))
    assert paying.ask(payment=fresh(payment), now=clock.now()).state == "closed"


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_order_paid_after_it_was_closed_counts(gateways, pupil, channel):
    payment = placed(pupil, channel=channel)
    gateways.control("scan", {"channel": channel, "order": payment.number})
    assert paying.cancel(payment=payment, now=clock.now()).state == "closed"
    gateways.pay(channel, payment.number, force=True)
    gateways.delivered(1, channel=channel, order=payment.number)
    assert fresh(payment).state == "succeeded"


@pytest.mark.parametrize("channel", CHANNELS)
def test_who_cancels_an_order_that_was_just_paid_has_paid(gateways, pupil, channel):
    payment = placed(pupil, channel=channel)
    gateways.behave(channel, "silent")
    gateways.pay(channel, payment.number)
    assert paying.cancel(payment=payment, now=clock.now()).state == "succeeded"


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_gateway_that_fails_leaves_the_order_unknown_until_it_answers(gateways, pupil, channel):
    gateways.behave(channel, "error")
    payment = placed(pupil, channel=channel)
    assert payment.state == "unknown"
    gateways.behave_again()
    later(gateways, payment.expires_at.astimezone(CHINA) + timedelta(seconds=5))
    assert paying.ask(payment=payment, now=clock.now()).state == "closed"


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_gateway_that_stops_answering_makes_a_waiting_order_unknown_and_then_it_is_repaired(gateways, pupil, channel):
    payment = placed(pupil, channel=channel)
    gateways.behave(channel, "silent")
    gateways.pay(channel, payment.number)
    gateways.behave(channel, "error")
    assert paying.ask(payment=fresh(payment), now=clock.now()).state == "unknown"
    gateways.behave_again()
    assert paying.ask(payment=fresh(payment), now=clock.now()).state == "succeeded"


def test_placing_an_order_twice_asks_the_channel_once(gateways, pupil):
    payment = placed(pupil)
    again = paying.place(payment=payment, now=clock.now())
    assert (again.pk, again.address) == (payment.pk, payment.address)
