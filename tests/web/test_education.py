"""The education desk: the missing by reason, totals that add up, and never a child. 教育督察"""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from tests.enrolment.building import AT, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.enrolment import reckoning
from yingbao.enrolment.actions import confirm, decline
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import open_season
from yingbao.enrolment.standing import Standing, of_bodies
from yingbao.enrolment.standing_tables import BodyStanding
from yingbao.enrolment.supervising import REASONS, SENSITIVE, of_school, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(signed_in):
    return signed_in(clerk_of(organisation("education_bureau", name="教育局"), Desk.EDUCATION))


def many(place, season, count, **more):
    return listed(place, season, *(child(place, **more) for _ in range(count)))


@pytest.fixture
def full_school(clerk, school, suzhou):
    """Nine of whom something is missing each in its own way, and one who is paid."""
    children = many(school, suzhou, 6)
    paid, declared, confirmed, declined, elsewhere, _ = children
    confirm(enrolments=[paid, declared, confirmed], by=clerk, at=AT)
    Enrolment.objects.filter(pk=paid.pk).update(state="paid")
    Enrolment.objects.filter(pk=declared.pk).update(state="declared")
    decline(enrolment=declined, reason="家长书面放弃", by=clerk, at=AT)
    many(school, suzhou, 1, hukou="340100", registered=None)
    many(school, suzhou, 1, hukou="320508", registered=None)
    child(school, name="还没列入")
    other = open_season(policy_id="500103/2020", at=AT)
    community = organisation("community", area="500103")
    Enrolment.objects.create(
        season=other, person=elsewhere.person, plan_year=2020, organisation=community, state="paid", state_at=AT,
        status="enrolled",
    )  # fmt: skip
    return school


def test_every_child_on_a_roll_is_in_one_line_exactly(full_school, suzhou):
    reckoning.freshen(season=suzhou, at=AT)
    standing = of_bodies(suzhou)[full_school.pk]
    assert (standing.on_roll, standing.should, standing.missing) == (9, 8, 7)
    assert standing.insured == 1
    assert standing.reasons == {
        "unpaid": 1, "undeclared": 1, "declined": 1, "elsewhere": 1, "unconfirmed": 1, "ineligible": 1,
        "unregistered": 1, "unlisted": 1,
    }  # fmt: skip
    assert standing.insured + sum(standing.reasons.values()) == standing.on_roll
    whole, grades = of_school(suzhou, full_school)
    assert whole == standing
    assert sum(grade.standing.on_roll for grade in grades) == 9


def test_few_of_a_sensitive_reason_are_put_together_and_the_sum_stays():
    standing = Standing(60, {"unpaid": 2, "ineligible": 3, "elsewhere": 3, "declined": 20, "unlisted": 15})
    assert shown(standing) == {"unpaid": 2, "unlisted": 15, "other": 23}
    assert sum(shown(standing).values()) == standing.missing
    plenty = Standing(60, {"ineligible": 20, "declined": 20})
    assert shown(plenty) == plenty.reasons
    assert plenty.missing == 20
    assert set(SENSITIVE) < set(REASONS)


def test_the_first_page_shows_places_schools_and_reasons_and_no_child(full_school, other_school, suzhou, desk):
    said = desk.get("/education/").content.decode()
    assert full_school.name in said
    assert "未缴费 1" in said
    assert "其他（人数少，合并） 2" in said
    assert "家长不参保 1" not in said
    assert "张小明" not in said
    assert "还没列入" not in said
    assert f'没有名单的学校</h2><ul><li><a href="/education/schools/{other_school.pk}/">' in said
    assert "2019年11月30日" in said


def test_totals_of_places_are_the_sums_of_their_schools(full_school, other_school, suzhou, desk):
    above = organisation("sub_district", name="山塘街道", contact="陆主任", phone="051265551234")
    full_school.parent = above
    full_school.save()
    many(other_school, suzhou, 7)
    answer = desk.get("/education/")
    total = answer.context["total"].standing
    assert total.on_roll == 16 == sum(place.standing.on_roll for place in answer.context["places"])
    assert total.should == 15
    assert total.missing == sum(row.standing.missing for row in answer.context["rows"])
    assert "051265551234" in answer.content.decode()
    place = desk.get(f"/education/?place=s{above.pk}")
    assert [row.school for row in place.context["rows"]] == [full_school]
    assert desk.get("/education/?place=s999999").status_code == 404


