"""The agency composes, previews, publishes and watches a survey. 编制与发布问卷"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from yingbao.agents.models import Desk
from yingbao.enrolment.seasons import season_for
from yingbao.jobs import work
from yingbao.jobs.survey import remind_now, unanswered
from yingbao.survey import composing
from yingbao.survey.due import offered
from yingbao.survey.models import Survey
from yingbao.survey.questions import (
    KINDS,
    MEANINGS,
    WHERE,
    Condition,
    Form,
    Option,
    Question,
    faults,
    key_for,
)
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.survey.narrowing import asked_rows, given_in, survey_of, surveys_of
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform

NEW = "new"
SAVED = Text("已保存。", "Kept.")
PUBLISHED = Text("第{n}版已发布。", "Version {n} is published.")
CLOSED = Text("问卷已结束。", "The survey is closed.")
REMINDED = Text("已提醒 {n} 名经办人（每人每天至多一次）。", "{n} clerks were reminded, once a day at most.")
TOLD = Text("正在通知 {n} 个家庭，进度在“任务”里。", "{n} families are being told; see the jobs.")


@require_http_methods(["GET", "POST"])
@desk(Desk.AGENCY)
def surveys(request: Seated) -> HttpResponseBase:
    """The area's surveys; a new one begins with the usual questions. 问卷"""
    season = season_for(request.appointment.organisation.pooling_area, clock.today())
    if request.method == "POST":
        drafts = [one for one in surveys_of(request.appointment).filter(season=season) if not composing.current(one)]
        # A second click opens the draft that there is.
        made = drafts[0] if drafts else composing.begin(season=season, by=request.appointment, at=clock.now())
        return redirect("survey-compose", pk=made.pk)
    rows = [
        {"survey": one, "version": composing.current(one), "form": one.form} for one in surveys_of(request.appointment)
    ]
    return render(request, "survey/surveys.html", {"rows": rows, "season": season})


@require_http_methods(["GET", "POST"])
@desk(Desk.AGENCY)
def compose(request: Seated, pk: int) -> HttpResponseBase:
    """Title, order and questions of the draft. 编制"""
    survey = survey_of(request, pk)
    if request.method == "GET":
        return composed(request, survey)
    form = survey.form
    act, key = str(request.POST.get("act", "")), str(request.POST.get("key", ""))
    questions = list(form.questions)
    place = next((at for at, one in enumerate(questions) if one.key == key), None)
    if act == "title":
        texts = {
            name: str(request.POST.get(name, ""))[:300].strip()
            for name in ("title_zh", "title_en", "intro_zh", "intro_en")
        }
        form = Form(
            Text(texts["title_zh"], texts["title_en"]), Text(texts["intro_zh"], texts["intro_en"]), form.questions
        )
    elif place is not None and act in ("up", "down"):
        other = place + (1 if act == "down" else -1)
        if 0 <= other < len(questions):
            questions[place], questions[other] = questions[other], questions[place]
        form = msgspec.structs.replace(form, questions=tuple(questions))
    elif place is not None and act == "remove":
        form = msgspec.structs.replace(form, questions=tuple(one for one in questions if one.key != key))
    else:
        raise Http404
    try:
        composing.keep(survey=survey, form=form, seen=number(request.POST, "seen"), by=request.appointment)
    except Refused as refused:
        return composed(request, survey_of(request, pk), refused=refused, form=form, status=409)
    messages.success(request, SAVED.said(language()))
    return redirect("survey-compose", pk=pk)


def composed(
    request: Seated, survey: Survey, *, refused: Refused | None = None, form: Form | None = None, status: int = 200
) -> HttpResponse:
    """The draft's page. 页面"""
    kept = survey.form
    texts = {one.key: one for one in kept.questions}
    rows = [
        {
            "one": one, "number": at, "kind": KINDS[one.kind],
            "shown_if": [(texts[each.question].text, [texts[each.question].choices.get(key) for key in each.options])
                         for each in one.shown_if if each.question in texts],
        }
        for at, one in enumerate(kept.questions, 1)
    ]  # fmt: skip
    context = {
        "survey": survey, "form": form or kept, "rows": rows, "faults": faults(kept), "refused": refused,
        "version": composing.current(survey), "seen": survey.edits,
    }  # fmt: skip
    return render(request, "survey/compose.html", context, status=status)


