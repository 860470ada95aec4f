"""One child of a community: what was decided and why, what is done here, and on to the counter. 儿童页面"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, OrganisationKind
from yingbao.cases import handing
from yingbao.cases.kinds import REFER
from yingbao.cases.models import Case
from yingbao.enrolment import actions
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.lifecycle import Act, acts_open, is_done
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.parts import is_agent, may
from yingbao.enrolment.seasons import china_day, newborn_last_day
from yingbao.people import actions as people
from yingbao.people.bulk import NewDocument
from yingbao.people.models import IdentityKind, Person
from yingbao.policy import terms
from yingbao.sealing.sealed import unseal
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.cases.whose import agency_of
from yingbao.web.community.counter import BASKET, at_counter
from yingbao.web.family.basket import Basket
from yingbao.web.school import pupil
from yingbao.web.school.pupils import LONGEST_REASON
from yingbao.web.templatetags.words import language
from yingbao.web.wall import beyond

FIELDS = ("why", "reason", "field", "wanted", "kind", "question")
REGISTERED = Text(
    "已登记基本信息。孩子已放入收费名单，可以接着收费。",
    "Registered. The child is in the basket; the premium can be taken now.",
)
THEIRS_NOW = Text(
    "已登记基本信息。接着由“{place}”确认参保。",
    "Registered. {place} goes on from here.",
)
REPLACED = Text("证件已更新。", "The document was replaced.")
REFERRED = Text("已交医保经办机构决定，个案编号{number}。", "The insurance agency was asked: case {number}.")
NUMBER_KINDS = [kind for kind in terms.IDENTITY_TYPES if kind != IdentityKind.BIRTH_CERTIFICATE]


def found(request: Seated, pk: int) -> Enrolment:
    """A child of a community that this desk works on, or a first-timer who registers here; else 404. 查阅范围"""
    one = pupil.found(request, pk)
    if one.organisation.kind == OrganisationKind.COMMUNITY or may(Act.REGISTER, request.appointment, one):
        return one
    raise Http404


@require_GET
@desk(Desk.COMMUNITY)
def child(request: Seated, pk: int) -> HttpResponseBase:
    """Who, what was decided and why, what is next. 儿童"""
    merged = Person.objects.filter(pk=pk).values_list("merged_into", flat=True).first()
    if merged is not None:
        return redirect("child", pk=found(request, merged).person_id)
    one = found(request, pk)
    pupil.record_look(request, one, "page")
    return page(request, one)


def page(request: Seated, one: Enrolment, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page. 页面"""
    by, today = request.appointment, clock.today()
    context = pupil.page(request, one)
    ours = is_agent(by, one.organisation)
    acts = set(acts_open(one.state)) if context["in_time"] else set()
    mine = acts if ours else set()
    open_case = Case.objects.visible_to(by).unsettled().filter(person=one.person).order_by("pk").first()
    context |= {
        "ours": ours,
        "can_confirm": Act.CONFIRM in mine and one.status == "enrolled",
        "can_register": Act.REGISTER in acts
        and one.status in ("enrolled", "refer")
        and one.registration != "points"
        and may(Act.REGISTER, by, one),
        "can_reopen": Act.REOPEN in mine,
        "can_correct": ours and context["in_time"],
        "can_pay": one.state in ("determined", "confirmed", "declared", "registered")
        and at_counter(by).filter(pk=one.pk).exists(),
        "can_refer": ours and one.status == "refer" and not (open_case and open_case.kind == REFER),
        "open_case": open_case,
        "until": newborn_last_day(context["policy"], one.person.birth_date, today),
        "provisional": context["document"] is not None
        and context["document"].kind == IdentityKind.BIRTH_CERTIFICATE
        and ours,
        "kinds": [(kind, terms.IDENTITY_TYPES[kind]) for kind in NUMBER_KINDS],
        "leaving": [
            {"act": act.value, "title": pupil.LEAVE[act], "when": pupil.WHEN[act],
             "action": reverse(f"child-{act}", args=[one.person_id]), "choices": list(pupil.WHY[act].items())}
            for act in pupil.WHY if act in mine
        ],
        "list_url": request.session.get("list", reverse("children")),
    }  # fmt: skip
    return render(request, "community/child.html", context | more, status=status)


def typed_in(request: Seated) -> dict[str, str]:
    """What was typed, but for numbers: these are typed anew."""
    return {name: str(request.POST.get(name, "")).strip() for name in FIELDS}


def worked_on(request: Seated, pk: int) -> Enrolment:
    """A child for whom this desk acts as the agent; else 404. 办理范围"""
    one = found(request, pk)
    if not is_agent(request.appointment, one.organisation):
        raise Http404
    return one


