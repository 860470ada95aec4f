"""A case is asked, accepted, turned away, goes up and is settled: each step is written down. 转办个案

Whoever acts is an appointment (`by`) of the body with which the case lies, or of the body that asked. Each action
holds the case's row, then asks: is it theirs to do, does an edge of `lifecycle` lead there.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from yingbao.agents.models import KINDS_OF_DESK, Appointment, Desk, Organisation, OrganisationKind
from yingbao.cases import refusals
from yingbao.cases.lifecycle import TURNED_AWAY, Act, State, Who, acts_open, edge_of, goes_up
from yingbao.cases.models import Case, CaseStep
from yingbao.enrolment.models import Season
from yingbao.enrolment.parts import is_agent
from yingbao.enrolment.seasons import china_day, deadline
from yingbao.enrolment.taking_in import Seat, take_in
from yingbao.people.models import Person
from yingbao.values import reference

DESKS = (Desk.SCHOOL, Desk.COMMUNITY, Desk.AGENCY)
"""The desks at which cases are worked on."""
NUMBER_KIND = "GA"
"""个案, the two letters with which every case's number begins"""
DAYS = 5
"""So long a body has to do its next step."""


def ask(
    *, person: Person, season: Season, kind: str, question: str, to: Organisation, by: Appointment, at: datetime
) -> Case:
    """Ask a body about a child, or hand it the child. 提出个案

    Said again by the same body, the case that is on its way is returned; by another one, Refused names it.
    """
    question = _written(question)
    _check_receiver(to, by.organisation)
    with transaction.atomic():
        held = _standing(person, season, kind)
        if held is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval(pg_get_serial_sequence('cases_case', 'id'))")
                (key,) = cursor.fetchone()
            case = Case(
                pk=key, number=reference.make(NUMBER_KIND, key), kind=kind, season=season, person=person,
                asked_by_organisation=by.organisation, to_organisation=to, state_at=at, question=question, asked_at=at,
                due_on=due(season, at),
            )  # fmt: skip
            try:
                with transaction.atomic():
                    case.save(force_insert=True)
                    _note(case, Act.ASK, by=by, at=at, reason=question)
                    return case
            except IntegrityError:
                held = _standing(person, season, kind)
                if held is None:
                    raise
    if held.asked_by_organisation_id == by.organisation_id:
        return held
    raise refusals.asked_already(held)


def accept(*, case: Case, by: Appointment, at: datetime, seat: Seat | None = None) -> Case:
    """Take a case on; of a child that is handed over, it is on the body's own list from now on. 接收

    `seat`: where a school puts a child that is not on its roll yet.
    """
    with transaction.atomic():
        held = _held(case, Act.ACCEPT, by)
        if held.about.places_child and held.to_organisation.kind in (
            OrganisationKind.SCHOOL,
            OrganisationKind.COMMUNITY,
        ):
            take_in(season=held.season, person=held.person, organisation=held.to_organisation, by=by, at=at, seat=seat)
        return _walk(held, Act.ACCEPT, by=by, at=at)


def turn_back(*, case: Case, reason: str, by: Appointment, at: datetime) -> Case:
    """Say that it is not ours, to whoever asked; the second time it is turned away it goes up. 退回"""
    reason = _written(reason)
    with transaction.atomic():
        held = _walk(_held(case, Act.RETURN, by), Act.RETURN, by=by, at=at, reason=reason)
        return _up_if_due(held, at)


def pass_on(*, case: Case, to: Organisation, reason: str, by: Appointment, at: datetime) -> Case:
    """Hand it to the body whose it is; the second time it is turned away it goes up. 转交"""
    reason = _written(reason)
    with transaction.atomic():
        held = _held(case, Act.PASS_ON, by)
        _check_receiver(to, held.to_organisation)
        if held.raised_to_id and to.kind == OrganisationKind.INSURANCE_AGENCY:
            held.raised_to = to
        return _up_if_due(_walk(held, Act.PASS_ON, to=to, by=by, at=at, reason=reason), at)


def send_again(*, case: Case, to: Organisation | None = None, reason: str, by: Appointment, at: datetime) -> Case:
    """What came back is sent once more, with what was missing, or to another body. 再次送出"""
    reason = _written(reason)
    with transaction.atomic():
        held = _held(case, Act.SEND_AGAIN, by)
        wanted = to or held.to_organisation
        _check_receiver(wanted, by.organisation)
        return _walk(held, Act.SEND_AGAIN, to=wanted, by=by, at=at, reason=reason)


def settle(*, case: Case, answer: str, by: Appointment, at: datetime) -> Case:
    """Say what came of it: the case is at its end. 办结"""
    answer = _written(answer)
    with transaction.atomic():
        held = _held(case, Act.SETTLE, by)
        held.answer = answer
        return _walk(held, Act.SETTLE, by=by, at=at, reason=answer)


