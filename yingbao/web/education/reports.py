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

from yingbao.agents.models import Desk, Organisation
from yingbao.enrolment import supervising
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.standing import Standing, total
from yingbao.enrolment.supervising import Place, of_school, place_key, schools_of
from yingbao.spreadsheet.workbooks import ExportColumn, write_table
from yingbao.supervision.curves import curve_of
from yingbao.supervision.reporting import beside, in_columns, line_of, why
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.phases import season_of as season_of
from yingbao.web.phases import until, when
from yingbao.web.standing import as_of
from yingbao.web.templatetags.words import language

BEHIND_SHOWN = 15
WHOLE_AREA_AT_MOST = 40
"""With no more schools than this the first page lists all of them."""


@dataclass
class Row:
    """A school, or a place with its schools. 一行"""

    name: Text
    standing: Standing
    school: Organisation | None = None
    key: str = ""
    schools: int = 1
    without: int = 0
    """schools that have nobody on a roll"""
    contact: str = ""
    phone: str = ""

    @property
    def reasons(self) -> list[tuple[Text, int]]:
        """Why the missing are missing, in the order of the work: together they are all of them."""
        return why(line_of("", self.standing))

    @property
    def beside(self) -> tuple[int, list[tuple[Text, int]]]:
        """Who is on the roll and not counted among those who should be insured: heads, and by reason."""
        return beside(line_of("", self.standing))


def row_of(one: Organisation, standing: Standing) -> Row:
    """A school's row."""
    return Row(
        Text(one.name, one.name), standing, school=one, key=place_key(one), without=int(not standing.on_roll),
        contact=one.contact, phone=one.phone,
    )  # fmt: skip


def row_of_place(one: Place) -> Row:
    """A place's row."""
    return Row(
        one.name, one.standing, key=one.key, schools=one.schools, without=one.without, contact=one.contact,
        phone=one.phone,
    )  # fmt: skip


def whole(rows: list[Row]) -> Row:
    """All rows in one. 合计"""
    name = Text("合计", "In all")
    schools, without = sum(row.schools for row in rows), sum(row.without for row in rows)
    return Row(name, total(row.standing for row in rows), schools=schools, without=without)


def schools_in(season: Season) -> list[int]:
    """The keys of the schools whose days are added up: communities are not the bureau's.

    Schools that have closed are among them: until their children went to another one, they were counted there.
    """
    schools = Organisation.objects.schools().filter(pooling_area=season.pooling_area)
    return list(schools.values_list("pk", flat=True))


@require_GET
@desk(Desk.EDUCATION)
def home(request: Seated) -> HttpResponse:
    """The area by place, and the schools furthest behind; `?place=` the schools of one place. 督察首页"""
    season, today = season_of(request), clock.today()
    policy = policy_of(season)
    context: dict[str, Any] = {
        "season": season, "policy": policy, **until(policy, today),
        "phases": [{"phase": phase, "when": when(phase, today)} for phase in policy.phases],
        "as_of": as_of(season),
    }  # fmt: skip
    places = [row_of_place(one) for one in supervising.places(season)]
    if key := request.GET.get("place", ""):
        place = next((one for one in places if one.key == key), None)
        if place is None:
            raise Http404
        rows = [row_of(*one) for one in schools_of(season, key)]
        return render(request, "education/place.html", context | {"rows": rows, "place": place})
    all_in_all = whole(places)
    few = all_in_all.schools <= WHOLE_AREA_AT_MOST
    found = schools_of(season) if few else supervising.furthest(season, limit=BEHIND_SHOWN)
    context |= {
        "total": all_in_all,
        "places": places if len(places) > 1 else [],
        "rows": [row_of(*one) for one in found],
        "all_shown": few,
        "without": [row_of(*one) for one in supervising.without_roll(season, limit=BEHIND_SHOWN)],
        "curve": curve_of(season, schools_in(season), today=today),
    }
    return render(request, "education/home.html", context)


@require_GET
@desk(Desk.EDUCATION)
def school(request: Seated, pk: int) -> HttpResponse:
    """One school: the missing by reason, and its grades and classes without reasons. 一校情况"""
    season = season_of(request)
    seen = Organisation.objects.visible_to(request.appointment).schools().filter(active=True)
    one = get_object_or_404(seen.select_related("parent"), pk=pk)
    now = as_of(season, [one.pk])
    standing, grades = of_school(season, one)
    row = row_of(one, standing)
    place = next(row_of_place(each) for each in supervising.places(season) if each.key == row.key)
    context = {
        "row": row, "grades": grades, "policy": policy_of(season), "as_of": now, "place": place,
        "curve": curve_of(season, [one.pk], today=clock.today()),
        **until(policy_of(season), clock.today()),
    }  # fmt: skip
    return render(request, "education/school.html", context)


@require_GET
@desk(Desk.EDUCATION)
def workbook(request: Seated) -> HttpResponse:
    """All schools with the missing by reason, as the pages show them. 导出"""
    season, said = season_of(request), language()
    as_of(season)
    rows = [row_of(*one) for one in schools_of(season)]
    heads = [
        Text("街道／区域", "Place"), Text("学校", "School"), Text("应保", "Should be insured"),
        Text("已参保", "Insured"), Text("未参保", "Missing"),
        *(text for text, _ in in_columns(None)),
    ]  # fmt: skip
    columns = [
        ExportColumn(text.said(said), "text" if at < 2 else "number", 24 if at < 2 else 12)
        for at, text in enumerate(heads)
    ]
    names = {place.key: place.name.said(said) for place in supervising.places(season)}
    ordered = sorted(rows, key=lambda row: (names[row.key], -row.standing.missing))
    table = [line(names[row.key], row, said) for row in ordered]
    table.append(line("", whole(rows), said))
    content = write_table(columns, table, sheet=Text("各校参保", "Enrolment per school").said(said))
    answer = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="enrolment-per-school-{clock.today():%Y%m%d}.xlsx"'
    return answer


def line(place: str, row: Row, said: Any) -> tuple[str | int, ...]:
    """A row of the workbook, with the same reasons put together as on the page."""
    figures = (row.standing.should, row.standing.insured, row.standing.missing)
    return (place, row.name.said(said), *figures, *(heads or "" for _, heads in in_columns(line_of("", row.standing))))
