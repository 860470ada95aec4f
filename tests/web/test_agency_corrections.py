"""Corrections that schools ask for, granted or refused by the agency. 更正申请页面"""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.collection.building import confirmed, owed, pay
from tests.enrolment.building import AT, at, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Appointment, Desk
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Refund
from yingbao.enrolment.actions import ask_correction
from yingbao.enrolment.models import CorrectionRequest, Enrolment
from yingbao.enrolment.seasons import open_season
from yingbao.ledger.audit import examine
from yingbao.people import actions, history
from yingbao.people.bulk import NewGuardian
from yingbao.people.models import Guardian, IdentityDocument, Look, Person
from yingbao.sealing import sealed
from yingbao.values import clock, identity
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
NUMBER = identity.with_check_character("32050820120504001")


@pytest.fixture
def officer(school) -> Appointment:
    return clerk_of(organisation("insurance_agency"), Desk.AGENCY, "李主任")


@pytest.fixture
def client(officer, signed_in) -> Client:
    return signed_in(officer)


@pytest.fixture
def one(school, suzhou) -> Enrolment:
    return listed(school, suzhou, child(school, name="戴梦洁"))[0]


def ask(one: Enrolment, clerk: Appointment, field: str = "name", wanted: str = "戴梦婕") -> CorrectionRequest:
    return ask_correction(enrolment=one, field=field, wanted=wanted, reason="户口簿", by=clerk, at=AT)


def answer(client: Client, request: CorrectionRequest, act: str = "grant", **typed: str):
    shown = client.get(f"/agency/corrections/{request.pk}/")
    return client.post(f"/agency/corrections/{request.pk}/{act}", {"seen": shown.context["seen"], **typed}, follow=True)


def test_a_name_is_put_right_with_its_history_and_the_school_reads_the_answer(client, one, clerk, signed_in, officer):
    request = ask(one, clerk)
    assert "戴梦洁" in client.get("/agency/corrections/").content.decode()
    answer(client, request, value="戴梦婕", answer="已按户口簿更正")
    one.person.refresh_from_db()
    assert one.person.name == "戴梦婕"
    change = history.of(one.person).filter(table_name="people_person", actor__isnull=False).get()
    assert (change.actor, change.source) == (officer.user, f"correction {request.pk}")
    said = signed_in(clerk).get(f"/school/pupils/{one.person_id}/").content.decode()
    assert "已按户口簿更正" in said
    assert Look.objects.filter(what="page", person=one.person, user=officer.user).exists()


def test_a_number_is_written_whole_and_shown_by_its_mask_alone(client, one, clerk):
    request = ask(one, clerk, "identity_number", NUMBER)
    shown = client.get(f"/agency/corrections/{request.pk}/").content.decode()
    assert NUMBER not in shown
    assert identity.masked(NUMBER) in shown
    answer(client, request)
    current = IdentityDocument.objects.get(person=one.person, replaced_at__isnull=True)
    assert sealed.unseal(bytes(current.number_cipher)) == NUMBER
    request.refresh_from_db()
    assert request.wanted_cipher is None


def test_somebody_elses_number_is_told_before_anything_is_granted(client, one, clerk, school):
    IdentityDocument.objects.filter(person=child(school)).update(
        **dict(zip(("number_cipher", "number_index", "number_masked"), sealed.number(NUMBER), strict=True))
    )
    request = ask(one, clerk, "identity_number", NUMBER)
    assert "这个证件号码已属于平台上的人" in client.get(f"/agency/corrections/{request.pk}/").content.decode()
    refused = answer(client, request)
    assert refused.status_code == 422
    request.refresh_from_db()
    assert request.state == "open"


@pytest.mark.parametrize(
    ("field", "wanted", "holds"),
    [
        ("birth_date", "2012年5月5日", lambda one: one.person.birth_date.isoformat() == "2012-05-05"),
        ("sex", "女", lambda one: one.person.sex == "female"),
        ("hukou", "吴中区", lambda one: one.person.hukou == "320506"),
        ("parent_hukou", "320507", lambda one: one.person.guardians.get().hukou == "320507"),
        ("guardian_phone", "13912345678", lambda one: one.person.guardians.get().phone_masked.startswith("139")),
    ],
)
def test_each_field_is_written_as_the_papers_say(client, one, clerk, field, wanted, holds):
    IdentityDocument.objects.filter(person=one.person).update(kind="passport")
    answer(client, ask(one, clerk, field, wanted))
    one.person.refresh_from_db()
    assert holds(one)


def test_an_earlier_registration_makes_a_child_from_elsewhere_a_renewal(client, school, suzhou, clerk):
    (one,) = listed(school, suzhou, child(school, hukou="340100", registered=None))
    assert one.status == "ineligible"
    request = ask(one, clerk, "registered_before", "去年已参保")
    assert "可以参保" in client.get(f"/agency/corrections/{request.pk}/").content.decode()
    answer(client, request, value="2018-10-08")
    one.refresh_from_db()
    assert (one.status, one.state) == ("enrolled", "determined")


