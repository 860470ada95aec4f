"""The page that a payer sees: what is asked, 支付 or 取消, and the way back. 付款页"""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup
from werkzeug import Request, Response

from simulators import rsa, trading
from simulators.alipay.notices import joined
from simulators.clock import plain
from simulators.deliveries import Deliveries
from simulators.html import page
from simulators.keys import ALIPAY_APP, ALIPAY_SELLER
from simulators.rows import Order
from simulators.world import World, yuan

NAMES = {"wechat": "微信支付", "alipay": "支付宝"}
PAYEE = "城乡居民医疗保险费（演示收款方）"
STATES = {"SUCCESS": "支付成功", "CLOSED": "订单已关闭或过期，不能支付"}


def show(world: World, deliveries: Deliveries, request: Request, channel: str, token: str) -> Response:
    """The page, and what its two buttons do."""
    order = world.store.one(Order, channel=channel, token=token)
    if order is None:
        return page(channel, "没有这笔订单", Markup('<div class="card"><h1>没有这笔订单</h1></div>'), 404)
    order = trading.scan(world, order)
    back = way_back(world, request.values.get("redirect_url", ""))
    if request.method == "POST":
        if request.form.get("choice") != "pay":
            return page(
                channel, "已取消", _card(channel, order, "已取消，没有付款", way_back(world, order.return_url) or back)
            )
        try:
            order = trading.pay(world, order)
        except trading.Unpayable:
            order = trading.current(world, order)
        else:
            deliveries.announce(order)
    back = signed_return(world, order) if channel == "alipay" and order.state == "SUCCESS" else back
    state = STATES.get(order.state, "")
    if order.state == "CLOSED" and world.rules.take(channel, [order.number], "pay_late"):
        state = ""
    if state:
        return page(channel, state, _card(channel, order, state, back))
    return page(channel, NAMES[channel], _asking(channel, order, back))


def way_back(world: World, address: str) -> str:
    """The platform's address to return to; any other is not followed."""
    return address if address.startswith(world.platform + "/") else ""


def signed_return(world: World, order: Order) -> str:
    """Alipay's way back with its signed parameters, which prove nothing that the query does not."""
    if not way_back(world, order.return_url):
        return ""
    told = {
        "charset": "utf-8",
        "out_trade_no": order.number,
        "method": f"alipay.trade.{'page' if order.way == 'PAGE' else 'wap'}.pay.return",
        "total_amount": yuan(order.amount_fen),
        "trade_no": order.transaction,
        "auth_app_id": ALIPAY_APP,
        "version": "1.0",
        "app_id": ALIPAY_APP,
        "sign_type": "RSA2",
        "seller_id": ALIPAY_SELLER,
        "timestamp": plain(world.clock.stamp()),
    }
    told["sign"] = rsa.sign(world.keys.newest("alipay").key, joined(told, ("sign", "sign_type")))
    return order.return_url + ("&" if "?" in order.return_url else "?") + urlencode(told)


def _facts(channel: str, order: Order) -> Markup:
    facts = [
        ("收款方", PAYEE),
        ("内容", order.description),
        ("订单号", order.number),
        ("方式", f"{NAMES[channel]}（模拟）"),
    ]
    if order.state == "SUCCESS":
        facts += [("支付时间", plain(order.paid_at)), ("交易单号", order.transaction)]
    told = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(*fact) for fact in facts)
    return Markup('<p class="sum">¥{}</p><dl>{}</dl>').format(yuan(order.amount_fen), told)


def _card(channel: str, order: Order, state: str, back: str) -> Markup:
    link = Markup('<a class="button" href="{}">返回应保 Back</a>').format(back) if back else ""
    return Markup(
        '<div class="card"><h1>{}（模拟）</h1><p class="state" role="status">{}</p>{}</div>{}<p class="soft">{}</p>'
    ).format(NAMES[channel], state, _facts(channel, order), link, "" if back else "可以关闭此页，回到原来的页面。")


def _asking(channel: str, order: Order, back: str) -> Markup:
    return Markup(
        '<div class="card"><h1>{}（模拟）</h1>{}</div><form method="post">'
        '<input type="hidden" name="redirect_url" value="{}">'
        '<button name="choice" value="pay">支付 Pay</button>'
        '<button class="quiet" name="choice" value="cancel">取消 Cancel</button></form>'
        '<p class="soft">真实的微信二维码内容以 weixin:// 开头，由微信打开；'
        "这里的二维码是本页的网址，便于演示。</p>"
    ).format(NAMES[channel], _facts(channel, order), back)
