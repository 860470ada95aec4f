"""What the analyst sees on the agency's desk: next year begun, words, a list tried, everyone reckoned. 政策分析页面"""

from __future__ import annotations

import io
import shutil

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.enrolment.building import child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.enrolment import versions
from yingbao.enrolment.models import Enrolment, PolicyProposal
from yingbao.jobs.models import Job
from yingbao.jobs.work import run_waiting
from yingbao.policy import catalogue
from yingbao.policy.load import load_text

pytestmark = pytest.mark.django_db
SAID = {"reason": "标准调整", "clause": "三"}


@pytest.fixture(autouse=True)
def only_2020(tmp_path, monkeypatch):
    """Policies of later years stand beside those of 2020; here there is only Suzhou's."""
    path = catalogue.find("320500/2020")
    place = tmp_path / path.parent.name
    place.mkdir()
    shutil.copy(path, place)
    monkeypatch.setenv("YINGBAO_POLICIES", str(tmp_path))


def write(client, text):
    answer = client.post(reverse("agency-proposal-new"), SAID | {"text": text})
    assert answer.status_code == 302
    return PolicyProposal.objects.latest("pk")


def dearer(text=""):
    text = text or versions.text_in_force("320500/2020")
    return text.replace("premium_fen: 24000", "premium_fen: 28000")


def workbook(*rows):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell)
    return content.getvalue()


def upload(content, name="名单.xlsx"):
    return SimpleUploadedFile(name, content)


LIST = (
    ["编号", "出生日期", "年级", "户籍所在地", "救助类别", "是否续保"],
    ["A1", "2012-05-04", "三年级", "姑苏区", "", "是"],
    ["A2", "2013-05-04", "二年级", "安徽省阜阳市颍上县", "", "否"],
    ["320508201205041234", "2013-07-04", "二年级", "姑苏区", "低保", "是"],
)
ASKED = {"paid_on": "2019-10-08", "school": "320508"}


def test_next_years_policy_is_begun_from_this_years_and_is_read_beside_it(maker):
    page = maker.get(reverse("agency-policies")).content.decode()
    assert "起草 2021 年度" in page
    form = maker.get(reverse("agency-proposal-new") + "?next=320500/2020")
    text = form.context["said"]["text"]
    assert load_text(text, "x.yaml").policy == "320500/2021"
    assert f"（{form.context['to_check']} 行）" in form.content.decode()
    refused = maker.post(reverse("agency-proposal-new"), {"text": text, "reason": "", "clause": "一"})
    assert refused.status_code == 422
    assert f"（{form.context['to_check']} 行）" in refused.content.decode()
    one = write(maker, dearer(text))
    shown = maker.get(reverse("agency-proposal", args=[one.pk])).content.decode()
    for words in ("和上年（320500/2020）的不同", "240元", "280元", "逐条看、看检查", "用名单试算", "全员测算"):
        assert words in shown


def test_the_template_can_be_begun_from_and_another_citys_id_or_nonsense_is_404(maker):
    form = maker.get(reverse("agency-proposal-new") + "?template=1")
    assert load_text(form.context["said"]["text"], "x.yaml").policy == "320500/2021"
    for wrong in ("?next=500103/2020", "?next=x", "?of=320500/2031", "?next=320500/2031"):
        assert maker.get(reverse("agency-proposal-new") + wrong).status_code == 404


def test_the_words_show_what_the_check_finds_beside_the_line(maker):
    one = write(maker, dearer().replace("last: 2019-11-30", "last: 2019-11-20"))
    page = maker.get(reverse("agency-proposal-words", args=[one.pk]))
    shown = page.content.decode()
    assert "谁能参保，由谁代办" in shown
    assert page.context["grave"]
    gap = page.context["grave"][0]
    assert f'href="#line-{gap["line"]}"' in shown
    assert f'id="line-{gap["line"]}" class="del"' in shown
    assert "paid_on=2019-11-2" in shown


def test_a_list_is_tried_told_child_by_child_and_not_kept(maker):
    one = write(maker, dearer())
    url = reverse("agency-proposal-try", args=[one.pk])
    assert maker.get(url).status_code == 200
    answer = maker.post(url, ASKED | {"file": upload(workbook(*LIST))})
    shown = answer.content.decode()
    assert answer.status_code == 200
    for words in ("家庭缴280元，自2020年1月1日起", "财政缴280元", "四(三)", "parent_hukou"):
        assert words in shown
    assert "320508201205041234" not in shown
    assert answer.context["figures"]["told"]["premium_fen"] == 56000
    assert Enrolment.objects.count() == Job.objects.count() == 0
    compared = maker.post(url, ASKED | {"file": upload(workbook(*LIST)), "compare": "1"})
    assert "原来：家庭缴240元" in compared.content.decode()
    single = maker.post(url, ASKED | {"file": upload(workbook(*LIST)), "person": "A2"})
    assert [each["id"] for each in single.context["children"]] == ["A2"]
    nobody = maker.post(url, ASKED | {"file": upload(workbook(*LIST)), "person": "A9"})
    assert "名单里没有这个编号" in nobody.content.decode()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "没有选择文件"),
        ({"file": upload(b"")}, "没有选择文件"),
        ({"file": upload(b"nonsense")}, ""),
        ({"file": upload(b"person_id,birth_date\nA,x\n", "a.csv")}, "birth_date 的值“x”"),
        ({"file": upload(workbook(*LIST)), "paid_on": "八月"}, "缴费日不是日期"),
        ({"file": upload(workbook(*LIST)), "school": "999999"}, "没有这个行政区划代码"),
        ({"file": upload(b"PAR1", "a.parquet")}, "yingbao policy try"),
        ({"file": upload(b"x" * 5_000_001, "a.csv")}, "yingbao policy try"),
    ],
)
def test_what_cannot_be_tried_is_said_with_what_was_typed_still_there(maker, said, words):
    one = write(maker, dearer())
    if "file" in said:
        said["file"].seek(0)
    answer = maker.post(reverse("agency-proposal-try", args=[one.pk]), ASKED | said)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert answer.context["said"]["school"] == (ASKED | said)["school"]


