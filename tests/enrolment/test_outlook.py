"""What opening the next season would do, told beforehand: it is what then comes. 结转预览"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.enrolment.building import child, enter, organisation
from tests.enrolment.test_needs import undone
from tests.enrolment.test_rolling_over import (
    LISTED,
    OPENED,
    _years,
    begun,
    folder,
    last,
    looked_at,
    now,
    officer,
    stood,
)
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.rolling_over import carry_out
from yingbao.enrolment.rolling_tables import RollOver
from yingbao.people.grades import GRADES
from yingbao.people.models import SchoolRoll

pytestmark = pytest.mark.django_db
__all__ = ["_years", "folder", "last", "officer"]


def test_the_outlook_writes_nothing_and_tells_what_then_happens(last, officer):
    school, community = organisation(), organisation("community")
    kindergarten = organisation(stages=["kindergarten"])
    people = [child(school, grade=3), child(school, grade=6), child(school, stage="junior", grade=3)]
    people += [child(kindergarten, stage="kindergarten", grade=3, hukou="411525") for _ in range(2)]
    small = child(None, born=date(2019, 2, 1))
    list_and_determine(season=last, organisation=school, at=LISTED)
    list_and_determine(season=last, organisation=kindergarten, at=LISTED)
    list_and_determine(season=last, organisation=community, at=LISTED)
    for person in (*people, small):
        stood(person, last, "covered")
    stood(people[0], last, "declined")
    rolls = list(SchoolRoll.objects.order_by("pk").values())
    told = looked_at().outlook
    assert list(SchoolRoll.objects.order_by("pk").values()) == rolls
    assert not Enrolment.objects.exclude(season=last).exists()
    assert told["places"] == {"school": 2, "community": 2, "awaiting_school": 2}
    assert told["ways"] == {"primary/3/primary/4": 1, "primary/6/junior/1": 1}
    assert told["graduates"] == {"junior": 1, "kindergarten": 2}
    assert (told["first_graders"], told["renewals"], told["newcomers"]) == (2, 4, 0)
    assert (told["lapsed"], told["lapsed_after"]) == ({"1": 1}, {"declined": 1})
    assert told["family_fen"] == 4 * now(small, last).premium_fen
    carry_out(found=begun(officer), now=lambda: OPENED)
    done = RollOver.objects.get().result
    assert {name: done[f"places/{name}"] for name in told["places"]} == told["places"]
    assert (done["renewals"], done["lapsed/1"]) == (told["renewals"], 1)


ROLLS = st.sampled_from(
    [None, ("kindergarten", 3), ("primary", 1), ("primary", 6), ("junior", 3), ("senior", 3), ("special", None)]
)
ENDS = st.sampled_from(["covered", "declined", "withdrawn", "lapsed", "determined", None])
CHILDREN = st.tuples(
    ROLLS,
    st.sampled_from([2018, 2019, 2020]),
    st.sampled_from(["320508", "320506", "411525", ""]),
    st.sampled_from([date(2002, 3, 1), date(2012, 3, 1), date(2020, 3, 1)]),
    ENDS,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stages=st.lists(st.sets(st.sampled_from(list(GRADES)), min_size=1).map(sorted), min_size=1, max_size=2),
    open_=st.booleans(),
    children=st.lists(CHILDREN, max_size=7),
)
def test_whatever_the_city_is_like_the_outlook_is_what_comes(last, officer, stages, open_, children):
    with undone():
        schools, communities = [organisation(stages=each) for each in stages], [organisation("community")]
        for number, (roll, year, hukou, born, end) in enumerate(children):
            person = child(None, hukou=hukou, born=born)
            if roll is not None:
                enter(person, schools[number % len(schools)], stage=roll[0], grade=roll[1], school_year=year)
            if end is not None:
                Enrolment.objects.create(
                    season=last, person=person, plan_year=2020, organisation=communities[0], state=end,
                    state_at=LISTED, status="enrolled", reason="x" if end in ("declined", "withdrawn") else "",
                )  # fmt: skip
        schools[0].active = open_
        schools[0].save()
        told = looked_at().outlook
        carry_out(found=begun(officer), now=lambda: OPENED)
        done = RollOver.objects.get().result
        listed = sum(told.get("places", {}).get(place, 0) for place in ("school", "community"))
        assert done.get("children", 0) == told["children"]
        assert {name: done.get(f"places/{name}", 0) for name in told.get("places", {})} == told.get("places", {})
        assert done.get("promoted", 0) == sum(told.get("ways", {}).values())
        assert done.get("graduated", 0) == sum(told.get("graduates", {}).values())
        assert done.get("renewals", 0) == told.get("renewals", 0)
        assert {years: done[f"lapsed/{years}"] for years in told.get("lapsed", {})} == told.get("lapsed", {})
        assert Enrolment.objects.exclude(season=last).count() == listed
