"""A community's file: the same checks, the same answers and the same records as the page of one child. 儿童登记表"""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest

from tests.enrolment.building import AT, child
from tests.people.conftest import resident_id as number_of
from tests.spreadsheet.children import FILE, infant_row
from tests.spreadsheet.rosters import outcomes, received, reviewed, workbook
from tests.web.community_town import Town, listed_at, town_of
from yingbao.agents.models import Organisation
from yingbao.enrolment.models import Enrolment
from yingbao.people.models import BasicRegistration, IdentityDocument, Look, Person
from yingbao.sealing import sealed
from yingbao.spreadsheet import committing, review
from yingbao.spreadsheet.models import Roster, RosterRow
from yingbao.spreadsheet.outcomes import problems
from yingbao.spreadsheet.outgoing import errors_workbook
from yingbao.spreadsheet.template import CHILDREN_FIELDS, CHILDREN_SHEET, children_template
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
SMALL, BIG = AT.date() - timedelta(days=900), AT.date() - timedelta(days=365 * 9)


@pytest.fixture
def town() -> Town:
    return town_of()


def looked_at(town: Town, *rows: dict[str, object]) -> Roster:
    return reviewed(town.community, town.worker.user, list(rows), filename=FILE)


def bearer(
    number: str, *, name: str, school: Organisation | None = None, kind: str = "resident_id", born: date
) -> Person:
    """A child who is on the platform under this number."""
    person = child(school, name=name, born=born, document=None)
    cipher, index, masked = sealed.number(number)
    IdentityDocument.objects.create(
        person=person, kind=kind, added_at=AT, number_cipher=cipher, number_index=index, number_masked=masked
    )
    return person


def done(town: Town, roster: Roster, *, by: object = None) -> Roster:
    return committing.commit(roster=roster, by=by or town.worker.user, at=AT)


def said(roster: Roster) -> list[tuple[str, str, str]]:
    """Place, what is wrong and the column, of every row that is not taken."""
    rows = RosterRow.objects.filter(roster=roster).order_by("row_number")
    return [
        (problem.place, problem.what.zh, problem.header.zh)
        for row in rows for problem in problems(roster, row) if problem.severe
    ]  # fmt: skip


def test_children_whom_nobody_knows_are_put_on_file_listed_decided_and_registered(town):
    roster = looked_at(town, infant_row(姓名="谈沐辰"), infant_row(), infant_row())
    assert outcomes(roster) == {"new": 3}
    assert Person.objects.count() == 0
    assert done(town, roster).state == "committed"
    rows = Enrolment.objects.of(town.season, town.community)
    assert {one.status for one in rows} == {"enrolled"}
    assert {one.state for one in rows} <= {"registered", "determined"}
    assert BasicRegistration.objects.filter(person__name="谈沐辰", pooling_area="320500").exists()
    assert Person.objects.get(name="谈沐辰").guardians.get().relation == "mother"


def test_the_same_file_sent_again_registers_nobody_a_second_time(town):
    rows = [infant_row(), infant_row()]
    done(town, looked_at(town, *rows))
    again = looked_at(town, *rows)
    assert outcomes(again) == {"unchanged": 2}
    done(town, again)
    assert Person.objects.count() == 2
    assert BasicRegistration.objects.count() == 2


def test_a_second_click_finds_the_file_done_and_changes_nothing(town):
    roster = looked_at(town, infant_row())
    first = done(town, roster)
    assert done(town, roster).committed_at == first.committed_at
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"户籍所在地": ""}, "没有填写户籍所在地"),
        ({"监护人联系电话": ""}, "没有一个监护人的电话"),
        ({"监护人关系": ""}, "没有写明监护人与孩子的关系"),
        ({"身份证号": "E12345678", "证件类型": "护照"}, "这种证件的号码里没有出生日期，也没有另外填写"),
        ({"身份证号": ""}, "没有填写证件号码"),
        ({"户籍所在地": "江苏省无锡市"}, None),
        ({"身份证号": "320508201805061234"}, None),
        ({"姓名": ""}, None),
    ],
)
def test_what_the_page_of_one_child_would_ask_for_is_asked_of_a_row(town, more, what):
    roster = looked_at(town, infant_row(**more), infant_row())
    assert outcomes(roster) == {"new": 1, "error": 1}
    ((place, told, header), *_) = [one for one in said(roster) if what in (None, one[1])]
    assert place.endswith("2")
    assert told
    assert header


def test_a_passport_needs_no_hukou_and_is_weighed_by_the_policy(town):
    row = {"身份证号": "E12345678", "证件类型": "护照", "出生日期": "2018-05-06", "户籍所在地": ""}
    roster = looked_at(town, infant_row(**row, 父母户籍所在地="苏州市姑苏区"))
    assert [told for _, told, _ in said(roster)] == ["按政策不能在本地参保"]


def test_a_child_of_another_division_a_pupil_and_one_too_old_are_told_apart(town):
    old = number_of(AT.date() - timedelta(days=365 * 40), 7)
    roster = looked_at(
        town, infant_row(户籍所在地="苏州市虎丘区"), infant_row(年级="二年级"), infant_row(身份证号=old), infant_row()
    )  # fmt: skip
    assert [told for _, told, _ in said(roster)] == [
        "户籍和父母户籍都不在本社区", "在校学生由学校办理", "按政策不能在本地参保",
    ]  # fmt: skip
    assert outcomes(roster) == {"error": 3, "new": 1}


