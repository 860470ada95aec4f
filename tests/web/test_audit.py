"""The audit desk: the chain's state, who looked at one child, what is unusual; never a name or a number. 审计管理"""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from tests.enrolment.building import AT, at, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk, User
from yingbao.jobs.trail import verify_and_note
from yingbao.jobs.work import run_waiting
from yingbao.people.looks import looked
from yingbao.people.models import IdentityDocument, Look
from yingbao.sealing.sealed import unseal
from yingbao.trail.chaining import extend
from yingbao.trail.events import note
from yingbao.trail.models import Event
from yingbao.trail.unusual import MANY_CHILDREN, unusual

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor():
    return clerk_of(organisation("operations", name="信息中心"), Desk.AUDIT, "赵审计")


@pytest.fixture
def desk(auditor, signed_in):
    return signed_in(auditor)


def employed(appointment):
    """The clerk as an employee of the organisation, as every account is."""
    User.objects.filter(pk=appointment.user_id).update(organisation=appointment.organisation)
    appointment.user.refresh_from_db()
    return appointment


def number_of(person):
    return unseal(IdentityDocument.objects.get(person=person).number_cipher)


def test_the_first_page_tells_how_the_chain_stands(desk):
    said = desk.get("/audit/").content.decode()
    assert "还没有核验过" in said
    assert "还没有封存任何记录" in said
    note(what="sign_in_failed", user=None, organisation=None, at=AT)
    extend(at=AT)
    report = verify_and_note(at=AT)
    answer = desk.get("/audit/")
    assert "全部相符" in answer.content.decode()
    assert report.last_digest in answer.content.decode()
    assert answer.context["failed"] == 1


def test_what_a_verification_found_is_named_on_the_first_page(desk):
    note(what="sign_in", user=None, organisation=None, at=AT)
    extend(at=AT)
    row = Event.objects.get().pk
    from tests.trail.test_chain import tamper

    tamper("UPDATE trail_event SET about = 'x' WHERE id = %s", row)
    verify_and_note(at=AT)
    said = desk.get("/audit/").content.decode()
    assert "核验发现 1 处问题" in said
    assert f"trail_event 第{row}行在封存后被改动" in said


def test_rows_that_wait_too_long_to_be_sealed_are_pointed_out(desk, auditor):
    assert not desk.get("/audit/").context["chain"]["late"]
    note(what="sign_in", user=None, organisation=None, at=AT - timedelta(minutes=11))
    assert "还没有封存" in desk.get("/audit/").content.decode()
    extend(at=AT)
    assert not desk.get("/audit/").context["chain"]["late"]


def test_verifying_can_be_asked_for_and_a_second_click_starts_no_second_one(desk):
    first, second = desk.post("/audit/verify"), desk.post("/audit/verify")
    assert first.url == second.url
    assert run_waiting() == 1
    assert Event.objects.filter(what="chain_verified").count() == 1


@pytest.fixture
def seen_child(school, clerk, suzhou):
    employed(clerk)
    pupil = child(school, name="独特姓名")
    listed(school, suzhou, pupil)
    looked(user=clerk.user, organisation=school, what="page", person=pupil, at=AT)
    looked(user=clerk.user, organisation=school, what="full_number", person=pupil, reason="核对户口簿", at=AT)
    looked(user=clerk.user, organisation=school, what="list", count=40, at=AT)
    return pupil


def test_who_looked_at_one_child_is_found_by_the_number_and_the_search_is_a_look_itself(
    desk, auditor, seen_child, clerk
):
    before = Look.objects.count()
    number = number_of(seen_child)
    answer = desk.post("/audit/trail/find", {"number": number, "reason": "家长投诉", "kind": "look"}, follow=True)
    said = answer.content.decode()
    assert number not in answer.redirect_chain[0][0]
    assert number not in said
    assert "独特姓名" not in said
    assert clerk.user.name in said
    assert "核对户口簿" in said
    # The search is the newest look at this child; the list was of nobody in particular.
    assert [row["line"].what for row in answer.context["rows"]] == ["search", "full_number", "page"]
    own = Look.objects.order_by("-pk").first()
    assert (own.user, own.what, own.person, own.reason) == (auditor.user, "search", seen_child, "家长投诉")
    assert Look.objects.count() == before + 1


def test_changes_and_steps_of_one_child_show_fields_and_never_what_stood_in_them(desk, seen_child):
    answer = desk.post(
        "/audit/trail/find", {"number": number_of(seen_child), "reason": "抽查", "kind": "change"}, follow=True
    )
    said = answer.content.decode()
    assert answer.context["rows"]
    assert "birth_date" in said
    assert "2012-05-04" not in said
    assert "独特姓名" not in said
    steps = desk.get("/audit/trail/?kind=step&find=1").content.decode()
    assert "已核定" in steps


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"number": "张小明", "reason": "抽查"}, "完整的证件号码"),
        ({"number": "320508201205040011"}, "要写明事由"),
        ({"from": "昨天"}, "日期应写成"),
    ],
)
def test_a_search_that_cannot_be_made_comes_back_with_what_was_typed(desk, typed, wrong):
    before = Look.objects.count()
    answer = desk.post("/audit/trail/find", {"who": "王", **typed})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert wrong in said
    for text in ("王", *typed.values()):
        assert f'value="{text}"' in said
    assert Look.objects.count() == before


