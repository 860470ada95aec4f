"""How bodies, classes and a whole area stand, and why children are missing: reads sums, never children. 应保尽保

The enrolment rate is who is insured of who should be (应保). Each child is in one line exactly and counted at one body
of its area, so a total is the sum of its parts. What the lines mean stands in `MISSING` and `BESIDE`; who is in which
is said once, by the statement in `reckoning`. Figures are as fresh as their last reckoning: see `reckoning.freshen`.
What a page may show of few children stands in `supervising`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate
from typing import NamedTuple

from django.db import connection
from django.db.models import Sum

from yingbao.enrolment.models import Season
from yingbao.enrolment.standing_tables import BodyStanding, ClassStanding, SeasonDay
from yingbao.people.grades import STAGES, grade_name
from yingbao.values.text import Text

INSURED = "insured"
"""Paid, exempt or covered through the body that works on the child."""
MISSING = {
    "unlisted": Text("未列入名单", "not on the list yet"),
    "unregistered": Text("首次参保未登记", "first-timer, not registered"),
    "unconfirmed": Text("未确认", "not confirmed"),
    "undeclared": Text("已确认未申报", "confirmed, not declared"),
    "unpaid": Text("未缴费", "not paid"),
    "unknown": Text("情况不明待核", "unknown, to be looked into"),
    "moved": Text("已离校未移交", "left the school, not handed over"),
    "declined": Text("家长不参保", "declined by the family"),
    "elsewhere": Text("在外地参保", "enrolled in another area"),
    "withdrawn": Text("已撤回或到期", "withdrawn or lapsed"),
}
"""Why a child who should be insured is not, in the order in which work is done."""
BESIDE = {
    "ineligible": Text("不符合条件", "not entitled"),
    "with_other": Text("由本市其他单位办理", "with another body of this area"),
}
"""Children on a roll who are not counted among those who should be insured there."""
_REASONS = (*MISSING, *BESIDE)
LINES = (INSURED, *_REASONS)


@dataclass
class Standing:
    """Heads insured, and the others by reason. 参保情况"""

    insured: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """of MISSING and BESIDE; a reason that holds nobody is not there"""

    @property
    def on_roll(self) -> int:
        """Everyone whom the body has on its roll or list."""
        return self.insured + sum(self.reasons.values())

    @property
    def should(self) -> int:
        """Who should be insured: everyone but who is not entitled and who is counted elsewhere. 应保"""
        return self.on_roll - sum(self.reasons.get(reason, 0) for reason in BESIDE)

    @property
    def missing(self) -> int:
        """Who should be insured and is not. 未参保"""
        return self.should - self.insured

    @property
    def share(self) -> int:
        """The enrolment rate in whole percent: 100 only if nobody is missing; 0 of nobody. 参保率"""
        return self.insured * 100 // self.should if self.should else 0

    @property
    def permille(self) -> int:
        """The enrolment rate in tenths of a percent, for pictures. 千分率"""
        return self.insured * 1000 // self.should if self.should else 0

    def plus(self, other: Standing) -> Standing:
        """Both together. 合计"""
        both = Standing(self.insured + other.insured, dict(self.reasons))
        for reason, heads in other.reasons.items():
            both.reasons[reason] = both.reasons.get(reason, 0) + heads
        return both


def total(standings: Iterable[Standing]) -> Standing:
    """All in one. 合计"""
    insured, reasons = 0, Counter[str]()
    for one in standings:
        insured += one.insured
        for reason, heads in one.reasons.items():
            reasons[reason] += heads
    return Standing(insured, dict(reasons))


def read(figures: Iterable[int | None]) -> Standing:
    """A standing from figures in the order of LINES. 读取"""
    insured, *others = figures
    return Standing(int(insured or 0), {name: int(n) for name, n in zip(_REASONS, others, strict=True) if n})


def of_bodies(season: Season, organisations: Iterable[int] | None = None) -> dict[int, Standing]:
    """Each school and community that has anyone in the season; of these, if any are named. 各单位"""
    rows = BodyStanding.objects.filter(season=season)
    if organisations is not None:
        rows = rows.filter(organisation__in=list(organisations))
    found = {key: read(figures) for key, *figures in rows.values_list("organisation_id", *LINES)}
    return {key: one for key, one in found.items() if one.on_roll}


def of_area(season: Season) -> Standing:
    """The whole pooling area, in one row. 全市"""
    figures = BodyStanding.objects.filter(season=season).aggregate(**{name: Sum(name) for name in LINES})
    return read(figures[name] for name in LINES)


def last_moved(season: Season, organisations: Iterable[int]) -> dict[int, datetime]:
    """When an enrolment of each body last moved. 最近办理"""
    rows = BodyStanding.objects.filter(season=season, organisation__in=list(organisations), last_at__isnull=False)
    return {key: at for key, at in rows.values_list("organisation_id", "last_at") if at}


class ClassOf(NamedTuple):
    """A class of a school, by its name. 班级"""

    stage: str
    grade: int | None
    class_name: str

    @property
    def text(self) -> Text:
        """The class as it is called: 一年级 2班; children without a class have none."""
        grade = grade_name(self.stage, self.grade) if self.stage else Text("", "")
        return Text(f"{grade.zh} {self.class_name}".strip(), f"{grade.en}, {self.class_name}".strip(" ,"))


def of_classes(season: Season, organisation: int) -> dict[ClassOf, Standing]:
    """The classes of a school in the order of its grades; a community's children are in one without a name. 各班"""
    rows = ClassStanding.objects.filter(season=season, organisation=organisation)
    found = rows.values_list("stage", "grade", "class_name", *LINES)
    by_class = {ClassOf(stage, grade, name): read(figures) for stage, grade, name, *figures in found}
    return dict(sorted(by_class.items(), key=lambda item: _order(item[0])))


def _order(one: ClassOf) -> tuple[int, int, int, str]:
    digits = "".join(character for character in one.class_name if character.isdecimal())
    stage = STAGES.index(one.stage) if one.stage in STAGES else len(STAGES)
    return stage, -1 if one.grade is None else one.grade, int(digits or 0), one.class_name


class Day(NamedTuple):
    """How it stood at the end of a day; of today, so far. 每日"""

    day: date
    should: int
    insured: int


_OF_BODIES = """
SELECT day, sum(should), sum(insured) FROM enrolment_bodyday
WHERE season_id = %s AND organisation_id = ANY(%s::bigint[]) GROUP BY day ORDER BY day
"""


def by_day(season: Season, organisations: Iterable[int] | None = None) -> list[Day]:
    """The curve of these bodies, else of the whole area: the days on which anything changed, in order. 每日进度"""
    if organisations is None:
        rows = list(SeasonDay.objects.filter(season=season).order_by("day").values_list("day", "should", "insured"))
    else:
        with connection.cursor() as cursor:
            cursor.execute(_OF_BODIES, [season.pk, list(organisations)])
            rows = [(day, int(should), int(insured)) for day, should, insured in cursor.fetchall()]
    return list(
        accumulate(
            (Day(*row) for row in rows),
            lambda so_far, one: Day(one.day, so_far.should + one.should, so_far.insured + one.insured),
        )
    )


def season_before(season: Season) -> Season | None:
    """The area's season of the year before, whose curve stands beside; None if there was none. 上年参保季"""
    return Season.objects.filter(pooling_area=season.pooling_area, plan_year=season.plan_year - 1).first()
