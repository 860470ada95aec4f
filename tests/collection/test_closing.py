"""The close: bills and statements in, suspense listed, two people, and who has not paid lapses. 关账"""

from __future__ import annotations

from datetime import date

import pytest

from tests.collection.building import confirmed, owed, pay, told
from tests.enrolment.building import at, child, clerk, organisation
from yingbao.collection.arriving import Use, hold
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.closing import ask_close, confirm_close, lapse_since
from yingbao.collection.models import BankAccount, Bill, Close, Obligation, Payment, Statement
from yingbao.enrolment.determining import refresh
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.reckoning import reckon
from yingbao.enrolment.standing import of_bodies
from yingbao.enrolment.tallying import by_agent
from yingbao.ledger.audit import examine
from yingbao.ledger.closing import last_closed
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
AFTER = at("2019-12-02")


@pytest.fixture
def collectors(suzhou):
    bureau = organisation("tax_authority")
    return clerk(bureau), clerk(bureau)


def test_a_season_is_not_closed_before_its_last_day_is_over(suzhou, collectors):
    with pytest.raises(Refused, match="2019-11-30"):
        ask_close(season=suzhou, by=collectors[0], at=at("2019-11-30", 23))


def test_who_asks_for_the_close_cannot_confirm_it(suzhou, collectors):
    close = ask_close(season=suzhou, by=collectors[0], at=AFTER)
    with pytest.raises(Refused, match="cannot confirm"):
        confirm_close(close=close, by=collectors[0], at=AFTER)
    assert last_closed("320500") is None


def test_the_close_waits_for_the_bill_and_the_statement_of_the_last_day(suzhou, collectors):
    account = BankAccount.objects.create(pooling_area="320500", holder="税务", number="6222", bank="农行")
    Payment.objects.create(
        pooling_area="320500", number="P1", token="t", channel="wechat", kind="qr", total_fen=1,
        state="closed", created_at=at("2019-11-12"), expires_at=at("2019-11-13"),
    )  # fmt: skip
    with pytest.raises(Refused, match=r"bill of .* statement of 6222"):
        ask_close(season=suzhou, by=collectors[0], at=AFTER)
    Bill.objects.create(
        pooling_area="320500", channel="wechat", merchant="1", day=date(2019, 11, 30), sha256=b"x", gross_fen=0,
        refunds_fen=0, fees_fen=0, fetched_at=AFTER,
    )  # fmt: skip
    Statement.objects.create(
        account=account, sha256=b"s", name="s.csv", form="csv", first=date(2019, 11, 30), last=date(2019, 12, 1),
        taken_at=AFTER,
    )  # fmt: skip
    assert ask_close(season=suzhou, by=collectors[0], at=AFTER).suspense == []


def test_the_close_lapses_who_has_not_paid_and_keeps_who_has(suzhou, school, collectors):
    paid, unpaid = owed(suzhou, confirmed(suzhou, school, 2))
    pay(paid)
    hold(told("line:1", 700, way="transfer"), why="unidentified", at=at("2019-11-28"))
    close = ask_close(season=suzhou, by=collectors[0], at=AFTER)
    assert close.suspense == [{"key": "line:1", "fen": 700, "days": 20}]
    done = confirm_close(close=close, by=collectors[1], at=AFTER)
    assert (done.lapsed, last_closed("320500")) == (1, date(2019, 11, 30))
    unpaid.refresh_from_db()
    assert (unpaid.enrolment.state, unpaid.ended_because) == ("lapsed", "lapsed")
    assert Obligation.objects.get(ended_at__isnull=True) == paid
    assert examine(INVARIANTS) == []


def test_money_for_a_lapsed_child_waits_for_a_person(suzhou, school, collectors):
    (unpaid,) = owed(suzhou, confirmed(suzhou, school))
    confirm_close(close=ask_close(season=suzhou, by=collectors[0], at=AFTER), by=collectors[1], at=AFTER)
    assert pay(unpaid, at=at("2019-12-03")).uses == {unpaid.pk: Use.LATE}
    assert examine(INVARIANTS) == []


def test_a_newborn_can_still_come_after_the_close(suzhou, community, collectors):
    child(hukou="320508", born=date(2019, 11, 20), registered=None)
    list_and_determine(season=suzhou, organisation=community, at=AFTER)
    done = confirm_close(close=ask_close(season=suzhou, by=collectors[0], at=AFTER), by=collectors[1], at=AFTER)
    assert done.lapsed == 0
    assert Enrolment.objects.get().state != "lapsed"


def test_who_may_not_be_enrolled_does_not_lapse_and_is_not_counted_among_the_missing(suzhou, school, collectors):
    paid, _ = owed(suzhou, confirmed(suzhou, school, 2))
    pay(paid)
    barred = child(school, hukou="320602", registered=None)
    list_and_determine(season=suzhou, organisation=school, at=at("2019-11-13"))
    assert Enrolment.objects.get(person=barred).status == "ineligible"
    done = confirm_close(close=ask_close(season=suzhou, by=collectors[0], at=AFTER), by=collectors[1], at=AFTER)
    refresh(season=suzhou, as_of=date(2019, 12, 3), at=at("2019-12-03"))
    assert lapse_since(season=suzhou, at=at("2019-12-03")) == 0
    one = Enrolment.objects.get(person=barred)
    assert (done.lapsed, one.state, one.status) == (1, "determined", "ineligible")
    assert by_agent(suzhou)[school.pk].ineligible == 1
    reckon(season=suzhou, organisations=[school.pk], at=AFTER)
    standing = of_bodies(suzhou)[school.pk]
    assert (standing.should, standing.insured, standing.reasons) == (2, 1, {"withdrawn": 1, "ineligible": 1})
    assert examine(INVARIANTS) == []


def test_another_areas_collector_cannot_close_the_season(suzhou, yuzhong):
    stranger = clerk(organisation("tax_authority", area="500103"))
    with pytest.raises(Refused, match="only the tax officers"):
        ask_close(season=suzhou, by=stranger, at=AFTER)
    assert Close.objects.count() == 0
