"""One child's page: the decision with its reasons, and each thing that can be done there. 学生页面"""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.enrolment.building import AT, at, child, enter, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.enrolment import actions, registering
from yingbao.enrolment.models import CorrectionRequest, Enrolment
from yingbao.people import history
from yingbao.people.models import Look, SchoolRoll
from yingbao.sealing.sealed import unseal
from yingbao.values import clock
from yingbao.web.school.pupil import seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(clerk, signed_in) -> Client:
    return signed_in(clerk)


@pytest.fixture
def one(school, suzhou) -> Enrolment:
    return listed(school, suzhou, child(school))[0]


def url(one: Enrolment, act: str = "") -> str:
    return f"/school/pupils/{one.person_id}/{act}"


def page(client: Client, one: Enrolment) -> str:
    answer = client.get(url(one))
    assert answer.status_code == 200
    return answer.content.decode()


def do(client: Client, one: Enrolment, act: str, **typed: str):
    """Open the page, fill in the form, send it."""
    seen = client.get(url(one)).context["seen"]
    return client.post(url(one, act), {"seen": seen, **typed}, follow=True)


def test_the_page_says_how_much_through_whom_from_when_and_why(client, one):
    said = page(client, one)
    assert "可以参保，家庭缴240元" in said
    assert "2020年1月1日 至 2020年12月31日" in said
    assert "由所在学校或托幼机构代办参保" in said
    assert "苏社基〔2019〕68号" in said
    assert "/policies/320500/2020/#roll_city_hukou" in said


def test_an_exempt_child_costs_the_family_nothing_and_the_payer_is_named(client, school, suzhou):
    (one,) = listed(school, suzhou, child(school, assisted="orphan"))
    said = page(client, one)
    assert "家庭不用缴费" in said
    assert "财政 240元" in said


def test_who_cannot_be_enrolled_reads_why_and_which_rules_did_not_hold(client, school, suzhou):
    (one,) = listed(school, suzhou, child(school, hukou="340100", registered=None))
    answer = client.get(url(one))
    assert "不能参保" in answer.content.decode()
    assert "没有在2019年6月至9月10日间取得积分入医资格" in answer.content.decode()
    assert any(each.rule == "roll_points_admitted" for _, each in answer.context["passed_over"])


def test_numbers_are_masked_until_a_reason_is_given_and_the_look_is_recorded(client, one):
    number = unseal(bytes(one.person.documents.get().number_cipher))
    assert number not in page(client, one)
    refused = client.post(url(one, "number"), {"reason": "  "})
    assert refused.status_code == 422
    assert number not in refused.content.decode()
    assert "请写明查看原因" in refused.content.decode()
    shown = client.post(url(one, "number"), {"reason": "家长来电核对"})
    assert number in shown.content.decode()
    look = Look.objects.get(what="full_number")
    assert (look.person_id, look.reason) == (one.person_id, "家长来电核对")


def test_opening_the_page_is_recorded(client, clerk, one):
    page(client, one)
    look = Look.objects.get(what="page")
    assert (look.user_id, look.person_id, look.at.date()) == (clerk.user_id, one.person_id, AT.date())


def test_the_child_is_confirmed_once_however_often_the_button_is_clicked(client, one):
    seen = client.get(url(one)).context["seen"]
    assert "已确认参保。" in client.post(url(one, "confirm"), {"seen": seen}, follow=True).content.decode()
    again = client.post(url(one, "confirm"), {"seen": seen}, follow=True)
    assert "没有重复办理" in again.content.decode()
    one.refresh_from_db()
    assert one.state == "confirmed"
    assert one.steps.filter(act="confirm").count() == 1


def test_declining_needs_a_reason_and_tells_so_beside_the_field(client, one):
    answer = do(client, one, "decline", why="", reason="家长说以后再说")
    said = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="decline-why-wrong"' in said
    assert 'value="家长说以后再说"' in said
    one.refresh_from_db()
    assert one.state == "determined"


def test_another_reason_has_to_be_written(client, one):
    answer = do(client, one, "decline", why="other", reason="")
    assert 'id="decline-reason-wrong"' in answer.content.decode()
    answer = do(client, one, "decline", why="other", reason="字" * 201)
    assert "最多 200 个字" in answer.content.decode()


def test_a_family_declines_with_its_reason_and_may_change_its_mind(client, one):
    do(client, one, "decline", why="employee", reason="随父亲单位")
    one.refresh_from_db()
    assert (one.state, one.reason) == ("declined", "已参加职工医保：随父亲单位")
    assert "随父亲单位" in page(client, one)
    do(client, one, "reopen")
    one.refresh_from_db()
    assert one.state == "determined"


