"""Confirmed children, what they owe, and money that arrives, for the tests of collection. 征收测试数据"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.enrolment.building import AT, child, clerk
from yingbao.agents.models import Organisation
from yingbao.collection.arriving import Taken, Told, take
from yingbao.collection.models import Obligation
from yingbao.collection.owing import Owed, assess
from yingbao.enrolment.actions import confirm_ready
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.ledger.posting import AccountName, Role, digest_of

WECHAT = AccountName(Role.CHANNEL, "wechat")


def confirmed(season: Season, school: Organisation, count: int = 1, **about) -> list[Enrolment]:
    """So many more children of a school, confirmed by its clerk."""
    persons = [child(school, **about) for _ in range(count)]
    list_and_determine(season=season, organisation=school, at=AT)
    confirm_ready(season=season, organisation=school, by=clerk(school), at=AT)
    return list(Enrolment.objects.filter(season=season, person__in=persons).order_by("pk"))


def owed(season: Season, enrolments: Sequence[Enrolment], at: datetime = AT) -> list[Obligation]:
    """What these confirmed children owe, assessed."""
    rows = [Owed(one.pk, one.self_paid_fen, one.subsidised_fen, one.paid_by) for one in enrolments]
    keys = assess(season=season, owed=rows, at=at)
    return list(Obligation.objects.filter(pk__in=keys).order_by("pk"))


def told(key: str, amount_fen: int, *, way: str = "wechat", paid_at: datetime = AT, area: str = "320500") -> Told:
    """What a channel says of money that moved."""
    account = WECHAT if way == "wechat" else AccountName(Role.CHANNEL, way)
    return Told(area, way, key, digest_of(key, amount_fen), account, amount_fen, paid_at, payer="王女士")


def pay(obligation: Obligation, key: str = "wechat:1:t1", *, at: datetime = AT, way: str = "wechat") -> Taken:
    """Somebody pays what is owed for one child."""
    sum_ = obligation.due_fen or obligation.enrolment.premium_fen
    return take(told(key, sum_, way=way, paid_at=at), wanted={obligation.pk: sum_}, at=at)
