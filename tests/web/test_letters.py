"""Letters on the desks: made, handed out, corrected, sent, worded; and every way to do it wrong. 告家长书页面"""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from tests.enrolment.building import AT, child, organisation
from tests.families.conftest import phone_of
from tests.paper.papers import words
from tests.web.conftest import clerk_of, listed
from tests.web.families import enter
from yingbao.agents.models import Desk
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.messages.models import Message, OptOut
from yingbao.people.models import Look, Person
from yingbao.publicity.composing import in_force
from yingbao.publicity.models import (
    HandOut,
    LetterBatch,
    LetterRead,
    LetterTold,
    LetterWording,
    Publicising,
    SchoolRemark,
)

pytestmark = pytest.mark.django_db
FIRST = "primary.1.1班"


def hidden(client: Client, url: str, name: str) -> str:
    """A hidden field of a page as it was sent."""
    found = re.search(rf'name="{name}" value="([^"]*)"', client.get(url).content.decode())
    assert found
    return found[1]


@pytest.fixture
def desk(school, suzhou, clerk, signed_in):
    people = [child(school, name="张小明"), child(school, name="李小禾", assisted="orphan", phone=None)]
    listed(school, suzhou, *people)
    return signed_in(clerk)


def test_a_school_has_its_letters_made_and_takes_them_away(desk, clerk, school):
    form = {"key": hidden(desk, "/letters/", "key")}
    first, second = desk.post("/letters/print", form), desk.post("/letters/print", form)
    assert first.url == second.url
    assert LetterBatch.objects.count() == Job.objects.count() == 1
    work.run_waiting()
    assert Job.objects.get().state == "done"
    answer = desk.get(f"/letters/{LetterBatch.objects.get().pk}/file")
    assert "张小明" in words(answer.content)
    assert Look.objects.filter(what="export", count=2, user=clerk.user).count() == 1
    assert "下载" in desk.get("/letters/").content.decode()


def test_a_form_without_its_key_or_with_a_strange_class_makes_nothing(desk):
    for form in ({}, {"key": "x" * 24}, {"key": "a" * 24, "class": "primary.9.9班"}, {"key": "a" * 24, "class": "'"}):
        assert desk.post("/letters/print", form).status_code == 422
    assert not LetterBatch.objects.exists()


def test_whole_classes_are_noted_as_handed_out_and_the_second_click_does_no_more(desk):
    form = {"seen": hidden(desk, "/letters/", "seen"), "class": FIRST, "day": "2019-11-11"}
    assert desk.post("/letters/hand", form, follow=True).status_code == 200
    assert "没有重复登记" in desk.post("/letters/hand", form, follow=True).content.decode()
    row = HandOut.objects.get()
    assert (row.letters, row.children, row.day) == (2, 2, date(2019, 11, 11))


def test_a_grade_is_ticked_with_one_click(desk, school, suzhou):
    listed(school, suzhou, child(school, name="二年级同学", grade=2))
    page = desk.get("/letters/?grade=primary.2").content.decode()
    assert re.search(r'value="primary.2.1班"[^>]* checked', page)
    assert not re.search(rf'value="{FIRST}"[^>]* checked', page)


def test_a_stale_page_hands_nothing_out_and_keeps_what_was_ticked(desk, school, suzhou):
    form = {"seen": hidden(desk, "/letters/", "seen"), "class": FIRST, "day": "2019-11-11"}
    listed(school, suzhou, child(school, name="新来的"))
    answer = desk.post("/letters/hand", form)
    assert answer.status_code == 409
    assert not HandOut.objects.exists()
    page = answer.content.decode()
    assert 'value="2019-11-11"' in page
    assert re.search(rf'value="{FIRST}"[^>]* checked', page)


@pytest.mark.parametrize("day", ["", "2019-13-01", "2019-11-13", "昨天", "2017-01-01"])
def test_a_day_that_cannot_be_is_refused_beside_the_form(desk, day):
    form = {"seen": hidden(desk, "/letters/", "seen"), "class": FIRST, "day": day}
    assert desk.post("/letters/hand", form).status_code == 422
    assert desk.post("/letters/hand", {**form, "class": [], "day": "2019-11-11"}).status_code == 422
    assert not HandOut.objects.exists()


