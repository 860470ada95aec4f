"""Organisations: found, set up, renamed, closed. 机构管理"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents import premises
from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind
from yingbao.agents.overseeing import holding, places_of
from yingbao.campaign import closing
from yingbao.policy import terms
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.administering import KINDS, PAGE_SIZE, mark_of, noted, place_named, remember, searched, stale
from yingbao.web.tax.shared import area_of, page_of, tell
from yingbao.web.wall import by_platform

STAGES = {code: terms.STAGES[code] for code in premises.STAGES}
FIELDS = ("kind", "code", "name", "division", "parent", "contact", "phone")


@require_GET
@desk(Desk.SYSTEM)
def organisations(request: Seated) -> HttpResponse:
    """The organisations of the area. 机构列表"""
    term, show = searched(request, "places"), request.GET.get("show", "")
    found = places_of(request.appointment)
    if term:
        found = found.filter(Q(name__icontains=term) | Q(code__icontains=term) | Q(contact__icontains=term))
    counts = dict(found.filter(active=True).values_list("kind").annotate(Count("pk")))
    views = [("", Text("全部", "All"), sum(counts.values()))]
    views += [(kind.value, words, counts[kind.value]) for kind, words in KINDS.items() if kind.value in counts]
    bare = found.filter(unmanned(clock.today()), active=True, kind=OrganisationKind.SCHOOL).count()
    views += [("unmanned", Text("没有经办人员的学校", "Schools without a clerk"), bare)]
    views += [("closed", Text("已停用", "Closed"), found.filter(active=False).count())]
    today = clock.today()
    staffed = Count("appointments", filter=_of_today(today) & Q(appointments__user__is_active=True), distinct=True)
    rows = viewed(found, show).select_related("parent").annotate(desks=staffed).order_by("kind", "name", "pk")
    pages = page_of(request, rows.count(), PAGE_SIZE)
    listed = [(one, KINDS[one.kind]) for one in rows[pages["first"] : pages["first"] + PAGE_SIZE]]  # type: ignore[index]
    context = {"rows": listed, "views": views, "show": show, "term": term, **pages}
    return render(request, "system/organisations.html", context)


def viewed(rows: QuerySet[Organisation], show: str) -> QuerySet[Organisation]:
    """Those of one kind, or the closed ones. 视图"""
    if show == "closed":
        return rows.filter(active=False)
    if show == "unmanned":
        return rows.filter(unmanned(clock.today()), active=True, kind=OrganisationKind.SCHOOL)
    return rows.filter(active=True, kind=show) if show else rows.filter(active=True)


def unmanned(today: date) -> Q:
    """Organisations where nobody can work today. 没有经办人员"""
    return ~Q(Exists(Appointment.objects.filter(holding(today), organisation=OuterRef("pk"), user__is_active=True)))


@require_POST
@desk(Desk.SYSTEM)
def find(request: Seated) -> HttpResponse:
    """Search by name, code or contact. 查找机构"""
    remember(request, "places")
    return redirect("system-organisations")


@require_http_methods(["GET", "POST"])
@desk(Desk.SYSTEM)
def new(request: Seated) -> HttpResponseBase:
    """Set one up. 新设机构"""
    filled = filled_in(request)
    context: dict[str, Any] = {"filled": filled, "kinds": KINDS.items(), "stages": STAGES.items()}
    if request.method == "GET":
        context["filled"] = filled | {"division": area_of(request)}
        return render(request, "system/organisation_new.html", context)
    try:
        parent = place_named(request.appointment, filled["parent"]) if filled["parent"].strip() else None
        made = premises.set_up(
            pooling_area=area_of(request), parent=parent, stages=filled["stages"],
            **{name: filled[name] for name in FIELDS if name != "parent"},
        )  # fmt: skip
    except Refused as refused:
        return render(request, "system/organisation_new.html", context | {"refused": refused}, status=422)
    noted(request, "organisation_set_up", f"organisation {made.pk}", kind=made.kind)
    tell(request, Text("机构已设立。下一步：为它的工作人员开户。", "It is set up. Next: open accounts for its staff."))
    return redirect("system-organisation", pk=made.pk)


def filled_in(request: Seated) -> dict[str, Any]:
    """What was typed. 填写内容"""
    typed: dict[str, Any] = {name: str(request.POST.get(name, ""))[:200] for name in FIELDS}
    return typed | {"stages": request.POST.getlist("stages")}


@require_GET
@desk(Desk.SYSTEM)
def organisation(request: Seated, pk: int) -> HttpResponse:
    """One organisation, who works there, what stands below it. 机构"""
    return shown(request, found_place(request, pk))


def found_place(request: Seated, pk: int) -> Organisation:
    """The organisation, if it is one of the area."""
    return get_object_or_404(places_of(request.appointment).select_related("parent"), pk=pk)


def shown(request: Seated, one: Organisation, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of an organisation, with what was typed if it was refused. 机构页面"""
    today = clock.today()
    context = {
        "one": one,
        "kind": KINDS[one.kind],  # type: ignore[index]
        "seen": seen(one),
        "stages": STAGES.items(),
        "staff": one.appointments.filter(holding(today)).select_related("user").order_by("user__name"),
        "below": one.children.filter(active=True).count(),
        "tokens": one.tokens.filter(revoked_at__isnull=True, expires_at__gt=clock.now()).count(),
        "filled": {
            "name": one.name, "division": one.division, "parent": one.parent.name if one.parent else "",
            "contact": one.contact, "phone": one.phone, "stages": one.stages,
        },
    }  # fmt: skip
    return render(request, "system/organisation.html", context | more, status=status)


def seen(one: Organisation) -> str:
    """What the page shows of it, as a mark. 页面标记"""
    return mark_of(one.name, one.division, one.parent_id, one.stages, one.contact, one.phone, one.active)


@require_POST
@desk(Desk.SYSTEM)
def change(request: Seated, pk: int) -> HttpResponseBase:
    """Rename it, move it, put its contact right. 修改机构"""
    one, filled = found_place(request, pk), filled_in(request)
    try:
        if request.POST.get("seen") != seen(one):
            raise stale()
        parent = place_named(request.appointment, filled["parent"]) if filled["parent"].strip() else None
        premises.change(
            organisation=one, parent=parent, stages=filled["stages"],
            **{name: filled[name] for name in ("name", "division", "contact", "phone")},
        )  # fmt: skip
    except Refused as refused:
        status = 409 if refused.where == "page" else 422
        return shown(request, one, status=status, refused=refused, filled=filled)
    noted(request, "organisation_changed", f"organisation {one.pk}")
    tell(request, Text("已保存。", "Saved."))
    return redirect("system-organisation", pk=pk)


@require_POST
@desk(Desk.SYSTEM)
def switch(request: Seated, pk: int, on: bool) -> HttpResponseBase:
    """Close it, or open it again. 停用与恢复"""
    one = found_place(request, pk)
    if on:
        done = premises.open_again(organisation=one)
    else:
        try:
            with by_platform("what a closed body had in hand goes to the body above by rule; the desk was checked"):
                done = closing.shut(organisation=one, by=request.appointment, at=clock.now())
        except Refused as refused:
            return shown(request, found_place(request, pk), status=409, not_closed=refused)
    if done:
        noted(request, "organisation_opened" if on else "organisation_closed", f"organisation {one.pk}")
    tell(request, Text("机构已恢复。", "It is open again.") if on else Text("机构已停用。", "It is closed."))
    return redirect("system-organisation", pk=pk)


def _of_today(today: date) -> Q:
    return Q(appointments__since__lte=today) & (Q(appointments__until__isnull=True) | Q(appointments__until__gte=today))
