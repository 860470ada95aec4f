"""The table of a case's edges, by itself, and as the documents draw it. 个案流程"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingbao.cases.lifecycle import (
    ACT_NAMES,
    EDGES,
    MOST_TURNS,
    STATE_NAMES,
    UNSETTLED,
    Act,
    State,
    Who,
    acts_open,
    edge_of,
    goes_up,
)

DRAWING = Path(__file__).parents[2] / "docs" / "cases.md"


def test_the_drawing_in_the_docs_is_the_programs_own_table():
    rows = sorted(
        (
            edge.origin,
            edge.act,
            edge.target,
            edge.who + (", with a reason" if edge.needs_reason else "") + (", questions only" if edge.question else ""),
        )
        for edge in EDGES
    )
    drawn = "\n".join(["| from | act | to | by |", "|---|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)])
    assert drawn in DRAWING.read_text("utf-8")


def test_every_state_and_act_has_a_name_in_both_languages():
    assert set(STATE_NAMES) == set(State)
    assert set(ACT_NAMES) == set(Act)
    assert all(text.zh and text.en for text in (*STATE_NAMES.values(), *ACT_NAMES.values()))
    assert State.OPEN.text is STATE_NAMES[State.OPEN]
    assert Act.ASK.text is ACT_NAMES[Act.ASK]


def test_from_every_unsettled_state_a_person_finds_a_way_to_the_end():
    people = {edge for edge in EDGES if edge.who != Who.PROGRAM}
    for start in UNSETTLED:
        reached = {start}
        while more := {edge.target for edge in people if edge.origin in reached} - reached:
            reached |= more
        assert State.SETTLED in reached
    assert not [edge for edge in EDGES if edge.origin == State.WITHDRAWN]
    assert [edge.act for edge in EDGES if edge.origin == State.SETTLED] == [Act.REOPEN]


def test_no_act_leads_two_ways_from_a_state():
    for act, state in product(Act, State):
        assert len([edge for edge in EDGES if (edge.act, edge.origin) == (act, state)]) <= 1


def test_a_case_goes_up_with_the_second_turn_and_only_once():
    assert MOST_TURNS == 2
    assert [goes_up(turns, raised=False) for turns in range(4)] == [False, False, True, True]
    assert not any(goes_up(turns, raised=True) for turns in range(4))
    assert [goes_up(turns, raised=False, question=True) for turns in range(1, 6)] == [False] * 3 + [True] * 2


@pytest.mark.parametrize("state", list(State))
def test_what_went_up_is_never_returned_and_passed_on_only_from_the_top(state):
    below = acts_open(state, Who.RECEIVER, Who.SENDER, raised=True)
    assert Act.RETURN not in below
    assert Act.PASS_ON not in below
    on_top = acts_open(state, Who.RECEIVER, raised=True, on_top=True)
    assert Act.RETURN not in on_top
    assert (Act.PASS_ON in on_top) == (edge_of(Act.PASS_ON, state) is not None)


FLAGS = st.tuples(*[st.booleans()] * 4)


@given(st.sampled_from(list(State)), st.sets(st.sampled_from(list(Who))), FLAGS)
def test_nothing_is_offered_that_the_table_does_not_hold(state, parts, flags):
    raised, on_top, question, reopened = flags
    for act in acts_open(state, *parts, raised=raised, on_top=on_top, question=question, reopened=reopened):
        edge = edge_of(act, state)
        assert edge is not None
        assert edge.who in parts
        assert question or not edge.question


def test_a_question_is_answered_at_once_asked_again_once_and_withdrawn_while_it_is_open():
    assert Act.SETTLE not in acts_open(State.OPEN, Who.RECEIVER)
    assert Act.SETTLE in acts_open(State.OPEN, Who.RECEIVER, question=True)
    assert acts_open(State.SETTLED, Who.SENDER, question=True) == (Act.REOPEN,)
    assert acts_open(State.SETTLED, Who.SENDER, question=True, reopened=True) == ()
    for state in UNSETTLED:
        assert Act.WITHDRAW in acts_open(state, Who.SENDER, question=True)
        assert Act.WITHDRAW not in acts_open(state, Who.SENDER)
