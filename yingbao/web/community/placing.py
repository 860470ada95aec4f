"""Children outside school whom nobody has listed, or whom the oldest community got by default, are dealt out. 分派

Six digits of hukou do not tell communities of one division apart. So a sub-district deals its children out.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation, OrganisationKind
from yingbao.enrolment.lifecycle import State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.taking_in import take_in
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

SHOWN = 100

_UNLISTED = """
SELECT p.id FROM people_person p
WHERE p.merged_into_id IS NULL AND p.hukou = ANY(%(divisions)s) AND p.birth_date > %(eldest)s
  AND NOT EXISTS (SELECT FROM enrolment_enrolment e WHERE e.person_id = p.id AND e.season_id = %(season)s)
  AND NOT EXISTS (SELECT FROM people_schoolroll r JOIN agents_organisation o ON o.id = r.school_id
                  WHERE r.person_id = p.id AND r.left_on IS NULL AND o.pooling_area = %(area)s)
ORDER BY p.birth_date DESC, p.id LIMIT %(shown)s
"""


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
    rows = [*unlisted(season, communities), *untouched(season, communities)]
    numbers = dict(
        IdentityDocument.objects.filter(person__in=[row["person"].pk for row in rows], replaced_at__isnull=True)
        .values_list("person_id", "number_masked")
    )  # fmt: skip
    for row in rows:
        row["number"] = numbers.get(row["person"].pk, "")
    looked(
        user=request.user, organisation=request.appointment.organisation, what="list", count=len(rows),
        at=clock.now(),
    )  # fmt: skip
    context = {
        "rows": rows, "communities": communities, "policy": policy_of(season),
        **until(policy_of(season), clock.today()),
        "shown": SHOWN, "chosen": [], "wanted": "",
    }  # fmt: skip
    return render(request, "community/placing.html", context | more, status=status)


def unlisted(season: Season, communities: list[Organisation]) -> list[dict[str, Any]]:
    """Children whose hukou lies here, who are at no school, and whom nobody has listed. 未列入名单"""
    if not communities:
        return []
    first = policy_of(season).cover_from
    # Keys alone, and by the owner: behind the wall each of the division's children would be asked for by itself.
    with by_platform("keys of the own divisions' children on nobody's list"), connection.cursor() as cursor:
        cursor.execute(
            _UNLISTED,
            {
                "divisions": sorted({one.division for one in communities}),
                "eldest": first.replace(year=first.year - 18),
                "season": season.pk, "area": season.pooling_area, "shown": SHOWN,
            },
        )  # fmt: skip
        keys = [key for (key,) in cursor.fetchall()]
    people = Person.objects.in_bulk(keys)
    return [{"person": people[key], "now": None} for key in keys]


def untouched(season: Season, communities: list[Organisation]) -> list[dict[str, Any]]:
    """Children of the division's oldest community of whom nobody has done anything yet. 平台代管"""
    oldest = {
        one.pk
        for one in communities
        if not Organisation.objects.filter(
            kind=OrganisationKind.COMMUNITY, active=True, pooling_area=one.pooling_area, division=one.division,
            pk__lt=one.pk,
        ).exists()
    }  # fmt: skip
    rows = Enrolment.objects.filter(
        season=season, organisation__in=oldest, state__in=[State.DRAFT, State.DETERMINED]
    ).exclude(steps__act__in=["move", "register", "confirm", "reopen"])
    with by_platform("keys of an own community's children whom nobody has touched"):
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
    rows = [*unlisted(season, list(communities.values())), *untouched(season, list(communities.values()))]
    here = {str(row["person"].pk): row["person"] for row in rows}
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
