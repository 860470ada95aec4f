"""The community's counter: a worker finds the child, takes the money and hands out a slip. 社区现场收费"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind
from yingbao.collection import settling
from yingbao.collection.models import Payment
from yingbao.collection.ordering import order
from yingbao.collection.quoting import quote
from yingbao.enrolment.lifecycle import LEFT
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import policy_of, season_for
from yingbao.exchange import paying
from yingbao.exchange.channels import channels
from yingbao.people.looks import looked
from yingbao.people.models import IdentityDocument, Person
from yingbao.people.search import search
from yingbao.values import clock
from yingbao.values.clock import CHINA
from yingbao.values.money import capitals
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.family.basket import Basket, new_token, tiers_of, token_of
from yingbao.web.family.outcome import shown
from yingbao.web.phases import until
from yingbao.web.wall import by_platform

BASKET = "counter"
FOUND_AT_MOST = 10
LONGEST_SEARCH = 60
SHOWN_TODAY = 50
NOT_CONFIRMED = Refused(
    where="card",
    what=Text("没有确认签购单金额", "The sum on the slip was not confirmed"),
    mend=Text("请核对签购单金额后打勾。", "Compare the sum on the slip and tick the box."),
)


@require_GET
@desk(Desk.COMMUNITY)
def counter(request: Seated) -> HttpResponseBase:
    """Children to take money for, and what was taken today. 现场收费"""
    return render(request, "community/counter.html", page(request))


@require_POST
@desk(Desk.COMMUNITY)
def find(request: Seated) -> HttpResponseBase:
    """Look for a child by name, pinyin, number or the guardian's phone. 查找"""
    term = str(request.POST.get("q", "")).strip()[:LONGEST_SEARCH]
    rows = found(request.appointment, term) if term else []
    looked(
        user=request.user, organisation=request.appointment.organisation, what="search", count=len(rows),
        at=clock.now(),
    )  # fmt: skip
    return render(request, "community/counter.html", page(request) | {"found": with_quotes(rows), "searched": True})


@require_POST
@desk(Desk.COMMUNITY)
def add(request: Seated) -> HttpResponseBase:
    """This child is paid for. 选择孩子"""
    one = at_counter(request.appointment).filter(pk=key_of(request.POST.get("child"))).select_related("person").first()
    if one is None:
        raise Http404
    looked(
        user=request.user, organisation=request.appointment.organisation, what="page", person=one.person,
        at=clock.now(),
    )  # fmt: skip
    Basket(request, BASKET).add(one.pk)
    return redirect("counter")


@require_POST
@desk(Desk.COMMUNITY)
def remove(request: Seated) -> HttpResponseBase:
    """This child not. 移除"""
    Basket(request, BASKET).remove(key_of(request.POST.get("child")))
    return redirect("counter")


@require_POST
@desk(Desk.COMMUNITY)
def tier(request: Seated) -> HttpResponseBase:
    """Another tier of cover: what it comes to. 选择档次"""
    Basket(request, BASKET).choose(tiers_of(request.POST))
    return render(request, "community/_basket.html", page(request)) if request.htmx else redirect("counter")


@require_POST
@desk(Desk.COMMUNITY)
def take(request: Seated) -> HttpResponseBase:
    """Take the money: a card at once by its slip, WeChat or Alipay by a code on this screen. 收款"""
    basket, at = Basket(request, BASKET), clock.now()
    basket.choose(tiers_of(request.POST))
    wanted = str(request.POST.get("channel", ""))
    if not basket.children or wanted not in ("card", *channels()):
        return redirect("counter")
    try:
        with by_platform("a counter's order: the platform assesses and books for the tax authority"):
            payment = _taken(request, basket, wanted, at)
    except Refused as refused:
        typed = {name: str(request.POST.get(name, "")) for name in ("payer", "terminal", "voucher")}
        context = page(request) | {"refused": refused, "wanted": wanted, **typed}
        return render(request, "community/counter.html", context, status=422)
    basket.ordered(payment.number)
    request.session["terminal"] = payment.terminal or request.session.get("terminal", "")
    return redirect("counter-payment")


@require_GET
@desk(Desk.COMMUNITY)
def payment_page(request: Seated) -> HttpResponseBase:
    """The payment taken last: its code, then what came of it. 收款结果"""
    basket = Basket(request, BASKET)
    payment = taken_here(request.appointment).filter(number=basket.order).first()
    if payment is None:
        return redirect("counter")
    if payment.state == "succeeded" and basket.children:
        basket.empty()
    context = shown(payment)
    for line in context["lines"]:
        line.name = line.obligation.enrolment.person.name
    return render(request, "community/_payment.html" if request.htmx else "community/payment.html", context)


@require_POST
@desk(Desk.COMMUNITY)
def check(request: Seated) -> HttpResponseBase:
    """The payer says it is paid: the channel is asked. 查询结果"""
    payment = taken_here(request.appointment).filter(number=Basket(request, BASKET).order).first()
    if payment is not None:
        with by_platform("the channel is asked, and what it says is booked"):
            paying.ask(payment=payment, now=clock.now())
    return redirect("counter-payment")


@require_POST
@desk(Desk.COMMUNITY)
def cancel(request: Seated) -> HttpResponseBase:
    """This order no longer, unless it is paid. 取消订单"""
    payment = taken_here(request.appointment).filter(number=Basket(request, BASKET).order).first()
    if payment is not None:
        with by_platform("the channel is asked, and what it says is booked"):
            paying.cancel(payment=payment, now=clock.now())
    return redirect("counter-payment")


