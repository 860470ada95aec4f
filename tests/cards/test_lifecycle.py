"""The table of edges of photos and cards, by itself, and as the documents draw it. 制卡流程"""

from __future__ import annotations

from itertools import product
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from yingbao.cards.lifecycle import (
    ACT_NAMES,
    CARD_NAMES,
    EDGES,
    LIVE_CARD,
    LIVE_PHOTO,
    PHOTO_NAMES,
    Act,
    CardState,
    PhotoState,
    Who,
    acts_open,
    edge_of,
    origins,
    target,
)

DRAWING = Path(__file__).parents[2] / "docs" / "cards.md"
STATES = [*PhotoState, *CardState]


def test_the_drawing_in_the_docs_is_the_programs_own_table():
    rows = sorted(
        (edge.origin, edge.act, edge.target, ", ".join(edge.who) + (", with a reason" if edge.needs_reason else ""))
        for edge in EDGES
    )
    drawn = "\n".join(["| from | act | to | by |", "|---|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)])
    assert drawn in DRAWING.read_text("utf-8")


def test_every_state_and_act_has_a_name_in_both_languages():
    assert set(PHOTO_NAMES) == set(PhotoState)
    assert set(CARD_NAMES) == set(CardState)
    assert set(ACT_NAMES) == set(Act)
    assert all(text.zh and text.en for text in (*PHOTO_NAMES.values(), *CARD_NAMES.values(), *ACT_NAMES.values()))
    assert [PhotoState.WAITING.text, CardState.HELD.text, Act.LOSE.text] == [
        PHOTO_NAMES[PhotoState.WAITING], CARD_NAMES[CardState.HELD], ACT_NAMES[Act.LOSE],
    ]  # fmt: skip


def test_no_act_leads_two_ways_and_none_turns_a_photo_into_a_card():
    for act, state in product(Act, STATES):
        assert len([edge for edge in EDGES if (edge.act, edge.origin) == (act, state)]) <= 1
    assert all(isinstance(edge.origin, type(edge.target)) for edge in EDGES)
    assert all(len({edge.target for edge in EDGES if edge.act == act}) <= 1 for act in Act)


def test_what_is_rejected_replaced_or_lost_stays_so():
    ends = {PhotoState.REJECTED, PhotoState.REPLACED, PhotoState.WITHDRAWN, CardState.REFUSED, CardState.LOST}
    assert not [edge for edge in EDGES if edge.origin in ends]
    assert ends == set(STATES) - LIVE_PHOTO - LIVE_CARD


def test_whatever_takes_something_from_a_family_needs_a_reason():
    assert {edge.act for edge in EDGES if edge.needs_reason} == {Act.REJECT, Act.WITHDRAW, Act.REFUSE, Act.LOSE}


@given(st.sampled_from(STATES), st.sampled_from(list(Who)))
def test_nothing_is_offered_that_the_table_does_not_hold(state, who):
    for act in acts_open(state, who):
        edge = edge_of(act, state)
        assert edge is not None
        assert who in edge.who
        assert state in origins(act)
        assert edge.target == target(act)
