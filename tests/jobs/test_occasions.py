"""What happens is told once to whom it concerns, and to nobody else. 消息时机"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.collection.building import confirmed, owed, pay
from tests.enrolment.building import AT, at, body, child, clerk, organisation
from tests.enrolment.conftest import school, suzhou
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import Arrival, Refund
from yingbao.collection.receipting import issue_all
from yingbao.collection.refunding import approve, heard
from yingbao.collection.refunding import submit as submit_refunds
from yingbao.declaration.deciding import accept, send_back
from yingbao.declaration.freezing import freeze, submit
from yingbao.enrolment import seasons, taking
from yingbao.enrolment.lifecycle import Act
from yingbao.enrolment.models import Season
from yingbao.jobs.assisted import after_statuses
from yingbao.jobs.occasions import remind_agents, tell
from yingbao.ledger.audit import examine
from yingbao.messages import following, forgetting
from yingbao.messages.models import Message
from yingbao.people.models import AssistedStatus, Guardian
from yingbao.sealing import sealed

pytestmark = pytest.mark.django_db
__all__ = ["school", "suzhou"]

PHONE = "13800000000"


def kinds() -> list[str]:
    return sorted(Message.objects.values_list("kind", flat=True))


def declared(season: Season, place, count: int = 1):
    confirmed(season, place, count)
    by = clerk(place)
    frozen = freeze(season=season, organisation=place, method="transfer", by=by, at=AT)
    return submit(declaration=frozen, by=by, at=AT), by


def paid_child(suzhou, school):
    (one,) = owed(suzhou, confirmed(suzhou, school))
    pay(one)
    issue_all(pooling_area="320500", at=AT)
    return one


def test_a_family_is_told_once_that_its_money_arrived(suzhou, school):
    one = paid_child(suzhou, school)
    assert tell(at=AT) == 1
    assert tell(at=AT) == 0
    message = Message.objects.get()
    assert message.kind == "paid"
    assert message.text.startswith("已收到张*2020年度居民医保费")
    assert (message.person_id, message.pooling_area) == (one.person_id, "320500")
    assert examine(INVARIANTS) == []


def test_nobody_is_told_what_happened_before_the_time_that_is_looked_back(suzhou, school):
    paid_child(suzhou, school)
    assert tell(at=AT + timedelta(days=3)) == 0


def test_the_first_guardian_who_has_a_phone_is_told_and_a_child_without_one_is_passed_over(suzhou, school):
    one = paid_child(suzhou, school)
    Guardian.objects.filter(person=one.person).delete()
    assert tell(at=AT) == 0
    Guardian.objects.create(person=one.person, position=1, relation="father")
    cipher, index, masked = sealed.phone("13711112222")
    Guardian.objects.create(
        person=one.person, position=2, relation="mother", phone_cipher=cipher, phone_index=index, phone_masked=masked
    )
    assert tell(at=AT) == 1
    assert Message.objects.get().phone_masked == "137****2222"


def test_a_late_list_tells_of_the_exemption_and_of_each_step_of_the_refund(suzhou, school):
    one = paid_child(suzhou, school)
    tell(at=AT)
    AssistedStatus.objects.create(person=one.person, category="orphan", provided_by=body(), first=AT.date())
    later = at("2019-11-13")
    after_statuses(season=suzhou, person_ids=[one.person_id], at=later)
    tell(at=later)
    assert kinds() == ["exempt", "paid"]
    refund = Refund.objects.get()
    approve(refund=refund, by=clerk(organisation("tax_authority")), at=later)
    submit_refunds(refunds=[refund.pk], at=later)
    tell(at=later)
    assert kinds() == ["exempt", "paid", "refund_sent"]
    heard(number=refund.number, outcome=RefundState.SUCCEEDED, at=later)
    tell(at=later)
    assert kinds() == ["exempt", "paid", "refund_arrived", "refund_sent"]
    assert Arrival.objects.get().pk == refund.arrival_id


def test_a_returned_debit_is_told_with_the_day_until_which_to_pay(suzhou, school):
    one = paid_child(suzhou, school)
    taking.walk(act=Act.BOUNCE, enrolments=[one.enrolment_id], at=AT)
    tell(at=AT)
    message = Message.objects.get(kind="debit_returned")
    assert "请于2019年11月30日前重新缴纳" in message.text
    assert message.group == "money"


def test_the_beginning_of_cover_is_told_by_wechat_alone(suzhou, school):
    one = paid_child(suzhou, school)
    tell(at=AT)
    first = at("2020-01-01")
    taking.cover(season=suzhou, on=first.date(), at=first)
    assert tell(at=first) == 0
    following.follow(openid="o1", scene=following.scene_of(sealed.index_of(PHONE)), at=first)
    assert tell(at=first) == 1
    assert Message.objects.latest("pk").channel == "wechat"
    assert one.pk


def test_the_clerks_of_a_school_whose_declaration_was_returned_are_told(suzhou, school):
    frozen, by = declared(suzhou, school)
    send_back(declaration=frozen, reason="人数不符", by=clerk(organisation("tax_authority")), at=AT)
    tell(at=AT)
    users = set(Message.objects.filter(kind="declaration_returned").values_list("user", flat=True))
    assert by.user_id in users
    assert "人数不符" not in Message.objects.first().text


def test_an_accepted_declaration_disturbs_nobody(suzhou, school):
    frozen, _ = declared(suzhou, school)
    accept(declaration=frozen, by=clerk(organisation("tax_authority")), at=AT)
    assert tell(at=AT) == 0


@pytest.mark.parametrize(("day", "told"), [("2019-11-22", 0), ("2019-11-23", 1), ("2019-11-29", 1), ("2019-11-30", 0)])
def test_a_school_is_reminded_a_week_and_a_day_before_the_deadline(suzhou, school, day, told):
    confirmed(suzhou, school, 2)
    assert remind_agents(at=at(day, 9)) == told
    assert remind_agents(at=at(day, 9)) == 0
    if told:
        assert "尚有2人未申报" in Message.objects.get().text


@pytest.mark.parametrize(("day", "said"), [("2019-12-13", "12月20日"), ("2020-09-23", "9月30日")])
def test_a_school_of_yuzhong_is_reminded_of_late_enrolment_as_of_the_ordinary_days(day, said):
    season = seasons.open_season(policy_id="500103/2020", at=AT)
    school = organisation(area="500103")
    confirmed(season, school, hukou="500103", area="500103")
    assert remind_agents(at=at("2019-12-13", 9)) == 1
    assert remind_agents(at=at(day, 9)) == (day > "2020")
    assert said in Message.objects.latest("pk").text


def test_what_was_told_half_a_year_ago_is_deleted_and_told_no_more(suzhou, school):
    paid_child(suzhou, school)
    tell(at=AT)
    Message.objects.update(state="delivered", ended_at=AT)
    assert forgetting.purge(at=AT + timedelta(days=179)) == 0
    assert forgetting.purge(at=AT + timedelta(days=181)) == 1
    assert tell(at=AT + timedelta(days=181)) == 0


def test_a_phone_that_is_to_be_erased_leaves_no_trace(suzhou, school):
    one = paid_child(suzhou, school)
    tell(at=AT)
    index = sealed.index_of(PHONE)
    following.follow(openid="o1", scene=following.scene_of(index), at=AT)
    sibling = child(school)
    assert forgetting.forget(person=one.person, phone_index=index, at=AT) == 1
    assert not Message.objects.exists()
    assert following.openid_of(index) == "o1"
    forgetting.forget(person=one.person, phone_index=index, at=AT)
    sibling.guardians.update(phone_cipher=None, phone_index=None, phone_masked="")
    forgetting.forget(person=one.person, phone_index=index, at=AT)
    assert following.openid_of(index) == ""
