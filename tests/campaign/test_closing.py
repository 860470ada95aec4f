"""A school that closes in mid-season: all of it goes on, or nothing. 停办移交"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.enrolment.building import AT, child, organisation
from tests.web.community_town import infant, listed_at, town_of
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.campaign import closing
from yingbao.collection.models import Payment
from yingbao.declaration.freezing import freeze
from yingbao.enrolment import dissolving, reckoning, standing
from yingbao.enrolment.actions import confirm, decline
from yingbao.enrolment.models import Enrolment
from yingbao.supervision.reporting import whole_of
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


def closed_without(town):
    """As it could be done before: closed, with all its children still on it."""
    type(town.school).objects.filter(pk=town.school.pk).update(active=False)
    town.school.refresh_from_db()


def hand_over(town, to, **more):
    values = {
        "organisation": town.school, "successor": to, "reason": "并校", "by": clerk_of(town.agency, Desk.AGENCY),
        "at": AT, "seen": dissolving.mark_of(town.school),
    }  # fmt: skip
    return closing.close(**values | more)


def test_a_body_with_children_is_not_shut_without_a_successor(town, people):
    by = clerk_of(organisation("operations"), Desk.SYSTEM)
    with pytest.raises(Refused) as refused:
        closing.shut(organisation=town.school, by=by, at=AT)
    assert "在册学生 3 名、名单上的孩子 3 名" in refused.value.what.zh
    assert "停办移交" in refused.value.mend.zh
    town.school.refresh_from_db()
    assert town.school.active
    hand_over(town, organisation(parent=town.street))
    empty = organisation(parent=town.street)
    assert closing.shut(organisation=empty, by=by, at=AT)
    assert not closing.shut(organisation=empty, by=by, at=AT)


def test_a_community_that_has_children_on_its_lists_alone_is_not_shut(town):
    listed_at(town, infant())
    with pytest.raises(Refused, match="children on its lists: 1"):
        closing.shut(organisation=town.community, by=clerk_of(organisation("operations"), Desk.SYSTEM), at=AT)


def test_a_community_at_whose_counter_somebody_is_paying_is_not_shut(town):
    by = clerk_of(organisation("operations"), Desk.SYSTEM)
    paying = Payment.objects.create(
        pooling_area="320500", number="C1", token="t", channel="wechat", kind="counter", total_fen=100, created_at=AT,
        expires_at=AT + timedelta(minutes=30), taken_at=town.community,
    )  # fmt: skip
    with pytest.raises(Refused, match="payments without a result: 1"):
        closing.shut(organisation=town.community, by=by, at=AT)
    Payment.objects.filter(pk=paying.pk).update(state="closed")
    assert closing.shut(organisation=town.community, by=by, at=AT)


def test_while_a_declaration_is_in_hand_a_school_is_neither_shut_nor_handed_over(town, people):
    by = clerk_of(town.school, Desk.SCHOOL)
    freeze(season=town.season, organisation=town.school, method="transfer", by=by, at=AT)
    assert closing.declarations_in_hand(town.school) == 1
    with pytest.raises(Refused, match="declarations not decided: 1"):
        closing.shut(organisation=town.school, by=clerk_of(organisation("operations"), Desk.SYSTEM), at=AT)
    to = organisation(parent=town.street)
    with pytest.raises(Refused, match="a declaration is not decided"):
        hand_over(town, to)
    closed_without(town)
    with pytest.raises(Refused) as refused:
        hand_over(town, to)
    assert "恢复" in refused.value.mend.zh
    assert Enrolment.objects.filter(organisation=town.school).count() == 3


def test_children_of_a_body_that_was_closed_without_them_are_handed_over_afterwards(town, people):
    closed_without(town)
    to = organisation(parent=town.street)
    with pytest.raises(Refused, match="its lists changed"):
        hand_over(town, to, seen="old")
    assert hand_over(town, to).children == dissolving.Handed(3, 3)
    assert hand_over(town, to) == closing.Went(dissolving.Handed(0, 0), {})
    assert set(Enrolment.objects.values_list("organisation", flat=True)) == {to.pk}


def test_a_merger_loses_nobody_from_the_figures_of_the_area(town, people):
    to = organisation(name="接手小学", parent=town.street)
    listed(to, town.season, child(to))
    by = clerk_of(town.school, Desk.SCHOOL)
    decline(enrolment=Enrolment.objects.get(person=people[2]), reason="在外地参保", by=by, at=AT)

    def should():
        reckoning.catch_up(at=AT)
        return standing.of_area(town.season).should, whole_of(town.season)[0]["should"]

    assert should() == (4, 4)
    hand_over(town, to)
    assert should() == (4, 4)