def parts_of(by: Appointment, case: Case) -> tuple[Who, ...]:
    """The parts that somebody plays in a case. 办理身份"""
    parts = []
    if _acts_for(by, case.to_organisation):
        parts.append(Who.RECEIVER)
    if _acts_for(by, case.asked_by_organisation):
        parts.append(Who.SENDER)
    return tuple(parts)


def possible(by: Appointment, case: Case) -> tuple[Act, ...]:
    """What somebody can do with a case now. 可办动作"""
    on_top = case.raised_to_id == case.to_organisation_id
    return acts_open(case.state, *parts_of(by, case), raised=case.raised_to_id is not None, on_top=on_top)


def above(case: Case) -> Organisation | None:
    """To whom a case goes up: the sub-district of both, else the insurance agency of the area. 上级"""
    asked, to = case.asked_by_organisation, case.to_organisation
    street = asked.parent if asked.parent_id == to.parent_id else None
    if street is not None and street.kind == OrganisationKind.SUB_DISTRICT and street.active:
        return street
    agencies = Organisation.objects.filter(kind=OrganisationKind.INSURANCE_AGENCY, active=True)
    return agencies.filter(pooling_area=case.season.pooling_area).order_by("pk").first()


def due(season: Season, at: datetime) -> date:
    """By when the next step is due: some days, and not after the season's last day while that is to come. 期限"""
    today, last = china_day(at), deadline(season)
    wanted = today + timedelta(days=DAYS)
    return min(wanted, last) if last >= today else wanted


def _acts_for(by: Appointment, place: Organisation) -> bool:
    """Whether somebody acts for a body: at its own desk, and for a community also at the sub-district above it."""
    if place.kind in (OrganisationKind.SCHOOL, OrganisationKind.COMMUNITY):
        return is_agent(by, place)
    return by.organisation_id == place.pk and place.kind in KINDS_OF_DESK[Desk(by.desk)] and by.desk in DESKS


def _check_receiver(to: Organisation, now: Organisation) -> None:
    if to.pk == now.pk:
        raise refusals.nobody_else(to.name)
    if not to.active or not any(to.kind in KINDS_OF_DESK[desk] for desk in DESKS):
        raise refusals.cannot_receive(to.name)


def _standing(person: Person, season: Season, kind: str) -> Case | None:
    """The case about this child that is not settled yet."""
    found = Case.objects.unsettled().filter(person=person, season=season, kind=kind)
    return found.select_related("to_organisation", "asked_by_organisation").first()


def _held(case: Case, act: Act, by: Appointment) -> Case:
    """The case as it is now, nobody else's until the transaction ends; Refused unless this act is open to them."""
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    held = Case.objects.select_related(
        "person", "season", "asked_by_organisation__parent", "to_organisation__parent", "raised_to"
    ).get(pk=case.pk)
    if act in possible(by, held):
        return held
    edge = edge_of(act, held.state)
    if edge is None:
        raise refusals.no_way(held, act)
    if edge.who not in parts_of(by, held):
        raise refusals.not_yours(held)
    raise refusals.decided_above(held)


def _walk(
    case: Case, act: Act, *, by: Appointment | None, at: datetime, to: Organisation | None = None, reason: str = ""
) -> Case:
    """Take the edge of an act from where the case stands, and write it down."""
    edge = edge_of(act, case.state)
    assert edge is not None, "whoever calls has asked"
    if to is not None:
        case.to_organisation = to
    case.state, case.state_at, case.due_on = edge.target.value, at, due(case.season, at)
    case.save(update_fields=["state", "state_at", "due_on", "to_organisation", "raised_to", "answer"])
    _note(case, act, by=by, at=at, reason=reason)
    return case


def _note(case: Case, act: Act, *, by: Appointment | None, at: datetime, reason: str = "") -> None:
    CaseStep.objects.create(
        case=case, act=act.value, to_state=case.state, organisation=by.organisation if by else None,
        to_organisation=case.to_organisation, by=by.user if by else None, at=at, reason=reason,
    )  # fmt: skip


def _up_if_due(case: Case, at: datetime) -> Case:
    """A case that was turned away too often goes up by itself."""
    turns = case.steps.filter(act__in=sorted(act.value for act in TURNED_AWAY)).count()
    if not goes_up(turns, raised=case.raised_to_id is not None):
        return case
    top = above(case)
    if top is None or (top.pk == case.to_organisation_id and case.state == State.OPEN):
        return case
    case.raised_to = top
    return _walk(case, Act.GO_UP, to=top, by=None, at=at)


def _written(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise refusals.reason_missing()
    if len(text) > refusals.LONGEST:
        raise refusals.reason_too_long()
    return text
