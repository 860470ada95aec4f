"""How the children on the rolls stand, school by school, and why the others are missing. 应保尽保统计

Every child on a roll is in one line exactly, so totals are the sums of their parts. Heads only: who it is never
leaves the database. Reasons are given for a school and larger; a grade or class has three figures, because there a
reason would point at a child whom everyone in the class knows. Where fewer than five stand behind a reason that says
something about the child or its family, the row shows these reasons as one sum (`shown`). Classes of fewer than five
are put together. Whoever subtracts rows may still learn that a school of hundreds has a handful, which names nobody.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from django.db import connection

from yingbao.agents.models import Organisation
from yingbao.enrolment.lifecycle import ENDED, ENROLLED
from yingbao.enrolment.models import Season
from yingbao.people.grades import grade_name, stage_name
from yingbao.values.text import Text

REASONS = {
    "unlisted": Text("未列入名单", "not on the list yet"),
    "unregistered": Text("首次参保未登记", "first-timer, not registered"),
    "unconfirmed": Text("未确认", "not confirmed"),
    "undeclared": Text("已确认未申报", "confirmed, not declared"),
    "unpaid": Text("未缴费", "not paid"),
    "ineligible": Text("不符合条件", "not entitled"),
    "declined": Text("家长不参保", "declined by the family"),
    "elsewhere": Text("由别处参保", "enrolled elsewhere"),
    "withdrawn": Text("已撤回或到期", "withdrawn or lapsed"),
    "other": Text("其他（人数少，合并）", "other (few, put together)"),
}
"""Why a child on the roll is not insured here, in the order in which work is done."""
SENSITIVE = ("ineligible", "declined", "elsewhere", "withdrawn")
"""reasons that say something about the child or its family, and not about the work"""
FEW = 5
"""fewer than so many are not told by themselves"""
KEPT_TIMES = 50
"""Figures that took long to reckon are shown for so many times as long: a city of millions is a minute behind."""
QUICK_SECONDS = 0.1
LONGEST_SECONDS = 60.0
"""The page tells the minute."""


@dataclass
class Standing:
    """Heads on the roll, heads insured, and the missing by reason. 参保情况"""

    on_roll: int = 0
    insured: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """On the roll and not insured here."""
        return self.on_roll - self.insured

    def add(self, reason: str, heads: int) -> None:
        """Count heads of one reason, or of who is insured."""
        self.on_roll += heads
        if reason == "insured":
            self.insured += heads
        else:
            self.reasons[reason] = self.reasons.get(reason, 0) + heads

    def plus(self, other: Standing) -> Standing:
        """Both together. 合计"""
        both = Standing(self.on_roll + other.on_roll, self.insured + other.insured, dict(self.reasons))
        for reason, heads in other.reasons.items():
            both.reasons[reason] = both.reasons.get(reason, 0) + heads
        return both

    def shown(self) -> dict[str, int]:
        """The reasons as a page may show them: few of a sensitive one are put together with the others. 展示口径"""
        if not any(0 < self.reasons.get(reason, 0) < FEW for reason in SENSITIVE):
            return dict(self.reasons)
        kept = {reason: heads for reason, heads in self.reasons.items() if reason not in SENSITIVE}
        return kept | {"other": sum(self.reasons.get(reason, 0) for reason in SENSITIVE)}


STATEMENT = """
SELECT r.school_id, {group}
       CASE WHEN e.organisation_id = r.school_id AND e.state IN ('paid', 'exempt', 'covered') THEN 'insured'
            WHEN x.id IS NOT NULL THEN 'elsewhere'
            WHEN e.id IS NULL THEN 'unlisted'
            WHEN e.organisation_id <> r.school_id AND NOT e.state = ANY(%(ended)s) THEN 'elsewhere'
            WHEN e.state = 'declared' THEN 'unpaid'
            WHEN e.state = 'confirmed' THEN CASE e.channel WHEN 'school' THEN 'undeclared' ELSE 'unpaid' END
            WHEN e.state = 'declined' THEN 'declined'
            WHEN e.state = ANY(%(ended)s) THEN 'withdrawn'
            WHEN e.status = 'ineligible' THEN 'ineligible'
            WHEN e.state = 'draft' AND e.registration <> '' THEN 'unregistered'
            ELSE 'unconfirmed' END AS reason,
       count(*)