def test_whoever_is_on_the_platform_is_not_entered_again_and_each_look_is_recorded(town):
    number, of_school = number_of(SMALL, 41), number_of(BIG, 43)
    listed_at(town, bearer(number, name="查亦菲", born=SMALL))
    pupil = bearer(of_school, name="柳知夏", school=town.school, born=BIG)
    roster = looked_at(
        town, infant_row(姓名="查亦菲", 身份证号=number), infant_row(姓名="柳知夏", 身份证号=of_school),
        infant_row(姓名="另一人", 身份证号=number_of(SMALL, 44)),
    )  # fmt: skip
    assert outcomes(roster) == {"unchanged": 1, "error": 1, "new": 1}
    assert said(roster)[0][1] == "孩子已在平台上，由“枕波小学”办理"
    assert list(Look.objects.values_list("person", "what", "user")) == [(pupil.pk, "import", town.worker.user_id)]
    done(town, roster)
    assert Person.objects.count() == 3


def test_a_number_of_somebody_else_and_a_child_alike_are_left_to_a_person(town):
    taken, alike = number_of(SMALL, 41), number_of(SMALL, 45)
    bearer(taken, name="查亦菲", born=SMALL)
    bearer("Q320508123", name="章含", kind="birth_certificate", born=SMALL)
    roster = looked_at(town, infant_row(姓名="李大勇", 身份证号=taken), infant_row(姓名="章含", 身份证号=alike))
    assert [told for _, told, _ in said(roster)] == [
        "该证件号码在系统中属于另一姓名的人员", "平台上有同名同生日、证件不同的孩子，可能是同一人",
    ]  # fmt: skip


def test_of_two_rows_of_one_child_the_first_counts_and_two_names_are_an_error(town):
    row = infant_row()
    twice = infant_row()
    roster = looked_at(town, row, row, twice, twice | {"姓名": "冯别人"})
    assert outcomes(roster) == {"new": 1, "duplicate": 1, "error": 2}


def test_a_child_on_file_who_is_the_communitys_is_taken_onto_its_list(town):
    number = number_of(SMALL, 46)
    person = bearer(number, name="查亦菲", born=SMALL)
    roster = looked_at(town, infant_row(姓名="查亦菲", 身份证号=number))
    assert outcomes(roster) == {"moved_here": 1}
    done(town, roster)
    assert Enrolment.objects.get(person=person).organisation == town.community
    assert Person.objects.count() == 1


def test_what_changed_since_the_review_is_shown_before_anything_is_written(town):
    row = infant_row(姓名="谈沐辰")
    roster = looked_at(town, row, infant_row())
    bearer(str(row["身份证号"]), name="谈沐辰", school=town.school, born=SMALL)
    shown = done(town, roster)
    assert shown.state == "reviewed"
    assert "1 行的结果已不同" in shown.message["zh"]
    assert Person.objects.count() == 1
    assert done(town, shown).state == "committed"
    assert Person.objects.count() == 2


def test_who_no_longer_works_there_registers_nobody(town):
    roster = looked_at(town, infant_row())
    town.worker.until = AT.date() - timedelta(days=1)
    town.worker.since = town.worker.until
    town.worker.save()
    with pytest.raises(Refused, match="枕河社区"):
        done(town, roster)
    assert Person.objects.count() == 0


def test_more_rows_than_a_community_has_children_are_refused_as_a_whole(town, monkeypatch):
    monkeypatch.setattr("yingbao.spreadsheet.children.MOST_CHILDREN", 1)
    roster = looked_at(town, infant_row(), infant_row())
    assert roster.state == "refused"
    assert "2行" in roster.message["zh"]
    assert roster.content_cipher is None


def test_the_file_comes_back_with_what_is_wrong_in_a_column_and_mended_it_is_taken(town):
    good, bad = infant_row(), infant_row(监护人联系电话="")
    roster = done(town, looked_at(town, good, bad))
    assert roster.counts["error"] == 1
    marked = errors_workbook(Roster.objects.get(pk=roster.pk), language="zh").content
    sheet = openpyxl.load_workbook(io.BytesIO(marked)).active
    column = [cell.value for cell in sheet[sheet.max_row]]
    assert "没有一个监护人的电话。至少填写一名监护人的手机号" in str(column[-1])
    mended = looked_at(town, good, bad | {"监护人联系电话": "13812345678"})
    assert outcomes(mended) == {"unchanged": 1, "new": 1}
    done(town, mended)
    assert Person.objects.count() == 2


def test_a_file_that_is_no_workbook_is_refused_with_the_way_to_mend_it(town):
    found = received(town.community, town.worker.user, b"%PDF-1.7 nothing", filename="登记表.xlsx")
    refused = review.review(found.pk, at=AT)
    assert refused.state == "refused"
    assert refused.message["mend"]["zh"]


def test_the_template_is_read_as_it_is_and_its_example_is_a_good_row(town):
    book = openpyxl.load_workbook(io.BytesIO(children_template()))
    assert book.sheetnames == [CHILDREN_SHEET, "填写示例", "填写说明"]
    header = [str(cell.value) for cell in book[CHILDREN_SHEET][1]]
    assert len(header) == len(CHILDREN_FIELDS)
    choices = book[CHILDREN_SHEET].data_validations.dataValidation
    assert len(choices) == 3
    example = dict(zip(header, [cell.value for cell in book["填写示例"][2]], strict=True))
    example["*户籍所在地"] = "苏州市姑苏区"
    roster = reviewed(town.community, town.worker.user, workbook([example], header=header), filename=FILE)
    assert outcomes(roster) == {"new": 1}
