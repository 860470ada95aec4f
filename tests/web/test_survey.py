"""A survey on its pages: composed, answered on a phone and on paper, reported, reviewed, summed, seen. 问卷网页"""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.test import Client

from tests.enrolment.building import clerk as person_at
from tests.enrolment.building import organisation
from tests.survey.building import AFTER, AREA, INSURED, NOT_YET, NOW, district, pupils
from tests.web.families import enter
from yingbao.cases.models import Case
from yingbao.jobs.work import run_waiting
from yingbao.messages.models import Message
from yingbao.survey.answering import give
from yingbao.survey.models import Answer, Given, ReportVersion, SchoolReport, Sheet, Sum, Survey, Version
from yingbao.survey.reporting import accept, submit
from yingbao.values import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    clock.set_to(NOW)
    return district()


def form(said, seen=0, **more):
    return {f"q-{key}": value for key, value in said.items()} | {"seen": str(seen), "act": "send"} | more


@pytest.fixture
def family(town):
    (child,) = pupils(town.schools[0], 1)
    client = Client()
    binding = enter(client, child)
    return client, f"/family/children/{binding.pk}/survey?survey={town.survey.pk}", child


def test_a_family_follows_the_link_answers_and_may_change_it(family):
    client, url, _ = family
    assert client.get("/family/survey").headers["Location"] == url
    page = client.get(url).content.decode()
    assert "在哪里参加" in page
    assert "为什么还没有参保" not in page
    assert client.post(url, form(NOT_YET)).status_code == 302
    assert "爷爷不同意" in client.get(url).content.decode()
    assert client.post(url, form(NOT_YET, seen=1)).status_code == 302
    assert Given.objects.count() == 1
    client.post(url, form(INSURED, seen=1))
    assert Answer.objects.get().said["where"] == "here"


def test_questions_that_an_answer_calls_for_appear_and_nothing_typed_is_lost(family):
    client, url, _ = family
    more = client.post(url, form({"where": "none", "help": "no"}, asked=["where", "help"]))
    assert more.status_code == 200
    assert "还有几个问题" in more.content.decode()
    assert not Answer.objects.exists()
    part = client.post(url, form({"where": "none"}), headers={"HX-Request": "true"}).content.decode()
    assert "为什么还没有参保" in part
    wrong = client.post(
        url, form({"where": "none", "why_words": "写了一半", "why": ["other"]}, asked=["where", "why", "help"])
    )
    assert wrong.status_code == 422
    assert "写了一半" in wrong.content.decode()


def test_an_answer_to_a_question_of_another_survey_is_told_and_nothing_else_is_asked(family):
    client, url, _ = family
    answer = client.post(url, form(INSURED | {"weather": "rain"}, asked=["where", "help"]))
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "这份问卷没有的题" in said
    assert "还有几个问题" not in said
    assert "weather" not in said
    assert not Answer.objects.exists()


def test_an_option_that_is_none_and_a_stale_form_change_nothing(family):
    client, url, _ = family
    assert client.post(url, form(INSURED | {"where": "mars"})).status_code == 422
    client.post(url, form(INSURED))
    answer = client.post(url, form(NOT_YET))
    assert answer.status_code == 409
    assert "爷爷不同意" in answer.content.decode()
    assert Answer.objects.get().said["where"] == "here"


def test_what_was_typed_when_the_session_ended_comes_back_after_the_next_code(family, town):
    client, url, child = family
    client.cookies["family"] = "gone"
    assert client.post(url, form(NOT_YET)).headers["Location"] == "/family/find"
    enter(client, child, agree=False)
    page = client.get(url).content.decode()
    assert "爷爷不同意" in page
    assert 'id="i-where-none" name="q-where" value="none" checked' in page


def test_nobody_answers_for_another_familys_child_or_without_a_phone(family, town):
    client, url, _ = family
    (other,) = pupils(town.schools[0], 1)
    stranger = Client()
    theirs = enter(stranger, other)
    assert client.get(url.replace(url.split("/")[3], str(theirs.pk))).status_code in (200, 404)
    assert client.post(f"/family/children/{theirs.pk + 1000}/survey", form(INSURED)).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_family_that_has_not_answered_is_told_that_the_school_has_reported(family, town):
    client, url, _ = family
    submit(survey=town.survey, by=town.clerks[0], at=NOW)
    assert "学校已报送" in client.get("/family/survey").content.decode()
    told = client.get(url)
    assert told.status_code == 200
    assert "请直接联系学校" in told.content.decode()
    assert "在哪里参加" not in told.content.decode()
    assert client.post(url, form(NOT_YET)).status_code == 409
    assert not Answer.objects.exists()


