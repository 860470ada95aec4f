"""A case is asked, accepted, turned away, goes up and is settled: each step is written down. 转办个案

Whoever acts is an appointment (`by`) of the body with which the case lies, or of the body that asked, or the family
that asked. Each action holds the case's row, then asks: is it theirs to do, does an edge of `lifecycle` lead there.
Questions are asked in `asking`, and rise when they are late in `lateness`.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction

from yingbao.agents.models import KINDS_OF_DESK, Appointment, Desk, Organisation, OrganisationKind
from yingbao.cases import refusals, wording
from yingbao.cases.due import DAYS, due
from yingbao.cases.lifecycle import TURNED_AWAY, Act, State, Who, acts_open, edge_of, goes_up
from yingbao.cases.models import Case, CaseStep, FamilyAsker
from yingbao.enrolment.models import Season
from yingbao.enrolment.parts import is_agent
from yingbao.enrolment.taking_in import Seat, take_in
from yingbao.people.models import Person
from yingbao.values import reference

__all__ = [
    "DAYS", "DESKS", "PLACING_DESKS", "Family", "accept", "ask", "due", "opened", "parts_of", "pass_on", "possible",
    "send_again", "settle", "turn_back", "withdraw",
]  # fmt: skip

PLACING_DESKS = (Desk.SCHOOL, Desk.COMMUNITY, Desk.AGENCY)
"""The desks at which it is decided whose a child is."""
DESKS = (*PLACING_DESKS, Desk.TAX, Desk.EDUCATION, Desk.CARD)
"""The desks at which cases are worked on; the last three answer questions."""
NUMBER_KIND = "GA"
"""个案, the two letters with which every case's number begins"""


class Family(NamedTuple):
    """A family that acts on its own question, known by its phone. 家长"""

    phone_index: bytes


Actor = Appointment | Family
LONGEST_QUESTION = 6000
"""what a family asks and adds, all together"""


def ask(
    *, person: Person, season: Season, kind: str, question: str, to: Organisation, by: Appointment, at: datetime
) -> Case:
    """Ask a body about a child, or hand it the child. 提出个案

    Said again by the same body, the case that is on its way is returned; by another one, Refused names it.
    """
    question = _written(question)
    _check_receiver(to, by.organisation, PLACING_DESKS)
    with transaction.atomic():
        held = _standing(person, season, kind)
        if held is None:
            case = Case(
                kind=kind, season=season, person=person, asked_by_organisation=by.organisation, to_organisation=to,
                question=question, due_on=due(season, at),
            )  # fmt: skip
            try:
                with transaction.atomic():
                    return opened(case, by=by, at=at)
            except IntegrityError:
                held = _standing(person, season, kind)
                if held is None:
                    raise
    if held.asked_by_organisation_id == by.organisation_id:
        return held
    raise refusals.asked_already(held)


