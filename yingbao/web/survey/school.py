"""A school follows who has answered, sees what differs, reports, corrects. 学校问卷"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents.models import Desk, Organisation
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import china_day
from yingbao.jobs import work
from yingbao.jobs.survey import unanswered
from yingbao.people.grades import grade_name
from yingbao.people.looks import looked
from yingbao.people.models import SchoolRoll
from yingbao.survey import comparing, composing, reporting
from yingbao.survey.answering import NotAnswered, give, whole, words_said
from yingbao.survey.lifecycle import ANSWERABLE, Act, State, edge_of
from yingbao.survey.models import DIFFERENCES, Answer, Difference, Given, SchoolReport, Sheet, Survey, Version
from yingbao.survey.summing import joined_since
from yingbao.survey.typing import said
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.survey.narrowing import asked_rows, chosen, given_in, mark, published, survey_of, version_of
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform

DONE = {
    "submit": Text("已报送。街道审核后会通过或退回。", "Reported. The sub-district reviews it now."),
    "reopen": Text("可以更正了：改好答案后再报送一次；在那之前，原来的报告照样计入。",
                   "Correct the answers, then report again; until then the earlier report counts."),
    "hand": Text("已转街道，进度在“个案”里。", "Handed to the sub-district; follow it among the cases."),
    "remind": Text("正在通知 {n} 个家庭。", "{n} families are being told."),
    "kept": Text("家长已在手机上填过，以手机为准。纸质的已记在旁边，请问家长。",
                 "The family has answered on its phone, which stands. The paper was noted beside it; please ask them."),
    "taken": Text("已保存。", "Kept."),
}  # fmt: skip
STALE = Text(
    "您打开页面之后，又有家庭作答或名册有变化，还没有报送。请按现在的人数再看一遍。",
    "Answers or the roll changed after you looked; nothing was reported. Please look again.",
)
COUNTED = "counts follow by rule from the school's report, and a child counts at one school alone"


def report_of(survey: Survey, school: Organisation) -> SchoolReport | None:
    """The school's own report, if there is one yet. 本校报告"""
    return SchoolReport.objects.filter(survey=survey, school=school).select_related("standing", "street").first()


def pupils_of(school: Organisation) -> Any:
    """Who is on the roll now. 在册学生"""
    rolls = SchoolRoll.objects.filter(school=school, left_on__isnull=True).select_related("person")
    return rolls.order_by("stage", "grade", "class_name", "person__name_pinyin", "pk")


def label(roll: SchoolRoll) -> str:
    """A pupil's class as the page shows it. 班级"""
    grade = grade_name(roll.stage, roll.grade).said(language()) if roll.grade is not None else ""
    return f"{grade} {roll.class_name}".strip()


def class_key(roll: SchoolRoll) -> str:
    """A class in an address. 班级键"""
    return f"{roll.stage}.{'' if roll.grade is None else roll.grade}.{roll.class_name}"


@require_GET
@desk(Desk.SCHOOL)
def home(request: Seated) -> HttpResponse:
    """How far the classes are, what differs, and the report. 问卷"""
    found = chosen(request)
    if found is None:
        return render(request, "survey/school_empty.html", {})
    return page(request, *found)


def page(request: Seated, survey: Survey, version: Version, *, status: int = 200, **more: Any) -> HttpResponse:
    """The school's page of one survey. 页面"""
    school, at = request.appointment.organisation, clock.now()
    report = report_of(survey, school)
    rolls = list(pupils_of(school))
    answered = dict(
        Answer.objects.filter(survey=survey, person__in=[one.person_id for one in rolls]).values_list(
            "person", "disputed"
        )
    )
    state = State(report.state) if report else State.OPEN
    context: dict[str, Any] = {
        "survey": survey, "version": version, "surveys": published(request), "report": report, "state": state,
        "classes": classes(rolls, answered), "asked": len(rolls),
        "answered": sum(1 for one in rolls if one.person_id in answered),
        "is_open": composing.is_open(survey, version, china_day(at)), "answerable": state in ANSWERABLE,
        "can_reopen": edge_of(Act.REOPEN, state) is not None, "seen": seen(report, len(rolls), answered),
        "days": (version.schools_due_on - china_day(at)).days,
        "late": (china_day(at) - version.schools_due_on).days, "differences": differences(survey, school, rolls),
        "disputed": [one for one in rolls if answered.get(one.person_id)],
        "steps": report.steps.select_related("version", "by") if report else [],
        "sheets": Sheet.objects.filter(survey=survey, school=school).order_by("-pk")[:5].defer("content_cipher"),
        "reviewer": (reporting.reviewer_of(school) or Text("医保经办机构", "the insurance agency")),
        "joined": joined_since(survey, school) if report and state not in ANSWERABLE else 0,
    }  # fmt: skip
    context["unanswered_now"] = context["asked"] - context["answered"]
    looked(user=request.user, organisation=school, what="list", count=len(rolls), at=at)
    return render(request, "survey/school.html", context | more, status=status)


