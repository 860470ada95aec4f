"""A body hands in a list of assisted persons and sees it through. 救助名单页面"""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.test import Client

from tests.spreadsheet.assisted_lists import XLSX, body, committed, file_of, known, places, row
from tests.spreadsheet.rosters import resident_id
from tests.web.body_lists import HOME, confirm, handed_in, text, upload
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Appointment, Desk
from yingbao.enrolment.models import Enrolment
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.people.bulk import NewDocument
from yingbao.people.models import Look
from yingbao.spreadsheet.models import AssistedList, AssistedRow
from yingbao.values import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(suzhou) -> Appointment:
    return clerk_of(body(), Desk.LIST_PROVIDER, name="周科长")


@pytest.fixture
def client(officer, signed_in) -> Client:
    return signed_in(officer)


def test_a_list_goes_all_the_way_from_the_upload_to_the_decisions(client, officer, school, suzhou):
    child = known("王一", school)
    [enrolment] = listed(school, suzhou, child)
    page = handed_in(client, [row(child), row()])
    shown = text(client.get(page))
    assert "1 人新列入名单" in shown
    assert "1 行平台上还没有这个人" in shown
    assert places(officer.organisation) == []
    confirm(client, page)
    shown = text(client.get(page))
    assert "已生效" in shown
    enrolment.refresh_from_db()
    assert enrolment.self_paid_fen == 0
    assert len(places(officer.organisation)) == 1
    home = text(client.get(HOME))
    assert "低保 1 人" in home
    assert "1 行还没有找到人" in home


def test_the_chips_count_what_there_is_and_show_each_kind_of_row(client, officer):
    stays, goes, renamed = (known(name) for name in ("王一", "王二", "王三"))
    committed(officer.organisation, officer.user, [row(stays), row(goes), row(renamed)])
    rows = [row(stays), row(renamed, 姓名="李三"), row(姓名="路人"), row(姓名="", 证件号码="1")]
    page = handed_in(client, rows, as_of="2019-11-12")
    views = {view["key"]: view["count"] for view in client.get(page).context["page"].views}
    assert views == {"faulty": 1, "to_settle": 1, "will_end": 1, "unmatched": 1, "matched": 1}
    assert "王二" in text(client.get(f"{page}?show=will_end"))
    assert "2019年11月11日" in text(client.get(f"{page}?show=will_end"))
    assert "平台上这个号码是“王*”" in text(client.get(f"{page}?show=to_settle"))
    assert "路人" in text(client.get(f"{page}?show=unmatched", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="rows"))
    assert "没有填写姓名" in text(client.get(f"{page}?show=faulty"))


def test_no_page_shows_a_whole_number_and_every_page_of_rows_is_a_look(client, officer):
    child = known("王一")
    page = handed_in(client, [row(child)])
    before = Look.objects.count()
    answer = client.get(page)
    assert child.number not in answer.content.decode()
    assert child.number[6:14] not in answer.content.decode()
    look = Look.objects.latest("pk")
    assert (Look.objects.count(), look.what, look.count) == (before + 1, "list", 1)
    assert (look.user, look.organisation) == (officer.user, officer.organisation)


def test_fifty_rows_stand_on_a_page(client):
    page = handed_in(client, [row(姓名=f"路人{number}") for number in range(60)])
    assert len(client.get(page).context["page"].rows) == 50
    last = client.get(f"{page}?show=unmatched&page=2", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="rows")
    assert len(last.context["page"].rows) == 10
    assert client.get(f"{page}?show=nonsense&page=999999999").context["page"].number == 1


def test_a_list_that_would_end_most_has_a_box_to_tick(client, officer):
    people = [known(f"王{sign}") for sign in "一二三"]
    committed(officer.organisation, officer.user, [row(each) for each in people])
    page = handed_in(client, [row(people[0])], as_of="2019-11-12")
    assert 'name="meant"' in client.get(page).content.decode()
    assert "2 人将失去救助身份" in text(client.get(page))
    assert "请勾选后再确认" in text(confirm(client, page))
    assert AssistedList.objects.filter(state="committed").count() == 1
    confirm(client, page, meant="yes")
    assert [last is None for *_, last in places(officer.organisation)] == [True, False, False]


