"""What another policy would do to the children already determined. 政策试算"""

from __future__ import annotations

from datetime import date

import pytest

from tests.enrolment.building import AT, child, clerk, organisation
from yingbao.enrolment import versions
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.simulating import simulate
from yingbao.policy import catalogue

pytestmark = pytest.mark.django_db
ON = AT.date()


def other(*pairs: tuple[str, str], policy: str = "320500/2020"):
    text = versions.text_in_force(policy)
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return catalogue.policy_in(text, "policy.yaml")


def stored() -> list[tuple[object, ...]]:
    return list(Enrolment.objects.order_by("pk").values_list("pk", "state", "self_paid_fen", "because", "as_of"))


def test_a_season_without_children_has_nothing_that_would_change(suzhou):
    told = simulate(season=suzhou, policy=other(("24000", "25000")), on=ON)
    assert (told["children"], told["changed"], told["groups"]) == (0, 0, [])


def test_the_same_rules_change_nothing(suzhou, school):
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    told = simulate(season=suzhou, policy=other(("zh: 年度申报缴费期", "zh: 申报缴费期")), on=ON)
    assert (told["children"], told["changed"], told["kinds"]) == (1, 0, {})


def test_a_dearer_premium_is_told_by_payer_with_the_sums_and_nothing_is_stored(suzhou, school):
    for number in range(3):
        child(school, name=f"学生{number}")
    child(school, name="低保", assisted="minimum_living")
    list_and_determine(season=suzhou, organisation=school, at=AT)
    before = stored()
    told = simulate(season=suzhou, policy=other(("premium_fen: 24000", "premium_fen: 25000")), on=ON)
    assert stored() == before
    assert (told["changed"], told["family_fen"], told["others_fen"]) == (4, 3000, 1000)
    assert told["kinds"] == {"premium": 4, "self_paid": 3}
    assert [group["children"] for group in told["groups"]] == [3, 1]
    assert told["groups"][0]["before"]["self_paid_fen"] == 24000
    assert told["groups"][0]["after"]["self_paid_fen"] == 25000
    assert len(told["sample"]) == 4


def test_who_would_lose_the_place_is_counted(suzhou, school):
    child(school, hukou="500103", registered=None, points=date(2019, 7, 1))
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    told = simulate(season=suzhou, policy=other(("last: 2019-09-10", "last: 2019-06-10")), on=ON)
    assert (told["losing"], told["kinds"]["losing"], told["changed"]) == (1, 1, 1)


def test_the_declared_and_paid_are_counted_apart(suzhou, school):
    people = [child(school, name=f"学生{number}") for number in range(4)]
    list_and_determine(season=suzhou, organisation=school, at=AT)
    confirm(enrolments=list(Enrolment.objects.all()), by=clerk(school), at=AT)
    Enrolment.objects.filter(person__in=people[:1]).update(state="declared")
    Enrolment.objects.filter(person__in=people[1:2]).update(state="paid")
    told = simulate(season=suzhou, policy=other(("premium_fen: 24000", "premium_fen: 25000")), on=ON)
    assert (told["changed"], told["taken"], told["again"]) == (2, 2, 2)


def test_the_confirmed_stay_as_they_are_on_a_day_outside_every_window(suzhou, school):
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    confirm(enrolments=list(Enrolment.objects.all()), by=clerk(school), at=AT)
    told = simulate(season=suzhou, policy=other(("premium_fen: 24000", "premium_fen: 25000")), on=date(2019, 12, 15))
    assert (told["changed"], told["left_alone"]) == (0, 1)


def test_yuzhongs_tiers_are_told_as_well(yuzhong):
    school = organisation(area="500103", name="临江路小学")
    child(school, area="500103", hukou="500103")
    list_and_determine(season=yuzhong, organisation=school, at=AT)
    text = versions.text_in_force("500103/2020")
    assert "premium_fen: 25000" in text
    told = simulate(
        season=yuzhong, policy=other(("premium_fen: 25000", "premium_fen: 28000"), policy="500103/2020"), on=ON
    )
    assert (told["changed"], told["family_fen"] + told["others_fen"]) == (1, 3000)


def test_progress_ends_at_the_whole(suzhou, school):
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    steps: list[tuple[int, int]] = []
    simulate(season=suzhou, policy=other(), on=ON, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 1)]
