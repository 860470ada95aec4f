"""A child's page: steps, sum and reasons; paying, receipts, the letter; for who helps, only the sum. 我的孩子"""

from __future__ import annotations

import pytest
from django.test import Client

from tests.collection.building import confirmed, owed, pay
from tests.enrolment.building import AT, at, child, organisation
from tests.web.cards import cards_of
from tests.web.conftest import clerk_of, listed
from tests.web.families import enter, number_of
from yingbao.agents.models import Desk, Organisation
from yingbao.cards.models import Card
from yingbao.collection.adjusting import withdraw
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Refund
from yingbao.collection.receipting import issue
from yingbao.collection.refunding import approve
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import open_season
from yingbao.families.models import Binding
from yingbao.families.stages import stages
from yingbao.ledger.audit import examine
from yingbao.values import clock

pytestmark = pytest.mark.django_db


def said(answer) -> str:
    return answer.content.decode()


def inside(person) -> tuple[Client, Binding]:
    client = Client()
    binding = enter(client, person)
    assert binding is not None
    return client, binding


def states(one: Enrolment, when=AT) -> list[tuple[str, str]]:
    return [(stage.id, stage.state) for stage in stages(Enrolment.objects.get(pk=one.pk), when)]


def test_a_guardian_reads_sum_reason_clause_deadline_and_whom_to_call(suzhou):
    street = organisation("sub_district", name="枕河街道", phone="65550101")
    school = organisation(name="枕波小学", parent=street)
    person = child(school, name="张小明")
    listed(school, suzhou, person)
    client, binding = inside(person)
    page = said(client.get(f"/family/children/{binding.pk}/"))
    for words in (
        "240元",
        "2020年1月1日",
        "2019年11月30日",
        "还有 18 天",
        "枕波小学",
        "tel:65550101",
        "苏社基〔2019〕68号",
    ):
        assert words in page
    assert 'href="/policies/320500/2020/#roll_city_hukou">一</a>' in page
    assert number_of(person) not in page


def test_the_steps_go_from_registered_to_card_one_by_one(suzhou, school):
    (one,) = confirmed(suzhou, school)
    assert states(one) == [
        ("registered", "done"), ("determined", "done"), ("declared", "next"), ("paid", "later"),
        ("covered", "later"), ("card", "open"),
    ]  # fmt: skip
    (due,) = owed(suzhou, [one])
    assert dict(states(one))["paid"] == "next"
    pay(due)
    assert dict(states(one))["paid"] == "done"
    assert dict(states(one))["covered"] == "next"
    paid = next(stage for stage in stages(Enrolment.objects.get(pk=one.pk), AT) if stage.id == "paid")
    assert paid.on == AT.date()
    assert dict(states(one, at("2020-01-02")))["covered"] == "done"


def test_a_first_timer_is_told_where_to_be_registered_first(suzhou, school):
    person = child(school, registered=None)
    (one,) = listed(school, suzhou, person)
    first = stages(one, AT)[0]
    assert first.state == "next"
    assert first.who.zh == "户籍所在地的社区"


def test_a_child_who_cannot_be_enrolled_has_no_next_step(suzhou, school):
    (one,) = listed(school, suzhou, child(school, hukou="340100", registered=None))
    assert [state for _, state in states(one)] == ["done", *["stopped"] * 5]
    client, binding = inside(one.person)
    assert "不能参保" in said(client.get(f"/family/children/{binding.pk}/"))


def test_a_child_on_nobodys_list_is_told_what_to_do(suzhou, school):
    pupil = child(school, name="在校")
    client, binding = inside(pupil)
    assert "孩子的学籍在 星海学校" in said(client.get(f"/family/children/{binding.pk}/"))
    infant = child(None, name="不在校", phone="13700000000")
    client, binding = inside(infant)
    assert "户籍所在社区登记" in said(client.get(f"/family/children/{binding.pk}/"))
    organisation("community", name="枕河社区", phone="65550202")
    page = said(client.get(f"/family/children/{binding.pk}/"))
    assert "枕河社区" in page
    assert "tel:65550202" in page


