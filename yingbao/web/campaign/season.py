"""The season on one page: its phases, what they ask of whom, how far everyone is; a task marked done. 本季任务"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation
from yingbao.campaign import doing, reckoning
from yingbao.campaign.models import Assignment, SeasonTask
from yingbao.campaign.reckoning import HowFar, is_told
from yingbao.campaign.seen_done import SEEN
from yingbao.enrolment.seasons import policy_of
from yingbao.policy import terms
from yingbao.policy.model import SeasonPhase
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk, page_before
from yingbao.web.campaign import board
from yingbao.web.campaign.timeline import timeline
from yingbao.web.phases import season_page, when
from yingbao.web.tax.shared import page_of, tell

BUSINESS = (
    Desk.SCHOOL, Desk.COMMUNITY, Desk.AGENCY, Desk.TAX, Desk.LIST_PROVIDER, Desk.EDUCATION, Desk.CARD,
)  # fmt: skip
ON_A_PAGE = 100


@require_GET
@desk()
def season(request: Seated) -> HttpResponse:
    """All phases, all owners, all tasks, and how far the bodies are that the desk sees. 本季任务"""
    return _page(request)


def _page(request: Seated, refused: Refused | None = None, on: int = 0, status: int = 200) -> HttpResponse:
    context = season_page(request.appointment.organisation)
    one, today = context["season"], clock.today()
    far = reckoning.by_task(season=one, of=request.appointment, on=today)
    tasks_of_us = board.own_tasks(one, request.appointment, today)
    own = {each.one.task_id: each for each in reversed(tasks_of_us)}
    tasks = list(SeasonTask.objects.filter(season=one, asked=True).order_by("position"))
    context |= {
        "timeline": timeline(context["policy"], today),
        "phases": [_phase(phase, tasks, far, own, today) for phase in context["policy"].phases],
        "far": reckoning.together(far.values()),
        "sees_more": _sees_more(request), "refused": refused, "refused_on": on,
        "note": request.POST.get("note", "")[:400], "opened": bool(tasks), "today": today,
        "mine": board.counted(tasks_of_us),
    }  # fmt: skip
    return render(request, "campaign/season.html", context, status=status)


def _phase(
    phase: SeasonPhase, tasks: list[SeasonTask], far: dict[int, HowFar], own: dict[int, board.Own], today: date
) -> dict[str, Any]:
    """A phase with its tasks, each with who has to do it and how far they are."""
    rows = [
        {
            "task": task, "who": [terms.BODIES[kind] for kind in task.kinds if kind in terms.BODIES],
            "far": far.get(task.pk), "own": own.get(task.pk),
            "seen_by": terms.SEEN_BY.get(task.seen_by) if task.seen_by in SEEN else None,
        }
        for task in tasks
        if task.phase == phase.id
    ]  # fmt: skip
    read = [task for task in phase.tasks if task.id is None]
    whole = reckoning.together(far[task.pk] for task in tasks if task.phase == phase.id and task.pk in far)
    return {"phase": phase, "when": when(phase, today), "tasks": rows, "read": read, "far": whole}


def _sees_more(request: Seated) -> bool:
    """Whether the desk sees other bodies than its own."""
    kinds = (Desk.AGENCY, Desk.TAX, Desk.EDUCATION, Desk.CARD)
    of = request.appointment
    return of.desk in kinds or (of.desk == Desk.COMMUNITY and of.organisation.kind != "community")


@require_GET
@desk()
def task(request: Seated, pk: int) -> HttpResponse:
    """One task: which bodies have done it, which are late, which have not begun; from above down. 任务进度"""
    area = request.appointment.organisation.pooling_area
    one = get_object_or_404(SeasonTask.objects.select_related("season"), pk=pk, season__pooling_area=area, asked=True)
    today = clock.today()
    visible = Organisation.objects.visible_to(request.appointment)
    under = request.GET.get("under", "")
    place = _place(request, under)
    below = reckoning.children_of(place, area) if place or _sees_more(request) else []
    below = [each for each in below if each.pk in set(visible.values_list("pk", flat=True))] if below else []
    roots = below or [place or request.appointment.organisation]
    far = reckoning.by_body(task=one, roots=[each.pk for each in roots], on=today)
    rows = _rows(one, [each for each in roots if each.pk in far], far, today)
    own_row = _rows(one, [place], reckoning.by_body(task=one, roots=[place.pk], on=today), today) if place else []
    pages = page_of(request, len(rows), ON_A_PAGE)
    whole = reckoning.together(far.values())
    context = {
        "task": one, "phase": _phase_of(one), "place": place, "path": _path(place, request),
        "rows": rows[pages["first"] : pages["first"] + ON_A_PAGE], "far": whole, "today": today,
        "who": [terms.BODIES[kind] for kind in one.kinds if kind in terms.BODIES],
        "seen_by": terms.SEEN_BY.get(one.seen_by) if one.seen_by in SEEN else None,
        "own_row": own_row[0] if own_row and below and own_row[0]["one"] else None, **pages,
    }  # fmt: skip
    return render(request, "campaign/task.html", context)


def _place(request: Seated, under: str) -> Organisation | None:
    """The body whose children are asked for: the reader's own, if none is named and it has some."""
    visible = Organisation.objects.visible_to(request.appointment)
    if under:
        if not (under.isascii() and under.isdigit() and len(under) < 12):
            raise Http404
        return get_object_or_404(visible, pk=int(under))
    if request.appointment.desk == Desk.COMMUNITY and _sees_more(request):
        return request.appointment.organisation
    if _sees_more(request):
        tops = visible.filter(parent__isnull=True, kind="district")[:2]
        return tops[0] if len(tops) == 1 else None
    return None


