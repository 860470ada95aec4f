"""Which children stand twice, and how many of each kind, for the home page and the page of duplicates. 重复人数"""

from __future__ import annotations

from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet

from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.models import Enrolment, Season
from yingbao.people.alike import Pair, pairs_among
from yingbao.people.models import Person, SchoolRoll
from yingbao.values.text import Text
from yingbao.web.wall import beyond

WHY_BEYOND = "is one child enrolled, or recorded, in two places?"
COUNTED_FOR_SECONDS = 60
"""A whole city is looked through for the sums: that is done once a minute, and anew after every deed."""
_HERE = """
    SELECT e.person_id FROM enrolment_enrolment e WHERE e.season_id = %(season)s"""


class Kind(NamedTuple):
    """One way of standing twice. 重复类别"""

    name: Text
    meaning: Text


KINDS = {
    "rolls": Kind(
        Text("两校同时在册", "On two rolls"),
        Text(
            "两所学校的花名册都有这个孩子。确认在哪一所之前，由原来的学校办理。",
            "Two schools name the child on their rosters. Until it is settled the first one works on it.",
        ),
    ),
    "alike": Kind(
        Text("疑似同一孩子", "Maybe one child"),
        Text(
            "同一天出生，同名、同音或监护人电话相同，其中一份用的是护照、通行证或出生证明：可能是换了证件的同一个孩子。",
            "Born on one day, with the same name, sound or guardian's phone, one under a passport, permit or birth "
            "certificate: maybe one child with a new document.",
        ),
    ),
    "areas": Kind(
        Text("两地参保", "In two areas"),
        Text(
            "本地和另一个统筹区都在为这个孩子办理。只显示本地的情况。",
            "Both this and another pooling area work on the child. Only our own side is shown.",
        ),
    ),
}
"""Kinds by the word that stands in the address, in the order in which they are offered. 重复类别"""


def on_two_rolls(area: str) -> QuerySet[Person]:
    """Children whom two schools claim, one of them at least in this area. 两校同时在册"""
    claimed = SchoolRoll.objects.filter(contested=True, left_on__isnull=True).values("person")
    here = SchoolRoll.objects.filter(person=OuterRef("pk"), left_on__isnull=True, school__pooling_area=area)
    return Person.objects.unmerged().filter(Q(pk__in=claimed) & Q(Exists(here)))


def in_two_areas(season: Season) -> QuerySet[Person]:
    """Children of this season on whom another pooling area works for the same year, too. 两地参保"""
    live = Enrolment.objects.exclude(state__in=sorted(ENDED)).filter(plan_year=season.plan_year)
    elsewhere = live.exclude(season=season).values("person")
    return Person.objects.unmerged().filter(pk__in=live.filter(season=season, person__in=elsewhere).values("person"))


def alike(season: Season) -> list[Pair]:
    """Pairs of records that may be one child, one of them at least on this season's lists. 疑似同一孩子"""
    return pairs_among(_HERE, {"season": season.pk})


def counts(season: Season) -> dict[str, int]:
    """How many stand twice, kind by kind, as counted within the last minute. 各类重复人数"""
    known: dict[str, int] | None = cache.get(_key(season))
    if known is None:
        with beyond(WHY_BEYOND):
            known = {
                "rolls": on_two_rolls(season.pooling_area).count(),
                "alike": len(alike(season)),
                "areas": in_two_areas(season).count(),
            }
        cache.set(_key(season), known, COUNTED_FOR_SECONDS)
    return known


def forget(season: Season) -> None:
    """Something was settled: the sums are counted anew. 重新计数"""
    cache.delete(_key(season))


def _key(season: Season) -> str:
    return f"doubles-{season.pk}"