def test_a_schools_list_is_not_tried_before_it_is_said_where_the_school_is(maker):
    one = write(maker, dearer())
    url = reverse("agency-proposal-try", args=[one.pk])
    answer = maker.post(url, ASKED | {"school": "", "file": upload(workbook(*LIST))})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "3 名在校的孩子" in shown
    assert "再选一次文件" in shown
    assert 'aria-describedby="school-hint" required' in shown
    assert "result" not in answer.context


def test_a_school_named_for_a_list_without_a_pupil_is_refused_and_classes_tell_who_is_one(maker):
    url = reverse("agency-proposal-try", args=[write(maker, dearer()).pk])
    outside = workbook(["编号", "出生日期"], ["1", "2012-05-04"])
    answer = maker.post(url, ASKED | {"file": upload(outside)})
    assert (answer.status_code, "看得出在校" in answer.content.decode()) == (422, True)
    classes = workbook(["编号", "出生日期", "班级"], ["1", "2012-05-04", "二年级1班"])
    assert maker.post(url, ASKED | {"file": upload(classes)}).status_code == 200


def test_everyone_is_reckoned_by_a_job_with_a_page_and_a_workbook(suzhou, school, maker, signed_in):
    listed(school, suzhou, child(school), child(school, hukou="341226", registered=None))
    one = write(maker, dearer())
    figures, book = (reverse(name, args=[one.pk]) for name in ("agency-proposal-figures", "agency-proposal-workbook"))
    assert maker.get(figures).status_code == maker.get(book).status_code == 404
    assert maker.post(reverse("agency-proposal-simulate", args=[one.pk])).status_code == 302
    maker.post(reverse("agency-proposal-simulate", args=[one.pk]))
    assert Job.objects.count() == 1
    run_waiting()
    assert Job.objects.get().state == "done"
    shown = maker.get(figures).content.decode()
    for words in ("家庭多缴", "不能参保", "points_missed", "按街道", "按学段", "小学", "外省", "+40"):
        assert words in shown
    assert "张小明" not in shown
    answer = maker.get(book)
    sheets = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert sheets.sheetnames[:4] == ["合计", "每人缴多少", "没有列入的", "与对照政策相比"]
    assert [cell.value for cell in sheets["每人缴多少"][2]][1:3] == [280, 280]
    other = signed_in(clerk_of(organisation("insurance_agency", area="500103"), Desk.AGENCY))
    assert other.get(figures).status_code == other.get(book).status_code == 404


def test_next_years_policy_is_reckoned_for_this_years_children_on_the_day_that_is_chosen(suzhou, school, maker):
    listed(school, suzhou, child(school))
    text = maker.get(reverse("agency-proposal-new") + "?next=320500/2020").context["said"]["text"]
    one = write(maker, dearer(text))
    simulate = reverse("agency-proposal-simulate", args=[one.pk])
    refused = maker.post(simulate, {"paid_on": "2020-13-41"})
    assert refused.status_code == 422
    assert "不是缴费日" in refused.content.decode()
    assert Job.objects.count() == 0
    maker.post(simulate, {"paid_on": "2021-05-01"})
    run_waiting()
    for name in ("agency-proposal", "agency-proposal-figures"):
        assert "2020 年度还没有关账" in maker.get(reverse(name, args=[one.pk])).content.decode()
    told = PolicyProposal.objects.get(pk=one.pk).simulation["figures"]
    assert told["outside"] == [{"status": "closed", "rule": "paid_after_close", "children": 1}]
    maker.post(simulate)
    run_waiting()
    told = PolicyProposal.objects.get(pk=one.pk).simulation["figures"]
    assert {row["kind"]: row["children"] for row in told["change"]["kinds"]}["pay_more"] == 1
    assert "看全部测算" in maker.get(reverse("agency-proposal", args=[one.pk])).content.decode()


def test_where_no_season_was_ever_opened_the_job_says_what_to_do(suzhou, maker):
    one = write(maker, dearer())
    suzhou.delete()
    maker.post(reverse("agency-proposal-simulate", args=[one.pk]))
    run_waiting()
    job = Job.objects.get()
    assert job.state == "failed"
    assert "开启" in job.message["zh"]