def test_who_was_absent_is_ticked_and_stays_on_the_list_of_the_missing(desk):
    url = f"/letters/children?class={FIRST}"
    absent = re.findall(r'name="chosen" value="(\d+)" aria-label="李小禾"', desk.get(url).content.decode())
    form = {"seen": hidden(desk, url, "seen"), "one": FIRST, "day": "2019-11-11", "chosen": absent}
    desk.post("/letters/hand", form)
    page = desk.get("/letters/children?show=missing").content.decode()
    assert "李小禾" in page
    assert "张小明" not in page
    assert desk.post(f"/letters/hand/{HandOut.objects.get().pk}/correct", {"reason": ""}).status_code == 409
    desk.post(f"/letters/hand/{HandOut.objects.get().pk}/correct", {"reason": "记错了"})
    assert "张小明" in desk.get("/letters/children?show=missing").content.decode()


def test_a_class_that_does_not_exist_is_told_with_what_to_do(desk):
    for word in ("primary.9.9班", "x", "primary"):
        answer = desk.get("/letters/children", {"class": word})
        assert answer.status_code == 409
        assert "请从列表里选一个班" in answer.content.decode()


def test_another_schools_letters_are_not_found(desk, other_school, suzhou):
    foreign = clerk_of(other_school, Desk.SCHOOL)
    common = {"season": suzhou, "organisation": other_school, "by": foreign.user, "at": AT}
    batch = LetterBatch.objects.create(**common, scope="全校", heads=1, wording=0, deadline=AT.date(), key="x")
    row = HandOut.objects.create(**common, day=AT.date(), letters=1, children=1)
    assert desk.get(f"/letters/{batch.pk}/file").status_code == 404
    assert desk.post(f"/letters/hand/{row.pk}/correct", {"reason": "x"}).status_code == 404


def test_a_remark_that_is_too_long_comes_back_as_it_was_typed(desk):
    answer = desk.post("/letters/remark", {"remark": "字" * 121})
    assert answer.status_code == 422
    assert "字" * 121 in answer.content.decode()
    desk.post("/letters/remark", {"remark": "#let 交给班主任"})
    assert SchoolRemark.objects.get().text == "#let 交给班主任"


def test_the_link_goes_to_each_guardian_once_after_a_second_look(desk, school, suzhou):
    listed(school, suzhou, child(school, name="王不收", phone="13900000001"), child(school, phone="13900000002"))
    index, _ = phone_of(Person.objects.get(name="王不收"))
    OptOut.objects.create(phone_index=index, group="reminder", said_at=AT)
    page = desk.post("/letters/tell", {}).content.decode()
    assert "发送 3 条" in page
    assert not Job.objects.exists()
    assert "人数有了变化" in desk.post("/letters/tell", {"expected": "9"}).content.decode()
    desk.post("/letters/tell", {"expected": "3"})
    work.run_waiting()
    assert Message.objects.filter(kind="letter", state="queued").count() == 2
    assert LetterTold.objects.count() == 2
    assert "<b>2</b><span>链接已发手机" in desk.get("/letters/").content.decode()
    text = Message.objects.filter(kind="letter").first().text
    assert "/family/" in text
    assert "张小明" not in text
    assert "都已发过" in desk.post("/letters/tell", {"expected": "3"}, follow=True).content.decode()
    assert Message.objects.filter(kind="letter").count() == 3


def test_a_family_that_opens_the_letter_on_the_phone_is_counted_and_reads_the_schools_remark(desk):
    desk.post("/letters/remark", {"remark": "钱交给班主任"})
    phone = Client()
    binding = enter(phone, Person.objects.get(name="张小明"))
    for _ in range(2):
        page = phone.get(f"/family/children/{binding.pk}/letter").content.decode()
    assert "钱交给班主任" in page
    assert "把钱交给学校" in page
    assert LetterRead.objects.count() == 1
    assert "手机上看过" in desk.get("/letters/").content.decode()
    assert "张小明" not in desk.get("/letters/children?show=missing").content.decode()


def test_the_class_sheet_names_no_child(desk):
    answer = desk.get("/letters/class-letter", {"class": FIRST})
    assert answer["Content-Type"] == "application/pdf"
    assert "张小明" not in words(answer.content)
    assert desk.get("/letters/class-letter", {"class": "primary.9.9班"}).status_code == 409


