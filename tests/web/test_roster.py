"""A clerk hands in a roster and sees it through. 花名册页面"""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.enrolment.building import AT
from tests.spreadsheet.rosters import XLSX, committed, pupil, resident_id, workbook
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.people.models import Look, Person, SchoolRoll
from yingbao.spreadsheet.models import Roster

pytestmark = pytest.mark.django_db

UPLOAD = "/school/roster/"


@pytest.fixture
def client(clerk, signed_in) -> Client:
    return signed_in(clerk)


def upload(client: Client, data: bytes, *, name: str = XLSX):
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, data)})


def handed_in(client: Client, pupils: list[dict[str, object]] | bytes, *, name: str = XLSX) -> str:
    """Upload and let the job run; gives the address of the roster's page."""
    answer = upload(client, pupils if isinstance(pupils, bytes) else workbook(pupils), name=name)
    assert answer.status_code == 302, answer.content.decode()
    work.run_waiting()
    return answer["Location"]


def confirm(client: Client, page: str, **said: str):
    seen = client.get(page).context["seen"]
    answer = client.post(f"{page}confirm", {"seen": seen, **said})
    work.run_waiting()
    return answer


def text(answer) -> str:
    """What a reader sees of the page."""
    body = answer.content.decode().partition("<main")[2].partition("</main>")[0] or answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_a_roster_goes_all_the_way_from_the_upload_to_the_pupils(client, school):
    page = handed_in(client, [pupil(姓名="王小明"), pupil(), pupil()])
    assert Person.objects.count() == 0
    shown = text(client.get(page))
    assert "新增 3 名学生" in shown
    assert "王小明" in shown
    confirm(client, page)
    assert "已导入 3 行" in text(client.get(page))
    assert SchoolRoll.objects.filter(school=school, left_on__isnull=True).count() == 3


def test_while_it_is_read_the_page_asks_twice_a_second_and_can_stop_it(client):
    page = upload(client, workbook([pupil()]))["Location"]
    answer = client.get(page)
    body = answer.content.decode()
    assert 'hx-trigger="every 500ms"' in body
    assert "<progress" in body
    assert 'role="status"' in body
    watching = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "progress"}
    assert "正在排队" in client.get(page, **watching).content.decode()
    client.post(f"{page}stop")
    assert Job.objects.get().state == "cancelled"
    assert client.get(page, **watching)["HX-Refresh"] == "true"
    assert "重新读取" in text(client.get(page))
    client.post(f"{page}again")
    work.run_waiting()
    assert "新增 1 名学生" in text(client.get(page))


def test_errors_come_first_with_row_column_value_and_what_to_do(client):
    bad = pupil(姓名="赵一鸣", 身份证号="320508201205041231")
    shown = text(client.get(handed_in(client, [pupil(), bad, pupil()])))
    assert "B3" in shown
    assert "赵一鸣" in shown
    assert "校验码不符" in shown
    assert "核对" in shown
    assert "320508201205041231" not in shown
    assert "确认导入 2 行" in shown


def test_each_outcome_has_a_view_of_fifty_rows_a_page(client):
    page = handed_in(client, [pupil() for _ in range(120)])
    first = client.get(page)
    assert len(first.context["page"].rows) == 50
    last = client.get(f"{page}?show=new&page=3", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="rows")
    assert len(last.context["page"].rows) == 20
    assert "<html" not in last.content.decode()
    assert client.get(f"{page}?show=nonsense&page=9999999").context["page"].number == 1


def test_changes_are_shown_with_before_and_after(client, school, clerk):
    one = pupil(姓名="王小明")
    committed(school, clerk.user, [one])
    shown = text(client.get(handed_in(client, [one | {"年级": "三年级", "户籍所在地": "320506"}])))
    assert "年级： 二年级 → 三年级" in shown
    assert "江苏省苏州市吴中区" in shown


def test_the_box_for_the_whole_school_is_ticked_when_the_file_covers_most_of_it(client, school, clerk):
    pupils = [pupil() for _ in range(10)]
    committed(school, clerk.user, pupils)
    whole = client.get(handed_in(client, pupils[:9])).content.decode()
    assert re.search(r'name="whole_file" value="yes" checked', whole)
    part = client.get(handed_in(client, pupils[:4])).content.decode()
    assert re.search(r'name="whole_file" value="yes" aria', part)


def test_pupils_leave_only_if_the_box_is_ticked(client, school, clerk):
    pupils = [pupil() for _ in range(10)]
    committed(school, clerk.user, pupils)
    confirm(client, handed_in(client, pupils[:9]))
    assert SchoolRoll.objects.filter(left_on__isnull=True).count() == 10
    page = handed_in(client, pupils[:9])
    confirm(client, page, whole_file="yes")
    assert SchoolRoll.objects.filter(left_on__isnull=True).count() == 9
    assert "1 名不在文件中的学生已离校" in text(client.get(page))


def test_the_file_comes_back_with_the_error_beside_the_cell(client):
    page = handed_in(client, [pupil(), pupil(姓名="赵一鸣", 身份证号="320508201205041231")])
    answer = client.get(f"{page}errors")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert "attachment" in answer["Content-Disposition"]
    marked = [cell.value for cell in sheet[3] if cell.value]
    assert "赵一鸣" in marked
    assert any("校验码不符" in str(value) for value in marked)