@pytest.mark.parametrize(("field", "wanted"), [("birth_date", "去年"), ("hukou", "月球"), ("sex", "不知道")])
def test_what_cannot_be_read_is_told_and_what_was_typed_stays(client, one, clerk, field, wanted):
    request = ask(one, clerk, field, "见户口簿")
    refused = answer(client, request, value=wanted, answer="核对过")
    assert refused.status_code == 422
    said = refused.content.decode()
    assert f'value="{wanted}"' in said
    assert 'value="核对过"' in said
    request.refresh_from_db()
    assert request.state == "open"


def test_what_another_body_puts_right_is_only_marked_as_dealt_with_in_words(client, one, clerk):
    request = ask(one, clerk, "assistance", "低保")
    assert answer(client, request).status_code == 422
    answer(client, request, answer="民政已上传变动名单")
    request.refresh_from_db()
    assert (request.state, request.answer) == ("done", "民政已上传变动名单")


def test_an_officer_begins_a_correction_for_a_family_and_another_decides_it(client, one, officer, signed_in):
    url = f"/agency/corrections/child/{one.person_id}/"
    page = client.get(url)
    assert "由另一位经办人员核对" in page.content.decode()
    form = {"seen": page.context["seen"], "field": "name", "wanted": "戴梦婕", "reason": "家长申请，已核对户口簿"}
    empty = client.post(url + "ask", form | {"wanted": ""})
    assert empty.status_code == 422
    assert "家长申请，已核对户口簿" in empty.content.decode()
    told = client.post(url + "ask", form, follow=True)
    request = CorrectionRequest.objects.get()
    assert request.asked_by == officer.user
    assert "由另一位经办人员答复" in told.content.decode()
    assert "准予更正" not in told.content.decode()
    again = client.post(url + "ask", form, follow=True)
    assert "没有重复办理" in again.content.decode()
    assert CorrectionRequest.objects.count() == 1
    late = client.post(url + "ask", form | {"field": "sex", "wanted": "女"})
    assert late.status_code == 409
    assert "女" in late.content.decode()
    forged = client.post(f"/agency/corrections/{request.pk}/grant", {"seen": told.context["seen"], "value": "戴梦婕"})
    assert forged.status_code == 422
    assert "这项更正是您提出的" in forged.content.decode()
    second = signed_in(clerk_of(officer.organisation, Desk.AGENCY, "赵科员"))
    answer(second, request, value="戴梦婕")
    one.person.refresh_from_db()
    assert one.person.name == "戴梦婕"


@pytest.mark.parametrize(
    ("field", "wanted"),
    [("identity_number", "123"), ("guardian_phone", "12"), ("sex", "x"), ("hukou", "火星"), ("parent_hukou", "火星"),
     ("birth_date", "hello"), ("birth_date", "2091-05-04"), ("name", "12345"), ("registered_before", "2019-13-45")],
)  # fmt: skip
def test_what_cannot_be_is_not_begun_and_what_was_typed_stays(client, one, field, wanted):
    url = f"/agency/corrections/child/{one.person_id}/"
    form = {"seen": client.get(url).context["seen"], "field": field, "wanted": wanted, "reason": "已核对户口簿"}
    refused = client.post(url + "ask", form)
    assert refused.status_code == 422
    said = refused.content.decode()
    assert f'value="{wanted}"' in said
    assert 'value="已核对户口簿"' in said
    assert "wanted" in refused.context["wrong"]
    assert not CorrectionRequest.objects.exists()


@pytest.mark.parametrize(
    ("field", "wanted"),
    [("identity_number", NUMBER), ("guardian_phone", "13912345678"), ("sex", "女"), ("hukou", "无"),
     ("parent_hukou", "320507"), ("birth_date", "2012年5月4日"), ("registered_before", "去年已参保"),
     ("other", "班级")],
)  # fmt: skip
def test_what_can_be_is_begun_as_before(client, one, field, wanted):
    url = f"/agency/corrections/child/{one.person_id}/"
    form = {"seen": client.get(url).context["seen"], "field": field, "wanted": wanted, "reason": "已核对户口簿"}
    assert client.post(url + "ask", form).status_code == 302