def test_nobody_confirms_what_they_have_not_seen(client):
    page = handed_in(client, [row(known("王一"))])
    answer = client.post(f"{page}confirm", {"seen": "another"}, follow=True)
    assert "请再看一遍" in text(answer)
    assert AssistedList.objects.get().state == "reviewed"
    assert Job.objects.filter(task="assisted.commit").count() == 0


def test_two_clicks_start_one_job(client):
    page = handed_in(client, [row(known("王一"))])
    seen = client.get(page).context["seen"]
    for _ in range(2):
        client.post(f"{page}confirm", {"seen": seen})
    assert Job.objects.filter(task="assisted.commit").count() == 1


def test_a_doubtful_row_is_settled_before_the_list_takes_effect(client, officer):
    yes, no = known("王一"), known("王二")
    page = handed_in(client, [row(yes, 姓名="李一"), row(no, 姓名="李二")])
    first, second = AssistedRow.objects.order_by("row_number")
    assert "李一是同一人" in text(client.post(f"{page}settle", {"row": first.pk, "same": "yes"}, follow=True))
    assert "不是同一人" in text(client.post(f"{page}settle", {"row": second.pk, "same": "no"}, follow=True))
    assert "李一 是同一人" not in client.get(f"{page}?show=matched").content.decode()
    assert "李二 是同一人" in client.get(f"{page}?show=not_meant").content.decode()
    assert "周科长 · 2019年11月12日 10:00 · 核实为不是同一人" in text(client.get(f"{page}?show=not_meant"))
    confirm(client, page)
    assert [name for name, *_ in places(officer.organisation)] == ["王一"]


def test_a_doubtful_row_is_settled_afterwards_and_follows_by_itself(client, officer, school, suzhou):
    child = known("王一", school)
    listed(school, suzhou, child)
    page = handed_in(client, [row(child, 姓名="李一")])
    confirm(client, page)
    assert Enrolment.objects.get().self_paid_fen > 0
    assert "待核实" in text(client.get(HOME))
    client.post(f"{page}settle", {"row": AssistedRow.objects.get().pk, "same": "yes"})
    work.run_waiting()
    assert Enrolment.objects.get().self_paid_fen == 0
    assert "待核实" not in text(client.get(HOME))


def test_a_newborn_with_a_certificate_is_offered_by_kind_and_mask(client):
    number = resident_id(born="20190504")
    known("王宝宝", number=number, documents=(NewDocument("birth_certificate", "A190000001"),))
    page = handed_in(client, [row(姓名="王宝宝", 证件号码=resident_id(born="20190504"))])
    shown = text(client.get(page))
    assert "同名同生日的“王**”" in shown
    assert "出生医学证明" in shown
    assert "A190000001" not in shown


def test_a_row_of_another_list_cannot_be_settled(client):
    other = body("union_federation", name="总工会")
    theirs = committed(other, clerk_of(other, Desk.LIST_PROVIDER).user, [row(known("王一"), 姓名="李一")])
    page = handed_in(client, [row(known("王二"), 姓名="李二")])
    answer = client.post(f"{page}settle", {"row": theirs.rows.get().pk, "same": "yes"})
    assert answer.status_code == 404
    assert client.post(f"{page}settle", {"row": "x", "same": "yes"}).status_code == 302
    assert AssistedRow.objects.exclude(verdict="").count() == 0


def test_a_body_sees_none_of_another_bodys_lists(client, signed_in):
    page = handed_in(client, [row(known("独一无二"))])
    confirm(client, page)
    stranger = signed_in(clerk_of(body("disabled_federation", name="残联"), Desk.LIST_PROVIDER))
    assert XLSX not in text(stranger.get(HOME))
    assert stranger.get(page).status_code == 404
    assert "还没有已生效的名单" in text(stranger.get(HOME))


