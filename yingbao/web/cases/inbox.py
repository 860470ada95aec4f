"""The inbox of cases, one case's page and what is done there, and the slip that the family takes along. 个案办理"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind
from yingbao.cases import asking, handing, publishing, refusals
from yingbao.cases.handing import DESKS, PLACING_DESKS
from yingbao.cases.kinds import AREAS
from yingbao.cases.lifecycle import ENDED
from yingbao.cases.models import Case, CaseQuerySet
from yingbao.cases.responsible import contact_of
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.taking_in import Seat, hindrance
from yingbao.people.grades import GRADES, grade_name
from yingbao.people.looks import looked
from yingbao.people.models import Person, SchoolRoll
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.cases import shown
from yingbao.web.phases import season_of
from yingbao.web.templatetags.words import language
from yingbao.web.wall import beyond

PAGE_SIZE = 50
BODIES_OFFERED = 400
VIEWS = {
    "": Text("等我们办", "Waits for us"),
    "asked": Text("我们提出的", "Asked by us"),
    "overdue": Text("超期", "Overdue"),
    "all": Text("全部未办结", "All that are open"),
    "settled": Text("已办结", "Settled"),
}
KINDS = {"": Text("全部", "All"), "question": Text("提问", "Questions"), "child": Text("孩子归谁办", "Whose child")}
RECEIVERS = (
    OrganisationKind.SCHOOL, OrganisationKind.COMMUNITY, OrganisationKind.SUB_DISTRICT,
    OrganisationKind.INSURANCE_AGENCY,
)  # fmt: skip
DONE = {
    "accept": Text("已接收，请办完后在这里写明结果。", "Accepted. Write here what came of it."),
    "return": Text("已退回。", "Returned."),
    "pass_on": Text("已转交。", "Passed on."),
    "send_again": Text("已再次送出。", "Sent again."),
    "settle": Text("已办结。", "Settled."),
    "reopen": Text("已再次提问。", "Asked again."),
    "withdraw": Text("已撤回。", "Withdrawn."),
}
RETURN_IT = Text("它就是提出单位，请写明情况退回。", "That is who asked: return the case and say how it is.")
ANSWERED = Text("已答复，提问人能看到。", "Answered; whoever asked reads it.")
WENT_UP = Text(
    "已多次退转，平台自动上报给“{place}”决定。", "It was turned away too often, so it went up by itself to {place}."
)
STALE = Text(
    "您打开页面之后这件个案有了变化，刚才的操作没有执行。下面是最新情况，您写的内容还在。",
    "The case moved after you opened the page; nothing was done. What you typed is still here.",
)


def narrowed(request: Seated, show: str) -> CaseQuerySet:
    """The cases of a view. 视图"""
    place, every = request.appointment.organisation, Case.objects.visible_to(request.appointment)
    match show:
        case "asked":
            return every.unsettled().filter(asked_by_organisation=place)
        case "overdue":
            return every.overdue(clock.today())
        case "all":
            return every.unsettled()
        case "settled":
            return every.filter(state__in=sorted(ENDED))
        case _:
            return Case.objects.waiting_for(place)


def of_kind(rows: CaseQuerySet, kind: str) -> CaseQuerySet:
    """Questions alone, or cases about a child's place alone. 类别"""
    return rows if not kind else rows.filter(once__isnull=kind != "question")


def nameable(rows: Any, by: Appointment) -> Any:
    """The rows with their children, but for the desk that may not read a name. 连同孩子"""
    return rows if by.desk == Desk.EDUCATION else rows.select_related("person")


