"""The points office sends who was admitted: matched, registered, waiting, out of time, taken back. 积分入医名单"""

from __future__ import annotations

from datetime import date

import pytest

from tests.enrolment.building import AT, clerk, enter
from tests.spreadsheet.assisted_lists import body, known
from tests.spreadsheet.rosters import resident_id, workbook
from yingbao.agents.models import Desk
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.jobs.assisted import _follow, withdraw_row
from yingbao.people.models import BasicRegistration, Person, PointsAdmission
from yingbao.spreadsheet import assisted_review, assisted_undoing
from yingbao.spreadsheet.assisted_committing import Effected, catch_up, commit, lists_waiting
from yingbao.spreadsheet.assisted_review import receive, review
from yingbao.spreadsheet.models import AssistedList
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
AS_OF = date(2019, 9, 12)
IN_TIME, LATE = date(2019, 8, 20), date(2019, 9, 11)


@pytest.fixture
def office(season):
    return body("points_office", name="积分办")


@pytest.fixture
def officer(office):
    return clerk(office, Desk.LIST_PROVIDER).user


def from_elsewhere(name: str, school=None, **more) -> Person:
    return known(name, school, **{"hukou": "340100", "registrations": ()} | more)


def row(person: Person | None, day: str = "2019-08-20", **more):
    number = person.number if person else resident_id(division="340102")
    return {"姓名": person.name if person else "谁家小孩", "身份证号": number, "积分入医日期": day} | more


def reviewed(office, officer, rows, *, kind: str = "full", as_of: date = AS_OF) -> AssistedList:
    found = receive(
        organisation=office, kind=kind, as_of=as_of, filename="积分入医.xlsx", data=workbook(rows), by=officer, at=AT
    )
    return review(found.pk, at=AT)


def committed(office, officer, rows, *, meant: bool = False, **more) -> AssistedList:
    found = reviewed(office, officer, rows, **more)
    effected = commit(assisted_list=found, by=officer, at=AT, meant=meant)
    _follow(effected, officer, AT, lambda done, total: None)
    return effected.assisted_list


def admissions() -> dict[str, date]:
    return dict(PointsAdmission.objects.values_list("person__name", "admitted_on"))


def test_an_admitted_child_is_registered_and_decided_afresh(season, school, office, officer):
    child = from_elsewhere("樊思远", school)
    list_and_determine(season=season, organisation=school, at=AT)
    one = Enrolment.objects.get(person=child)
    assert one.status == "ineligible"
    committed(office, officer, [row(child, 学校="星海学校")])
    one.refresh_from_db()
    assert (one.status, one.state, one.registration) == ("enrolled", "determined", "points")
    registration = BasicRegistration.objects.get(person=child)
    assert (registration.channel, registration.registered_on) == ("points", IN_TIME)


def test_a_day_out_of_time_is_told_in_its_row_noted_and_does_not_count(season, school, office, officer):
    child = from_elsewhere("龚子昂", school)
    list_and_determine(season=season, organisation=school, at=AT)
    found = reviewed(office, officer, [row(child, "2019-09-11")])
    (line,) = found.rows.all()
    assert "不在2019-06-01至2019-09-10" in line.faults[0]["what"]["zh"].replace("年", "-").replace("月", "-").replace(
        "日", ""
    )
    assert line.faults[0]["severity"] == "warning"
    assert found.counts["out_of_time"] == 1
    committed(office, officer, [row(child, "2019-09-11")])
    assert admissions() == {"龚子昂": LATE}
    assert not BasicRegistration.objects.filter(person=child).exists()
    assert Enrolment.objects.get(person=child).status == "ineligible"


def test_a_mended_day_takes_the_place_of_the_wrong_one(season, office, officer):
    child = from_elsewhere("龚子昂")
    committed(office, officer, [row(child, "2019-09-11")])
    committed(office, officer, [row(child, "2019-09-10", 变动="新增")], kind="changes")
    assert admissions() == {"龚子昂": date(2019, 9, 10)}
    assert BasicRegistration.objects.get(person=child).registered_on == date(2019, 9, 10)


def test_who_nobody_knows_waits_and_is_taken_up_once_a_school_hands_the_child_in(season, school, office, officer):
    number = resident_id(division="340102")
    found = committed(office, officer, [row(None, 身份证号=number, 姓名="迟来生", 学校="沧浪学校")])
    assert found.counts["unmatched"] == 1
    child = from_elsewhere("迟来生", school, number=number)
    list_and_determine(season=season, organisation=school, at=AT)
    assert lists_waiting() == [found.pk]
    effected = catch_up(list_id=found.pk, at=AT)
    _follow(effected, officer, AT, lambda done, total: None)
    assert Enrolment.objects.get(person=child).status == "enrolled"
    assert found.rows.get().school_name == "沧浪学校"


