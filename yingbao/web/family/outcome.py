"""Where an order stands, as its payer reads it. 订单状态"""

from __future__ import annotations

from typing import Any, NamedTuple

import segno

from yingbao.collection.lifecycle import OPEN_PAYMENTS
from yingbao.collection.models import Payment, PaymentLine
from yingbao.values.text import Text


class Outcome(NamedTuple):
    """What to say of an order: how it sounds, in a headline, and what comes next. 结果"""

    tone: str
    head: Text
    next: Text


OUTCOMES = {
    "created": Outcome("accent", Text("正在下单", "Being ordered"), Text("请稍候。", "One moment, please.")),
    "pending": Outcome(
        "accent", Text("等待付款", "Waiting to be paid"),
        Text("付款后本页会自动更新，不用刷新。", "Once it is paid, this page changes by itself."),
    ),
    "unknown": Outcome(
        "warn", Text("结果待查", "The outcome is not known yet"),
        Text("渠道没有及时答复，我们会继续查询。如果已付款，请不要再付一次。",
             "The channel has not answered in time; we go on asking. If you have paid, do not pay again."),
    ),
    "failed": Outcome(
        "bad", Text("没有下单成功", "The order was not taken"),
        Text("没有扣款。请换一种方式，或稍后再试。", "Nothing was charged. Choose another way, or try again later."),
    ),
    "closed": Outcome(
        "warn", Text("订单已关闭", "The order is closed"),
        Text("没有扣款。如仍要缴费，请重新下单。", "Nothing was charged. To pay, order again."),
    ),
    "conflict": Outcome(
        "warn", Text("款项已收到，金额待核对", "The money has arrived, its sum is being checked"),
        Text("税务人员会核对，钱不会丢失，请不要再付一次。",
             "The tax authority checks it. Nothing is lost; please do not pay again."),
    ),
    "succeeded": Outcome(
        "good", Text("缴费成功", "Paid"),
        Text("参保已办好。电子票据由税务部门开具。",
             "The enrolment is done. The tax authority issues the e-receipt."),
    ),
    "second": Outcome(
        "warn", Text("款项已收到，有重复缴费", "The money has arrived; some of it was paid before"),
        Text("重复的部分会按原路退回，不用申请。", "What was paid twice goes back by itself, the way it came."),
    ),
    "held": Outcome(
        "warn", Text("款项已收到，正在核对", "The money has arrived and is being checked"),
        Text("税务人员会核对，钱不会丢失，请不要再付一次。",
             "The tax authority checks it. Nothing is lost; please do not pay again."),
    ),
}  # fmt: skip


def shown(payment: Payment) -> dict[str, Any]:
    """What a page needs to show an order. 页面内容"""
    lines = PaymentLine.objects.filter(payment=payment).select_related(
        "obligation__enrolment__person", "obligation__organisation"
    )
    return {
        "payment": payment,
        "lines": list(lines.order_by("pk")),
        "outcome": OUTCOMES[_word(payment)],
        "under_way": payment.state in OPEN_PAYMENTS,
        "code": code(payment.address) if payment.kind != "page" and payment.address else "",
    }


def code(address: str) -> str:
    """A QR code as an image that stands in the page itself. 二维码"""
    return segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="#fff")


def _word(payment: Payment) -> str:
    if payment.state != "succeeded":
        return payment.state
    arrivals = list(payment.arrivals.all())
    if any(one.suspense_fen for one in arrivals):
        return "held"
    return "second" if any(one.overpaid_fen for one in arrivals) else "succeeded"
