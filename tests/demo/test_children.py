"""Made-up children hold together: numbers, names, grades and birthdays. 演示学生"""

from __future__ import annotations

from datetime import date

import pytest

from yingbao.demo import bodies, names, numbers
from yingbao.demo.cases import cases
from yingbao.demo.children import Child, Crowd
from yingbao.values import divisions, identity, phones
from yingbao.values import names as name_rules

ON = date(2019, 11, 12)


def _body(code: str) -> bodies.Body:
    return next(body for body in (*bodies.suzhou(0), *bodies.yuzhong()) if body.code == code)


@pytest.fixture(scope="module")
def crowd() -> list[Child]:
    maker = Crowd(7)
    places = (bodies.MAIN, bodies.KINDERGARTEN, bodies.SENIOR, bodies.SPECIAL, bodies.YUZHONG_MIDDLE)
    pupils = [child for code in places for child in maker.at_school(_body(code), 400)]
    return pupils + list(maker.outside_school(_body(bodies.COMMUNITY), 200))


def test_every_number_passes_the_checks_that_a_clerks_file_has_to_pass(crowd: list[Child]) -> None:
    for child in crowd:
        assert identity.check(child.kind, child.number, on=ON) == child.number


def test_a_number_says_the_birthday_and_the_sex_of_its_child(crowd: list[Child]) -> None:
    telling = [child for child in crowd if identity.birth_date(child.kind, child.number)]
    assert len(telling) > len(crowd) * 0.95
    for child in telling:
        assert identity.birth_date(child.kind, child.number) == child.birth_date
        assert identity.sex(child.kind, child.number) == child.sex


def test_no_two_children_have_the_same_number(crowd: list[Child]) -> None:
    assert len({child.number for child in crowd}) == len(crowd)


def test_newcomers_never_meet_the_numbers_of_those_who_are_there() -> None:
    school = _body(bodies.NEWCOMERS_DUE)
    there, new = ({child.number for child in Crowd(7, newcomers=new).at_school(school, 3_000)} for new in (False, True))
    assert len(there) == len(new) == 3_000
    assert not there & new


def test_a_dealer_refuses_rather_than_deal_a_number_twice() -> None:
    dealer = Crowd(7).numbers
    with pytest.raises(OverflowError):
        for _ in range(numbers._OF_A_DAY + 1):
            dealer.eighteen("320508", date(2012, 1, 1), "male")


def test_names_phones_and_places_are_such_as_a_roster_may_hold(crowd: list[Child]) -> None:
    for child in crowd:
        assert name_rules.check(child.name)
        assert child.hukou == "" or divisions.exists(child.hukou)
        assert child.parents or child.hukou
        for parent in child.parents:
            assert name_rules.check(parent.name)
            assert parent.phone == "" or phones.check(parent.phone) == parent.phone


def test_every_phone_lies_in_the_block_that_everyone_sees_is_made_up(crowd: list[Child]) -> None:
    assert {parent.phone[:7] for child in crowd for parent in child.parents if parent.phone} == {"1990000"}


def test_first_graders_are_six_when_school_begins() -> None:
    pupils = Crowd(7).at_school(_body(bodies.MAIN), 600, only=lambda grade: grade == 1)
    assert all(date(2012, 9, 1) <= child.birth_date <= date(2013, 8, 31) for child in pupils)


def test_the_same_seed_makes_the_same_children_and_another_seed_others() -> None:
    school = _body(bodies.JUNIOR)
    one, same, other = (list(Crowd(seed).at_school(school, 60)) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_most_of_suzhous_pupils_have_city_hukou_and_the_others_came_every_way(crowd: list[Child]) -> None:
    pupils = list(Crowd(3).at_school(_body(bodies.MAIN), 3_000))
    far = [child for child in pupils if child.hukou and not child.hukou.startswith("3205")]
    assert 0.55 < sum(child.hukou.startswith("3205") for child in pupils) / len(pupils) < 0.65
    assert any(child.registered_on for child in far)
    assert any(child.admitted_on for child in far)
    assert any(parent.hukou.startswith("3205") for child in far for parent in child.parents)
    assert {child.kind for child in pupils} == set(identity.KINDS) - {"birth_certificate"}


def test_surnames_of_two_characters_minorities_and_rare_characters_all_occur() -> None:
    pupils = [child.name for child in Crowd(3).at_school(_body(bodies.MAIN), 20_000)]
    assert any("·" in name for name in pupils)
    assert any(name.startswith("欧阳") for name in pupils)
    assert any(ord(sign) > 0xFFFF for name in pupils for sign in name)
    assert set(names.RARE) & {sign for name in pupils for sign in name}


def test_every_case_has_a_name_a_place_and_a_child_of_its_own() -> None:
    made = cases(Crowd(7).numbers)
    codes = {body.code for body in (*bodies.suzhou(0), *bodies.yuzhong())}
    assert len({case.id for case in made}) == len(made)
    assert len({case.child.number for case in made}) == len(made)
    assert {case.place for case in made} <= codes
    for case in made:
        assert identity.check(case.child.kind, case.child.number, on=ON) == case.child.number
        assert case.title.zh
        assert case.title.en


def test_the_issues_awkward_cases_are_all_there() -> None:
    ids = {case.id for case in cases(Crowd(7).numbers)}
    assert ids >= {
        "points_missed", "passport", "foreign_permanent_residence", "hk_permit", "macau_permit", "taiwan_permit",
        "hmt_residence_permit", "two_exemptions", "rare_character", "rare_character_two", "rare_surname", "twin_one",
        "twin_two", "moved_this_autumn", "newborn", "not_at_school", "on_two_rosters",
    }  # fmt: skip
