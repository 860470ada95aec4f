"""Which schools and sub-districts still owe a report; a school without pupils owes none. 应报单位"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from yingbao.people.models import SchoolRoll
from yingbao.survey.models import SchoolReport, Survey
from yingbao.survey.summing import latest


def with_pupils() -> Exists:
    """That somebody on the roll of a report's school would count in it. 有学生的学校"""
    here = SchoolRoll.objects.filter(left_on__isnull=True)
    elsewhere = here.filter(person=OuterRef("person"), contested=False)
    return Exists(here.filter(Q(contested=False) | ~Exists(elsewhere), school=OuterRef("school")))


def owing(survey: Survey) -> QuerySet[SchoolReport]:
    """Reports that count nowhere yet, of open schools that have pupils. 未报送报告"""
    return SchoolReport.objects.filter(with_pupils(), survey=survey, standing__isnull=True, school__active=True)


def schools_waiting(survey: Survey) -> dict[int, str]:
    """Open schools without a report that counts, by key and what they are called. 未报学校"""
    return dict(owing(survey).order_by("school__code").values_list("school", "school__name"))


def streets_waiting(survey: Survey) -> dict[int, str]:
    """Sub-districts that have something to sum, now or when their schools have reported, and did not yet. 未汇总街道"""
    rows = SchoolReport.objects.filter(survey=survey, street__isnull=False, street__active=True)
    rows = rows.filter(Q(standing__isnull=False) | Q(pk__in=owing(survey).values("pk")))
    every = dict(rows.order_by("street__code").values_list("street", "street__name"))
    return {key: name for key, name in every.items() if key not in latest(survey)}