def test_another_phone_never_reaches_the_child(suzhou, school):
    one, other = child(school, phone="13800000001"), child(school, name="李华", phone="13800000002")
    listed(school, suzhou, one, other)
    _, binding = inside(one)
    stranger, _ = inside(other)
    for page in ("", "receipts/", "letter", "letter.pdf", "leave", "held", "held.json", "erase", "correct", "apply"):
        assert stranger.get(f"/family/children/{binding.pk}/{page}").status_code == 404
    for deed in ("pay", "unbind", "back", "leave", "erase"):
        assert stranger.post(f"/family/children/{binding.pk}/{deed}").status_code == 404


def test_what_is_paid_from_the_childs_page_goes_into_the_basket_once(suzhou, school):
    (one,) = confirmed(suzhou, school)
    owed(suzhou, [one])
    client, binding = inside(one.person)
    assert "现在缴费" in said(client.get(f"/family/children/{binding.pk}/"))
    for _ in range(2):
        assert client.post(f"/family/children/{binding.pk}/pay")["Location"] == "/pay/"
    assert len(client.get("/pay/").context["chosen"]) == 1


def test_a_child_whom_the_school_pays_for_is_told_so_and_put_into_no_basket(suzhou, school):
    person = child(school)
    listed(school, suzhou, person)
    client, binding = inside(person)
    answer = client.post(f"/family/children/{binding.pk}/pay")
    assert answer.status_code == 409
    assert "由学校统一申报缴费" in said(answer)


def yuzhong(name: str, phone: str) -> Enrolment:
    season = open_season(policy_id="500103/2020", at=AT)
    school = Organisation.objects.filter(name="渝中小学").first() or organisation(area="500103", name="渝中小学")
    person = child(school, name=name, hukou="500103", area="500103", phone=phone)
    (one,) = listed(school, season, person)
    return one


def test_a_grandparent_pays_for_another_familys_child_and_sees_nothing_else(db):
    own, other = yuzhong("张小明", "13800000001"), yuzhong("欧阳娜娜", "13800000002")
    client, _ = inside(own.person)
    added = client.post("/family/add", {"name": "欧阳娜娜", "number": number_of(other.person)}, follow=True)
    page = said(added)
    assert "欧*娜" in page
    assert "欧阳娜娜" not in page
    helper = Binding.objects.get(kind="helper")
    shown = said(client.get(f"/family/children/{helper.pk}/"))
    assert "250元" in shown
    for hidden in ("欧阳娜娜", "渝中小学", "为什么", "户籍", "办到哪一步"):
        assert hidden not in shown
    for page in ("receipts/", "letter", "leave", "held", "held.json", "erase"):
        assert client.get(f"/family/children/{helper.pk}/{page}").status_code == 404
    assert client.post(f"/family/children/{helper.pk}/pay")["Location"] == "/pay/"
    assert client.post(f"/family/children/{helper.pk}/unbind").status_code == 302


def test_receipts_of_all_years_are_listed_and_open_for_the_guardian_only(suzhou, school, settings, tmp_path):
    organisation("tax_authority", name="国家税务总局苏州市税务局")
    (one,) = confirmed(suzhou, school)
    (due,) = owed(suzhou, [one])
    pay(due)
    (receipt,) = issue(pooling_area="320500", at=AT)
    client, binding = inside(one.person)
    page = said(client.get(f"/family/children/{binding.pk}/receipts/"))
    assert receipt.number in page
    assert f"/family/receipts/{receipt.pk}/" in page
    assert "微信里可能打不开" not in page
    wechat = client.get(f"/family/children/{binding.pk}/receipts/", headers={"User-Agent": "MicroMessenger/8.0"})
    assert "微信里可能打不开" in said(wechat)
    stranger, _ = inside(child(school, name="李华", phone="13900000000"))
    assert stranger.get(f"/family/receipts/{receipt.pk}/").status_code == 404


def test_the_letter_is_read_as_a_page_and_printed_with_the_childs_own_sum(suzhou, school):
    person = child(school, name="张小明", assisted="orphan")
    listed(school, suzhou, person)
    client, binding = inside(person)
    page = said(client.get(f"/family/children/{binding.pk}/letter"))
    assert "告家长书" in page
    assert "家庭不用缴费" in page
    printed = client.get(f"/family/children/{binding.pk}/letter.pdf")
    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
    assert "no-store" in printed["Cache-Control"]


