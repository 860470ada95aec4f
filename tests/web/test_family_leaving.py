"""Not to enrol, and back; applications; what is held; and the agency that answers. 不参保、申请、保存的信息"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client

from tests.collection.building import confirmed, owed, pay
from tests.enrolment.building import AT, child, clerk, organisation
from tests.web.conftest import clerk_of, listed
from tests.web.families import ask, enter, last_code, number_of
from yingbao.agents.models import Desk
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Refund
from yingbao.enrolment.actions import confirm, decline
from yingbao.enrolment.models import Enrolment
from yingbao.families.consent import PHONE_ACCESS
from yingbao.families.models import Binding, CodeRequest, DataRequest, Wish
from yingbao.ledger.audit import examine
from yingbao.messages.forgetting import purge
from yingbao.messages.models import Message
from yingbao.people.looks import looked
from yingbao.people.models import Guardian, Look, Person
from yingbao.sealing import sealed
from yingbao.values import clock
from yingbao.web.family.holdings import ELSEWHERE, TABLES

pytestmark = pytest.mark.django_db


def said(answer) -> str:
    return answer.content.decode()


def inside(person) -> tuple[Client, Binding]:
    client = Client()
    binding = enter(client, person)
    assert binding is not None
    return client, binding


@pytest.fixture
def one(suzhou, school) -> Enrolment:
    (row,) = listed(school, suzhou, child(school, name="张小明", phone="13812345678"))
    return row


@pytest.fixture
def officer(suzhou):
    return clerk_of(organisation("insurance_agency"), Desk.AGENCY)


def leave(client: Client, binding: Binding, **typed: str):
    """The form, then the sure page, as a guardian clicks."""
    address = f"/family/children/{binding.pk}/leave"
    seen = client.get(address).context["seen"]
    return client.post(address, {"seen": seen, "why": "choice", "sure": "yes"} | typed)


def answer(desk: Client, asked: DataRequest, **typed: str):
    """The request's page, then its form, as an officer clicks."""
    seen = desk.get(f"/agency/requests/{asked.pk}/").context["seen"]
    return desk.post(f"/agency/requests/{asked.pk}/answer", {"seen": seen} | typed)


def second_guardian(person: Person, phone: str = "13987654321") -> None:
    cipher, index, masked = sealed.phone(phone)
    Guardian.objects.create(
        person=person, position=2, name="李爸爸", relation="father", phone_cipher=cipher, phone_index=index,
        phone_masked=masked,
    )  # fmt: skip


def inside_as(person: Person, phone: str) -> tuple[Client, Binding]:
    """In by the code that this phone got, where each guardian's gets its own."""
    client, index = Client(), sealed.phone(phone).blind_index
    number = ask(client, person.name, number_of(person))["Location"].partition("ask=")[2]
    row = Message.objects.filter(kind="family_code", phone_index=index).latest("pk")
    client.post("/family/code", {"ask": number, "code": json.loads(sealed.unseal(row.secret_cipher))["code"]})
    client.post("/family/consent", {"agree": "yes", "version": PHONE_ACCESS.version})
    return client, Binding.objects.get(person=person, phone_index=index, ended_at__isnull=True)


def test_a_guardian_declines_in_two_steps_and_the_school_sees_it_at_once(one, school, signed_in):
    client, binding = inside(one.person)
    address = f"/family/children/{binding.pk}/leave"
    seen = client.get(address).context["seen"]
    sure = client.post(address, {"seen": seen, "why": "employee"})
    assert "确认不参保" in said(sure)
    one.refresh_from_db()
    assert one.state == "determined"
    client.post(address, {"seen": seen, "why": "employee", "sure": "yes"})
    one.refresh_from_db()
    assert (one.state, one.reason) == ("declined", "已参加职工医保")
    assert Wish.objects.get().step.act == "decline"
    page = said(signed_in(clerk_of(school, Desk.SCHOOL)).get(f"/school/pupils/{one.person_id}/"))
    assert "已参加职工医保" in page
    assert "家长（手机办理）" in page


def test_a_second_click_is_harmless_and_a_stale_page_does_nothing(one, school):
    client, binding = inside(one.person)
    address = f"/family/children/{binding.pk}/leave"
    seen = client.get(address).context["seen"]
    confirm(enrolments=[one], by=clerk(school), at=AT)
    stale = client.post(address, {"seen": seen, "why": "other", "reason": "搬家了", "sure": "yes"})
    assert stale.status_code == 409
    assert "搬家了" in said(stale)
    leave(client, binding)
    again = client.post(address, {"seen": seen, "why": "choice", "sure": "yes"})
    assert again.status_code == 302
    assert Wish.objects.count() == 1
    one.refresh_from_db()
    assert one.state == "withdrawn"


