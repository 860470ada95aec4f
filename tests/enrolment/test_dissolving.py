"""A school or community that ends in mid-season: nobody's child is lost. 停办移交"""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, child, clerk, enter, organisation
from yingbao.agents.models import Appointment
from yingbao.enrolment import dissolving
from yingbao.enrolment.actions import confirm, decline
from yingbao.enrolment.models import Enrolment, Step
from yingbao.enrolment.opening import list_and_determine
from yingbao.people.models import SchoolRoll
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(suzhou) -> Appointment:
    return clerk(organisation("insurance_agency"))


def close(one, to, by, **more):
    values = {"reason": "教育局批复", "at": AT, "seen": dissolving.mark_of(one)} | more
    return dissolving.dissolve(organisation=one, successor=to, by=by, **values)


def test_children_rolls_and_states_go_to_the_other_school_as_they_are(suzhou, school, officer):
    to = organisation(name="接收学校")
    people = [child(school, name=f"学生{number}") for number in range(4)]
    list_and_determine(season=suzhou, organisation=school, at=AT)
    rows = {one.person_id: one for one in Enrolment.objects.all()}
    by = clerk(school)
    confirm(enrolments=[rows[people[0].pk]], by=by, at=AT)
    Enrolment.objects.filter(person=people[1]).update(state="paid")
    decline(enrolment=rows[people[2].pk], reason="在外地参保", by=by, at=AT)
    assert close(school, to, officer) == dissolving.Handed(4, 3)
    school.refresh_from_db()
    assert not school.active
    assert set(SchoolRoll.objects.filter(left_on=None).values_list("school", "contested")) == {(to.pk, False)}
    assert set(SchoolRoll.objects.filter(school=school).values_list("leave_reason", flat=True)) == {"transferred"}
    states = dict(Enrolment.objects.filter(organisation=to).values_list("person", "state"))
    assert states == {people[0].pk: "confirmed", people[1].pk: "paid", people[3].pk: "determined"}
    assert Step.objects.filter(act="move", by=officer.user).count() == 3


def test_closing_it_twice_moves_nobody_again(suzhou, school, officer):
    to = organisation()
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    mark = dissolving.mark_of(school)
    close(school, to, officer, seen=mark)
    assert close(school, to, officer, seen=mark) == dissolving.Handed(0, 0)
    assert Step.objects.filter(act="move").count() == 1


def test_a_child_that_stands_on_both_rolls_stays_with_the_one_that_takes_over(suzhou, school, officer):
    to = organisation()
    person = child(school)
    enter(person, to, contested=True)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    close(school, to, officer)
    (roll,) = SchoolRoll.objects.filter(person=person, left_on=None)
    assert (roll.school, roll.contested) == (to, False)
    assert Enrolment.objects.get().organisation == to


def test_a_child_whom_a_third_school_claims_is_claimed_still(suzhou, school, officer):
    to, third = organisation(), organisation()
    person = child(school)
    SchoolRoll.objects.filter(person=person).update(contested=True)
    enter(person, third)
    close(school, to, officer)
    rolls = dict(SchoolRoll.objects.filter(person=person, left_on=None).values_list("school", "contested"))
    assert rolls == {third.pk: False, to.pk: True}


def test_a_communitys_children_go_to_the_next_one_of_its_division(suzhou, community, officer):
    to = organisation("community", name="香樟社区")
    person = child(hukou="320508", stage="none")
    list_and_determine(season=suzhou, organisation=community, at=AT)
    assert Enrolment.objects.get(person=person).organisation == community
    close(community, to, officer)
    assert Enrolment.objects.get(person=person).organisation == to
    list_and_determine(season=suzhou, organisation=to, at=AT)
    assert Enrolment.objects.get(person=person).organisation == to


def test_who_cannot_take_them_is_refused(suzhou, school, officer):
    child(school, stage="junior", grade=1)
    for wrong in (
        school,
        organisation(active=False),
        organisation(area="500103"),
        organisation("community"),
        organisation(stages=["primary"]),
    ):
        with pytest.raises(Refused):
            close(school, wrong, officer)
    school.refresh_from_db()
    assert school.active


def test_a_stale_page_a_missing_reason_and_a_stranger_close_nothing(suzhou, school, officer):
    to = organisation()
    mark = dissolving.mark_of(school)
    child(school)
    for wrong in (
        {"seen": mark},
        {"reason": " "},
        {"by": clerk(school)},
        {"by": clerk(organisation("insurance_agency", area="500103"))},
    ):
        with pytest.raises(Refused):
            close(school, to, **({"by": officer} | wrong))
    school.refresh_from_db()
    assert school.active


def test_classes_of_one_name_stay_apart_and_the_one_that_comes_says_where_it_was(suzhou, officer):
    closes, to = organisation(name="苏州市新华小学"), organisation(name="临江小学")
    child(closes, grade=3)
    child(closes, grade=3, class_name="2班")
    child(closes, grade=None, class_name="1班")
    child(closes, grade=4, class_name="")
    child(to, grade=3)
    child(to, grade=None, class_name="1班")
    child(to, grade=4, class_name="")
    twice = child(closes, grade=3, class_name="5班", contested=True)
    enter(twice, to, grade=3, class_name="5班")
    went = close(closes, to, officer)
    assert went.renamed == (
        dissolving.Renamed("primary", 3, "1班", "新华1班"),
        dissolving.Renamed("primary", None, "1班", "新华1班"),
    )
    assert dissolving.renamed_of(closes) == went.renamed
    assert dissolving.renamed_of(to) == ()
    rolls = SchoolRoll.objects.filter(school=to, left_on=None)
    assert sorted(rolls.filter(grade=3).values_list("class_name", flat=True)) == ["1班", "2班", "5班", "新华1班"]
    assert sorted(rolls.filter(grade=4).values_list("class_name", flat=True)) == ["", ""]


def test_a_name_that_is_taken_too_gets_a_number(suzhou, officer):
    closes, to = organisation(name="新华小学"), organisation(name="临江小学")
    child(closes)
    child(to)
    child(to, class_name="新华1班")
    assert [one.now for one in close(closes, to, officer).renamed] == ["新华1班2"]


@pytest.mark.parametrize(
    ("name", "short"),
    [("重庆市渝中区中华路小学", "中华路"), ("六十六中学", "六十六中"), ("巴蜀学校", "巴蜀"),
     ("苏州第77小学", "苏州第77小学"), ("小学", "小学"), ("枕河社区", "枕河社区")],
)  # fmt: skip
def test_a_class_is_called_after_the_short_name_of_its_school(name, short):
    assert dissolving.short_name(name) == short
