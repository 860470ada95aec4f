"""Enrolment per sub-district and school with the missing by reason, down to classes; heads only. 督察报告

A supervisor sees the own pooling area, and no child: what is counted together, and when, stands in
`enrolment.supervising`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk, Organisation, OrganisationKind
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import deadline, policy_of, season_for, windows
from yingbao.enrolment.supervising import REASONS, Standing, by_school, of_school, total
from yingbao.spreadsheet.workbooks import ExportColumn, write_table
from yingbao.values import clock, divisions
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.phases import when
from yingbao.web.templatetags.words import language
from yingbao.web.wall.seating import beyond

BEHIND_SHOWN = 15
WHOLE_AREA_AT_MOST = 40
"""With no more schools than this the first page lists all of them."""
ENROLLED_ELSEWHERE = "a child enrolled in another city counts as enrolled elsewhere; it is counted, not shown"


@dataclass
class Row:
    """A school, or a place with its schools. 一行"""

    name: Text
    standing: Standing
    school: Organisation | None = None
    key: str = ""
    schools: int = 0
    without: int = 0
    """schools that have nobody on a roll"""
    contact: str = ""
    phone: str = ""

    @property
    def reasons(self) -> list[tuple[str, Text, int]]:
        """What is shown of the missing, in the order of the work."""
        shown = self.standing.shown()
        return [(reason, text, shown[reason]) for reason, text in REASONS.items() if shown.get(reason)]

    @property
    def share(self) -> int:
        """Whole percent insured; 100 only if nobody is missing."""
        return self.standing.insured * 100 // self.standing.on_roll if self.standing.on_roll else 0


def season_of(request: Seated) -> Season:
    """The season that the supervisor's area works on today."""
    return season_for(request.appointment.organisation.pooling_area, clock.today())


def rows_of(request: Seated, season: Season) -> list[Row]:
    """Every school that the supervisor sees, the most missing first; also one that has handed in nothing."""
    seen = Organisation.objects.visible_to(request.appointment).schools()
    schools = seen.filter(pooling_area=season.pooling_area, active=True).select_related("parent")
    with beyond(ENROLLED_ELSEWHERE):
        standings = by_school(season)
    rows = [
        Row(
            Text(one.name, one.name), standings.get(one.pk, Standing()), school=one, key=place_key(one), schools=1,
            without=int(one.pk not in standings), contact=one.contact, phone=one.phone,
        )
        for one in schools.order_by("code")
    ]  # fmt: skip
    return sorted(rows, key=lambda row: -row.standing.missing)


def place_key(school: Organisation) -> str:
    """The sub-district that a school stands under, else the division in which it lies."""
    parent = school.parent
    return f"s{parent.pk}" if parent and parent.kind == OrganisationKind.SUB_DISTRICT else f"d{school.division}"


def places_of(rows: list[Row]) -> list[Row]:
    """The schools put together by place, in the places' order. 街道"""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.key, []).append(row)
    found = []
    for key, own in grouped.items():
        parent = own[0].school.parent if own[0].school and key[0] == "s" else None
        name = Text(parent.name, parent.name) if parent else divisions.name(key[1:])
        found.append(
            Row(
                name, total(one.standing for one in own), key=key, schools=len(own),
                without=sum(one.without for one in own), contact=parent.contact if parent else "",
                phone=parent.phone if parent else "",
            )
        )  # fmt: skip
    return sorted(found, key=lambda row: (-row.standing.missing, row.key))


def whole(rows: list[Row]) -> Row:
    """All rows in one. 合计"""
    name = Text("合计", "In all")
    return Row(name, total(row.standing for row in rows), schools=len(rows), without=sum(row.without for row in rows))


@require_GET
@desk(Desk.EDUCATION)
def home(request: Seated) -> HttpResponse:
    """The area by place, and the schools furthest behind; `?place=` the schools of one place. 督察首页"""
    season = season_of(request)
    rows, today = rows_of(request, season), clock.today()
    policy = policy_of(season)
    context: dict[str, Any] = {
        "season": season, "policy": policy, "deadline": deadline(season), "window": windows(policy)[0].name,
        "days": (deadline(season) - today).days,
        "phases": [{"phase": phase, "when": when(phase, today)} for phase in policy.phases],
        "now": clock.now(),
    }  # fmt: skip
    key = request.GET.get("place", "")
    if key:
        own = [row for row in rows if row.key == key]
        if not own:
            raise Http404
        return render(request, "education/place.html", context | {"rows": own, "place": places_of(own)[0]})
    all_in_all = whole(rows)
    places = places_of(rows)
    context |= {
        "total": all_in_all,
        "places": places if len(places) > 1 else [],
        "rows": rows
        if len(rows) <= WHOLE_AREA_AT_MOST
        else [row for row in rows if row.standing.missing][:BEHIND_SHOWN],
        "all_shown": len(rows) <= WHOLE_AREA_AT_MOST,
        "without": [row for row in rows if row.without][:BEHIND_SHOWN],
    }
    return render(request, "education/home.html", context)


@require_GET
@desk(Desk.EDUCATION)
def school(request: Seated, pk: int) -> HttpResponse:
    """One school: the missing by reason, and its grades and classes without reasons. 一校情况"""
    season = season_of(request)
    seen = Organisation.objects.visible_to(request.appointment).schools().filter(active=True)
    one = get_object_or_404(seen.select_related("parent"), pk=pk)
    with beyond(ENROLLED_ELSEWHERE):
        standing, grades = of_school(season, one)
    row = Row(Text(one.name, one.name), standing, school=one, key=place_key(one), contact=one.contact, phone=one.phone)
    context = {
        "row": row, "grades": grades, "policy": policy_of(season), "deadline": deadline(season), "now": clock.now(),
        "place": places_of([row])[0],
    }  # fmt: skip
    return render(request, "education/school.html", context)


@require_GET
@desk(Desk.EDUCATION)
def workbook(request: Seated) -> HttpResponse:
    """All schools with the missing by reason, as the pages show them. 导出"""
    rows = rows_of(request, season_of(request))
    said = language()
    heads = [
        Text("街道／区域", "Place"), Text("学校", "School"), Text("在册", "On the roll"), Text("已参保", "Insured"),
        Text("未参保", "Missing"), *REASONS.values(),
    ]  # fmt: skip
    columns = [
        ExportColumn(text.said(said), "text" if at < 2 else "number", 24 if at < 2 else 12)
        for at, text in enumerate(heads)
    ]
    names = {place.key: place.name.said(said) for place in places_of(rows)}
    ordered = sorted(rows, key=lambda row: (names[row.key], -row.standing.missing))
    table = [line(names[row.key], row, said) for row in ordered]
    table.append(line("", whole(rows), said))
    content = write_table(columns, table, sheet=Text("各校参保", "Enrolment per school").said(said))
    answer = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="enrolment-per-school-{clock.today():%Y%m%d}.xlsx"'
    return answer


def line(place: str, row: Row, said: Any) -> tuple[str | int, ...]:
    """A row of the workbook, with the same reasons put together as on the page."""
    shown = row.standing.shown()
    figures = (row.standing.on_roll, row.standing.insured, row.standing.missing)
    return (place, row.name.said(said), *figures, *(shown.get(reason, "") for reason in REASONS))
