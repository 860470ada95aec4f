"""Two parents, two officers, a list and a bank in the same second: money counts once, nobody sees a deadlock. 并发"""

from __future__ import annotations

import random
import threading

import pytest
from django.db import connection, transaction

from tests.collection.bank import booked, declared, line
from tests.collection.building import told
from tests.collection.orders import ordered, pending, pupils, said, school_of_yuzhong
from tests.declaration.building import officer
from tests.enrolment.building import AT, body, clerk
from tests.enrolment.test_two_clerks import together, until_waiting
from yingbao.agents.models import Appointment
from yingbao.collection import adjusting, receipting, refunding
from yingbao.collection.advising import settle as settle_line
from yingbao.collection.arriving import take
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.lifecycle import Word
from yingbao.collection.matching import match_by_reference
from yingbao.collection.models import Allocation, Arrival, Obligation, Payment, Receipt, Refund
from yingbao.collection.releasing import reverse
from yingbao.collection.settling import settle
from yingbao.collection.whole import whole
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import open_season
from yingbao.ledger.audit import examine
from yingbao.people.models import AssistedStatus
from yingbao.values.refusal import Refused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sound")]


@pytest.fixture
def sound(transactional_db):
    """Whatever a test does, the book has to be right at its end."""
    yield
    assert examine(INVARIANTS) == []


def failures(outcomes: list) -> list:
    return [one for one in outcomes if isinstance(one, Exception)]


def owed_of(declaration) -> list[Obligation]:
    return list(Obligation.objects.filter(declaration=declaration).order_by("pk"))


def test_eight_notices_of_orders_for_the_same_children_pay_each_child_once(yuzhong):
    children = pupils(yuzhong, school_of_yuzhong(), 3)
    orders = [pending(*random.sample(children, 3), payer=f"家长{number}") for number in range(8)]
    acts = [
        lambda one=one, number=number: settle(paid=said(one, f"4200{number}"), word=Word.NOTICE, at=AT)
        for number, one in enumerate(orders)
    ]
    # And each of them a second time, as channels do.
    assert failures(together(*acts, *acts)) == []
    assert set(Payment.objects.values_list("state", flat=True)) == {"succeeded"}
    assert (Arrival.objects.count(), Allocation.objects.count(), Refund.objects.count()) == (8, 3, 21)
    assert Obligation.objects.filter(paid_fen__gt=0).count() == 3


def test_eight_notices_of_different_orders_are_eight_payments(yuzhong):
    orders = [pending(one) for one in pupils(yuzhong, school_of_yuzhong(), 8)]
    acts = [
        lambda one=one, number=number: settle(paid=said(one, f"4200{number}"), word=Word.NOTICE, at=AT)
        for number, one in enumerate(orders)
    ]
    assert failures(together(*acts)) == []
    assert (Allocation.objects.count(), Refund.objects.count()) == (8, 0)


def test_two_officers_and_the_platform_match_one_line_once(suzhou):
    declaration = declared(suzhou, 3)
    owing = owed_of(declaration)
    booked(line(sum(one.due_fen for one in owing), declaration.reference))
    arrival, named, officers = Arrival.objects.get(), [one.pk for one in owing], [officer(), officer()]
    outcomes = together(
        *[lambda who=who: settle_line(arrival=arrival, obligations=named, by=who, at=AT) for who in officers],
        lambda: match_by_reference(pooling_area="320500", at=AT),
    )
    assert all(isinstance(one, Refused) for one in failures(outcomes))
    assert Allocation.objects.count() == 3
    arrival.refresh_from_db()
    assert arrival.suspense_fen == 0


def test_an_order_is_paid_while_a_list_exempts_its_children(suzhou):
    declaration = declared(suzhou, 4)
    orders = [pending(one.enrolment, kind="page") for one in owed_of(declaration)]
    persons = [one.person_id for one in owed_of(declaration)]
    bureau = body()
    AssistedStatus.objects.bulk_create(
        AssistedStatus(person_id=person, category="orphan", provided_by=bureau, first=AT.date()) for person in persons
    )
    outcomes = together(
        *[
            lambda one=one, number=number: settle(paid=said(one, f"4200{number}"), word=Word.NOTICE, at=AT)
            for number, one in enumerate(orders)
        ],
        lambda: adjusting.follow(season=suzhou, person_ids=persons, at=AT),
        lambda: adjusting.follow(season=suzhou, person_ids=persons[::-1], at=AT),
    )
    assert failures(outcomes) == []
    adjusting.follow_all(season=suzhou, at=AT)
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"exempt"}
    assert Refund.objects.count() == 4


def test_a_child_is_withdrawn_while_its_payment_arrives_and_neither_fails(suzhou, school):
    declaration = declared(suzhou, 4, school=school)
    owing = owed_of(declaration)
    clerks = [clerk(school) for _ in owing]
    outcomes = together(
        *[
            lambda one=one, by=by: adjusting.withdraw(enrolment=one.enrolment, reason="迁出", by=by, at=AT)
            for one, by in zip(owing, clerks, strict=True)
        ],
        *[
            lambda one=one: whole(
                lambda: take(told(f"wechat:1:{one.pk}", one.due_fen), wanted={one.pk: one.due_fen}, at=AT)
            )
            for one in owing
        ],
    )
    assert failures(outcomes) == []
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert Refund.objects.count() == 4