def opened(case: Case, *, by: Actor, at: datetime) -> Case:
    """Give a case its number and its first step, in the caller's transaction. 立案"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('cases_case', 'id'))")
        (case.pk,) = cursor.fetchone()
    case.number, case.state_at, case.asked_at = reference.make(NUMBER_KIND, case.pk), at, at
    case.save(force_insert=True)
    # What a family wrote stands in the case alone, where it can be erased.
    note(case, Act.ASK, by=by, at=at, reason="" if isinstance(by, Family) else case.question)
    return case


def accept(*, case: Case, by: Appointment, at: datetime, seat: Seat | None = None) -> Case:
    """Take a case on; of a child that is handed over, it is on the body's own list from now on. 接收

    `seat`: where a school puts a child that is not on its roll yet.
    """
    with transaction.atomic():
        held = hold(case, Act.ACCEPT, by)
        if (
            held.person is not None
            and held.about.places_child
            and held.to_organisation.kind
            in (
                OrganisationKind.SCHOOL,
                OrganisationKind.COMMUNITY,
            )
        ):
            take_in(season=held.season, person=held.person, organisation=held.to_organisation, by=by, at=at, seat=seat)
        return walk(held, Act.ACCEPT, by=by, at=at)


def turn_back(*, case: Case, reason: str, by: Appointment, at: datetime) -> Case:
    """Say that it is not ours, to whoever asked; the second time it is turned away it goes up. 退回"""
    reason = _written(reason, case)
    with transaction.atomic():
        held = walk(hold(case, Act.RETURN, by), Act.RETURN, by=by, at=at, reason=reason)
        return _up_if_due(held, at)


def pass_on(*, case: Case, to: Organisation, reason: str, by: Appointment, at: datetime) -> Case:
    """Hand it to the body whose it is; the second time it is turned away it goes up. 转交

    Whoever asked does not get it back like this: it is returned, with the reason, or decided above.
    """
    reason = _written(reason, case)
    with transaction.atomic():
        held = hold(case, Act.PASS_ON, by)
        _check_receiver(to, held.to_organisation, DESKS if held.is_question else PLACING_DESKS)
        if to.pk == held.asked_by_organisation_id and not held.raised_to_id:
            raise refusals.back_to_whoever_asked(to.name)
        if held.raised_to_id and to.kind == OrganisationKind.INSURANCE_AGENCY:
            held.raised_to = to
        return _up_if_due(walk(held, Act.PASS_ON, to=to, by=by, at=at, reason=reason), at)


def send_again(*, case: Case, to: Organisation | None = None, reason: str, by: Actor, at: datetime) -> Case:
    """What came back is sent once more, with what was missing, or to another body. 再次送出"""
    reason = _written(reason, case)
    with transaction.atomic():
        held = hold(case, Act.SEND_AGAIN, by)
        wanted = to or held.to_organisation
        if isinstance(by, Appointment):
            _check_receiver(wanted, by.organisation, DESKS if held.is_question else PLACING_DESKS)
        if held.about.stays and wanted.pk != held.to_organisation_id:
            raise refusals.stays(held)
        return walk(held, Act.SEND_AGAIN, to=wanted, by=by, at=at, reason=added(held, reason, by))


def settle(*, case: Case, answer: str, by: Appointment, at: datetime) -> Case:
    """Say what came of it: the case is at its end, the question answered. 办结"""
    answer = _written(answer, case)
    with transaction.atomic():
        held = hold(case, Act.SETTLE, by)
        held.answer = answer
        return walk(held, Act.SETTLE, by=by, at=at, reason=answer)


def reopen(*, case: Case, reason: str, by: Actor, at: datetime) -> Case:
    """The answer did not help: whoever answered is asked once more, and only once. 再次提问"""
    reason = _written(reason, case)
    with transaction.atomic():
        held = hold(case, Act.REOPEN, by)
        held.reopened = True
        return walk(held, Act.REOPEN, by=by, at=at, reason=added(held, reason, by))


def withdraw(*, case: Case, by: Actor, at: datetime) -> Case:
    """Whoever asked needs no answer any more; said again it changes nothing. 撤回"""
    with transaction.atomic():
        now = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if now.state == State.WITHDRAWN and Who.SENDER in parts_of(by, now):
            return now
        return walk(hold(case, Act.WITHDRAW, by), Act.WITHDRAW, by=by, at=at)


def added(case: Case, words: str, by: Actor) -> str:
    """What the one who asked adds: a family's words go to its question, an office's into the step. 补充"""
    if not isinstance(by, Family):
        return words
    case.question = f"{case.question}\n{words}"
    if len(case.question) > LONGEST_QUESTION:
        raise refusals.reason_too_long()
    return ""


def parts_of(by: Actor, case: Case) -> tuple[Who, ...]:
    """The parts that somebody plays in a case. 办理身份"""
    parts: list[Who] = []
    if isinstance(by, Family):
        asker = FamilyAsker.objects.filter(case=case, phone_index=by.phone_index)
        return (Who.SENDER,) if asker.exists() else ()
    if _acts_for(by, case.to_organisation):
        parts.append(Who.RECEIVER)
    if case.asked_by_organisation is not None and _acts_for(by, case.asked_by_organisation):
        parts.append(Who.SENDER)
    return tuple(parts)


def possible(by: Actor, case: Case) -> tuple[Act, ...]:
    """What somebody can do with a case now. 可办动作"""
    on_top = case.raised_to_id == case.to_organisation_id
    acts = acts_open(
        case.state, *parts_of(by, case), raised=case.raised_to_id is not None, on_top=on_top,
        question=case.is_question, reopened=case.reopened,
    )  # fmt: skip
    if case.about.stays:
        acts = tuple(act for act in acts if act != Act.PASS_ON)
    # A family has nothing to answer itself with: it withdraws.
    return tuple(act for act in acts if act != Act.SETTLE) if isinstance(by, Family) else acts


def above(case: Case) -> Organisation | None:
    """To whom a case goes up: the sub-district of both, else the insurance agency of the area. 上级

    A question that goes in circles is the agency's.
    """
    asked, to = case.asked_by_organisation, case.to_organisation
    street = asked.parent if asked is not None and asked.parent_id == to.parent_id and not case.is_question else None
    if street is not None and street.kind == OrganisationKind.SUB_DISTRICT and street.active:
        return street
    return agency_of(case.season.pooling_area)


def agency_of(pooling_area: str) -> Organisation | None:
    """The insurance agency of an area. 医保经办机构"""
    agencies = Organisation.objects.filter(kind=OrganisationKind.INSURANCE_AGENCY, active=True)
    return agencies.filter(pooling_area=pooling_area).order_by("pk").first()


def _acts_for(by: Appointment, place: Organisation) -> bool:
    """Whether somebody acts for a body: at its own desk, and for a community also at the sub-district above it."""
    if place.kind in (OrganisationKind.SCHOOL, OrganisationKind.COMMUNITY):
        return is_agent(by, place)
    return by.organisation_id == place.pk and place.kind in KINDS_OF_DESK[Desk(by.desk)] and by.desk in DESKS


def _check_receiver(to: Organisation, now: Organisation, desks: tuple[Desk, ...]) -> None:
    if to.pk == now.pk:
        raise refusals.nobody_else(to.name)
    if not to.active or not any(to.kind in KINDS_OF_DESK[desk] for desk in desks):
        raise refusals.cannot_receive(to.name)


def _standing(person: Person, season: Season, kind: str) -> Case | None:
    """The case about this child that is not settled yet."""
    found = Case.objects.unsettled().filter(person=person, season=season, kind=kind)
    return found.select_related("to_organisation", "asked_by_organisation").first()


def hold(case: Case, act: Act, by: Actor) -> Case:
    """The case as it is now, nobody else's until the transaction ends; Refused unless this act is open to them. 锁定"""
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    held = Case.objects.select_related(
        "season", "asked_by_organisation__parent", "to_organisation__parent", "raised_to"
    ).get(pk=case.pk)
    if act in possible(by, held):
        return held
    edge = edge_of(act, held.state)
    if edge is None:
        raise refusals.no_way(held, act)
    if edge.who not in parts_of(by, held):
        raise refusals.not_yours(held)
    if held.about.stays:
        raise refusals.stays(held)
    raise refusals.decided_above(held)


