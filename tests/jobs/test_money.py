"""What the money does by itself: a late list pays a family back and corrects the declaration. 夜间资金任务"""

from __future__ import annotations

import pytest
from django.db import connection

from tests.collection.building import confirmed, pay
from tests.enrolment.building import AT, at, body, clerk, organisation
from tests.enrolment.conftest import school, suzhou
from yingbao.collection.billing import bill
from yingbao.collection.models import Obligation, Refund
from yingbao.declaration.deciding import accept
from yingbao.declaration.freezing import freeze, submit
from yingbao.declaration.models import Declaration
from yingbao.enrolment.models import Enrolment
from yingbao.jobs.assisted import after_statuses
from yingbao.jobs.money import settle_the_night
from yingbao.people.models import AssistedStatus

pytestmark = pytest.mark.django_db
__all__ = ["school", "suzhou"]


@pytest.fixture
def declared(suzhou, school):
    """Three children of a school, declared and accepted."""
    confirmed(suzhou, school, 3)
    of_school, collector = clerk(school), clerk(organisation("tax_authority"))
    frozen = freeze(season=suzhou, organisation=school, method="transfer", by=of_school, at=AT)
    submit(declaration=frozen, by=of_school, at=AT)
    accept(declaration=frozen, by=collector, at=AT)
    bill(declaration=frozen, at=AT, by=collector.user)
    return list(Obligation.objects.order_by("pk"))


def test_what_was_accepted_and_not_billed_is_billed_at_night(suzhou, school):
    confirmed(suzhou, school, 2)
    of_school, collector = clerk(school), clerk(organisation("tax_authority"))
    frozen = freeze(season=suzhou, organisation=school, method="transfer", by=of_school, at=AT)
    submit(declaration=frozen, by=of_school, at=AT)
    accept(declaration=frozen, by=collector, at=AT)
    assert settle_the_night(at=AT) == []
    assert Obligation.objects.count() == 2


def test_a_list_after_payment_opens_refund_claim_and_supplement_by_itself(suzhou, declared):
    first = declared[0]
    pay(first)
    AssistedStatus.objects.create(person=first.person, category="orphan", provided_by=body(), first=AT.date())
    after_statuses(season=suzhou, person_ids=[first.person_id], at=at("2019-11-25"))
    assert Refund.objects.get().reason == "exempted"
    supplement = Declaration.objects.get(ordinal=2)
    assert (supplement.state, supplement.frozen_by, supplement.corrections) == ("submitted", None, 1)
    assert Enrolment.objects.get(person=first.person).state == "exempt"
    assert settle_the_night(at=at("2019-11-26")) == []
    assert Declaration.objects.count() == 2


def test_cover_begins_at_night_for_who_is_paid(suzhou, declared):
    pay(declared[0])
    assert settle_the_night(at=at("2019-12-31")) == []
    assert Enrolment.objects.filter(state="covered").count() == 0
    assert settle_the_night(at=at("2020-01-01")) == []
    assert Enrolment.objects.get(state="covered").person == declared[0].person


def test_the_night_names_what_does_not_hold(suzhou, declared, caplog):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE collection_obligation SET due_fen = due_fen + 1")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert "owed.ledger_says_the_same" in {finding.invariant.id for finding in settle_the_night(at=AT)}
    assert "owed.ledger_says_the_same" in caplog.text
