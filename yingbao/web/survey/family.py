"""A family answers for its child on the phone, and may change it until the school has reported. 家长作答"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day
from yingbao.families.models import Binding
from yingbao.people.models import Person, SchoolRoll
from yingbao.survey import composing
from yingbao.survey.answering import NotAnswered, give, is_locked, whole
from yingbao.survey.lifecycle import ANSWERABLE
from yingbao.survey.models import Answer, SchoolReport, Survey, Version
from yingbao.survey.questions import Answers
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.family.visiting import Visiting, bound, typed_before, visited, visitor, ward
from yingbao.web.survey.narrowing import asked_rows, given_in
from yingbao.web.templatetags.words import language

DONE = {
    "taken": Text("已提交，谢谢。学校报送之前都可以在这里修改。",
                  "Sent, thank you. You can change it until the school reports."),
    "changed": Text("已按您刚才填的修改，谢谢。", "Changed to what you have just said, thank you."),
    "same": Text("和已提交的一样，没有变化。", "That is what you had sent already; nothing changed."),
}  # fmt: skip

NO_SUCH_QUESTION = Refused(
    where="page",
    what=Text("提交的内容里有这份问卷没有的题，没有保存",
              "An answer fits no question of this survey; nothing was kept"),
    mend=Text("问卷可能已换新版。请看过下面的题目，再提交一次。",
              "It may have changed. Look at the questions and send them again."),
)  # fmt: skip


def waiting_for(person: Person) -> list[dict[str, Any]]:
    """The surveys in which a child is asked for now: whether it was answered, whether it can be. 孩子的问卷"""
    roll = SchoolRoll.objects.filter(person=person, left_on__isnull=True).select_related("school")
    stay = roll.order_by("contested", "pk").first()
    if stay is None:
        return []
    on, found = china_day(clock.now()), []
    for season in Season.objects.filter(pooling_area=stay.school.pooling_area).order_by("-plan_year")[:2]:
        for survey, version in composing.open_in(season, on):
            answer = Answer.objects.filter(survey=survey, person=person).only("pk").first()
            locked = is_closed_for(survey, stay, person)
            found.append({"survey": survey, "version": version, "answered": answer is not None, "locked": locked})
    return found


def is_closed_for(survey: Survey, stay: SchoolRoll, person: Person) -> bool:
    """Whether the school has reported, so that answers stand. 是否已报送"""
    report = SchoolReport.objects.filter(survey=survey, school=stay.school_id).first()
    return (report is not None and report.state not in ANSWERABLE) or is_locked(survey, person)


@require_GET
@never_cache
def surveys(request: HttpRequest) -> HttpResponseBase:
    """Where the link in a letter or message leads: straight to the only survey, else to the children. 问卷入口"""
    if visitor(request) is None:
        request.session["family_typed"] = {"path": request.path, "typed": {}}
        return redirect("family-find")
    return ours(request)


@visited
def ours(request: Visiting) -> HttpResponseBase:
    """Of each child of this phone, what waits to be answered. 待填问卷"""
    rows: list[dict[str, Any]] = [
        {"binding": one, "waiting": waiting_for(one.person)} for one in bound(request) if one.is_guardian
    ]
    todo = [
        (row["binding"], each) for row in rows for each in row["waiting"] if not (each["answered"] or each["locked"])
    ]
    if len(todo) == 1 and len(rows) == 1:
        binding, each = todo[0]
        return redirect(f"{reverse('family-survey', args=[binding.pk])}?survey={each['survey'].pk}")
    return render(request, "survey/ours.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
@visited
def answer(request: Visiting, pk: int) -> HttpResponseBase:
    """The questions, one page on the phone; those that an answer calls for appear as it is given. 填写问卷"""
    binding = ward(request, pk)
    asked = str(request.GET.get("survey", ""))
    every = waiting_for(binding.person)
    found = next((one for one in every if not asked or str(one["survey"].pk) == asked), None)
    if found is None:
        raise Http404
    held = Answer.objects.filter(survey=found["survey"], person=binding.person).first()
    if request.method == "GET":
        kept = QueryDict(mutable=True)
        for name, values in typed_before(request).items():
            kept.setlist(name, list(values))
        given = given_in(found["version"].form, kept)
        return page(request, binding, found, held, given or (whole(held) if held else {}))
    given = given_in(found["version"].form, request.POST)
    if request.headers.get("HX-Request") or request.POST.get("act") == "look":
        return page(request, binding, found, held, given)
    return sent(request, binding, found, held, given)


def sent(
    request: Visiting, binding: Binding, found: dict[str, Any], held: Answer | None, given: Answers
) -> HttpResponseBase:
    """Take it, or say beside each question what is missing; nothing that was typed is lost. 提交"""
    on_page = set(request.POST.getlist("asked"))
    seen = str(request.POST.get("seen", ""))
    try:
        done = give(
            survey=found["survey"], person=binding.person, given=given, source="phone", by=None, at=clock.now(),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 6 else 0,
        )  # fmt: skip
    except NotAnswered as refused:
        wrong = {one.question: one for one in refused.wrong}
        if strange := [key for key in wrong if found["version"].form.question(key) is None]:
            kept = {key: value for key, value in given.items() if key not in strange}
            return page(request, binding, found, held, kept, refused=NO_SUCH_QUESTION, status=422)
        if on_page and not wrong.keys() & on_page:
            # An answer called for more questions, which this phone has not shown yet.
            return page(request, binding, found, held, given, more=True)
        return page(request, binding, found, held, given, wrong=wrong, status=422)
    except Refused as refused:
        held = Answer.objects.filter(survey=found["survey"], person=binding.person).first()
        return page(request, binding, found, held, given, refused=refused, status=409)
    messages.success(request, DONE[done.what].said(language()))
    return redirect(f"{reverse('family-survey', args=[binding.pk])}?survey={found['survey'].pk}")


def page(
    request: Visiting, binding: Binding, found: dict[str, Any], held: Answer | None, given: Answers, *,
    wrong: dict[str, Any] | None = None, refused: Refused | None = None, more: bool = False, status: int = 200,
) -> HttpResponseBase:  # fmt: skip
    """The page with what was typed. 页面"""
    version: Version = found["version"]
    context = {
        "binding": binding, "survey": found["survey"], "version": version, "form": version.form, "held": held,
        "rows": asked_rows(version.form, given, wrong), "locked": found["locked"], "wrong": wrong, "refused": refused,
        "more": more, "seen": held.times if held else 0,
    }  # fmt: skip
    return render(request, "survey/answer.html", context, status=status)
