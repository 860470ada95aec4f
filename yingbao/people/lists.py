"""What other bodies say of a person: assisted, admitted by points, registered. 名单与登记

Each action may be said twice: the second time nothing changes.
"""

from __future__ import annotations

from datetime import date, datetime

from yingbao.agents.models import Organisation, OrganisationKind, User
from yingbao.people import history
from yingbao.people.locking import locked
from yingbao.people.models import ASSISTANCE, AssistedStatus, BasicRegistration, Person, PointsAdmission
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LISTING_BODIES = frozenset(
    {OrganisationKind.CIVIL_AFFAIRS, OrganisationKind.UNION_FEDERATION, OrganisationKind.DISABLED_FEDERATION}
)
"""who sends lists of assisted persons (苏社基〔2019〕68号 四(五))"""


def list_as_assisted(
    *,
    person: Person,
    category: str,
    provided_by: Organisation,
    first: date,
    last: date | None = None,
    by: User | None,
    at: datetime,
    source: str = "list",
) -> AssistedStatus:
    """A body lists a person as assisted from a day on, to a day if one is known. 列入救助名单

    Listed already without an end, the earlier first day counts. Raises Refused for a category that does not exist
    and for a body that sends no such lists.
    """
    if category not in ASSISTANCE:
        what = Text(zh="没有“{category}”这个救助类别", en="there is no category “{category}” of assistance")
        mend = Text(zh="使用约定的类别代码：{codes}", en="use one of the codes agreed on: {codes}")
        raise Refused(
            where=person.name, what=what.filled(category=category), mend=mend.filled(codes=", ".join(ASSISTANCE))
        )
    if provided_by.kind not in LISTING_BODIES:
        what = Text(zh="{body}不提供救助名单", en="{body} sends no lists of assisted persons")
        mend = Text(
            zh="名单由民政、总工会、残联提供",
            en="lists come from civil affairs, the union federation or the disabled federation",
        )
        raise Refused(where=person.name, what=what.filled(body=provided_by.name), mend=mend)
    _in_order(person, first, last)
    with history.by(by.pk if by else None, source, at=at):
        held = locked(person)
        listed = AssistedStatus.objects.filter(
            person=held, category=category, provided_by=provided_by, last__isnull=True
        ).first()
        if listed is None:
            same, _ = AssistedStatus.objects.get_or_create(
                person=held, category=category, provided_by=provided_by, first=first, last=last
            )
            return same
        wanted = (min(first, listed.first), last)
        if wanted != (listed.first, listed.last):
            listed.first, listed.last = wanted
            listed.save(update_fields=["first", "last"])
    return listed


def end_assistance(
    *, status: AssistedStatus, last: date, by: User | None, at: datetime, source: str = "list"
) -> AssistedStatus:
    """A body takes a person from its list; `last` is the last day on it. 移出救助名单"""
    _in_order(status.person, status.first, last)
    with history.by(by.pk if by else None, source, at=at):
        locked(status.person)
        status.refresh_from_db()
        if status.last is None:
            status.last = last
            status.save(update_fields=["last"])
    return status


def admit_by_points(
    *, person: Person, pooling_area: str, admitted_on: date, by: User | None, at: datetime, source: str = "points"
) -> PointsAdmission:
    """The points office admits a child with hukou elsewhere. 积分入医"""
    with history.by(by.pk if by else None, source, at=at):
        admission, _ = PointsAdmission.objects.get_or_create(
            person=locked(person), pooling_area=pooling_area, admitted_on=admitted_on
        )
    return admission


def register_basics(
    *,
    person: Person,
    pooling_area: str,
    channel: str,
    on: date,
    by: User | None,
    at: datetime,
    source: str = "desk",
) -> BasicRegistration:
    """Register a person's basic data in a pooling area: once, the first time stands. 基本信息登记"""
    with history.by(by.pk if by else None, source, at=at):
        registration, _ = BasicRegistration.objects.get_or_create(
            person=locked(person), pooling_area=pooling_area, defaults={"registered_on": on, "channel": channel}
        )
    return registration


def _in_order(person: Person, first: date, last: date | None) -> None:
    if last is not None and last < first:
        what = Text(zh="止日{last}早于起日{first}", en="the last day {last} lies before the first, {first}")
        raise Refused(
            where=person.name,
            what=what.filled(last=last, first=first),
            mend=Text(zh="改为起日当天或以后", en="give the first day or a later one"),
        )
