"""Who sees which organisations. 可见范围"""

from __future__ import annotations

from datetime import date

import pytest

from yingbao.agents.appointing import appoint
from yingbao.agents.models import KINDS_OF_DESK, Appointment, Desk, Organisation, OrganisationKind
from yingbao.agents.organising import organise, organise_area, organise_bodies

pytestmark = pytest.mark.django_db
SINCE = date(2019, 9, 1)


def _tree(area: str) -> dict[str, Organisation]:
    """A district with two sub-districts; the first has a school and a community, the second a school."""
    top = organise_area(area)
    one, two = (
        organise(pooling_area=area, kind=OrganisationKind.SUB_DISTRICT, code=f"J{n}", name=f"街道{n}", parent=top)
        for n in (1, 2)
    )
    schools = [
        organise(
            pooling_area=area,
            kind=OrganisationKind.SCHOOL,
            code=f"S{n}",
            name=f"学校{n}",
            parent=parent,
            stages=["primary"],
        )
        for n, parent in enumerate((one, two), 1)
    ]
    community = organise(pooling_area=area, kind=OrganisationKind.COMMUNITY, code="C1", name="社区1", parent=one)
    bodies = {kind.value: body for kind, body in organise_bodies(area).items()}
    return {"top": top, "one": one, "two": two, "s1": schools[0], "s2": schools[1], "c1": community, **bodies}


@pytest.fixture
def city(db):
    return _tree("320500")


@pytest.fixture
def elsewhere(db):
    return _tree("500103")


def _seen(clerk, organisation, desk):
    appointment = appoint(user=clerk, organisation=organisation, desk=desk, since=SINCE)
    return set(Organisation.objects.visible_to(appointment))


def test_a_school_sees_itself_and_no_other(clerk, city, elsewhere):
    assert _seen(clerk, city["s1"], Desk.SCHOOL) == {city["s1"]}


def test_a_sub_district_sees_its_schools_and_communities_and_not_its_neighbours(clerk, city, elsewhere):
    assert _seen(clerk, city["one"], Desk.COMMUNITY) == {city["one"], city["s1"], city["c1"]}


def test_a_community_sees_itself_and_not_the_school_beside_it(clerk, city, elsewhere):
    assert _seen(clerk, city["c1"], Desk.COMMUNITY) == {city["c1"]}


def test_a_district_sees_all_that_is_below_it(clerk, city, elsewhere):
    seen = _seen(clerk, city["top"], Desk.COMMUNITY)
    assert {city[name] for name in ("top", "one", "two", "s1", "s2", "c1")} <= seen
    assert not seen & set(elsewhere.values())


@pytest.mark.parametrize(
    ("body", "desk"),
    [
        ("insurance_agency", Desk.AGENCY),
        ("tax_authority", Desk.TAX),
        ("education_bureau", Desk.EDUCATION),
        ("card_centre", Desk.CARD),
    ],
)
def test_a_bureau_sees_its_pooling_area_and_no_other(clerk, city, elsewhere, body, desk):
    assert _seen(clerk, city[body], desk) == set(city.values())


@pytest.mark.parametrize("body", ["civil_affairs", "union_federation", "disabled_federation", "points_office"])
def test_a_list_provider_sees_itself(clerk, city, body):
    assert _seen(clerk, city[body], Desk.LIST_PROVIDER) == {city[body]}


@pytest.mark.parametrize("desk", Desk.values)
def test_a_desk_in_the_wrong_organisation_opens_nothing(clerk, city, desk):
    for organisation in city.values():
        if organisation.kind not in KINDS_OF_DESK[Desk(desk)]:
            forged = Appointment(user=clerk, organisation=organisation, desk=desk, since=SINCE)
            assert set(Organisation.objects.visible_to(forged)) == {organisation}
