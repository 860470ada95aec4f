"""A survey that is over, schools that closed or have no pupils, on the pages of school and sub-district. 问卷收尾"""

from __future__ import annotations

import pytest

from tests.survey.building import INSURED, NOW, district, pupils
from yingbao.people.models import SchoolRoll
from yingbao.survey.answering import give
from yingbao.survey.composing import close
from yingbao.survey.models import SchoolReport
from yingbao.survey.reporting import reopen, submit
from yingbao.values import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    clock.set_to(NOW)
    return district()


def test_a_closed_survey_is_shown_as_closed_on_every_desk(town, signed_in):
    pupils(town.schools[0], 2)
    pupils(town.schools[1], 1)
    for number in (0, 1):
        submit(survey=town.survey, by=town.clerks[number], at=NOW)
    reopen(survey=town.survey, reason="补一份", by=town.clerks[0], at=NOW)
    close(survey=town.survey, by=town.officer, at=NOW)
    correcting, reported, waiting = (
        signed_in(town.clerks[at]).get("/survey/school/").content.decode() for at in (0, 1, 2)
    )
    assert "更正没有报送，原来的报告（第1次）照样计入" in correcting
    assert "本校的报告已计入" in reported
    assert "本校没有报告计入" in waiting
    street = signed_in(town.streets[0])
    page = street.get("/survey/street/").content.decode()
    other = signed_in(town.streets[1])
    pupils(town.schools[2], 1)
    assert "没有报告计入（已答 0/1）" in other.get("/survey/street/").content.decode()
    report = SchoolReport.objects.get(survey=town.survey, school=town.schools[1])
    for said in (correcting, reported, waiting, page, street.get(f"/survey/reports/{report.pk}/").content.decode()):
        assert "问卷已结束" in said
        assert "还有" not in said
        assert "前报送" not in said
    back = street.post(f"/survey/reports/{report.pk}/send-back", {"seen": "1", "reason": "人数不对"})
    assert back.status_code == 422
    assert "退回后学校不能再报送" in back.content.decode()


def test_a_school_without_pupils_is_not_awaited_on_any_page(town, signed_in):
    pupils(town.schools[0], 1)
    watch = signed_in(town.officer).get(f"/survey/agency/{town.survey.pk}/")
    assert [name for name, *_ in watch.context["waiting"]] == ["临江路小学"]
    assert (watch.context["reported"], watch.context["expected"]) == (0, 1)
    page = signed_in(town.streets[0]).get("/survey/street/")
    assert page.context["missing"] == ["临江路小学"]
    assert "没有学生，不用报送" in page.content.decode()
    assert "不用汇总" in signed_in(town.streets[1]).get("/survey/street/").content.decode()
    assert "不用报送" in signed_in(town.clerks[1]).get("/survey/school/").content.decode()


def test_the_sub_district_is_told_whom_nobody_was_asked_about(town, signed_in):
    people = pupils(town.schools[0], 2)
    for person in people:
        give(survey=town.survey, person=person, given=INSURED, source="phone", by=None, at=NOW)
    submit(survey=town.survey, by=town.clerks[0], at=NOW)
    SchoolRoll.objects.filter(person=people[0]).update(left_on=NOW.date(), leave_reason="transferred")
    report = SchoolReport.objects.get(survey=town.survey, school=town.schools[0])
    street = signed_in(town.streets[0])
    said = street.post(f"/survey/reports/{report.pk}/accept", {"seen": "1"}, follow=True).content.decode()
    assert "1 名孩子的差异已转" in said
    assert "有 1 名孩子现在不在任何学校的名册上" in said
    assert "没有立案" in said


def test_a_closed_schools_report_offers_no_sending_back(town, signed_in):
    pupils(town.schools[0], 1)
    submit(survey=town.survey, by=town.clerks[0], at=NOW)
    type(town.schools[0]).objects.filter(pk=town.schools[0].pk).update(active=False)
    report = SchoolReport.objects.get(survey=town.survey, school=town.schools[0])
    street = signed_in(town.streets[0])
    page = street.get(f"/survey/reports/{report.pk}/").content.decode()
    assert "已停办" in page
    assert "退回学校" not in page
    back = street.post(f"/survey/reports/{report.pk}/send-back", {"seen": "1", "reason": "人数不对"})
    assert back.status_code == 422
    assert SchoolReport.objects.get(pk=report.pk).state == "submitted"


def test_reports_that_wait_with_a_sub_district_that_closed_are_the_agencys_to_review(town, signed_in):
    pupils(town.schools[0], 1)
    submit(survey=town.survey, by=town.clerks[0], at=NOW)
    street = town.streets[0].organisation
    type(street).objects.filter(pk=street.pk).update(active=False)
    client = signed_in(town.officer)
    assert "等您审核" in client.get(f"/survey/agency/{town.survey.pk}/").content.decode()
    report = SchoolReport.objects.get(survey=town.survey, school=town.schools[0])
    assert "审核通过" in client.get(f"/survey/reports/{report.pk}/").content.decode()
    assert client.post(f"/survey/reports/{report.pk}/accept", {"seen": "1"}).status_code == 302
    report.refresh_from_db()
    assert report.state == "accepted"
