"""The tax desk accepts, accepts in part, sends back; and what is accepted is owed. 受理申报"""

from __future__ import annotations

import pytest

from tests.declaration.building import (
    AT,
    accepted,
    altered,
    at,
    confirmed,
    frozen,
    officer,
    organisation,
    submitted,
)
from tests.enrolment.building import clerk
from yingbao.agents.models import Desk
from yingbao.collection.billing import bill
from yingbao.collection.models import Obligation
from yingbao.declaration.deciding import accept, accept_in_part, out_of_date, refused_last, send_back
from yingbao.enrolment.actions import withdraw
from yingbao.enrolment.models import Enrolment
from yingbao.ledger.balances import balances
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
LATER = at("2019-11-14")


@pytest.fixture
def three(suzhou, school):
    return [*confirmed(suzhou, school, 2), *confirmed(suzhou, school, 1, assisted="orphan")]


@pytest.fixture
def handed_in(suzhou, school, by, three):
    return submitted(suzhou, school, by)


def states() -> list[str]:
    return list(Enrolment.objects.order_by("pk").values_list("state", flat=True))


def test_an_accepted_list_is_owed_once_however_often_it_is_billed(handed_in, three):
    taken = accept(declaration=handed_in, by=officer(), at=AT)
    assert (taken.state, set(taken.lines.values_list("verdict", flat=True))) == ("accepted", {"accepted"})
    assert states() == ["confirmed"] * 3
    assert len(bill(declaration=taken, at=AT)) == 3
    assert bill(declaration=taken, at=LATER) == bill(season=taken.season, at=LATER) == []
    assert states() == ["declared", "declared", "exempt"]
    free = Obligation.objects.get(due_fen=0)
    assert (free.declaration, free.paid_by, free.category, free.listed_by.kind) == (
        taken, "treasury", "orphan", "civil_affairs",
    )  # fmt: skip
    fee = three[0].premium_fen
    assert balances("320500") == {
        "320500:receivable:family": 2 * fee, "320500:receivable:treasury": fee, "320500:treasury": 3 * fee,
    }  # fmt: skip


def test_the_nightly_bill_finds_what_was_missed_in_the_season(handed_in):
    accept(declaration=handed_in, by=officer(), at=AT)
    assert len(bill(season=handed_in.season, at=LATER)) == 3
    assert states() == ["declared", "declared", "exempt"]


def test_a_bill_is_of_a_declaration_or_a_season():
    with pytest.raises(ValueError, match="is needed"):
        bill(at=AT)


def test_nothing_is_owed_before_the_acceptance_nor_after_a_return(handed_in):
    assert bill(season=handed_in.season, at=AT) == []
    returned = send_back(declaration=handed_in, reason=" 班级  有误 ", by=officer(), at=AT)
    assert (returned.state, returned.reason) == ("returned", "班级 有误")
    assert bill(season=handed_in.season, at=AT) == []
    assert states() == ["confirmed"] * 3


def test_a_refused_line_stays_confirmed_with_its_reason_and_is_declared_again(suzhou, school, by, handed_in, three):
    line = handed_in.lines.get(enrolment=three[0])
    taken = accept_in_part(declaration=handed_in, refused={line.pk: "证件号码有误"}, by=officer(), at=AT)
    bill(declaration=taken, at=AT)
    assert states() == ["confirmed", "declared", "exempt"]
    assert refused_last([one.pk for one in three]) == {three[0].pk: "证件号码有误"}
    again = frozen(suzhou, school, by, LATER)
    assert [line.enrolment for line in again.lines.all()] == [three[0]]
    assert refused_last([three[0].pk]) == {}


