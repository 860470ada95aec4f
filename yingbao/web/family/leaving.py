"""A guardian says that the child does not enrol, in two steps; takes it back; or applies to the agency. 不参保与申请"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.models import Enrolment
from yingbao.families import requesting, wishing
from yingbao.families.lifecycle import ANSWERED_WITHIN_DAYS, RequestState
from yingbao.families.models import Binding, DataRequest
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.family.child import seen
from yingbao.web.family.visiting import Visiting, bound, enrolment_of, typed_before, visited, ward
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform

OTHER = "other"
WHY = {
    "elsewhere": Text("已在外地参加居民医保", "Insured as a resident elsewhere"),
    "employee": Text("已参加职工医保", "In employee insurance"),
    "moved": Text("孩子转学或迁走", "The child moves away"),
    "choice": Text("自愿放弃本年度参保", "We choose not to enrol this year"),
    OTHER: Text("其他原因（请写明）", "Another reason (please write it)"),
}
DONE = {
    "left": Text("已登记为不参保，学校和社区已能看到。", "Recorded; school and community can see it."),
    "twice": Text("已经登记过了，没有重复办理。", "That had been recorded already; nothing was done twice."),
    "back": Text("已恢复办理，请继续完成下一步。", "The child is being enrolled again; see what is next."),
    "new": Text("已送医保经办机构，{n} 天内答复。", "Sent to the insurance agency, which answers within {n} days."),
    "added": Text(
        "您已有一件申请等待答复，这次写的已补充进去，经办机构能看到；答复期限不变。",
        "A request is open already. What you wrote was added to it; the agency reads it and answers by the same day.",
    ),
    "same": Text("这些内容已经送出，没有重复办理。", "That had been sent already; nothing was done twice."),
    "off": Text("申请已撤回。", "The request was taken back."),
}
STALE = Text(
    "您打开页面之后情况有了变化，没有办理。请看过最新情况再办。",
    "Something changed after you opened the page; nothing was done. Please look again.",
)


@never_cache
@require_http_methods(["GET", "POST"])
@visited
def leave(request: Visiting, pk: int) -> HttpResponseBase:
    """Why, then what follows from it, then done. 登记不参保"""
    binding, one = ward(request, pk), listed(ward(request, pk))
    typed = {name: str(request.POST.get(name, "")).strip() for name in ("why", "reason")}
    if request.method == "GET":
        return form(request, binding, one, typed | typed_before(request))
    if one.state in ENDED:
        messages.info(request, DONE["twice"].said(language()))
        return redirect("family-child", pk=pk)
    if request.POST.get("seen") != seen(one) or wishing.way(one, clock.now()) != "leave":
        return form(request, binding, one, typed, wrong={"": STALE}, status=409)
    why = reason_of(typed)
    if not why:
        return form(request, binding, one, typed, wrong=missing(typed), status=422)
    if request.POST.get("sure") != "yes":
        sure = {"binding": binding, "one": one, "seen": seen(one), "said": why, "typed": typed}
        return render(request, "family/leave_sure.html", sure)
    with by_platform(
        "a family has no desk; binding, state and day were checked, and the step is the family's own edge"
    ):
        wishing.leave(binding=binding, enrolment=one, reason=why, at=clock.now())
    messages.success(request, DONE["left"].said(language()))
    return redirect("family-child", pk=pk)


@require_POST
@visited
def back(request: Visiting, pk: int) -> HttpResponseBase:
    """The child enrols after all; a second click changes nothing. 恢复办理"""
    binding = ward(request, pk)
    with by_platform("a family has no desk; what it left itself it takes up again, checked in wishing"):
        wishing.come_back(binding=binding, enrolment=listed(binding), at=clock.now())
    messages.success(request, DONE["back"].said(language()))
    return redirect("family-child", pk=pk)


@never_cache
@require_http_methods(["GET", "POST"])
@visited
def ask(request: Visiting, pk: int, kind: str) -> HttpResponseBase:
    """Ask the agency to erase, to correct, or out of a year that was declared or paid. 提出申请"""
    binding = ward(request, pk)
    one = listed(binding) if kind == "leave" else None
    words = str(request.POST.get("words", ""))
    context: dict[str, Any] = {
        "binding": binding, "kind": kind, "one": one, "days": ANSWERED_WITHIN_DAYS, "longest": requesting.LONGEST,
        "words": words, "before": waiting(binding, kind, one),
    }  # fmt: skip
    if one is not None and wishing.way(one, clock.now()) != "apply":
        return redirect("family-child", pk=pk)
    if request.method == "GET":
        return render(request, "family/ask.html", context | typed_before(request))
    try:
        asked = requesting.ask(binding=binding, kind=kind, words=words, enrolment=one, at=clock.now())
    except Refused as refused:
        return render(request, "family/ask.html", context | {"refused": refused}, status=422)
    messages.success(request, DONE[asked.how].filled(n=ANSWERED_WITHIN_DAYS).said(language()))
    return redirect("family-child", pk=pk)


def waiting(binding: Binding, kind: str, one: Enrolment | None) -> list[requesting.Written]:
    """What this guardian wrote already, where a request of the kind is open. 已送出的内容"""
    rows = DataRequest.objects.filter(person=binding.person, phone_index=binding.phone_index, kind=kind, enrolment=one)
    open_ = rows.filter(state=RequestState.OPEN).first()
    return requesting.written(open_) if open_ else []


@require_POST
@visited
def take_back(request: Visiting, pk: int) -> HttpResponseBase:
    """The request is wanted no more; a second click changes nothing. 撤回申请"""
    wards = {one.person_id: one for one in bound(request) if one.is_guardian}
    rows = DataRequest.objects.filter(person__in=wards, phone_index=request.family.phone_index)
    asked = get_object_or_404(rows, pk=pk)
    requesting.take_back(request=asked)
    messages.success(request, DONE["off"].said(language()))
    return redirect("family-child", pk=wards[asked.person_id].pk)


def listed(binding: Binding) -> Enrolment:
    """The child's year, or 404 for a child on nobody's list. 当年参保"""
    one = enrolment_of(binding.person)
    if one is None:
        raise Http404
    return one


def form(
    request: Visiting, binding: Binding, one: Enrolment, typed: dict[str, str], *,
    wrong: dict[str, Text] | None = None, status: int = 200,
) -> HttpResponseBase:  # fmt: skip
    """The reasons to choose from. 原因"""
    context = {
        "binding": binding, "one": one, "seen": seen(one), "choices": list(WHY.items()), "typed": typed,
        "wrong": wrong or {}, "general": (wrong or {}).get(""), "way": wishing.way(one, clock.now()),
    }  # fmt: skip
    return render(request, "family/leave.html", context, status=status)


def reason_of(typed: dict[str, str]) -> str:
    """The reason in words, as the school reads it. 原因"""
    if typed["why"] == OTHER:
        return typed["reason"][:200]
    return WHY[typed["why"]].zh if typed["why"] in WHY else ""


def missing(typed: dict[str, str]) -> dict[str, Text]:
    """What the form lacks. 缺项"""
    if typed["why"] == OTHER:
        return {"reason": Text("请写明原因。", "Please write the reason.")}
    return {"why": Text("请选择原因。", "Please choose a reason.")}
