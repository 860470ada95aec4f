"""Whoever worked at a body that has closed reads that it has, and who took over. 停办单位"""

from __future__ import annotations

from typing import NamedTuple

from yingbao.agents.models import Organisation, User
from yingbao.trail.models import Event
from yingbao.values import clock
from yingbao.web.wall import by_platform

CLOSED = "organisation.closed"


class Closed(NamedTuple):
    """A closed body, and who took its children and what was in hand. 停办单位"""

    name: str
    successor: Organisation | None


def closed_bodies(user: User) -> list[Closed]:
    """The bodies of a user's appointments that hold today, but are closed. 停办单位"""
    held = user.appointments_on(clock.today()).filter(organisation__active=False).select_related("organisation")
    return [Closed(one.organisation.name, successor_of(one.organisation)) for one in held]


def successor_of(one: Organisation) -> Organisation | None:
    """Who took over, by what was noted when it closed. 接收单位"""
    noted = Event.objects.filter(what=CLOSED, about=one.code, organisation__pooling_area=one.pooling_area)
    with by_platform("who took over a closed body, by what was noted when it closed; its own clerk asks"):
        event = noted.order_by("-pk").first()
    code = (event.said or {}).get("successor", "") if event is not None else ""
    return Organisation.objects.filter(pooling_area=one.pooling_area, code=code).first() if code else None
