"""The tax desk decides on declarations: the list, one declaration, accept, refuse lines, send back. 税务受理申报

Lines to be refused are gathered first, page by page, in the session; nothing is decided until the officer says so.
"""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection.billing import bill
from yingbao.collection.matching import match_by_reference
from yingbao.declaration import deciding
from yingbao.declaration.lifecycle import STANDING, STATE_NAMES, State
from yingbao.declaration.models import Declaration
from yingbao.enrolment.seasons import policy_of
from yingbao.people.looks import looked
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web import declared
from yingbao.web.access import Seated, desk
from yingbao.web.templatetags.words import language

PAGE_SIZE = 50
LINES_SHOWN = 100
STALE = "提交后情况有变"
DONE = {
    State.ACCEPTED: Text("已受理。应缴已核定 {n} 名。", "Accepted. {n} children are assessed."),
    State.PARTLY_ACCEPTED: Text("已部分受理。应缴已核定 {n} 名。", "Accepted in part. {n} children are assessed."),
    State.RETURNED: Text("已退回。", "Sent back."),
}
SUMS = {
    "": Text("不限金额", "any sum"),
    "owing": Text("需缴费", "something is to be paid"),
    "free": Text("无需缴费", "nothing is to be paid"),
}
WAITING_FIRST = Case(When(state="submitted", then=Value(0)), default=Value(1), output_field=IntegerField())


