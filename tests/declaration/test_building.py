"""The list beside the roster: everybody has a place. 编制申报名单"""

from __future__ import annotations

import pytest

from tests.collection.building import owed, pay
from tests.declaration.building import AT, accepted, at, confirmed, frozen, officer, organisation, submitted
from tests.enrolment.building import child, clerk, enter
from yingbao.collection.billing import bill
from yingbao.collection.models import Obligation
from yingbao.declaration.building import NOW, PLACE_NAMES, Place, Sum, build, waiting
from yingbao.declaration.deciding import accept_in_part
from yingbao.enrolment.actions import confirm_ready, decline, withdraw
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.people.models import AssistedStatus

pytestmark = pytest.mark.django_db
LATER = at("2019-11-14")


def places(season, school, when=AT) -> dict[str, str]:
    """Each child's place, by name; first pages count those of the next declaration by another statement."""
    now = build(season=season, organisation=school, at=when)
    assert waiting(season=season, organisation=school, at=when) == now.sums(*NOW).heads
    return {one.name: str(one.place) for one in now.children}


def test_every_place_has_a_name_in_both_languages():
    assert set(PLACE_NAMES) == set(Place)
    assert all(place.text.zh and place.text.en for place in Place)


def test_every_child_of_list_and_roll_stands_somewhere_once(suzhou, school, by):
    confirmed(suzhou, school, name="缴费")
    confirmed(suzhou, school, name="免缴", assisted="orphan")
    gone = child(school, name="不参保")
    child(school, name="待确认")
    child(school, name="待登记", registered=None)
    child(school, name="不能", hukou="340100", registered=None)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    decline(enrolment=Enrolment.objects.get(person=gone), reason="家长放弃", by=by, at=AT)
    child(school, name="漏列")
    there = organisation(name="沧浪学校")
    theirs = child(there, name="别校")
    list_and_determine(season=suzhou, organisation=there, at=AT)
    enter(theirs, school, contested=True)
    assert places(suzhou, school) == {
        "缴费": "pays", "免缴": "exempt", "不参保": "declined", "待确认": "to_confirm", "待登记": "to_register",
        "不能": "ineligible", "漏列": "unlisted", "别校": "elsewhere",
    }  # fmt: skip
    rows = {one.name: one for one in build(season=suzhou, organisation=school, at=AT).children}
    assert rows["别校"].elsewhere == "沧浪学校"
    assert rows["不参保"].reason == "家长放弃"
    assert rows["不能"].because


def test_heads_and_sums_by_category_are_those_that_are_frozen(suzhou, school, by):
    (one, *_) = confirmed(suzhou, school, 3)
    confirmed(suzhou, school, 2, assisted="orphan")
    confirmed(suzhou, school, 1, assisted="minimum_living")
    built = build(season=suzhou, organisation=school, at=AT)
    fee, body = one.premium_fen, AssistedStatus.objects.first().provided_by.name
    assert built.exemptions == {("minimum_living", body): Sum(1, 0, fee), ("orphan", body): Sum(2, 0, 2 * fee)}
    assert (built.sums(Place.PAYS), built.sums(*NOW)) == (Sum(3, 3 * fee, 0), Sum(6, 3 * fee, 3 * fee))
    made = frozen(suzhou, school, by)
    assert (made.heads, made.self_paid_fen, made.subsidised_fen) == (6, 3 * fee, 3 * fee)
    stated = [(line.enrolment_id, line.self_paid_fen, line.class_label) for line in made.lines.order_by("ordinal")]
    assert stated == [(one.enrolment, one.self_paid_fen, one.class_label) for one in built.of(*NOW)]


def test_a_child_on_three_lists_is_exempted_once_by_the_first(suzhou, school):
    (one,) = confirmed(suzhou, school, assisted="orphan")
    for kind in ("union_federation", "disabled_federation"):
        AssistedStatus.objects.create(
            person=one.person, category="orphan", provided_by=organisation(kind), first=at("2019-03-01").date()
        )
    built = build(season=suzhou, organisation=school, at=AT)
    assert built.exemptions == {("orphan", AssistedStatus.objects.earliest("first").provided_by.name): Sum(
        1, 0, one.premium_fen
    )}  # fmt: skip


