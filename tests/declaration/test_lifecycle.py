"""The table of edges, by itself, and as the documents draw it. 申报流程"""

from __future__ import annotations

from itertools import product

import pytest

from yingbao.declaration.lifecycle import EDGES, OPEN, STANDING, STATE_NAMES, Act, State, Who, edge_of

DRAWN = """
frozen      submit          submitted        agent
frozen      discard         discarded        agent
submitted   accept          accepted         collector
submitted   accept_in_part  partly_accepted  collector  reason
submitted   return          returned         collector  reason
"""


def test_the_table_is_the_one_that_is_drawn():
    drawn = {tuple(line.split()) for line in DRAWN.strip().splitlines()}
    held = {
        (edge.origin, edge.act, edge.target, edge.who, *(["reason"] if edge.needs_reason else [])) for edge in EDGES
    }
    assert held == drawn


def test_every_state_has_a_name_in_both_languages():
    assert set(STATE_NAMES) == set(State)
    assert all(text.zh and text.en for text in STATE_NAMES.values())
    assert State.FROZEN.text is STATE_NAMES[State.FROZEN]


def test_every_state_is_reached_from_the_frozen_list():
    reached = {State.FROZEN}
    while more := {edge.target for edge in EDGES if edge.origin in reached} - reached:
        reached |= more
    assert reached == set(State)


def test_from_an_open_state_there_is_a_way_on_and_from_every_other_none():
    assert {edge.origin for edge in EDGES} == OPEN
    assert not OPEN & STANDING


def test_no_act_leads_two_ways():
    for act, state in product(Act, State):
        assert len([edge for edge in EDGES if (edge.act, edge.origin) == (act, state)]) <= 1


@pytest.mark.parametrize("act", list(Act))
def test_the_agent_hands_in_and_the_collector_decides(act):
    (who,) = {edge.who for edge in EDGES if edge.act == act}
    assert (who == Who.COLLECTOR) == (edge_of(act, State.SUBMITTED) is not None)
