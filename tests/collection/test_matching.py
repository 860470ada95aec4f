"""Transfers find their children: exact, short, over, unknown, wrong, twice, late, and two officers at once. 匹配"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connection

from tests.collection.bank import ON, booked, declared, line, owed
from tests.declaration.building import officer
from tests.enrolment.building import AT, at, clerk, organisation
from yingbao.collection import advising, refunding
from yingbao.collection.advising import advise, settle, undo
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.matching import match_by_reference
from yingbao.collection.models import Advice, Allocation, Arrival, Obligation, Refund
from yingbao.collection.suggesting import EXACT, NAMED, SAME_ACCOUNT, SAME_NAME, suggest, waiting
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.values.refusal import Refused

AREA = "320500"


@pytest.fixture
def sound(db):
    """Whatever a test does, the book has to be right at its end."""
    yield
    assert examine(INVARIANTS) == []


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sound")]


def matched(**more):
    return match_by_reference(pooling_area=AREA, at=AT, **more)


def arrival() -> Arrival:
    return Arrival.objects.latest("pk")


def paid(declaration) -> int:
    return Obligation.objects.filter(declaration=declaration, paid_fen__gt=0).count()


def due(declaration) -> int:
    return sum(one.due_fen for one in owed(declaration))


@pytest.fixture
def three(suzhou):
    """A declaration of three paying children."""
    return declared(suzhou, 3)


def test_a_transfer_with_its_reference_and_the_exact_sum_pays_every_child(three):
    booked(line(due(three), f"缴社保 {three.reference} 星海学校"))
    assert matched() == (1, 3)
    assert paid(three) == 3
    assert (arrival().suspense_fen, arrival().why_suspended) == (0, "")
    states = Obligation.objects.values_list("enrolment__state", flat=True)
    assert set(states) == {"paid"}
    assert balances(AREA)["320500:suspense"] == balances(AREA)["320500:receivable:family"] == 0
    assert matched() == (0, 0)


def test_the_reference_is_found_in_dirty_text(three):
    dirty = f"{three.reference[:4]} {three.reference[4:8]}-{three.reference[8:]}".lower()
    booked(line(due(three), f"用途:保险费;{dirty}；谢谢"))
    assert matched().arrivals == 1


def test_one_transfer_for_two_declarations_that_it_names_pays_both(suzhou, three):
    two = declared(suzhou, 2)
    booked(line(due(three) + due(two), f"{three.reference} {two.reference}"))
    assert matched() == (1, 5)


def test_a_transfer_that_names_two_but_pays_one_is_left_to_a_person(suzhou, three):
    two = declared(suzhou, 2)
    booked(line(due(two), f"{three.reference} {two.reference}"))
    assert matched() == (0, 0)


@pytest.mark.parametrize("off", [-100, 100])
def test_a_short_or_excessive_transfer_without_advice_stays_in_suspense(three, off):
    booked(line(due(three) + off, three.reference))
    assert matched() == (0, 0)
    assert (arrival().suspense_fen, paid(three)) == (due(three) + off, 0)


def test_a_short_transfer_pays_those_whom_the_school_has_named(three):
    booked(line(2 * owed(three)[0].due_fen, three.reference))
    advice = advise(declaration=three, obligations=[one.pk for one in owed(three)[:2]], by=clerk_of(three), at=AT)
    assert advice.arrival == arrival()
    assert (paid(three), arrival().suspense_fen) == (2, 0)


def test_what_is_over_the_named_children_goes_back_to_the_school(three):
    advise(declaration=three, obligations=[one.pk for one in owed(three)], by=clerk_of(three), at=AT)
    booked(line(due(three) + 500, three.reference))
    assert matched() == (1, 3)
    assert (arrival().overpaid_fen, arrival().suspense_fen) == (500, 0)
    assert Refund.objects.get().amount_fen == 500


def test_an_advice_that_the_money_does_not_reach_for_changes_nothing(three):
    advise(declaration=three, obligations=[one.pk for one in owed(three)], by=clerk_of(three), at=AT)
    booked(line(due(three) - 1, three.reference))
    assert matched() == (0, 0)
    assert paid(three) == 0


def test_a_newer_advice_takes_the_place_of_the_older(three):
    one, two, _ = owed(three)
    first = advise(declaration=three, obligations=[one.pk, two.pk], by=clerk_of(three), at=AT)
    advise(declaration=three, obligations=[two.pk], by=clerk_of(three), at=AT)
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert Advice.objects.filter(withdrawn_at__isnull=True, arrival__isnull=True).count() == 1


def test_an_advice_for_other_peoples_or_paid_children_is_refused(suzhou, three):
    other = declared(suzhou, 1)
    with pytest.raises(Refused, match="no child is chosen"):
        advise(declaration=three, obligations=[owed(other)[0].pk], by=clerk_of(three), at=AT)
    with pytest.raises(Refused, match="not your declaration"):
        advise(declaration=three, obligations=[owed(three)[0].pk], by=clerk_of(other), at=AT)


def test_money_that_nobody_can_place_waits_with_its_age(three):
    booked(line(12_345, "社保"))
    assert matched() == (0, 0)
    (one,) = waiting(pooling_area=AREA, at=at("2019-11-19"))
    assert (one.days, one.age, one.references) == (7, 2, ())


def test_a_reference_with_a_wrong_digit_is_no_reference(three):
    wrong = three.reference[:-1] + str((int(three.reference[-1]) + 1) % 10)
    booked(line(due(three), wrong))
    assert matched() == (0, 0)
    (best, *_) = suggest(arrival=arrival())
    assert (best.declaration, EXACT in best.reasons) == (three, True)


def test_the_same_transfer_sent_twice_pays_once_and_the_second_waits(three):
    booked(line(due(three), three.reference, serial="S1"), line(due(three), three.reference, serial="S2"))
    assert matched() == (1, 3)
    assert matched() == (0, 0)
    (second,) = [one for one in Arrival.objects.all() if one.suspense_fen]
    assert second.suspense_fen == due(three)
    (best, *_) = suggest(arrival=second)
    assert best.reasons[0] == NAMED
    assert "paid twice" in best.reasons[1].en


def test_two_equal_transfers_of_two_schools_each_pay_their_own(suzhou, three):
    other = declared(suzhou, 3)
    booked(line(due(three), three.reference), line(due(other), other.reference))
    assert matched() == (2, 6)
    assert Allocation.objects.values("arrival").distinct().count() == 2


def test_a_transfer_booked_after_the_close_waits_and_can_only_go_back(three):
    late = at("2020-03-20").date()
    booked(line(due(three), three.reference, on=late), first=ON)
    assert matched() == (0, 0)
    assert arrival().why_suspended == "after_close"
    with pytest.raises(Refused, match="could not be paid"):
        settle(arrival=arrival(), obligations=[owed(three)[0].pk], by=officer(), at=at("2020-03-21"))
    refunding.send_back(arrival=arrival(), reason="after_close", note="逾期", by=officer(), at=at("2020-03-21"))
    assert (arrival().suspense_fen, paid(three)) == (0, 0)


def test_money_booked_in_time_and_imported_late_counts_for_its_day(three):
    booked(line(due(three), three.reference, on=date(2019, 11, 29)))
    match_by_reference(pooling_area=AREA, at=at("2019-12-04"))
    assert set(Obligation.objects.values_list("paid_on", flat=True)) == {date(2019, 11, 29)}


def test_an_officer_says_for_which_children_it_is_and_the_rest_waits_on(three):
    one, two, _ = owed(three)
    booked(line(2 * one.due_fen + 700, "学校社保"))
    left = settle(arrival=arrival(), obligations=[one.pk, two.pk], by=officer(), at=AT)
    assert (left.suspense_fen, left.why_suspended, paid(three)) == (700, "short", 2)


def test_an_officer_can_let_the_rest_go_back(three):
    booked(line(due(three) + 700, "学校社保"))
    keys = [one.pk for one in owed(three)]
    left = settle(arrival=arrival(), obligations=keys, by=officer(), at=AT, rest_overpaid=True)
    assert (left.suspense_fen, left.overpaid_fen) == (0, 700)


def test_more_children_than_the_money_reaches_for_are_refused_together(three):
    booked(line(due(three) - 1, "学校社保"))
    with pytest.raises(Refused, match="more than the"):
        settle(arrival=arrival(), obligations=[one.pk for one in owed(three)], by=officer(), at=AT)
    assert paid(three) == 0


def test_a_child_who_is_paid_for_already_keeps_the_whole_choice_from_being_made(three):
    one, two, _ = owed(three)
    booked(line(one.due_fen, "a"), line(2 * one.due_fen, "b"))
    first, second = Arrival.objects.order_by("pk")
    settle(arrival=first, obligations=[one.pk], by=officer(), at=AT)
    with pytest.raises(Refused, match="is paid for already"):
        settle(arrival=second, obligations=[one.pk, two.pk], by=officer(), at=AT)
    assert paid(three) == 1


def test_another_areas_officer_and_a_school_cannot_settle(three):
    booked(line(due(three)))
    for by in (officer("500103"), clerk(organisation())):
        with pytest.raises(Refused, match="tax officers"):
            settle(arrival=arrival(), obligations=[owed(three)[0].pk], by=by, at=AT)


def test_a_match_that_was_undone_is_not_made_again_by_itself(three):
    booked(line(due(three), three.reference))
    matched()
    assert undo(arrival=arrival(), by=officer(), at=AT) == 3
    assert (paid(three), arrival().suspense_fen) == (0, due(three))
    assert matched() == (0, 0)
    settle(arrival=arrival(), obligations=[one.pk for one in owed(three)], by=officer(), at=AT)
    assert paid(three) == 3


def test_suggestions_name_the_sum_the_school_and_the_account_seen_before(suzhou):
    school = organisation(name="沧浪新城小学")
    first = declared(suzhou, 2, school=school)
    other = declared(suzhou, 3)
    booked(line(due(first), first.reference, counterparty_account="6217009988776655443"))
    matched()
    later = declared(suzhou, 1, school=school)
    booked(
        line(due(later) + 1, "沧浪新城 保险", counterparty_account="6217009988776655443", on=ON + timedelta(days=1)),
        line(due(other), "孩子们的保险", on=ON + timedelta(days=1), counterparty_account=""),
    )
    by_name, by_sum = Arrival.objects.order_by("-pk")[:2][::-1]
    (best,) = suggest(arrival=by_name)
    assert (best.declaration, set(best.reasons)) == (later, {SAME_ACCOUNT, SAME_NAME})
    (best,) = suggest(arrival=by_sum)
    assert (best.declaration, best.reasons, best.is_exact) == (other, (EXACT,), True)


def test_another_areas_declaration_is_never_matched(suzhou, yuzhong):
    foreign = declared(suzhou, 1)
    booked(line(due(foreign), foreign.reference))
    assert match_by_reference(pooling_area="500103", at=AT) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_match_the_same_money_at_the_same_second(suzhou):
    declaration = declared(suzhou, 2)
    booked(line(due(declaration), "学校社保"))
    held, officers = arrival(), [officer(), officer()]
    start = Barrier(2)

    def one(by) -> str:
        try:
            start.wait(20)
            settle(arrival=held, obligations=[each.pk for each in owed(declaration)], by=by, at=AT)
        except Refused as refused:
            return refused.what.en
        finally:
            connection.close()
        return "settled"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(one, officers))
    assert said == ["settled", "somebody else has settled this money"]
    assert (paid(declaration), Allocation.objects.count()) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_matching_by_itself_and_an_officer_at_the_same_second_pay_once(suzhou):
    declaration = declared(suzhou, 2)
    booked(line(due(declaration), declaration.reference))
    held, by = arrival(), officer()
    start = Barrier(2)

    def alone() -> int:
        try:
            start.wait(20)
            return matched().arrivals
        finally:
            connection.close()

    def with_word() -> int:
        try:
            start.wait(20)
            settle(arrival=held, obligations=[each.pk for each in owed(declaration)], by=by, at=AT)
        except Refused:
            return 0
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(alone), pool.submit(with_word)]
        assert sum(one.result() for one in both) == 1
    assert (paid(declaration), Allocation.objects.count()) == (2, 2)


def clerk_of(declaration):
    """Somebody of the school that declared."""
    return clerk(declaration.organisation)


def test_an_advice_can_be_taken_back_while_no_money_came(three):
    advice = advise(declaration=three, obligations=[owed(three)[0].pk], by=clerk_of(three), at=AT)
    advising.withdraw(advice=advice, by=clerk_of(three), at=AT)
    booked(line(owed(three)[0].due_fen, three.reference))
    assert matched() == (0, 0)
