"""An officer has families reminded to pay or to register: reckoned first, then run as a job. 批量提醒"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from yingbao.determination.explain import said_day
from yingbao.enrolment.lifecycle import ENDED, State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.needs import REGISTRATION_KINDS, holds
from yingbao.enrolment.seasons import china_day, last_day_of
from yingbao.jobs.occasions import guardians_of
from yingbao.jobs.work import Running, work
from yingbao.messages.models import Message, OptOut
from yingbao.messages.queueing import Telling, queue_all
from yingbao.messages.templates import Group, called
from yingbao.people.models import Guardian
from yingbao.values import clock
from yingbao.values.money import yuan

KINDS = ("to_pay", "register_due")
AT_ONCE = 1_000


class Reckoned(NamedTuple):
    """Whom a run of reminders would reach now. 提醒范围"""

    children: int
    reachable: int
    """with a guardian's phone"""
    opted_out: int
    """whose guardian wants no reminders"""
    told_today: int
    last_at: datetime | None

    @property
    def to_tell(self) -> int:
        """How many messages a run would send."""
        return max(self.reachable - self.opted_out - self.told_today, 0)


def reckon(*, kind: str, season: Season, at: datetime) -> Reckoned:
    """Whom a run would reach, without sending anything. 测算"""
    children = meant(kind, season)
    first = Guardian.objects.filter(person=OuterRef("person"), phone_index__isnull=False).order_by("position")
    with_phone = children.annotate(phone=first.values("phone_index")[:1]).filter(phone__isnull=False)
    no = OptOut.objects.filter(phone_index=OuterRef("phone"), group=Group.REMINDER, taken_back_at__isnull=True)
    told = Message.objects.filter(
        kind=kind, person=OuterRef("person"), key__endswith=_day(at), pooling_area=season.pooling_area
    ).exclude(state="suppressed")
    last = Message.objects.filter(kind=kind, pooling_area=season.pooling_area).order_by("-queued_at")
    return Reckoned(
        children=children.count(),
        reachable=with_phone.count(),
        opted_out=with_phone.filter(Exists(no)).count(),
        told_today=with_phone.filter(Exists(told)).count(),
        last_at=last.values_list("queued_at", flat=True).first(),
    )


def meant(kind: str, season: Season) -> QuerySet[Enrolment]:
    """The children of whom a kind of reminder speaks. 提醒对象"""
    if kind == "to_pay":
        return Enrolment.objects.filter(
            season=season,
            status="enrolled",
            self_paid_fen__gt=0,
            state__in=[State.DETERMINED, State.CONFIRMED, State.DECLARED],
        )
    if kind == "register_due":
        due = Enrolment.objects.filter(holds(*REGISTRATION_KINDS), season=season)
        return due.exclude(state__in=sorted(ENDED)).filter(~Q(registration="points"))
    raise LookupError(kind)


@work("messages.remind")
def remind(job: Running, *, kind: str, season: int) -> None:
    """Queue a reminder for every child that is meant, once a day at most. 批量提醒"""
    one, at = Season.objects.get(pk=season), clock.now()
    keys = list(meant(kind, one).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(keys), AT_ONCE):
        chunk = Enrolment.objects.filter(pk__in=keys[first : first + AT_ONCE])
        queue_all(_tellings(kind, one, chunk, at), at=at)
        job.progress(min(first + AT_ONCE, len(keys)), len(keys) + 1)
    job.progress(len(keys) + 1, len(keys) + 1)


def values_of(kind: str, one: Enrolment, on: date) -> dict[str, str]:
    """What the words say of one child. 变量"""
    common = {"child": called(one.person.name), "deadline": said_day(last_day_of(one, on).day).zh}
    if kind == "register_due":
        through_school = one.registration == "school"
        where = one.organisation.name if through_school else f"户籍或居住地社区（可问{one.organisation.name}）"
        return common | {"where": where}
    online = one.channel == "online"
    how = f"缴费：{settings.PLATFORM_URL}/pay/" if online else f"由{one.organisation.name}代收，请按其通知缴纳。"
    return common | {"year": str(one.plan_year), "amount": yuan(one.self_paid_fen), "how": how}


def _tellings(kind: str, season: Season, rows: QuerySet[Enrolment], at: datetime) -> Iterator[Telling]:
    found = list(rows.select_related("person", "organisation").order_by("pk"))
    guardians = guardians_of(one.person_id for one in found)
    for one in found:
        guardian = guardians.get(one.person_id)
        if guardian is not None:
            yield Telling(kind, values_of(kind, one, china_day(at)), f"{kind}:{one.pk}:{_day(at)}", guardian=guardian)


def _day(at: datetime) -> str:
    return f"{china_day(at):%Y%m%d}"
