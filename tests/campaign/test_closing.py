"""A school that closes in mid-season: all of it goes on, or nothing. 停办移交"""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, child, organisation
from tests.web.community_town import town_of
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.campaign import closing
from yingbao.enrolment import dissolving
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.models import Enrolment
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    return town_of()


@pytest.fixture
def people(town):
    rows = listed(town.school, town.season, *[child(town.school, name=f"学生{n}") for n in range(3)])
    confirm(enrolments=[rows[0]], by=clerk_of(town.school, Desk.SCHOOL), at=AT)
    Enrolment.objects.filter(pk=rows[1].pk).update(state="draft")
    return [one.person for one in rows]


def test_what_fails_on_the_way_moves_nothing_at_all(town, people, monkeypatch):
    def fail(one):
        raise Refused(where="x", what=Text("不行", "no"), mend=Text("稍后", "later"))

    monkeypatch.setitem(closing.HAND_OVER, "last", (Text("最后", "last"), fail))
    with pytest.raises(Refused):
        closing.close(
            organisation=town.school, successor=organisation(parent=town.street), reason="并校",
            by=clerk_of(town.agency, Desk.AGENCY), at=AT, seen=dissolving.mark_of(town.school),
        )  # fmt: skip
    town.school.refresh_from_db()
    assert town.school.active
    assert Enrolment.objects.filter(organisation=town.school).count() == 3


def test_closed_twice_it_hands_on_once(town, people):
    values = {
        "organisation": town.school, "successor": organisation(parent=town.street), "reason": "并校",
        "by": clerk_of(town.agency, Desk.AGENCY), "at": AT, "seen": dissolving.mark_of(town.school),
    }  # fmt: skip
    assert closing.close(**values).children.on_roll == 3
    assert closing.close(**values) == closing.Went(dissolving.Handed(0, 0), {})
