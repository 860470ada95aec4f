"""The states of payments, debits and refunds, and the tables of edges between them. 收退款流程

Plain data: nothing here knows the database. Receipts have two states only, valid and voided.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from yingbao.values.text import Text


class PaymentState(StrEnum):
    """Where an order to pay stands. 订单状态"""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"


PAYMENT_NAMES = {
    PaymentState.CREATED: Text("已下单", "ordered"),
    PaymentState.PENDING: Text("待付款", "to be paid"),
    PaymentState.SUCCEEDED: Text("已付款", "paid"),
    PaymentState.FAILED: Text("下单失败", "failed"),
    PaymentState.CLOSED: Text("已关闭", "closed"),
    PaymentState.UNKNOWN: Text("结果待查", "outcome unknown"),
    PaymentState.CONFLICT: Text("金额不符，人工处理", "in conflict"),
}


class Word(StrEnum):
    """By whose word a payment changes its state. 依据"""

    ANSWER = "answer"
    """the channel answered our order"""
    NOTICE = "notice"
    QUERY = "query"
    BILL = "bill"
    COUNTER = "counter"
    """the community worker holds the slip"""


class PaymentEdge(NamedTuple):
    """One way from a state to another. 流程边"""

    origin: PaymentState
    target: PaymentState
    words: frozenset[Word]


def _payment_edges() -> tuple[PaymentEdge, ...]:
    told = frozenset({Word.NOTICE, Word.QUERY, Word.BILL})
    asked = frozenset({Word.QUERY, Word.BILL})
    counter = told | {Word.COUNTER}
    s = PaymentState
    return (
        PaymentEdge(s.CREATED, s.PENDING, frozenset({Word.ANSWER})),
        PaymentEdge(s.CREATED, s.FAILED, frozenset({Word.ANSWER})),
        PaymentEdge(s.CREATED, s.UNKNOWN, frozenset({Word.ANSWER})),
        # A notice may overtake the answer to the order.
        *(PaymentEdge(o, t, counter) for o in (s.CREATED, s.PENDING) for t in (s.SUCCEEDED, s.CONFLICT)),
        *(PaymentEdge(o, s.CLOSED, asked) for o in (s.CREATED, s.PENDING)),
        PaymentEdge(s.PENDING, s.UNKNOWN, frozenset({Word.QUERY})),
        # What is unknown leaves only by query or bill; a verified notice that names success counts as money too.
        PaymentEdge(s.UNKNOWN, s.PENDING, asked),
        *(PaymentEdge(s.UNKNOWN, t, told) for t in (s.SUCCEEDED, s.CONFLICT)),
        *(PaymentEdge(s.UNKNOWN, t, asked) for t in (s.FAILED, s.CLOSED)),
        # Late money is real.
        *(PaymentEdge(o, t, told) for o in (s.CLOSED, s.FAILED) for t in (s.SUCCEEDED, s.CONFLICT)),
    )


PAYMENT_EDGES = _payment_edges()
OPEN_PAYMENTS = frozenset({PaymentState.CREATED, PaymentState.PENDING, PaymentState.UNKNOWN})
"""Of these the outcome is not known yet; the channel is asked."""


def may_move(origin: PaymentState | str, target: PaymentState, word: Word) -> bool:
    """Whether an edge leads there on that word."""
    return any(e.origin == origin and e.target == target and word in e.words for e in PAYMENT_EDGES)


class DebitState(StrEnum):
    """Where one debit of a batch stands. 扣款状态"""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"


DEBIT_NAMES = {
    DebitState.PENDING: Text("待扣款", "to be taken"),
    DebitState.SUCCEEDED: Text("扣款成功", "taken"),
    DebitState.FAILED: Text("扣款失败", "failed"),
    DebitState.RETURNED: Text("已退回", "returned"),
}
DEBIT_EDGES = frozenset(
    {
        (DebitState.PENDING, DebitState.SUCCEEDED),
        (DebitState.PENDING, DebitState.FAILED),
        (DebitState.SUCCEEDED, DebitState.RETURNED),
    }
)


class RefundState(StrEnum):
    """Where a refund stands. 退费状态"""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUBMITTED = "submitted"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    ABNORMAL = "abnormal"
    DROPPED = "dropped"


REFUND_NAMES = {
    RefundState.REQUESTED: Text("待审批", "to be approved"),
    RefundState.APPROVED: Text("已批准", "approved"),
    RefundState.REJECTED: Text("未批准", "rejected"),
    RefundState.SUBMITTED: Text("已提交渠道", "submitted"),
    RefundState.PROCESSING: Text("退款中", "under way"),
    RefundState.SUCCEEDED: Text("已退回", "refunded"),
    RefundState.ABNORMAL: Text("退款异常", "abnormal"),
    RefundState.DROPPED: Text("无需退费", "no longer due"),
}
REFUND_EDGES = frozenset(
    {
        (RefundState.REQUESTED, RefundState.APPROVED),
        (RefundState.REQUESTED, RefundState.REJECTED),
        # A returned debit takes back what was to be refunded, and what could not be paid back of it.
        (RefundState.REQUESTED, RefundState.DROPPED),
        (RefundState.APPROVED, RefundState.DROPPED),
        (RefundState.SUBMITTED, RefundState.DROPPED),
        (RefundState.PROCESSING, RefundState.DROPPED),
        (RefundState.ABNORMAL, RefundState.DROPPED),
        (RefundState.APPROVED, RefundState.SUBMITTED),
        (RefundState.SUBMITTED, RefundState.PROCESSING),
        (RefundState.SUBMITTED, RefundState.SUCCEEDED),
        (RefundState.SUBMITTED, RefundState.ABNORMAL),
        (RefundState.PROCESSING, RefundState.SUCCEEDED),
        (RefundState.PROCESSING, RefundState.ABNORMAL),
        # An abnormal one is approved anew, for instance to be paid by hand to the same payer's account.
        (RefundState.ABNORMAL, RefundState.APPROVED),
    }
)
