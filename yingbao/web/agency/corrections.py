"""What schools ask to be put right inside the window: looked at, granted or refused, with what follows. 更正申请"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection.models import Obligation, Refund
from yingbao.collection.whole import whole
from yingbao.enrolment import correcting
from yingbao.enrolment.before_correction import stood_before
from yingbao.enrolment.corrections import FIELDS
from yingbao.enrolment.models import CorrectionRequest, Enrolment, Season
from yingbao.enrolment.reasons import verdict
from yingbao.enrolment.seasons import policy_of, windows_text
from yingbao.jobs.assisted import after_statuses
from yingbao.people.bulk import NumberTaken
from yingbao.people.looks import looked
from yingbao.people.models import IdentityDocument
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.registration import who
from yingbao.web.phases import until
from yingbao.web.school.pupil import STALE, TWICE
from yingbao.web.school.pupils import LONGEST_REASON, season_of
from yingbao.web.tax.shared import area_of, look, page_of, tell
from yingbao.web.wall import by_platform

PAGE_SIZE = 50
State = CorrectionRequest.State
STATES = {
    State.OPEN: Text("待处理", "open"),
    State.DONE: Text("已更正", "granted"),
    State.REFUSED: Text("不予更正", "refused"),
}
TONES = {State.OPEN: "warn", State.DONE: "good", State.REFUSED: ""}


class _Undo(Exception):
    """Take back what a preview wrote."""


class Standing(NamedTuple):
    """How a child stands: what was decided, and what is owed. 当前情况"""

    status: Text
    self_paid_fen: int
    state: Text
    due_fen: int | None
    """None: nothing is owed yet"""
    refunds: int


class Effect(NamedTuple):
    """What granting would do. 更正影响"""

    after: Standing | None
    refused: Refused | None
    taken: bool = False
    """somebody else bears the number: a duplicate to look into"""


def own(request: Seated) -> QuerySet[CorrectionRequest]:
    """The requests of the officer's pooling area. 查阅范围"""
    rows = CorrectionRequest.objects.filter(enrolment__season__pooling_area=area_of(request))
    return rows.select_related(
        "enrolment__person", "enrolment__organisation", "enrolment__season", "asked_by", "answered_by"
    )


@require_GET
@desk(Desk.AGENCY)
def corrections(request: Seated) -> HttpResponse:
    """The requests, those that wait first and the oldest in front. 更正申请"""
    season = season_of(request)
    rows = own(request).filter(enrolment__season=season)
    counts = {state: rows.filter(state=state).count() for state in STATES}
    wanted = request.GET.get("state", State.OPEN)
    state = State(wanted) if wanted in STATES else State.OPEN
    order = ("asked_at", "pk") if state == State.OPEN else ("-answered_at", "-pk")
    pages = page_of(request, counts[state], PAGE_SIZE)
    found = list(rows.filter(state=state).order_by(*order)[pages["first"] : pages["first"] + PAGE_SIZE])
    numbers = dict(
        IdentityDocument.objects.filter(
            person__in=[each.enrolment.person_id for each in found], replaced_at__isnull=True
        ).values_list("person", "number_masked")
    )
    request.session["corrections"] = request.get_full_path()
    look(request, "list", len(found))
    context = {
        "policy": policy_of(season), "state": state, **until(policy_of(season), clock.today()),
        "states": [{"key": key, "name": name, "count": counts[key]} for key, name in STATES.items()],
        "rows": [{"one": each, "field": FIELDS[each.field], "number": numbers.get(each.enrolment.person_id, ""),
                  "state": STATES[State(each.state)], "tone": TONES[State(each.state)]} for each in found],
    } | pages  # fmt: skip
    return render(request, "agency/corrections.html", context)


def found(request: Seated, pk: int) -> CorrectionRequest:
    """One request of the officer's pooling area, or 404."""
    one = own(request).filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


@require_GET
@desk(Desk.AGENCY)
def correction(request: Seated, pk: int) -> HttpResponse:
    """What is on file, what the school says is right and why, what would follow. 更正申请"""
    return _shown(request, found(request, pk))


