"""What guardians ask of the insurance agency, and its answers: erase, correct, leave a paid year. 家长申请办理"""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.families import requesting
from yingbao.families.lifecycle import REQUEST_NAMES, RequestState, answers_to
from yingbao.families.models import DataRequest
from yingbao.people.looks import looked
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform

MOST = 200
ANSWERED = Text("已答复，家长在页面上能看到。", "Answered; the guardian reads it on the page.")
ERASED = Text(
    "已答复并删除；已发短信告知该手机，它不能再进入家长页面。",
    "Answered and erased; the phone is told by a message, and can no longer come in.",
)
STALE = Text(
    "您打开页面之后，家长又作了补充或情况有变化，没有答复。请看过最新内容再办；您写的还在。",
    "The guardian added something, or this changed, after you opened the page; nothing was answered. Please read it "
    "again; what you wrote is kept.",
)
SHOWS = {
    "open": Text("待答复", "to be answered"),
    "closed": Text("已办结", "closed"),
}


def visible(request: Seated) -> QuerySet[DataRequest]:
    """The requests of this agency's pooling area. 本统筹区申请"""
    rows = DataRequest.objects.filter(pooling_area=request.appointment.organisation.pooling_area)
    return rows.select_related("person", "enrolment__organisation", "enrolment__season", "answered_by")


@require_GET
@desk(Desk.AGENCY)
def requests(request: Seated) -> HttpResponseBase:
    """Those that wait, the most pressing first; or those that are closed. 申请列表"""
    show = "closed" if request.GET.get("show") == "closed" else "open"
    rows = visible(request)
    waiting = rows.filter(state=RequestState.OPEN).order_by("due_on", "pk")
    chosen = list((waiting if show == "open" else rows.exclude(state=RequestState.OPEN).order_by("-pk"))[:MOST])
    at = clock.now()
    if chosen:
        looked(
            user=request.user, organisation=request.appointment.organisation, what="list", count=len(chosen),
            reason="家长申请", at=at,
        )  # fmt: skip
    context = {
        "rows": chosen, "show": show, "shows": list(SHOWS.items()), "waiting": waiting.count(), "today": clock.today(),
    }  # fmt: skip
    return render(request, "agency/requests.html", context)


@require_GET
@desk(Desk.AGENCY)
def one(request: Seated, pk: int) -> HttpResponseBase:
    """What is asked, of whom, and what can be said to it. 申请"""
    return shown(request, found(request, pk), {})


@require_POST
@desk(Desk.AGENCY)
def answer(request: Seated, pk: int) -> HttpResponseBase:
    """Answer, and do what is granted; of two officers the second is shown what the first said. 答复"""
    asked = found(request, pk)
    typed = {name: str(request.POST.get(name, "")) for name in ("state", "answer")}
    if asked.state == RequestState.OPEN and request.POST.get("seen") != seen(asked):
        return shown(request, asked, typed, wrong=STALE, status=409)
    if typed["state"] not in answers_to(asked.kind):
        what = Text("请选择怎样答复。", "Please choose an answer.")
        return shown(request, asked, typed, wrong=what, status=422)
    try:
        with by_platform("what is granted follows by rule: the phone erased, the refund opened; the desk was checked"):
            done = requesting.answer(
                request=asked, state=RequestState(typed["state"]), words=typed["answer"], by=request.appointment,
                at=clock.now(),
            )  # fmt: skip
    except Refused as refused:
        told = Text(f"{refused.what.zh}。{refused.mend.zh}", f"{refused.what.en}. {refused.mend.en}")
        asked.refresh_from_db()
        return shown(request, asked, typed, wrong=told, status=422 if asked.state == RequestState.OPEN else 409)
    erased = done.kind == "erase" and done.state == RequestState.PARTLY
    messages.success(request, (ERASED if erased else ANSWERED).said(language()))
    return redirect("agency-request", pk=pk)


def seen(asked: DataRequest) -> str:
    """A mark of what the page showed: the state, and all that the guardian wrote until then. 页面版本"""
    shown = (asked.pk, asked.state, len(requesting.written(asked)))
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def found(request: Seated, pk: int) -> DataRequest:
    """One of this pooling area, or 404. 申请"""
    row = visible(request).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def shown(
    request: Seated, asked: DataRequest, typed: dict[str, str], *, wrong: Text | None = None, status: int = 200
) -> HttpResponseBase:
    """The request's page; that somebody saw it is recorded. 申请页面"""
    looked(
        user=request.user, organisation=request.appointment.organisation, what="page", person=asked.person,
        reason="家长申请", at=clock.now(),
    )  # fmt: skip
    context: dict[str, Any] = {
        "asked": asked, "written": requesting.written(asked), "typed": typed, "wrong": wrong, "today": clock.today(),
        "seen": seen(asked), "beside": requesting.open_beside(asked),
        "choices": [(state.value, REQUEST_NAMES[state]) for state in answers_to(asked.kind)],
        "document": asked.person.documents.filter(replaced_at__isnull=True).first(), "longest": requesting.LONGEST,
    }  # fmt: skip
    return render(request, "agency/request.html", context, status=status)
