"""Letters made and links sent by jobs: run twice they end the same, cancelled they leave nothing. 告家长书任务"""

from __future__ import annotations

from datetime import date

import pytest

from tests.enrolment.building import AT, at, body
from tests.publicity.building import Town, town
from yingbao.enrolment.determining import determine_people
from yingbao.jobs import work
from yingbao.jobs.letters import send
from yingbao.jobs.models import Job
from yingbao.messages.models import Message
from yingbao.people.models import AssistedStatus
from yingbao.publicity.following import by_class, children_of
from yingbao.publicity.making import ask
from yingbao.publicity.models import LetterFile, LetterPrinted, LetterTold
from yingbao.values.text import Text

pytestmark = pytest.mark.django_db


def started(place: Town, task: str, **arguments: object) -> Job:
    return work.start(
        task=task, about=Text("信", "letters"), owner=place.clerk.user, organisation=place.school, at=AT,
        arguments=arguments,
    )  # fmt: skip


def batch(place: Town, heads: int = 1) -> int:
    made, _ = ask(season=place.season, school=place.school, scope="全校", heads=heads, key="k", by=place.clerk, at=AT)
    return made.pk


def test_a_batch_that_is_run_twice_has_one_file_and_each_letter_once():
    place = town()
    place.child()
    wanted = {"batch": batch(place), "groups": [["primary", 1, "1班"]], "chosen": None, "duplex": False}
    for _ in range(2):
        started(place, "letters.make", **wanted)
    work.run_waiting()
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    assert (LetterFile.objects.count(), LetterPrinted.objects.count()) == (1, 1)


def test_a_job_that_was_cancelled_before_it_began_leaves_no_file():
    place = town()
    place.child()
    job = started(place, "letters.make", batch=batch(place), groups=None, chosen=None, duplex=False)
    work.ask_cancel(job=job, by=place.clerk.user, at=AT)
    work.run_waiting()
    assert not LetterFile.objects.exists()


def test_a_batch_whose_children_have_all_left_says_so_instead_of_failing():
    place = town()
    wanted = {"batch": batch(place), "groups": None, "chosen": None, "duplex": False}
    job = started(place, "letters.make", **wanted)
    work.run_waiting()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "不在本校名单" in job.message["zh"]


def test_a_guardian_is_told_of_a_letter_once_and_again_only_when_it_says_otherwise():
    place = town()
    one = place.child()
    place.child(name="李小禾", phone=None)
    wanted = {"season": place.season.pk, "organisation": place.school.pk, "groups": None}
    for _ in range(2):
        started(place, "letters.tell", **wanted)
    work.run_waiting()
    assert Message.objects.filter(kind="letter").count() == LetterTold.objects.count() == 1
    AssistedStatus.objects.create(person=one.person, category="orphan", provided_by=body(), first=date(2019, 1, 1))
    determine_people(season=place.season, person_ids=[one.person_id], as_of=AT.date(), at=at("2019-11-13"))
    rows = children_of(season=place.season, school=place.school)
    assert send(rows, season=place.season, school=place.school, at=at("2019-11-13")) == 1
    assert Message.objects.filter(kind="letter").count() == 2


def test_a_message_that_arrived_reaches_the_family_and_one_that_waits_does_not_yet():
    place = town()
    place.child()
    send(children_of(season=place.season, school=place.school), season=place.season, school=place.school, at=AT)
    assert by_class(season=place.season, school=place.school)[0].missing == 1
    Message.objects.filter(kind="letter").update(state="delivered", ended_at=AT)
    assert by_class(season=place.season, school=place.school)[0].missing == 0
