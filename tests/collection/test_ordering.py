"""Orders to pay: today's sum by tier, several children at once, who is refused and why, a second click. 下单"""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from tests.collection.building import confirmed, owed
from tests.collection.orders import ordered, pending, pupils, said, school_of_yuzhong
from tests.enrolment.building import AT, at, child, clerk, organisation
from yingbao.collection.lifecycle import Word
from yingbao.collection.models import Obligation, Payment, PaymentLine
from yingbao.collection.ordering import answered, order
from yingbao.collection.quoting import has_tiers, quote
from yingbao.collection.settling import close, settle
from yingbao.enrolment import actions
from yingbao.enrolment.models import Enrolment, PolicyVersion, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.versions import digest_of
from yingbao.ledger.balances import balances
from yingbao.policy import catalogue
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def pupil(yuzhong) -> Enrolment:
    return pupils(yuzhong, school_of_yuzhong())[0]


def price(enrolment: Enrolment, tier: int, day: datetime = AT) -> int:
    """What the policy says a tier costs on that day."""
    (one,) = quote(enrolments=[enrolment], kind="page", at=day)
    return one.offer(tier).due_fen


def test_only_the_policy_with_tiers_offers_them(suzhou, yuzhong):
    assert has_tiers(policy_of(yuzhong))
    assert not has_tiers(policy_of(suzhou))


def test_a_quote_names_both_tiers_their_sums_and_when_cover_begins(pupil):
    (one,) = quote(enrolments=[pupil], kind="page", at=AT)
    assert one.refused is None
    assert [(each.tier, each.due_fen, each.decision.coverage_from) for each in one.offers] == [
        (1, 25000, date(2020, 1, 1)), (2, 62500, date(2020, 1, 1)),
    ]  # fmt: skip


def test_a_window_that_ends_at_five_takes_no_order_at_five(yuzhong, pupil):
    text = catalogue.find(yuzhong.policy).read_text("utf-8")
    text = text.replace("    last: 2019-12-20\n", '    last: 2019-12-20\n    closes_at: "17:00"\n')
    version = PolicyVersion.objects.create(policy=yuzhong.policy, number=1, text=text, digest=digest_of(text), at=AT)
    Season.objects.filter(pk=yuzhong.pk).update(version=version)
    pupil = Enrolment.objects.get(pk=pupil.pk)
    last = at("2019-12-20").replace(hour=16, minute=59)
    (before,), (after,) = (
        quote(enrolments=[pupil], kind="page", at=moment) for moment in (last, last + timedelta(minutes=1))
    )
    assert (before.refused, before.offers[0].decision.phase) == (None, "open")
    assert (after.refused is None, after.offers[0].decision.phase) == (False, "closed")


def test_a_family_orders_its_tier_and_the_child_owes_that_sum(pupil):
    payment = ordered(pupil, tiers={pupil.pk: 2})
    (line,) = PaymentLine.objects.filter(payment=payment)
    pupil.refresh_from_db()
    assert (payment.state, payment.total_fen, line.obligation.due_fen) == ("created", 62500, 62500)
    assert (pupil.state, pupil.tier, pupil.self_paid_fen) == ("declared", 2, 62500)
    assert balances("500103")["500103:receivable:family"] == 62500
    assert len(payment.number) <= 32
    assert payment.number.isalnum()


def test_several_children_of_different_families_are_paid_for_in_one_order(yuzhong):
    rows = pupils(yuzhong, school_of_yuzhong(), 2) + pupils(yuzhong, school_of_yuzhong())
    payment = ordered(*rows, tiers={rows[2].pk: 2})
    assert payment.total_fen == 25000 + 25000 + 62500
    assert payment.lines.count() == 3


def test_a_second_click_finds_the_first_order(pupil):
    first = ordered(pupil, token="same")
    again = ordered(pupil, token="same")
    assert (again.pk, Payment.objects.count(), Obligation.objects.count()) == (first.pk, 1, 1)


def test_two_orders_for_one_child_share_what_it_owes(pupil):
    first, second = ordered(pupil), ordered(pupil, channel="alipay")
    assert first.pk != second.pk
    assert Obligation.objects.count() == 1