def test_the_page_says_by_its_own_clock_how_many_days_are_left_in_china(suzhou, school):
    person = child(school)
    listed(school, suzhou, person)
    client, binding = inside(person)
    for day, hour, words in (("2019-11-30", 23, 'bad">今天<'), ("2019-12-01", 0, "已过")):
        clock.set_to(at(day, hour))
        enter(client, person, agree=False)
        assert words in said(client.get(f"/family/children/{binding.pk}/"))


def test_a_confirmed_child_waits_for_the_school_by_name(suzhou, school):
    person = child(school)
    (one,) = listed(school, suzhou, person)
    confirm(enrolments=[one], by=clerk_of(school, "school"), at=AT)
    client, binding = inside(person)
    page = said(client.get(f"/family/children/{binding.pk}/"))
    assert "已确认参保，等待申报" in page
    assert "由谁办：星海学校" in page


def test_a_child_who_left_after_payment_reads_since_when_why_and_where_the_money_is(suzhou, school):
    organisation("tax_authority", name="国家税务总局苏州市税务局")
    (one,) = confirmed(suzhou, school)
    (due,) = owed(suzhou, [one])
    pay(due)
    officer = clerk_of(organisation("insurance_agency"), Desk.AGENCY)
    withdraw(enrolment=one, reason="家长申请：全家搬走", by=officer, at=AT)
    client, binding = inside(one.person)
    address = f"/family/children/{binding.pk}/"
    page = said(client.get(address))
    for words in (
        "本年度已退出参保",
        "2019年11月12日",
        "家长申请：全家搬走",
        "240元",
        "已申请退费",
        "请联系星海学校重新办理",
    ):
        assert words in page
    for gone in ("可以参保，家庭缴", "待遇期", "在手机上用微信或支付宝缴", "把钱交给学校"):
        assert gone not in page
    (refund,) = Refund.objects.all()
    collectors = [clerk_of(organisation("tax_authority", name=f"税务所{n}"), Desk.TAX) for n in range(2)]
    approve(refund=refund, by=collectors[0], at=AT)
    assert "按原路退回中" in said(client.get(address))
    assert examine(INVARIANTS) == []


def test_who_declined_reads_so_keeps_the_card_and_can_come_back_while_the_window_is_open(suzhou, school):
    (one,) = confirmed(suzhou, school)
    Card.objects.create(
        person=one.person, pooling_area="320500", state="held", state_at=AT, held_on=AT.date(), how="listed"
    )
    client, binding = inside(one.person)
    address = f"/family/children/{binding.pk}/"
    seen = client.get(address + "leave").context["seen"]
    client.post(address + "leave", {"seen": seen, "why": "employee", "sure": "yes"})
    page = said(client.get(address))
    assert "已参加职工医保" in page
    assert "可以参保，家庭缴" not in page
    assert "恢复办理" in page
    assert dict(states(one))["card"] == "done"
    clock.set_to(at("2019-12-05"))
    enter(client, one.person, agree=False)
    late = said(client.get(address))
    assert "恢复办理" not in late
    assert "本年度办理期已过" in late


def test_a_day_of_payment_that_is_only_assumed_is_called_so_and_nothing_stands_twice(suzhou, school):
    (one,) = listed(school, suzhou, child(school, name="张小明"))
    client, binding = inside(one.person)
    answer = client.get(f"/family/children/{binding.pk}/")
    page = said(answer)
    assert "缴费日：" not in page
    assert "按2019年11月12日缴费推算" in page
    told = [(table.zh, each.clause, each.failed.zh) for table, each in answer.context["passed_over"]]
    assert len(told) == len(set(told)) > 0


def test_a_card_that_can_be_fetched_does_not_read_as_not_yet_due(suzhou, school):
    (one,) = confirmed(suzhou, school)
    pieces = cards_of(school, suzhou, clerk_of(school, Desk.SCHOOL), one.person)
    Card.objects.filter(pk=pieces["card"]).update(state="ready", last_digits="1234")
    card = stages(Enrolment.objects.get(pk=one.pk), AT)[-1]
    assert (card.state, card.word.zh) == ("open", "正在办")
    assert "可领" in card.text.zh