@require_POST
@desk(Desk.COMMUNITY)
def slip(request: Seated) -> HttpResponseBase:
    """The slip of a payment taken here, to print and hand out. 缴费凭条"""
    number = str(request.POST.get("number", ""))[:32]
    payment = taken_here(request.appointment).filter(number=number, state="succeeded").first()
    if payment is None:
        return redirect("counter")
    context = shown(payment) | {"capitals": capitals(payment.total_fen)}
    documents = IdentityDocument.objects.filter(replaced_at__isnull=True)
    masked = dict(
        documents.filter(person__in=[line.obligation.person_id for line in context["lines"]]).values_list(
            "person_id", "number_masked"
        )
    )
    for line in context["lines"]:
        line.name, line.masked = line.obligation.enrolment.person.name, masked.get(line.obligation.person_id, "")
    return render(request, "community/slip.html", context)


def _taken(request: Seated, basket: Basket, wanted: str, at: datetime) -> Payment:
    """The order and, of a card, the money."""
    here = list(at_counter(request.appointment).filter(pk__in=basket.children))
    chosen = [one for one in basket.quotes(kind="counter", at=at) if one.enrolment in here]
    terminal, voucher = (str(request.POST.get(name, "")).strip().upper() for name in ("terminal", "voucher"))
    token = token_of(request.POST)
    first = taken_here(request.appointment).filter(token=token).first()
    if first is not None and first.state == "succeeded":
        return first
    if wanted == "card":
        settling.check_voucher(terminal=terminal, voucher=voucher, at=at)
        if request.POST.get("confirmed") != "1":
            raise NOT_CONFIRMED
    payment = order(
        enrolments=[one.enrolment for one in chosen],
        channel="card" if wanted == "card" else "wechat" if wanted == "wechat" else "alipay",
        kind="counter",
        payer=str(request.POST.get("payer", "")).strip(),
        token=token,
        at=at,
        tiers={one.enrolment.pk: one.offer.tier for one in chosen if one.offer.tier},
        taken_at=request.appointment.organisation,
        taken_by=request.user,
        terminal=terminal if wanted == "card" else "",
    )
    if wanted != "card":
        return paying.place(payment=payment, now=at)
    settled = settling.take_card(payment=payment, voucher=voucher, by=request.user, at=at)
    return settled.payment or payment


def at_counter(appointment: Appointment) -> QuerySet[Enrolment]:
    """The children whose premium is paid at this counter. 可在本社区缴费

    The community's own, and those whose hukou or school lies in its division (Yuzhong 一(三)): where the family
    registered, it pays.
    """
    place = appointment.organisation
    season = season_for(place.pooling_area, clock.today())
    below = Organisation.objects.under([place.pk])
    mine = Q(organisation__in=below.values("pk"))
    if place.kind == OrganisationKind.COMMUNITY:
        near = Q(organisation__kind=OrganisationKind.SCHOOL, organisation__division=place.division)
        mine |= (Q(person__hukou=place.division) | near) & Q(channel="community")
    return Enrolment.objects.filter(mine, season=season, channel="community").exclude(state__in=sorted(LEFT))


def found(appointment: Appointment, term: str) -> list[Enrolment]:
    """The first children at this counter whom the term names. 查找结果"""
    here = at_counter(appointment)
    people = search(Person.objects.filter(pk__in=here.values("person"), merged_into__isnull=True), term)
    keys = list(people.values_list("pk", flat=True)[:FOUND_AT_MOST])
    rows = here.filter(person__in=keys).select_related("person", "organisation", "season")
    return list(rows.order_by("person__name_pinyin", "pk"))


def with_quotes(rows: list[Enrolment]) -> list[dict[str, Any]]:
    """Each child with its masked number, and why it cannot be paid for, if so."""
    documents = IdentityDocument.objects.filter(person__in=[one.person_id for one in rows], replaced_at__isnull=True)
    masked = dict(documents.values_list("person_id", "number_masked"))
    quotes = quote(enrolments=rows, kind="counter", at=clock.now())
    return [{"one": one.enrolment, "number": masked.get(one.enrolment.person_id, ""), "quote": one} for one in quotes]


def taken_here(appointment: Appointment) -> QuerySet[Payment]:
    """What this counter took; a sub-district sees its communities'. 本社区收款"""
    below = Organisation.objects.under([appointment.organisation_id])
    return Payment.objects.filter(taken_at__in=below.values("pk"))


def page(request: Seated) -> dict[str, Any]:
    """What the page needs. 页面内容"""
    at = clock.now()
    place = request.appointment.organisation
    season = season_for(place.pooling_area, clock.today())
    here = set(
        at_counter(request.appointment).filter(pk__in=Basket(request, BASKET).children).values_list("pk", flat=True)
    )
    chosen = [one for one in Basket(request, BASKET).quotes(kind="counter", at=at) if one.enrolment.pk in here]
    morning = at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    today = taken_here(request.appointment).filter(created_at__gte=morning, created_at__lt=morning + timedelta(days=1))
    return {
        "policy": policy_of(season), **until(policy_of(season), clock.today()), "chosen": chosen,
        "total_fen": sum(one.due_fen for one in chosen), "token": new_token(),
        "payable": bool(chosen) and not any(one.refused for one in chosen),
        "channels": sorted(channels())[::-1],
        "today": list(today.select_related("taken_by").order_by("-pk")[:SHOWN_TODAY]),
        "terminal": request.session.get("terminal", ""),
    }  # fmt: skip


def key_of(said: object) -> int:
    """A key that a form names; 0 if it is none."""
    text = str(said or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
