"""What a channel says of a refund. 退款通知 (provisional: the helper who builds refunds writes this file)"""

from __future__ import annotations

from datetime import datetime

from yingbao.collection.models import Refund
from yingbao.exchange.gateway import RefundNotice


def hear(*, notice: RefundNotice, at: datetime) -> None:
    """Note what the channel said. 退款通知"""
    Refund.objects.filter(number=notice.refund_number).update(said=notice.state)
