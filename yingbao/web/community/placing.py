"""Children outside school whom nobody has listed, or whom the oldest community got by default, are dealt out. 分派

Six digits of hukou do not tell communities of one division apart. So a sub-district deals its children out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.db.models import Min
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation, OrganisationKind
from yingbao.enrolment import unlisted
from yingbao.enrolment.lifecycle import State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.taking_in import take_in
from yingbao.enrolment.unlisted import Found
from yingbao.people.looks import looked
from yingbao.people.models import IdentityDocument, Person
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.community.register import below
from yingbao.web.phases import until
from yingbao.web.school.pupils import season_of
from yingbao.web.templatetags.words import language
from yingbao.web.wall import beyond, by_platform

SHOWN = 50
"""of each list at a time: who is placed makes room for the next"""


@require_GET
@desk(Desk.COMMUNITY)
@beyond("children of the own divisions who are on nobody's list")
def placing(request: Seated) -> HttpResponse:
    """Both work lists, and the communities to choose from. 分派"""
    return page(request)


def page(request: Seated, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page. 页面"""
    season = season_of(request)
    communities = below(request)
    rows, found = waiting(season, communities)
    looked(
        user=request.user, organisation=request.appointment.organisation, what="list", count=len(rows),
        at=clock.now(),
    )  # fmt: skip
    context = {
        "rows": rows, "communities": communities, "policy": policy_of(season),
        **until(policy_of(season), clock.today()),
        "found": found, "chosen": [], "wanted": "",
    }  # fmt: skip
    return render(request, "community/placing.html", context | more, status=status)


class Waiting(NamedTuple):
    """Both work lists. 待分派"""

    rows: list[dict[str, Any]]
    found: Found | None


def waiting(season: Season, communities: list[Organisation]) -> Waiting:
    """Who is on nobody's list, and whom the oldest community got by default. 待分派"""
    if not communities:
        return Waiting([], None)
    divisions = sorted({one.division for one in communities})
    # By the owner: behind the wall each of the division's children would be asked for by itself.
    with by_platform("the own divisions' children on nobody's list, and an own community's whom nobody has touched"):
        found = unlisted.youngest(season=season, divisions=divisions, most=SHOWN, at=clock.now())
        people = Person.objects.in_bulk(found.persons)
        rows: list[dict[str, Any]] = [{"person": people[key], "now": None} for key in found.persons if key in people]
        rows += untouched(season, communities)
        numbers = IdentityDocument.objects.filter(person__in=[row["person"].pk for row in rows])
        masked = dict(numbers.filter(replaced_at__isnull=True).values_list("person_id", "number_masked"))
    return Waiting([row | {"number": masked.get(row["person"].pk, "")} for row in rows], found)


def untouched(season: Season, communities: list[Organisation]) -> list[dict[str, Any]]:
    """Children of the division's oldest community of whom nobody has done anything yet. 平台代管"""
    every = Organisation.objects.filter(
        kind=OrganisationKind.COMMUNITY, active=True, pooling_area=season.pooling_area,
        division__in={one.division for one in communities},
    )  # fmt: skip
    first = {first for _, first in every.values_list("division").annotate(Min("pk")).order_by()}
    oldest = {one.pk for one in communities} & first
    rows = Enrolment.objects.filter(
        season=season, organisation__in=oldest, state__in=[State.DRAFT, State.DETERMINED]
    ).exclude(steps__act__in=["move", "register", "confirm", "reopen"])
    keys = list(rows.order_by("person__hukou", "person__name_pinyin", "pk").values_list("pk", flat=True)[:SHOWN])
    found = Enrolment.objects.select_related("person", "organisation").in_bulk(keys)
    return [{"person": found[key].person, "now": found[key].organisation} for key in keys if key in found]


@require_POST
@desk(Desk.COMMUNITY)
@beyond("children of the own divisions who are on nobody's list are placed with an own community")
def place(request: Seated) -> HttpResponseBase:
    """Give the ticked children to a community: all of them or none. 分派"""
    season, at = season_of(request), clock.now()
    communities = {str(one.pk): one for one in below(request)}
    to = communities.get(str(request.POST.get("community", "")))
    here = {str(row["person"].pk): row["person"] for row in waiting(season, list(communities.values())).rows}
    ticked = request.POST.getlist("child")
    chosen = [here[key] for key in ticked if key in here]
    kept = {"chosen": [one.pk for one in chosen], "wanted": str(to.pk) if to else ""}
    if to is None or not chosen:
        told = Text("请勾选孩子，并选一个社区。", "Tick children and choose a community.")
        return page(request, status=422, general=told, **kept)
    if len(chosen) != len(set(ticked)):
        told = Text(
            "有的孩子已被分派或列入名单，还没有分派任何人，请再看一遍。",
            "Some of them were placed in the meantime; nobody was placed. Please look again.",
        )
        return page(request, status=409, general=told, **kept)
    try:
        with transaction.atomic():
            for person in sorted(chosen, key=lambda one: one.pk):
                take_in(season=season, person=person, organisation=to, by=request.appointment, at=at)
    except Refused as refused:
        told = Text(f"{refused.where}：{refused.what.zh}。{refused.mend.zh}", f"{refused.where}: {refused.what.en}.")
        return page(request, status=422, general=told, **kept)
    done = Text("{n} 名孩子已列入“{place}”名单。", "{n} children are on the list of {place} now.")
    messages.success(request, done.filled(n=len(chosen), place=to.name).said(language()))
    return redirect("placing")