def test_other_publicity_is_noted_once_and_taken_back_with_a_trace(desk):
    form = {"key": hidden(desk, "/letters/publicity/", "key"), "way": "board", "day": "2019-11-11", "topic": "premium"}
    desk.post("/letters/publicity/add", form)
    desk.post("/letters/publicity/add", form)
    row = Publicising.objects.get()
    assert "宣传栏" in desk.get("/letters/publicity/").content.decode()
    for _ in range(2):
        desk.post(f"/letters/publicity/{row.pk}/back")
    assert Publicising.objects.count() == 2
    assert "还没有登记" in desk.get("/letters/publicity/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"way": "smoke"}, {"topic": []}, {"topic": "x"}, {"day": "x"}, {"day": "2019-12-01"}, {"way": "other"},
     {"class": "primary.9.9班"}, {"note": "字" * 201}, {"key": "x"}],
)  # fmt: skip
def test_publicity_that_cannot_be_comes_back_with_what_was_typed(desk, wrong):
    form = {"key": hidden(desk, "/letters/publicity/", "key"), "way": "board", "day": "2019-11-11", "topic": "steps",
            "class": FIRST}  # fmt: skip
    answer = desk.post("/letters/publicity/add", form | wrong)
    assert answer.status_code == 422
    assert re.search(r"<strong>[一-鿿]+：", answer.content.decode()), "the field in words, not by its key"
    if "topic" not in wrong:
        assert re.search(r'value="steps" checked', answer.content.decode())
    assert not Publicising.objects.exists()


@pytest.mark.parametrize(
    ("kind", "desk_of"),
    [("insurance_agency", Desk.AGENCY), ("education_bureau", Desk.EDUCATION), ("district", Desk.COMMUNITY)],
)
def test_who_looks_after_schools_sees_which_have_handed_out(desk, school, signed_in, kind, desk_of):
    place = organisation(kind, name="上级")
    school.parent = place
    school.save()
    upper = signed_in(clerk_of(place, desk_of))
    assert "还没发" in upper.get("/letters/progress").content.decode()
    form = {"seen": hidden(desk, "/letters/", "seen"), "class": FIRST, "day": "2019-11-11"}
    desk.post("/letters/hand", form)
    page = upper.get("/letters/progress").content.decode()
    assert "1 所已发完" in page
    assert "张小明" not in page
    assert "星海学校" in upper.get("/letters/progress?show=quiet").content.decode()
    assert "没有这样的学校" in upper.get("/letters/progress?show=part").content.decode()


def test_an_officer_words_the_letters_looks_at_them_and_puts_them_to_work(desk, suzhou, signed_in):
    officer = signed_in(clerk_of(organisation("insurance_agency"), Desk.AGENCY))
    assert "标准模板" in officer.get("/letters/wording/").content.decode()
    text = in_force(suzhou, "child").text + "\n祝{孩子}进步。"
    for sample in ("paying", "exempt", "newborn", "../../etc"):
        answer = officer.post("/letters/wording/preview", {"text": text, "sample": sample})
        assert answer["Content-Type"] == "application/pdf"
        assert "祝示例·" in words(answer.content)
    assert (
        officer.post("/letters/wording/preview", {"text": "{各类金额}\n{重要日期}\n{缴费指南}", "kind": "class"})[
            "Content-Type"
        ]
        == "application/pdf"
    )
    form = {"text": text, "note": "加祝语", "seen": "0"}
    assert officer.post("/letters/wording/save", {**form, "note": ""}).status_code == 422
    officer.post("/letters/wording/save", form)
    officer.post("/letters/wording/save", form)
    assert LetterWording.objects.get().number == 1
    stale = officer.post("/letters/wording/save", {**form, "text": text + "再见。"})
    assert stale.status_code == 409
    assert "再见。" in stale.content.decode()


def test_a_wording_with_an_unknown_field_is_refused_with_its_line_and_kept(desk, suzhou, signed_in):
    officer = signed_in(clerk_of(organisation("insurance_agency"), Desk.AGENCY))
    text = "{{ settings.SECRET_KEY }}\n{家庭激费}\n" + in_force(suzhou, "child").text
    for url in ("save", "preview"):
        answer = officer.post(f"/letters/wording/{url}", {"text": text, "note": "x", "seen": "0"})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "第1行" in page
        assert "{家庭激费}" in page
    assert not LetterWording.objects.exists()


def test_a_school_that_closed_in_mid_season_does_nothing_more(desk, school):
    key, seen = hidden(desk, "/letters/", "key"), hidden(desk, "/letters/", "seen")
    school.active = False
    school.save()
    # Whether its clerks still get in is the desks' own matter; the deeds are refused in any case.
    for url, form in (
        ("print", {"key": key}), ("hand", {"seen": seen, "class": FIRST, "day": "2019-11-11"}), ("tell", {}),
        ("remark", {"remark": "x"}),
    ):  # fmt: skip
        assert desk.post(f"/letters/{url}", form).status_code in (302, 422)
    assert not HandOut.objects.exists()
    assert not LetterBatch.objects.exists()
    assert not SchoolRemark.objects.exists()
    assert not Job.objects.exists()
