"""The children that a family is about to pay for; kept on the server, in the session. 待缴名单"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from yingbao.collection.models import PaymentLine
from yingbao.collection.quoting import Kind, Offer, Quote, quote
from yingbao.enrolment.models import Enrolment
from yingbao.values.text import Text
from yingbao.web.wall import beyond, family_of

MOST = 10


class Basket:
    """Children chosen in this session, each with its tier, and the orders made. 待缴名单"""

    def __init__(self, request: Any, name: str = "pay") -> None:
        self._session, self._name = request.session, name
        kept = request.session.get(name, {})
        self.children: dict[int, int | None] = {int(key): tier for key, tier in kept.get("children", {}).items()}
        self.order: str = kept.get("order", "")

    def add(self, enrolment: int) -> None:
        """One more child; a second time changes nothing."""
        if len(self.children) < MOST:
            self.children.setdefault(enrolment, None)
        self.keep()

    def remove(self, enrolment: int) -> None:
        """This child no longer."""
        self.children.pop(enrolment, None)
        self.keep()

    def choose(self, tiers: dict[int, int]) -> None:
        """The tiers as the form has them."""
        for key, tier in tiers.items():
            if key in self.children:
                self.children[key] = tier
        self.keep()

    def ordered(self, number: str) -> None:
        """An order was made; what was in the basket is in it."""
        self.order = number
        self.keep()

    def empty(self) -> None:
        """All of it is paid."""
        self.children = {}
        self.keep()

    def keep(self) -> None:
        """Write it back into the session."""
        children = {str(key): tier for key, tier in self.children.items()}
        self._session[self._name] = {"children": children, "order": self.order}

    def quotes(self, *, kind: Kind, at: datetime) -> list[Chosen]:
        """What each child costs today, in the order of adding. 报价"""
        rows = Enrolment.objects.filter(pk__in=self.children).select_related("person", "season", "organisation")
        by_key = {one.pk: one for one in rows}
        known = [by_key[key] for key in self.children if key in by_key]
        found = quote(enrolments=known, kind=kind, at=at)
        return [Chosen(one, self.children[one.enrolment.pk]) for one in found]


class Chosen:
    """A child in the basket, at the tier chosen. 待缴孩子"""

    def __init__(self, found: Quote, tier: int | None) -> None:
        self.quote, self.enrolment, self.refused = found, found.enrolment, found.refused
        self.offer: Offer = found.offer(tier)
        self.offers = found.offers if len(found.offers) > 1 else ()
        self.name = found.enrolment.person.name
        """what the page calls the child; a family sees it veiled"""
        self.because: Text | None = None

    @property
    def due_fen(self) -> int:
        """What is paid for the child; nothing if it cannot be paid for."""
        return 0 if self.refused else self.offer.due_fen


def with_its_children(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view sees the children of this session's basket and order, and of no other family. 本次会话的孩子"""

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        basket = Basket(request)
        with beyond("whose are the children that this session chose by name and number?"):
            chosen = Enrolment.objects.filter(pk__in=basket.children).values_list("person_id", flat=True)
            ordered = PaymentLine.objects.filter(payment__number=basket.order or None)
            persons = {*chosen, *ordered.values_list("obligation__person_id", flat=True)}
        with family_of(persons):
            return view(request, *args, **kwargs)

    return within


def tiers_of(form: Any) -> dict[int, int]:
    """The tiers that a form names: tier-17=2. 表单档次"""
    found = {}
    for name, value in form.items():
        key = name.removeprefix("tier-")
        if name.startswith("tier-") and key.isascii() and key.isdigit() and len(key) < 19 and value in ("1", "2"):
            found[int(key)] = int(value)
    return found


def new_token() -> str:
    """For one form, so that its second click finds the first order. 表单令牌"""
    return secrets.token_urlsafe(24)


def token_of(form: Any) -> str:
    """The form's token; a form without one gets a new one and so an order of its own."""
    said = str(form.get("token", ""))
    return said if 16 <= len(said) <= 64 and said.isascii() and said.isprintable() else new_token()