@require_GET
@desk(Desk.TAX)
def declarations(request: Seated) -> HttpResponse:
    """Every declaration of the pooling area that was handed in, those that wait first. 申报受理"""
    rows = seen(request)
    asked = {name: str(request.GET.get(name, "")).strip()[:60] for name in ("state", "school", "sum")}
    waiting = rows.filter(state=State.SUBMITTED).count()
    if asked["state"] in STATE_NAMES:
        rows = rows.filter(state=asked["state"])
    if asked["school"]:
        rows = rows.filter(Q(organisation__name__icontains=asked["school"]) | Q(reference=asked["school"].upper()))
    if asked["sum"] in ("owing", "free"):
        rows = rows.filter(self_paid_fen__gt=0) if asked["sum"] == "owing" else rows.filter(self_paid_fen=0)
    pages = max(1, -(-rows.count() // PAGE_SIZE))
    page = page_asked(request, pages)
    ordered = rows.order_by(WAITING_FIRST, "submitted_at", "pk")
    if asked["state"] not in ("", State.SUBMITTED):
        ordered = rows.order_by("-decided_at", "-pk")
    found = list(ordered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    context = {
        "rows": [{"one": one, "title": declared.title(one), "tone": declared.TONES[one.state]} for one in found],
        "asked": asked, "waiting": waiting, "page": page, "pages": pages, "before": page - 1, "after": page + 1,
        "states": [(state.value, text) for state, text in STATE_NAMES.items() if state not in UNSEEN],
        "sums": list(SUMS.items()),
    }  # fmt: skip
    return render(request, "tax/declarations.html", context)


UNSEEN = (State.FROZEN, State.DISCARDED)
"""What the agent has not handed in is not the tax authority's business."""


def seen(request: Seated) -> QuerySet[Declaration]:
    """The declarations that this desk may see: handed in, of its own pooling area. 查阅范围"""
    rows = Declaration.objects.filter(season__pooling_area=request.appointment.organisation.pooling_area)
    return rows.exclude(state__in=UNSEEN).select_related("season", "organisation", "submitted_by", "decided_by")


def found(request: Seated, pk: int) -> Declaration:
    """One of them, or 404."""
    one = seen(request).filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


def page_asked(request: Seated, pages: int) -> int:
    """The page that the address asks for, within what there is."""
    wanted = request.GET.get("page", "1")
    return max(1, min(int(wanted) if wanted.isascii() and wanted.isdigit() else 1, pages))


@require_GET
@desk(Desk.TAX)
def declaration(request: Seated, pk: int) -> HttpResponse:
    """One declaration: sums, lines, what changed since, and the decision. 申报表"""
    return page(request, found(request, pk))


def page(request: Seated, one: Declaration) -> HttpResponse:
    """All that an officer decides by. 页面内容"""
    policy = policy_of(one.season)
    waits = one.state == State.SUBMITTED
    draft = draft_of(request, one) if waits else {}
    stale = deciding.out_of_date(one) if waits else {}
    lines = declared.lines_of(one)
    labels = list(one.lines.order_by("class_label").values_list("class_label", flat=True).distinct())
    label = request.GET.get("class")
    if label in labels:
        lines = lines.filter(class_label=label)
    if request.GET.get("only") == "marked":
        lines = lines.filter(Q(pk__in=[*draft, *stale]) | Q(verdict="refused"))
    pages = max(1, -(-lines.count() // LINES_SHOWN))
    number = page_asked(request, pages)
    shown = list(lines[(number - 1) * LINES_SHOWN : number * LINES_SHOWN])
    looked(
        user=request.user, organisation=request.appointment.organisation, what="list", count=len(shown), at=clock.now()
    )
    rows = [
        {"line": line, "category": declared.category_of(line, policy), "change": declared.CHANGES[line.change],
         "draft": draft.get(line.pk, ""), "stale": line.pk in stale} for line in shown
    ]  # fmt: skip
    context = declared.shown(one) | {
        "rows": rows, "labels": labels, "label": label, "waits": waits, "draft": draft, "stale": stale,
        "all_stale_marked": set(stale) <= set(draft), "page": number, "pages": pages, "before": number - 1,
        "after": number + 1, "only": request.GET.get("only", ""),
        "refused": one.lines.filter(verdict="refused").count(),
    }  # fmt: skip
    return render(request, "tax/declaration.html", context)


def draft_of(request: Seated, one: Declaration) -> dict[int, str]:
    """The lines that this officer means to refuse, and why; kept until the decision. 拟不予受理"""
    kept = request.session.get("refusing", {}).get(str(one.pk), {})
    return {int(line): reason for line, reason in kept.items()}


def keep_draft(request: Seated, one: Declaration, draft: dict[int, str]) -> None:
    """Keep them in the session; an empty one is dropped."""
    every = dict(request.session.get("refusing", {}))
    every.pop(str(one.pk), None)
    if draft:
        every[str(one.pk)] = {str(line): reason for line, reason in draft.items()}
    request.session["refusing"] = every


@require_POST
@desk(Desk.TAX)
def mark(request: Seated, pk: int) -> HttpResponseBase:
    """Note which lines of this page are to be refused, or all that changed since. 标记不予受理"""
    one = found(request, pk)
    draft = draft_of(request, one)
    if request.POST.get("stale"):
        draft |= {line: STALE for line in deciding.out_of_date(one) if line not in draft}
    for name, reason in request.POST.items():
        line = name.removeprefix("reason-")
        if line != name and line.isascii() and line.isdigit():
            said = " ".join(str(reason).split())[: deciding.LONGEST_REASON]
            draft.pop(int(line), None)
            if said:
                draft[int(line)] = said
    own = set(one.lines.filter(pk__in=draft).values_list("pk", flat=True))
    keep_draft(request, one, {line: reason for line, reason in draft.items() if line in own})
    told = Text("拟不予受理 {n} 名，还没有生效。", "{n} lines are marked; nothing is decided yet.")
    messages.info(request, told.filled(n=len(own)).said(language()))
    return redirect("tax-declaration", pk=pk)


@require_POST
@desk(Desk.TAX)
def decide(request: Seated, pk: int, how: str) -> HttpResponseBase:
    """Accept, accept but for the marked lines, or send back; what is accepted is assessed at once. 受理"""
    one, at = found(request, pk), clock.now()
    before = one.state
    with transaction.atomic():
        if how == "accept":
            done = deciding.accept(declaration=one, by=request.appointment, at=at)
        elif how == "part":
            done = deciding.accept_in_part(
                declaration=one, refused=draft_of(request, one), by=request.appointment, at=at
            )
        else:
            done = deciding.send_back(
                declaration=one, reason=str(request.POST.get("reason", "")), by=request.appointment, at=at
            )
        billed = bill(declaration=done, by=request.user, at=at) if done.state in STANDING else []
    if billed:
        # A school may have paid before its list was accepted.
        match_by_reference(pooling_area=done.season.pooling_area, at=at)
    keep_draft(request, one, {})
    if before == State.SUBMITTED:
        messages.success(request, DONE[State(done.state)].filled(n=len(billed)).said(language()))
    return redirect("tax-declaration", pk=pk)