@pytest.mark.parametrize(("why", "reason"), [("", ""), ("other", ""), ("made up", "x")])
def test_without_a_reason_nothing_is_recorded_and_what_was_typed_stays(one, why, reason):
    client, binding = inside(one.person)
    answer = leave(client, binding, why=why, reason=reason)
    assert answer.status_code == 422
    one.refresh_from_db()
    assert one.state == "determined"


def test_the_family_takes_back_what_it_said_and_not_what_the_school_said(one, school):
    client, binding = inside(one.person)
    leave(client, binding)
    for _ in range(2):
        assert client.post(f"/family/children/{binding.pk}/back").status_code == 302
    one.refresh_from_db()
    assert one.state == "determined"
    decline(enrolment=one, reason="家长书面放弃", by=clerk(school), at=AT)
    refused = client.post(f"/family/children/{binding.pk}/back")
    assert refused.status_code == 409
    assert "星海学校登记的" in said(refused)
    assert "恢复办理" not in said(client.get(f"/family/children/{binding.pk}/"))


def test_after_the_window_nobody_leaves_or_comes_back(one):
    client, binding = inside(one.person)
    clock.set_to(AT.replace(month=12, day=2))
    enter(client, one.person, agree=False)
    answer = leave(client, binding)
    assert answer.status_code == 409
    one.refresh_from_db()
    assert one.state == "determined"


def test_what_was_written_when_the_session_ended_is_there_after_the_next_code(one):
    client, binding = inside(one.person)
    address = f"/family/children/{binding.pk}/correct"
    clock.set_to(AT + timedelta(minutes=40))
    lost = client.post(address, {"words": "出生日期应为 2012-05-05"}, follow=True)
    assert "您写的内容还在" in said(lost)
    asked = ask(client, "张小明", number_of(one.person))
    back = client.post("/family/code", {"ask": asked["Location"].partition("ask=")[2], "code": last_code()})
    assert back["Location"] == address
    assert "出生日期应为 2012-05-05" in said(client.get(address))


def test_after_payment_the_guardian_applies_and_a_granted_application_opens_a_refund(
    suzhou, school, officer, signed_in
):
    (row,) = confirmed(suzhou, school)
    (due,) = owed(suzhou, [row])
    pay(due)
    client, binding = inside(row.person)
    assert "申请退出本年度参保" in said(client.get(f"/family/children/{binding.pk}/"))
    for _ in range(2):
        client.post(f"/family/children/{binding.pk}/apply", {"words": "全家搬去外地"})
    asked = DataRequest.objects.get()
    assert asked.due_on == AT.date() + timedelta(days=15)
    desk = signed_in(officer)
    page = said(desk.get(f"/agency/requests/{asked.pk}/"))
    assert "全家搬去外地" in page
    assert answer(desk, asked, state="granted", answer="同意").status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert Refund.objects.get().amount_fen == due.due_fen
    assert "同意" in said(client.get(f"/family/children/{binding.pk}/"))
    assert examine(INVARIANTS) == []


def test_once_cover_has_begun_there_is_nothing_to_apply_for(suzhou, school):
    (row,) = confirmed(suzhou, school)
    pay(owed(suzhou, [row])[0])
    client, binding = inside(row.person)
    clock.set_to(AT.replace(year=2020, month=1, day=2))
    enter(client, row.person, agree=False)
    assert client.get(f"/family/children/{binding.pk}/apply").status_code == 302
    client.post(f"/family/children/{binding.pk}/apply", {"words": "退"})
    assert not DataRequest.objects.exists()


def test_of_two_officers_the_second_is_shown_what_the_first_said(one, officer, signed_in):
    client, binding = inside(one.person)
    client.post(f"/family/children/{binding.pk}/correct", {"words": "姓名写错"})
    asked = DataRequest.objects.get()
    other = signed_in(clerk_of(officer.organisation, Desk.AGENCY))
    seen = other.get(f"/agency/requests/{asked.pk}/").context["seen"]
    answer(signed_in(officer), asked, state="granted", answer="已更正")
    typed = {"seen": seen, "state": "refused", "answer": "不属实"}
    late = other.post(f"/agency/requests/{asked.pk}/answer", typed)
    assert late.status_code == 409
    assert "已更正" in said(late)
    assert "不属实" in said(late)
    asked.refresh_from_db()
    assert asked.state == "granted"


def test_an_answer_without_words_or_outcome_comes_back_as_it_was_typed(one, officer, signed_in):
    client, binding = inside(one.person)
    client.post(f"/family/children/{binding.pk}/erase", {"words": "删除"})
    asked, desk = DataRequest.objects.get(), signed_in(officer)
    assert answer(desk, asked, state="partly", answer=" ").status_code == 422
    kept = answer(desk, asked, state="granted", answer="全部删除")
    assert kept.status_code == 422
    assert "全部删除" in said(kept)


