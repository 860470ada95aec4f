"""Corrections are asked for inside the window and answered by the agency. 更正申请"""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, at, child, clerk, organisation
from yingbao.enrolment.actions import answer_correction, ask_correction, decline
from yingbao.enrolment.models import CorrectionRequest, Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.sealing import sealed
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
NUMBER = "32050820120504001X"


@pytest.fixture
def one(suzhou, school):
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    return Enrolment.objects.get()


def ask(one, by, **changed):
    asked = {"field": "name", "wanted": "张晓明", "reason": "名字写错", "at": AT} | changed
    return ask_correction(enrolment=one, by=by, **asked)


def test_a_correction_says_what_is_right_and_why(one, by):
    request = ask(one, by)
    assert (request.field, request.wanted, request.reason, request.state) == ("name", "张晓明", "名字写错", "open")
    step = one.steps.last()
    assert (step.act, step.from_state, step.to_state, step.changes) == (
        "correct", "determined", "determined", {"field": "name"},
    )  # fmt: skip


def test_a_number_in_a_correction_is_sealed_and_masked(one, by):
    request = ask(one, by, field="identity_number", wanted=NUMBER)
    request.refresh_from_db()
    assert NUMBER not in request.wanted
    assert "*" in request.wanted
    assert sealed.unseal(bytes(request.wanted_cipher)) == NUMBER


def test_asking_the_same_twice_asks_once(one, by):
    assert ask(one, by) == ask(one, by)
    assert ask(one, by, field="identity_number", wanted=NUMBER) == ask(one, by, field="identity_number", wanted=NUMBER)
    assert CorrectionRequest.objects.count() == 2


def test_asking_something_else_about_the_same_field_waits_for_the_answer(one, by):
    ask(one, by)
    with pytest.raises(Refused) as refused:
        ask(one, by, wanted="张小铭")
    assert "姓名" in refused.value.what.zh


@pytest.mark.parametrize("wrong", [
    {"field": "shoe_size"}, {"wanted": " "}, {"reason": ""}, {"wanted": "长" * 201}, {"at": at("2019-12-01")},
])  # fmt: skip
def test_an_incomplete_or_late_request_is_refused(one, by, wrong):
    with pytest.raises(Refused):
        ask(one, by, **wrong)
    assert not CorrectionRequest.objects.exists()


def test_only_the_childs_own_agent_asks(one):
    with pytest.raises(Refused):
        ask(one, clerk(organisation()))


def test_nothing_is_corrected_for_who_declined(one, by):
    decline(enrolment=one, reason="不参加", by=by, at=AT)
    with pytest.raises(Refused):
        ask(one, by)


def test_the_agency_answers_once(one, by):
    officer = clerk(organisation("insurance_agency"))
    request = ask(one, by)
    answered = answer_correction(request=request, done=True, answer="已按户口簿更正", by=officer, at=at("2019-11-13"))
    assert (answered.state, answered.answer, answered.answered_by) == ("done", "已按户口簿更正", officer.user)
    again = answer_correction(request=request, done=False, answer="不同意", by=officer, at=at("2019-11-14"))
    assert (again.state, again.answer) == ("done", "已按户口簿更正")
    assert ask(one, by).pk != request.pk


def test_a_school_answers_no_correction(one, by):
    with pytest.raises(Refused):
        answer_correction(request=ask(one, by), done=True, answer="好", by=by, at=AT)
