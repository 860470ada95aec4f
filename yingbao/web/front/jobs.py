"""A user's own long work: how far it is, stop it, try it again. 后台任务"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.values import clock
from yingbao.web.access import Seated, desk

SHOWN = 50
UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)
TONES = {
    Job.State.WAITING: "",
    Job.State.RUNNING: "accent",
    Job.State.DONE: "good",
    Job.State.FAILED: "bad",
    Job.State.CANCELLED: "warn",
}


def own(request: Seated) -> QuerySet[Job]:
    """The jobs that this user started at this desk's organisation. 本人任务"""
    return Job.objects.filter(owner=request.user, organisation=request.appointment.organisation)


def shown(job: Job) -> dict[str, Any]:
    """A job with what its page says about it."""
    return {
        "job": job,
        "under_way": job.state in UNDER_WAY,
        "tone": TONES[Job.State(job.state)],
        "can_retry": job.state in (Job.State.FAILED, Job.State.CANCELLED),
    }


@require_GET
@desk()
def jobs(request: Seated) -> HttpResponse:
    """All of one's own jobs, the latest first. 任务列表"""
    context = {"rows": [shown(job) for job in own(request).order_by("-asked_at", "-pk")[:SHOWN]]}
    context["under_way"] = any(row["under_way"] for row in context["rows"])  # type: ignore[assignment]
    return render(request, "front/_jobs.html" if request.htmx else "front/jobs.html", context)


@require_GET
@desk()
def job(request: Seated, pk: int) -> HttpResponse:
    """One job; the page asks for its state every second while it runs. 任务进度"""
    context = shown(get_object_or_404(own(request), pk=pk))
    return render(request, "front/_job.html" if request.htmx else "front/job.html", context)


@require_POST
@desk()
def cancel(request: Seated, pk: int) -> HttpResponse:
    """Ask that a job stop. 取消任务"""
    wanted = get_object_or_404(own(request), pk=pk)
    work.ask_cancel(job=wanted, by=request.user, at=clock.now())
    return redirect("job", pk=pk)


@require_POST
@desk()
def retry(request: Seated, pk: int) -> HttpResponse:
    """Run a job again that failed or was cancelled. 重试任务"""
    wanted = get_object_or_404(own(request), pk=pk)
    work.retry(job=wanted, by=request.user, at=clock.now())
    return redirect("job", pk=pk)
