"""The bodies of the demonstration. 演示机构"""

from __future__ import annotations

from collections import Counter

from yingbao.agents.models import OrganisationKind as Kind
from yingbao.demo import bodies
from yingbao.demo.bodies import Body


def _schools(found: list[Body]) -> list[Body]:
    return [body for body in found if body.kind == Kind.SCHOOL]


def test_yuzhong_has_the_directorys_sub_districts_and_schools() -> None:
    found = list(bodies.yuzhong())
    assert len(_schools(found)) == 61
    assert Counter(body.kind for body in found)[Kind.SUB_DISTRICT] == 11
    assert {bodies.YUZHONG_PRIMARY, bodies.YUZHONG_MIDDLE} <= {school.name for school in _schools(found)}


def test_suzhou_has_schools_of_every_stage_in_every_urban_district() -> None:
    schools = _schools(list(bodies.suzhou(0)))
    assert {stage for school in schools for stage in school.stages} == {
        "kindergarten", "primary", "junior", "senior", "vocational", "special",
    }  # fmt: skip
    assert {school.division for school in schools} == {"320505", "320506", "320507", "320508"}
    assert len(schools) == 15


def test_every_city_has_every_office_once() -> None:
    for city in (bodies.suzhou(0), bodies.yuzhong()):
        kinds = Counter(body.kind for body in city)
        offices = set(Kind) - {Kind.DISTRICT, Kind.SUB_DISTRICT, Kind.SCHOOL, Kind.COMMUNITY}
        assert all(kinds[office] == 1 for office in offices)


def test_a_body_stands_after_the_one_above_it() -> None:
    for city in (list(bodies.suzhou(100_000)), list(bodies.yuzhong())):
        codes = [body.code for body in city]
        assert len(set(codes)) == len(codes)
        for place, body in enumerate(city):
            assert body.parent == "" or body.parent in codes[:place]


def test_a_large_season_has_more_schools_and_not_larger_ones_but_for_one() -> None:
    schools = _schools(list(bodies.suzhou(1_000_000)))
    assert sum(school.pupils for school in schools) >= 1_000_000
    assert sorted(school.pupils for school in schools)[-2] <= bodies.MOST_PUPILS
    assert max(school.pupils for school in schools) == bodies.PUPILS_OF_A_LARGE_SCHOOL
    assert len({school.name for school in schools}) == len(schools)
