"""A family asks, reads the answer, adds what is missing, asks once more or takes it back. 家长提问

Whoever holds a phone sees what was asked by that phone, and nothing that offices wrote to each other on the way.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.cases import asking, handing, refusals, wording
from yingbao.cases.finding import similar
from yingbao.cases.handing import Family
from yingbao.cases.kinds import TOPICS
from yingbao.cases.lifecycle import State
from yingbao.cases.models import Case
from yingbao.cases.responsible import contact_of
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of, season_for
from yingbao.families.models import Binding
from yingbao.families.requesting import area_of
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.cases import shown
from yingbao.web.cases.ask import mark_of, once_of, told
from yingbao.web.family.visiting import Visiting, bound, enrolment_of, typed_before, visited
from yingbao.web.front.answers import readable
from yingbao.web.templatetags.words import language
from yingbao.web.wall import beyond

FIELDS = ("topic", "words", "about", "once", "read")
SENT = Text("问题已送出，由“{place}”答复。", "Sent; {place} answers.")
STALE = Text(
    "您打开页面之后有了新情况，刚才的操作没有执行。请看过再办，您写的内容还在。",
    "Something changed after you opened the page; nothing was done. What you wrote is still here.",
)
DONE = {
    "add": Text("已补充送出。", "Sent with what you added."),
    "reopen": Text("已再次提问。", "Asked again."),
    "withdraw": Text("已撤回。", "Withdrawn."),
}
MORE = Text("请您补充", "please say more")
OWN = "a family's own question, found by its phone and nothing else"
TO_READ = ("ask", "pass_on", "send_again", "go_up", "return", "settle", "reopen", "withdraw", "hand_on")
"""The steps that a family is told of; that a body took it on says nothing."""


def guarded(request: Visiting) -> list[Binding]:
    """The children of whom this phone's holder is a guardian; who only helps to pay asks nothing here. 被监护的孩子"""
    return [one for one in bound(request) if one.is_guardian]


def family_of(request: Visiting) -> Family:
    """Who asks. 提问人"""
    return Family(bytes(request.family.phone_index))


@require_GET
@never_cache
@visited
def questions(request: Visiting) -> HttpResponseBase:
    """What this phone has asked, the newest first. 我的问题"""
    with beyond(OWN):
        mine = Case.objects.of_family(family_of(request).phone_index).select_related("to_organisation", "person")
        rows = [line(one) for one in mine.order_by("-pk")[:50]]
    return render(request, "family/questions.html", {"rows": rows, "may_ask": bool(guarded(request))})


def line(one: Case) -> dict[str, Any]:
    """A question in a line. 一行"""
    state = MORE if one.state == State.RETURNED else shown.state_of(one)
    return {"one": one, "state": state, "tone": shown.TONES[State(one.state)]}


@require_http_methods(["GET", "POST"])
@never_cache
@visited
def ask(request: Visiting) -> HttpResponseBase:
    """The form; first it shows what others were told, then it sends. 提问"""
    wards = guarded(request)
    if not wards:
        return redirect("family-questions")
    typed = {name: str(request.POST.get(name, "")) for name in FIELDS}
    if request.method == "GET":
        begun = {"once": secrets.token_hex(16), "about": request.GET.get("about", "")} | typed_before(request)
        return form(request, typed | begun, wards)
    chosen = next((one for one in wards if str(one.pk) == typed["about"]), None)
    if typed["about"] and chosen is None:
        raise Http404
    try:
        season = season_of(chosen or wards[0])
        wording.checked(typed["words"], where="words")
        alike = similar(readable(season.pooling_area), typed["words"])
        if alike and typed["read"] != mark_of(alike):
            return form(request, typed, wards, alike=alike, mark=mark_of(alike))
        made = send(request, typed, season, chosen, wards)
    except Refused as refused:
        where = "words" if refused.where == "question" else refused.where
        wrong: dict[str, Any] = {"wrong": {where: told(refused)}} if where in FIELDS else {"general": told(refused)}
        return form(request, typed, wards, status=422, **wrong)
    messages.success(request, SENT.filled(place=made.to_organisation.name).said(language()))
    return redirect("family-question", pk=made.pk)