def seen(report: SchoolReport | None, asked: int, answered: dict[int, bool]) -> str:
    """A mark of what is about to be frozen. 页面标记"""
    return mark(report.state if report else "open", report and report.standing_id, asked, len(answered))


def classes(rolls: list[SchoolRoll], answered: dict[int, bool]) -> list[dict[str, Any]]:
    """How many of each class have answered. 各班"""
    found: dict[str, dict[str, Any]] = {}
    for one in rolls:
        row = found.setdefault(class_key(one), {"key": class_key(one), "label": label(one), "asked": 0, "answered": 0})
        row["asked"] += 1
        row["answered"] += one.person_id in answered
    return [row | {"missing": row["asked"] - row["answered"]} for row in found.values()]


def differences(survey: Survey, school: Organisation, rolls: list[SchoolRoll]) -> list[dict[str, Any]]:
    """What differs among the school's pupils now, child by child, and the case that is about it. 差异"""
    by_person = {one.person_id: one for one in rolls}
    with by_platform("is a child enrolled elsewhere? the school is told the kind of difference alone"):
        found = comparing.at_school(survey, school, composing.forms(survey))
    cases = {
        one.person_id: one.case
        for one in Difference.objects.filter(
            report__survey=survey, person__in=by_person, case__isnull=False
        ).select_related("case")
    }
    states = dict(
        Enrolment.objects.filter(season=survey.season, person__in=[key for key, _ in found]).values_list(
            "person", "state"
        )
    )
    grouped: dict[int, list[Text]] = {}
    for person, kind in sorted(found, key=lambda one: list(DIFFERENCES).index(one[1])):
        grouped.setdefault(person, []).append(DIFFERENCES[kind])
    help_ = {person for person, kind in found if kind == "help"}
    rows = [
        {"roll": by_person[key], "label": label(by_person[key]), "texts": texts, "case": cases.get(key),
         "help": key in help_, "state": states.get(key)}
        for key, texts in grouped.items() if key in by_person
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (not row["help"], row["label"]))


@require_http_methods(["GET", "POST"])
@desk(Desk.SCHOOL)
def pupil(request: Seated, pk: int) -> HttpResponseBase:
    """What was said of one pupil, each time; what came on paper is typed in here too. 一名学生的答案"""
    survey, version = asked_in(request)
    school, at = request.appointment.organisation, clock.now()
    roll = get_object_or_404(pupils_of(school), person=pk)
    held = Answer.objects.filter(survey=survey, person=roll.person).select_related("version").first()
    context: dict[str, Any] = {"wrong": None, "refused": None}
    given = whole(held) if held else {}
    status = 200
    if request.method == "POST":
        given = given_in(version.form, request.POST)
        if not (request.htmx or request.POST.get("act") == "look"):
            try:
                number = str(request.POST.get("seen", ""))
                done = give(
                    survey=survey, person=roll.person, given=given, source="paper", by=request.appointment, at=at,
                    seen=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0,
                )  # fmt: skip
                messages.success(request, DONE["kept" if done.what == "kept" else "taken"].said(language()))
                return redirect(request.get_full_path())
            except NotAnswered as missing:
                context["wrong"], status = {one.question: one for one in missing.wrong}, 422
            except Refused as refused:
                context["refused"], status = refused, 409
    looked(user=request.user, organisation=school, what="pupil", person=roll.person, at=at)
    report = report_of(survey, school)
    history = Given.objects.filter(answer=held).select_related("version", "by") if held else []
    context |= {
        "survey": survey, "version": version, "roll": roll, "label": label(roll), "held": held,
        "rows": asked_rows(version.form, given, context["wrong"]), "seen": held.times if held else 0,
        "answerable": (report is None or report.state in ANSWERABLE)
        and composing.is_open(survey, version, china_day(at)),
        "history": [{"given": one, "lines": lines(one)} for one in history],
        "help": bool(held and words_said(held)) or any(row["help"] for row in differences(survey, school, [roll])),
        "case": Difference.objects.filter(report__survey=survey, person=roll.person, case__isnull=False).first(),
    }  # fmt: skip
    return render(request, "survey/pupil.html", context, status=status)


