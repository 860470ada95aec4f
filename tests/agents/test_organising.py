"""Organisations are set up from a directory, and set up again. 机构设置"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from django.db import IntegrityError, transaction

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.agents.organising import BODIES, organise, organise_area, organise_bodies, organise_directory
from yingbao.policy.directory import Directory, load_directory

pytestmark = pytest.mark.django_db
YUZHONG = Path(__file__).parents[2] / "policies/500103-yuzhong/directory-2020.yaml"


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load_directory(YUZHONG)


def test_the_directory_of_yuzhong_becomes_a_district_with_eleven_sub_districts_and_61_schools(directory):
    district, sub_districts, schools = organise_directory(directory)
    assert district.name == "重庆市渝中区"
    assert (len(sub_districts), len(schools)) == (11, 61)
    assert {school.parent.parent_id for school in schools} == {district.pk}


def test_a_sub_district_carries_whom_to_ask_and_a_school_its_stages(directory):
    organise_directory(directory)
    jiefangbei = Organisation.objects.get(name="解放碑街道")
    assert (jiefangbei.contact, jiefangbei.phone) == ("谢芸", "63806685")
    assert Organisation.objects.get(name="大同实验学校").stages == ["primary", "junior"]


def test_organising_a_directory_twice_makes_nothing_twice(directory):
    first = organise_directory(directory)
    second = organise_directory(directory)
    assert [each.pk for each in first.schools] == [each.pk for each in second.schools]
    assert Organisation.objects.count() == 1 + 11 + 61


def test_a_school_that_another_sub_district_looks_after_now_is_moved_and_keeps_its_identity(directory):
    before = {school.name: school.pk for school in organise_directory(directory).schools}
    giving, taking, *others = directory.sub_districts
    moved, *kept = giving.schools
    mended = msgspec.structs.replace(
        directory,
        sub_districts=[
            msgspec.structs.replace(giving, schools=kept),
            msgspec.structs.replace(taking, schools=[*taking.schools, moved], phone="60000000"),
            *others,
        ],
    )
    organise_directory(mended)
    school = Organisation.objects.get(pk=before[moved.name])
    assert (school.parent.name, school.parent.phone) == (f"{taking.name}街道", "60000000")
    assert Organisation.objects.schools().count() == 61


def test_the_bodies_of_yuzhong_are_called_as_its_own_notice_calls_them(directory):
    bodies = organise_bodies("500103", directory=directory)
    assert bodies[OrganisationKind.INSURANCE_AGENCY].name == "渝中区医疗保障局"
    assert bodies[OrganisationKind.TAX_AUTHORITY].name == "渝中区税务局"
    assert bodies[OrganisationKind.EDUCATION_BUREAU].name == "渝中区教育委员会"
    assert bodies[OrganisationKind.CIVIL_AFFAIRS].name == "重庆市渝中区民政局"


def test_a_pooling_area_has_one_of_each_body(directory):
    organise_directory(directory)
    bodies = organise_bodies("500103", {OrganisationKind.TAX_AUTHORITY: "国家税务总局重庆市渝中区税务局"})
    organise_bodies("500103", {OrganisationKind.TAX_AUTHORITY: "国家税务总局重庆市渝中区税务局"})
    assert set(bodies) == set(BODIES)
    assert Organisation.objects.filter(kind__in=BODIES).count() == len(BODIES)
    assert bodies[OrganisationKind.TAX_AUTHORITY].name == "国家税务总局重庆市渝中区税务局"
    assert bodies[OrganisationKind.CIVIL_AFFAIRS].name == "重庆市渝中区民政局"


def test_the_same_code_in_two_pooling_areas_is_two_organisations():
    for area in ("320500", "500103"):
        organise(pooling_area=area, kind=OrganisationKind.COMMUNITY, code="C1", name="一社区")
    assert Organisation.objects.filter(code="C1").count() == 2


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"stages": []}, "school_has_at_least_one_stage"),
        ({"division": "苏州"}, "organisation_division_six_digits"),
        ({"kind": "cinema"}, "organisation_kind_known"),
        ({"code": "320500"}, "organisation_code_unique"),
    ],
)
def test_the_database_refuses_an_organisation_that_cannot_be(wrong, constraint):
    organise_area("320500")
    right = {
        "kind": "school",
        "pooling_area": "320500",
        "code": "S",
        "name": "校",
        "division": "320508",
        "stages": ["primary"],
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Organisation.objects.create(**({"stages": ["primary"]} | right | wrong))


def test_the_database_refuses_an_organisation_below_itself():
    area = organise_area("320500")
    with pytest.raises(IntegrityError, match="organisation_not_below_itself"), transaction.atomic():
        Organisation.objects.filter(pk=area.pk).update(parent=area)