def mark(one: CorrectionRequest) -> str:
    """A mark of what the page showed. 页面版本"""
    about = one.enrolment
    shown = (
        one.state,
        correcting.before(one).zh,
        about.state,
        about.status,
        about.self_paid_fen,
        about.organisation_id,
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _shown(
    request: Seated,
    one: CorrectionRequest,
    *,
    typed: dict[str, str] | None = None,
    wrong: dict[str, Text] | None = None,
    open_: str = "",
    status: int = 200,
) -> HttpResponse:
    looked(
        user=request.user, organisation=request.appointment.organisation, what="page", person=one.enrolment.person,
        at=clock.now(),
    )  # fmt: skip
    policy, today = policy_of(one.enrolment.season), clock.today()
    in_time = correcting.is_open(one.enrolment, today)
    editable = correcting.is_written_here(one.field) and not correcting.is_sealed(one.field)
    value = (typed or {}).get("value", one.wanted) if editable else None
    waits = one.state == State.OPEN
    others = one.asked_by_id != request.user.pk  # what would follow is shown to who decides
    was = stood_before(one)
    context: dict[str, Any] = {
        "one": one, "about": one.enrolment, "field": FIELDS[one.field], "before": was or correcting.before(one),
        "was": was is not None,
        "state": STATES[State(one.state)], "tone": TONES[State(one.state)], "waits": waits,
        "in_time": in_time, "windows": windows_text(policy), "seen": mark(one),
        "written_here": correcting.is_written_here(one.field), "editable": editable, "value": value,
        "own": not others,
        "now": standing(one.enrolment), "effect": effect(request, one, value) if waits and in_time and others else None,
        "typed": typed or {}, "wrong": wrong or {}, "general": (wrong or {}).get(""), "open": open_,
        "back": request.session.get("corrections", ""),
    }  # fmt: skip
    return render(request, "agency/correction.html", context | who(one.enrolment), status=status)


def standing(one: Enrolment) -> Standing:
    """How the child stands now. 当前情况"""
    owed = Obligation.objects.filter(enrolment=one, ended_at__isnull=True).first()
    refunds = Refund.objects.filter(obligation__enrolment=one).count()
    due = owed.due_fen if owed else None
    return Standing(verdict(one).text, one.self_paid_fen, one.state_text, due, refunds)


def effect(request: Seated, one: CorrectionRequest, value: str | None) -> Effect | None:
    """What granting would lead to: it is done and taken back again. 更正预览"""
    if not correcting.is_written_here(one.field):
        return None
    after: Standing | None = None
    try:
        with transaction.atomic():
            _grant(request, one, value, "")
            after = standing(Enrolment.objects.select_related("season").get(pk=one.enrolment_id))
            raise _Undo
    except _Undo:
        return Effect(after, None)
    except Refused as refused:
        return Effect(None, refused, isinstance(refused, NumberTaken))


def _grant(request: Seated, one: CorrectionRequest, value: str | None, answer: str) -> None:
    """Write it, and let decision, agent, debts and declarations of every season of the child follow."""
    at = clock.now()

    def deed() -> None:
        correcting.grant(request=one, value=value, answer=answer, by=request.appointment, at=at)
        person = one.enrolment.person_id
        for season in Season.objects.filter(enrolments__person=person).order_by("pk").distinct():
            after_statuses(season=season, person_ids=[person], at=at, by=request.user)

    with by_platform("decision, agent and debts of a child follow by rule from what is right"):
        whole(deed)


@sensitive_post_parameters()
@require_POST
@desk(Desk.AGENCY)
def answer(request: Any, pk: int, act: str) -> HttpResponseBase:
    """Grant or refuse; a second click does nothing, a stale page and a second officer are told. 答复"""
    one = found(request, pk)
    typed = {name: str(request.POST.get(name, "")).strip() for name in ("value", "answer")}
    if request.POST.get("seen") != mark(one):
        if one.state != State.OPEN and one.answered_by_id == request.user.pk:
            tell(request, TWICE)
            return redirect("agency-correction", pk=pk)
        told = STALE if one.state == State.OPEN else _said(correcting.answered_already(one))
        return _shown(request, one, typed=typed, wrong={"": told}, open_=act, status=409)
    wrong: dict[str, Text] = {}
    for name in typed:
        if len(typed[name]) > LONGEST_REASON:
            wrong[name] = Text("最多 {n} 个字。", "At most {n} characters.").filled(n=LONGEST_REASON)
    needs_words = act == "refuse" or not correcting.is_written_here(one.field)
    if needs_words and not typed["answer"]:
        wrong["answer"] = Text("请写明，办理单位会看到。", "Please say it; the agent reads it.")
    if wrong:
        return _shown(request, one, typed=typed, wrong=wrong, open_=act, status=422)
    try:
        if act == "refuse":
            correcting.refuse(request=one, answer=typed["answer"], by=request.appointment, at=clock.now())
        else:
            value = typed["value"] if "value" in request.POST else None
            _grant(request, one, None if correcting.is_sealed(one.field) else value, typed["answer"])
    except Refused as refused:
        fresh = found(request, pk)
        # Another officer may have answered between the mark and the lock.
        status = 409 if fresh.state != State.OPEN else 422
        return _shown(request, fresh, typed=typed, wrong={"": _said(refused)}, open_=act, status=status)
    tell(request, _DONE[act])
    return redirect("agency-correction", pk=pk)


_DONE = {
    "grant": Text(
        "已更正，并重新核定；办理单位会看到答复。", "Put right and decided afresh; the agent reads the answer."
    ),
    "refuse": Text("已答复不予更正；办理单位会看到理由。", "Refused; the agent reads why."),
}


def _said(refused: Refused) -> Text:
    return Text(
        f"{refused.what.zh.rstrip('。')}。{refused.mend.zh}", f"{refused.what.en.rstrip('.')}. {refused.mend.en}"
    )
