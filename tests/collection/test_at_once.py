"""Two who move the same money in the same second: each ends as if the other had come first. 并发资金"""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import transaction

from tests.collection.building import confirmed, owed, told
from tests.enrolment.building import AT, body, clerk, organisation
from tests.enrolment.test_two_clerks import together, until_waiting
from yingbao.collection.adjusting import follow
from yingbao.collection.arriving import hold, match
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Allocation, Obligation, Receipt
from yingbao.collection.receipting import issue
from yingbao.collection.releasing import reverse, unmatch
from yingbao.enrolment.seasons import open_season
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.people.models import AssistedStatus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def matched():
    """What a debit paid for one child."""
    season = open_season(policy_id="320500/2020", at=AT)
    (one,) = owed(season, confirmed(season, organisation(name="星海学校")))
    match(hold(told("debit:1", one.due_fen, way="debit"), why="", at=AT).arrival, obligations=[one.pk], at=AT)
    return Allocation.objects.select_related("arrival", "obligation__season").get()


def one_inside_the_other(first, second):
    """The second begins when the first is done and not yet committed; the first commits when the second waits."""
    done = threading.Event()

    def outer():
        with transaction.atomic():
            first()
            done.set()
            until_waiting(1)

    def inner():
        done.wait(30)
        return second()

    return together(outer, inner)


def test_no_receipt_is_issued_for_money_that_is_released_in_the_same_second(matched):
    officer = clerk(organisation("tax_authority")).user
    outcomes = one_inside_the_other(
        lambda: unmatch(allocations=[matched], at=AT, by=officer), lambda: issue(pooling_area="320500", at=AT)
    )
    assert outcomes == [None, []]
    assert Receipt.objects.count() == 0
    assert examine(INVARIANTS) == []


def test_a_debit_that_comes_back_while_its_child_becomes_exempt_is_reversed_once(matched):
    child, arrival = matched.obligation.person, matched.arrival
    AssistedStatus.objects.create(person=child, category="minimum_living", provided_by=body(), first=date(2019, 11, 1))
    outcomes = one_inside_the_other(
        lambda: follow(season=matched.obligation.season, person_ids=[child.pk], at=AT),
        lambda: reverse(arrival=arrival, key="return:1", returned_fen=arrival.amount_fen, at=AT),
    )
    assert outcomes == [None, []]
    assert Obligation.objects.get(ended_at__isnull=True).due_fen == 0
    left = balances("320500")
    assert left["320500:channel:debit"] == left["320500:receivable:family"] == left["320500:overpaid"] == 0
    assert examine(INVARIANTS) == []
