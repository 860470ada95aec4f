"""The phones of everyone who was sent something: what a person trying the demonstration reads. 模拟手机"""

from __future__ import annotations

import re

from markupsafe import Markup
from werkzeug import Request, Response

from simulators import inbox
from simulators.clock import plain
from simulators.html import page
from simulators.reports import Reports
from simulators.rows import Follower, Text
from simulators.world import World

MOST = 60
VIAS = {"sms": "短信", "wechat_account": "微信公众号"}
_LINK = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'*+,;=%-]+")


def home(world: World, request: Request) -> Response:
    """Every phone, the one that got something last on top; `q` finds one by its number. 手机列表"""
    sought = request.args.get("q", "").strip()
    texts = list(reversed(world.store.find(Text)))
    if sought:
        texts = [text for text in texts if sought in text.recipient]
    cards = Markup("").join(_bubble(text) for text in texts[:MOST])
    nothing = Markup('<div class="card"><p>还没有消息。请在平台上操作（如获取验证码），再刷新本页。</p></div>')
    body = Markup(
        '<h1>模拟手机</h1><p class="soft">平台发出的短信和微信消息都显示在这里，不会发到真实手机。最新的在最上面。</p>'
        '<form method="get" action="/phones/"><label>手机号码<input name="q" inputmode="numeric" value="{}"></label>'
        '<button class="quiet">查找或刷新</button></form>{}'
    ).format(sought, cards or nothing)
    return page("phones", "模拟手机", body)


def follow(world: World, request: Request, reports: Reports, ticket: str) -> Response:
    """Where the code of an official account leads: follow it, or leave it. 关注公众号"""
    held = world.store.setting(f"follow {ticket}")
    if held is None or held["until"] < world.clock.stamp():
        body = Markup('<div class="card"><h1>二维码已过期</h1><p>请回到平台页面重新获取。</p></div>')
        return page("wechat", "二维码已过期", body, 404)
    if request.method == "POST":
        made = inbox.new_follower(world, "微信用户")
        heard = reports.event(made.key, "subscribe", EventKey=f"qrscene_{held['scene']}")
        said = "平台已收到" if heard else "平台没有收到"
        body = Markup(
            '<div class="card"><p class="state">已关注公众号</p><p>{}。</p>'
            '<p><a href="/phones/">看模拟手机</a></p></div>'
        ).format(said)
        return page("wechat", "已关注", body)
    body = Markup(
        '<div class="card"><h1>关注公众号“应保演示”</h1><p>关注后，平台的提醒通过微信发给您。</p></div>'
        '<form method="post"><button>关注公众号</button></form>'
    )
    return page("wechat", "关注公众号", body)


def leave(world: World, reports: Reports, openid: str) -> Follower:
    """Somebody follows no longer. Raises ValueError if nobody of that name does. 取消关注"""
    found = inbox.follower(world, openid)
    if found is None:
        raise ValueError("no such follower")
    found.following = 0
    world.store.put(found)
    reports.event(openid, "unsubscribe")
    return found


def _bubble(text: Text) -> Markup:
    failed = Markup("<p><strong>未送达</strong></p>") if text.outcome == "failed" else ""
    more = Markup('<p><a href="{}">查看详情</a></p>').format(text.url) if text.url else ""
    return Markup('<article class="card"><h2>{} · {}</h2><p>{}</p>{}{}<p><small>{}</small></p></article>').format(
        text.recipient, VIAS[text.via], _linked(text.words), more, failed, plain(text.at)
    )


def _linked(words: str) -> Markup:
    """The words, with their addresses to be touched, as a phone shows them."""
    out, end = Markup(""), 0
    for link in _LINK.finditer(words):
        out += Markup("{}").format(words[end : link.start()])
        out += Markup('<a href="{0}">{0}</a>').format(link[0])
        end = link.end()
    return out + Markup("{}").format(words[end:])