FROM people_schoolroll r
JOIN agents_organisation o ON o.id = r.school_id AND o.pooling_area = %(area)s AND o.active
LEFT JOIN enrolment_enrolment e ON e.season_id = %(season)s AND e.person_id = r.person_id
LEFT JOIN enrolment_enrolment x ON x.plan_year = %(year)s AND x.person_id = r.person_id AND x.season_id <> %(season)s
     AND x.state = ANY(%(enrolled)s)
WHERE r.left_on IS NULL {narrow}
GROUP BY {keys}"""
_OF_AREA = STATEMENT.format(group="", narrow="", keys="1, 2")
_OF_SCHOOL = STATEMENT.format(
    group="r.stage, r.grade, r.class_name,", narrow="AND r.school_id = %(school)s", keys="1, 2, 3, 4, 5"
)

_kept: dict[int, tuple[float, dict[int, Standing]]] = {}
_keeping = Lock()


def _values(season: Season) -> dict[str, str | int | list[str]]:
    return {
        "season": season.pk, "area": season.pooling_area, "year": season.plan_year,
        "ended": sorted(ENDED), "enrolled": sorted(ENROLLED),
    }  # fmt: skip


def by_school(season: Season) -> dict[int, Standing]:
    """Every school of the season's area that has anyone on its roll, in one statement. 各校参保情况"""
    with _keeping:
        until, kept = _kept.get(season.pk, (0.0, {}))
    began = time.monotonic()
    if began < until:
        return kept
    found: dict[int, Standing] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OF_AREA, _values(season))
        for school, reason, heads in cursor.fetchall():
            found.setdefault(school, Standing()).add(reason, heads)
    took = time.monotonic() - began
    if took > QUICK_SECONDS:
        with _keeping:
            _kept[season.pk] = (time.monotonic() + min(KEPT_TIMES * took, LONGEST_SECONDS), found)
    return found


@dataclass
class Grade:
    """A grade of a school and its classes, without reasons. 年级情况"""

    name: Text
    standing: Standing
    classes: list[tuple[Text, Standing]]


def of_school(season: Season, school: Organisation) -> tuple[Standing, list[Grade]]:
    """One school: its own standing, and its grades and classes. 一校参保情况"""
    whole = Standing()
    classes: dict[tuple[str, int | None], dict[str, Standing]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OF_SCHOOL, _values(season) | {"school": school.pk})
        for _, stage, grade, name, reason, heads in cursor.fetchall():
            whole.add(reason, heads)
            classes.setdefault((stage, grade), {}).setdefault(name, Standing()).add(reason, heads)
    return whole, [_grade(stage, grade, rows) for (stage, grade), rows in sorted(classes.items(), key=_order)]


def _order(item: tuple[tuple[str, int | None], object]) -> tuple[int, int]:
    stages = ("kindergarten", "primary", "junior", "senior", "vocational", "special")
    (stage, grade), _ = item
    return stages.index(stage) if stage in stages else len(stages), -1 if grade is None else grade


def _grade(stage: str, grade: int | None, rows: Mapping[str, Standing]) -> Grade:
    name = grade_name(stage, grade) if grade is not None else stage_name(stage)
    large = [(Text(label, label), rows[label]) for label in sorted(rows, key=_by_number) if rows[label].on_roll >= FEW]
    small = [one for one in rows.values() if one.on_roll < FEW]
    if small:
        large.append((Text("人数少的班合计", "small classes together"), total(small)))
    return Grade(name, total(rows.values()), large)


def _by_number(label: str) -> tuple[int, str]:
    """2班 comes before 10班."""
    figures = "".join(letter for letter in label if letter in "0123456789")[:6]
    return int(figures or 0), label


def total(standings: Iterable[Standing]) -> Standing:
    """All of them together. 合计"""
    whole = Standing()
    for one in standings:
        whole = whole.plus(one)
    return whole
