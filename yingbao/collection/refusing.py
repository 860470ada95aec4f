"""How an order to pay is refused for other reasons than the child's own. 下单中的拒绝"""

from __future__ import annotations

from yingbao.collection.models import Payment
from yingbao.enrolment.models import Enrolment
from yingbao.values import money
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

ORDER = "order"


def how_many(most: int) -> Refused:
    """No child, or too many. 人数不对"""
    return Refused(
        where=ORDER,
        what=Text("一笔订单缴 1 至 {most} 个孩子", "An order is for 1 to {most} children").filled(most=most),
        mend=Text("请分几次缴。", "Pay in several orders."),
    )


def two_areas() -> Refused:
    """Each city has its own account. 跨统筹区"""
    return Refused(
        where=ORDER,
        what=Text("这些孩子在不同的统筹区参保", "These children are enrolled in different pooling areas"),
        mend=Text("请按地区分开缴费。", "Pay for each area by itself."),
    )


def just_changed() -> Refused:
    """Somebody was quicker. 情况有变"""
    return Refused(
        where=ORDER,
        what=Text("孩子的情况刚刚有变化", "Something about a child has just changed"),
        mend=Text("没有下单。请刷新页面，看过最新情况再缴。", "Nothing was ordered. Reload the page and look again."),
    )


def day_ends() -> Refused:
    """No channel takes an order for the last seconds. 今日即将结束"""
    return Refused(
        where=ORDER,
        what=Text("离今天结束不到一分钟，来不及付款", "Less than a minute of today is left, too short to pay"),
        mend=Text("请过零点后刷新页面，按新一天的规定办理。", "Reload after midnight; the new day's rules hold then."),
    )


def order_open(enrolment: Enrolment, waiting: Payment) -> Refused:
    """Somebody may be paying another sum for the child at this moment. 有待付款订单"""
    return Refused(
        where=enrolment.person.name,
        what=Text("已有一笔{sum}的订单等待付款", "An order over {sum} waits to be paid").filled(
            sum=money.said(waiting.total_fen)
        ),
        mend=Text(
            "请先付那一笔，或取消它；不付也会在失效后自动关闭。",
            "Pay that one or cancel it; unpaid, it closes by itself when it expires.",
        ),
    )


def voucher_used(voucher: str) -> Refused:
    """A slip counts once. 凭证号重复"""
    return Refused(
        where=voucher,
        what=Text("这个凭证号今天已用于另一笔缴费", "This voucher number was used for another payment today"),
        mend=Text("请核对签购单上的终端号和凭证号。", "Compare terminal and voucher number with the slip."),
    )


def voucher_missing() -> Refused:
    """A card payment is proved by its slip. 缺少凭证号"""
    return Refused(
        where="card",
        what=Text(
            "终端号和凭证号应为 4 至 20 位字母或数字", "Terminal and voucher number have 4 to 20 letters or digits"
        ),
        mend=Text("请照签购单填写。", "Copy them from the slip."),
    )


def not_configured(channel: str) -> Refused:
    """No keys for this channel here. 渠道未开通"""
    return Refused(
        where=channel,
        what=Text("这个支付渠道现在不能用", "This channel cannot be used now"),
        mend=Text("请换一种方式缴费。", "Choose another way to pay."),
    )
