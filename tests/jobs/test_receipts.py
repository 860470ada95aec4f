"""Receipts by themselves each minute, and a school's papers with progress. 票据任务"""

from __future__ import annotations

import pytest

from tests.collection.signing import authority, paid, receipted, signing
from tests.enrolment.building import AT, clerk, organisation
from tests.enrolment.conftest import school, suzhou
from yingbao.collection.models import Receipt, ReceiptPaper
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.jobs.receipts import keep_up
from yingbao.values.text import Text

pytestmark = pytest.mark.django_db
__all__ = ["authority", "school", "signing", "suzhou"]


def asked(suzhou, school) -> Job:
    return work.start(
        task="receipts.school", about=Text("票据", "Receipts"), owner=clerk(school).user, organisation=school, at=AT,
        arguments={"season": suzhou.pk, "organisation": school.pk},
    )  # fmt: skip


def test_each_minute_what_was_paid_gets_its_receipt_and_its_paper(suzhou, school, signing):
    paid(suzhou, school, 3)
    assert keep_up(at=AT, seconds=60) == (3, 3)
    assert keep_up(at=AT, seconds=60) == (0, 0)
    assert ReceiptPaper.objects.count() == 3


def test_when_its_time_is_over_numbers_are_drawn_and_papers_wait(suzhou, school, signing):
    paid(suzhou, school, 2)
    assert keep_up(at=AT, seconds=0) == (2, 0)
    assert keep_up(at=AT, seconds=60) == (0, 2)


def test_without_a_signing_key_receipts_have_numbers_and_no_papers(suzhou, school, settings, tmp_path, caplog):
    settings.SIGNING = tmp_path / "nowhere"
    paid(suzhou, school, 2)
    assert keep_up(at=AT, seconds=60) == (2, 0)
    assert not ReceiptPaper.objects.exists()
    assert "papers of 2 receipts wait" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_schools_papers_are_made_with_progress_and_nobody_elses(suzhou, school, signing):
    own = receipted(suzhou, school, 3)
    receipted(suzhou, organisation(name="沧浪学校"), 2)
    job = asked(suzhou, school)
    work.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.DONE, 3, 3)
    assert set(ReceiptPaper.objects.values_list("receipt", flat=True)) == {one.pk for one in own}


@pytest.mark.django_db(transaction=True)
def test_a_job_without_a_key_fails_and_says_what_to_configure(suzhou, school, settings, tmp_path):
    settings.SIGNING = tmp_path / "nowhere"
    receipted(suzhou, school)
    job = asked(suzhou, school)
    work.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "YINGBAO_SIGNING" in job.message["zh"]
    assert Receipt.objects.count() == 1