@require_http_methods(["GET", "POST"])
@desk(Desk.AGENCY)
def question(request: Seated, pk: int) -> HttpResponseBase:
    """One question, or without a key a new one: its kind, words, options, and when it appears. 编辑问题"""
    survey = survey_of(request, pk)
    key = str(request.GET.get("key", NEW))
    form = survey.form
    one = form.question(key)
    if one is None and key != NEW:
        raise Http404
    if request.method == "GET":
        shown = one or Question("", "one", Text("", ""), (Option("", Text("", "")),) * 2)
        return question_page(request, survey, shown, key)
    made = read_question(request.POST, one, form)
    if request.POST.get("act") == "more":
        spare = tuple(Option("", Text("", "")) for _ in range(3))
        return question_page(request, survey, msgspec.structs.replace(made, options=made.options + spare), key)
    kept = tuple(option for option in made.options if option.text.zh or option.text.en)
    made = msgspec.structs.replace(made, options=kept if made.kind in ("one", "several") else ())
    questions = [made if each.key == key else each for each in form.questions] + ([made] if one is None else [])
    changed = msgspec.structs.replace(form, questions=tuple(questions))
    wrong = [each for each in faults(changed) if each not in faults(form)]
    if wrong:
        return question_page(request, survey, made, key, wrong=wrong, status=422)
    try:
        composing.keep(survey=survey, form=changed, seen=number(request.POST, "seen"), by=request.appointment)
    except Refused as refused:
        return question_page(request, survey_of(request, pk), made, key, refused=refused, status=409)
    messages.success(request, SAVED.said(language()))
    return redirect("survey-compose", pk=pk)


def read_question(sent: QueryDict, before: Question | None, form: Form) -> Question:
    """A question as the form has it; keys of questions and options stay as they are. 读取问题"""
    kind = str(sent.get("kind", "one"))
    meaning = str(sent.get("meaning", ""))
    words = zip(
        sent.getlist("option_key"),
        sent.getlist("option_zh"),
        sent.getlist("option_en"),
        sent.getlist("option_where"),
        strict=False,
    )
    options: list[Option] = []
    for key, zh, en, where in list(words)[:40]:
        named = zh.strip()[:60] or en.strip()[:60]
        fresh = key if key and key not in {one.key for one in options} else ""
        known = fresh or (key_for([one.key for one in options] + sent.getlist("option_key"), "o") if named else "")
        options.append(Option(known, Text(zh.strip()[:60], en.strip()[:60]), where if where in WHERE else ""))
    chosen = [word.partition(":") for word in sent.getlist("shown_if")]
    conditions = {
        one.key: tuple(option for asked, _, option in chosen if asked == one.key and option in one.choices)
        for one in form.questions
    }
    return Question(
        before.key if before else key_for([one.key for one in form.questions], "q"),
        kind if kind in KINDS else "one",  # type: ignore[arg-type]
        Text(str(sent.get("zh", "")).strip()[:120], str(sent.get("en", "")).strip()[:120]),
        tuple(options), sent.get("required") == "yes",
        tuple(Condition(asked, picked) for asked, picked in conditions.items() if picked),
        meaning if meaning in MEANINGS else "",  # type: ignore[arg-type]
    )  # fmt: skip


