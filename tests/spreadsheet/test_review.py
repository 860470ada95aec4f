"""What a clerk is shown before anything is written. 花名册核对"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from tests.enrolment.building import AT, clerk, organisation
from tests.spreadsheet.rosters import (
    committed,
    csv_file,
    outcomes,
    pupil,
    received,
    resident_id,
    reviewed,
    workbook,
)
from yingbao.enrolment.models import Enrolment
from yingbao.people.models import Change, Person, SchoolRoll
from yingbao.spreadsheet import review
from yingbao.spreadsheet.models import Roster, RosterGuardian, RosterRow
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def row_of(roster: Roster, name: str) -> RosterRow:
    return roster.rows.get(name=name)


def known() -> tuple[int, ...]:
    return Person.objects.count(), SchoolRoll.objects.count(), Change.objects.count(), Enrolment.objects.count()


def test_a_first_roster_is_all_new_and_nothing_is_written_before_the_clerk_says_so(school, by):
    before = known()
    roster = reviewed(school, by, [pupil() for _ in range(40)])
    assert (roster.state, outcomes(roster)) == ("reviewed", {"new": 40})
    assert known() == before


def test_the_file_and_the_numbers_in_it_lie_sealed_in_the_database(school, by):
    one = pupil(姓名="欧阳子涵", 联系电话="13912345678")
    roster = reviewed(school, by, [one])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r::text || w::text || g::text FROM spreadsheet_roster r, spreadsheet_rosterrow w, "
            "spreadsheet_rosterguardian g WHERE r.id = %s",
            [roster.pk],
        )
        stored = cursor.fetchone()[0]
    for secret in (one["身份证号"], "13912345678", one["身份证号"].encode().hex()):
        assert secret not in stored
    assert row_of(roster, "欧阳子涵").number_masked.endswith(one["身份证号"][-4:])


def test_a_messy_workbook_is_understood_with_talk_above_the_header_and_columns_in_any_order(school, by):
    rows = [pupil(姓名="张　三"), pupil(姓名="Anna Berg", 身份证号="E12345678", 证件类型="护照", 性别="女")]
    rows[1] |= {"出生日期": "2012-07-01", "学籍号": ""}
    header = ["班级", "联系电话", "备注", "身份证号", "证件类型", "性别", "出生日期", "姓名", "年级", "户籍所在地"]
    data = workbook(rows, header=header, above=["星海学校2019学年学生花名册", "填表人：王老师"])
    roster = reviewed(school, by, data)
    assert outcomes(roster) == {"new": 2}
    assert row_of(roster, "张三").name_original == "张 三"
    assert row_of(roster, "Anna Berg").identity_kind == "passport"
    assert any("备注" in note["zh"] for note in roster.notes)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_a_csv_file_in_either_encoding_comes_in_with_rare_characters(school, by, encoding):
    roster = reviewed(school, by, csv_file([pupil(姓名="李𫖯"), pupil()], encoding=encoding), filename="名单.csv")
    assert outcomes(roster) == {"new": 2}
    assert row_of(roster, "李𫖯").name_original == "李𫖯"


def test_the_same_file_again_is_unchanged_to_the_last_row(school, by):
    pupils = [pupil() for _ in range(25)]
    committed(school, by, pupils)
    assert outcomes(reviewed(school, by, pupils)) == {"unchanged": 25}


def test_what_changed_is_shown_field_by_field_with_what_was_there(school, by):
    one = pupil(姓名="王小明", 联系电话="13900000001")
    committed(school, by, [one, pupil()])
    roster = reviewed(
        school, by, [one | {"年级": "三年级", "班级": "4班", "联系电话": "13900000002", "户籍所在地": "320506"}]
    )
    row = row_of(roster, "王小明")
    assert row.outcome == "changed"
    assert row.changes == {
        "grade": [2, 3],
        "class_name": ["1班", "4班"],
        "hukou": ["320508", "320506"],
        "guardian1.phone": ["139****0001", "139****0002"],
    }


def test_an_empty_cell_says_nothing_and_changes_nothing(school, by):
    one = pupil()
    committed(school, by, [one])
    emptied = one | {"班级": "", "学籍号": "", "户籍所在地": "", "监护人": "", "关系": "", "联系电话": ""}
    assert outcomes(reviewed(school, by, [emptied])) == {"unchanged": 1}


def test_who_is_on_the_roll_and_not_in_the_file_is_shown_as_left(school, by):
    gone, *others = pupils = [pupil() for _ in range(10)]
    committed(school, by, pupils)
    roster = reviewed(school, by, others)
    assert outcomes(roster) == {"unchanged": 9, "left": 1}
    assert roster.rows.get(outcome="left").name == gone["姓名"]
    assert review.seems_whole(roster)


def test_a_file_of_one_class_is_not_taken_for_the_whole_school(school, by):
    pupils = [pupil() for _ in range(10)]
    committed(school, by, pupils)
    assert not review.seems_whole(reviewed(school, by, pupils[:7]))
    assert review.seems_whole(reviewed(school, by, pupils[:8]))


def test_a_pupil_whose_row_is_in_error_has_not_left(school, by):
    one, *others = pupils = [pupil() for _ in range(3)]
    committed(school, by, pupils)
    broken = one | {"身份证号": one["身份证号"][:-1] + ("1" if one["身份证号"][-1] != "1" else "2")}
    roster = reviewed(school, by, [broken, *others])
    assert outcomes(roster) == {"unchanged": 2, "error": 1}


def test_a_row_in_error_names_the_cell_what_is_wrong_and_what_to_do(school, by):
    bad = pupil(姓名="王晓")
    bad["身份证号"] = bad["身份证号"][:-1] + ("1" if bad["身份证号"][-1] != "1" else "2")
    roster = reviewed(school, by, workbook([pupil(), bad]))
    [error] = [error for error in roster.rows.get(outcome="error").errors if error["severity"] == "error"]
    assert (roster.rows.get(outcome="error").row_number, error["letter"], error["header"]) == (3, "B", "身份证号")
    assert bad["身份证号"] not in str(error)
    assert error["what"]["en"]
    assert error["mend"]["zh"]


def test_a_number_stored_as_a_number_is_refused_and_never_repaired(school, by):
    rounded = pupil(姓名="王晓", 身份证号=320508201205041230)
    roster = reviewed(school, by, workbook([pupil(), rounded | {"学籍号": ""}]))
    assert outcomes(roster) == {"new": 1, "error": 1}


def test_a_pupil_twice_in_the_file_is_taken_once(school, by):
    one = pupil(姓名="王小明")
    roster = reviewed(school, by, [one, pupil(), one | {"班级": "2班"}])
    assert outcomes(roster) in ({"new": 2, "duplicate": 1}, {"new": 2, "error": 1})


def test_twins_are_two_pupils(school, by):
    twins = [
        pupil(姓名="王大双", 身份证号=resident_id(born="20120101", serial=801)),
        pupil(姓名="王小双", 身份证号=resident_id(born="20120101", serial=803), 联系电话="13911112222"),
    ]
    assert outcomes(reviewed(school, by, twins)) == {"new": 2}
    committed(school, by, twins)
    assert outcomes(reviewed(school, by, twins)) == {"unchanged": 2}


def test_a_known_number_under_another_name_is_an_error_that_does_not_tell_the_name(school, by, other_school):
    one = pupil(姓名="赵云飞")
    committed(other_school, clerk(other_school).user, [one])
    roster = reviewed(school, by, [one | {"姓名": "钱多多"}])
    row = roster.rows.get()
    assert (row.outcome, row.fault) == ("error", "name_conflict")
    assert "赵云飞" not in str(row.__dict__)


def test_another_way_to_write_the_same_name_is_no_other_name(school, by):
    one = pupil(姓名="阿依古丽·买买提")
    committed(school, by, [one])
    assert outcomes(reviewed(school, by, [one | {"姓名": "阿依古丽•买买提"}])) == {"unchanged": 1}


def test_a_child_whom_another_school_let_go_moves_here(school, by, other_school, other_clerk):
    one, *others = pupils = [pupil() for _ in range(10)]
    committed(other_school, other_clerk, pupils)
    committed(other_school, other_clerk, others)
    row = reviewed(school, by, [one]).rows.get()
    assert (row.outcome, row.other_school) == ("moved_here", other_school)


def test_a_child_on_another_schools_roll_of_last_year_moves_here_without_its_data_being_shown(
    school, by, other_school, other_clerk
):
    one = pupil(户籍所在地="320506", 联系电话="13900000001")
    committed(other_school, other_clerk, [one])
    SchoolRoll.objects.update(school_year=2018)
    row = reviewed(school, by, [one | {"户籍所在地": "320508", "联系电话": "13900000002"}]).rows.get()
    assert row.outcome == "moved_here"
    assert row.changes == {"hukou": [None, "320508"], "guardian1.phone": [None, "139****0002"]}


def test_a_child_whom_another_school_named_this_year_is_on_two_rosters(school, by, other_school, other_clerk):
    one = pupil()
    committed(other_school, other_clerk, [one])
    row = reviewed(school, by, [one | {"户籍所在地": "320506"}]).rows.get()
    assert (row.outcome, row.other_school, row.changes) == ("on_two_rosters", other_school, {})


def test_a_child_known_to_the_platform_but_to_no_school_is_new(school, by):
    one = pupil(姓名="王小明")
    committed(school, by, [one])
    SchoolRoll.objects.all().update(left_on=AT.date(), leave_reason="other", school=organisation())
    SchoolRoll.objects.all().delete()
    row = reviewed(school, by, [one]).rows.get()
    assert (row.outcome, row.person.name) == ("new", "王小明")


def test_one_of_ours_with_a_new_passport_is_the_same_child(school, by):
    foreign = {"证件类型": "护照", "性别": "女", "出生日期": "2012-07-01", "学籍号": ""}
    one = pupil(姓名="Anna Berg", 身份证号="E12345678") | foreign
    committed(school, by, [one, pupil()])
    roster = reviewed(school, by, [one | {"身份证号": "E87654321"}])
    row = row_of(roster, "Anna Berg")
    assert row.outcome == "changed"
    assert list(row.changes) == ["number"]


def test_another_resident_number_with_the_same_name_and_birthday_is_another_child(school, by):
    one = pupil(姓名="王子涵", 身份证号=resident_id(born="20120101", serial=801))
    committed(school, by, [one])
    namesake = pupil(姓名="王子涵", 身份证号=resident_id(born="20120101", serial=805))
    assert outcomes(reviewed(school, by, [namesake])) == {"new": 1, "left": 1}


def test_mother_and_father_may_change_columns(school, by):
    both = {
        "父亲姓名": "王大山", "父亲联系电话": "13900000001", "母亲姓名": "李小花", "母亲联系电话": "13900000002",
    }  # fmt: skip
    bare = {"监护人": "", "关系": "", "联系电话": ""}
    one = pupil() | bare
    committed(school, by, [one | both])
    swapped = {
        "监护人": "李小花", "关系": "母亲", "联系电话": "13900000002",
        "第二监护人姓名": "王大山", "第二监护人关系": "父亲", "第二监护人联系电话": "13900000001",
    }  # fmt: skip
    assert outcomes(reviewed(school, by, [one | swapped])) == {"unchanged": 1}


def test_another_guardian_takes_nothing_over_from_the_one_before(school, by):
    one = pupil(监护人="王大山", 关系="父亲", 联系电话="13900000001")
    committed(school, by, [one])
    row = reviewed(school, by, [one | {"监护人": "李小花", "关系": "母亲", "联系电话": ""}]).rows.get()
    assert row.changes == {
        "guardian1.name": ["王大山", "李小花"],
        "guardian1.relation": ["father", "mother"],
        "guardian1.phone": ["139****0001", ""],
    }


def test_a_stage_that_the_school_does_not_have_is_an_error(school, by):
    roster = reviewed(school, by, [pupil(年级="高一"), pupil(年级="初一")])
    assert outcomes(roster) == {"error": 1, "new": 1}
    assert roster.rows.get(outcome="error").fault == "stage_not_here"


def test_a_file_that_is_no_roster_is_refused_and_not_kept(school, by):
    roster = reviewed(school, by, b"%PDF-1.4 not a list at all", filename="花名册.xlsx")
    assert (roster.state, roster.content_cipher) == ("refused", None)
    assert "PDF" in roster.message["zh"]
    assert roster.message["mend"]["en"]


def test_an_empty_file_is_refused_at_the_door(school, by):
    with pytest.raises(Refused, match="empty"):
        received(school, by, b"")
    assert not Roster.objects.exists()


def test_a_clerks_newer_file_takes_the_place_of_the_one_left_unconfirmed(school, by):
    first = reviewed(school, by, [pupil() for _ in range(3)])
    colleague = reviewed(school, clerk(school).user, [pupil()])
    reviewed(school, by, [pupil()])
    first.refresh_from_db()
    colleague.refresh_from_db()
    assert (first.state, first.content_cipher, first.rows.count()) == ("dropped", None, 0)
    assert colleague.state == "reviewed"


def test_a_dropped_roster_leaves_nothing_behind(school, by):
    roster = reviewed(school, by, [pupil() for _ in range(3)])
    review.drop(roster=roster, by=by, at=AT)
    review.drop(roster=roster, by=by, at=AT)
    roster.refresh_from_db()
    assert (roster.state, roster.content_cipher) == ("dropped", None)
    assert not RosterRow.objects.exists()
    assert not RosterGuardian.objects.exists()


def test_reviewing_twice_ends_the_same(school, by):
    roster = reviewed(school, by, [pupil() for _ in range(3)])
    again = review.review(roster.pk, at=AT + timedelta(minutes=1))
    assert (again.counts, again.rows.count()) == (roster.counts, 3)


def test_an_interrupted_review_leaves_the_file_waiting_and_nothing_half_staged(school, by):
    roster = received(school, by, workbook([pupil() for _ in range(5)]))

    def stop(done: int, total: int) -> None:
        if done > 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        review.review(roster.pk, at=AT, progress=stop)
    roster.refresh_from_db()
    assert (roster.state, roster.rows.count()) == ("waiting", 0)
    assert outcomes(review.review(roster.pk, at=AT)) == {"new": 5}


def test_progress_is_told_in_order_and_ends_at_the_whole(school, by):
    told: list[int] = []
    roster = received(school, by, workbook([pupil() for _ in range(30)]))
    review.review(roster.pk, at=AT, progress=lambda done, total: told.append(done * 100 // total))
    assert told == sorted(told)
    assert told[-1] == 100


def test_a_pupil_of_last_year_is_shown_with_the_year_and_grade_that_change(school, by):
    one = pupil(年级="二年级")
    committed(school, by, [one])
    SchoolRoll.objects.update(school_year=2018, grade=1)
    row = reviewed(school, by, [one]).rows.get()
    assert (row.outcome, row.changes) == ("changed", {"school_year": [2018, 2019], "grade": [1, 2]})


def test_what_nobody_came_back_to_is_erased_in_time(school, by):
    forgotten = reviewed(school, by, [pupil() for _ in range(2)])
    half_mended = committed(school, clerk(school).user, [pupil(), pupil(身份证号="320508201205041231")])
    assert review.purge(at=AT + timedelta(days=59)) == 0
    assert review.purge(at=AT + timedelta(days=61)) == 2
    assert review.purge(at=AT + timedelta(days=62)) == 0
    for roster, state in ((forgotten, "dropped"), (half_mended, "committed")):
        roster.refresh_from_db()
        assert (roster.state, roster.content_cipher, roster.rows.count()) == (state, None, 0)


def test_a_number_in_a_files_name_is_hidden_wherever_the_name_is_shown(school, season, by):
    data = "姓名,身份证号".encode()
    name = "C:\\张三320508201205041231.csv"
    roster = review.receive(school=school, season=season, filename=name, data=data, by=by, at=AT)
    assert roster.filename.startswith("张三32")
    assert roster.filename.endswith("****.csv")
    assert "20120504" not in roster.filename