def test_a_withdrawal_that_waits_in_a_circle_with_a_payment_is_done_again(suzhou, school):
    """The payment holds the debt and wants the enrolment; the withdrawal the other way round."""
    declaration = declared(suzhou, 1, school=school)
    (one,) = owed_of(declaration)
    by, has_debt, outcome = clerk(school), threading.Event(), []

    def withdrawal() -> None:
        has_debt.wait(30)
        adjusting.withdraw(enrolment=one.enrolment, reason="迁出", by=by, at=AT)

    def payment() -> None:
        def deed() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM collection_obligation WHERE id = %s FOR UPDATE", [one.pk])
            has_debt.set()
            until_waiting(1)
            take(told("wechat:1:1", one.due_fen), wanted={one.pk: one.due_fen}, at=AT)

        whole(deed)

    outcome = together(withdrawal, payment)
    assert failures(outcome) == []
    adjusting.follow_all(season=suzhou, at=AT)
    assert (Enrolment.objects.get().state, Refund.objects.count()) == ("withdrawn", 1)


def test_refunds_returns_and_receipts_at_once_leave_no_gap_and_nothing_twice(suzhou):
    declaration = declared(suzhou, 6)
    owing = owed_of(declaration)
    wanted = {one.pk: one.due_fen for one in owing}
    debit = take(told("debit:1", sum(wanted.values()), way="debit"), wanted=wanted, at=AT).arrival
    second = take(told("wechat:1:2", owing[0].due_fen), wanted={owing[0].pk: owing[0].due_fen}, at=AT)
    refund, officers = Refund.objects.get(arrival=second.arrival), [officer(), officer()]
    outcomes = together(
        *[lambda: receipting.issue_all(pooling_area="320500", at=AT)] * 3,
        *[lambda who=who: refunding.approve(refund=refund, by=who, at=AT) for who in officers],
        *[lambda: whole(lambda: reverse(arrival=debit, key="return:1", returned_fen=debit.amount_fen, at=AT))] * 2,
        lambda: refunding.submit(refunds=[refund.pk], at=AT),
    )
    assert failures(outcomes) == []
    receipting.issue_all(pooling_area="320500", at=AT)
    assert Receipt.objects.filter(voided_at=None).count() == 0
    assert Obligation.objects.filter(paid_fen__gt=0).count() == 0
    assert Refund.objects.get().decided_by_id in [one.user_id for one in officers]


def test_two_parents_order_for_the_same_children_in_the_same_second(yuzhong):
    children = pupils(yuzhong, school_of_yuzhong(), 3)
    outcomes = together(
        lambda: ordered(*children, payer="爸爸"), lambda: ordered(*children[::-1], payer="妈妈"),
        lambda: ordered(children[1], payer="外婆"),
    )  # fmt: skip
    assert failures(outcomes) == []
    assert Obligation.objects.count() == 3
    assert Payment.objects.count() == 3


def test_a_deed_that_met_another_in_a_circle_is_done_again_from_its_beginning(suzhou):
    one, two = [one.pk for one in owed_of(declared(suzhou, 2))]
    meeting, tries = threading.Barrier(2, timeout=20), []

    def both(first: int, second: int) -> None:
        def deed() -> None:
            tries.append(first)
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM collection_obligation WHERE id = %s FOR UPDATE", [first])
                if tries.count(first) == 1:
                    meeting.wait()
                cursor.execute("SELECT 1 FROM collection_obligation WHERE id = %s FOR UPDATE", [second])

        whole(deed)

    assert failures(together(lambda: both(one, two), lambda: both(two, one))) == []
    assert len(tries) >= 3


def test_inside_another_transaction_nothing_is_done_again(suzhou):
    open_season(policy_id="500103/2020", at=AT)
    tries = []

    def deed() -> None:
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'circle' USING ERRCODE = '40P01'; END $$")

    with pytest.raises(Exception, match="circle"), transaction.atomic():
        whole(deed)
    assert len(tries) == 1
    with pytest.raises(Exception, match="circle"):
        whole(deed)
    assert len(tries) == 7


@pytest.mark.parametrize("seed", [1, 2])
def test_orders_lists_returns_receipts_refunds_and_withdrawals_in_one_second_end_sound(suzhou, school, seed):
    chance = random.Random(seed)
    declaration = declared(suzhou, 8, school=school)
    owing = owed_of(declaration)
    orders = [pending(*[one.enrolment for one in chance.sample(owing, 3)]) for _ in range(6)]
    wanted = {one.pk: one.due_fen for one in owing[:5]}
    debit = take(told("debit:1", sum(wanted.values()), way="debit"), wanted=wanted, at=AT).arrival
    booked(line(sum(one.due_fen for one in owing[5:]), declaration.reference))
    persons, bureau = [one.person_id for one in owing], body()
    for person in chance.sample(persons, 3):
        AssistedStatus.objects.create(person_id=person, category="orphan", provided_by=bureau, first=AT.date())

    def approve_all(by: Appointment) -> None:
        for refund in Refund.objects.order_by("?"):
            refunding.approve(refund=refund, by=by, at=AT)

    acts = [
        lambda one=one, number=number: settle(paid=said(one, f"4200{number}"), word=Word.NOTICE, at=AT)
        for number, one in enumerate(orders)
    ]
    acts += [lambda: adjusting.follow(season=suzhou, person_ids=persons[::-1], at=AT)] * 2
    acts += [lambda: whole(lambda: reverse(arrival=debit, key="return:1", returned_fen=debit.amount_fen, at=AT))]
    acts += [lambda: receipting.issue_all(pooling_area="320500", at=AT)] * 2
    acts += [lambda by=by: approve_all(by) for by in (officer(), officer())]
    acts += [lambda: match_by_reference(pooling_area="320500", at=AT)]
    acts += [
        lambda one=one, by=by: adjusting.withdraw(enrolment=one.enrolment, reason="迁出", by=by, at=AT)
        for one, by in [(one, clerk(school)) for one in chance.sample(owing, 3)]
    ]
    chance.shuffle(acts)
    assert all(isinstance(one, Refused) for one in failures(together(*acts)))