def test_a_confirmed_child_is_withdrawn_with_a_reason(client, one):
    do(client, one, "confirm")
    do(client, one, "withdraw", why="mistake", reason="")
    one.refresh_from_db()
    assert (one.state, one.reason) == ("withdrawn", "误办")


def test_a_page_that_went_stale_does_nothing_and_shows_how_it_stands_now(client, clerk, one):
    seen = client.get(url(one)).context["seen"]
    actions.decline(enrolment=one, reason="家长书面放弃", by=clerk, at=AT)
    answer = client.post(url(one, "confirm"), {"seen": seen})
    assert answer.status_code == 409
    assert "刚才的操作没有执行" in answer.content.decode()
    one.refresh_from_db()
    assert one.state == "declined"


def test_a_second_clerk_who_declines_too_is_told_who_did_and_keeps_the_reason(client, clerk, school, one, signed_in):
    form = {"seen": seen(one), "why": "other", "reason": "家长电话里说的"}
    url = f"/school/pupils/{one.person_id}/decline"
    client.post(url, form)
    assert "没有重复办理" in client.post(url, form, follow=True).content.decode()
    second = signed_in(clerk_of(school, Desk.SCHOOL, "周老师"))
    late = second.post(url, form | {"reason": "家长到校来过"})
    said = late.content.decode()
    assert late.status_code == 409
    assert f"{clerk.user.name}已经办过这一步" in said
    assert "家长到校来过" in said


def test_what_was_typed_survives_a_stale_page(client, clerk, one):
    seen = client.get(url(one)).context["seen"]
    actions.confirm(enrolments=[one], by=clerk, at=AT)
    typed = {"seen": seen, "field": "hukou", "wanted": "江苏省苏州市吴中区", "reason": "户口簿"}
    said = client.post(url(one, "correct"), typed).content.decode()
    assert 'value="江苏省苏州市吴中区"' in said


def test_a_correction_is_asked_for_and_shown_with_its_state(client, one):
    answer = do(client, one, "correct", field="hukou", wanted="江苏省苏州市吴中区", reason="户口簿已迁")
    assert "更正申请已送医保经办机构" in answer.content.decode()
    asked = CorrectionRequest.objects.get()
    assert (asked.field, asked.wanted, asked.state) == ("hukou", "江苏省苏州市吴中区", "open")
    assert "待处理" in page(client, one)


def test_a_correction_without_particulars_is_told_field_by_field(client, one):
    said = do(client, one, "correct", field="", wanted="", reason="").content.decode()
    for field in ("field", "wanted", "reason"):
        assert f'id="correct-{field}-wrong"' in said


def test_what_the_rules_refuse_is_told_on_the_page(client, one):
    do(client, one, "correct", field="hukou", wanted="吴中区", reason="户口簿")
    answer = do(client, one, "correct", field="hukou", wanted="相城区", reason="户口簿")
    assert answer.status_code == 422
    assert "已有一项更正申请待处理" in answer.content.decode()


def test_a_first_timer_is_asked_for_registered_by_the_agency_and_then_confirmed(client, school, suzhou):
    (one,) = listed(school, suzhou, child(school, hukou="320585", registered=None))
    said = page(client, one)
    assert "确认参保</button>" not in said
    assert "户口簿" in said
    assert "待医保经办机构审核" in do(client, one, "register").content.decode()
    one.refresh_from_db()
    assert one.state == "draft"
    said = page(client, one)
    assert "报送医保经办机构登记</button>" not in said
    officer = clerk_of(organisation("insurance_agency"), Desk.AGENCY)
    registering.approve(requests=one.registration_requests.all(), by=officer, at=AT)
    assert "确认参保</button>" in page(client, one)


def test_asking_twice_for_a_first_timer_asks_once(client, school, suzhou):
    (one,) = listed(school, suzhou, child(school, hukou="320585", registered=None))
    mark = seen(one)
    for _ in range(2):
        answer = client.post(url(one, "register"), {"seen": mark}, follow=True)
    assert "没有重复办理" in answer.content.decode()
    assert one.registration_requests.count() == 1


def test_what_was_sent_back_is_told_with_its_reason_and_can_be_asked_for_again(client, school, suzhou):
    (one,) = listed(school, suzhou, child(school, hukou="320585", registered=None))
    do(client, one, "register")
    officer = clerk_of(organisation("insurance_agency"), Desk.AGENCY)
    registering.send_back(request=one.registration_requests.get(), reason="缺父亲户口簿", by=officer, at=AT)
    said = page(client, one)
    assert "缺父亲户口簿" in said
    assert "再次报送" in said
    do(client, one, "register")
    assert [each.state for each in one.registration_requests.order_by("pk")] == ["sent_back", "asked"]


