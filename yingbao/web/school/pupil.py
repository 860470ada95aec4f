"""One child's page, and what a school does there. 学生页面"""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.collection import adjusting
from yingbao.declaration.deciding import refused_last
from yingbao.enrolment import actions, registering
from yingbao.enrolment.correcting import is_open
from yingbao.enrolment.corrections import FIELDS
from yingbao.enrolment.lifecycle import Act, State, acts_open, is_done
from yingbao.enrolment.models import Enrolment, RegistrationRequest
from yingbao.enrolment.needs import DATA_KINDS, needs
from yingbao.enrolment.reasons import continuity, facts_used, passed_over, payer, reasons, verdict
from yingbao.enrolment.seasons import policy_of, windows_text
from yingbao.people.looks import looked
from yingbao.people.models import Person, SchoolRoll
from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.sealing.sealed import unseal
from yingbao.values import clock, divisions
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.school.listing import Group
from yingbao.web.school.pupils import LONGEST_REASON, season_of
from yingbao.web.school.story import story
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform

OTHER = "other"
WHY = {
    Act.DECLINE: {
        "elsewhere": Text("已在外地参加居民医保", "Insured as a resident elsewhere"),
        "employee": Text("已参加职工医保", "In employee insurance"),
        "family": Text("家长书面放弃", "The family gave it up in writing"),
        OTHER: Text("其他原因（请写明）", "Another reason (please write it)"),
    },
    Act.WITHDRAW: {
        "mistake": Text("误办", "Done by mistake"),
        "left": Text("已转学或离校", "The child has left the school"),
        "elsewhere": Text("已在别处参保", "Enrolled elsewhere"),
        OTHER: Text("其他原因（请写明）", "Another reason (please write it)"),
    },
}
"""Reasons that clerks give most, so that one tick is enough. 常用原因"""
LEAVE = {Act.DECLINE: Text("登记为不参保", "Record as declined"), Act.WITHDRAW: Text("撤回", "Withdraw")}
WHEN = {
    Act.DECLINE: Text("家长选择不参保", "The family chooses not to enrol"),
    Act.WITHDRAW: Text("误办、转学、离校", "A mistake, or the child has left"),
}
"""When each is the right one of the two, since they look alike to a tired clerk."""
RELATIONS = {
    "father": Text("父亲", "father"),
    "mother": Text("母亲", "mother"),
    "grandparent": Text("祖父母", "grandparent"),
    "other": Text("其他", "other"),
}
DONE = {
    Act.CONFIRM: Text("已确认参保。", "Confirmed."),
    Act.DECLINE: Text("已登记为不参保。", "Recorded as declined."),
    Act.WITHDRAW: Text("已撤回。", "Withdrawn."),
    Act.REOPEN: Text("已重新列入办理。", "Taken up again."),
    Act.REGISTER: Text("已报送医保经办机构登记基本信息。", "The insurance agency was asked to register the child."),
    Act.CORRECT: Text("更正申请已送医保经办机构。", "The request was sent to the insurance agency."),
}
TWICE = Text("这一步已经办过了，没有重复办理。", "This had been done already; nothing was done twice.")
STALE = Text(
    "您打开页面之后情况有了变化，刚才的操作没有执行。下面是最新情况，请看过再办。",
    "Something changed after you opened the page; nothing was done. This is how it stands now, please look again.",
)


def found(request: Seated, pk: int) -> Enrolment:
    """The child's enrolment of this season, or 404 for any child that this desk does not see. 查阅范围"""
    rows = Enrolment.objects.visible_to(request.appointment).filter(season=season_of(request), person=pk)
    one = rows.select_related("person", "season", "organisation").first()
    if one is None:
        raise Http404
    return one


def worked_on(request: Seated, pk: int) -> Enrolment:
    """The same, but only a child whom this school works on: to claim one is no ground to act or to see more."""
    one = found(request, pk)
    if one.organisation_id != request.appointment.organisation_id:
        raise Http404
    return one