def test_the_marked_file_tells_beside_each_row_what_is_to_be_done(client):
    page = handed_in(
        client, [row(known("王一"), 姓名="李一"), row(姓名="路人"), row(救助类别="劳模"), row(known("王四"))]
    )
    answer = client.get(f"{page}marked")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    said = [sheet.cell(line, sheet.max_column).value for line in range(2, 6)]
    assert "另一个姓名" in said[0]
    assert "每天再找" in said[1]
    assert "没有“劳模”这个救助类别" in said[2]
    assert said[3] is None
    assert Look.objects.latest("pk").what == "export"


@pytest.mark.parametrize(("kind", "first"), [("full", "*姓名"), ("changes", "*变动")])
def test_each_template_can_be_uploaded_as_it_was_filled_in(client, kind, first):
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{HOME}template?kind={kind}").content))
    assert book["救助名单"]["A1"].value == first
    example = [cell.value for cell in book["填写示例"][2]]
    for at, value in enumerate(example, 1):
        book["救助名单"].cell(2, at, value)
    file = io.BytesIO()
    book.save(file)
    page = client.get(handed_in(client, file.getvalue(), kind=kind))
    assert [view["key"] for view in page.context["page"].views] == ["unmatched"]


def test_the_same_file_twice_leads_to_the_answer_that_is_there(client):
    data = file_of([row()])
    page = handed_in(client, data)
    again = upload(client, data)
    assert again["Location"] == page
    assert "已经收过" in text(client.get(page))
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"as_of": "2019-12-31"}, "不晚于今天"),
        ({"as_of": "someday"}, "名单日期没有填写"),
        ({"kind": "x"}, "全量还是变动"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_the_form(client, said, told):
    answer = upload(client, b"x", **said)
    assert answer.status_code == 422
    assert told in text(answer)


def test_without_a_file_the_form_says_so_and_keeps_what_was_chosen(client):
    answer = client.post(f"{HOME}upload", {"kind": "changes", "as_of": "2019-10-31"})
    assert (answer.status_code, answer.context["chosen"], answer.context["as_of"]) == (422, "changes", "2019-10-31")
    assert "没有选择文件" in text(answer)


def test_a_file_that_is_no_list_is_refused_with_what_to_do(client):
    shown = text(client.get(handed_in(client, b"\x00\x01 no workbook")))
    assert "这份文件不能办理" in shown
    assert "文件没有保留" in shown


def test_while_it_is_read_the_page_asks_twice_a_second_and_can_stop_it(client):
    page = upload(client, [row()])["Location"]
    shown = client.get(page).content.decode()
    assert 'hx-trigger="every 500ms"' in shown
    watching = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "progress"}
    assert "正在排队" in client.get(page, **watching).content.decode()
    client.post(f"{page}stop")
    assert client.get(page, **watching)["HX-Refresh"] == "true"
    assert "重新读取" in text(client.get(page))
    client.post(f"{page}again")
    work.run_waiting()
    assert "未匹配" in text(client.get(page))


def test_a_commit_that_was_stopped_before_it_began_can_be_said_again(client):
    page = handed_in(client, [row(known("王一"))])
    for way in ("stop", "the jobs' page"):
        client.post(f"{page}confirm", {"seen": client.get(page).context["seen"]})
        job = Job.objects.latest("pk")
        client.post(f"{page}stop" if way == "stop" else f"/jobs/{job.pk}/cancel")
        assert "确认后会发生什么" in text(client.get(page))
    confirm(client, page)
    assert AssistedList.objects.get().state == "committed"


def test_giving_a_list_up_erases_it(client):
    page = handed_in(client, [row(known("王一"))])
    assert "已放弃" in text(client.post(f"{page}discard", follow=True))
    assert AssistedRow.objects.count() == 0
    assert "文件和暂存的数据都已清除" in text(client.get(page))


def test_rows_that_were_purged_are_said_to_be_gone(client):
    page = handed_in(client, [row(known("王一"))])
    confirm(client, page)
    AssistedRow.objects.all().delete()
    assert "只留人数" in text(client.get(page))