def walk(
    case: Case, act: Act, *, by: Actor | None, at: datetime, to: Organisation | None = None, reason: str = ""
) -> Case:
    """Take the edge of an act from where the case stands, and write it down. 流转"""
    edge = edge_of(act, case.state)
    assert edge is not None, "whoever calls has asked"
    if to is not None:
        case.to_organisation = to
    case.state, case.state_at = edge.target.value, at
    if case.is_question:
        # A child that is handed from one to the next waits no longer than the first one promised.
        case.due_on = due(case.season, at, question=True)
    case.save(
        update_fields=["state", "state_at", "due_on", "to_organisation", "raised_to", "answer", "question", "reopened"]
    )
    note(case, act, by=by, at=at, reason=reason)
    return case


def note(case: Case, act: Act, *, by: Actor | None, at: datetime, reason: str = "") -> None:
    """Write a step down; of a family's only that it was the family's. 记录"""
    seat = by if isinstance(by, Appointment) else None
    CaseStep.objects.create(
        case=case, act=act.value, to_state=case.state, organisation=seat.organisation if seat else None,
        to_organisation=case.to_organisation, by=seat.user if seat else None, at=at, reason=reason,
    )  # fmt: skip


def _up_if_due(case: Case, at: datetime) -> Case:
    """A case that was turned away too often goes up by itself."""
    if case.about.stays:
        return case
    turns = case.steps.filter(act__in=sorted(act.value for act in TURNED_AWAY)).count()
    if not goes_up(turns, raised=case.raised_to_id is not None, question=case.is_question):
        return case
    top = above(case)
    if top is None or (top.pk == case.to_organisation_id and case.state == State.OPEN):
        return case
    case.raised_to = top
    return walk(case, Act.GO_UP, to=top, by=None, at=at)


def _written(text: str, case: Case | None = None) -> str:
    if case is not None and case.is_question:
        return wording.checked(text, where="reason")
    text = " ".join(text.split())
    if not text:
        raise refusals.reason_missing()
    if len(text) > refusals.LONGEST:
        raise refusals.reason_too_long()
    wording.refuse_a_number(text, where="reason")
    return text
