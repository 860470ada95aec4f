"""From registration to collection, agent by agent: what agrees, what differs, whose turn it is. 登记征缴衔接

The agency registers, agents declare, the tax authority collects. Nobody here writes what another keeps: a mismatch is
shown with the one who can mend it. Comparing a city takes seconds, so it is done aside and the counts are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.db import connection, transaction

from yingbao.collection.models import Comparison, MismatchCount
from yingbao.declaration.comparing import Mismatch, counted
from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.models import Season
from yingbao.values.text import Text


class Mismatched(StrEnum):
    """How the two desks differ about a child. 衔接差异"""

    NOT_DECLARED = Mismatch.NOT_DECLARED.value
    SUMS = Mismatch.SUMS.value
    MOVED = Mismatch.MOVED.value
    LEFT = Mismatch.LEFT.value
    TWICE = Mismatch.TWICE.value
    REFUSED = Mismatch.REFUSED.value
    PAID = "paid"


class Step(NamedTuple):
    """What a mismatch is called, what comes next, and who does it. 下一步"""

    name: Text
    next: Text
    who: Text


SCHOOL, AGENCY, TAX = Text("申报单位", "the agent"), Text("经办", "the agency"), Text("税务", "the tax desk")
STEPS = {
    Mismatched.NOT_DECLARED: Step(
        Text("已登记未申报", "registered, not declared"),
        Text(
            "确认后列入下一批申报；期限已过的不再申报",
            "confirm them and declare them in the next batch; once the time is over nobody is declared",
        ),
        SCHOOL,
    ),
    Mismatched.SUMS: Step(
        Text("金额不一致", "other sums"),
        Text("补报更正，税务按新金额多退少补", "declare the correction; the difference is paid or paid back"),
        SCHOOL,
    ),
    Mismatched.MOVED: Step(
        Text("已申报但转由其他单位", "declared, but another agent's now"),
        Text("原单位补报减少；已缴的随孩子转走", "the former agent declares it off; what is paid goes with the child"),
        SCHOOL,
    ),
    Mismatched.LEFT: Step(
        Text("已申报但已撤回", "declared, but withdrawn since"),
        Text("补报减少，未缴的不再催，已缴的退回", "declare it off; nobody is asked to pay, what is paid goes back"),
        SCHOOL,
    ),
    Mismatched.TWICE: Step(
        Text("重复申报", "declared twice"),
        Text("核实在哪一所，另一所补报减少", "settle at which school the child is; the other declares it off"),
        AGENCY,
    ),
    Mismatched.REFUSED: Step(
        Text("不予受理", "refused"),
        Text("按税务写明的理由改正后再报", "mend what the tax desk named, then declare again"),
        SCHOOL,
    ),
    Mismatched.PAID: Step(
        Text("已缴费未登记", "paid, not registered"),
        Text("核实是否误撤；确已退出的由税务退费", "was it withdrawn by mistake? Else the tax desk pays it back"),
        TAX,
    ),
}
"""Every mismatch with its next step."""

_PAID = """
SELECT o.organisation_id, count(*)
FROM collection_obligation o JOIN enrolment_enrolment e ON e.id = o.enrolment_id
WHERE o.season_id = %(season)s AND o.ended_at IS NULL AND o.paid_fen > 0 AND e.state = ANY(%(ended)s)
GROUP BY o.organisation_id
"""


def recount(*, season: Season, at: datetime) -> int:
    """Compare the whole season and keep the counts; returns how many children stand otherwise. 重新比对"""
    figures: dict[tuple[int, str], int] = {
        (agent, kind.value): count for agent, kinds in counted(season=season).items() for kind, count in kinds.items()
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAID, {"season": season.pk, "ended": sorted(ENDED)})
        figures |= {(agent, Mismatched.PAID.value): count for agent, count in cursor.fetchall()}
    with transaction.atomic():
        Season.objects.select_for_update(of=("self",)).get(pk=season.pk)
        MismatchCount.objects.filter(season=season).delete()
        MismatchCount.objects.bulk_create(
            MismatchCount(season=season, organisation_id=agent, kind=kind, children=count)
            for (agent, kind), count in sorted(figures.items())
        )
        Comparison.objects.update_or_create(season=season, defaults={"at": at})
    return sum(figures.values())


def compared_at(season: Season) -> datetime | None:
    """When the season was last compared; none if it never was. 比对时间"""
    return Comparison.objects.filter(season=season).values_list("at", flat=True).first()


def known(season: Season, organisations: Iterable[int] | None = None) -> dict[int, dict[Mismatched, int]]:
    """The counts as last compared: organisation → kind → children. 各单位差异数"""
    rows = MismatchCount.objects.filter(season=season)
    if organisations is not None:
        rows = rows.filter(organisation__in=list(organisations))
    found: dict[int, dict[Mismatched, int]] = {}
    for agent, kind, children in rows.values_list("organisation_id", "kind", "children"):
        found.setdefault(agent, {})[Mismatched(kind)] = children
    return found


def total(season: Season) -> int:
    """How many there are in all. 差异总数"""
    return sum(MismatchCount.objects.filter(season=season).values_list("children", flat=True))
