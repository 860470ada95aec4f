"""Points admissions at the agency: the lists that came, who needs to be on one and is not. 积分入医"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation, OrganisationKind
from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import policy_of
from yingbao.people.grades import grade_name
from yingbao.people.models import IdentityDocument, PointsAdmission, SchoolRoll
from yingbao.policy.model import Policy
from yingbao.spreadsheet.models import AssistedList
from yingbao.spreadsheet.points_list import counts_in
from yingbao.spreadsheet.workbooks import write_table
from yingbao.values import clock, divisions
from yingbao.values.text import Language, Text
from yingbao.web.access import Seated, desk
from yingbao.web.lists.outcome import became_of
from yingbao.web.school.pupils import season_of
from yingbao.web.tax.shared import Heading, area_of, columns, download, look, page_of
from yingbao.web.templatetags.words import language

PAGE_SIZE = 50
SCHOOLS_SHOWN = 40
LISTS_SHOWN = 10


def rules_of_points(policy: Policy) -> list[str]:
    """The rules by which a child cannot be enrolled for want of a points admission. 未办入医的规则"""
    if policy.points_admission is None:
        return []
    clause = policy.points_admission.clause
    return [rule.id for rule in policy.tables.entitlement if rule.agent is None and rule.clause == clause]


def missing(season: Season) -> QuerySet[Enrolment]:
    """The children who would have had to be on a list and are not: they have waived the year. 应办未办"""
    said = Q()
    for rule in rules_of_points(policy_of(season)):
        said |= Q(because=rule) | Q(because__startswith=f"{rule};") | Q(because__contains=f";{rule}")
    rows: QuerySet[Enrolment] = Enrolment.objects.filter(season=season, status="ineligible")
    return rows.filter(said).exclude(state__in=sorted(ENDED)) if said else rows.none()


@require_GET
@desk(Desk.AGENCY)
def points(request: Seated) -> HttpResponse:
    """The lists of the points office, and who is missing, by school. 积分入医"""
    season = season_of(request)
    rows, school = narrowed(request, season, request.GET)
    counted = dict(missing(season).values_list("organisation").annotate(Count("pk")).order_by())
    schools = list(Organisation.objects.filter(pk__in=counted).order_by("code", "pk"))
    total = counted.get(school.pk, 0) if school else sum(counted.values())
    pages = page_of(request, total, PAGE_SIZE)
    own, first = reaching(schools, counted, pages["first"]) if school is None else ([school.pk], pages["first"])
    shown = lines(rows.filter(organisation__in=own), season, first, PAGE_SIZE)
    look(request, "list", len(shown))
    office = Organisation.objects.filter(kind=OrganisationKind.POINTS_OFFICE, pooling_area=area_of(request)).first()
    lists = AssistedList.objects.filter(organisation=office).select_related("uploaded_by").defer("content_cipher")
    most = sorted(schools, key=lambda one: -counted[one.pk])[:SCHOOLS_SHOWN]
    context: dict[str, Any] = {
        "policy": policy_of(season), "counts": counts_in(season), "rows": shown, "total": total,
        "all": sum(counted.values()), "school": school,
        "schools": [{"one": one, "count": counted[one.pk], "here": one == school} for one in most],
        "others": len(schools) - len(most),
        "lists": list(lists.order_by("-uploaded_at", "-pk")[:LISTS_SHOWN]) if office else [], "office": office,
        "became": became_of(office, season) if office and request.GET.get("became") else [],
    } | pages  # fmt: skip
    return render(request, "agency/points.html", context)


def reaching(schools: list[Organisation], counted: dict[int, int], first: int) -> tuple[list[int], int]:
    """The schools on whose children a page lies, and where among these it begins. 本页学校

    The children of a whole city are never put in order.
    """
    own: list[int] = []
    before = 0
    for one in schools:
        if before + counted[one.pk] <= first and not own:
            before += counted[one.pk]
            continue
        own.append(one.pk)
        if sum(counted[key] for key in own) + before >= first + PAGE_SIZE:
            break
    return own, first - before


def narrowed(request: Seated, season: Season, said: Any) -> tuple[QuerySet[Enrolment], Organisation | None]:
    """Those who are missing, of one school if the address or form names one. 筛选"""
    rows, key = missing(season), str(said.get("school", ""))
    agents = Organisation.objects.filter(pooling_area=area_of(request))
    school = agents.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 12 else None
    return (rows.filter(organisation=school) if school else rows), school


def lines(rows: QuerySet[Enrolment], season: Season, first: int, most: int) -> list[dict[str, Any]]:
    """Who is missing: where the child is, where its hukou is, and of an admission out of time its day. 名单行"""
    order = rows.select_related("person", "organisation").order_by("organisation__code", "person__name_pinyin", "pk")
    found = list(order[first : first + most])
    people = [one.person_id for one in found]
    numbers = dict(
        IdentityDocument.objects.filter(person__in=people, replaced_at__isnull=True).values_list(
            "person", "number_masked"
        )
    )
    rolls = {roll.person_id: roll for roll in SchoolRoll.objects.filter(person__in=people, left_on__isnull=True)}
    days = dict(
        PointsAdmission.objects.filter(person__in=people, pooling_area=season.pooling_area)
        .order_by("admitted_on")
        .values_list("person", "admitted_on")
    )
    return [
        {
            "one": one,
            "number": numbers.get(one.person_id, ""),
            "roll": (roll := rolls.get(one.person_id)),
            "grade": grade_name(roll.stage, roll.grade) if roll else None,
            "hukou": divisions.full_name(one.person.hukou) if one.person.hukou else "",
            "day": days.get(one.person_id),
        }
        for one in found
    ]


def class_of(row: dict[str, Any], said: Language) -> str:
    """The child's class in words: 一年级 2班."""
    return f"{row['grade'].said(said)} {row['roll'].class_name}".strip() if row["roll"] else ""


@require_POST
@desk(Desk.AGENCY)
def workbook(request: Seated) -> HttpResponseBase:
    """The same as a workbook, for the schools to tell the families. 导出"""
    season = season_of(request)
    rows, _ = narrowed(request, season, request.POST)
    total = rows.count()
    every = lines(rows, season, 0, total)
    heads: list[Heading] = [
        (Text("学校", "School"), "text", 30),
        (Text("班级", "Class"), "text", 16),
        (Text("姓名", "Name"), "text", 12),
        (Text("证件号码（掩码）", "Identity number (masked)"), "text", 22),
        (Text("户籍", "Hukou"), "text", 26),
        (Text("超期的入医日期", "Admission out of time"), "date", 14),
    ]
    said = language()
    data = write_table(
        columns(heads),
        (
            (
                row["one"].organisation.name,
                class_of(row, said),
                row["one"].person.name, row["number"], row["hukou"], row["day"],
            )
            for row in every
        ),
        sheet=Text("未办积分入医", "No points admission").said(said),
    )  # fmt: skip
    look(request, "export", total)
    return download(data, f"points-missing-{clock.today():%Y%m%d}.xlsx")