def test_after_the_school_has_reported_the_family_reads_and_changes_nothing(family, town):
    client, url, _ = family
    client.post(url, form(INSURED))
    submit(survey=town.survey, by=town.clerks[0], at=NOW)
    page = client.get(url).content.decode()
    assert "学校已经报送" in page
    assert 'value="send"' not in page
    assert client.post(url, form(NOT_YET, seen=1)).status_code == 409


def test_an_officer_composes_previews_and_publishes_a_survey(town, signed_in):
    client = signed_in(town.officer)
    Survey.objects.filter(pk=town.survey.pk).update(draft=town.survey.draft)
    made = client.post("/survey/agency/").headers["Location"]
    pk = int(made.split("/")[3])
    one = f"/survey/agency/{pk}/"
    assert client.get(made).status_code == 200
    assert "草稿" in client.get("/survey/agency/").content.decode()
    added = {
        "zh": "家里几个孩子", "en": "How many children", "kind": "number", "required": "yes", "meaning": "",
        "seen": "0",
        "shown_if": ["where:here"], "act": "keep",
    }  # fmt: skip
    assert client.post(f"{one}question", added).status_code == 302
    assert client.post(f"{one}question", added | {"zh": ""}).status_code == 422
    assert client.post(f"{one}question", added).status_code == 409
    form_ = Survey.objects.get(pk=pk).form
    assert form_.questions[-1].shown_if[0].options == ("here",)
    assert client.post(f"{one}compose", {"act": "up", "key": form_.questions[-1].key, "seen": "1"}).status_code == 302
    assert client.post(f"{one}compose", {"act": "remove", "key": "help_words", "seen": "2"}).status_code == 302
    assert "家里几个孩子" in client.post(f"{one}preview", {"q-where": "here"}).content.decode()
    days = {"opens_on": "2019-10-28", "schools_due_on": "2019-11-05", "streets_due_on": "2019-11-10", "seen": "3"}
    assert client.post(f"{one}publish", days | {"schools_due_on": "2019-10-01"}).status_code == 422
    assert client.post(f"{one}publish", days).headers["Location"] == one
    client.post(f"{one}publish", days)
    assert Version.objects.filter(survey=pk).count() == 1
    assert client.get(f"{one}preview?version=1").status_code == 200
    assert client.get(one).status_code == 200


def test_a_new_survey_is_offered_the_last_day_of_the_policys_phase_and_told_when_it_is_over(town, signed_in):
    client = signed_in(town.officer)
    url = client.post("/survey/agency/").headers["Location"].replace("compose", "publish")
    page = client.get(url)
    assert [page.context["typed"][name] for name in ("opens_on", "schools_due_on", "streets_due_on")] == [
        "2019-10-28", "2019-11-10", "2019-11-10",
    ]  # fmt: skip
    assert "数据统计" in page.content.decode()
    clock.set_to(AFTER)
    page = client.get(url)
    assert (page.context["typed"]["schools_due_on"], page.context["typed"]["streets_due_on"]) == (
        "2019-11-22", "2019-12-02",
    )  # fmt: skip
    assert "2019年11月10日结束" in page.content.decode()


def test_the_agency_reminds_who_has_not_reported_and_tells_families_once_a_day(town, signed_in):
    for school in town.schools:
        pupils(school, 1)
    client = signed_in(town.officer)
    url = f"/survey/agency/{town.survey.pk}/remind"
    client.post(url, {"whom": "schools"})
    client.post(url, {"whom": "schools"})
    assert Message.objects.filter(kind="survey_due").count() == 6
    client.post(url, {"whom": "families"})
    run_waiting()
    assert Message.objects.filter(kind="survey_asked").count() == 4
    assert "/family/survey" in Message.objects.filter(kind="survey_asked")[0].text


def test_a_school_types_a_class_into_one_table_and_only_wrong_rows_come_back(town, signed_in):
    first, second, third = pupils(town.schools[0], 3)
    give(survey=town.survey, person=third, given=INSURED, source="phone", by=None, at=NOW)
    client = signed_in(town.clerks[0])
    url = f"/survey/school/{town.survey.pk}/class?class=primary.1.1班"
    page = client.get(url)
    assert page.status_code == 200
    assert f'name="{third.pk}-where"' not in page.content.decode()
    typed = {
        f"{first.pk}-where": "1", f"{first.pk}-insurance": "1", f"{first.pk}-paid": "否", f"{first.pk}-why": "1 3",
        f"{first.pk}-help": "2", f"{first.pk}-seen": "0", f"{second.pk}-where": "9", f"{second.pk}-help": "1",
        f"{second.pk}-seen": "0",
    }  # fmt: skip
    answer = client.post(url, typed)
    assert answer.status_code == 422
    assert 'value="9"' in answer.content.decode()
    assert Answer.objects.get(person=first).said == {
        "where": "here", "insurance": "resident", "paid": "no", "why": ["how", "private"], "help": "no",
    }  # fmt: skip
    assert not Answer.objects.filter(person=second).exists()
    again = client.get(url).content.decode()
    assert 'value="1 3"' in again