def test_who_is_no_longer_on_a_full_list_loses_admission_and_registration(season, school, office, officer):
    first, second = from_elsewhere("留下生"), from_elsewhere("取消生", school)
    committed(office, officer, [row(first), row(second)])
    list_and_determine(season=season, organisation=school, at=AT)
    found = reviewed(office, officer, [row(first)], as_of=date(2019, 9, 20))
    assert found.counts["absent"] == 1
    committed(office, officer, [row(first)], as_of=date(2019, 9, 20))
    assert admissions() == {"留下生": IN_TIME}
    assert not BasicRegistration.objects.filter(person=second).exists()
    assert Enrolment.objects.get(person=second).status == "ineligible"


def test_admissions_and_registrations_of_years_before_stay(season, office, officer):
    child, other = from_elsewhere("老生"), from_elsewhere("新生")
    PointsAdmission.objects.create(person=child, pooling_area="320500", admitted_on=date(2018, 7, 1))
    BasicRegistration.objects.create(
        person=child, pooling_area="320500", registered_on=date(2018, 7, 1), channel="points"
    )
    committed(office, officer, [row(other)])
    assert admissions() == {"老生": date(2018, 7, 1), "新生": IN_TIME}
    assert BasicRegistration.objects.filter(person=child).exists()


def test_rows_without_a_day_and_with_one_in_the_future_are_refused(season, office, officer):
    found = reviewed(office, officer, [row(from_elsewhere("甲"), ""), row(from_elsewhere("乙"), "2019-10-01")])
    assert found.counts["faulty"] == 2
    said = " ".join(fault["what"]["zh"] for line in found.rows.all() for fault in line.faults)
    assert "没有填写入医日期" in said
    assert "晚于名单日期" in said


def test_the_same_list_twice_admits_nobody_twice(season, office, officer):
    child = from_elsewhere("一次生")
    first = committed(office, officer, [row(child)])
    assert reviewed(office, officer, [row(child)]) == first or PointsAdmission.objects.count() == 1
    again = reviewed(office, officer, [row(child)], as_of=date(2019, 9, 15))
    assert again.counts["same"] == 1


def test_a_whole_list_is_taken_back_with_what_it_did(season, school, office, officer):
    child = from_elsewhere("误报生", school)
    list_and_determine(season=season, organisation=school, at=AT)
    found = committed(office, officer, [row(child), row(None)])
    taken = assisted_undoing.take_back(assisted_list=found, because="传错了", by=officer, at=AT)
    _follow(Effected(taken.assisted_list, taken.person_ids), officer, AT, lambda done, total: None)
    assert admissions() == {}
    assert not BasicRegistration.objects.exists()
    assert Enrolment.objects.get(person=child).status == "ineligible"
    assert not assisted_review.waiting().exists()
    assert taken.assisted_list.counts["taken_back"] == 2
    again = assisted_undoing.take_back(assisted_list=found, because="再点一次", by=officer, at=AT)
    assert (again.rows, again.assisted_list.withdrawn_because) == (0, "传错了")


def test_one_row_is_taken_back_and_a_changed_day_stands_again(season, office, officer):
    child = from_elsewhere("改期生")
    committed(office, officer, [row(child, "2019-07-01")])
    found = committed(office, officer, [row(child, "2019-08-20", 变动="新增")], kind="changes")
    assert admissions() == {"改期生": IN_TIME}
    withdraw_row(row=found.rows.get(), because="日期没错", by=officer, at=AT)
    assert admissions() == {"改期生": date(2019, 7, 1)}


def test_a_list_that_is_not_in_effect_or_without_a_reason_is_not_taken_back(season, office, officer):
    found = reviewed(office, officer, [row(from_elsewhere("甲"))])
    with pytest.raises(Refused, match="not in effect"):
        assisted_undoing.take_back(assisted_list=found, because="x", by=officer, at=AT)
    done = commit(assisted_list=found, by=officer, at=AT).assisted_list
    with pytest.raises(Refused, match="reason"):
        assisted_undoing.take_back(assisted_list=done, because="  ", by=officer, at=AT)


def test_two_schools_children_of_one_name_are_kept_apart_by_their_numbers(
    season, school, other_school, office, officer
):
    one, other = from_elsewhere("同名生", school), from_elsewhere("同名生")
    enter(other, other_school)
    committed(office, officer, [row(one)])
    assert list(PointsAdmission.objects.values_list("person", flat=True)) == [one.pk]