def test_erasing_takes_phone_codes_and_words_for_good_and_keeps_what_the_law_keeps(one, officer, signed_in):
    client, binding = inside(one.person)
    client.post(f"/family/children/{binding.pk}/erase", {"words": "孩子已迁走，请删除"})
    asked = DataRequest.objects.get()
    answer(signed_in(officer), asked, state="partly", answer="手机号已删除")
    guardian = Guardian.objects.get(person=one.person)
    assert (guardian.phone_cipher, guardian.phone_index, guardian.phone_masked) == (None, None, "")
    asked.refresh_from_db()
    assert (asked.words_cipher, asked.phone_index) == (None, None)
    binding.refresh_from_db()
    assert binding.ended_because == "erased"
    assert not CodeRequest.objects.filter(codes__person=one.person).exists()
    assert Enrolment.objects.filter(pk=one.pk).exists()
    assert client.get(f"/family/children/{binding.pk}/")["Location"] == "/family/find"
    ask(client, "张小明", number_of(one.person))
    assert not CodeRequest.objects.filter(codes__isnull=False).exists()


def test_a_request_is_taken_back_until_it_is_answered(one, officer, signed_in):
    client, binding = inside(one.person)
    client.post(f"/family/children/{binding.pk}/erase", {"words": "删除"})
    asked = DataRequest.objects.get()
    for _ in range(2):
        assert client.post(f"/family/requests/{asked.pk}/take-back").status_code == 302
    late = answer(signed_in(officer), asked, state="partly", answer="已删")
    assert late.status_code == 409
    assert Guardian.objects.get(person=one.person).phone_index is not None


def test_two_guardians_ask_from_their_own_phones_and_each_request_reaches_the_agency(one, officer, signed_in):
    second_guardian(one.person)
    mother, held = inside_as(one.person, "13812345678")
    father, his = inside_as(one.person, "13987654321")
    for client, binding, kind, words in (
        (father, his, "correct", "出生日期应为 2012-05-05"), (mother, held, "correct", "户籍应为姑苏区"),
        (father, his, "erase", "删除父亲手机"), (mother, held, "erase", "删除母亲手机"),
    ):  # fmt: skip
        told = client.post(f"/family/children/{binding.pk}/{kind}", {"words": words}, follow=True)
        assert "15 天内答复" in said(told)
    assert DataRequest.objects.filter(state="open").count() == 4
    assert said(mother.get(f"/family/children/{held.pk}/")).count("撤回申请") == 2
    desk = signed_in(officer)
    read = [said(desk.get(f"/agency/requests/{row.pk}/")) for row in DataRequest.objects.order_by("pk")]
    for page, words in zip(read, ("2012-05-05", "姑苏区", "父亲手机", "母亲手机"), strict=True):
        assert words in page


def test_what_is_written_while_a_request_is_open_is_added_with_its_time_and_told_so(one, officer, signed_in):
    client, binding = inside(one.person)
    address = f"/family/children/{binding.pk}/correct"
    client.post(address, {"words": "出生日期应为 2012-05-05"})
    assert "出生日期应为 2012-05-05" in said(client.get(address))
    clock.set_to(AT + timedelta(minutes=20))
    assert "已补充进去" in said(client.post(address, {"words": "姓名应为张晓明"}, follow=True))
    assert "没有重复办理" in said(client.post(address, {"words": "姓名应为张晓明"}, follow=True))
    page = said(signed_in(officer).get(f"/agency/requests/{DataRequest.objects.get().pk}/"))
    assert "出生日期应为 2012-05-05" in page
    assert page.count("姓名应为张晓明") == 1
    assert "补充：" in page
    for which in range(4):
        client.post(address, {"words": f"再补充 {which}"})
    full = client.post(address, {"words": "第六次补充的内容"})
    assert full.status_code == 422
    assert "第六次补充的内容" in said(full)


def test_an_answer_to_what_the_guardian_has_added_to_meanwhile_does_nothing_and_keeps_the_words(
    one, officer, signed_in
):
    client, binding = inside(one.person)
    client.post(f"/family/children/{binding.pk}/correct", {"words": "姓名写错"})
    asked, desk = DataRequest.objects.get(), signed_in(officer)
    seen = desk.get(f"/agency/requests/{asked.pk}/").context["seen"]
    client.post(f"/family/children/{binding.pk}/correct", {"words": "生日也写错"})
    typed = {"seen": seen, "state": "granted", "answer": "姓名已更正"}
    stale = desk.post(f"/agency/requests/{asked.pk}/answer", typed)
    assert stale.status_code == 409
    assert "生日也写错" in said(stale)
    assert "姓名已更正" in said(stale)
    asked.refresh_from_db()
    assert asked.state == "open"