def filled_sheet(client, town, **cells):
    """The school's workbook, with cells by row and header filled in."""
    content = client.get(f"/survey/school/{town.survey.pk}/template.xlsx").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.active
    titles = {cell.value: cell.column for cell in page[1]}
    for row, said in cells.items():
        for title, value in said.items():
            column = next(at for name, at in titles.items() if title in name)
            page.cell(int(row[1:]), column).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), page


def upload(client, town, content, name="答卷.xlsx"):
    file = io.BytesIO(content)
    file.name = name
    answer = client.post(f"/survey/school/{town.survey.pk}/upload", {"file": file})
    run_waiting()
    return answer


def test_a_workbook_is_taken_row_by_row_and_its_errors_stand_beside_the_rows(town, signed_in):
    people = pupils(town.schools[0], 4)
    give(survey=town.survey, person=people[3], given=NOT_YET, source="phone", by=None, at=NOW)
    client = signed_in(town.clerks[0])
    good = {"在哪里": "本区", "哪一种": "城乡居民医保", "保费": "是", "帮忙": "否"}
    content, page = filled_sheet(
        client, town, r2=good, r3=good | {"在哪里": "火星"}, r4=good | {"姓名": "别人"}, r5=good
    )
    assert page.data_validations.count
    assert upload(client, town, content).status_code == 302
    sheet = Sheet.objects.get()
    assert sheet.counts == {"taken": 1, "same": 0, "changed": 0, "kept": 1, "empty": 0, "wrong": 2}
    shown = client.get(f"/survey/school/sheets/{sheet.pk}/").content.decode()
    assert "火星" in shown
    marked = openpyxl.load_workbook(io.BytesIO(client.get(f"/survey/school/sheets/{sheet.pk}/marked.xlsx").content))
    said = " ".join(str(cell.value) for row in marked.active.iter_rows() for cell in row if cell.value)
    assert "火星" in said
    assert "对不上" in said
    assert Answer.objects.get(person=people[3]).said["where"] == "none"


def test_another_schools_codes_and_a_hostile_file_write_nothing(town, signed_in):
    pupils(town.schools[0], 1)
    pupils(town.schools[1], 1)
    theirs, _ = filled_sheet(signed_in(town.clerks[1]), town, r2={"在哪里": "不清楚", "帮忙": "否"})
    client = signed_in(town.clerks[0])
    upload(client, town, theirs)
    assert Sheet.objects.get().counts["wrong"] == 1
    upload(client, town, b"PK\x03\x04 not a workbook")
    upload(client, town, b"")
    assert not Answer.objects.exists()


def test_a_school_reports_what_its_page_showed_and_a_stale_page_reports_nothing(town, signed_in):
    one, _ = pupils(town.schools[0], 2)
    client = signed_in(town.clerks[0])
    page = client.get("/survey/school/")
    seen = page.context["seen"]
    give(survey=town.survey, person=one, given=INSURED, source="phone", by=None, at=NOW)
    url = f"/survey/school/{town.survey.pk}/submit"
    assert client.post(url, {"seen": seen}).status_code == 409
    seen = client.get("/survey/school/").context["seen"]
    assert client.post(url, {"seen": seen}).status_code == 302
    assert client.post(url, {"seen": seen}).status_code == 302
    assert ReportVersion.objects.get().answered == 1
    reopen = f"/survey/school/{town.survey.pk}/reopen"
    assert client.post(reopen, {"reason": ""}).status_code == 422
    assert client.post(reopen, {"reason": "漏了一份"}).status_code == 302
    assert client.get("/survey/school/").status_code == 200