def send(
    request: Visiting, typed: dict[str, str], season: Season, chosen: Binding | None, wards: list[Binding]
) -> Case:
    """Ask whoever answers a family first. 送出"""
    person = chosen.person if chosen else None
    with beyond("who answers for the family's own child, and the question that it asks"):
        to = asking.answers_for(person=person, wards=[one.person for one in wards], area=season.pooling_area)
        if to is None:
            raise refusals.nobody_answers()
        return asking.ask_as_family(
            topic=typed["topic"], question=typed["words"], season=season, to=to, once=once_of(typed["once"]),
            phone_index=family_of(request).phone_index, at=clock.now(), person=person,
        )  # fmt: skip


def season_of(binding: Binding) -> Season:
    """The season in which the child is enrolled, else the one of its place. 本季"""
    one = enrolment_of(binding.person)
    return one.season if one is not None else season_for(area_of(binding.person), clock.today())


def form(
    request: Visiting, typed: dict[str, str], wards: list[Binding], *, status: int = 200, **more: Any
) -> HttpResponseBase:
    """The form with what was typed. 表单"""
    context = {
        "typed": typed, "wards": [(str(one.pk), one.person.name) for one in wards], "longest": wording.LONGEST,
        "topics": [(word, kind.name) for word, kind in TOPICS.items()], "wrong": {},
    }  # fmt: skip
    return render(request, "family/question_new.html", context | more, status=status)


def own(request: Visiting, pk: int) -> Case:
    """One of this phone's questions, or 404. 我的问题"""
    with beyond(OWN):
        mine = Case.objects.of_family(family_of(request).phone_index)
        one = mine.select_related("season", "person", "to_organisation__parent__parent").filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


@require_GET
@never_cache
@visited
def question(request: Visiting, pk: int) -> HttpResponseBase:
    """What was asked, with whom it lies, what was answered. 一个问题"""
    return page(request, own(request, pk))


def page(request: Visiting, one: Case, *, status: int = 200, **more: Any) -> HttpResponseBase:
    """The page of a question. 页面"""
    with beyond(OWN):
        acts = handing.possible(family_of(request), one)
        steps = list(one.steps.filter(act__in=TO_READ).select_related("to_organisation", "organisation"))
    context = line(one) | {
        "acts": {act.value: True for act in acts}, "steps": steps, "seen": shown.seen(one),
        "typed": typed_before(request),
        "contact": contact_of(one.to_organisation), "help_lines": policy_of(one.season).help_lines,
        "missing": next((step.reason for step in reversed(steps) if step.act == "return"), ""),
        "over": one.state in ("settled", "withdrawn"), "wrong": {}, "longest": wording.LONGEST,
    }  # fmt: skip
    return render(request, "family/question.html", context | more, status=status)


@require_POST
@visited
def act(request: Visiting, pk: int, act: str) -> HttpResponseBase:
    """Add what is missing, ask once more, or take it back; a stale page does nothing. 办理"""
    one = own(request, pk)
    words = str(request.POST.get("words", ""))
    if request.POST.get("seen") != shown.seen(one) and not (act == "withdraw" and one.state == "withdrawn"):
        return page(request, one, status=409, typed={"words": words}, general=STALE)
    by, at = family_of(request), clock.now()
    try:
        with beyond(OWN):
            if act == "add":
                handing.send_again(case=one, reason=words, by=by, at=at)
            elif act == "reopen":
                handing.reopen(case=one, reason=words, by=by, at=at)
            else:
                handing.withdraw(case=one, by=by, at=at)
    except Refused as refused:
        wrong: dict[str, Any] = (
            {"wrong": {"words": told(refused)}} if refused.where == "reason" else {"general": told(refused)}
        )
        return page(request, own(request, pk), status=422, typed={"words": words}, **wrong)
    messages.success(request, DONE[act].said(language()))
    return redirect("family-question", pk=pk)