def test_before_a_phone_is_erased_its_other_request_is_answered_and_the_phone_is_told(one, officer, signed_in):
    client, binding = inside(one.person)
    client.post(f"/family/children/{binding.pk}/correct", {"words": "姓名写错"})
    client.post(f"/family/children/{binding.pk}/erase", {"words": "请删除"})
    correction, erasure = DataRequest.objects.get(kind="correct"), DataRequest.objects.get(kind="erase")
    desk = signed_in(officer)
    assert f"/agency/requests/{correction.pk}/" in said(desk.get(f"/agency/requests/{erasure.pk}/"))
    early = answer(desk, erasure, state="partly", answer="手机号已删除")
    assert early.status_code == 422
    assert "先答复" in said(early)
    assert "手机号已删除" in said(early)
    assert "姓名写错" in said(desk.get(f"/agency/requests/{correction.pk}/"))
    answer(desk, correction, state="granted", answer="已更正")
    answer(desk, erasure, state="partly", answer="手机号已删除")
    told = Message.objects.get(kind="erased")
    assert sealed.unseal(told.phone_cipher) == "13812345678"
    assert one.person.name not in told.text
    assert told.person_id is None
    purge(at=clock.now() + timedelta(days=4))
    assert Message.objects.filter(kind="erased").exists()
    Message.objects.filter(kind="erased").update(state="delivered")
    purge(at=clock.now() + timedelta(days=4))
    assert not Message.objects.filter(kind="erased").exists()


def test_two_guardians_who_both_apply_to_leave_are_both_answered_and_money_goes_back_once(
    suzhou, school, officer, signed_in
):
    (row,) = confirmed(suzhou, school)
    (due,) = owed(suzhou, [row])
    pay(due)
    own = sealed.unseal(row.person.guardians.get().phone_cipher)
    second_guardian(row.person)
    for phone in (own, "13987654321"):
        client, binding = inside_as(row.person, phone)
        client.post(f"/family/children/{binding.pk}/apply", {"words": "搬家"})
    desk = signed_in(officer)
    for asked in DataRequest.objects.order_by("pk"):
        assert answer(desk, asked, state="granted", answer="同意").status_code == 302
    assert Refund.objects.count() == 1
    assert examine(INVARIANTS) == []


def test_staff_who_read_a_request_are_recorded(one, officer, signed_in):
    client, binding = inside(one.person)
    client.post(f"/family/children/{binding.pk}/correct", {"words": "姓名写错"})
    desk = signed_in(officer)
    desk.get("/agency/requests/")
    desk.get(f"/agency/requests/{DataRequest.objects.get().pk}/")
    assert list(Look.objects.order_by("pk").values_list("what", "person")) == [("list", None), ("page", one.person_id)]


def test_what_is_held_names_office_and_day_and_no_other_person(one, school):
    client, binding = inside(one.person)
    second_guardian(one.person)
    looker = clerk_of(school, Desk.SCHOOL, name="钱多多")
    looked(user=looker.user, organisation=school, what="full_number", person=one.person, reason="核对", at=AT)
    page = said(client.get(f"/family/children/{binding.pk}/held"))
    assert "2019年11月12日" in page
    assert "星海学校" in page
    assert "查看完整号码" in page
    file = client.get(f"/family/children/{binding.pk}/held.json")
    assert json.loads(file.content)["tables"]
    for text in (page, said(file)):
        for hidden in ("李爸爸", "139****4321", looker.user.name, number_of(one.person), "13812345678"):
            assert hidden not in text
    assert "138****5678" in page
    assert "attachment" in file["Content-Disposition"]


def test_every_table_about_a_child_is_shown_to_its_guardian_or_says_why_not():
    centres = {"Person", "Enrolment", "Obligation"}
    about = set()
    for model in apps.get_models():
        fields = [field for field in model._meta.get_fields() if getattr(field, "concrete", False)]
        if any(field.name == "person_id" or (field.is_relation and field.related_model
               and field.related_model.__name__ in centres) for field in fields):  # fmt: skip
            about.add(model._meta.label)
    told = {one.model for one in TABLES} | set(ELSEWHERE)
    assert about - told == set()
    assert {apps.get_model(one)._meta.label for one in told} == told


def test_every_table_that_is_shown_can_be_read(one):
    client, binding = inside(one.person)
    leave(client, binding)
    client.post(f"/family/children/{binding.pk}/correct", {"words": "姓名写错"})
    held = client.get(f"/family/children/{binding.pk}/held").context["tables"]
    shown = {one["title"].en for one in held if one["rows"]}
    assert {"Basic data", "Documents", "Enrolments", "What was done", "Your consent", "Your requests"} <= shown
    assert not Person.objects.filter(pk=0).exists()
