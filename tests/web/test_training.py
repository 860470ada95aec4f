"""Trainings on the pages: an officer announces, clerks sign up through the wall, the list goes out, bad input stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.enrolment.building import AT, organisation
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk
from yingbao.campaign.models import TrainingPlace, TrainingSession
from yingbao.values import clock

pytestmark = pytest.mark.django_db
FORM = {
    "title": "学校经办人员培训", "day": "2019-11-20", "begins": "14:00", "ends": "16:00", "place": "三楼会议室",
    "kinds": ["school"], "places": "1", "until": "2019-11-19", "about": "请带花名册",
}  # fmt: skip


@pytest.fixture
def officer(suzhou):
    return clerk_of(organisation("insurance_agency"), Desk.AGENCY)


@pytest.fixture
def session(officer, signed_in) -> TrainingSession:
    assert signed_in(officer).post("/season/training/new", FORM).status_code == 302
    return TrainingSession.objects.get()


def test_a_form_with_a_mistake_comes_back_with_everything_that_was_typed(officer, signed_in):
    for wrong in ({"day": "20/11"}, {"places": "x"}, {"until": "2019-11-21"}, {"kinds": []}, {"ends": "13:00"}):
        answer = signed_in(officer).post("/season/training/new", FORM | wrong)
        assert answer.status_code == 422
        assert "请带花名册" in answer.content.decode()
    assert not TrainingSession.objects.exists()


def test_two_schools_sign_up_behind_the_wall_and_the_second_moves_up(session, clerk, other_school, signed_in):
    first, second = signed_in(clerk), signed_in(clerk_of(other_school, Desk.SCHOOL))
    assert (
        "已报名 1 人"
        in first.post(f"/season/training/{session.pk}/sign-up", {"names": "尤秀兰"}, follow=True).content.decode()
    )
    waits = second.post(f"/season/training/{session.pk}/sign-up", {"names": "李老师"}, follow=True).content.decode()
    assert "候补" in waits
    assert "尤秀兰" not in waits
    own = TrainingPlace.objects.get(name="尤秀兰")
    assert second.post(f"/season/training/places/{own.pk}/give-up").status_code == 404
    first.post(f"/season/training/places/{own.pk}/give-up")
    assert TrainingPlace.objects.get(name="李老师").state == "going"
    assert "我们去：" in second.get("/season/training/").content.decode()


def test_attendance_and_the_list_for_the_door_and_what_education_counts(session, clerk, officer, signed_in):
    signed_in(clerk).post(f"/season/training/{session.pk}/sign-up", {"names": "尤秀兰"})
    own = TrainingPlace.objects.get()
    client = signed_in(officer)
    assert (
        client.post(f"/season/training/{session.pk}/attendance", {"shown": own.pk, "came": own.pk}).status_code == 409
    )
    answer = client.get(f"/season/training/{session.pk}/list.xlsx")
    assert answer.content[:2] == b"PK"
    clock.set_to(session.starts_at + timedelta(hours=1))
    client.post(f"/season/training/{session.pk}/attendance", {"shown": own.pk, "came": own.pk})
    own.refresh_from_db()
    assert own.attended
    education = signed_in(clerk_of(organisation("education_bureau"), Desk.EDUCATION))
    page = education.get("/season/training/").content.decode()
    assert "到场 1 人" in page
    assert "尤秀兰" not in education.get(f"/season/training/{session.pk}/").content.decode()


def test_a_session_cancelled_in_between_is_told_and_the_names_are_kept(session, clerk, officer, signed_in):
    signed_in(officer).post(f"/season/training/{session.pk}/cancel", {"because": "会场停电"})
    answer = signed_in(clerk).post(f"/season/training/{session.pk}/sign-up", {"names": "尤秀兰"})
    assert answer.status_code == 409
    assert "会场停电" in answer.content.decode()
    assert session.starts_at > AT


def test_a_change_on_a_stale_page_is_refused_and_another_bureau_changes_nothing(session, officer, signed_in):
    client = signed_in(officer)
    assert (
        client.post(f"/season/training/{session.pk}/change", FORM | {"seen": "1", "place": "四楼"}).status_code == 302
    )
    stale = client.post(f"/season/training/{session.pk}/change", FORM | {"seen": "1", "place": "五楼"})
    assert stale.status_code == 422
    assert "五楼" in stale.content.decode()
    tax = signed_in(clerk_of(organisation("tax_authority"), Desk.TAX))
    assert tax.post(f"/season/training/{session.pk}/cancel", {"because": "x"}).status_code == 404
