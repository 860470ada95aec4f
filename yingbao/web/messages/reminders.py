"""The agency has families reminded: whom, in which words, how many; confirmed before it runs. 批量提醒"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, policy_of, season_for
from yingbao.jobs import reminding
from yingbao.jobs.models import Job
from yingbao.jobs.work import start
from yingbao.messages.queueing import awake
from yingbao.messages.templates import ALWAYS, GROUP_NAMES, TEMPLATES, Group
from yingbao.messages.wording import STOP
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.phases import until

CHANGED = Refused(
    where="seen",
    what=Text("您看过之后，人数有了变化", "The number has changed since you looked"),
    mend=Text("请核对下面的新人数，再确认一次。", "Compare the new number below and confirm once more."),
)
NOBODY = Refused(
    where="kind",
    what=Text("现在没有人需要这条提醒", "Nobody needs this reminder now"),
    mend=Text("今天已提醒过的，明天才能再提醒。", "Who was reminded today can be reminded again tomorrow."),
)
RUNNING = Refused(
    where="kind",
    what=Text("同一类提醒正在进行", "A run of this kind is under way"),
    mend=Text("请等它完成，进度在“任务”里。", "Wait until it is done; its progress is among the jobs."),
)


@require_GET
@desk(Desk.AGENCY)
def reminders(request: Seated) -> HttpResponse:
    """Every template with its words; with `kind`, whom a run would reach and the button. 提醒"""
    kind = str(request.GET.get("kind", ""))
    return render(request, "messages/reminders.html", _page(request, kind if kind in reminding.KINDS else ""))


@require_POST
@desk(Desk.AGENCY)
def run(request: Seated) -> HttpResponseBase:
    """Start the run that was confirmed, as a job. 开始提醒"""
    kind, at = str(request.POST.get("kind", "")), clock.now()
    if kind not in reminding.KINDS:
        return redirect("reminders")
    season = season_for(request.appointment.organisation.pooling_area, at.date())
    found = reminding.reckon(kind=kind, season=season, at=at)
    refused = _refusal(request, kind, season, found)
    if refused is not None:
        return render(request, "messages/reminders.html", _page(request, kind, refused), status=409)
    job = start(
        task="messages.remind",
        about=Text("批量提醒：{title}", "Reminders: {title}").filled(title=TEMPLATES[kind].title),
        owner=request.user,
        organisation=request.appointment.organisation,
        at=at,
        arguments={"kind": kind, "season": season.pk},
        result_url=reverse("reminders"),
    )
    note(
        what="reminders.run", user=request.user, organisation=request.appointment.organisation,
        about=f"job {job.pk}", said={"kind": kind, "season": season.policy, "count": found.to_tell}, at=at,
    )  # fmt: skip
    return redirect("job", job.pk)


def _refusal(request: Seated, kind: str, season: Season, found: reminding.Reckoned) -> Refused | None:
    under_way = Job.objects.filter(
        task="messages.remind",
        arguments={"kind": kind, "season": season.pk},
        state__in=[Job.State.WAITING, Job.State.RUNNING],
    )
    if under_way.exists():
        return RUNNING
    if not found.to_tell:
        return NOBODY
    return CHANGED if str(found.to_tell) != request.POST.get("seen") else None


def _page(request: Seated, kind: str, refused: Refused | None = None) -> dict[str, Any]:
    at = clock.now()
    season = season_for(request.appointment.organisation.pooling_area, at.date())
    runs = [_run(one, season, at) for one in reminding.KINDS]
    return {
        "season": season,
        **until(policy_of(season), china_day(at)),
        "runs": runs,
        "chosen": next((one for one in runs if one["kind"] == kind), None),
        "refused": refused,
        "templates": [
            {"title": one.title, "group": GROUP_NAMES[one.group], "words": _words(one.words.zh, one.group)}
            for one in TEMPLATES.values()
        ],
        "goes_at": awake(at),
        "rests": awake(at) != at,
    }


def _run(kind: str, season: Season, at: datetime) -> dict[str, Any]:
    first = reminding.meant(kind, season).select_related("person", "organisation").order_by("pk").first()
    template = TEMPLATES[kind]
    example = template.told(reminding.values_of(kind, first, china_day(clock.now()))).zh if first else ""
    found = reminding.reckon(kind=kind, season=season, at=at)
    return {
        "kind": kind, "title": template.title, "found": found, "example": example, "to_tell": found.to_tell,
        "unreachable": found.children - found.reachable,
    }  # fmt: skip


def _words(words: str, group: Group) -> str:
    """The words with their gaps shown as a reader sees them."""
    stop = STOP if group not in ALWAYS else ""
    return (words + stop).replace("{", "〔").replace("}", "〕")
