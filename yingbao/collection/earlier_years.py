"""What has to be said of the years before a policy's wherever children who lapsed are counted. 往年说明

The platform counts the years it has seen. A year without a season here it has not seen; one that is not closed may
still be paid for. Neither is left unsaid.
"""

from __future__ import annotations

from django.db.models import QuerySet

from yingbao.collection.models import Close
from yingbao.enrolment.models import Season
from yingbao.values.text import Text

UNSEEN = Text(
    "{years} 年度在本平台没有参保季：谁参了保不知道，断保年数没有计入。",
    "There was no season of {years} on this platform: who enrolled then is not known, and it counts as no missed year.",
)
RUNNING = Text(
    "{years} 年度还没有关账：其中还没有缴费的，现在都按断保计；缴费到账后就不算。",
    "The season of {years} is not closed: whoever has not paid there counts as lapsed now, until the money arrives.",
)


def years_unseen(pooling_area: str, plan_year: int) -> list[int]:
    """The years before this one, since the area's first season, that have none. 没有参保季的年度"""
    known = set(_before(pooling_area, plan_year).values_list("plan_year", flat=True))
    return [year for year in range(min(known), plan_year) if year not in known] if known else []


def years_between(last: Season, plan_year: int) -> Text | None:
    """The years that a roll-over from this season would leave out, in words; none from the year before. 跳过的年度"""
    left_out = list(range(last.plan_year + 1, plan_year))
    return listed(left_out) if left_out else None


def years_running(pooling_area: str, plan_year: int) -> list[int]:
    """The seasons before this year that are not closed. 未关账的年度"""
    closed = Close.objects.filter(confirmed_at__isnull=False).values("season")
    rows = _before(pooling_area, plan_year).exclude(pk__in=closed).order_by("plan_year")
    return list(rows.values_list("plan_year", flat=True))


def notes_on_earlier_years(pooling_area: str, plan_year: int) -> list[Text]:
    """Both in words, as far as there is anything to say. 往年说明"""
    found = ((UNSEEN, years_unseen(pooling_area, plan_year)), (RUNNING, years_running(pooling_area, plan_year)))
    return [words.filled(years=listed(years)) for words, years in found if years]


def listed(years: list[int]) -> Text:
    """Some years in words. 年度"""
    return Text("、".join(map(str, years)), ", ".join(map(str, years)))


def _before(pooling_area: str, plan_year: int) -> QuerySet[Season]:
    return Season.objects.filter(pooling_area=pooling_area, plan_year__lt=plan_year)
