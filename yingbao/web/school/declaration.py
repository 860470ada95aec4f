"""The school declares: the list beside the roster, freezing, handing in, what became of it, papers. 学校申报"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, OrganisationKind
from yingbao.collection.models import Mandate
from yingbao.declaration import freezing
from yingbao.declaration.building import NOW, TO_DO, Building, Child, Place, build
from yingbao.declaration.lifecycle import OPEN, State
from yingbao.declaration.models import Declaration
from yingbao.enrolment.needs import why_not
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.steps import pays_through_school
from yingbao.people.looks import looked
from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web import declared
from yingbao.web.access import Seated, desk
from yingbao.web.phases import until
from yingbao.web.school.pupils import season_of
from yingbao.web.templatetags.words import language

PAGE_SIZE = 100
CHANGED = Text(
    "您查看之后名单有了变化，还没有锁定。请按现在的人数和金额再看一遍。",
    "The list changed after you looked; nothing was frozen. Please look again at the present numbers.",
)
DONE = {
    "frozen": Text("名单已锁定。请核对后提交税务部门。", "The list is frozen. Check it, then hand it in."),
    "submitted": Text("已提交税务部门，等待受理。", "Handed in to the tax authority."),
    "discarded": Text("已作废，可以重新编制名单。", "Thrown away; the list can be made anew."),
}
WAYS_ON = {
    Place.TO_CONFIRM: "show=ready",
    Place.TO_REGISTER: "show=register",
    Place.UNDECIDED: "show=needs",
}
"""Where in the list of pupils those are worked on who would be left behind."""


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def declarations(request: Seated) -> HttpResponse:
    """What a declaration would hold now, beside the roster, and what was declared before. 申报"""
    return page(request)


def page(request: Seated, *, notice: Text | None = None, status: int = 200) -> HttpResponse:
    """The page of the list that is being built. 编制申报名单"""
    organisation, season, today = request.appointment.organisation, season_of(request), clock.today()
    policy = policy_of(season)
    earlier = Declaration.objects.filter(season=season, organisation=organisation).order_by("-ordinal")
    context: dict[str, Any] = {
        "organisation": organisation, "policy": policy, **until(policy, today),
        "notice": notice, "declares": pays_through_school(policy),
        "earlier": [{"one": each, "title": declared.title(each), "tone": declared.TONES[each.state]}
                    for each in earlier],
        "open": next((each for each in earlier if each.state in OPEN), None),
        "returned": earlier.first() if earlier and earlier[0].state == State.RETURNED else None,
    }  # fmt: skip
    # A community's newborns come until later.
    context["over"] = organisation.kind == OrganisationKind.SCHOOL and context["days"] < 0
    if context["declares"]:
        built = build(season=season, organisation=organisation, at=clock.now())
        context |= list_of(built, request.GET.get("place", ""), request.GET.get("page", "1"), policy)
        if context["over"]:  # nobody can be worked on there any more: the same page shows who they are
            context["left_behind"] = [each | {"query": None} for each in context["left_behind"]]
        context |= {"mandate": Mandate.objects.filter(organisation=organisation, state="verified").first()}
        looked(user=request.user, organisation=organisation, what="list", count=len(context["rows"]), at=clock.now())
    return render(request, "school/declarations.html", context, status=status)


def list_of(built: Building, asked: str, wanted_page: str, policy: Policy) -> dict[str, Any]:
    """Heads and sums, and one page of the children at the place that was asked for. 名单与合计"""
    heads = built.heads
    place = Place(asked) if asked in set(Place) else None
    chosen = built.of(place) if place else built.children
    pages = max(1, -(-len(chosen) // PAGE_SIZE))
    page = min(int(wanted_page), pages) if wanted_page.isascii() and wanted_page.isdigit() else 1
    page = max(page, 1)
    return {
        "built": built,
        "all": len(built.children),
        "now": built.sums(*NOW),
        "paying": built.sums(Place.PAYS),
        "exempt": built.sums(Place.EXEMPT),
        "corrections": heads[Place.TO_CORRECT],
        "removals": heads[Place.TO_REMOVE],
        "exemptions": [
            {"category": terms.ASSISTANCE.get(category, declared.EXEMPT), "listed_by": body, "sum": each}
            for (category, body), each in built.exemptions.items()
        ],
        "expected": expected_of(built),
        "places": [{"place": each, "count": heads[each], "here": each == place} for each in Place if heads[each]],
        "place": place,
        "left_behind": [
            {"place": each, "count": heads[each], "query": WAYS_ON.get(each)} for each in TO_DO if heads[each]
        ],
        "rows": [
            {"child": child, "now": child.place in NOW, "about": about(child, policy)}
            for child in chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        ],
        "page": page,
        "pages": pages,
        "before": page - 1,
        "after": page + 1,
    }


def expected_of(built: Building) -> str:
    """A mark of what was shown, so that nothing else is frozen than what was seen. 页面版本"""
    return "/".join(str(figure) for figure in (*built.sums(*NOW), *(built.heads[place] for place in NOW)))


def about(child: Child, policy: Policy) -> Text | str:
    """One sentence on why a child stands where it does: by whose list it is exempt, why it cannot be enrolled. 说明"""
    if child.elsewhere:
        return Text("由“{agent}”办理", "worked on by {agent}").filled(agent=child.elsewhere)
    if child.place == Place.INELIGIBLE and child.as_of is not None:
        return why_not(policy, child.because, child.facts, child.as_of)
    if child.reason:
        return child.reason
    if child.paid_by and child.enrolment is not None:
        said = Text("{payer}缴：{category}，{body}名单", "paid by {payer}: {category}, listed by {body}")
        short = Text("{payer}缴", "paid by {payer}")
        category = terms.ASSISTANCE.get(child.category, declared.EXEMPT)
        payer = declared.payer(child.paid_by, policy)
        return (said if child.listed_by else short).filled(payer=payer, category=category, body=child.listed_by)
    return ""


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def freeze(request: Seated) -> HttpResponseBase:
    """Freeze the list that was looked at; another list than that is shown again first. 锁定名单"""
    organisation, season, at = request.appointment.organisation, season_of(request), clock.now()
    method = request.POST.get("method", "")
    if method == "debit" and not Mandate.objects.filter(organisation=organisation, state="verified").exists():
        raise Refused(
            where=organisation.name,
            what=Text("没有已核验的扣款协议", "There is no verified direct-debit agreement"),
            mend=Text(
                "请改用银行转账，或先签协议并由税务部门核验。", "Choose transfer, or have one signed and verified."
            ),
        )
    if request.POST.get("expected") != expected_of(build(season=season, organisation=organisation, at=at)):
        return page(request, notice=CHANGED, status=409)
    made = freezing.freeze(
        season=season,
        organisation=organisation,
        method=method,  # type: ignore[arg-type]  # what is neither is refused there
        by=request.appointment,
        at=at,
    )
    messages.success(request, DONE["frozen"].said(language()))
    return redirect("declaration", pk=made.pk)


def own(request: Seated, pk: int) -> Declaration:
    """The school's own declaration, or 404. 查阅范围"""
    rows = Declaration.objects.filter(organisation=request.appointment.organisation)
    one = rows.select_related("season", "organisation", "frozen_by", "submitted_by").filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def declaration(request: Seated, pk: int) -> HttpResponse:
    """A frozen list: its state, what to pay where by when, its lines by class. 申报表"""
    one = own(request, pk)
    groups = declared.groups(declared.lines_of(one))
    looked(
        user=request.user,
        organisation=request.appointment.organisation,
        what="list",
        count=sum(group.heads for group in groups),
        at=clock.now(),
    )
    return render(request, "school/declaration.html", declared.shown(one) | {"groups": groups})


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def act(request: Seated, pk: int, act: str) -> HttpResponseBase:
    """Hand a frozen list in, or throw it away. 提交或作废"""
    one = own(request, pk)
    walk = {"submit": freezing.submit, "discard": freezing.discard}[act]
    done = walk(declaration=one, by=request.appointment, at=clock.now())
    messages.success(request, DONE[done.state].said(language()))
    if done.state == State.DISCARDED:
        return redirect("declarations")
    return redirect("declaration", pk=pk)


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def paper(request: Seated, pk: int, kind: str) -> HttpResponse:
    """The form to stamp, or the notice to pay by, as PDF. 打印"""
    one = own(request, pk)
    content = {"form": declared.form, "notice": declared.notice}[kind](one)
    looked(
        user=request.user,
        organisation=request.appointment.organisation,
        what="export",
        count=one.lines.count() if kind == "form" else 0,
        at=clock.now(),
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{one.reference}-{kind}.pdf"'
    return answer


def address_of(one: Declaration) -> str:
    """Where the school sees it."""
    return reverse("declaration", args=[one.pk])