def test_a_points_office_sends_its_own_kind_of_list_here(signed_in, suzhou):
    office = signed_in(clerk_of(body("points_office", name="积分办"), Desk.LIST_PROVIDER))
    said = text(office.get(HOME))
    assert "积分入医名单" in said
    assert "救助类别" not in said
    assert upload(office, [row()])["Location"] != HOME


def test_the_lists_are_shown_in_english_too(client):
    page = handed_in(client, [row(known("王一")), row()])
    client.post("/language", {"language": "en"})
    shown = text(client.get(page))
    assert "What happens when you confirm" in shown
    assert "1 persons are listed and decided afresh" in shown
    assert clock.today().year == 2019
    assert "Lists of assisted persons" in text(client.get(HOME))


def test_a_list_in_effect_is_taken_back_whole_and_the_child_is_charged_again(client, school, suzhou):
    child = known("王一", school)
    (one,) = listed(school, suzhou, child)
    page = handed_in(client, [row(child)])
    confirm(client, page)
    one.refresh_from_db()
    assert one.self_paid_fen == 0
    assert "其中免缴" in text(client.get(page))
    without_reason = client.post(f"{page}withdraw", {"because": ""})
    assert without_reason.status_code == 422
    client.post(f"{page}withdraw", {"because": "名单传错了"})
    work.run_waiting()
    one.refresh_from_db()
    assert one.self_paid_fen > 0
    assert "名单传错了" in text(client.get(page))
    assert "已经撤回过了" in text(client.post(f"{page}withdraw", {"because": "再点一次"}, follow=True))


def test_one_row_is_taken_back_at_once_and_what_was_typed_stays_when_it_is_refused(client, school, suzhou):
    first, second = known("王一", school), known("王二", school)
    ones = listed(school, suzhou, first, second)
    page = handed_in(client, [row(first), row(second)])
    confirm(client, page)
    wanted = AssistedRow.objects.get(person=first)
    refused = client.post(f"{page}withdraw", {"row": wanted.pk, "because": "长" * 201})
    assert refused.status_code == 422
    client.post(f"{page}withdraw", {"row": wanted.pk, "because": "同名弄错"})
    for one in ones:
        one.refresh_from_db()
    assert [one.self_paid_fen > 0 for one in ones] == [True, False]
    assert "同名弄错" in text(client.get(f"{page}?show=taken_back"))


def test_a_row_is_not_settled_by_a_form_that_says_neither_yes_nor_no(client):
    child = known("王一")
    page = handed_in(client, [{**row(child), "姓名": "王二"}])
    doubtful = AssistedRow.objects.get(match="name_differs")
    for said in ({}, {"same": "maybe"}):
        refused = client.post(f"{page}settle", {"row": doubtful.pk, "person": child.pk, **said})
        assert "请选“是同一人”或“不是同一人”" in text(refused)
    doubtful.refresh_from_db()
    assert doubtful.verdict == ""
    client.post(f"{page}settle", {"row": doubtful.pk, "person": child.pk, "same": "no"})
    doubtful.refresh_from_db()
    assert doubtful.verdict == "refused"


def test_on_a_list_taken_back_no_row_is_settled_and_no_work_begins(client, officer):
    page = handed_in(client, [row(known("王一"), 姓名="李一"), row(known("王二"))])
    confirm(client, page)
    assert 'name="same"' in client.get(f"{page}?show=to_settle").content.decode()
    client.post(f"{page}withdraw", {"because": "名单传错了"})
    work.run_waiting()
    assert 'name="same"' not in client.get(f"{page}?show=taken_back").content.decode()
    doubtful = AssistedRow.objects.get(match="name_differs")
    late = client.post(f"{page}settle", {"row": doubtful.pk, "same": "yes"})
    assert late.status_code == 409
    assert "已经撤回" in text(late)
    assert "已记下" not in text(late)
    assert not Job.objects.filter(task="assisted.settle").exists()