@require_POST
@desk(Desk.COMMUNITY)
def act(request: Seated, pk: int, act: str) -> HttpResponseBase:
    """Do one thing for one child; a second click does nothing, a stale page is told. 办理"""
    wanted = Act(act)
    if wanted is Act.REGISTER and request.session.get("handed_back") == pk:
        messages.info(request, pupil.TWICE.said(language()))
        return redirect("children")
    one = found(request, pk) if wanted is Act.REGISTER else worked_on(request, pk)
    typed = typed_in(request)
    if request.POST.get("seen") != pupil.seen(one):
        if wanted is not Act.CORRECT and is_done(wanted, one.state):
            if (who := pupil.done_by_another(request, one, wanted, typed)) is None:
                messages.info(request, pupil.TWICE.said(language()))
                return redirect("child", pk=pk)
            return page(request, one, status=409, typed=typed, general=who, open=act)
        return page(request, one, status=409, typed=typed, general=pupil.STALE, open=act)
    if wrong := pupil.check(wanted, typed):
        return page(request, one, status=422, typed=typed, wrong=wrong, general=wrong.get(""), open=act)
    try:
        perform(request, one, wanted, typed)
    except Refused as refused:
        return refused_page(request, pk, refused, typed, act)
    if wanted is Act.REGISTER and at_counter(request.appointment).filter(pk=one.pk).exists():
        Basket(request, BASKET).add(one.pk)
        messages.success(request, REGISTERED.said(language()))
        return redirect("counter")
    if wanted is Act.REGISTER and not is_agent(request.appointment, one.organisation):
        # A school's pupil: once registered, the child is the school's alone and its page is closed to this desk.
        request.session["handed_back"] = pk
        messages.success(request, THEIRS_NOW.filled(place=one.organisation.name).said(language()))
        return redirect("children")
    done = Text("已登记基本信息。", "The basic data are registered.") if wanted is Act.REGISTER else pupil.DONE[wanted]
    messages.success(request, done.said(language()))
    return redirect("child", pk=pk)


def refused_page(request: Seated, pk: int, refused: Refused, typed: dict[str, str], act: str) -> HttpResponse:
    """The page once more, with what stands in the way. 退回修改"""
    told = Text(
        f"{refused.what.zh.rstrip('。')}。{refused.mend.zh}", f"{refused.what.en.rstrip('.')}. {refused.mend.en}"
    )
    place = refused.where if refused.where in (*FIELDS, "number") else ""
    more: dict[str, Any] = {"wrong": {place: told}} if place else {"general": told}
    return page(request, found(request, pk), status=422, typed=typed, open=act, **more)


def perform(request: Seated, one: Enrolment, wanted: Act, typed: dict[str, str]) -> None:
    """Hand the deed to the enrolment's actions: as a school does, but for registering, which is done here. 执行"""
    if wanted is Act.REGISTER:
        actions.register(enrolment=one, channel=one.registration, by=request.appointment, at=clock.now())
    else:
        pupil.perform(request, one, wanted, typed)


@sensitive_post_parameters()
@require_POST
@desk(Desk.COMMUNITY)
@beyond("is the new number already somebody else's?")
def document(request: Any, pk: int) -> HttpResponseBase:
    """A newborn has its number: it takes the place of the birth certificate. 换证"""
    one, typed = worked_on(request, pk), typed_in(request)
    number, at = str(request.POST.get("number", "")).strip()[:40], clock.now()
    if typed["kind"] not in NUMBER_KINDS or not number:
        wrong = {"number": Text("请选证件类型，填完整号码。", "Choose the kind and give the whole number.")}
        return page(request, one, status=422, typed=typed, wrong=wrong, open="document")
    try:
        people.replace_document(person=one.person, document=NewDocument(typed["kind"], number), by=request.user, at=at)
    except Refused as refused:
        place = refused.where if refused.where in ("kind", "number") else "number"
        told = Text(f"{refused.what.zh}。{refused.mend.zh}", f"{refused.what.en}. {refused.mend.en}")
        return page(request, one, status=422, typed=typed, wrong={place: told, "number": told}, open="document")
    determine_people(season=one.season, person_ids=[one.person_id], as_of=china_day(at), at=at, by=request.user)
    messages.success(request, REPLACED.said(language()))
    return redirect("child", pk=pk)


@require_POST
@desk(Desk.COMMUNITY)
def refer(request: Seated, pk: int) -> HttpResponseBase:
    """Hand to the insurance agency what only an officer may decide. 交经办机构决定"""
    one, typed = worked_on(request, pk), typed_in(request)
    agency = agency_of(one.season.pooling_area)
    if agency is None or one.status != "refer":
        return page(request, one, status=409, typed=typed, general=pupil.STALE, open="refer")
    try:
        case = handing.ask(
            person=one.person, season=one.season, kind=REFER, question=typed["question"], to=agency,
            by=request.appointment, at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        told = Text(f"{refused.what.zh}。{refused.mend.zh}", f"{refused.what.en}. {refused.mend.en}")
        return page(request, one, status=422, typed=typed, wrong={"question": told}, open="refer")
    messages.success(request, REFERRED.filled(number=case.number).said(language()))
    return redirect("case", pk=case.pk)


@sensitive_post_parameters()
@require_POST
@desk(Desk.COMMUNITY)
def number(request: Any, pk: int) -> HttpResponseBase:
    """Show the whole identity number once, for a reason that is recorded. 查看完整证件号"""
    one = worked_on(request, pk)
    reason = str(request.POST.get("reason", "")).strip()
    if not reason or len(reason) > LONGEST_REASON:
        wrong = Text(
            "请写明查看原因（200 字以内），会留下记录。", "Please say why (up to 200 characters); it is recorded."
        )
        return page(request, one, status=422, wrong={"whole": wrong}, open="whole")
    held = one.person.documents.filter(replaced_at__isnull=True).first()
    pupil.record_look(request, one, "full_number", reason)
    return page(request, one, full_number=unseal(bytes(held.number_cipher)) if held else "")
