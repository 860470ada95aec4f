"""What the education bureau is told: every school, sums of their parts, frozen, and nobody by name. 通报"""

from __future__ import annotations

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from tests.enrolment.building import AT, child, clerk, organisation
from yingbao.enrolment import dissolving, reckoning
from yingbao.enrolment.actions import confirm, decline
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.enrolment.standing_tables import BodyStanding
from yingbao.paper.standing_report import draw_standing_report
from yingbao.spreadsheet.report_workbook import write_report
from yingbao.supervision.models import Report
from yingbao.supervision.reporting import beside, figures_of, report, schools_in, share, whole_of, why
from yingbao.values.refusal import Refused
from yingbao.web.supervision.reports import paper_of

pytestmark = pytest.mark.django_db
NAME = "欧阳不可见"


@pytest.fixture
def season():
    return open_season(policy_id="500103/2020", at=AT)


@pytest.fixture
def schools(season):
    """Two schools of one sub-district, one of another, and one that has handed in nothing."""
    near, far = (organisation("sub_district", area="500103", name=name) for name in ("解放碑", "大溪沟"))
    places = [
        organisation(area="500103", parent=parent, name=f"第{n}小学")
        for n, parent in enumerate((near, near, far, far), 1)
    ]
    for place, heads in zip(places, (7, 3, 2), strict=False):
        by = clerk(place)
        for _ in range(heads):
            child(place, name=NAME, area="500103")
        list_and_determine(season=season, organisation=place, by=by.user, at=AT)
        rows = list(Enrolment.objects.filter(season=season, organisation=place).order_by("pk"))
        confirm(enrolments=rows[:2], by=by, at=AT)
        Enrolment.objects.filter(pk=rows[0].pk).update(state="paid")
        if heads == 7:
            decline(enrolment=rows[6], reason="家长书面放弃", by=by, at=AT)
    reckon(season)
    return places


def reckon(season, at=AT):
    reckoning.freshen(season=season, at=at, at_once=1000)


@pytest.fixture
def officer(season):
    return clerk(organisation("insurance_agency", area="500103", name="渝中区医疗保障局"))


def test_the_areas_line_is_the_sum_of_its_places_and_these_of_their_schools(season, schools):
    figures = figures_of(season, on=AT.date())
    without = sum(not line["listed"] for _, line in schools_in(figures))
    assert whole_of(season) == (figures["whole"], without)
    for word in ("should", "insured", "missing"):
        assert figures["whole"][word] == sum(place["whole"][word] for place in figures["places"])
        for place in figures["places"]:
            assert place["whole"][word] == sum(line[word] for line in place["schools"])
    assert (figures["whole"]["should"], figures["whole"]["insured"]) == (12, 3)


def test_a_school_that_has_handed_in_nothing_stands_there_as_well(season, schools):
    lines = {line["name"]: line for _, line in schools_in(figures_of(season, on=AT.date()))}
    assert not lines["第4小学"]["listed"]
    assert lines["第1小学"]["listed"]


def test_a_reason_that_points_at_a_single_family_is_not_told(season, schools):
    lines = {line["name"]: line for _, line in schools_in(figures_of(season, on=AT.date()))}
    assert "declined" not in lines["第1小学"]["reasons"]
    assert lines["第1小学"]["reasons"]["other"] == 1
    assert sum(heads for _, heads in why(lines["第1小学"])) == lines["第1小学"]["missing"]


def test_the_reasons_add_up_to_the_missing_and_who_is_not_counted_stands_apart_on_every_paper(season, schools, officer):
    BodyStanding.objects.filter(season=season, organisation=schools[0]).update(ineligible=6, with_other=1)
    BodyStanding.objects.filter(season=season, organisation=schools[2]).update(ineligible=2, with_other=1)
    told = report(season=season, by=officer, note="", seen=0, at=AT)
    lines = [told.figures["whole"], *(place["whole"] for place in told.figures["places"])]
    for line in (*lines, *(line for _, line in schools_in(told.figures))):
        assert sum(heads for _, heads in why(line)) == line["missing"]
    first, _, third, _ = (line for _, line in schools_in(told.figures))
    assert [(words.zh, heads) for words, heads in beside(first)[1]] == [("不符合条件", 6), ("由本市其他单位办理", 1)]
    # Two who are not entitled are not told by themselves, nor to be had by subtracting.
    assert (beside(first)[0], beside(third), beside(told.figures["whole"])[0]) == (7, (3, []), 10)
    pages = PdfReader(io.BytesIO(draw_standing_report(paper_of(told)))).pages
    paper = "".join("".join(page.extract_text().split()) for page in pages)
    assert f"未参保的原因（合计{told.figures['whole']['missing']}人）" in paper
    assert "不计入应参保的在册学生：10（不符合条件8；由本市其他单位办理2）。" in paper
    assert "应参保：各校在册" in "".join(pages[0].extract_text().split())