@pytest.mark.parametrize(
    ("field", "wanted"),
    [("name", "戴梦婕"), ("sex", "女"), ("hukou", "320507"), ("birth_date", "2011-03-02"),
     ("guardian_phone", "13912345678"), ("identity_number", NUMBER)],
)  # fmt: skip
def test_a_granted_correction_shows_what_stood_before_it(client, one, clerk, field, wanted):
    Person.objects.filter(pk=one.person_id).update(sex="male", birth_date=date(2012, 5, 4))
    IdentityDocument.objects.filter(person=one.person).update(kind="passport")
    Guardian.objects.filter(person=one.person).delete()
    actions.set_guardian(person=one.person, position=1, guardian=NewGuardian(phone="13811112222"), by=None, at=AT)
    one.person.refresh_from_db()
    request = ask(one, clerk, field, wanted)
    shown = client.get(f"/agency/corrections/{request.pk}/")
    stood = shown.context["before"].zh
    assert "现在登记的" in shown.content.decode()
    told = answer(client, request)
    assert told.context["one"].state == "done"
    assert told.context["before"].zh == stood
    assert "更正前登记的" in told.content.decode()
    assert "现在登记的" not in told.content.decode()


def test_no_officer_begins_a_correction_for_another_citys_child(one, signed_in):
    far = organisation("insurance_agency", area="500103")
    open_season(policy_id="500103/2020", at=AT)
    stranger = signed_in(clerk_of(far, Desk.AGENCY))
    url = f"/agency/corrections/child/{one.person_id}/"
    assert stranger.get(url).status_code == 404
    assert stranger.post(url + "ask", {"field": "name", "wanted": "x", "reason": "x"}).status_code == 404
    with pytest.raises(Refused):
        ask(one, clerk_of(far, Desk.AGENCY))


def test_after_the_close_none_is_begun_and_the_page_says_why(client, one):
    clock.set_to(at("2019-12-01"))
    said = client.get(f"/agency/corrections/child/{one.person_id}/").content.decode()
    assert "现在不能提出更正" in said
    assert "提出更正</button>" not in said


def test_refusing_needs_a_reason(client, one, clerk):
    request = ask(one, clerk)
    assert answer(client, request, "refuse").status_code == 422
    answer(client, request, "refuse", answer="与户口簿不符")
    request.refresh_from_db()
    one.person.refresh_from_db()
    assert (request.state, one.person.name) == ("refused", "戴梦洁")


def test_of_two_officers_the_second_is_told_who_was_quicker(client, one, clerk, officer, signed_in):
    request = ask(one, clerk)
    mark = client.get(f"/agency/corrections/{request.pk}/").context["seen"]
    answer(signed_in(clerk_of(officer.organisation, Desk.AGENCY, "赵科员")), request, "refuse", answer="不符")
    late = client.post(
        f"/agency/corrections/{request.pk}/grant", {"seen": mark, "value": "戴梦婕", "answer": "按户口簿"}
    )
    assert late.status_code == 409
    assert "按户口簿" in late.content.decode()
    assert "已由赵科员答复不予更正" in late.content.decode()
    one.person.refresh_from_db()
    assert one.person.name == "戴梦洁"


def test_a_second_click_grants_once(client, one, clerk):
    request = ask(one, clerk)
    mark = client.get(f"/agency/corrections/{request.pk}/").context["seen"]
    for _ in range(2):
        told = client.post(f"/agency/corrections/{request.pk}/grant", {"seen": mark, "value": "戴梦婕"}, follow=True)
    assert "没有重复办理" in told.content.decode()


def test_after_the_close_nothing_is_corrected_and_it_can_only_be_refused(client, one, clerk):
    request = ask(one, clerk)
    clock.set_to(at("2019-12-01"))
    page = client.get(f"/agency/corrections/{request.pk}/")
    assert "准予更正</button>" not in page.content.decode()
    late = client.post(f"/agency/corrections/{request.pk}/grant", {"seen": page.context["seen"], "value": "戴梦婕"})
    assert late.status_code == 422
    answer(client, request, "refuse", answer="申报期已过")
    request.refresh_from_db()
    assert request.state == "refused"


def test_a_preview_writes_nothing(client, one, clerk):
    request = ask(one, clerk)
    before = history.of(one.person).count()
    client.get(f"/agency/corrections/{request.pk}/")
    one.person.refresh_from_db()
    request.refresh_from_db()
    assert (one.person.name, request.state, history.of(one.person).count()) == ("戴梦洁", "open", before)


def test_a_correction_after_payment_moves_what_was_paid(client, school, suzhou, clerk):
    """Listed as assisted, but on file with hukou elsewhere: put right, the family is exempt and gets it back."""
    (one,) = confirmed(suzhou, school, hukou="340100", assisted="minimum_living")
    assert one.self_paid_fen > 0
    (debt,) = owed(suzhou, [one])
    pay(debt)
    request = ask(one, clerk, "hukou", "姑苏区")
    page = client.get(f"/agency/corrections/{request.pk}/").content.decode()
    assert "已缴的款会自动申请退费" in page
    assert not Refund.objects.exists()
    answer(client, request, value="姑苏区")
    one.refresh_from_db()
    assert (one.state, one.self_paid_fen) == ("exempt", 0)
    assert Refund.objects.get().reason == "exempted"
    assert examine(INVARIANTS) == []