def question_page(
    request: Seated, survey: Survey, one: Question, key: str, *, wrong: list[Text] | None = None,
    refused: Refused | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page of one question, with what was typed. 页面"""
    form = survey.form
    at = next((number for number, each in enumerate(form.questions) if each.key == key), len(form.questions))
    earlier = [
        {
            "one": each, "open": any(condition.question == each.key for condition in one.shown_if),
            "options": [(f"{each.key}:{option}", text, _calls(one, each.key, option))
                        for option, text in each.choices.items()],
        }
        for each in form.questions[:at] if each.choices
    ]  # fmt: skip
    context = {
        "survey": survey, "one": one, "key": key, "new": key == NEW, "kinds": list(KINDS.items()),
        "meanings": list(MEANINGS.items()), "places": list(WHERE.items()), "earlier": earlier, "wrong": wrong,
        "refused": refused, "seen": survey.edits,
    }  # fmt: skip
    return render(request, "survey/question.html", context, status=status)


def _calls(one: Question, question: str, option: str) -> bool:
    return any(each.question == question and option in each.options for each in one.shown_if)


@require_http_methods(["GET", "POST"])
@desk(Desk.AGENCY)
def preview(request: Seated, pk: int) -> HttpResponse:
    """The draft, or a version that was published, as a phone shows it; nothing that is ticked is kept. 预览"""
    survey = survey_of(request, pk)
    asked = number(request.GET, "version")
    version = survey.versions.filter(number=asked).first() if asked > 0 else None
    if asked > 0 and version is None:
        raise Http404
    form = version.form if version else survey.form
    rows = asked_rows(form, given_in(form, request.POST))
    return render(request, "survey/preview.html", {"survey": survey, "form": form, "rows": rows, "version": version})


@require_http_methods(["GET", "POST"])
@desk(Desk.AGENCY)
def publish(request: Seated, pk: int) -> HttpResponseBase:
    """From when, by when, and why anew: then it is asked. 发布"""
    survey = survey_of(request, pk)
    last = composing.current(survey)
    found = offered(survey.season, on=clock.today())
    typed = {
        name: str(request.POST.get(name, ""))[:200]
        for name in ("opens_on", "schools_due_on", "streets_due_on", "reason")
    }
    context: dict[str, Any] = {
        "survey": survey, "form": survey.form, "version": last, "faults": faults(survey.form), "offered": found,
    }  # fmt: skip
    if request.method == "GET":
        days = composing.Days(last.opens_on, last.schools_due_on, last.streets_due_on) if last else found.days
        typed |= {name: f"{day:%Y-%m-%d}" for name, day in days._asdict().items()}
        return render(request, "survey/publish.html", context | {"typed": typed, "seen": survey.edits})
    try:
        made = composing.publish(
            survey=survey, days=_days(typed), reason=typed["reason"], seen=number(request.POST, "seen"),
            by=request.appointment, at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        again = {"typed": typed, "seen": request.POST.get("seen", ""), "refused": refused}
        return render(request, "survey/publish.html", context | again, status=422)
    _note(request, "survey.publish", survey, version=made.number)
    messages.success(request, PUBLISHED.filled(n=made.number).said(language()))
    return redirect("survey-watch", pk=pk)


def _days(typed: dict[str, str]) -> composing.Days:
    try:
        return composing.Days(*(date.fromisoformat(typed[name]) for name in composing.Days._fields))
    except ValueError:
        raise Refused(
            where="days", what=Text("日期没有填好", "A day is missing or none"),
            mend=Text("请填三个日期，如 2019-10-21。", "Give three days such as 2019-10-21."),
        ) from None  # fmt: skip


@require_POST
@desk(Desk.AGENCY)
def close(request: Seated, pk: int) -> HttpResponseBase:
    """No more answers and reports; a second click changes nothing. 结束问卷"""
    survey = survey_of(request, pk)
    if composing.current(survey) is None:
        raise Http404
    composing.close(survey=survey, by=request.appointment, at=clock.now())
    _note(request, "survey.close", survey)
    messages.success(request, CLOSED.said(language()))
    return redirect("survey-watch", pk=pk)


@require_POST
@desk(Desk.AGENCY)
def remind(request: Seated, pk: int) -> HttpResponseBase:
    """Remind who has not reported, or tell families that they are asked. 催报与通知"""
    survey, at = survey_of(request, pk), clock.now()
    if not composing.is_open(survey, composing.current(survey), clock.today()):
        raise Http404
    if request.POST.get("whom") == "families":
        with by_platform("how many families have not answered: heads alone"):
            count = unanswered(survey).count()
        work.start(
            task="survey.invite",
            about=Text("通知 {n} 个家庭填问卷", "Tell {n} families of the survey").filled(n=count),
            owner=request.user, organisation=request.appointment.organisation, at=at, arguments={"survey": pk},
            result_url=reverse("survey-watch", args=[pk]),
        )  # fmt: skip
        _note(request, "survey.invite", survey, count=count)
        messages.success(request, TOLD.filled(n=count).said(language()))
    else:
        with by_platform("reminders to clerks of every school and sub-district of the area"):
            made = remind_now(survey, at=at)
        _note(request, "survey.remind", survey, count=made)
        messages.success(request, REMINDED.filled(n=made).said(language()))
    return redirect("survey-watch", pk=pk)


def number(sent: QueryDict, name: str) -> int:
    """A small number in a form; anything else is -1, which fits nothing. 数"""
    word = str(sent.get(name, ""))
    return int(word) if word.isascii() and word.isdigit() and len(word) < 8 else -1


def _note(request: Seated, what: str, survey: Survey, **said: int) -> None:
    note(
        what=what, user=request.user, organisation=request.appointment.organisation, about=f"survey {survey.pk}",
        said=said, at=clock.now(),
    )  # fmt: skip
