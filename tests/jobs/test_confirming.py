"""A body's list confirms last year's statuses for the new season, and taking it back asks again. 救助身份确认"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.enrolment.building import at, clerk, organisation
from tests.enrolment.next_year import policies_in, write_next_year
from tests.jobs.test_assisted import pays, run, start
from tests.spreadsheet.assisted_lists import body, committed, known, received, row
from yingbao.agents.models import Desk
from yingbao.enrolment import confirming, outlook, versions
from yingbao.enrolment.models import Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.rolling_over import begin, carry_out, mark_of, note_outlook, roll_over_of
from yingbao.enrolment.seasons import open_season
from yingbao.jobs import assisted, work
from yingbao.values import clock

pytestmark = pytest.mark.django_db
OPENED, TODAY = at("2020-09-02"), date(2020, 9, 2)


@pytest.fixture(autouse=True)
def _in_september(tmp_path) -> Iterator[None]:
    clock.set_to(OPENED)
    with policies_in(write_next_year(tmp_path)):
        yield
    clock.run_true()


@pytest.fixture
def civil_affairs(db):
    return body()


@pytest.fixture
def officer(civil_affairs):
    return clerk(civil_affairs, Desk.LIST_PROVIDER).user


@pytest.fixture
def three(civil_affairs, officer):
    """Three children on a list of the season before, and the season after it opened from it."""
    last = open_season(policy_id="320500/2020", at=at("2019-08-20"))
    school = organisation(name="星海学校")
    people = [known(name, school) for name in ("王一", "王二", "王三")]
    committed(civil_affairs, officer, [row(one) for one in people], at=at("2019-11-01"))
    list_and_determine(season=last, organisation=school, at=at("2019-11-02"))
    policy = versions.in_force("320500/2021")
    found, digest = roll_over_of(policy), versions.digest_of(versions.text_in_force("320500/2021"))
    note_outlook(found=found, told=outlook.look_ahead(last=last, policy=policy, today=TODAY), digest=digest, at=OPENED)
    found = roll_over_of(policy)
    begin(found=found, seen=mark_of(found, digest), by=clerk(organisation("insurance_agency")), at=OPENED)
    carry_out(found=roll_over_of(policy), now=lambda: OPENED)
    return people


def opened() -> Season:
    return Season.objects.get(policy="320500/2021")


def waiting() -> list[tuple[int, int, int]]:
    return [(one.waiting, one.confirmed, one.ended) for one in confirming.awaited(opened(), TODAY)]


def test_a_full_list_of_the_new_year_confirms_whom_it_names_and_ends_the_rest(three, civil_affairs, officer):
    assert waiting() == [(3, 0, 0)]
    assert set(pays(opened()).values()) == {24000}
    assert run(received(civil_affairs, officer, [row(three[0]), row(three[1])], as_of=TODAY, at=OPENED)).state == "done"
    assert waiting() == [(0, 2, 1)]
    assert pays(opened()) == {"王一": 0, "王二": 0, "王三": 24000}
    assert confirming.awaited_of(civil_affairs, TODAY) == []


def test_a_list_of_changes_confirms_single_children_and_the_others_wait(three, civil_affairs, officer):
    run(received(civil_affairs, officer, [row(three[0]) | {"变动": "新增"}], kind="changes", as_of=TODAY, at=OPENED))
    assert waiting() == [(2, 1, 0)]
    assert confirming.awaited_of(civil_affairs, TODAY) == [(opened(), 2)]


def test_a_list_dated_before_the_month_of_the_opening_confirms_nobody(three, civil_affairs, officer):
    run(received(civil_affairs, officer, [row(one) for one in three], as_of=date(2020, 8, 31), at=OPENED))
    assert waiting() == [(3, 0, 0)]
    assert set(pays(opened()).values()) == {24000}


def test_a_list_that_is_taken_back_is_asked_for_again(three, civil_affairs, officer):
    found = received(civil_affairs, officer, [row(one) for one in three], as_of=TODAY, at=OPENED)
    run(found)
    assert waiting() == [(0, 3, 0)]
    start("assisted.withdraw", found, assisted_list=found.pk, because="传错了")
    work.run_waiting()
    assert waiting() == [(3, 0, 0)]
    assert set(pays(opened()).values()) == {24000}
    assisted.catch_up(at=OPENED)
    assert waiting() == [(3, 0, 0)]