def asked_in(request: Seated) -> tuple[Survey, Version]:
    """The survey that the address names, else the newest; 404 where nothing was ever asked. 当前问卷"""
    found = chosen(request)
    if found is None:
        raise Http404
    return found


def lines(given: Given) -> list[tuple[Text, str]]:
    """What was said, question by question, in words. 作答内容"""
    answers = whole(given)
    asked = [one for one in given.version.form.questions if one.key in answers]
    return [(one.text, "、".join(said(one, answers[one.key]))) for one in asked]


@require_POST
@desk(Desk.SCHOOL)
def submit(request: Seated, pk: int) -> HttpResponseBase:
    """Freeze and report, if it is still what the page showed; a second click does nothing. 报送"""
    survey = survey_of(request, pk)
    version, school = version_of(survey), request.appointment.organisation
    report = report_of(survey, school)
    if report is None or report.state in ANSWERABLE:
        rolls = list(pupils_of(school).values_list("person", flat=True))
        answered = dict(Answer.objects.filter(survey=survey, person__in=rolls).values_list("person", "disputed"))
        if request.POST.get("seen") != seen(report, len(rolls), answered):
            return page(request, survey, version, stale=STALE, status=409)
    try:
        with by_platform(COUNTED):
            reporting.submit(survey=survey, by=request.appointment, at=clock.now())
    except Refused as refused:
        return page(request, survey, version, refused=refused, status=409)
    messages.success(request, DONE["submit"].said(language()))
    return redirect(f"{reverse('survey-school')}?survey={pk}")


@require_POST
@desk(Desk.SCHOOL)
def reopen(request: Seated, pk: int) -> HttpResponseBase:
    """Take the report up again, with the reason why. 更正"""
    survey = survey_of(request, pk)
    reason = str(request.POST.get("reason", ""))
    try:
        with by_platform(COUNTED):
            reporting.reopen(survey=survey, reason=reason, by=request.appointment, at=clock.now())
    except Refused as refused:
        return page(request, survey, version_of(survey), refused=refused, reason=reason, status=422)
    messages.success(request, DONE["reopen"].said(language()))
    return redirect(f"{reverse('survey-school')}?survey={pk}")


@require_POST
@desk(Desk.SCHOOL)
def hand_over(request: Seated, pk: int) -> HttpResponseBase:
    """Who needs help goes to the sub-district, with the school's words; a second click changes nothing. 转街道"""
    survey, _ = asked_in(request)
    roll = get_object_or_404(pupils_of(request.appointment.organisation), person=pk)
    words = " ".join(str(request.POST.get("question", "")).split()) or "家长在问卷中说需要帮助，请联系。"
    reporting.hand_over(survey=survey, person=roll.person, question=words, by=request.appointment, at=clock.now())
    messages.success(request, DONE["hand"].said(language()))
    return redirect(f"{reverse('survey-pupil', args=[pk])}?survey={survey.pk}")


@require_POST
@desk(Desk.SCHOOL)
def remind(request: Seated, pk: int) -> HttpResponseBase:
    """Tell the families of the school who have not answered, once a day at most. 提醒家长"""
    survey, school = survey_of(request, pk), request.appointment.organisation
    if not composing.is_open(survey, composing.current(survey), clock.today()):
        raise Http404
    count = unanswered(survey, school.pk).count()
    work.start(
        task="survey.invite", about=Text("提醒 {n} 个家庭填问卷", "Remind {n} families of the survey").filled(n=count),
        owner=request.user, organisation=school, at=clock.now(), arguments={"survey": pk, "school": school.pk},
        result_url=f"{reverse('survey-school')}?survey={pk}",
    )  # fmt: skip
    messages.success(request, DONE["remind"].filled(n=count).said(language()))
    return redirect(f"{reverse('survey-school')}?survey={pk}")
