"""Sign-ins and deeds of administrators are noted for good. 审计事件"""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tests.enrolment.building import AT, organisation
from yingbao.agents.models import User
from yingbao.trail.events import note
from yingbao.trail.models import Event

pytestmark = pytest.mark.django_db


def test_what_is_noted_says_who_what_where_and_when():
    place = organisation(kind="operations", name="信息中心")
    user = User.objects.create_user(username="anna", name="安娜", password="corridor lantern 7")
    note(what="user_disabled", user=user, organisation=place, about="user 17", said={"why": "left"}, at=AT)
    note(what="sign_in_failed", user=None, organisation=None, at=AT)
    first, second = Event.objects.order_by("id")
    assert (first.what, first.user, first.organisation, first.about, first.said, first.at) == (
        "user_disabled",
        user,
        place,
        "user 17",
        {"why": "left"},
        AT,
    )
    assert (second.user, second.organisation, second.about, second.said) == (None, None, "", {})


def test_what_was_noted_is_never_edited_nor_deleted():
    note(what="sign_in", user=None, organisation=None, at=AT)
    for deed in (lambda: Event.objects.update(what="other"), lambda: Event.objects.all().delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            deed()
    assert Event.objects.get().what == "sign_in"


def test_an_event_without_a_word_is_no_event():
    with pytest.raises(IntegrityError, match="event_says_what"), transaction.atomic():
        note(what="", user=None, organisation=None, at=AT)
