"""Lists that come late, that are withdrawn, and children who leave. 应缴调整"""

from __future__ import annotations

from datetime import date

import pytest

from tests.collection.building import confirmed, owed, pay
from tests.enrolment.building import AT, at, body, clerk, organisation
from yingbao.collection.adjusting import Adjusted, follow, withdraw
from yingbao.collection.models import Obligation, Refund
from yingbao.enrolment import actions
from yingbao.ledger.balances import balances
from yingbao.people.models import AssistedStatus

pytestmark = pytest.mark.django_db
NOTHING = Adjusted(0, 0, 0, 0)


@pytest.fixture
def one(suzhou, school):
    (obligation,) = owed(suzhou, confirmed(suzhou, school))
    return obligation


def listed(obligation, category="minimum_living", provided_by=None, first=date(2019, 11, 1)):
    return AssistedStatus.objects.create(
        person=obligation.person, category=category, provided_by=provided_by or body(), first=first
    )


def adjust(obligation, when=AT):
    return follow(season=obligation.season, person_ids=[obligation.person_id], at=when)


def live(obligation):
    return Obligation.objects.get(person=obligation.person, ended_at__isnull=True)


def test_an_exemption_before_payment_moves_the_claim_to_the_body(one):
    listed(one)
    assert adjust(one) == Adjusted(1, 0, 0, 0)
    now = live(one)
    assert (now.due_fen, now.body_fen, now.paid_by) == (0, one.due_fen, "treasury")
    assert (now.category, now.listed_by) == ("minimum_living", body())
    assert now.enrolment.state == "exempt"
    assert Refund.objects.count() == 0
    left = balances("320500")
    assert (left["320500:receivable:family"], left["320500:receivable:treasury"]) == (0, one.due_fen)


def test_an_exemption_after_payment_opens_the_refund_and_the_claim_by_itself(one):
    taken = pay(one)
    listed(one)
    assert adjust(one, at("2019-11-25")) == Adjusted(1, 0, 0, 0)
    refund = Refund.objects.get()
    assert (refund.arrival, refund.amount_fen, refund.reason, refund.requested_by) == (
        taken.arrival, one.due_fen, "exempted", None,
    )  # fmt: skip
    now = live(one)
    assert (now.due_fen, now.enrolment.state, now.enrolment.coverage_from) == (0, "exempt", date(2020, 1, 1))
    left = balances("320500")
    assert left["320500:overpaid"] == left["320500:receivable:treasury"] == one.due_fen
    assert left["320500:treasury"] == one.due_fen


def test_adjusting_again_changes_nothing(one):
    pay(one)
    listed(one)
    adjust(one)
    assert adjust(one) == NOTHING
    assert Refund.objects.count() == 1


def test_a_child_on_three_lists_is_claimed_once_from_the_first_body(one):
    union, disabled = organisation("union_federation"), organisation("disabled_federation")
    listed(one, "disabled_hardship", disabled, date(2019, 9, 1))
    listed(one, "minimum_living", None, date(2019, 10, 1))
    listed(one, "temporary_relief", union, date(2019, 9, 15))
    adjust(one)
    assert (live(one).category, live(one).listed_by) == ("minimum_living", body())
    assert balances("320500")["320500:receivable:treasury"] == one.due_fen


def test_a_withdrawn_status_charges_the_family_inside_the_window(suzhou, school):
    (free,) = owed(suzhou, confirmed(suzhou, school, assisted="orphan"))
    AssistedStatus.objects.update(last=date(2019, 11, 14))
    assert adjust(free, at("2019-11-15")) == Adjusted(0, 1, 0, 0)
    now = live(free)
    assert (now.due_fen, now.body_fen, now.enrolment.state) == (free.body_fen, 0, "declared")
    pay(now, at=at("2019-11-20"))
    now.refresh_from_db()
    assert now.is_paid


def test_a_status_withdrawn_after_the_window_leaves_the_child_exempt(suzhou, school):
    (free,) = owed(suzhou, confirmed(suzhou, school, assisted="orphan"))
    AssistedStatus.objects.update(last=date(2019, 12, 14))
    assert adjust(free, at("2019-12-15")) == NOTHING
    assert live(free) == free


def test_a_paid_child_who_is_withdrawn_is_paid_back(one, school):
    pay(one)
    withdraw(enrolment=one.enrolment, reason="随父母迁往外地", by=clerk(school), at=at("2019-11-20"))
    assert adjust(one, at("2019-11-20")) == NOTHING
    assert Refund.objects.get().reason == "withdrawn"
    left = balances("320500")
    assert (left["320500:treasury"], left["320500:overpaid"]) == (0, one.due_fen)


def test_an_unpaid_child_who_is_withdrawn_owes_nothing(one, school):
    actions.withdraw(enrolment=one.enrolment, reason="随父母迁往外地", by=clerk(school), at=AT)
    assert adjust(one) == Adjusted(0, 0, 0, 1)
    assert Refund.objects.count() == 0
    assert set(balances("320500").values()) == {0}
