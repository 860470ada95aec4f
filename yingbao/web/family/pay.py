"""A family pays by phone or at a desk, for one or several children, its own or another's. 家长缴费"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote as quoted

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from yingbao.collection.models import Payment
from yingbao.collection.ordering import order
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, policy_of, windows
from yingbao.exchange import paying
from yingbao.exchange.channels import channels
from yingbao.policy.outcomes import in_general
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.family.basket import Basket, Chosen, new_token, tiers_of, token_of, with_its_children
from yingbao.web.family.finding import find, veiled_name, years
from yingbao.web.family.outcome import code, shown
from yingbao.web.templatetags.words import language
from yingbao.web.wall import beyond, by_platform

ON_A_PHONE = ("Mobi", "Android", "iPhone", "MicroMessenger")


@require_GET
@never_cache
@with_its_children
def pay(request: HttpRequest) -> HttpResponseBase:
    """Children to pay for, and how. 缴费"""
    return render(request, "family/pay.html", page(request))


@sensitive_post_parameters("number")
@require_POST
@with_its_children
def add(request: HttpRequest) -> HttpResponseBase:
    """One more child, by name and number. 添加孩子"""
    name, number = (str(request.POST.get(field, "")).strip() for field in ("name", "number"))
    chosen, at = str(request.POST.get("year", "")), clock.now()
    year = next((one for one in years(at) if str(one) == chosen), (years(at) or [at.year])[0])
    try:
        with beyond("a family names a child by name and number; who guesses is stopped"):
            found = find(request, name=name, number=number, year=year, at=at)
    except Refused as refused:
        return render(request, "family/pay.html", page(request, name=name, refused=refused), status=422)
    if found.refused is not None:
        return render(request, "family/pay.html", page(request, name=name, refused=found.refused), status=422)
    basket = Basket(request)
    basket.add(found.enrolment.pk)
    return redirect("pay")


@require_POST
def remove(request: HttpRequest) -> HttpResponseBase:
    """This child no longer. 移除"""
    said = str(request.POST.get("child", ""))
    if said.isascii() and said.isdigit() and len(said) < 19:
        Basket(request).remove(int(said))
    return redirect("pay")


@require_POST
@with_its_children
def tier(request: HttpRequest) -> HttpResponseBase:
    """Another tier of cover: what it comes to. 选择档次"""
    Basket(request).choose(tiers_of(request.POST))
    if getattr(request, "htmx", False):
        return render(request, "family/_basket.html", page(request))
    return redirect("pay")


@require_POST
@with_its_children
def place(request: HttpRequest) -> HttpResponseBase:
    """Order what is in the basket through a channel, and lead on to it. 下单"""
    basket, at = Basket(request), clock.now()
    basket.choose(tiers_of(request.POST))
    chosen = basket.quotes(kind="page", at=at)
    wanted, kind = str(request.POST.get("channel", "")), "page" if is_phone(request) else "qr"
    if not chosen or wanted not in channels():
        return redirect("pay")
    try:
        with by_platform("a family's order: the platform assesses and orders for it"):
            payment = _ordered(request, chosen, wanted, kind, at)
    except Refused as refused:
        return answer_refused(request, refused)
    basket.ordered(payment.number)
    onward = reverse("pay-waiting")
    if kind == "page" and payment.state == "pending" and payment.address:
        onward = way_out(request, payment)
    # A form's own answer may not lead to another site; a script's may.
    return HttpResponseClientRedirect(onward) if getattr(request, "htmx", False) else redirect("pay-waiting")


def _ordered(request: HttpRequest, chosen: list[Chosen], wanted: str, kind: str, at: datetime) -> Payment:
    """The order, placed with its channel."""
    payment = order(
        enrolments=[one.enrolment for one in chosen],
        channel="wechat" if wanted == "wechat" else "alipay",
        kind="page" if kind == "page" else "qr",
        payer=str(request.POST.get("payer", "")).strip(),
        token=token_of(request.POST),
        at=at,
        tiers={one.enrolment.pk: one.offer.tier for one in chosen if one.offer.tier},
    )
    return paying.place(payment=payment, now=at, client_address=str(request.META.get("REMOTE_ADDR", "")))


@require_GET
@never_cache
@with_its_children
def waiting(request: HttpRequest) -> HttpResponseBase:
    """The order made last: its code or way out, then what came of it. 等待付款"""
    basket = Basket(request)
    payment = ours(basket)
    if payment is None:
        return redirect("pay")
    if payment.state == "succeeded" and basket.children:
        basket.empty()
    with beyond("this session's own order; money that came twice is applied to no child"):
        context = shown(payment)
    context["way_out"] = way_out(request, payment) if payment.kind == "page" else ""
    for line in context["lines"]:
        line.name = veiled_name(line.obligation.enrolment.person.name)
    template = "family/_waiting.html" if getattr(request, "htmx", False) else "family/waiting.html"
    return render(request, template, context)


@require_POST
@with_its_children
def check(request: HttpRequest) -> HttpResponseBase:
    """The payer says it is paid: the channel is asked. 查询结果"""
    payment = ours(Basket(request))
    if payment is not None:
        with by_platform("the channel is asked, and what it says is booked"):
            paying.ask(payment=payment, now=clock.now())
    return redirect("pay-waiting")


@require_POST
@with_its_children
def cancel(request: HttpRequest) -> HttpResponseBase:
    """This order no longer, unless it is paid. 取消订单"""
    payment = ours(Basket(request))
    if payment is not None:
        with by_platform("the channel is asked, and what it says is booked"):
            paying.cancel(payment=payment, now=clock.now())
    return redirect("pay-waiting")


@require_GET
def back(request: HttpRequest) -> HttpResponseBase:
    """Where the channels send the payer back to; what they say in the address proves nothing. 返回"""
    return redirect("pay-waiting")


@require_GET
def guide(request: HttpRequest) -> HttpResponseBase:
    """How to pay, by each way that the policies name, with a code that leads here. 缴费指南"""
    today = china_day(clock.now())
    policies = [policy_of(season) for season in Season.objects.order_by("pooling_area", "plan_year")]
    guides = [
        {"policy": one, "routes": [route for route in one.payment_routes if route.for_ != "school"]}
        for one in policies
        if any(window.first <= today <= window.last for window in windows(one))
    ]
    address = request.build_absolute_uri(reverse("pay"))
    return render(request, "family/guide.html", {"guides": guides, "address": address, "code": code(address)})


def page(request: HttpRequest, *, name: str = "", refused: Refused | None = None) -> dict[str, Any]:
    """What the page of the basket needs. 页面内容"""
    at = clock.now()
    chosen = Basket(request).quotes(kind="page", at=at)
    for one in chosen:
        one.name, one.because = veiled_name(one.enrolment.person.name), reason(one)
    return {
        "chosen": chosen, "total_fen": sum(one.due_fen for one in chosen), "years": years(at),
        "payable": bool(chosen) and not any(one.refused for one in chosen), "channels": sorted(channels())[::-1],
        "token": new_token(), "name": name, "refused": refused, "is_phone": is_phone(request),
    }  # fmt: skip


def reason(one: Chosen) -> Text | None:
    """The policy's own sentence about the sum. 理由"""
    policy = policy_of(one.enrolment.season)
    rules = {rule.id: rule for rule in policy.tables.premium}
    rule = next((rules[name] for name in one.offer.decision.because if name in rules), None)
    return in_general(rule) if rule else None


def ours(basket: Basket) -> Payment | None:
    """The order made last in this session. 本次订单"""
    return Payment.objects.filter(number=basket.order).first() if basket.order else None


def way_out(request: HttpRequest, payment: Payment) -> str:
    """The channel's page; WeChat is told where to send the payer back to. 渠道页面"""
    if not payment.address or payment.channel != "wechat":
        return payment.address
    return f"{payment.address}&redirect_url={quoted(request.build_absolute_uri(reverse('pay-back')), safe='')}"


def is_phone(request: HttpRequest) -> bool:
    """Whether the channel's own page can be opened where the payer is. 是否手机"""
    agent = request.headers.get("User-Agent", "")
    return any(word in agent for word in ON_A_PHONE)


def answer_refused(request: HttpRequest, refused: Refused) -> HttpResponseBase:
    """Say no on the page that was left. 不予受理"""
    messages.error(request, f"{refused.what.said(language())} {refused.mend.said(language())}")
    onward = reverse("pay")
    return HttpResponseClientRedirect(onward) if getattr(request, "htmx", False) else redirect(onward)