def _rows(
    one: SeasonTask, bodies: list[Organisation], far: dict[int, HowFar], today: date
) -> list[dict[str, Any]]:  # fmt: skip
    """Bodies with their figures, and with their own task if they have it, the late ones first."""
    tasks: dict[int, list[Assignment]] = {}
    found = Assignment.objects.asked().filter(task=one, organisation__in=[each.pk for each in bodies])
    assigned = list(found.select_related("task", "done_by", "asked_of").order_by("pk"))
    seen = board.seen_of(one.season, assigned)
    for each in assigned:
        tasks.setdefault(each.organisation_id, []).append(each)
    rows = []
    for body in bodies:
        own = tasks.get(body.pk, [])
        mine = next((each for each in own if each.is_open), own[0] if own else None)
        tone, tag = board.stands(mine, today, seen) if mine else ("", Text("", ""))
        figures = far.get(body.pk, HowFar())
        rows.append({
            "body": body, "far": figures, "one": mine, "tone": tone, "tag": tag, "told": mine and is_told(mine),
            "has_below": figures.all > len(own),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["far"].late, row["far"].share, -row["far"].told, row["body"].name))


def _phase_of(one: SeasonTask) -> SeasonPhase | None:
    return next((phase for phase in policy_of(one.season).phases if phase.id == one.phase), None)


def _path(place: Organisation | None, request: Seated) -> list[Organisation]:
    """The bodies above, as far as the reader sees them."""
    seen = set(Organisation.objects.visible_to(request.appointment).values_list("pk", flat=True)) if place else set()
    path = []
    while place is not None and place.pk in seen:
        path.append(place)
        place = place.parent
    return path[::-1]


@require_POST
@desk(*BUSINESS)
def finish(request: Seated, pk: int) -> HttpResponseBase:
    """Mark the own task as done. 标记完成"""
    return _deed(request, pk, doing.finish, Text("已标记完成：{what}。", "Marked as done: {what}."))


@require_POST
@desk(*BUSINESS)
def take_back(request: Seated, pk: int) -> HttpResponseBase:
    """It is not done after all. 撤回完成"""
    return _deed(request, pk, doing.take_back, Text("已撤回，任务又在待办里：{what}。", "Taken back: {what}."))


def _deed(request: Seated, pk: int, deed: Any, told: Text) -> HttpResponseBase:
    try:
        one = deed(
            assignment=pk, note=request.POST.get("note", ""), seen=request.POST.get("seen", ""),
            by=request.appointment, at=clock.now(),
        )  # fmt: skip
    except Assignment.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        return _page(request, refused, pk, status=409)
    tell(request, told, what=one.task.text)
    return redirect(page_before(request))


@require_GET
@desk(*BUSINESS)
def story(request: Seated, pk: int) -> HttpResponse:
    """What happened to one body's task: who, when, what they said. 任务记录"""
    rows = Assignment.objects.visible_to(request.appointment).select_related(
        "task", "organisation", "asked_of", "season"
    )
    one = get_object_or_404(rows, pk=pk)
    tone, tag = board.stands(one, clock.today(), board.seen_of(one.season, [one]))
    steps = one.steps.select_related("by", "organisation").order_by("-pk")
    context = {
        "one": one, "steps": steps, "tone": tone, "tag": tag,
        "own": one.organisation_id == request.appointment.organisation_id, "seen": doing.mark_of(one),
    }  # fmt: skip
    return render(request, "campaign/story.html", context)
