"""The answers that helped others: searched at every desk, published, replaced and withdrawn by who answers. 公开答复"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.cases import publishing
from yingbao.cases.finding import found
from yingbao.cases.kinds import TOPICS
from yingbao.cases.models import AnswerQuerySet, Case, GeneralAnswer
from yingbao.cases.publishing import Wording
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of, season_for
from yingbao.sealing.sealed import index_of
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.cases import inbox
from yingbao.web.cases.ask import once_of, told
from yingbao.web.templatetags.words import language

MOST_SHOWN = 50
LONGEST_TERM = 100
PUBLISHED = Text("已公开，{who}能查到。", "Published; {who} can find it.")
REPLACED = Text("已换成新的答复。", "Replaced.")
WITHDRAWN = Text("已停用。", "Withdrawn.")
THANKS = Text("谢谢，已记下。", "Thank you, noted.")
ALREADY = Text("您已经评过这条答复。", "You have said so before.")
READERS = {
    (True, True): Text("家长和工作人员", "Families and staff"),
    (False, True): Text("家长", "Families"),
    (True, False): Text("工作人员", "Staff"),
}


@require_http_methods(["GET", "POST"])
@desk()
def answers(request: Seated) -> HttpResponse:
    """All that hold, by topic or by what is searched for; what is written stands in no address. 查找"""
    season = season_here(request)
    rows = readable(request, season)
    return render(request, "cases/answers.html", listed(request, rows) | {
        "may_publish": request.appointment.desk in publishing.DESKS and season is not None,
        "nothing_open": season is None,
    })  # fmt: skip


def listed(request: Any, rows: AnswerQuerySet) -> dict[str, Any]:
    """The answers that a search or a topic finds, with how many they helped. 列表"""
    term = " ".join(str(request.POST.get("q", "")).split())[:LONGEST_TERM]
    topic = request.GET.get("topic", "") if request.GET.get("topic", "") in TOPICS else ""
    counts: dict[str, int] = {}
    for word in rows.values_list("topic", flat=True):
        counts[word] = counts.get(word, 0) + 1
    chosen = rows.filter(topic=topic) if topic else rows
    shown = [one.answer for one in found(rows, term)] if term else list(chosen.order_by("-pk")[:MOST_SHOWN])
    return {
        "term": term, "topic": topic, "total": rows.count(), "rows": shown_of(shown),
        "topics": [(word, TOPICS[word].name, count, word == topic) for word, count in counts.items() if word in TOPICS],
    }  # fmt: skip


def shown_of(answers: list[GeneralAnswer]) -> list[dict[str, Any]]:
    """Answers with what readers said of them. 答复与评价"""
    said = publishing.figures(answers)
    return [
        {"one": one, "helped": said.get(one.pk, (0, 0))[0], "readers": READERS[one.for_staff, one.for_families]}
        for one in answers
    ]


def season_here(request: Seated) -> Season | None:
    """The season of the desk's area, if one was opened. 本季"""
    area = request.appointment.organisation.pooling_area
    return season_for(area, clock.today()) if Season.objects.filter(pooling_area=area).exists() else None


def readable(request: Seated, season: Season | None) -> AnswerQuerySet:
    """The answers that hold for this desk. 可见答复"""
    area = request.appointment.organisation.pooling_area
    return GeneralAnswer.objects.current().for_readers(area, season.plan_year if season else None, staff=True)


def one_of(request: Seated, pk: int) -> GeneralAnswer:
    """One of the area's, also one that holds no more; of another place, 404. 一条答复"""
    rows = GeneralAnswer.objects.filter(pooling_area=request.appointment.organisation.pooling_area)
    one = rows.select_related("published_by_body", "end__body", "replaces").filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


@require_GET
@desk()
def answer(request: Seated, pk: int) -> HttpResponse:
    """One answer, what came before and after it, and who may change it. 一条答复"""
    return page(request, one_of(request, pk))


