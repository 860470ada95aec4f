"""A school that closes in mid-season: children, rolls, states and questions go on, and its page says so. 停办移交"""

from __future__ import annotations

import secrets
from datetime import date

import pytest

from tests.enrolment.building import AT, at, child, organisation
from tests.web.community_town import town_of
from tests.web.conftest import clerk_of, listed
from tests.web.families import enter
from yingbao.agents.models import Desk
from yingbao.cases import asking, handing
from yingbao.cases.kinds import RESPONSIBLE
from yingbao.cases.models import Case
from yingbao.enrolment import dissolving, reckoning
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.models import Enrolment
from yingbao.people.models import SchoolRoll
from yingbao.publicity import handing as handing_out
from yingbao.publicity import making
from yingbao.values import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    return town_of()


@pytest.fixture
def people(town):
    rows = listed(town.school, town.season, *[child(town.school, name=f"学生{n}") for n in range(3)])
    confirm(enrolments=[rows[0]], by=clerk_of(town.school, Desk.SCHOOL), at=AT)
    Enrolment.objects.filter(pk=rows[1].pk).update(state="draft")
    return [one.person for one in rows]


def shut(client, town, to):
    return client.post(
        f"/agency/organisations/{town.school.pk}/close",
        {"successor": str(to.pk), "reason": "并校", "seen": dissolving.mark_of(town.school)}, follow=True,
    )  # fmt: skip


def test_children_drafts_roll_and_questions_go_to_the_successor_and_the_closed_desk_is_told(
    town,
    people,
    signed_in,
):
    to = organisation(name="接手小学", parent=town.street, phone="65550999")
    clerk = clerk_of(town.school, Desk.SCHOOL)
    asking.ask(topic="policy", question="什么时候截止", to=town.street, season=town.season, once="o", by=clerk, at=AT)
    handing.ask(person=people[0], season=town.season, kind=RESPONSIBLE, question="请核实", to=town.school,
                by=town.worker, at=AT)  # fmt: skip
    officer = signed_in(clerk_of(town.agency, Desk.AGENCY))
    said = shut(officer, town, to).content.decode()
    assert "3 名孩子转到接手小学" in said
    assert "个案和问题 2 件" in said
    assert set(SchoolRoll.objects.filter(left_on=None).values_list("school", flat=True)) == {to.pk}
    states = sorted(Enrolment.objects.filter(organisation=to).values_list("state", flat=True))
    assert states == ["confirmed", "determined", "determined"]
    assert set(Case.objects.values_list("to_organisation", "asked_by_organisation")) == {
        (town.street.pk, to.pk), (to.pk, town.community.pk),
    }  # fmt: skip
    page = signed_in(clerk).get("/school/")
    assert page.status_code == 403
    assert "接手小学接手" in page.content.decode()
    assert "65550999" in page.content.decode()
    successor = signed_in(clerk_of(to, Desk.SCHOOL))
    assert "请核实" in successor.get("/cases/").content.decode()


def test_a_family_whose_school_closed_finds_its_child_and_its_question_with_the_next_one(
    town,
    people,
    signed_in,
    client,
):
    binding = enter(client, people[0])
    form = {"topic": "policy", "words": "卡在哪里领", "about": str(binding.pk), "once": secrets.token_hex(16)}
    sent = client.post("/family/questions/new", form)
    to = organisation(name="接手小学", parent=town.street)
    shut(signed_in(clerk_of(town.agency, Desk.AGENCY)), town, to)
    assert "接手小学" in client.get(sent["Location"]).content.decode()
    assert "接手小学" in client.get(f"/family/children/{binding.pk}/").content.decode()


def test_the_system_administrator_is_told_who_hands_the_children_over(town, people, signed_in):
    system = signed_in(clerk_of(organisation("operations"), Desk.SYSTEM))
    answer = system.post(f"/system/organisations/{town.school.pk}/close")
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "在册学生 3 名" in said
    assert "办理停办移交" in said
    town.school.refresh_from_db()
    assert town.school.active


def test_what_was_closed_with_children_on_it_is_handed_over_by_the_agency(town, people, signed_in):
    officer = signed_in(clerk_of(town.agency, Desk.AGENCY))
    to = organisation(name="接手小学", parent=town.street)
    type(to).objects.filter(pk=town.school.pk).update(active=False)
    town.school.refresh_from_db()
    closed = "/agency/organisations/?state=closed"
    assert "有孩子没有移交" in officer.get(closed).content.decode()
    page = officer.get(f"/agency/organisations/{town.school.pk}/").content.decode()
    assert "还有孩子没有移交" in page
    assert "停办时没有孩子" not in page
    assert "3 名孩子转到接手小学" in shut(officer, town, to).content.decode()
    again = shut(officer, town, to).content.decode()
    assert "没有要移交的孩子" in again
    assert "有孩子没有移交" not in officer.get(closed).content.decode()
    page = officer.get(f"/agency/organisations/{town.school.pk}/").content.decode()
    assert "还有孩子没有移交" not in page
    assert "接手小学" in page


def test_the_agency_is_told_which_classes_are_called_otherwise_since(town, people, signed_in):
    to = organisation(name="接手小学", parent=town.street)
    child(to)
    officer = signed_in(clerk_of(town.agency, Desk.AGENCY))
    assert "枕波1班" in officer.get(f"/agency/organisations/{town.school.pk}/").content.decode()
    assert "一年级 1班 → 一年级 枕波1班" in shut(officer, town, to).content.decode()
    assert "一年级 枕波1班" in officer.get(f"/agency/organisations/{town.school.pk}/").content.decode()


def test_letters_that_the_closed_school_handed_out_stand_on_the_successors_page(town, people, signed_in):
    by = clerk_of(town.school, Desk.SCHOOL)
    batch, _ = making.ask(season=town.season, school=town.school, scope="全校", heads=3, key="k", by=by, at=AT)
    making.make(batch=batch, groups=None, chosen=None, duplex=False, at=AT, processes=1)
    handing_out.hand_out(
        season=town.season, school=town.school, classes=[("primary", 1, "1班")], day=date(2019, 9, 24), by=by, at=AT
    )
    to = organisation(name="接手小学", parent=town.street)
    listed(to, town.season, child(to, name="本校学生"))
    shut(signed_in(clerk_of(town.agency, Desk.AGENCY)), town, to)
    successor = signed_in(clerk_of(to, Desk.SCHOOL))
    rows = {row["row"].class_name: row["row"] for row in successor.get("/letters/").context["rows"]}
    assert [(rows[name].printed, rows[name].handed) for name in ("枕波1班", "1班")] == [(3, 3), (0, 0)]
    street = signed_in(clerk_of(town.street, Desk.COMMUNITY))
    for client in (street, signed_in(clerk_of(town.agency, Desk.AGENCY))):
        assert client.get("/letters/progress").context["letters"] == 3


def test_the_education_bureaus_earlier_days_do_not_fall_when_a_school_merges(town, people, signed_in):
    to = organisation(name="接手小学", parent=town.street)
    listed(to, town.season, child(to))
    reckoning.catch_up(at=AT)
    shut(signed_in(clerk_of(town.agency, Desk.AGENCY)), town, to)
    reckoning.catch_up(at=at("2019-11-13"))
    clock.set_to(at("2019-11-13"))
    page = signed_in(clerk_of(organisation("education_bureau"), Desk.EDUCATION)).get("/education/")
    assert {day.should for day in page.context["curve"].days} == {4}
    assert page.context["total"].standing.should == 4
