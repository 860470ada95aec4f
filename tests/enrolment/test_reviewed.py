"""A text with errors goes to no second officer and into no season. 有错误的政策不提交不发布"""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, clerk, organisation
from yingbao.enrolment import proposing
from yingbao.enrolment.models import PolicyProposal, PolicyVersion
from yingbao.enrolment.reviewed import errors_in, found_in
from yingbao.policy import catalogue
from yingbao.policy.beginning import begun, without_directory
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def next_year(*pairs: tuple[str, str]) -> str:
    text = without_directory(begun("320500/2027", last=catalogue.text_of(catalogue.find("320500/2026"))).text)
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


WRONG = ("fixed_months: 3", "fixed_months: 30")


@pytest.fixture
def officers(suzhou):
    agency = organisation("insurance_agency", name="医保中心")
    return clerk(agency), clerk(agency)


def written(by, *pairs) -> PolicyProposal:
    return proposing.write(text=next_year(*pairs), reason="2027年度", clause="新通知", by=by, at=AT)


def test_a_draft_with_errors_is_kept_and_not_handed_in_until_they_are_mended(officers):
    maker, _ = officers
    one = written(maker, WRONG)
    assert len(errors_in(one.text)) == 1
    with pytest.raises(Refused) as refused:
        proposing.ask(proposal=one, by=maker, at=AT, seen=proposing.mark_of(one))
    assert "1 处错误" in refused.value.what.zh
    assert f"第 {errors_in(one.text)[0].line} 行" in refused.value.what.zh
    one.refresh_from_db()
    assert one.state == "draft"
    mended = proposing.write(text=next_year(), reason="2027年度", clause="新通知", by=maker, at=AT, proposal=one)
    assert proposing.ask(proposal=mended, by=maker, at=AT, seen=proposing.mark_of(mended)).state == "asked"


def test_what_was_handed_in_before_its_error_was_known_is_not_published_but_can_be_sent_back(officers):
    maker, checker = officers
    one = written(maker, WRONG)
    PolicyProposal.objects.filter(pk=one.pk).update(state="asked", asked_at=AT)
    one.refresh_from_db()
    with pytest.raises(Refused, match="1 errors"):
        proposing.publish(proposal=one, by=checker, at=AT, seen=proposing.mark_of(one))
    assert not PolicyVersion.objects.filter(policy="320500/2027").exists()
    back = proposing.send_back(proposal=one, answer="等待期写错", by=checker, at=AT, seen=proposing.mark_of(one))
    assert back.state == "draft"


def test_a_text_is_reviewed_once_however_many_pages_ask():
    text = next_year(WRONG)
    assert found_in(text) is found_in(text)
