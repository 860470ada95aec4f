"""Sums of schools' reports, for a sub-district, a district, or what a sub-district had summed. 汇总数

One statement over the summary that each version of a report keeps (`Count`), never over answers; what is larger is
added up from what is smaller, so totals are the sums of their parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from yingbao.agents.models import Organisation
from yingbao.survey.models import Sum, Survey

FEW = 5
"""Fewer than so many are not told by themselves to whom only counts are shown."""


@dataclass
class Figures:
    """Heads of one school, or of many together. 汇总"""

    schools: int = 0
    asked: int = 0
    answered: int = 0
    unanswered: int = 0
    by_phone: int = 0
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    """question and option → heads; an empty option: how many answered the question"""
    amounts: dict[str, int] = field(default_factory=dict)
    """of questions for a number"""

    def plus(self, other: Figures) -> Figures:
        """Both together. 合计"""
        counts, amounts = dict(self.counts), dict(self.amounts)
        for key, heads in other.counts.items():
            counts[key] = counts.get(key, 0) + heads
        for question, amount in other.amounts.items():
            amounts[question] = amounts.get(question, 0) + amount
        return Figures(
            self.schools + other.schools, self.asked + other.asked, self.answered + other.answered,
            self.unanswered + other.unanswered, self.by_phone + other.by_phone, counts, amounts,
        )  # fmt: skip

    def heads(self, question: str, option: str = "") -> int:
        """How many said that. 人数"""
        return self.counts.get((question, option), 0)


def total(figures: Iterable[Figures]) -> Figures:
    """All of them together. 合计"""
    whole = Figures()
    for one in figures:
        whole = whole.plus(one)
    return whole


_SUMS = """
SELECT r.street_id, r.school_id, v.asked, v.answered, v.unanswered, v.by_phone, c.question, c.option, c.heads, c.amount
FROM {source} JOIN survey_reportversion v ON v.id = {version} LEFT JOIN survey_count c ON c.version_id = v.id
WHERE {narrow} ORDER BY r.school_id"""
_STANDING = _SUMS.format(source="survey_report r", version="r.standing_id", narrow="r.survey_id = %s")
_OF_SUM = _SUMS.format(
    source="survey_sumpart p JOIN survey_reportversion w ON w.id = p.part_id "
    "JOIN survey_report r ON r.id = w.report_id", version="p.part_id", narrow="p.sum_id = %s",
)  # fmt: skip


def _read(statement: str, key: int) -> dict[tuple[int | None, int], Figures]:
    """Figures by sub-district and school."""
    found: dict[tuple[int | None, int], Figures] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        for street, school, asked, answered, unanswered, by_phone, question, option, heads, amount in cursor.fetchall():
            one = found.setdefault((street, school), Figures(1, asked, answered, unanswered, by_phone))
            if question is not None:
                one.counts[question, option] = heads
                if amount:
                    one.amounts[question] = amount
    return found


def by_school(survey: Survey) -> dict[int, Figures]:
    """What each school's standing report says, in one statement; no key for a school without. 各校"""
    return {school: figures for (_, school), figures in _read(_STANDING, survey.pk).items()}


def by_street(survey: Survey) -> dict[int | None, Figures]:
    """The schools put together by who reviews them; None: those without a sub-district. 各街道"""
    found: dict[int | None, Figures] = {}
    for (street, _), figures in _read(_STANDING, survey.pk).items():
        found[street] = found.get(street, Figures()).plus(figures)
    return found


def of_sum(one: Sum) -> Figures:
    """What a sub-district reported: the versions that it named, as they are and always were. 街道上报数"""
    return total(_read(_OF_SUM, one.pk).values())


def latest(survey: Survey) -> dict[int, Sum]:
    """Each sub-district's newest sum. 各街道最新汇总"""
    rows = Sum.objects.filter(survey=survey).order_by("street", "-number").distinct("street")
    return {one.street_id: one for one in rows.select_related("street")}


def moved_since(survey: Survey) -> set[int]:
    """Sub-districts whose schools report otherwise now than when it was summed. 汇总后有变化的街道"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH newest AS (
                SELECT DISTINCT ON (street_id) id, street_id FROM survey_sum WHERE survey_id = %(survey)s
                ORDER BY street_id, number DESC
            ), summed AS (
                SELECT n.street_id, p.part_id FROM newest n JOIN survey_sumpart p ON p.sum_id = n.id
            ), stands AS (
                SELECT street_id, standing_id FROM survey_report
                WHERE survey_id = %(survey)s AND standing_id IS NOT NULL
            )
            SELECT DISTINCT n.street_id FROM newest n WHERE EXISTS (
                SELECT FROM stands s WHERE s.street_id = n.street_id AND NOT EXISTS (
                    SELECT FROM summed m WHERE m.street_id = n.street_id AND m.part_id = s.standing_id)
            ) OR EXISTS (
                SELECT FROM summed m WHERE m.street_id = n.street_id AND NOT EXISTS (
                    SELECT FROM stands s WHERE s.street_id = n.street_id AND s.standing_id = m.part_id))
            """,
            {"survey": survey.pk},
        )
        return {key for (key,) in cursor.fetchall()}


def progress(survey: Survey, schools: Iterable[Organisation | int] | None = None) -> dict[int, tuple[int, int]]:
    """On the roll and answered, school by school, while answers still come in. 作答进度"""
    narrow = None if schools is None else [one if isinstance(one, int) else one.pk for one in schools]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.school_id, count(*), count(a.id) FROM people_schoolroll r
            JOIN agents_organisation o ON o.id = r.school_id AND o.pooling_area = %(area)s AND o.active
            LEFT JOIN survey_answer a ON a.survey_id = %(survey)s AND a.person_id = r.person_id
            WHERE r.left_on IS NULL AND NOT r.contested
              AND (%(schools)s::bigint[] IS NULL OR r.school_id = ANY(%(schools)s::bigint[]))
            GROUP BY r.school_id
            """,
            {"survey": survey.pk, "area": survey.season.pooling_area, "schools": narrow},
        )
        return {school: (on_roll, answered) for school, on_roll, answered in cursor.fetchall()}


def joined_since(survey: Survey, school: Organisation) -> int:
    """Pupils on the roll now whom no standing report has counted, once the school has reported. 报后转入"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM people_schoolroll r
            WHERE r.school_id = %s AND r.left_on IS NULL AND NOT r.contested AND NOT EXISTS (
                SELECT FROM survey_counted c WHERE c.survey_id = %s AND c.person_id = r.person_id)
            """,
            [school.pk, survey.pk],
        )
        return int(cursor.fetchone()[0])


def few_together(heads: dict[str, int]) -> tuple[dict[str, int], int]:
    """The heads of a question's options as they may be told, and how many stand behind those put together. 小数合并

    Fewer than five of an option are put together with the next smallest, until nobody can be told by subtraction.
    """
    small = {option: n for option, n in heads.items() if 0 < n < FEW}
    if not small:
        return dict(heads), 0
    for option in sorted(heads, key=lambda one: (heads[one], one)):
        if len(small) > 1 and sum(small.values()) >= FEW:
            break
        if heads[option] and option not in small:
            small[option] = heads[option]
    if len(small) < 2 or sum(small.values()) < FEW:
        # Whoever sees the others at nought would know: then nothing is told but how many answered.
        return {}, sum(heads.values())
    return {option: n for option, n in heads.items() if option not in small}, sum(small.values())
