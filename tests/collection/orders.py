"""Families of Yuzhong who order to pay, for the tests of orders and what channels say of them. 订单测试数据"""

from __future__ import annotations

import itertools
from datetime import datetime

from tests.enrolment.building import AT, child, organisation
from yingbao.agents.models import Organisation
from yingbao.collection.models import Payment
from yingbao.collection.ordering import answered, order
from yingbao.collection.settling import Paid
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import list_and_determine

_numbers = itertools.count(1)


def school_of_yuzhong() -> Organisation:
    """A school whose parents pay by phone."""
    return organisation(area="500103", name="渝中小学")


def pupils(season: Season, school: Organisation, count: int = 1, *, at: datetime = AT, **about) -> list[Enrolment]:
    """So many children of a school of Yuzhong, decided and not confirmed by anybody."""
    known = {"area": "500103", "hukou": "500103", **about}
    persons = [child(school, **known) for _ in range(count)]
    list_and_determine(season=season, organisation=school, at=at)
    rows = Enrolment.objects.filter(season=season, person__in=persons)
    return list(rows.select_related("person", "season", "organisation").order_by("pk"))


def ordered(*enrolments: Enrolment, at: datetime = AT, channel: str = "wechat", kind: str = "page", **more) -> Payment:
    """An order for these children, not yet told to the channel."""
    about = {"payer": "王女士", "token": f"token-{next(_numbers)}", **more}
    return order(enrolments=list(enrolments), channel=channel, kind=kind, at=at, **about)


def pending(*enrolments: Enrolment, at: datetime = AT, **more) -> Payment:
    """An order that the channel has taken."""
    payment = ordered(*enrolments, at=at, **more)
    return answered(payment=payment, address="https://pay.example/1")


def said(payment: Payment, transaction: str = "42001", *, at: datetime = AT, amount_fen: int | None = None) -> Paid:
    """What the channel says of a payment of this order."""
    sum_ = payment.total_fen if amount_fen is None else amount_fen
    return Paid(payment.channel, "1900000001", payment.number, transaction, sum_, at, "o1")
