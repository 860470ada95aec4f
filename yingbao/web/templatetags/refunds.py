"""What goes back to who paid for a child, on the child's page. 孩子的退费"""

from __future__ import annotations

from typing import Any

from django import template

from yingbao.collection import refund_list
from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import Refund
from yingbao.enrolment.models import Enrolment
from yingbao.values.text import Text
from yingbao.web.tax.refunds import REASONS
from yingbao.web.tax.shared import WAYS

register = template.Library()

WHY = {
    "duplicate": Text("重复缴费", "Paid twice"),
    "exempted": REASONS["exempted"],
    "withdrawn": Text("已退出参保", "Left the insurance"),
}
OTHER = Text("多缴", "Overpaid")
STANDS = {
    RefundState.SUCCEEDED: Text("已退回", "paid back"),
    RefundState.REJECTED: Text("未退，税务机关已说明理由", "not paid back; the tax authority said why"),
}
UNDER_WAY = Text("退款中", "on its way back")


@register.inclusion_tag("school/_refunds.html")
def refunds_of(one: Enrolment) -> dict[str, Any]:
    """Each refund for this child: why, whose money, how far it is. 退费提示"""
    return {
        "refunds": [
            {
                "why": WHY.get(refund.reason, OTHER), "stands": STANDS.get(RefundState(refund.state), UNDER_WAY),
                "done": refund.state == RefundState.SUCCEEDED, "fen": refund.amount_fen, "at": refund.requested_at,
                "way": WAYS[refund.arrival.way], "payer": payer_of(refund),
            }
            for refund in refund_list.of_enrolment(one.pk)
        ]
    }  # fmt: skip


def payer_of(refund: Refund) -> str:
    """Who paid, as they said when they ordered; a channel's number of a person is no name."""
    payment = refund.arrival.payment
    if payment is not None and payment.payer:
        return payment.payer
    return "" if refund.arrival.way in ("wechat", "alipay") else refund.arrival.payer
