"""Sequences that a hostile reader tried on the money: none loses, invents or buries a fen. 资金审查"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.collection.bank import account
from tests.collection.building import confirmed, owed, pay, told
from tests.declaration.building import officer
from tests.enrolment.building import AT, at, child, clerk, organisation
from yingbao.collection.adjusting import follow
from yingbao.collection.advising import settle
from yingbao.collection.arriving import hold, match
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.closing import ask_close, confirm_close
from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import Allocation, Obligation, Payment, Refund
from yingbao.collection.refunding import approve, ask_again, heard, reject, submit
from yingbao.collection.releasing import reverse, unmatch
from yingbao.declaration.deciding import accept
from yingbao.declaration.freezing import freeze
from yingbao.declaration.freezing import submit as submit_list
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import open_enrolments
from yingbao.enrolment.taking import cover
from yingbao.jobs.money import settle_the_night
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.ledger.closing import close_day, last_closed
from yingbao.people.models import AssistedStatus
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
AFTER = at("2019-12-02")


@pytest.fixture
def collectors(suzhou):
    bureau = organisation("tax_authority")
    return clerk(bureau), clerk(bureau)


@pytest.fixture
def one(suzhou, school):
    (obligation,) = owed(suzhou, confirmed(suzhou, school))
    return obligation


def test_the_same_sum_goes_back_twice_of_one_transfer_and_both_are_booked(one, collectors):
    transfer = hold(told("line:1", 2 * one.due_fen, way="transfer"), why="unidentified", at=AT).arrival
    match(transfer, obligations=[one.pk], at=AT)
    match(transfer, obligations=[], at=AT, rest_overpaid=True)
    approve(refund=Refund.objects.get(), by=collectors[0], at=AT)
    unmatch(allocations=list(Allocation.objects.all()), at=AT, by=collectors[0].user)
    match(transfer, obligations=[], at=AT, rest_overpaid=True)
    transfer.refresh_from_db()
    assert (transfer.suspense_fen, transfer.overpaid_fen, transfer.refunded_fen) == (0, one.due_fen, one.due_fen)
    assert balances("320500")["320500:suspense"] == 0
    assert examine(INVARIANTS) == []


def test_an_undone_match_leaves_the_payment_alone_that_took_its_place(one, collectors):
    transfer = hold(told("line:1", one.due_fen, way="transfer"), why="unidentified", at=AT).arrival
    match(transfer, obligations=[one.pk], at=AT)
    stale = Allocation.objects.get()
    unmatch(allocations=[stale], at=AT, by=collectors[0].user)
    pay(one)
    unmatch(allocations=[stale], at=AT, by=collectors[0].user)
    one.refresh_from_db()
    assert one.is_paid
    assert examine(INVARIANTS) == []


@pytest.fixture
def debit(one, school):
    """A debit that paid for one child and in part has to go back."""
    transfer = hold(told("debit:1", 2 * one.due_fen, way="debit"), why="", at=AT).arrival
    match(transfer, obligations=[one.pk], at=AT, rest_overpaid=True)
    transfer.refresh_from_db()
    return transfer


def test_a_refund_that_was_only_approved_does_not_go_out_once_its_debit_came_back(debit, collectors):
    refund = approve(refund=Refund.objects.get(), by=collectors[0], at=AT)
    reverse(arrival=debit, key="return:1", returned_fen=debit.amount_fen, at=at("2019-11-18"))
    refund.refresh_from_db()
    assert refund.state == "dropped"
    assert submit(refunds=[refund.pk], at=at("2019-11-18")) == []
    left = balances("320500")
    assert left["320500:transit"] == left["320500:overpaid"] == left.get("320500:unexplained", 0) == 0
    assert left["320500:channel:debit"] == 0
    assert examine(INVARIANTS) == []


def test_a_refund_that_fails_after_its_debit_came_back_leaves_nothing_to_explain(debit, collectors):
    refund = approve(refund=Refund.objects.get(), by=collectors[0], at=AT)
    submit(refunds=[refund.pk], at=AT)
    reverse(arrival=debit, key="return:1", returned_fen=debit.amount_fen, at=at("2019-11-18"))
    assert balances("320500")["320500:unexplained"] == refund.amount_fen
    heard(number=refund.number, outcome=RefundState.ABNORMAL, at=at("2019-11-19"), said="户名不符")
    debit.refresh_from_db()
    assert (debit.overpaid_fen, debit.refunded_fen, debit.suspense_fen) == (0, 0, 0)
    assert set(balances("320500").values()) == {0, one_due(debit)}
    told_again = heard(number=refund.number, outcome=RefundState.ABNORMAL, at=at("2019-11-20"))
    assert told_again.state == "dropped"
    assert examine(INVARIANTS) == []


def one_due(debit):
    return debit.amount_fen // 2


def test_a_rejected_refund_can_be_asked_for_again_and_is_paid_once(one, collectors):
    maker, checker = collectors
    pay(one)
    pay(one, "alipay:1:t2", way="alipay")
    refused = reject(refund=Refund.objects.get(), note="先核实付款人", by=checker, at=AT)
    again = ask_again(refund=refused, note="已核实", by=maker, at=at("2019-11-13"))
    assert (again.amount_fen, again.obligation_id, again.reason) == (one.due_fen, one.pk, "duplicate")
    with pytest.raises(Refused, match="waits already"):
        ask_again(refund=refused, note="再来一次", by=maker, at=at("2019-11-13"))
    with pytest.raises(Refused, match="cannot approve"):
        approve(refund=again, by=maker, at=at("2019-11-13"))
    approve(refund=again, by=checker, at=at("2019-11-13"))
    with pytest.raises(Refused, match="waits already"):
        ask_again(refund=refused, note="再来一次", by=maker, at=at("2019-11-14"))
    assert examine(INVARIANTS) == []


def test_only_a_rejected_refund_is_asked_for_again(one, collectors):
    pay(one)
    pay(one, "alipay:1:t2", way="alipay")
    with pytest.raises(Refused, match="to be approved"):
        ask_again(refund=Refund.objects.get(), note="催办", by=collectors[0], at=AT)


def test_a_season_closes_though_later_days_of_its_book_were_closed_before(one, collectors):
    asked = ask_close(season=one.season, by=collectors[0], at=AFTER)
    close_day(
        book="320500", day=date(2019, 12, 1), by=collectors[0].user_id, confirmed_by=collectors[1].user_id, at=AFTER
    )
    assert confirm_close(close=asked, by=collectors[1], at=AFTER).lapsed == 1
    assert last_closed("320500") == date(2019, 12, 1)
    assert examine(INVARIANTS) == []


def test_a_debit_that_comes_back_after_the_close_ends_what_nobody_can_pay_any_more(one, collectors):
    transfer = hold(told("debit:1", one.due_fen, way="debit"), why="", at=AT).arrival
    match(transfer, obligations=[one.pk], at=AT)
    confirm_close(close=ask_close(season=one.season, by=collectors[0], at=AFTER), by=collectors[1], at=AFTER)
    reverse(arrival=transfer, key="return:1", returned_fen=transfer.amount_fen, at=at("2019-12-03"))
    one.refresh_from_db()
    assert one.enrolment.state == "declared"
    settle_the_night(at=at("2019-12-04", 2))
    one.refresh_from_db()
    assert (one.ended_because, one.enrolment.state) == ("lapsed", "lapsed")
    assert balances("320500")["320500:receivable:family"] == 0
    assert examine(INVARIANTS) == []


def test_nobody_lapses_by_night_before_the_close_is_confirmed(one, collectors):
    ask_close(season=one.season, by=collectors[0], at=AFTER)
    settle_the_night(at=at("2019-12-04", 2))
    one.refresh_from_db()
    assert one.ended_at is None


def test_a_close_waits_for_orders_and_debits_whose_outcome_is_not_known(one, collectors):
    Payment.objects.create(
        pooling_area="320500", number="P1", token="t", channel="card", kind="counter", total_fen=1, state="unknown",
        created_at=at("2019-11-30", 22), expires_at=at("2019-11-30", 23),
    )  # fmt: skip
    with pytest.raises(Refused, match="outcome of 1 orders"):
        ask_close(season=one.season, by=collectors[0], at=AFTER)


def test_a_covered_child_whose_status_is_withdrawn_stays_covered_and_owes_nothing(suzhou, community):
    person = child(
        None, born=date(2019, 12, 5), registered=at("2019-12-06").date(), assisted="orphan", document="resident_id"
    )
    AssistedStatus.objects.update(first=date(2019, 12, 5))
    open_enrolments(season=suzhou, organisation=community, person_ids=[person.pk], at=at("2019-12-10"))
    determine_people(season=suzhou, person_ids=[person.pk], as_of=date(2019, 12, 10), at=at("2019-12-10"))
    enrolment = Enrolment.objects.get(person=person)
    confirm(enrolments=[enrolment], by=clerk(enrolment.organisation), at=at("2019-12-10"))
    enrolment.refresh_from_db()
    (free,) = owed(suzhou, [enrolment], at=at("2019-12-10"))
    assert free.due_fen == 0
    cover(season=suzhou, on=date(2020, 2, 1), at=at("2020-02-01"))
    AssistedStatus.objects.update(last=date(2020, 2, 10))
    follow(season=suzhou, person_ids=[person.pk], at=at("2020-02-15"))
    enrolment.refresh_from_db()
    assert enrolment.state == "covered"
    assert Obligation.objects.get(person=person, ended_at__isnull=True) == free
    assert examine(INVARIANTS) == []


def test_a_policy_file_that_changed_asks_nobody_to_pay_anew_who_could_not(one, tmp_path, monkeypatch):
    pay(one)
    shutil.copytree(Path(__file__).parents[2] / "policies", tmp_path / "policies")
    file = tmp_path / "policies" / "320500-suzhou" / "2020.yaml"
    file.write_text(file.read_text("utf-8").replace(str(one.due_fen), str(one.due_fen - 1000)), "utf-8")
    monkeypatch.setenv("YINGBAO_POLICIES", str(tmp_path / "policies"))
    assert follow(season=one.season, person_ids=[one.person_id], at=at("2019-12-15")).repriced == 0
    one.refresh_from_db()
    assert (one.ended_at, one.enrolment.state) == (None, "paid")
    assert follow(season=one.season, person_ids=[one.person_id], at=at("2019-11-20")).repriced == 1
    assert (Refund.objects.get().amount_fen, Refund.objects.get().reason) == (one.due_fen, "overpaid")
    again = Obligation.objects.get(ended_at__isnull=True)
    assert (again.due_fen, again.enrolment.state) == (one.due_fen - 1000, "declared")
    assert examine(INVARIANTS) == []


def test_a_transfer_that_came_before_its_declaration_was_accepted_is_matched_by_night(suzhou, school):
    account()
    confirmed(suzhou, school, 2)
    by = clerk(school)
    frozen = submit_list(
        declaration=freeze(season=suzhou, organisation=school, method="transfer", by=by, at=AT), by=by, at=AT
    )
    transfer = told("line:1", frozen.self_paid_fen, way="transfer")._replace(text=frozen.reference)
    hold(transfer, why="unidentified", at=AT)
    settle_the_night(at=at("2019-11-13", 2))
    assert not Obligation.objects.exists()
    accept(declaration=frozen, by=officer(), at=at("2019-11-13"))
    assert settle_the_night(at=at("2019-11-14", 2)) == []
    assert [one.is_paid for one in Obligation.objects.all()] == [True, True]
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"paid"}


def test_who_says_that_the_rest_of_a_transfer_goes_back_does_not_approve_that(one, collectors):
    maker, checker = collectors
    transfer = hold(told("line:1", one.due_fen + 500, way="transfer"), why="unidentified", at=AT).arrival
    settle(arrival=transfer, obligations=[one.pk], by=maker, at=AT, rest_overpaid=True)
    with pytest.raises(Refused, match="cannot approve"):
        approve(refund=Refund.objects.get(), by=maker, at=AT)
    assert approve(refund=Refund.objects.get(), by=checker, at=AT).state == "approved"
