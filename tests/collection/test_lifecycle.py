"""The money's states: every edge leads somewhere, and the drawing in the docs is the program's own. 收退款流程"""

from __future__ import annotations

from pathlib import Path

import pytest

from yingbao.collection.lifecycle import (
    DEBIT_EDGES,
    DEBIT_NAMES,
    PAYMENT_EDGES,
    PAYMENT_NAMES,
    REFUND_EDGES,
    REFUND_NAMES,
    DebitState,
    PaymentState,
    RefundState,
    Word,
    may_move,
)
from yingbao.declaration import lifecycle as declared
from yingbao.enrolment import lifecycle as enrolled

DRAWING = Path(__file__).parents[2] / "docs" / "money.md"


def drawn(title: str, edges: set[tuple[str, str, str]]) -> str:
    """A table of edges as the docs show it."""
    rows = sorted(edges)
    lines = [f"## {title}", "", "| from | to | by |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {origin} | {target} | {word} |" for origin, target, word in rows)])


def drawings() -> list[str]:
    payments = {
        (edge.origin.value, edge.target.value, ", ".join(sorted(word.value for word in edge.words)))
        for edge in PAYMENT_EDGES
    }
    return [
        drawn(
            "Enrolment 参保",
            {
                (edge.origin.value, edge.target.value, f"{edge.act.value} ({', '.join(sorted(edge.who))})")
                for edge in enrolled.EDGES
            },
        ),
        drawn(
            "Declaration 申报",
            {(e.origin.value, e.target.value, f"{e.act.value} ({e.who.value})") for e in declared.EDGES},
        ),
        drawn("Payment 缴费订单", payments),
        drawn("Debit 扣款", {(a.value, b.value, "the bank's result file") for a, b in DEBIT_EDGES}),
        drawn("Refund 退费", {(a.value, b.value, _refund_word(b)) for a, b in REFUND_EDGES}),
    ]


def _refund_word(target: RefundState) -> str:
    decided = target in (RefundState.APPROVED, RefundState.REJECTED)
    return "a second officer" if decided else "the platform" if target == RefundState.SUBMITTED else "channel or bank"


@pytest.mark.parametrize("drawing", drawings(), ids=lambda text: text.split("\n")[0][3:])
def test_the_drawing_in_the_docs_is_the_programs_own_table(drawing):
    assert drawing in DRAWING.read_text("utf-8")


@pytest.mark.parametrize(("states", "names"), [
    (PaymentState, PAYMENT_NAMES), (DebitState, DEBIT_NAMES), (RefundState, REFUND_NAMES),
])  # fmt: skip
def test_every_state_of_the_money_has_a_name_in_both_languages(states, names):
    assert set(names) == set(states)
    assert all(text.zh and text.en for text in names.values())


def test_an_unknown_payment_is_settled_by_query_or_bill_or_by_money_that_came():
    for word in (Word.ANSWER, Word.COUNTER):
        assert not any(may_move("unknown", target, word) for target in PaymentState)
    for target in (PaymentState.FAILED, PaymentState.CLOSED, PaymentState.PENDING):
        assert not may_move("unknown", target, Word.NOTICE)
        assert may_move("unknown", target, Word.QUERY)


def test_late_success_after_a_close_is_allowed_because_the_money_is_real():
    assert may_move("closed", PaymentState.SUCCEEDED, Word.BILL)


def test_what_succeeded_never_becomes_anything_else():
    assert not any(edge.origin == PaymentState.SUCCEEDED for edge in PAYMENT_EDGES)
