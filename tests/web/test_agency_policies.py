"""The agency's policies on its pages: written, reckoned, published by another; nothing typed is lost. 政策页面"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.enrolment.building import AT, child, organisation
from tests.web.conftest import PASSWORD, clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.collection.models import Close
from yingbao.enrolment import versions
from yingbao.enrolment.models import Enrolment, PolicyProposal, PolicyVersion
from yingbao.jobs.models import Job
from yingbao.jobs.work import run_waiting
from yingbao.people.models import Look
from yingbao.web.typed import NEVER_FIELDS

pytestmark = pytest.mark.django_db
SAID = {"reason": "标准调整", "clause": "苏社基〔2020〕1号 三"}


def text(*pairs):
    said = versions.text_in_force("320500/2020")
    for old, new in pairs or (("premium_fen: 24000", "premium_fen: 25000"),):
        assert old in said
        said = said.replace(old, new)
    return said


def write(client, *pairs):
    answer = client.post(reverse("agency-proposal-new"), SAID | {"text": text(*pairs)})
    assert answer.status_code == 302
    return PolicyProposal.objects.latest("pk")


def mark(client, one):
    return client.get(reverse("agency-proposal", args=[one.pk])).context["seen"]


def reckon(client, one):
    client.post(reverse("agency-proposal-simulate", args=[one.pk]))
    run_waiting()


def asked(client, *pairs):
    one = write(client, *pairs)
    reckon(client, one)
    answer = client.post(reverse("agency-proposal-ask", args=[one.pk]), {"seen": mark(client, one)})
    assert answer.status_code == 302
    return one


def test_from_the_first_word_to_the_decisions_made_anew_by_two_officers(suzhou, school, maker, checker):
    listed(school, suzhou, child(school))
    one = asked(maker)
    page = checker.get(reverse("agency-home"))
    assert [each.number for each in page.context["work"] if each.name.zh == "政策修订待复核"] == [1]
    shown = checker.get(reverse("agency-proposal", args=[one.pk])).content.decode()
    for words in ("250元", "240元", "家庭缴费变", "复核并发布", "25000"):
        assert words in shown
    answer = checker.post(reverse("agency-proposal-publish", args=[one.pk]), {"seen": mark(checker, one)})
    assert answer.status_code == 302
    assert "正在" in checker.get(reverse("agency-seasons")).content.decode()
    run_waiting()
    assert Enrolment.objects.get().self_paid_fen == 25000
    version = PolicyVersion.objects.get(number=2)
    told = checker.get(reverse("agency-version", args=[version.pk])).content.decode()
    assert "顾平" in told
    assert "严丽" in told
    assert "250" in maker.get("/policies/320500/2020/").content.decode()


def test_a_wrong_line_is_told_beside_it_and_everything_typed_stays(maker):
    wrong = text(("premium_fen: 24000", "premium_fen: 二百四十"))
    answer = maker.post(reverse("agency-proposal-new"), SAID | {"text": wrong})
    shown = answer.content.decode()
    line = next(number for number, said in enumerate(wrong.splitlines(), 1) if "二百四十" in said)
    assert answer.status_code == 422
    assert f"第 {line} 行" in shown
    assert answer.context["said"]["text"] == wrong
    assert SAID["reason"] in shown
    assert "框里是起草的文本" in shown
    assert not PolicyProposal.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.yaml", "不是 UTF-8".encode("gb18030"), "UTF-8"),
        ("b.yaml", b"policy: [", "YAML"),
        ("c.yaml", b"x" * 1_000_001, "1 MB"),
        ("d.yaml", b"", "policy"),
    ],
)
def test_a_file_that_is_no_policy_is_refused_with_the_reason(maker, name, content, words):
    answer = maker.post(
        reverse("agency-proposal-new"), SAID | {"text": "留着", "file": SimpleUploadedFile(name, content)}
    )
    if content:
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not PolicyProposal.objects.exists()


def test_a_file_takes_the_place_of_the_text(maker):
    file = SimpleUploadedFile("p.yaml", text().replace("\n", "\r\n").encode("utf-8-sig"))
    assert maker.post(reverse("agency-proposal-new"), SAID | {"text": "", "file": file}).status_code == 302
    assert PolicyProposal.objects.get().text == text()


def test_its_author_finds_no_button_to_publish_and_is_refused(suzhou, maker):
    one = asked(maker)
    assert "复核并发布" not in maker.get(reverse("agency-proposal", args=[one.pk])).content.decode()
    answer = maker.post(reverse("agency-proposal-publish", args=[one.pk]), {"seen": mark(maker, one)})
    assert answer.status_code == 409
    assert "不能是同一人" in answer.content.decode()
    assert not PolicyVersion.objects.filter(number=2).exists()


def test_a_second_click_on_publish_makes_one_version_and_one_job(suzhou, maker, checker):
    one = asked(maker)
    seen = mark(checker, one)
    for _ in range(2):
        assert checker.post(reverse("agency-proposal-publish", args=[one.pk]), {"seen": seen}).status_code == 302
    assert PolicyVersion.objects.count() == 2
    assert Job.objects.filter(task="policies.refresh").count() == 1


def test_a_stale_page_publishes_nothing_and_keeps_the_reason_that_was_typed(suzhou, maker, checker):
    one, other = asked(maker), asked(maker, ("last: 2019-11-30", "last: 2019-12-07"))
    stale = mark(checker, other)
    checker.post(reverse("agency-proposal-publish", args=[one.pk]), {"seen": mark(checker, one)})
    answer = checker.post(reverse("agency-proposal-publish", args=[other.pk]), {"seen": stale})
    assert answer.status_code == 409
    answer = checker.post(reverse("agency-proposal-return", args=[other.pk]), {"seen": stale, "words": "日期不对"})
    assert answer.status_code == 409
    assert "日期不对" in answer.content.decode()
    assert PolicyVersion.objects.count() == 2


def test_ten_thousand_who_would_lose_their_place_are_shouted_about(suzhou, maker, checker):
    one = asked(maker)
    PolicyProposal.objects.filter(pk=one.pk).update(
        simulation=PolicyProposal.objects.get(pk=one.pk).simulation | {"losing": 10_000, "children": 200_000}
    )
    shown = checker.get(reverse("agency-proposal", args=[one.pk])).content.decode()
    assert "有 10,000 名孩子不能参保（占 5.0%）" in shown
    url, seen = reverse("agency-proposal-publish", args=[one.pk]), mark(checker, one)
    answer = checker.post(url, {"seen": seen, "losing": "1000"})
    assert answer.status_code == 409
    assert 'value="1000"' in answer.content.decode()
    assert checker.post(url, {"seen": seen, "losing": "10,000"}).status_code == 302


def test_after_the_close_nothing_is_published(suzhou, agency, maker, checker):
    one = asked(maker)
    tax = organisation("tax_authority")
    two = [clerk_of(tax, Desk.TAX).user for _ in range(2)]
    Close.objects.create(season=suzhou, asked_at=AT, asked_by=two[0], confirmed_at=AT, confirmed_by=two[1])
    answer = checker.post(reverse("agency-proposal-publish", args=[one.pk]), {"seen": mark(checker, one)})
    assert answer.status_code == 409
    assert "已关账" in answer.content.decode()
    assert not PolicyVersion.objects.exists()


def test_the_sample_is_masked_and_the_look_at_it_is_noted(suzhou, school, maker):
    listed(school, suzhou, child(school, name="欧阳小明"))
    one = asked(maker)
    before = Look.objects.filter(what="policy_sample").count()
    shown = maker.get(reverse("agency-proposal", args=[one.pk])).content.decode()
    assert "欧***" in shown
    assert "欧阳小明" not in shown
    assert Look.objects.filter(what="policy_sample").count() == before + 1


def test_a_draft_is_edited_by_its_author_sent_back_and_given_up(suzhou, maker, checker):
    one = write(maker)
    edit = reverse("agency-proposal-edit", args=[one.pk])
    assert "25000" in maker.get(edit).content.decode()
    assert checker.get(edit).status_code == 302
    assert maker.post(edit, SAID | {"text": text(("24000", "26000"))}).status_code == 302
    assert checker.post(edit, SAID | {"text": text(("24000", "27000"))}).status_code == 422
    reckon(maker, one)
    maker.post(reverse("agency-proposal-ask", args=[one.pk]), {"seen": mark(maker, one)})
    back = reverse("agency-proposal-return", args=[one.pk])
    assert checker.post(back, {"seen": mark(checker, one), "words": " "}).status_code == 409
    assert checker.post(back, {"seen": mark(checker, one), "words": "金额不对"}).status_code == 302
    assert "金额不对" in maker.get(reverse("agency-policies")).content.decode()
    assert maker.post(reverse("agency-proposal-drop", args=[one.pk])).status_code == 302
    one.refresh_from_db()
    assert one.state == "dropped"


def test_a_reckoning_is_asked_for_once_however_often_it_is_clicked(suzhou, maker):
    one = write(maker)
    for _ in range(3):
        maker.post(reverse("agency-proposal-simulate", args=[one.pk]))
    assert Job.objects.filter(task="policies.simulate").count() == 1


def test_the_next_season_is_opened_with_the_windows_that_were_shown(suzhou, maker, checker):
    said = text(("320500/2020", "320500/2021"), ("2020-", "2021-"), ("2019-", "2020-"), ("year: 2020", "year: 2021"))
    maker.post(reverse("agency-proposal-new"), SAID | {"text": said})
    one = PolicyProposal.objects.get()
    maker.post(reverse("agency-proposal-ask", args=[one.pk]), {"seen": mark(maker, one)})
    checker.post(reverse("agency-proposal-publish", args=[one.pk]), {"seen": mark(checker, one)})
    page = maker.get(reverse("agency-seasons"))
    (offered,) = page.context["next"]
    assert "2020年9月1日" in page.content.decode()
    url = reverse("agency-season-open")
    assert maker.post(url, {"policy": "320500/2021", "seen": "old"}).status_code == 409
    assert maker.post(url, {"policy": "500103/2020", "seen": offered["mark"]}).status_code == 409
    assert maker.post(url, {"policy": "../etc", "seen": ""}).status_code == 409
    for _ in range(2):
        assert maker.post(url, {"policy": "320500/2021", "seen": offered["mark"]}).status_code == 302
    assert len(maker.get(reverse("agency-seasons")).context["seasons"]) == 2


def test_the_file_that_differs_from_the_version_in_force_is_said_to_have_no_effect(suzhou, maker, checker):
    one = asked(maker)
    checker.post(reverse("agency-proposal-publish", args=[one.pk]), {"seen": mark(checker, one)})
    assert "文件不起作用" in maker.get(reverse("agency-policies")).content.decode()


def test_a_policy_that_was_typed_survives_a_session_that_ended(suzhou, agency):
    officer, client = clerk_of(agency, Desk.AGENCY), Client()
    client.post("/sign-in", {"username": officer.user.username, "password": PASSWORD})
    client.get(reverse("agency-proposal-new"))
    Session.objects.filter(session_key=client.session.session_key).delete()
    lost = client.post(
        reverse("agency-proposal-new"), SAID | {"text": text()}, headers={"referer": "http://testserver/agency/"}
    )
    assert lost.status_code == 302
    assert not PolicyProposal.objects.exists()
    client.post("/sign-in", {"username": officer.user.username, "password": PASSWORD})
    shown = client.get("/resume").content.decode()
    assert "premium_fen: 25000" in shown
    assert SAID["clause"] in shown


def test_a_reason_that_was_typed_is_kept_under_a_name_that_may_be_kept():
    form = (Path(__file__).parents[2] / "yingbao/web/templates/agency/proposal.html").read_text("utf-8")
    names = set(re.findall(r'name="([a-z-]+)"', form))
    assert names
    assert not names & NEVER_FIELDS


def test_the_policy_of_the_season_that_runs_stands_before_later_years(suzhou, maker):
    shown = [one["id"] for one in maker.get(reverse("agency-policies")).context["policies"]]
    assert shown[0] == "320500/2020"
    assert shown[1:] == sorted(shown[1:], reverse=True)
