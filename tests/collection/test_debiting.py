"""Direct debits: agreements, batches, results, returns days later, and the same told twice. 批扣"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from tests.collection.bank import ON, account, booked, declared, line, mandate, owed
from tests.collection.building import pay
from tests.declaration.building import officer
from tests.enrolment.building import AT, at, body, clerk, organisation
from yingbao.agents.models import Appointment
from yingbao.collection import mandates, receipting
from yingbao.collection.adjusting import follow
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.debit_results import AnswerFacts, ResultFacts, take_results
from yingbao.collection.debiting import items_of, make_batch, mark_sent, ready, ready_sum
from yingbao.collection.lifecycle import DebitState
from yingbao.collection.mandates import Signed
from yingbao.collection.models import Alarm, Arrival, DebitBatch, DebitItem, Mandate, Receipt, Refund
from yingbao.enrolment.determining import determine_people
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.people.models import AssistedStatus
from yingbao.sealing import sealed
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
AREA = "320500"


@pytest.fixture(autouse=True)
def _sound(suzhou):
    """Whatever a test does, the book has to be right at its end."""
    yield
    assert examine(INVARIANTS) == []


@pytest.fixture
def by(suzhou) -> Appointment:
    return officer()


@pytest.fixture
def two(suzhou):
    """A declaration of two children, by debit, with a verified agreement."""
    school = organisation(name="星海学校")
    mandate(school)
    return declared(suzhou, 2, method="debit", school=school)


def batch(by: Appointment, on: date = ON) -> DebitBatch:
    made = make_batch(pooling_area=AREA, account=account(), collect_on=on, by=by, at=AT)
    mark_sent(batch=made, by=by, at=AT)
    return made


def result(item: DebitItem, outcome: str, on: date = ON, **more) -> ResultFacts:
    reason = "" if outcome == "succeeded" else "余额不足"
    return ResultFacts(item.end_to_end, outcome, reason, on, item.amount_fen, 2)._replace(**more)


def told(*lines: ResultFacts, by: Appointment, when=AT, **more):
    sha = hashlib.sha256(repr((lines, more)).encode()).digest()
    file = AnswerFacts(sha, "回盘.csv", "csv", list(lines))._replace(**more)
    return take_results(pooling_area=AREA, file=file, by=by, at=when)


def states(rows: Sequence[DebitItem] | None = None) -> list[str]:
    return [one.state for one in rows or DebitItem.objects.order_by("pk")]


def test_an_agreement_is_sealed_and_verified_by_another_authority():
    school = organisation()
    made = mandate(school)
    assert (made.state, made.account_masked) == ("verified", "6222****7766")
    assert sealed.unseal(made.account_cipher) == "6222020200099887766"


def test_an_agreement_is_refused_or_ended_with_a_reason_and_another_can_follow(by):
    school = organisation()
    first = mandate(school, verified=False)
    with pytest.raises(Refused, match="no reason"):
        mandates.refuse(mandate=first, reason=" ", by=by, at=AT)
    mandates.refuse(mandate=first, reason="户名不符", by=by, at=AT)
    second = mandate(school, "XY2")
    with pytest.raises(Refused, match="active agreement"):
        mandate(school, "XY3")
    mandates.end(mandate=second, reason="换银行", by=clerk(school), at=AT)
    mandate(school, "XY3")
    assert sorted(Mandate.objects.values_list("state", flat=True)) == ["ended", "refused", "verified"]


@pytest.mark.parametrize(
    ("column", "value"),
    [("account", "12 34"), ("number", "协议1"), ("holder", " "), ("bank_code", "12"), ("signed_on", date(2019, 12, 1))],
)
def test_what_cannot_stand_in_a_banks_file_is_refused_when_it_is_entered(column, value):
    school = organisation()
    signed = Signed("XY1", date(2019, 10, 8), "演示银行", "", school.name, "6222020200099887766")
    with pytest.raises(Refused):
        mandates.enter(signed=signed._replace(**{column: value}), by=clerk(school), at=AT)
    assert not Mandate.objects.exists()


def test_a_school_cannot_verify_and_an_officer_cannot_enter(by):
    made = mandate(organisation(), verified=False)
    with pytest.raises(Refused, match="tax officers"):
        mandates.verify(mandate=made, by=clerk(organisation()), at=AT)
    with pytest.raises(Refused, match="only a school"):
        mandates.enter(signed=Signed("X", ON, "b", "", "h", "12345678"), by=by, at=AT)


def test_a_batch_freezes_what_is_unpaid_of_every_declaration_that_can_be_debited(suzhou, two, by):
    declared(suzhou, 1, method="debit")
    declared(suzhou, 1)
    waiting = organisation()
    mandate(waiting, "XY9", verified=False)
    declared(suzhou, 1, method="debit", school=waiting)
    pay(owed(two)[0])
    made = batch(by)
    (item,) = items_of(made)
    assert (item.declaration, item.amount_fen, item.heads) == (two, owed(two)[1].due_fen, 1)
    assert (made.total_fen, made.heads, made.number) == (item.amount_fen, 1, "K320500191112001")
    assert item.end_to_end == "K3205001911120010001"


def test_a_declaration_is_in_one_batch_at_a_time(two, by):
    batch(by)
    assert ready(pooling_area=AREA) == []
    assert ready_sum(pooling_area=AREA) == (0, 0)
    with pytest.raises(Refused, match="no declaration to debit"):
        batch(by)


def test_a_day_that_is_over_or_another_areas_account_makes_no_batch(two, by):
    with pytest.raises(Refused, match="over"):
        batch(by, ON - timedelta(days=1))
    foreign = account("500103", "50010361000000088002")
    with pytest.raises(Refused, match="another area"):
        make_batch(pooling_area=AREA, account=foreign, collect_on=ON, by=by, at=AT)


def test_a_debit_that_succeeds_pays_its_children_and_the_banks_payout_clears_it(two, by):
    made = batch(by)
    (item,) = items_of(made)
    taken = told(result(item, "succeeded"), by=by)
    assert (taken.answer.succeeded, states()) == (1, ["succeeded"])
    assert {one.is_paid for one in owed(two)} == {True}
    assert balances(AREA)["320500:debit:105305000018"] == item.amount_fen
    booked(line(item.amount_fen, f"批量代扣 {made.number} 1笔"))
    assert balances(AREA)["320500:debit:105305000018"] == 0


def test_a_payout_without_the_batchs_number_is_told_by_its_sum_once_results_are_in(two, by):
    (item,) = items_of(batch(by))
    booked(line(item.amount_fen, "批量代扣 debit000001 1笔"))
    assert Arrival.objects.get().suspense_fen == item.amount_fen
    told(result(item, "succeeded"), by=by)
    assert balances(AREA)["320500:debit:105305000018"] == balances(AREA)["320500:suspense"] == 0


def test_a_payout_of_a_batch_twice_waits_and_calls_a_person(two, by):
    made = batch(by)
    (item,) = items_of(made)
    told(result(item, "succeeded"), by=by)
    text = f"批量代扣 {made.number}"
    booked(line(item.amount_fen, text), line(item.amount_fen, text))
    assert Arrival.objects.get(way="transfer").suspense_fen == item.amount_fen
    assert "超过" in Alarm.objects.get().said


def test_the_same_result_file_twice_gets_the_first_answer(two, by):
    (item,) = items_of(batch(by))
    first = told(result(item, "succeeded"), by=by)
    again = told(result(item, "succeeded"), by=by)
    assert (again.fresh, again.answer) == (False, first.answer)
    assert Arrival.objects.count() == 1


def test_the_same_result_in_another_file_changes_nothing(two, by):
    (item,) = items_of(batch(by))
    told(result(item, "succeeded"), by=by)
    again = told(result(item, "succeeded"), by=by, name="回盘-2.csv")
    assert (again.fresh, again.answer.known, again.answer.succeeded) == (True, 1, 0)
    assert Arrival.objects.count() == 1


def test_a_debit_that_failed_can_be_sent_anew(two, by):
    (item,) = items_of(batch(by))
    told(result(item, "failed"), by=by)
    item.refresh_from_db()
    assert (item.state, item.reason, {one.is_paid for one in owed(two)}) == (DebitState.FAILED, "余额不足", {False})
    (again,) = items_of(batch(by))
    assert (again.end_to_end, states()) == ("K3205001911120020001", ["failed", "pending"])


@pytest.mark.parametrize("word", ["returned", "failed"])
def test_a_success_returned_days_later_is_owed_again_and_its_receipts_are_void(two, by, word):
    (item,) = items_of(batch(by))
    told(result(item, "succeeded"), by=by)
    receipting.issue_all(pooling_area=AREA, at=AT)
    assert Receipt.objects.filter(voided_at__isnull=True).count() == 2
    later = at("2019-11-20")
    taken = told(result(item, word, on=later.date()), by=by, when=later)
    item.refresh_from_db()
    assert (taken.answer.returned, item.state, item.returned_on) == (1, "returned", later.date())
    assert {(one.paid_fen, one.enrolment.state) for one in owed(two)} == {(0, "declared")}
    assert not Receipt.objects.filter(voided_at__isnull=True).exists()
    assert balances(AREA)["320500:debit:105305000018"] == 0
    assert [one.pk for one, _, _ in ready(pooling_area=AREA)] == [two.pk]
    assert ready_sum(pooling_area=AREA) == (1, sum(fen for _, _, fen in ready(pooling_area=AREA)))


def test_a_return_told_twice_is_reversed_once_and_the_banks_line_takes_it_out(two, by):
    made = batch(by)
    (item,) = items_of(made)
    told(result(item, "succeeded"), by=by)
    booked(line(item.amount_fen, f"批量代扣 {made.number}"))
    later = at("2019-11-20")
    told(result(item, "returned", on=later.date()), by=by, when=later)
    again = told(result(item, "returned", on=later.date()), by=by, when=later, name="b.csv")
    assert again.answer.known == 1
    out = line(item.amount_fen, f"代扣退回 {item.end_to_end} 余额不足", incoming=False, on=ON + timedelta(days=1))
    assert booked(out).counts == {"debit_return": 1}
    left = balances(AREA)
    assert left["320500:debit:105305000018"] == left[f"320500:bank:{account().pk}"] == 0


def test_an_old_success_told_again_after_the_return_changes_nothing(two, by):
    (item,) = items_of(batch(by))
    told(result(item, "succeeded"), by=by)
    told(result(item, "returned", on=ON + timedelta(days=5)), by=by)
    assert told(result(item, "succeeded"), by=by, name="again.csv").answer.known == 1
    assert states() == ["returned"]


def test_a_success_after_a_failure_contradicts_and_keeps_the_file_out(two, by):
    (item,) = items_of(batch(by))
    told(result(item, "failed"), by=by)
    with pytest.raises(Refused, match="now succeeds"):
        told(result(item, "succeeded"), by=by)
    assert (states(), Alarm.objects.get().kind) == (["failed"], "conflict")


def test_a_child_exempted_after_the_batch_was_made_gets_its_money_back(suzhou, two, by):
    (item,) = items_of(batch(by))
    free, _ = owed(two)
    AssistedStatus.objects.create(
        person=free.person, category="minimum_living", provided_by=body(), first=date(2019, 1, 1)
    )
    determine_people(season=suzhou, person_ids=[free.person_id], as_of=ON, at=AT)
    follow(season=suzhou, person_ids=[free.person_id], at=AT)
    told(result(item, "succeeded"), by=by)
    arrival = Arrival.objects.get()
    assert (arrival.allocated_fen, arrival.overpaid_fen) == (item.amount_fen // 2, item.amount_fen // 2)
    assert Refund.objects.get().amount_fen == item.amount_fen // 2


def test_a_child_whose_parent_paid_after_the_batch_was_made_is_paid_once(two, by):
    (item,) = items_of(batch(by))
    pay(owed(two)[0])
    told(result(item, "succeeded"), by=by)
    assert Arrival.objects.get(way="debit").overpaid_fen == item.amount_fen // 2
    assert Refund.objects.get().reason == "duplicate"


@pytest.mark.parametrize(
    "wrong", [{"end_to_end": "K3205001911129990001"}, {"amount_fen": 1}], ids=["unknown", "another sum"]
)
def test_one_wrong_row_keeps_the_whole_file_out(suzhou, two, by, wrong):
    school = organisation()
    mandate(school, "XY2")
    declared(suzhou, 1, method="debit", school=school)
    one, other = items_of(batch(by))
    with pytest.raises(Refused):
        told(result(one, "succeeded"), result(other, "succeeded")._replace(**wrong), by=by)
    assert states() == ["pending", "pending"]
    assert not Arrival.objects.exists()


def test_a_batch_that_the_bank_refused_fails_as_a_whole(two, by):
    made = batch(by)
    told(by=by, batch=made.number, refused="批次号重复")
    assert [(one.state, one.reason) for one in items_of(made)] == [("failed", "批次号重复")]


def test_what_is_only_accepted_changes_nothing_yet(two, by):
    batch(by)
    assert told(by=by, waiting=1).answer.waiting == 1
    assert states() == ["pending"]


def test_the_result_of_a_batch_that_was_never_handed_out_is_refused(two, by):
    made = make_batch(pooling_area=AREA, account=account(), collect_on=ON, by=by, at=AT)
    with pytest.raises(Refused, match="never handed out"):
        told(result(items_of(made)[0], "succeeded"), by=by)


def test_another_areas_officer_cannot_take_results(two, by):
    (item,) = items_of(batch(by))
    with pytest.raises(Refused, match="tax officers"):
        told(result(item, "succeeded"), by=officer("500103"))
