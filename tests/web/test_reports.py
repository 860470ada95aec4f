"""The agency tells the education bureau; the bureau reads and prints, and nobody else does. 通报页面"""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.enrolment.building import child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.enrolment.models import Enrolment
from yingbao.supervision.models import Report
from yingbao.trail.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(suzhou, signed_in):
    return signed_in(clerk_of(organisation("insurance_agency"), Desk.AGENCY))


@pytest.fixture
def bureau(suzhou, signed_in):
    return signed_in(clerk_of(organisation("education_bureau"), Desk.EDUCATION))


@pytest.fixture
def pupils(school, suzhou):
    found = listed(school, suzhou, *(child(school) for _ in range(4)))
    Enrolment.objects.filter(pk=found[0].pk).update(state="paid")
    return found


def make(client, seen=0, note=""):
    return client.post(reverse("report-make"), {"seen": seen, "note": note})


def test_the_agency_sees_what_it_would_tell_and_the_bureau_what_it_was_told(pupils, officer, bureau, school):
    before = bureau.get(reverse("reports")).content.decode()
    assert "还没有发出通报" in before
    assert "发出第 1 期" in officer.get(reverse("reports")).content.decode()
    answer = make(officer, note="请各校核实")
    told = Report.objects.get()
    assert answer["Location"] == reverse("report", args=[told.pk])
    page = bureau.get(reverse("report", args=[told.pk])).content.decode()
    for words in ("请各校核实", school.name, "25.0%", "<svg"):
        assert words in page
    assert pupils[0].person.name not in page
    assert Event.objects.filter(what="report.made").count() == 1


def test_papers_of_a_report_come_as_what_they_are(pupils, officer, bureau):
    make(officer)
    told = Report.objects.get()
    assert bureau.get(reverse("report-pdf", args=[told.pk])).content.startswith(b"%PDF")
    assert bureau.get(reverse("report-workbook", args=[told.pk])).content.startswith(b"PK")


def test_a_stale_page_makes_no_second_report_and_keeps_the_note(pupils, officer):
    make(officer)
    answer = make(officer, note="第二次点击")
    assert answer.status_code == 409
    assert "第二次点击" in answer.content.decode()
    assert Report.objects.count() == 1


def test_a_note_that_names_a_childs_number_is_sent_back_and_kept(pupils, officer):
    answer = make(officer, note="学生 320508201205040011 未缴")
    assert answer.status_code == 422
    assert "请删掉" in answer.content.decode()
    assert "320508201205040011 未缴" in answer.content.decode()
    assert not Report.objects.exists()


def test_what_was_typed_in_place_of_the_number_makes_nothing(pupils, officer):
    for typed in ("", "-1", "99999999", "零"):
        assert make(officer, seen=typed).status_code == 409
    assert not Report.objects.exists()


def test_another_citys_bureau_does_not_find_the_report(pupils, officer, signed_in):
    make(officer)
    told = Report.objects.get()
    far = signed_in(clerk_of(organisation("education_bureau", area="500103"), Desk.EDUCATION))
    for name in ("report", "report-pdf", "report-workbook"):
        assert far.get(reverse(name, args=[told.pk])).status_code == 404