def test_rows_left_to_mend_can_be_fetched_after_the_import_until_they_are_mended(client):
    bad = pupil(身份证号="320508201205041231")
    page = handed_in(client, [pupil(), bad])
    confirm(client, page)
    assert "还有 1 行没有导入" in text(client.get(page))
    assert client.get(f"{page}errors").status_code == 200
    confirm(client, handed_in(client, [bad | {"身份证号": resident_id()}]))
    assert client.get(f"{page}errors").status_code == 302
    assert "已经改好" in text(client.get(page))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("名单.xlsx", b"%PDF-1.7 a page", "PDF"),
        ("名单.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xlsx"),
        ("名单.csv", "班级,备注\n1班,无\n".encode("gb18030"), "姓名"),
        ("名单.xlsx", b"PK\x03\x04 broken", "名单.xlsx"),
    ],
)
def test_a_file_that_is_no_roster_gets_a_clear_answer_and_the_server_stays_up(client, name, data, said):
    page = handed_in(client, data, name=name)
    answer = client.get(page)
    assert answer.status_code == 200
    assert "这份文件不能导入" in text(answer)
    assert said in answer.content.decode()
    assert Roster.objects.get().state == "refused"


def test_an_empty_file_or_none_is_refused_where_it_was_chosen(client):
    assert "没有选择文件" in text(client.post(UPLOAD))
    answer = upload(client, b"")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Job.objects.exists()


def test_what_changed_meanwhile_is_shown_again_and_not_imported(client, school, clerk):
    one = pupil()
    committed(school, clerk.user, [one])
    page = handed_in(client, [one | {"班级": "2班"}])
    committed(school, clerk_of(school, Desk.SCHOOL).user, [one | {"班级": "3班"}])
    confirm(client, page)
    shown = text(client.get(page))
    assert "学生资料有了变动" in shown
    assert "3班 → 2班" in shown


def test_a_page_that_is_out_of_date_confirms_nothing(client):
    page = handed_in(client, [pupil()])
    answer = client.post(f"{page}confirm", {"seen": "of yesterday"}, follow=True)
    assert work.run_waiting() == 0
    assert "请再看一遍" in answer.content.decode()


def test_a_second_click_on_confirm_starts_no_second_job(client):
    page = handed_in(client, [pupil()])
    seen = client.get(page).context["seen"]
    for _ in range(2):
        client.post(f"{page}confirm", {"seen": seen})
    assert Job.objects.filter(task="roster.commit").count() == 1
    work.run_waiting()
    client.post(f"{page}confirm", {"seen": seen})
    assert Job.objects.filter(task="roster.commit").count() == 1


def test_a_roster_that_was_given_up_is_erased(client):
    page = handed_in(client, [pupil()])
    client.post(f"{page}drop")
    roster = Roster.objects.get()
    assert (roster.state, roster.content_cipher, roster.rows.count()) == ("dropped", None, 0)
    assert "已放弃" in text(client.get(page))


def test_another_schools_roster_does_not_exist_for_us(client, other_school, signed_in):
    stranger = signed_in(clerk_of(other_school, Desk.SCHOOL))
    page = handed_in(stranger, [pupil(姓名="独一无二")])
    for address in (page, f"{page}errors"):
        assert client.get(address).status_code == 404
    for act in ("confirm", "drop", "stop", "again"):
        assert client.post(f"{page}{act}").status_code == 404
    assert Roster.objects.get().state == "reviewed"
    assert "独一无二" not in client.get(UPLOAD).content.decode()


def test_every_look_at_staged_rows_and_every_download_of_them_is_recorded(client, clerk):
    page = handed_in(client, [pupil(), pupil(身份证号="320508201205041231")])
    client.get(f"{page}?show=new")
    client.get(f"{page}errors")
    assert list(Look.objects.values_list("user", "what", "count")) == [
        (clerk.user.pk, "list", 1),
        (clerk.user.pk, "export", 1),
    ]


def test_both_schools_see_that_a_child_is_on_two_rosters(client, school, other_school, clerk, signed_in):
    one = pupil(姓名="王小明")
    stranger = clerk_of(other_school, Desk.SCHOOL)
    committed(other_school, stranger.user, [one])
    shown = text(client.get(handed_in(client, [one])))
    assert "“沧浪学校”也报了这名学生" in shown
    committed(school, clerk.user, [one])
    mine, theirs = text(client.get(UPLOAD)), text(signed_in(stranger).get(UPLOAD))
    assert "暂归对方 王小明 沧浪学校" in mine
    assert "暂归本校 王小明 星海学校" in theirs


def test_the_template_is_itself_a_roster_that_can_be_read(client):
    answer = client.get("/school/roster/template")
    assert "attachment" in answer["Content-Disposition"]
    page = handed_in(client, answer.content)
    assert client.get(page).status_code == 200


def test_the_pages_speak_english_too(client):
    client.cookies["django_language"] = "en"
    page = handed_in(client, [pupil(), pupil(身份证号="320508201205041231")])
    shown = text(client.get(page))
    assert "Confirm the import of 1 rows" in shown
    assert "check character" in shown
    assert not re.search(r"[。；]", shown)
    assert client.get(UPLOAD).status_code == 200


def test_a_failed_import_says_so_on_the_page_and_can_be_confirmed_again(client, monkeypatch):
    page = handed_in(client, [pupil()])

    def fail(**_: object) -> int:
        raise RuntimeError("the power went")

    monkeypatch.setattr("yingbao.spreadsheet.committing.determine_people", fail)
    confirm(client, page)
    assert "未写入任何内容" in text(client.get(page))
    assert Person.objects.count() == 0
    monkeypatch.undo()
    confirm(client, page)
    assert "已导入 1 行" in text(client.get(page))


def test_the_clock_of_an_import_is_the_platforms(client):
    page = handed_in(client, [pupil()])
    confirm(client, page)
    assert abs((Roster.objects.get().committed_at - AT).total_seconds()) < 60
