"""A bill per body: claimed once, taken back when the family pays, the sums those of the book. 资助清单"""

from __future__ import annotations

from datetime import date

import pytest

from tests.collection.building import confirmed, owed, pay
from tests.enrolment.building import AT, at, organisation
from yingbao.collection import claims, summing
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.owing import Owed, assess, end_unpaid, lock
from yingbao.ledger.audit import examine

pytestmark = pytest.mark.django_db


def exempt(season, enrolments, body, when=AT):
    """These children are exempt by that body's list."""
    rows = [Owed(one.pk, 0, one.premium_fen, "treasury", "orphan", body.pk) for one in enrolments]
    return assess(season=season, owed=rows, at=when)


def test_each_body_is_claimed_from_for_its_children_and_the_book_says_the_same(suzhou, school):
    first, second = organisation("civil_affairs", name="民政局"), organisation("union_federation", name="总工会")
    one, two, three = confirmed(suzhou, school, 3)
    exempt(suzhou, [one, two], first)
    exempt(suzhou, [three], second)
    found = {row.listed_by_name: (row.children, row.net_fen) for row in claims.by_body(suzhou)}
    assert found == {"民政局": (2, 2 * one.premium_fen), "总工会": (1, one.premium_fen)}
    assert claims.in_the_book(suzhou, "treasury") == 3 * one.premium_fen
    assert examine(INVARIANTS) == []


def test_a_child_on_three_lists_is_claimed_once(suzhou, school):
    bodies = [organisation(kind) for kind in ("civil_affairs", "union_federation", "disabled_federation")]
    (one,) = confirmed(suzhou, school)
    made = [exempt(suzhou, [one], body) for body in bodies]
    assert [len(keys) for keys in made] == [1, 0, 0]
    assert [row.children for row in claims.by_body(suzhou)] == [1]


def test_a_claim_that_is_taken_back_is_shown_on_the_day_it_ended(suzhou, school):
    body = organisation("civil_affairs")
    (one,) = confirmed(suzhou, school)
    (key,) = exempt(suzhou, [one], body)
    end_unpaid(obligations=list(lock([key]).values()), because="charged", at=at("2019-11-20"))
    (row,) = claims.by_body(suzhou)
    assert (row.children, row.back, row.net_fen) == (1, 1, 0)
    (before,) = claims.by_body(suzhou, last=date(2019, 11, 19))
    assert (before.children, before.back) == (1, 0)
    (since,) = claims.by_body(suzhou, first=date(2019, 11, 20))
    assert (since.children, since.back, since.net_fen) == (0, 1, -one.premium_fen)
    assert [line.fen for line in claims.lines(suzhou, "treasury")] == [one.premium_fen, -one.premium_fen]
    assert claims.in_the_book(suzhou, "treasury") == 0


def test_names_on_a_bill_are_masked_and_it_can_be_read_by_pages(suzhou, school):
    body, other = organisation("civil_affairs"), organisation("union_federation")
    rows = confirmed(suzhou, school, 3, name="欧阳小明")
    exempt(suzhou, rows[:2], body)
    exempt(suzhou, rows[2:], other)
    page = claims.lines(suzhou, "treasury", limit=2)
    assert [line.name for line in page] == ["欧***", "欧***"]
    assert "*" in page[0].number_masked
    assert len(claims.lines(suzhou, "treasury", limit=2, offset=2)) == 1
    assert len(claims.lines(suzhou, "treasury", [other.pk])) == 1
    assert claims.lines(suzhou, "treasury", [None]) == []


def test_sums_of_agents_add_up_to_the_book(suzhou, school, community):
    paid, unpaid = owed(suzhou, confirmed(suzhou, school, 2))
    exempt(suzhou, confirmed(suzhou, school), organisation("civil_affairs"))
    pay(paid)
    rows = summing.by_agent(suzhou)
    sums = summing.total(rows)
    assert summing.of_area(suzhou) == sums
    assert (sums.payers, sums.paid, sums.exempt) == (2, 1, 1)
    assert sums.rest_fen == unpaid.due_fen
    book = summing.against_the_book(suzhou)
    assert (book.agents_fen, book.agrees) == (unpaid.due_fen, True)
    assert summing.collected_by_way(suzhou) == {"wechat": paid.due_fen}
    assert {row.agent for row in rows} == {school.pk}