def test_a_child_goes_from_place_to_place_as_its_list_does(suzhou, school, by):
    confirmed(suzhou, school, name="甲")
    confirmed(suzhou, school, name="乙", assisted="orphan")
    made = submitted(suzhou, school, by)
    assert places(suzhou, school) == {"甲": "in_hand", "乙": "in_hand"}
    line = made.lines.get(name="乙")
    accept_in_part(declaration=made, refused={line.pk: "名单有误"}, by=officer(), at=AT)
    assert places(suzhou, school) == {"甲": "declared", "乙": "exempt"}
    assert [one.reason for one in build(season=suzhou, organisation=school, at=AT).of(Place.EXEMPT)] == ["名单有误"]
    bill(declaration=made, at=AT)
    assert places(suzhou, school) == {"甲": "declared", "乙": "exempt"}
    pay(Obligation.objects.get())
    bill(declaration=accepted(suzhou, school, by), at=AT)
    assert places(suzhou, school) == {"甲": "paid", "乙": "exempted"}


def test_a_withdrawn_declared_child_is_to_be_taken_off_and_an_undeclared_one_is_not(suzhou, school, by):
    (one,) = confirmed(suzhou, school, name="甲")
    bill(declaration=accepted(suzhou, school, by), at=AT)
    (two,) = confirmed(suzhou, school, name="乙")
    for each in (one, two):
        withdraw(enrolment=each, reason="转学", by=by, at=LATER)
    assert places(suzhou, school, LATER) == {"甲": "to_remove", "乙": "withdrawn"}


def test_changed_sums_of_a_declared_child_are_to_be_corrected(suzhou, school, by):
    (one,) = confirmed(suzhou, school, name="甲")
    bill(declaration=accepted(suzhou, school, by), at=AT)
    Enrolment.objects.filter(pk=one.pk).update(
        self_paid_fen=0, subsidised_fen=one.premium_fen, paid_by="treasury", state="exempt"
    )
    assert places(suzhou, school) == {"甲": "to_correct"}


def test_after_the_window_a_confirmed_child_is_out_of_time(suzhou, school):
    confirmed(suzhou, school, name="甲")
    built = build(season=suzhou, organisation=school, at=at("2019-12-01"))
    assert [one.place for one in built.children] == [Place.OUT_OF_TIME]
    assert not built.is_ready


def test_a_child_enrolled_in_another_city_is_shown_as_elsewhere_without_its_place(suzhou, yuzhong, school):
    away = organisation(name="渝中学校", area="500103")
    person = child(away, hukou="320508", area="500103", parent_hukou="320508", stage="junior", name="甲")
    list_and_determine(season=yuzhong, organisation=away, at=AT)
    confirm_ready(season=yuzhong, organisation=away, by=clerk(away), at=AT)
    enter(person, school, contested=True)
    Enrolment.objects.create(
        season=suzhou, person=person, plan_year=2020, organisation=school, state="determined", state_at=AT,
        status="enrolled", phase="open", premium_fen=100, self_paid_fen=100,
    )  # fmt: skip
    (one,) = build(season=suzhou, organisation=school, at=AT).children
    assert (one.place, one.elsewhere) == (Place.ELSEWHERE, "")


def test_a_child_billed_without_a_declaration_is_declared(suzhou, school):
    owed(suzhou, confirmed(suzhou, school, name="甲"))
    assert places(suzhou, school) == {"甲": "declared"}


def test_two_thousand_children_take_a_handful_of_statements(suzhou, school, django_assert_max_num_queries):
    confirmed(suzhou, school, 3)
    with django_assert_max_num_queries(4):
        build(season=suzhou, organisation=school, at=AT)