def seen(one: Enrolment) -> str:
    """A mark of what the page showed: it differs once anything a clerk decides by has changed. 页面版本"""
    shown = (
        one.state,
        one.state_at,
        one.organisation_id,
        one.status,
        one.because,
        one.self_paid_fen,
        one.coverage_from,
        list(one.registration_requests.order_by("pk").values_list("pk", "state")),
        list(one.corrections.order_by("pk").values_list("pk", "state")),
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


@require_GET
@desk(Desk.SCHOOL)
def pupil(request: Seated, pk: int) -> HttpResponseBase:
    """Who, what was decided and why, what is missing, what happened. 学生"""
    merged = Person.objects.filter(pk=pk).values_list("merged_into", flat=True).first()
    if merged is not None:
        return redirect("pupil", pk=found(request, merged).person_id)
    one = found(request, pk)
    record_look(request, one, "page")
    if one.organisation_id != request.appointment.organisation_id:
        return render(request, "school/claimed.html", claimed(request, one))
    return render(request, "school/pupil.html", page(request, one))


def claimed(request: Seated, one: Enrolment) -> dict[str, Any]:
    """What a school sees of a child whom it names on its roster while another works on it: no more than it wrote."""
    return {
        "one": one,
        "document": one.person.documents.filter(replaced_at__isnull=True).first(),
        "roll": roll_of(one, request.appointment.organisation),
        "list_url": request.session.get("list", reverse("pupils")),
    }


def record_look(request: Seated, one: Enrolment, what: str, reason: str = "") -> None:
    """Note that this user saw this child. 查阅记录"""
    looked(
        user=request.user,
        organisation=request.appointment.organisation,
        what=what,
        person=one.person,
        reason=reason,
        at=clock.now(),
    )


def page(request: Seated, one: Enrolment, **more: Any) -> dict[str, Any]:
    """All that the page shows. 页面内容"""
    organisation = request.appointment.organisation
    policy = policy_of(one.season)
    missing = [need for need in needs(one) if need.kind != "ineligible"]  # that stands in the verdict already
    return {
        "one": one,
        "seen": seen(one),
        "policy": policy,
        "verdict": verdict(one),
        "payer": payer(one, policy),
        "registration": terms.REGISTRATIONS[one.registration] if one.registration else None,
        "continuity": continuity(one),
        "reasons": reasons(one, policy),
        "passed_over": passed_over(one, policy),
        "facts": facts_used(one),
        "needs": missing,
        "refused": refused_last([one.pk]).get(one.pk) if one.state == State.CONFIRMED else None,
        "data_missing": any(need.kind in DATA_KINDS for need in missing),
        "list_url": request.session.get("list", reverse("pupils")),
        "events": story(one, organisation),
        "corrections": [{"asked": each, "field": FIELDS[each.field]} for each in one.corrections.order_by("-asked_at")],
        **asked_for(one),
        **who(one, organisation),
        **possible(one, request.appointment, policy),
        "typed": {},
        "wrong": {},
        "open": "",
    } | more


def asked_for(one: Enrolment) -> dict[str, Any]:
    """What was asked of the insurance agency for a first-timer, how it stands, and what the family shows. 登记申请"""
    asked = one.registration_requests.select_related("answered_by").order_by("-pk").first()
    return {
        "registration_asked": asked,
        "registration_state": registering.STATE_TEXTS[RegistrationRequest.State(asked.state)] if asked else None,
        "registration_place": registering.place_of(asked) if asked else None,
        "papers": registering.papers_due(one.facts, city=one.season.pooling_area[:4]),
    }


def who(one: Enrolment, school: Organisation) -> dict[str, Any]:
    """Who the child is, with every number masked. 基本信息"""
    person = one.person
    documents: list[dict[str, Any]] = [
        {"row": row, "kind": terms.IDENTITY_TYPES[row.kind]}
        for row in person.documents.order_by(F("replaced_at").desc(nulls_first=True))
    ]
    return {
        "documents": documents,
        "document": next((each["row"] for each in documents if each["row"].replaced_at is None), None),
        "hukou": divisions.name(person.hukou) if person.hukou else None,
        "guardians": [
            {"row": row, "relation": RELATIONS.get(row.relation)} for row in person.guardians.order_by("position")
        ],
        "roll": roll_of(one, school),
    }


def possible(one: Enrolment, by: Appointment, policy: Policy) -> dict[str, Any]:
    """What can be done here and now. 可办事项"""
    today = clock.today()
    ours = one.organisation_id == by.organisation_id
    # By the child: the days of newborns open nothing for a pupil.
    in_time = is_open(one, today)
    acts = set(acts_open(one.state)) if ours and in_time else set()
    return {
        "ours": ours,
        "in_time": in_time,
        "windows": windows_text(policy),
        "can_confirm": Act.CONFIRM in acts and one.status == "enrolled",
        "can_register": Act.REGISTER in acts
        and one.status == "enrolled"
        and one.registration == registering.CHANNEL
        and not one.registration_requests.filter(state="asked").exists(),
        "can_reopen": Act.REOPEN in acts,
        "can_correct": ours and in_time,
        "leaving": [
            {
                "act": act.value,
                "title": LEAVE[act],
                "when": WHEN[act],
                "action": reverse(f"pupil-{act}", args=[one.person_id]),
                "choices": list(WHY[act].items()),
            }
            for act in WHY
            if act in acts
        ],
        "correctable": list(FIELDS.items()),
    }


def roll_of(one: Enrolment, school: Organisation) -> dict[str, Any] | None:
    """Where the child is on this school's roll. 学籍"""
    rolls: QuerySet[SchoolRoll] = one.person.rolls.filter(school=school)
    roll = rolls.filter(left_on__isnull=True).first() or rolls.order_by("-left_on").first()
    if roll is None:
        return None
    return {"roll": roll, "group": Group(roll.stage, roll.grade, roll.class_name)}


@require_POST
@desk(Desk.SCHOOL)
def act(request: Seated, pk: int, act: str) -> HttpResponseBase:
    """Do one thing for one child; a second click does nothing, a stale page is told. 办理"""
    one, wanted = worked_on(request, pk), Act(act)
    typed = {name: str(request.POST.get(name, "")).strip() for name in ("why", "reason", "field", "wanted")}
    if request.POST.get("seen") != seen(one):
        if done_already(one, wanted):
            if who := done_by_another(request, one, wanted, typed):
                return again(request, one, wanted, typed, {"": who}, status=409)
            messages.info(request, TWICE.said(language()))
            return redirect("pupil", pk=pk)
        return again(request, one, wanted, typed, {"": STALE}, status=409)
    wrong = check(wanted, typed)
    if wrong:
        return again(request, one, wanted, typed, wrong, status=422)
    try:
        perform(request, one, wanted, typed)
    except Refused as refused:
        told = Text(
            f"{refused.what.zh.rstrip('。')}。{refused.mend.zh}", f"{refused.what.en.rstrip('.')}. {refused.mend.en}"
        )
        place = refused.where if refused.where in typed else ""
        return again(request, found(request, pk), wanted, typed, {place: told}, status=422)
    messages.success(request, DONE[wanted].said(language()))
    return redirect("pupil", pk=pk)


def done_already(one: Enrolment, wanted: Act) -> bool:
    """Whether a stale page only asks for what stands already: a second click. 重复点击"""
    if wanted is Act.REGISTER:
        return one.state != State.DRAFT or one.registration_requests.filter(state="asked").exists()
    return wanted is not Act.CORRECT and is_done(wanted, one.state)


def done_by_another(request: Seated, one: Enrolment, wanted: Act, typed: dict[str, str]) -> Text | None:
    """That a colleague has done this, where one's own reason would be lost; None for a second click. 他人已办"""
    step = one.steps.filter(act=wanted).select_related("by").last()
    if not typed["reason"] or step is None or step.by in (None, request.user):
        return None
    told = Text("{who}已经办过这一步，没有重复办理。", "{who} had done this already; nothing was done twice.")
    return told.filled(who=step.by.name)


def again(
    request: Seated, one: Enrolment, wanted: Act, typed: dict[str, str], wrong: dict[str, Text], *, status: int
) -> HttpResponse:
    """The page once more, with what was typed and what is wrong with it. 退回修改"""
    context = page(request, one, typed=typed, wrong=wrong, general=wrong.get(""), open=wanted.value)
    return render(request, "school/pupil.html", context, status=status)


def check(wanted: Act, typed: dict[str, str]) -> dict[str, Text]:
    """What is wrong with the form, by field. 表单检查"""
    wrong: dict[str, Text] = {}
    if wanted in WHY:
        if typed["why"] not in WHY[wanted]:
            wrong["why"] = Text("请选一个原因。", "Please choose a reason.")
        elif typed["why"] == OTHER and not typed["reason"]:
            wrong["reason"] = Text("请写明原因。", "Please write the reason.")
    if wanted is Act.CORRECT:
        if typed["field"] not in FIELDS:
            wrong["field"] = Text("请选择要更正的内容。", "Please choose what is to be corrected.")
        if not typed["wanted"]:
            wrong["wanted"] = Text("请填写正确的内容。", "Please fill in what is right.")
        if not typed["reason"]:
            wrong["reason"] = Text(
                "请写明依据，如户口簿、家长说明。", "Please say on what it rests, such as the household register."
            )
    for name in ("reason", "wanted"):
        if len(typed[name]) > LONGEST_REASON:
            too_long = Text("最多 {n} 个字。", "At most {n} characters.")
            wrong[name] = too_long.filled(n=LONGEST_REASON)
    return wrong


def reason_of(wanted: Act, typed: dict[str, str]) -> str:
    """The chosen reason in the words that are kept, with what was added. 原因"""
    chosen = WHY[wanted][typed["why"]]
    if typed["why"] == OTHER:
        return typed["reason"]
    return f"{chosen.zh}：{typed['reason']}"[:LONGEST_REASON] if typed["reason"] else chosen.zh


def perform(request: Seated, one: Enrolment, wanted: Act, typed: dict[str, str]) -> None:
    """Hand the deed to the enrolment's actions. 执行"""
    by, at = request.appointment, clock.now()
    match wanted:
        case Act.CONFIRM:
            actions.confirm(enrolments=Enrolment.objects.filter(pk=one.pk), by=by, at=at)
        case Act.REGISTER:
            registering.ask_registration(enrolment=one, by=by, at=at)
        case Act.DECLINE:
            actions.decline(enrolment=one, reason=reason_of(wanted, typed), by=by, at=at)
        case Act.WITHDRAW:
            with by_platform("what was paid for a child who leaves becomes free by rule"):
                adjusting.withdraw(enrolment=one, reason=reason_of(wanted, typed), by=by, at=at)
        case Act.REOPEN:
            actions.reopen(enrolment=one, by=by, at=at)
        case Act.CORRECT:
            actions.ask_correction(
                enrolment=one, field=typed["field"], wanted=typed["wanted"], reason=typed["reason"], by=by, at=at
            )


@sensitive_post_parameters()
@require_POST
@desk(Desk.SCHOOL)
def number(request: Any, pk: int) -> HttpResponseBase:
    """Show the whole identity number once, for a reason that is recorded. 查看完整证件号"""
    one = worked_on(request, pk)
    reason = str(request.POST.get("reason", "")).strip()
    if not reason or len(reason) > LONGEST_REASON:
        wrong = Text(
            "请写明查看原因（200 字以内），会留下记录。", "Please say why (up to 200 characters); it is recorded."
        )
        return render(
            request, "school/pupil.html", page(request, one, wrong={"number": wrong}, open="number"), status=422
        )
    document = one.person.documents.filter(replaced_at__isnull=True).first()
    record_look(request, one, "full_number", reason)
    shown = unseal(bytes(document.number_cipher)) if document else ""
    return render(request, "school/pupil.html", page(request, one, full_number=shown))
