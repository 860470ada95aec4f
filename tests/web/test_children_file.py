"""A community registers many children by a workbook and sees it through. 成批登记页面"""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.enrolment.building import organisation
from tests.spreadsheet.children import FILE, infant_row
from tests.spreadsheet.rosters import workbook
from tests.web.community_town import Town, town_of
from tests.web.conftest import clerk_of
from tests.web.test_roster import UPLOAD, confirm, handed_in, text, upload
from yingbao.agents.models import Desk
from yingbao.collection.audit import INVARIANTS
from yingbao.enrolment.models import Enrolment
from yingbao.jobs import work
from yingbao.ledger.audit import examine
from yingbao.people.models import Look, Person
from yingbao.spreadsheet.models import Roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return town_of()


@pytest.fixture
def client(town, signed_in) -> Client:
    return signed_in(town.worker)


def test_a_file_goes_all_the_way_from_the_template_to_the_communitys_list(client, town):
    shown = client.get(UPLOAD)
    assert "用表格登记很多孩子" in text(shown)
    assert "认得哪些列" not in text(shown)
    template = client.get(f"{UPLOAD}template")
    assert openpyxl.load_workbook(io.BytesIO(template.content)).sheetnames[0] == "儿童登记表"
    page = handed_in(client, [infant_row(姓名="谈沐辰"), infant_row(), infant_row(户籍所在地="")], name=FILE)
    assert Person.objects.count() == 0
    told = text(client.get(page))
    assert "没有填写户籍所在地" in told
    assert "登记 2 名孩子，列入本社区名单并核定" in told
    assert "谈沐辰" in text(client.get(f"{page}?show=new"))
    confirm(client, page)
    assert "已办完 2 行" in text(client.get(page))
    assert "还有 1 行没有导入" in text(client.get(page))
    assert Enrolment.objects.of(town.season, town.community).count() == 2
    assert examine(INVARIANTS) == []


def test_the_marked_file_tells_where_what_and_how_to_mend(client):
    page = handed_in(client, [infant_row(监护人联系电话="123"), infant_row()], name=FILE)
    marked = client.get(f"{page}errors")
    sheet = openpyxl.load_workbook(io.BytesIO(marked.content)).active
    said = str([cell.value for cell in sheet[2]][-1])
    assert "没有一个监护人的电话" in said
    assert "至少填写一名监护人的手机号" in said
    assert Look.objects.filter(what="export").exists()


def test_while_it_is_read_progress_is_shown_and_a_second_upload_takes_the_place_of_the_first(client):
    first = upload(client, workbook([infant_row()]), name=FILE)["Location"]
    assert 'hx-trigger="every 500ms"' in client.get(first).content.decode()
    second = upload(client, workbook([infant_row()]), name=FILE)["Location"]
    work.run_waiting()
    assert "已放弃" in text(client.get(first))
    assert "新登记" in text(client.get(second))


def test_a_stale_page_a_second_click_and_the_same_file_again_register_nobody_twice(client):
    rows = [infant_row(), infant_row()]
    page = handed_in(client, rows, name=FILE)
    stale = client.post(f"{page}confirm", {"seen": "of yesterday"}, follow=True)
    assert "请再看一遍" in text(stale) or "核对结果已更新" in stale.content.decode()
    confirm(client, page)
    client.post(f"{page}confirm", {"seen": "x"})
    work.run_waiting()
    again = handed_in(client, rows, name=FILE)
    assert "表里的孩子都已在名单" in text(client.get(again))
    assert Person.objects.count() == 2


def test_a_sub_district_says_whose_children_they_are_and_sees_its_communities_files(town, signed_in):
    officer = signed_in(clerk_of(town.street, Desk.COMMUNITY, "谢老师"))
    file = SimpleUploadedFile(FILE, workbook([infant_row()]))
    refused = officer.post(UPLOAD, {"file": file})
    assert refused.status_code == 422
    assert "没有选择登记的社区" in text(refused)
    file = SimpleUploadedFile(FILE, workbook([infant_row()]))
    page = officer.post(UPLOAD, {"file": file, "community": town.neighbour.pk})["Location"]
    work.run_waiting()
    confirm(officer, page)
    assert Roster.objects.get().state == "committed"
    assert Enrolment.objects.of(town.season, town.neighbour).count() == 1


def test_another_communitys_file_is_not_to_be_found_and_no_stranger_hands_one_in(client, town, signed_in):
    page = handed_in(client, [infant_row()], name=FILE)
    other = signed_in(clerk_of(town.neighbour, Desk.COMMUNITY, "别的社工"))
    assert {other.get(page).status_code, other.post(f"{page}confirm").status_code} == {404}
    assert other.get(f"{page}errors").status_code == 404
    file = SimpleUploadedFile(FILE, workbook([infant_row()]))
    theirs = other.post(UPLOAD, {"file": file, "community": town.community.pk})["Location"]
    assert Roster.objects.get(pk=int(theirs.split("/")[-2])).school == town.neighbour
    assert Client().get(UPLOAD).status_code == 302


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04 broken", "姓名\n".encode(), b"\xff\xfe\x00" * 50])
def test_whatever_is_no_such_file_is_refused_with_what_to_do(client, data):
    answer = upload(client, data, name=FILE)
    if answer.status_code == 302:
        work.run_waiting()
        answer = client.get(answer["Location"])
    assert 'role="alert"' in answer.content.decode()
    assert Person.objects.count() == 0


def test_a_school_sees_nothing_of_the_communitys_words(signed_in):
    school = organisation(name="枕波小学")
    town_of()
    shown = text(signed_in(clerk_of(school, Desk.SCHOOL)).get(UPLOAD))
    assert "上传花名册" in shown
    assert "社区" not in shown
