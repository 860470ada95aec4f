"""Both officers see what the check finds before a policy goes on; an error stops it. 政策页面上的检查发现"""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.enrolment.building import AT
from tests.enrolment.test_reviewed import WRONG, next_year
from yingbao.enrolment.models import PolicyProposal, PolicyVersion
from yingbao.enrolment.reviewed import errors_in

pytestmark = pytest.mark.django_db
SAID = {"reason": "2027年度", "clause": "新通知"}
DOUBTFUL = ("premium_fen: 30000", "premium_fen: 30030")


def kept(client, *pairs):
    answer = client.post(reverse("agency-proposal-new"), SAID | {"text": next_year(*pairs)}, follow=True)
    return PolicyProposal.objects.latest("pk"), answer


def test_saving_tells_the_errors_and_the_page_shows_line_and_child_instead_of_the_button(maker):
    one, answer = kept(maker, WRONG)
    shown = answer.content.decode()
    assert 'class="note warning"' in shown
    assert "检查发现 1 处错误" in shown
    assert "没有问题" not in shown
    error = errors_in(one.text)[0]
    assert f"第 {error.line} 行" in shown
    assert "提交复核</button>" not in shown
    for name, value in (error.example or {}).items():
        assert f"{name}={value}" in shown
    refused = maker.post(reverse("agency-proposal-ask", args=[one.pk]), {"seen": answer.context["seen"]})
    assert refused.status_code == 409
    assert "1 处错误" in refused.content.decode()
    assert PolicyProposal.objects.get().state == "draft"


def test_the_second_officer_sees_the_errors_cannot_publish_and_can_send_it_back(maker, checker):
    one, _ = kept(maker, WRONG)
    PolicyProposal.objects.update(state="asked", asked_at=AT)
    page = checker.get(reverse("agency-proposal", args=[one.pk]))
    assert "不能发布；请退回起草人改正" in page.content.decode()
    assert "复核并发布</button>" not in page.content.decode()
    posted = checker.post(reverse("agency-proposal-publish", args=[one.pk]), {"seen": page.context["seen"]})
    assert posted.status_code == 409
    assert not PolicyVersion.objects.exists()
    back = checker.post(
        reverse("agency-proposal-return", args=[one.pk]), {"seen": page.context["seen"], "words": "等待期写错"}
    )
    assert back.status_code == 302


def test_a_warning_is_counted_beside_the_button_of_both_officers_and_does_not_stop_them(maker, checker):
    one, answer = kept(maker, DOUBTFUL)
    warnings = answer.context["counted"]["warning"]
    assert warnings
    assert answer.context["counted"]["error"] == 0
    assert f"有 {warnings} 处请对照通知核对" in answer.content.decode()
    assert f"看这 {warnings} 处" in answer.content.decode()
    maker.post(reverse("agency-proposal-ask", args=[one.pk]), {"seen": answer.context["seen"]})
    page = checker.get(reverse("agency-proposal", args=[one.pk]))
    assert f"看这 {warnings} 处" in page.content.decode()
    assert "300.30元，不像一年的保费" in page.content.decode()
    done = checker.post(reverse("agency-proposal-publish", args=[one.pk]), {"seen": page.context["seen"]})
    assert done.status_code == 302
    assert PolicyVersion.objects.filter(policy="320500/2027").count() == 1


def test_a_text_in_which_nothing_is_found_is_said_to_be_so(maker):
    _, answer = kept(maker)
    if not answer.context["found"]:
        assert "检查没有发现问题" in answer.content.decode()
    assert answer.context["counted"]["error"] == 0


def test_in_english_one_thing_found_is_not_told_as_several(maker):
    one, _ = kept(maker, DOUBTFUL)
    maker.cookies["django_language"] = "en"
    shown = maker.get(reverse("agency-proposal-words", args=[one.pk])).content.decode()
    assert "Places to look at: " in shown
    refused = maker.post(reverse("agency-proposal-new"), SAID | {"text": "x: 1\n"})
    assert "places to mend: " in refused.content.decode()
