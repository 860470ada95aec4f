"""Those who work at desks hear of answers, of cases and of changes to their accounts. 经办消息"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases.conftest import Town, pupil, town
from tests.enrolment.building import AT, child, clerk, organisation
from tests.enrolment.conftest import school, suzhou
from yingbao.cases import handing
from yingbao.cases.kinds import RESPONSIBLE
from yingbao.enrolment import registering
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.jobs.occasions import tell
from yingbao.messages.models import Message, OptOut
from yingbao.messages.queueing import queue
from yingbao.sealing import sealed
from yingbao.trail.events import note

pytestmark = pytest.mark.django_db
__all__ = ["pupil", "school", "suzhou", "town"]


def of_kind(kind: str):
    return list(Message.objects.filter(kind=kind).order_by("pk"))


def test_a_school_is_told_once_of_all_the_registrations_answered_in_one_go(suzhou, school):
    by, officer = clerk(school), clerk(organisation("insurance_agency"))
    for _ in range(3):
        child(school, hukou="320585", registered=None)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    asked = [registering.ask_registration(enrolment=one, by=by, at=AT) for one in Enrolment.objects.all()]
    assert tell(at=AT) == 0
    registering.approve(requests=asked[:2], by=officer, at=AT)
    registering.send_back(request=asked[2], reason="户口簿不清楚", by=officer, at=AT + timedelta(hours=1))
    for hours in (1, 2):
        tell(at=AT + timedelta(hours=hours))
    assert ["2名已登记" in one.text or "1名已退回" in one.text for one in of_kind("registration_answered")] == [
        True
    ] * 2
    assert {one.user_id for one in of_kind("registration_answered")} == {by.user_id}


def test_a_case_is_told_to_who_has_it_and_its_end_to_who_asked(town: Town, pupil):
    case = handing.ask(
        kind=RESPONSIBLE, season=town.season, person=pupil, to=town.community, question="请接收",
        by=town.by(town.school), at=AT,
    )  # fmt: skip
    tell(at=AT)
    assert [one.user_id for one in of_kind("case_moved")] == [town.by(town.community).user_id]
    handing.turn_back(case=case, reason="不是本社区", by=town.by(town.community), at=AT + timedelta(hours=1))
    tell(at=AT + timedelta(hours=1))
    last = of_kind("case_moved")[-1]
    assert (last.user_id, "已退回" in last.text) == (town.by(town.school).user_id, True)


@pytest.mark.parametrize(
    "what", ["password_changed", "password_reset", "factor_added", "factor_removed", "factor_reset"]
)
def test_the_owner_hears_of_every_change_of_password_or_second_step(school, what):
    user = clerk(school).user
    note(what=what, user=None, organisation=school, about=f"user {user.pk}", at=AT)
    note(what="sign_in", user=user, organisation=school, about=f"user {user.pk}", at=AT)
    assert (tell(at=AT), tell(at=AT)) == (1, 0)
    assert of_kind("account_changed")[0].user_id == user.pk


def test_nobody_can_say_no_to_what_happens_to_the_own_account(school):
    user = clerk(school).user
    user.phone_cipher, user.phone_index, user.phone_masked = sealed.phone("13800000001")
    user.save()
    OptOut.objects.create(phone_index=user.phone_index, group="work", said_at=AT)
    values = {"what": "密码已修改", "moment": "11-12 10:00"}
    assert queue(kind="account_changed", user=user, values=values, key="a:1", at=AT) is not None