def test_a_strange_number_and_one_of_another_area_get_the_same_answer(desk):
    elsewhere = organisation(area="500103")
    pupil = child(elsewhere, area="500103")
    officer = clerk_of(elsewhere, Desk.SCHOOL)
    looked(user=officer.user, organisation=elsewhere, what="page", person=pupil, at=AT)
    answers = [
        desk.post("/audit/trail/find", {"number": number, "reason": "抽查"}, follow=True)
        for number in (number_of(pupil), "320508201205049994")
    ]
    for answer in answers:
        assert answer.context["rows"] == []
        assert "没有查到" in answer.content.decode()


def test_nothing_of_another_area_is_shown(desk):
    elsewhere = organisation("school", area="500103", name="外地学校")
    officer = employed(clerk_of(elsewhere, Desk.SCHOOL, "外地老师"))
    looked(user=officer.user, organisation=elsewhere, what="list", at=AT)
    note(what="sign_in", user=officer.user, organisation=elsewhere, at=AT)
    note(what="sign_in", user=officer.user, organisation=None, at=AT)
    child(elsewhere, area="500103")
    for kind in ("look", "change", "step", "event"):
        for query in ("", f"&user={officer.user_id}", f"&organisation={elsewhere.pk}"):
            answer = desk.get(f"/audit/trail/?kind={kind}{query}")
            assert "外地" not in answer.content.decode()
            assert all(row["line"].user != officer.user for row in answer.context["rows"])


def test_looks_are_filtered_by_kind_user_organisation_and_day(desk, school, other_school, suzhou):
    one, other = (
        employed(clerk_of(school, Desk.SCHOOL, "甲老师")),
        employed(clerk_of(other_school, Desk.SCHOOL, "乙老师")),
    )
    looked(user=one.user, organisation=school, what="list", count=3, at=AT)
    looked(user=one.user, organisation=school, what="export", count=9, at=at("2019-11-01"))
    looked(user=other.user, organisation=other_school, what="list", count=5, at=AT)

    def heads(query):
        return [row["line"].heads for row in desk.get(f"/audit/trail/?{query}").context["rows"]]

    assert heads("") == [5, 3]
    assert heads(f"user={one.user_id}&from=2019-10-01") == [3, 9]
    assert heads(f"organisation={other_school.pk}") == [5]
    assert heads("what=export&from=2019-11-01&to=2019-11-01") == [9]
    assert heads("from=2019-11-02&to=2019-11-11") == []
    assert heads("from=nonsense&what=nonsense&kind=nonsense&before=x&find=77") == [5, 3]
    found = desk.post("/audit/trail/find", {"who": "乙老师", "from": "2019-11-01"}, follow=True)
    assert [row["line"].heads for row in found.context["rows"]] == [5]
    found = desk.post("/audit/trail/find", {"place": school.name, "from": "2019-11-01"}, follow=True)
    assert [row["line"].heads for row in found.context["rows"]] == [3, 9]


def test_a_long_trail_is_read_page_by_page_without_a_gap(desk, auditor):
    for number in range(120):
        looked(
            user=auditor.user, organisation=auditor.organisation, what="list", count=number,
            at=AT - timedelta(seconds=number // 3),
        )  # fmt: skip
    heads, before = [], ""
    for _ in range(3):
        answer = desk.get(f"/audit/trail/?kind=look{before}")
        heads += [row["line"].heads for row in answer.context["rows"]]
        before = f"&before={answer.context['more']}"
    assert answer.context["more"] is None
    assert sorted(heads) == list(range(120))


def test_the_export_holds_what_the_page_shows_and_is_a_look(desk, seen_child, clerk):
    answer = desk.post("/audit/trail/export", {"kind": "look", "user": str(clerk.user_id)})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert [row[4] for row in rows] == ["内容", "看名单", "看完整号码", "打开一人"]
    assert "独特姓名" not in str(rows)
    own = Look.objects.order_by("-pk").first()
    assert (own.what, own.count) == ("export", 3)


def test_who_looked_at_far_more_children_than_usual_is_listed_with_the_usual(desk, school, clerk):
    for day in range(1, 8):
        looked(user=clerk.user, organisation=school, what="list", count=60, at=AT - timedelta(days=day))
    assert unusual(area="320500", first=AT.date(), last=AT.date()) == []
    looked(user=clerk.user, organisation=school, what="list", count=MANY_CHILDREN, at=AT)
    assert unusual(area="320500", first=AT.date(), last=AT.date()) == []
    looked(user=clerk.user, organisation=school, what="export", count=1, at=AT)
    (found,) = unusual(area="320500", first=AT.date(), last=AT.date())
    assert (found.kind, found.heads, found.usual, found.user) == ("many", MANY_CHILDREN + 1, 60, clerk.user.name)
    assert unusual(area="500103", first=AT.date(), last=AT.date()) == []
    said = desk.get("/audit/unusual/").content.decode()
    assert clerk.user.name in said
    assert "查阅人数远多于平时" in said


def test_looks_at_night_and_full_numbers_are_listed(desk, school, clerk):
    looked(user=clerk.user, organisation=school, what="list", count=7, at=at("2019-11-11", 23))
    looked(user=clerk.user, organisation=school, what="list", count=2, at=at("2019-11-11", 22))
    looked(user=clerk.user, organisation=school, what="full_number", at=at("2019-11-11", 9))
    found = unusual(area="320500", first=at("2019-11-06").date(), last=AT.date())
    assert [(one.kind, one.heads, one.day.day) for one in found] == [("night", 7, 11), ("full_number", 1, 11)]
    answer = desk.get("/audit/unusual/?to=2019-11-10")
    assert "没有异常查阅" in answer.content.decode()