def test_every_column_of_heads_in_the_workbook_adds_up_and_every_row_to_its_missing(season, schools, officer):
    BodyStanding.objects.filter(season=season, organisation=schools[0]).update(ineligible=6, with_other=1)
    BodyStanding.objects.filter(season=season, organisation=schools[2]).update(ineligible=2, with_other=1)
    told = report(season=season, by=officer, note="", seen=0, at=AT)
    heads, *rows = openpyxl.load_workbook(io.BytesIO(write_report(told.figures, "zh"))).worksheets[0].values
    missing, apart = heads.index("未参保"), heads.index("不计入应参保")
    assert heads[apart:] == ("不计入应参保", "其中：不符合条件", "其中：由本市其他单位办理")
    for row in rows:
        assert sum(cell or 0 for cell in row[missing + 1 : apart]) == row[missing]
    for column in (1, 2, missing, apart):
        assert sum(row[column] or 0 for row in rows[:-1]) == rows[-1][column]
    assert rows[-1][apart:] == (10, 8, 2)


def test_a_report_stays_as_it_was_told_whatever_happens_afterwards(season, schools, officer):
    told = report(season=season, by=officer, note=" 请各校核实 ", seen=0, at=AT)
    Enrolment.objects.filter(season=season).update(state="paid")
    reckon(season, AT + timedelta(days=1))
    assert Report.objects.get(pk=told.pk).figures["whole"]["insured"] == 3
    assert figures_of(season, on=AT.date())["whole"]["insured"] > 3
    assert told.note == "请各校核实"
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.filter(pk=told.pk).update(note="改")


def test_a_second_click_makes_no_second_report(season, schools, officer):
    report(season=season, by=officer, note="", seen=0, at=AT)
    with pytest.raises(Refused):
        report(season=season, by=officer, note="", seen=0, at=AT)
    assert report(season=season, by=officer, note="", seen=1, at=AT).ordinal == 2


def test_before_the_season_begins_and_with_a_note_too_long_nothing_is_told(season, schools, officer):
    with pytest.raises(Refused):
        report(season=season, by=officer, note="", seen=0, at=AT.replace(month=8))
    with pytest.raises(Refused):
        report(season=season, by=officer, note="长" * 501, seen=0, at=AT)
    assert not Report.objects.exists()


def test_neither_the_figures_nor_the_papers_name_a_child(season, schools, officer):
    told = report(season=season, by=officer, note="", seen=0, at=AT)
    pdf = PdfReader(io.BytesIO(draw_standing_report(paper_of(told))))
    words = "".join("".join(page.extract_text().split()) for page in pdf.pages)
    book = openpyxl.load_workbook(io.BytesIO(write_report(told.figures, "zh")))
    cells = {str(cell.value) for sheet in book for row in sheet for cell in row}
    assert NAME not in json.dumps(told.figures, ensure_ascii=False) + words + "".join(cells)
    for place in ("第1小学", "第4小学", "解放碑"):
        assert place in words
        assert place in cells


def test_the_paper_says_the_same_heads_as_the_workbook(season, schools, officer):
    told = report(season=season, by=officer, note="", seen=0, at=AT)
    book = openpyxl.load_workbook(io.BytesIO(write_report(told.figures, "zh")))
    places = {row[0]: row[1:4:2] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)}
    assert set(places) == {"解放碑", "大溪沟", "合计"}
    assert [cell.value for cell in book.worksheets[0][4]][1:3] == [12, 3]
    assert book.worksheets[0]["D4"].value == "=IF(B4=0,0,ROUNDDOWN(C4/B4,3))"
    paper = paper_of(told)
    assert (paper.whole.should, paper.whole.insured, paper.whole.share) == (12, 3, "25.0%")
    assert draw_standing_report(paper) == draw_standing_report(paper_of(Report.objects.get(pk=told.pk)))


def test_the_rate_is_whole_only_if_nobody_is_missing():
    assert share({"should": 100_000, "insured": 99_999}) == "99.9%"
    assert share({"should": 3, "insured": 3}) == "100.0%"
    assert share({"should": 0, "insured": 0}) == ""


def test_the_earlier_days_of_a_report_do_not_fall_when_a_school_merges(season, schools, officer):
    before = figures_of(season, on=AT.date())["days"]
    closes, to = schools[1], schools[0]
    dissolving.dissolve(
        organisation=closes, successor=to, reason="并校", by=officer, at=AT + timedelta(days=1),
        seen=dissolving.mark_of(closes),
    )  # fmt: skip
    reckon(season, AT + timedelta(days=1))
    after = figures_of(season, on=AT.date() + timedelta(days=1))
    assert after["days"][: len(before)] == before
    assert after["whole"]["should"] == before[-1][1]
