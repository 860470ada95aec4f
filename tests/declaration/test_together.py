"""Two at the same list in the same second: once. 并发申报"""

from __future__ import annotations

import pytest

from tests.declaration.building import AT, clerk, confirmed, frozen, officer, submitted
from tests.enrolment.test_two_clerks import during, together
from yingbao.collection.billing import bill
from yingbao.collection.models import Obligation
from yingbao.declaration.deciding import accept, out_of_date, send_back
from yingbao.declaration.freezing import discard, submit
from yingbao.declaration.models import Declaration
from yingbao.enrolment.actions import withdraw
from yingbao.enrolment.models import Enrolment
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_clerks_who_freeze_in_the_same_second_make_one_list(suzhou, school):
    confirmed(suzhou, school, 5)
    clerks = [clerk(school) for _ in range(3)]
    outcomes = together(*[lambda by=by: frozen(suzhou, school, by) for by in clerks])
    assert sum(isinstance(outcome, Declaration) for outcome in outcomes) == 1
    told = [outcome for outcome in outcomes if not isinstance(outcome, Declaration)]
    assert all(isinstance(outcome, Refused) for outcome in told), told
    assert Declaration.objects.get().heads == 5


def test_one_submits_while_another_discards_and_one_of_them_is_told(suzhou, school):
    confirmed(suzhou, school)
    first, second = clerk(school), clerk(school)
    made = frozen(suzhou, school, first)
    outcomes = together(
        lambda: submit(declaration=made, by=first, at=AT), lambda: discard(declaration=made, by=second, at=AT)
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    made.refresh_from_db()
    assert made.state == ("discarded" if isinstance(outcomes[0], Refused) else "submitted")


def test_two_officers_decide_once_and_what_is_accepted_is_owed_once(suzhou, school, by):
    confirmed(suzhou, school, 5)
    made = submitted(suzhou, school, by)
    first, second = officer(), officer()

    def take(who):
        bill(declaration=accept(declaration=made, by=who, at=AT), at=AT)

    outcomes = together(
        lambda: take(first), lambda: take(second), lambda: bill(season=suzhou, at=AT), lambda: take(first)
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert Obligation.objects.count() == 5
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"declared"}


def test_one_officer_accepts_while_another_sends_back_and_one_of_them_is_told(suzhou, school, by):
    confirmed(suzhou, school)
    made = submitted(suzhou, school, by)
    first, second = officer(), officer()
    outcomes = together(
        lambda: accept(declaration=made, by=first, at=AT),
        lambda: send_back(declaration=made, reason="不符", by=second, at=AT),
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1


def test_who_accepts_waits_for_a_withdrawal_and_is_told_of_it(suzhou, school, by):
    one, _ = confirmed(suzhou, school, 2)
    made = submitted(suzhou, school, by)
    taker = officer()
    outcome = during(
        lambda: withdraw(enrolment=one, reason="转学", by=by, at=AT),
        lambda: accept(declaration=made, by=taker, at=AT),
    )
    assert isinstance(outcome, Refused)
    assert len(out_of_date(made)) == 1


def test_who_freezes_waits_for_a_withdrawal_and_leaves_the_child_out(suzhou, school, by):
    one, other = confirmed(suzhou, school, 2)
    second = clerk(school)
    made = during(lambda: withdraw(enrolment=one, reason="转学", by=by, at=AT), lambda: frozen(suzhou, school, second))
    assert list(made.lines.values_list("enrolment", flat=True)) == [other.pk]
