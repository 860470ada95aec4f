"""The long work of exemption lists, and what follows from a status that came or went. 救助名单任务"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.enrolment.building import AT, at, clerk, organisation
from tests.spreadsheet.assisted_lists import body, committed, known, places, received, row
from tests.spreadsheet.rosters import resident_id
from yingbao.agents.models import Desk
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.jobs import assisted, work
from yingbao.jobs.models import Job
from yingbao.jobs.nightly import nightly
from yingbao.spreadsheet.assisted_committing import begin, settle
from yingbao.spreadsheet.models import AssistedList
from yingbao.values import clock
from yingbao.values.text import Text

SEPTEMBER = date(2019, 9, 1)


@pytest.fixture(autouse=True)
def _in_november():
    clock.set_to(AT)
    yield
    clock.run_true()


@pytest.fixture
def suzhou(db):
    return open_season(policy_id="320500/2020", at=AT)


@pytest.fixture
def school(suzhou):
    return organisation(name="星海学校")


@pytest.fixture
def civil_affairs(db):
    return body()


@pytest.fixture
def officer(civil_affairs):
    return clerk(civil_affairs, Desk.LIST_PROVIDER).user


def start(task: str, found: AssistedList, **arguments: object) -> Job:
    return work.start(
        task=task, about=Text("", ""), owner=found.uploaded_by, organisation=found.organisation, at=AT,
        arguments=arguments,
    )  # fmt: skip


def run(found: AssistedList, *, meant: bool = False) -> Job:
    """Read it and let it take effect, each by its job."""
    start("assisted.review", found, assisted_list=found.pk)
    work.run_waiting()
    assert begin(assisted_list=found, by=found.uploaded_by, at=AT)
    job = start("assisted.commit", found, assisted_list=found.pk, meant=meant)
    work.run_waiting()
    job.refresh_from_db()
    found.refresh_from_db()
    return job


def pays(season) -> dict[str, int]:
    return dict(Enrolment.objects.filter(season=season).values_list("person__name", "self_paid_fen"))


def test_a_list_is_read_takes_effect_and_decides_afresh_for_everyone_it_names(suzhou, school, civil_affairs, officer):
    child = known("王一", school)
    known("王二", school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    before = pays(suzhou)
    found = received(civil_affairs, officer, [row(child), row()])
    job = run(found)
    assert (job.state, found.state) == ("done", "committed")
    assert pays(suzhou) == {"王一": 0, "王二": before["王二"]}
    assert before["王二"] > 0


def test_a_status_that_a_full_list_withdraws_lets_the_family_pay_again(suzhou, school, civil_affairs, officer):
    goes, stays, third = (known(name, school) for name in ("王一", "王二", "王三"))
    committed(civil_affairs, officer, [row(goes), row(stays), row(third)], as_of=SEPTEMBER)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    run(received(civil_affairs, officer, [row(stays), row(third)]))
    fen = pays(suzhou)
    assert fen["王一"] > 0
    assert (fen["王二"], fen["王三"]) == (0, 0)


def test_a_list_that_is_refused_can_be_confirmed_again(suzhou, school, civil_affairs, officer):
    people = [known(f"王{sign}", school) for sign in "一二三"]
    committed(civil_affairs, officer, [row(each) for each in people], as_of=SEPTEMBER)
    found = received(civil_affairs, officer, [row(people[0])])
    job = run(found)
    assert (job.state, found.state) == ("failed", "reviewed")
    assert "一半" in job.message["zh"]
    assert [last for *_, last in places(civil_affairs)] == [None, None, None]
    assert begin(assisted_list=found, by=officer, at=AT)
    assert not begin(assisted_list=found, by=officer, at=AT)


def test_a_commit_whose_worker_died_is_taken_up_again_and_ends_the_same(suzhou, school, civil_affairs, officer):
    child = known("王一", school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    found = received(civil_affairs, officer, [row(child)])
    start("assisted.review", found, assisted_list=found.pk)
    work.run_waiting()
    begin(assisted_list=found, by=officer, at=AT)
    job = start("assisted.commit", found, assisted_list=found.pk, meant=False)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=1)
    assert work.revive(at=AT) == 1
    work.run_waiting()
    found.refresh_from_db()
    assert found.state == "committed"
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    work.revive(at=AT)
    work.run_waiting()
    assert len(places(civil_affairs)) == 1
    assert pays(suzhou) == {"王一": 0}


def test_whoever_appears_is_found_at_night_and_decided_for(suzhou, school, civil_affairs, officer):
    number = resident_id()
    run(received(civil_affairs, officer, [row(known("王零")), row(姓名="王一", 证件号码=number)]))
    known("王一", school, number=number)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    assert pays(suzhou)["王一"] > 0
    clock.set_to(at("2019-11-13", hour=2))
    nightly(timestamp=0)
    assert pays(suzhou)["王一"] == 0


def test_a_row_settled_after_the_list_took_effect_is_decided_for_at_once(suzhou, school, civil_affairs, officer):
    child = known("王一", school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    found = received(civil_affairs, officer, [row(child, 姓名="李一")])
    run(found)
    assert pays(suzhou)["王一"] > 0
    settle(row=found.rows.get(), accept=True, by=officer, at=AT)
    start("assisted.settle", found, organisation=civil_affairs.pk)
    work.run_waiting()
    assert pays(suzhou)["王一"] == 0


def test_a_status_that_begins_or_ends_with_the_day_is_followed_up(suzhou, school, civil_affairs, officer):
    begins, ends = known("王一", school), known("王二", school)
    rows = [row(begins, 起始日期="2019-11-20"), row(ends, 终止日期="2019-11-19")]
    committed(civil_affairs, officer, rows)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    before = pays(suzhou)
    assert before["王一"] > 0 == before["王二"]
    assert assisted.turn(at=at("2019-11-19")) == 0
    assert assisted.turn(at=at("2019-11-20")) == 2
    after = pays(suzhou)
    assert after["王二"] > 0 == after["王一"]
    assert assisted.turn(at=at("2019-11-20") + timedelta(days=8)) == 0


def test_only_seasons_of_the_lists_own_pooling_area_are_decided_afresh(suzhou, school, officer):
    far = body(area="500103", name="渝中民政")
    child = known("王一", school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    run(received(far, officer, [row(child)]))
    assert pays(suzhou)["王一"] > 0