def test_refusing_none_or_all_is_no_acceptance_in_part(handed_in):
    every = dict.fromkeys(handed_in.lines.values_list("pk", flat=True), "不符")
    for refused in ({}, every):
        with pytest.raises(Refused, match="No line is left"):
            accept_in_part(declaration=handed_in, refused=refused, by=officer(), at=AT)


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_whoever_refuses_says_why_and_in_short(handed_in, reason):
    line = handed_in.lines.first()
    with pytest.raises(Refused, match="reason"):
        accept_in_part(declaration=handed_in, refused={line.pk: reason}, by=officer(), at=AT)
    with pytest.raises(Refused, match="reason"):
        send_back(declaration=handed_in, reason=reason, by=officer(), at=AT)


def test_a_line_of_another_declaration_cannot_be_refused_here(suzhou, handed_in):
    other = organisation()
    confirmed(suzhou, other)
    theirs = submitted(suzhou, other, clerk(other)).lines.get()
    with pytest.raises(Refused, match="not on this declaration"):
        accept_in_part(declaration=handed_in, refused={theirs.pk: "不符"}, by=officer(), at=AT)


def test_only_the_tax_authority_of_the_same_pooling_area_decides(handed_in, school):
    agency = clerk(organisation("insurance_agency"))
    for stranger in (clerk(school), agency, officer("500103")):
        with pytest.raises(Refused, match="belongs to"):
            accept(declaration=handed_in, by=stranger, at=AT)
        with pytest.raises(Refused, match="belongs to"):
            send_back(declaration=handed_in, reason="不符", by=stranger, at=AT)
    handed_in.refresh_from_db()
    assert handed_in.state == "submitted"


def test_who_made_or_submitted_a_list_never_decides_on_it(handed_in, by):
    """Even someone who later moved to the tax authority."""
    moved = officer()
    moved.user = by.user
    assert moved.desk == Desk.TAX
    with pytest.raises(Refused, match="does not decide"):
        accept(declaration=handed_in, by=moved, at=AT)


def test_a_list_that_is_only_frozen_cannot_be_decided_on(suzhou, school, by, three):
    made = frozen(suzhou, school, by)
    with pytest.raises(Refused, match="to be submitted"):
        accept(declaration=made, by=officer(), at=AT)


def test_accepting_twice_keeps_the_first_officers_word(handed_in):
    first = officer()
    accept(declaration=handed_in, by=first, at=AT)
    again = accept(declaration=handed_in, by=officer(), at=LATER)
    assert (again.decided_by, again.decided_at) == (first.user, AT)
    with pytest.raises(Refused, match="accepted"):
        send_back(declaration=handed_in, reason="不符", by=officer(), at=LATER)


def test_lines_that_were_altered_are_not_accepted(handed_in):
    altered(handed_in.lines.first(), "name", "李小红")
    with pytest.raises(Refused, match="digest"):
        accept(declaration=handed_in, by=officer(), at=AT)
    assert send_back(declaration=handed_in, reason="摘要不符", by=officer(), at=AT).state == "returned"


def test_a_child_withdrawn_after_submitting_has_to_be_refused(handed_in, three, by):
    withdraw(enrolment=three[1], reason="转学", by=by, at=AT)
    line = handed_in.lines.get(enrolment=three[1])
    assert out_of_date(handed_in) == {line.pk: line.name}
    with pytest.raises(Refused, match="1 children changed"):
        accept(declaration=handed_in, by=officer(), at=AT)
    taken = accept_in_part(declaration=handed_in, refused={line.pk: "已撤回"}, by=officer(), at=AT)
    assert len(bill(declaration=taken, at=AT)) == 2


def test_sums_that_changed_after_submitting_are_not_accepted(handed_in, three):
    Enrolment.objects.filter(pk=three[0].pk).update(
        self_paid_fen=0, subsidised_fen=three[0].premium_fen, paid_by="treasury"
    )
    with pytest.raises(Refused, match="changed"):
        accept(declaration=handed_in, by=officer(), at=AT)


def test_a_child_that_is_no_longer_confirmed_is_not_billed(suzhou, school, by):
    (one,) = confirmed(suzhou, school)
    taken = accepted(suzhou, school, by)
    Enrolment.objects.filter(pk=one.pk).update(state="determined")
    assert bill(declaration=taken, at=AT) == []
