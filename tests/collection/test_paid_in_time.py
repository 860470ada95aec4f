"""The close is over, and money turns up that was paid before it: the day of payment counts. 逾期发现"""

from __future__ import annotations

import pytest

from tests.collection.bank import booked, declared, line
from tests.collection.building import pay, told
from tests.declaration.building import officer
from tests.enrolment.building import at
from yingbao.collection.adjusting import follow_all
from yingbao.collection.advising import settle, undo
from yingbao.collection.arriving import Use, take
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.closing import ask_close, confirm_close, lapse_since
from yingbao.collection.matching import unpaid_of
from yingbao.collection.models import Allocation, Arrival, Obligation, Refund
from yingbao.enrolment.models import Enrolment
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances

IN_TIME, AFTER = at("2019-11-28"), at("2019-12-02")


@pytest.fixture
def sound(db):
    yield
    assert examine(INVARIANTS) == []


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sound")]


@pytest.fixture
def lapsed(suzhou) -> list[Obligation]:
    """Two declared children of whom nothing had come by the close."""
    declaration = declared(suzhou, 2)
    booked(line(declaration.self_paid_fen, "不明", on=IN_TIME.date()), last=AFTER.date())
    close = ask_close(season=suzhou, by=officer(), at=AFTER)
    assert confirm_close(close=close, by=officer(), at=AFTER).lapsed == 2
    return list(Obligation.objects.order_by("pk"))


def states() -> list[str]:
    return list(Enrolment.objects.order_by("pk").values_list("state", flat=True))


def test_a_line_in_suspense_at_the_close_still_pays_its_children(lapsed):
    declaration = lapsed[0].declaration_id
    assert unpaid_of([declaration])[declaration] == []
    shown = [one.pk for one in unpaid_of([declaration], and_lapsed=True)[declaration]]
    assert shown == [one.pk for one in lapsed]
    settle(arrival=Arrival.objects.get(), obligations=shown, by=officer(), at=AFTER)
    assert states() == ["paid", "paid"]
    live = Obligation.objects.filter(ended_at=None)
    assert [(one.is_paid, one.paid_on, one.declaration_id) for one in live] == [(True, IN_TIME.date(), declaration)] * 2
    assert balances("320500")["320500:suspense"] == balances("320500")["320500:receivable:family"] == 0
    assert Enrolment.objects.first().coverage_from.isoformat() == "2020-01-01"


def test_a_channel_that_tells_only_after_the_close_is_believed_for_its_day(lapsed):
    first, second = lapsed
    wanted = {first.pk: first.due_fen}
    taken = take(told("wechat:1:1", first.due_fen, paid_at=IN_TIME), wanted=wanted, at=AFTER)
    assert list(taken.uses.values()) == [Use.PAYS]
    assert states() == ["paid", "lapsed"]
    # Told again, and paid again: once.
    assert not take(told("wechat:1:1", first.due_fen, paid_at=IN_TIME), wanted=wanted, at=AFTER).fresh
    again = take(told("wechat:1:2", first.due_fen, paid_at=IN_TIME), wanted=wanted, at=AFTER)
    assert again.uses == {first.pk: Use.DUPLICATE}
    assert (Allocation.objects.count(), Refund.objects.get().arrival) == (1, again.arrival)
    assert pay(second, "wechat:1:3", at=AFTER).uses == {second.pk: Use.LATE}


def test_another_sum_or_a_child_enrolled_elsewhere_is_not_paid_for(lapsed, yuzhong):
    first, second = lapsed
    taken = take(told("wechat:1:1", first.due_fen + 1, paid_at=IN_TIME), wanted={first.pk: first.due_fen}, at=AFTER)
    assert taken.uses == {first.pk: Use.WRONG}
    other = Enrolment.objects.get(pk=second.enrolment_id)
    other.pk, other.season, other.state = None, yuzhong, "confirmed"
    other.save()
    taken = take(told("wechat:1:2", second.due_fen, paid_at=IN_TIME), wanted={second.pk: second.due_fen}, at=AFTER)
    assert taken.uses == {second.pk: Use.LATE}
    assert Refund.objects.count() == 0


def test_a_match_undone_after_the_close_lapses_again_and_can_be_made_anew(lapsed, suzhou):
    arrival, by = Arrival.objects.get(), officer()
    for _ in range(2):
        owing = [one.pk for one in unpaid_of([lapsed[0].declaration_id], and_lapsed=True)[lapsed[0].declaration_id]]
        settle(arrival=arrival, obligations=owing[-2:], by=by, at=AFTER)
        assert states() == ["paid", "paid"]
        undo(arrival=arrival, by=by, at=AFTER)
        assert lapse_since(season=suzhou, at=AFTER) == 2
        follow_all(season=suzhou, at=AFTER)
    assert states() == ["lapsed", "lapsed"]
