"""The table of edges, by itself. 参保流程"""

from __future__ import annotations

from itertools import product

import pytest

from yingbao.enrolment.lifecycle import (
    ACT_NAMES,
    EDGES,
    ENDED,
    LEFT,
    LIVE,
    STATE_NAMES,
    TAKEN,
    Act,
    State,
    Who,
    acts_open,
    edge_of,
    is_done,
    settled,
)

FLAGS = list(product((True, False), repeat=3))


def test_every_state_and_act_has_a_name_in_both_languages():
    assert set(STATE_NAMES) == set(State)
    assert set(ACT_NAMES) == set(Act)
    assert all(text.zh and text.en for text in (*STATE_NAMES.values(), *ACT_NAMES.values()))


def test_every_state_can_be_reached_from_the_draft():
    reached = {State.DRAFT}
    while more := {edge.target for edge in EDGES if edge.origin in reached} - reached:
        reached |= more
    assert reached == set(State)


def test_only_money_that_was_paid_in_time_leads_out_of_a_lapsed_year():
    assert {edge.origin for edge in EDGES} == set(State)
    assert [(edge.act, edge.target) for edge in EDGES if edge.origin == State.LAPSED] == [(Act.PAY, State.PAID)]


def test_no_edge_stands_twice():
    assert len({(edge.act, edge.origin, edge.target) for edge in EDGES}) == len(EDGES)


def test_leaving_needs_a_reason_and_nothing_else_does():
    assert all(edge.needs_reason == (edge.target in LEFT) for edge in EDGES)


def test_an_act_of_people_leads_to_one_state_only():
    for act, state in product(Act, State):
        ways = {
            edge.target for edge in EDGES if edge.act == act and edge.origin == state and Who.PROGRAM not in edge.who
        }
        assert len(ways) <= 1


def test_people_and_the_program_never_share_an_edge():
    assert all(edge.who == {Who.PROGRAM} or Who.PROGRAM not in edge.who for edge in EDGES)


def test_only_the_agent_confirms_and_only_agent_or_family_declines():
    assert {edge.who for edge in EDGES if edge.act == Act.CONFIRM} == {frozenset({Who.AGENT})}
    assert {edge.who for edge in EDGES if edge.act == Act.DECLINE} == {frozenset({Who.AGENT, Who.FAMILY})}


def test_a_family_leaves_by_itself_only_what_nobody_was_told_of_and_may_come_back():
    ways = {(edge.act, edge.origin) for edge in EDGES if Who.FAMILY in edge.who}
    assert ways == {
        (Act.DECLINE, State.DRAFT), (Act.DECLINE, State.REGISTERED), (Act.DECLINE, State.DETERMINED),
        (Act.WITHDRAW, State.CONFIRMED), (Act.REOPEN, State.DECLINED), (Act.REOPEN, State.WITHDRAWN),
    }  # fmt: skip


@pytest.mark.parametrize(("state", "flags"), list(product(State, FLAGS)))
def test_a_fresh_decision_walks_an_edge_of_the_table_or_stays(state, flags):
    registered, due, stands = flags
    target = settled(state, registered=registered, registration_due=due, stands=stands)
    ways = {edge.target for edge in EDGES if edge.origin == state and Who.PROGRAM in edge.who}
    assert target == state or target in ways


@pytest.mark.parametrize("flags", FLAGS)
def test_an_ended_or_paid_enrolment_is_moved_by_no_decision(flags):
    registered, due, stands = flags
    for state in ENDED | TAKEN:
        assert settled(state, registered=registered, registration_due=due, stands=stands) == state


def test_a_first_timer_is_a_draft_until_it_is_registered():
    for state in LIVE - TAKEN - {State.CONFIRMED}:
        assert settled(state, registered=False, registration_due=True, stands=False) == State.DRAFT
        assert settled(state, registered=True, registration_due=True, stands=False) == State.DETERMINED


def test_doing_a_thing_twice_is_known_to_be_done():
    for edge in EDGES:
        if Who.PROGRAM not in edge.who:
            assert is_done(edge.act, edge.target)
            assert not is_done(edge.act, edge.origin)


def test_what_is_open_to_people_is_what_the_table_says():
    assert acts_open(State.DRAFT) == (Act.REGISTER, Act.DECLINE, Act.WITHDRAW)
    assert acts_open(State.DETERMINED) == (Act.CONFIRM, Act.DECLINE, Act.WITHDRAW)
    assert acts_open(State.CONFIRMED) == (Act.WITHDRAW,)
    assert acts_open(State.DECLINED) == acts_open(State.WITHDRAWN) == (Act.REOPEN,)


def test_an_act_that_leads_nowhere_has_no_edge():
    assert edge_of(Act.CONFIRM, State.DRAFT) is None
    assert edge_of(Act.DECLINE, State.CONFIRMED) is None