@require_GET
@desk(*DESKS)
def inbox(request: Seated) -> HttpResponse:
    """What waits for this body, what it asked, what is overdue. 个案"""
    asked = request.GET.get("show", "")
    show = asked if asked in VIEWS else ""
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in KINDS else ""
    rows = of_kind(narrowed(request, show), kind)
    total = rows.count()
    pages = max(1, -(-total // PAGE_SIZE))
    wanted = request.GET.get("page", "1")
    page = max(1, min(int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1, pages))
    order = ("-state_at",) if show == "settled" else ("due_on", "pk")
    keys = list(rows.order_by(*order).values_list("pk", flat=True)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    with beyond("the children of cases that this body sees, who may be on nobody's list yet"):
        rows_ = Case.objects.select_related("asked_by_organisation", "to_organisation")
        held = nameable(rows_, request.appointment).in_bulk(keys)
    found = [held[key] for key in keys]
    looked(
        user=request.user, organisation=request.appointment.organisation, what="list", count=len(found),
        at=clock.now(),
    )  # fmt: skip
    context = {
        "show": show, "total": total, "page": page, "pages": pages, "before": page - 1, "after": page + 1,
        "views": [{"key": key, "name": name, "count": of_kind(narrowed(request, key), kind).count(),
                   "here": key == show} for key, name in VIEWS.items()],
        "kinds": [{"key": key, "name": name, "here": key == kind} for key, name in KINDS.items()], "kind": kind,
        "rows": [shown.row(one, clock.today(), request.appointment) for one in found],
        "places_children": request.appointment.desk in PLACING_DESKS,
    }  # fmt: skip
    return render(request, "cases/inbox.html", context)


def found(request: Seated, pk: int) -> Case:
    """A case that this desk sees, or 404. 查阅范围"""
    if not Case.objects.visible_to(request.appointment).filter(pk=pk).exists():
        raise Http404
    rows = Case.objects.select_related(
        "season", "asked_by_organisation__parent__parent", "to_organisation__parent__parent", "raised_to"
    )
    with beyond("the child of a case that this body sees, who may be on nobody's list yet"):
        one: Case = nameable(rows, request.appointment).get(pk=pk)
        return one


@require_GET
@desk(*DESKS)
def case(request: Seated, pk: int) -> HttpResponse:
    """What is asked, with whom it lies, what was done. 一件个案"""
    one = found(request, pk)
    looked(
        user=request.user, organisation=request.appointment.organisation, what="case",
        person=Person(pk=one.person_id) if one.person_id else None, at=clock.now(),
    )  # fmt: skip
    return page(request, one)


def page(request: Seated, one: Case, *, status: int = 200, **more: Any) -> HttpResponse:
    """The case's page. 页面"""
    context = shown.page(one, request.appointment, clock.today()) | more
    if one.is_question:
        if {"pass_on", "send_again"} & set(context["acts"]):
            context |= {"bodies": whom(one)}
        context |= {"may_publish": request.appointment.desk in publishing.DESKS and bool(one.answer)
                    and one.to_organisation_id == request.appointment.organisation_id}  # fmt: skip
        return render(request, "cases/question.html", context, status=status)
    if "accept" in context["acts"] and one.about.places_child:
        context |= {"seats": seats(one), "hindrance": hindrance_of(one)}
    if one.kind == AREAS and request.appointment.desk == Desk.AGENCY:
        season = season_of(request)
        if Enrolment.objects.filter(season=season, person=one.person_id).exists():
            context |= {"doubled": True}
    if {"pass_on", "send_again"} & set(context["acts"]):
        context |= {"bodies": bodies(one)}
    return render(request, "cases/case.html", context, status=status)


def hindrance_of(one: Case) -> Text | None:
    """Why this body cannot take the child on, as far as that is known before it tries. 不能接收"""
    if one.person is None:
        return None
    with beyond("a child that is handed over may be on another's list or roll; only whose it is is told"):
        found = hindrance(season=one.season, person=one.person, organisation=one.to_organisation)
        askers = SchoolRoll.objects.filter(person=one.person, school=one.asked_by_organisation, left_on__isnull=True)
        mend = RETURN_IT if askers.exists() else found.mend if found else None
    if found is None or mend is None:
        return None
    return Text(f"{found.what.zh}。{mend.zh}", f"{found.what.en}. {mend.en}")


def seats(one: Case) -> list[tuple[str, Text]]:
    """Where a school can put a child that is not on its roll: empty for any other body. 可选年级"""
    place = one.to_organisation
    if place.kind != OrganisationKind.SCHOOL:
        return []
    if SchoolRoll.objects.filter(person=one.person, school=place, left_on__isnull=True).exists():
        return []
    return [
        (f"{stage}.{grade}", grade_name(stage, grade))
        for stage in GRADES
        if stage in place.stages
        for grade in GRADES[stage]
    ]


def bodies(one: Case) -> list[Organisation]:
    """To whom a case can be given: the schools, communities, sub-districts and the agency of its area. 可转单位

    Not to whoever asked, unless the body above decides so; and nobody else where the case stays with whom it is.
    """
    if one.about.stays:
        return []
    found = Organisation.objects.filter(pooling_area=one.season.pooling_area, kind__in=RECEIVERS, active=True)
    if one.asked_by_organisation_id and not one.raised_to_id:
        found = found.exclude(pk=one.asked_by_organisation_id)
    return list(found.exclude(pk=one.to_organisation_id).order_by("kind", "code")[:BODIES_OFFERED])


def whom(one: Case) -> list[Organisation]:
    """To whom a question can be given: the bureaus, the sub-districts, and who has had it before. 可转单位"""
    here = Organisation.objects.filter(active=True).exclude(pk=one.to_organisation_id)
    above = Q(pooling_area=one.season.pooling_area, kind__in=[*asking.BUREAUS, OrganisationKind.SUB_DISTRICT])
    before = Q(pk__in=one.steps.values("to_organisation"))
    return list(here.filter(above | before).order_by("kind", "code")[:BODIES_OFFERED])


@require_POST
@desk(*DESKS)
@beyond("whoever accepts a case takes the child from another's list onto the own; which cases is checked before")
def act(request: Seated, pk: int, act: str) -> HttpResponseBase:
    """Do one thing; a stale page is told and keeps what was typed. 办理"""
    one = found(request, pk)
    typed = {name: str(request.POST.get(name, "")).strip() for name in ("reason", "to", "seat", "class_name")}
    if request.POST.get("seen") != shown.seen(one):
        return page(request, one, status=409, typed=typed, general=STALE, open=act)
    try:
        done = perform(request, one, act, typed)
    except Refused as refused:
        told = Text(
            f"{refused.what.zh.rstrip('。')}。{refused.mend.zh}", f"{refused.what.en.rstrip('.')}. {refused.mend.en}"
        )
        place = refused.where if refused.where in ("reason", "to", "grade") else ""
        more: dict[str, Any] = {"wrong": {place: told}} if place else {"general": told}
        return page(request, found(request, pk), status=422, typed=typed, open=act, **more)
    said = ANSWERED if one.is_question and act == "settle" else DONE[act]
    if done.raised_to_id and not one.raised_to_id:
        said = WENT_UP.filled(place=done.to_organisation.name)
    messages.success(request, said.said(language()))
    return redirect("case", pk=pk)


def perform(request: Seated, one: Case, act: str, typed: dict[str, str]) -> Case:
    """Hand the deed to the case's actions. 执行"""
    by, at = request.appointment, clock.now()
    match act:
        case "accept":
            stage, _, grade = typed["seat"].partition(".")
            seat = Seat(stage, int(grade), typed["class_name"][:40]) if grade.isascii() and grade.isdigit() else None
            return handing.accept(case=one, by=by, at=at, seat=seat)
        case "return":
            return handing.turn_back(case=one, reason=typed["reason"], by=by, at=at)
        case "pass_on":
            return handing.pass_on(case=one, to=body_of(one, typed["to"]), reason=typed["reason"], by=by, at=at)
        case "send_again":
            to = body_of(one, typed["to"]) if typed["to"] else None
            return handing.send_again(case=one, to=to, reason=typed["reason"], by=by, at=at)
        case "reopen":
            return handing.reopen(case=one, reason=typed["reason"], by=by, at=at)
        case "withdraw":
            return handing.withdraw(case=one, by=by, at=at)
        case _:
            return handing.settle(case=one, answer=typed["reason"], by=by, at=at)


def body_of(one: Case, name: str) -> Organisation:
    """The body that is called so in the case's area. 按名称找单位"""
    if one.is_question:
        chosen = next((each for each in whom(one) if str(each.pk) == name), None)
        if chosen is None:
            raise refusals.cannot_answer(name[:40] if not name.isdigit() else "")
        return chosen
    found = Organisation.objects.filter(
        Q(name=name) | Q(code=name), pooling_area=one.season.pooling_area, active=True, kind__in=RECEIVERS
    )
    place = found.order_by("pk").first()
    if place is None:
        raise Refused(
            where="to",
            what=Text("没有叫“{name}”的单位", "There is no body called {name}").filled(name=name[:40])
            if name
            else Text("没有选单位", "No body is chosen"),
            mend=Text("请从列表里选学校、社区、街道或医保经办机构的全名。", "Choose a full name from the list."),
        )
    return place


@require_GET
@desk(*PLACING_DESKS)
def slip(request: Seated, pk: int) -> HttpResponse:
    """What the family takes along: the case's number and whom to call, nothing about the child. 告知单"""
    one = found(request, pk)
    if one.person is None or one.asked_by_organisation is None or one.is_question:
        raise Http404
    context = {
        "one": one, "about": one.about, "initial": shown.initial_of(one.person.name),
        "contact": contact_of(one.to_organisation), "asker": contact_of(one.asked_by_organisation),
        "policy": policy_of(one.season), "here": request.appointment.organisation, "printed": clock.now(),
    }  # fmt: skip
    return render(request, "cases/slip.html", context)
