"""A season with running gateways for the hard cases: clocks that agree, orders, and what stands at the end. 征收季

Whoever uses `gateways` has every invariant of the money examined when the test is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.db import transaction

from tests.collection.orders import ordered
from tests.enrolment.building import AT, clerk, organisation
from tests.simulators.running import NOW, Simulators, running
from yingbao.agents.models import Appointment, Organisation
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Arrival, Obligation, Payment, Refund
from yingbao.collection.refunding import approve
from yingbao.enrolment.models import Enrolment
from yingbao.exchange import paying, refunding
from yingbao.jobs.assisted import after_statuses
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.people.assisting import Listing, list_people
from yingbao.values import clock

CHANNELS = ["wechat", "alipay"]
SUZHOU, YUZHONG = "320500", "500103"
SPEED = 600
"""so much faster than life notices come again"""


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[Simulators]:
    """One process of gateways and bank for all tests of a file."""
    with running(tmp_path_factory.mktemp("season") / "home", speed=SPEED) as simulators:
        yield simulators


@pytest.fixture
def gateways(started, live_server, settings) -> Iterator[Simulators]:
    """The gateways, which tell this test's server; the platform reads their configuration."""
    settings.GATEWAYS = started.gateways_dir
    later(started, datetime.fromisoformat(NOW))
    started.control("platform", {"platform": live_server.url})
    yield started
    started.control("notices", method="DELETE")
    started.behave_again()
    time.sleep(0.1)  # what is on its way arrives while somebody listens
    found = examine(INVARIANTS)
    clock.run_true()
    assert found == []


def later(gateways: Simulators, moment: datetime) -> None:
    """The platform's clock and the gateways' show this moment."""
    clock.set_to(moment)
    gateways.clock(moment.isoformat())


def placed(*enrolments: Enrolment, channel: str = "wechat", kind: str = "qr", **more) -> Payment:
    """An order that the channel was told of, at the moment that the clock shows."""
    payment = ordered(*enrolments, channel=channel, kind=kind, at=clock.now(), **more)
    return paying.place(payment=payment, now=clock.now(), client_address="127.0.0.1")


def pay(gateways: Simulators, payment: Payment, tries: int = 1, **more) -> None:
    """Somebody pays, and so many notices of it were tried."""
    gateways.pay(payment.channel, payment.number, **more)
    gateways.delivered(tries, channel=payment.channel, order=payment.number)


def fresh(payment: Payment) -> Payment:
    """The order as it stands now."""
    return Payment.objects.get(pk=payment.pk)


def until(what: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for what a notice brings about."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.03)


def owed_by(enrolment: Enrolment) -> Obligation:
    """The child's live obligation."""
    return Obligation.objects.select_related("enrolment").get(enrolment=enrolment, ended_at__isnull=True)


def stands(area: str, account: str) -> int:
    """What stands on an account, in fen."""
    return balances(area).get(f"{area}:{account}", 0)


def officer(area: str = SUZHOU) -> Appointment:
    """Somebody of the tax authority."""
    found = Organisation.objects.filter(kind="tax_authority", pooling_area=area).first()
    return clerk(found or organisation("tax_authority", area=area))


def civil_affairs(area: str) -> Organisation:
    """The bureau that lists orphans."""
    return Organisation.objects.filter(kind="civil_affairs", pooling_area=area).first() or organisation(
        "civil_affairs", area=area
    )


def exempted(enrolment: Enrolment, category: str = "orphan") -> None:
    """A body's list names the child from today on, and everything follows from it."""
    now, area = clock.now(), enrolment.season.pooling_area
    listing = Listing(person_id=enrolment.person_id, category=category, first=now.date())
    with transaction.atomic():
        list_people(provided_by=civil_affairs(area), listings=[listing], by=None, at=now, source="list")
        after_statuses(season=enrolment.season, person_ids=[enrolment.person_id], at=now)


def refunded(gateways: Simulators, refund: Refund) -> Refund:
    """A second person approves, it goes out by its channel, and the channel says that it is done."""
    approve(refund=refund, by=officer(refund.pooling_area), at=clock.now())
    assert refunding.send_due(at=clock.now()) == 1
    until(lambda: Refund.objects.get(pk=refund.pk).state == "succeeded")
    return Refund.objects.get(pk=refund.pk)


def nothing_is_dropped(gateways: Simulators, *payments: Payment) -> None:
    """Every fen that the channels took for these orders is in the book, once."""
    numbers = {payment.number for payment in payments}
    taken = [one for one in gateways.control("orders", method="GET")["orders"] if one["number"] in numbers]
    moved = sorted(one["amount_fen"] for one in taken if one["state"] == "SUCCESS")
    arrived = Arrival.objects.filter(payment__number__in=numbers).values_list("amount_fen", flat=True)
    assert sorted(arrived) == moved


__all__ = ["AT", "CHANNELS", "SUZHOU", "YUZHONG", "gateways", "started"]