def page(request: Seated, one: GeneralAnswer, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of an answer. 页面"""
    (row,) = shown_of([one])
    after = GeneralAnswer.objects.filter(replaces=one).first()
    end = getattr(one, "end", None)
    context = row | {
        "end": end, "after": after, "said": publishing.figures([one]).get(one.pk, (0, 0)),
        "may_change": end is None and publishing.may_change(one, request.appointment), "about": one.about,
    }  # fmt: skip
    return render(request, "cases/answer.html", context | more, status=status)


@require_http_methods(["GET", "POST"])
@desk(*publishing.DESKS)
def publish(request: Seated, pk: int = 0) -> HttpResponseBase:
    """Write an answer for others, from a question that was answered here or from nothing. 公开答复"""
    case = answered(request, pk) if pk else None
    typed = {"topic": case.kind, "question": case.question, "answer": case.answer} if case else {}
    return write(request, typed, case=case)


@require_http_methods(["GET", "POST"])
@desk(*publishing.DESKS)
def replace(request: Seated, pk: int) -> HttpResponseBase:
    """Write it anew; the one before stays with its trace. 更换答复"""
    one = one_of(request, pk)
    typed = {
        "topic": one.topic, "question": one.question, "answer": one.answer, "clause": one.clause,
        "for_staff": "on" if one.for_staff else "", "for_families": "on" if one.for_families else "",
        "always": "" if one.plan_year else "on",
    }  # fmt: skip
    return write(request, typed, replaces=one)


def write(
    request: Seated, typed: dict[str, str], *, case: Case | None = None, replaces: GeneralAnswer | None = None
) -> HttpResponseBase:
    """The form, and what it does when it is sent. 填写"""
    season = season_here(request)
    context: dict[str, Any] = {
        "case": case, "replaces": replaces, "topics": [(word, kind.name) for word, kind in TOPICS.items()],
        "season": season, "clauses": (policy_of(season).source.number or "") if season else "", "wrong": {},
    }  # fmt: skip
    if request.method == "GET":
        begun = {"for_staff": "on", "for_families": "on", "once": secrets.token_hex(16)} | typed
        return render(request, "cases/publish.html", context | {"typed": begun})
    typed = {name: str(request.POST.get(name, "")) for name in (*FIELDS, "once")}
    said = Wording(
        typed["topic"], typed["question"], typed["answer"], typed["clause"], bool(typed["for_staff"]),
        bool(typed["for_families"]), None if typed["always"] or season is None else season.plan_year,
    )  # fmt: skip
    try:
        made = publishing.publish(
            said=said, once=once_of(typed["once"]), by=request.appointment, at=clock.now(), case=case,
            replaces=replaces,
        )  # fmt: skip
    except Refused as refused:
        wrong = {"wrong": {refused.where: told(refused)}} if refused.where else {"general": told(refused)}
        return render(request, "cases/publish.html", context | {"typed": typed} | wrong, status=422)
    readers = READERS[made.for_staff, made.for_families]
    messages.success(request, (REPLACED if replaces else PUBLISHED.filled(who=readers)).said(language()))
    return redirect("answer", pk=made.pk)


FIELDS = ("topic", "question", "answer", "clause", "for_staff", "for_families", "always")


def answered(request: Seated, pk: int) -> Case:
    """A question that was answered at this very desk. 已答复的问题"""
    case = inbox.found(request, pk)
    if not case.is_question or case.to_organisation_id != request.appointment.organisation_id:
        raise Http404
    return case


@require_POST
@desk(*publishing.DESKS)
def withdraw(request: Seated, pk: int) -> HttpResponseBase:
    """It holds no more. 停用答复"""
    one = one_of(request, pk)
    reason = str(request.POST.get("reason", ""))
    try:
        publishing.withdraw(answer=one, reason=reason, by=request.appointment, at=clock.now())
    except Refused as refused:
        wrong = {"wrong": {"reason": told(refused)}} if refused.where else {"general": told(refused)}
        return page(request, one_of(request, pk), status=422, typed={"reason": reason}, **wrong)
    messages.success(request, WITHDRAWN.said(language()))
    return redirect("answer", pk=pk)


@require_POST
@desk()
def helped(request: Seated, pk: int) -> HttpResponseBase:
    """Say whether it helped; each user once. 是否有用"""
    one = one_of(request, pk)
    counted = publishing.say(
        answer=one, reader_index=index_of(f"reader user {request.user.pk}"), yes=request.POST.get("yes") == "1",
        at=clock.now(),
    )  # fmt: skip
    messages.success(request, (THANKS if counted else ALREADY).said(language()))
    return redirect("answer", pk=pk)
