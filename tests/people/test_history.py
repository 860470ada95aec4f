"""Every change of a person is written down by the database itself. 变更历史"""

from __future__ import annotations

import pytest
from django.db import connection

from yingbao.people import history
from yingbao.people.models import Change, Person

pytestmark = pytest.mark.django_db


def test_a_new_person_is_written_down_with_who_added_it_and_when(clerk, at):
    with history.by(clerk.pk, "desk", at=at):
        person = Person.objects.create(
            name="张晓明", name_original="张晓明", name_pinyin="zhang xiaoming", name_initials="zxm", created_at=at
        )
    change = Change.objects.get()
    print(change.after)
    assert (change.person_id, change.actor, change.source, change.at) == (person.pk, clerk, "desk", at)