def test_a_child_confirmed_weeks_ago_pays_what_is_due_today(yuzhong):
    school = school_of_yuzhong()
    (pupil,) = pupils(yuzhong, school)
    actions.confirm(enrolments=[pupil], by=clerk(school), at=AT)
    july = at("2020-07-02")
    payment = ordered(pupil, at=july)
    pupil.refresh_from_db()
    assert payment.total_fen == 80000
    assert (pupil.self_paid_fen, pupil.as_of, pupil.phase) == (80000, date(2020, 7, 2), "late")


def test_an_order_ends_with_the_last_day_on_which_its_sum_is_right(pupil):
    evening = datetime(2020, 6, 30, 23, 15, tzinfo=CHINA)
    payment = ordered(pupil, at=evening)
    assert payment.total_fen == 25000
    assert payment.expires_at == datetime(2020, 6, 30, 23, 59, 59, tzinfo=CHINA)
    assert ordered(pupil, at=at("2020-03-03")).expires_at == at("2020-03-03") + timedelta(hours=2)


def test_an_order_over_midnight_keeps_its_two_hours_where_nothing_changes(pupil):
    evening = datetime(2019, 11, 12, 23, 15, tzinfo=CHINA)
    assert ordered(pupil, at=evening).expires_at == evening + timedelta(hours=2)


def test_in_the_last_seconds_of_the_last_day_nothing_is_ordered(pupil):
    with pytest.raises(Refused, match="Less than a minute"):
        ordered(pupil, at=datetime(2020, 9, 30, 23, 59, 30, tzinfo=CHINA))
    assert not Payment.objects.exists()


def test_a_new_day_with_another_price_ends_what_was_owed_unpaid(pupil):
    june = pending(pupil, at=at("2020-06-30"))
    july = at("2020-07-01")
    with pytest.raises(Refused, match="waits to be paid"):
        ordered(pupil, at=july)
    close(payment=june, word=Word.QUERY, at=july)
    assert ordered(pupil, at=july).total_fen == 80000
    ended = Obligation.objects.get(ended_at__isnull=False)
    assert (ended.due_fen, ended.ended_because) == (25000, "repriced")
    assert balances("500103")["500103:receivable:family"] == 80000


def test_another_tier_is_chosen_once_the_first_order_is_closed(pupil):
    first = pending(pupil, tiers={pupil.pk: 1})
    with pytest.raises(Refused, match="waits to be paid"):
        ordered(pupil, tiers={pupil.pk: 2})
    close(payment=first, word=Word.QUERY, at=AT)
    second = ordered(pupil, tiers={pupil.pk: 2})
    pupil.refresh_from_db()
    assert (second.total_fen, pupil.tier, pupil.state) == (62500, 2, "declared")


def test_who_is_paid_for_is_not_ordered_again(pupil):
    settle(paid=said(pending(pupil)), word=Word.NOTICE, at=AT)
    with pytest.raises(Refused, match="nothing is to be paid any more"):
        ordered(pupil)


def test_a_first_timer_registers_first_and_then_pays_at_the_community(yuzhong):
    (new,) = pupils(yuzhong, school_of_yuzhong(), registered=None)
    with pytest.raises(Refused, match="Register first at the community"):
        ordered(new)
    community = organisation("community", area="500103")
    actions.register(enrolment=new, channel="community", by=clerk(community), at=AT)
    with pytest.raises(Refused, match="paid at the community"):
        ordered(new)
    assert ordered(new, kind="counter", channel="card", terminal="T0001").total_fen == 25000


def test_a_child_enrolled_before_is_sent_from_the_counter_to_its_phone(pupil):
    with pytest.raises(Refused, match="by phone"):
        ordered(pupil, kind="counter")


def test_a_pupil_of_suzhou_is_paid_for_by_the_school_until_it_is_declared(suzhou, school):
    (one,) = confirmed(suzhou, school)
    with pytest.raises(Refused, match="The school declares and pays"):
        ordered(one)
    owed(suzhou, [one])
    assert ordered(one).total_fen == 24000


def test_an_exempt_child_owes_nothing_and_is_not_called_exempt(suzhou, school):
    (free,) = confirmed(suzhou, school, assisted="minimum_living")
    with pytest.raises(Refused) as refused:
        ordered(free)
    assert "exempt" not in refused.value.said("en")


def test_an_infant_of_suzhou_is_paid_for_at_the_community_counter(suzhou, community):
    infant = child(born=date(2018, 3, 1))
    list_and_determine(season=suzhou, organisation=community, at=AT)
    one = Enrolment.objects.get(person=infant)
    assert ordered(one, kind="counter", channel="wechat").total_fen == 24000