def test_a_school_is_shown_by_grade_and_class_without_reasons(school, suzhou, desk):
    for name, count in (("10班", 6), ("2班", 5), ("3班", 2), ("4班", 1)):
        many(school, suzhou, count, class_name=name)
    answer = desk.get(f"/education/schools/{school.pk}/")
    (grade,) = answer.context["grades"]
    assert [(name.zh, one.on_roll) for name, one in grade.classes] == [("2班", 5), ("10班", 6), ("人数少的班合计", 3)]
    said = answer.content.decode()
    assert "未确认" in said
    assert said.count("未确认") == 1
    assert "张小明" not in said


def test_a_school_without_a_roster_is_told_what_to_do(other_school, suzhou, desk):
    assert "还没有交花名册" in desk.get(f"/education/schools/{other_school.pk}/").content.decode()


def test_the_reasons_on_page_and_sheet_add_up_to_the_missing_and_who_is_not_counted_stands_apart(
    full_school, other_school, suzhou, desk
):
    desk.get("/education/")
    BodyStanding.objects.filter(season=suzhou, organisation=full_school).update(ineligible=6, with_other=1)
    page = desk.get("/education/")
    total = page.context["total"]
    assert sum(heads for _, heads in total.reasons) == total.standing.missing
    assert "另有在册学生 7 名不计入应保：不符合条件 6，由本市其他单位办理 1" in page.content.decode()
    heads, *rows = openpyxl.load_workbook(io.BytesIO(desk.get("/education/workbook").content)).active.values
    missing, apart = heads.index("未参保"), heads.index("不计入应参保")
    for row in rows:
        assert sum(cell or 0 for cell in row[missing + 1 : apart]) == (row[missing] or 0)
    assert rows[-1][apart:] == (7, 6, 1)


def test_the_workbook_holds_what_the_page_shows(full_school, other_school, desk):
    rows = list(openpyxl.load_workbook(io.BytesIO(desk.get("/education/workbook").content)).active.values)
    assert rows[0][:5] == ("街道／区域", "学校", "应保", "已参保", "未参保")
    mine = next(dict(zip(rows[0], row, strict=True)) for row in rows if row[1] == full_school.name)
    assert (mine["应保"], mine["已参保"], mine["未参保"]) == (8, 1, 7)
    assert (mine["家长不参保"], mine["其他（人数少，合并）"]) == (None, 2)
    assert rows[-1][1:5] == ("合计", 8, 1, 7)


def test_a_supervisor_sees_nothing_of_another_area(full_school, signed_in):
    elsewhere = signed_in(clerk_of(organisation("education_bureau", area="500103"), Desk.EDUCATION))
    assert full_school.name not in elsewhere.get("/education/").content.decode()
    assert elsewhere.get(f"/education/schools/{full_school.pk}/").status_code == 404


def test_a_change_is_on_the_page_at_once_and_many_wait_for_the_worker(full_school, suzhou, desk, monkeypatch):
    before = desk.get("/education/").context["total"].standing
    child(full_school)
    assert desk.get("/education/").context["total"].standing.should == before.should + 1
    child(full_school)
    monkeypatch.setattr(reckoning, "AT_ONCE", 0)
    answer = desk.get("/education/")
    assert answer.context["total"].standing.should == before.should + 1
    reckoning.catch_up(at=AT)
    assert desk.get("/education/").context["total"].standing.should == before.should + 2


def test_a_child_who_left_the_roll_is_not_counted(school, suzhou):
    (one,) = many(school, suzhou, 1)
    one.person.rolls.update(left_on=AT.date() - timedelta(days=1), leave_reason="transferred")
    Enrolment.objects.update(state="withdrawn", reason="转学")
    reckoning.freshen(season=suzhou, at=AT)
    assert of_bodies(suzhou) == {}