def test_who_has_to_register_at_the_community_has_no_button_at_the_school(client, school, suzhou):
    (one,) = listed(school, suzhou, child(school, registered=None))
    said = page(client, one)
    assert "先到户籍所在社区登记基本信息" in said
    assert "pupil-register" not in said
    assert do(client, one, "register").status_code == 422


def test_after_the_deadline_nothing_can_be_done_and_the_page_says_when_it_could(client, one):
    clock.set_to(at("2021-01-02"))
    said = page(client, one)
    assert "不在办理期限内" in said
    assert "2019-09-01至2019-11-30" in said
    assert "确认参保</button>" not in said
    assert do(client, one, "confirm").status_code == 422


def test_history_says_who_did_what_and_when_in_sentences(client, clerk, one):
    do(client, one, "confirm")
    with history.by(clerk.user_id, "roster 17", at=at("2019-11-11", 15)):
        roll = one.person.rolls.get()
        roll.class_name = "2班"
        roll.save()
    said = page(client, one)
    assert "2019年11月12日 10:00 · 王老师" in said
    assert "导入花名册（编号 17）" in said
    assert "<del>1班</del> → <ins>2班</ins>" in said


def test_history_names_no_clerk_and_no_class_of_another_school(client, school, other_school, suzhou):
    stranger = clerk_of(other_school, Desk.SCHOOL, name="外校某人")
    person = child(None)
    with history.by(stranger.user_id, "roster 3", at=at("2019-10-01")):
        roll = person.rolls.create(
            school=other_school, school_year=2019, stage="primary", grade=3, class_name="秘密班",
            entered_on=at("2019-09-01").date(),
        )  # fmt: skip
        roll.left_on, roll.leave_reason = at("2019-10-01").date(), "transferred"
        roll.save()
    person.rolls.create(
        school=school, school_year=2019, stage="primary", grade=3, class_name="1班", entered_on=at("2019-10-02").date()
    )
    (one,) = listed(school, suzhou, person)
    said = page(client, one)
    assert "外单位经办人员" in said
    assert "外校某人" not in said
    assert "秘密班" not in said
    assert other_school.name not in said


def test_a_merged_record_leads_to_the_one_that_was_kept(client, school, one):
    gone = child(None)
    gone.merged_into, gone.merged_because = one.person, "重复"
    gone.save()
    assert client.get(f"/school/pupils/{gone.pk}/")["Location"] == url(one)


def test_a_merged_record_of_another_school_tells_nothing(client, other_school, suzhou):
    (theirs,) = listed(other_school, suzhou, child(other_school))
    gone = child(None)
    gone.merged_into, gone.merged_because = theirs.person, "重复"
    gone.save()
    assert client.get(f"/school/pupils/{gone.pk}/").status_code == 404


def test_everything_is_said_in_english_too(client, one):
    client.cookies["django_language"] = "en"
    said = page(client, one)
    assert "Can be enrolled; the family pays 240 yuan" in said
    assert "1 January 2020 to 31 December 2020" in said


def test_a_school_that_merely_claims_a_child_does_not_learn_the_whole_number(one, school, other_school, signed_in):
    enter(one.person, other_school, contested=True)
    SchoolRoll.objects.filter(person=one.person).update(contested=True)
    claimant = signed_in(clerk_of(other_school, Desk.SCHOOL))
    number = unseal(bytes(one.person.documents.get().number_cipher))
    assert "查看完整证件号" not in page(claimant, one)
    assert claimant.post(url(one, "number"), {"reason": "核对"}).status_code == 404
    taken = claimant.post("/school/pupils/export", {"show": "claimed", "full": "1", "reason": "核对"})
    cells = [cell.value for row in load_workbook(BytesIO(taken.content)).active.iter_rows() for cell in row]
    assert number not in cells
    assert one.person.name not in cells
    assert not Look.objects.filter(what="full_number", count__gt=0).exists()


def test_all_first_timers_of_a_school_are_asked_for_with_one_click_if_they_are_as_many_as_shown(client, school, suzhou):
    ones = listed(school, suzhou, *(child(school, hukou="320585", registered=None) for _ in range(2)))
    shown = client.get("/school/pupils/")
    assert shown.context["to_ask"] == 2
    client.post("/school/pupils/ask-registrations", {"expected": "1"})
    assert not any(one.registration_requests.exists() for one in ones)
    client.post("/school/pupils/ask-registrations", {"expected": "2"})
    assert all(one.registration_requests.count() == 1 for one in ones)
    assert client.get("/school/pupils/").context["to_ask"] == 0