def test_after_the_close_nothing_is_ordered(pupil):
    with pytest.raises(Refused, match="the time is over"):
        ordered(pupil, at=at("2020-10-01"))


def test_a_declined_child_is_not_ordered(yuzhong):
    school = school_of_yuzhong()
    (one,) = pupils(yuzhong, school)
    actions.decline(enrolment=one, reason="已参加职工医保", by=clerk(school), at=AT)
    with pytest.raises(Refused, match="recorded as not enrolling"):
        ordered(one)


def test_one_refused_child_stops_the_whole_order(yuzhong):
    good, bad = pupils(yuzhong, school_of_yuzhong()) + pupils(yuzhong, school_of_yuzhong(), registered=None)
    with pytest.raises(Refused):
        ordered(good, bad)
    good.refresh_from_db()
    assert good.state == "determined"
    assert not Obligation.objects.exists()


def test_children_of_two_cities_are_not_paid_for_in_one_order(suzhou, school, pupil):
    owed(suzhou, confirmed(suzhou, school))
    with pytest.raises(Refused, match="different pooling areas"):
        ordered(pupil, Enrolment.objects.get(season=suzhou))


def test_a_child_taken_in_another_city_is_not_ordered(suzhou, school, pupil):
    Enrolment.objects.filter(pk=confirmed(suzhou, school)[0].pk).update(person=pupil.person)
    with pytest.raises(Refused, match="another pooling area"):
        ordered(pupil)


@pytest.mark.parametrize(
    ("answer", "state"),
    [({"address": "https://x"}, "pending"), ({"declined": "no"}, "failed"), ({"unsure": "silent"}, "unknown")],
)
def test_what_the_channel_answers_moves_the_order(pupil, answer, state):
    payment = ordered(pupil)
    assert answered(payment=payment, **answer).state == state


def test_a_notice_that_overtakes_the_answer_is_not_undone_by_it(pupil):
    payment = ordered(pupil)
    settle(paid=said(payment), word=Word.NOTICE, at=AT)
    late = answered(payment=payment, address="https://x")
    assert (late.state, late.address) == ("succeeded", "https://x")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("tiers", [(1, 1), (1, 2)])
def test_two_parents_at_the_same_second_owe_one_sum(yuzhong, tiers):
    (pupil,) = pupils(yuzhong, school_of_yuzhong())
    begin, outcomes = threading.Barrier(2), []

    def parent(number: int, tier: int) -> None:
        begin.wait()
        try:
            one = order(
                enrolments=[pupil], channel="wechat", kind="page", payer="", token=f"parent {number}", at=AT,
                tiers={pupil.pk: tier},
            )  # fmt: skip
            outcomes.append(one.total_fen)
        except Refused as refused:
            outcomes.append(refused.said("en"))
        finally:
            connection.close()

    threads = [threading.Thread(target=parent, args=each) for each in enumerate(tiers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Obligation.objects.filter(ended_at__isnull=True).count() == 1
    if tiers == (1, 1):
        assert outcomes == [25000, 25000]
    else:
        assert sorted(map(type, outcomes), key=str) == [int, str]
        assert "waits to be paid" in next(one for one in outcomes if isinstance(one, str))


@pytest.mark.django_db(transaction=True)
def test_two_orders_for_the_same_children_in_other_order_do_not_wait_for_ever(yuzhong):
    rows = pupils(yuzhong, school_of_yuzhong(), 3)
    begin, made = threading.Barrier(4), []

    def family(number: int) -> None:
        begin.wait()
        wanted = rows if number % 2 else rows[::-1]
        payment = order(enrolments=wanted, channel="wechat", kind="page", payer="", token=f"f{number}", at=AT, tiers={})
        begin.wait()
        settle(paid=said(payment, f"t{number}"), word=Word.NOTICE, at=AT)
        made.append(payment.pk)
        connection.close()

    threads = [threading.Thread(target=family, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert Obligation.objects.filter(paid_fen__gt=0).count() == 3
    sums = balances("500103")
    assert sums["500103:receivable:family"] == 0
    assert sums["500103:channel:wechat"] == sums["500103:treasury"] + sums.get("500103:overpaid", 0)