def test_help_and_words_are_the_schools_alone_until_it_hands_the_child_over(town, signed_in):
    (needy,) = pupils(town.schools[0], 1, name="周需要")
    give(survey=town.survey, person=needy, given=NOT_YET, source="phone", by=None, at=NOW)
    client = signed_in(town.clerks[0])
    mine = client.get(f"/survey/school/pupils/{needy.pk}/").content.decode()
    assert "不会用手机缴费" in mine
    seen = client.get("/survey/school/").context["seen"]
    client.post(f"/survey/school/{town.survey.pk}/submit", {"seen": seen})
    report = SchoolReport.objects.get(survey=town.survey, school=town.schools[0])
    street = signed_in(town.streets[0])
    shown = street.get(f"/survey/reports/{report.pk}/").content.decode()
    assert "周需要" not in shown
    assert "不会用手机缴费" not in shown
    client.post(f"/survey/school/pupils/{needy.pk}/hand-over?survey={town.survey.pk}", {"question": "家长需要人教"})
    client.post(f"/survey/school/pupils/{needy.pk}/hand-over?survey={town.survey.pk}", {"question": "家长需要人教"})
    assert Case.objects.get().to_organisation == town.streets[0].organisation
    assert "周需要" in street.get(f"/survey/reports/{report.pk}/").content.decode()
    other = signed_in(town.streets[1])
    assert other.get(f"/survey/reports/{report.pk}/").status_code == 404


def test_a_sub_district_reviews_sums_and_the_district_sees_the_same_numbers(town, signed_in):
    for number in range(2):
        for person in pupils(town.schools[number], 6):
            give(survey=town.survey, person=person, given=INSURED, source="phone", by=None, at=NOW)
        submit(survey=town.survey, by=town.clerks[number], at=NOW)
    street = signed_in(town.streets[0])
    assert street.get("/survey/street/").status_code == 200
    assert street.post(f"/survey/street/{town.survey.pk}/sum", {}).status_code == 422
    for report in SchoolReport.objects.filter(survey=town.survey, street=town.streets[0].organisation):
        assert street.post(f"/survey/reports/{report.pk}/send-back", {"seen": "1", "reason": ""}).status_code == 422
        assert street.post(f"/survey/reports/{report.pk}/accept", {"seen": "0"}).status_code == 409
        assert street.post(f"/survey/reports/{report.pk}/accept", {"seen": "1"}).status_code == 302
    assert street.post(f"/survey/street/{town.survey.pk}/sum", {}).status_code == 302
    assert Sum.objects.get().missing == 0
    watch = signed_in(town.officer).get(f"/survey/agency/{town.survey.pk}/")
    assert watch.context["whole"].figures.asked == 12
    assert "第1次" in watch.content.decode()
    assert Case.objects.count() == 12


def test_education_and_tax_see_counts_without_small_numbers_and_without_who_needs_help(town, signed_in):
    people = pupils(town.schools[0], 8)
    for person in people[:6]:
        give(survey=town.survey, person=person, given=INSURED, source="phone", by=None, at=NOW)
    for person in people[6:]:
        give(survey=town.survey, person=person, given=NOT_YET, source="phone", by=None, at=NOW)
    submit(survey=town.survey, by=town.clerks[0], at=NOW)
    for kind in ("education_bureau", "tax_authority"):
        seat = person_at(organisation(kind, area=AREA), {"education_bureau": "education", "tax_authority": "tax"}[kind])
        client = signed_in(seat)
        page = client.get("/survey/counts/")
        assert page.status_code == 200
        told = {one.question.key: one for one in page.context["told"]}
        assert "help" not in told
        assert [cell.heads for cell in told["where"].cells if cell.heads] == []
        assert told["where"].together == 8
        assert client.get(f"/survey/counts/{town.survey.pk}/print").status_code == 200
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/survey/counts/{town.survey.pk}/sums.xlsx").content))
        assert "帮忙" not in " ".join(str(cell.value) for cell in book.active[1])
        assert all(people[0].name not in str(cell.value) for row in book.active.iter_rows() for cell in row)


def test_the_workbooks_last_line_is_the_sum_of_its_schools(town, signed_in):
    for number, heads in enumerate((3, 2)):
        for person in pupils(town.schools[number], heads):
            give(survey=town.survey, person=person, given=INSURED, source="phone", by=None, at=NOW)
        submit(survey=town.survey, by=town.clerks[number], at=NOW)
    content = signed_in(town.officer).get(f"/survey/counts/{town.survey.pk}/sums.xlsx").content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    schools, whole = rows[1:3], rows[-1]
    assert [sum(one[at] for one in schools) for at in range(2, len(whole))] == list(whole[2:])


def test_a_school_without_a_sub_district_is_reviewed_by_the_agency(town, signed_in):
    lone = person_at(organisation(area=AREA, name="直管学校"))
    pupils(lone.organisation, 1)
    submit(survey=town.survey, by=lone, at=NOW)
    report = SchoolReport.objects.get(survey=town.survey, school=lone.organisation)
    client = signed_in(town.officer)
    assert "直管学校" in client.get(f"/survey/agency/{town.survey.pk}/").content.decode()
    assert client.post(f"/survey/reports/{report.pk}/accept", {"seen": "1"}).status_code == 302
    accept(report=report, seen=1, by=town.officer, at=NOW)
