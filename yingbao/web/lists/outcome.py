"""What became of a body's lists: children exempted or admitted, what that came to in money. 名单成效"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Sum

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.collection.models import Obligation, Refund
from yingbao.enrolment.lifecycle import ENDED, ENROLLED
from yingbao.enrolment.listing import EXEMPT
from yingbao.enrolment.models import Enrolment, Season
from yingbao.people.models import AssistedStatus, BasicRegistration, PointsAdmission
from yingbao.spreadsheet.models import AssistedList
from yingbao.spreadsheet.points_list import counts_in
from yingbao.values.text import Text


class Became(NamedTuple):
    """One figure of what became of the lists. 成效"""

    name: Text
    heads: int
    fen: int | None = None


def became_of(body: Organisation, season: Season, found: AssistedList | None = None) -> list[Became]:
    """The figures of a body's lists in a season, or of one list alone; heads and sums, nobody's name. 名单成效"""
    return _admitted(season, found) if body.kind == OrganisationKind.POINTS_OFFICE else _exempted(body, season, found)


def _exempted(body: Organisation, season: Season, found: AssistedList | None) -> list[Became]:
    listed = AssistedStatus.objects.filter(person=OuterRef("person"), provided_by=body)
    live = Enrolment.objects.filter(Exists(listed), season=season).exclude(state__in=sorted(ENDED))
    owed = Obligation.objects.filter(season=season, listed_by=body, ended_at__isnull=True)
    back = Refund.objects.filter(
        reason="exempted", obligation__season=season, obligation__person__in=listed_people(body)
    ).exclude(state__in=["rejected", "dropped"])
    if found is not None:
        people = found.rows.filter(applied_at__isnull=False, withdrawn_at__isnull=True).values("person")
        live, owed = live.filter(person__in=people), owed.filter(person__in=people)
        back = back.filter(obligation__person__in=people)
    figures = live.aggregate(children=Count("pk"), exempt=Count("pk", filter=EXEMPT), fen=Sum("subsidised_fen"))
    bodys = owed.aggregate(children=Count("pk"), fen=Sum("body_fen"))
    refunds = back.aggregate(children=Count("pk"), fen=Sum("amount_fen"))
    return [
        Became(Text("本季在办的孩子", "children of this season"), figures["children"]),
        Became(Text("其中免缴", "of whom exempt"), figures["exempt"], figures["fen"] or 0),
        Became(Text("已申报由财政代缴", "declared, paid for by the treasury"), bodys["children"], bodys["fen"] or 0),
        Became(
            Text("缴费后才列入、已退费", "listed after payment, refunded"), refunds["children"], refunds["fen"] or 0
        ),
    ]


def listed_people(body: Organisation):  # type: ignore[no-untyped-def]
    """The persons whom a body lists or listed."""
    return AssistedStatus.objects.filter(provided_by=body).values("person")


def _admitted(season: Season, found: AssistedList | None) -> list[Became]:
    counts, area = counts_in(season), season.pooling_area
    admitted = PointsAdmission.objects.filter(pooling_area=area)
    if counts is not None:
        admitted = admitted.filter(admitted_on__year=counts.first.year)
    if found is not None:
        people = found.rows.filter(applied_at__isnull=False, withdrawn_at__isnull=True).values("person")
        admitted = admitted.filter(person__in=people)
    in_time = admitted.filter(admitted_on__range=(counts.first, counts.last)) if counts else admitted.none()
    registered = BasicRegistration.objects.filter(person=OuterRef("person"), pooling_area=area, channel="points")
    live = Enrolment.objects.filter(season=season, person__in=in_time.values("person"))
    figures = live.exclude(state__in=sorted(ENDED)).aggregate(
        all=Count("pk"),
        eligible=Count("pk", filter=Q(status="enrolled")),
        enrolled=Count("pk", filter=Q(state__in=sorted(ENROLLED))),
    )
    return [
        Became(Text("入医日期有效的孩子", "children admitted in time"), in_time.count()),
        Became(Text("已自动登记", "registered by it"), in_time.filter(Exists(registered)).count()),
        Became(Text("已列入学校名单", "on a school's list"), figures["all"]),
        Became(Text("已确认参保", "confirmed"), figures["enrolled"]),
        Became(Text("日期不在办理期内、不作数", "out of time, do not count"), admitted.count() - in_time.count()),
    ]
