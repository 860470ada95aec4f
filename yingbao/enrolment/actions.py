"""What clerks do to enrolments: confirm, decline, withdraw, reopen, register. 参保办理

Each function takes who acts (`by`, an appointment) and the moment (`at`). It locks the enrolments, then asks in this
order: may they do it, is it done already (a second click changes nothing), does an edge of `lifecycle` lead there,
is the child's window open on that day. Refused says which it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from yingbao.agents.models import Appointment, Organisation
from yingbao.enrolment import refusals
from yingbao.enrolment.corrections import answer_correction, ask_correction
from yingbao.enrolment.determining import decide, determine_people
from yingbao.enrolment.lifecycle import ENROLLED, Act, Edge, State, edge_of, is_done
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.needs import holds
from yingbao.enrolment.parts import check_may, is_agent
from yingbao.enrolment.seasons import OPEN_PHASES, china_day, outside_window
from yingbao.enrolment.taking import is_covered
from yingbao.people import history
from yingbao.people.models import BasicRegistration

__all__ = [
    "answer_correction", "ask_correction", "confirm", "confirm_ready", "decline", "register", "register_all", "reopen",
    "withdraw",
]  # fmt: skip


def confirm(*, enrolments: Iterable[Enrolment], by: Appointment, at: datetime) -> int:
    """Confirm that these children enrol: all of them or none; returns how many were not confirmed before. 确认参保

    Each is decided afresh for the day first. Raises Refused for the first that cannot be confirmed.
    """
    if isinstance(enrolments, QuerySet):
        keys = list(enrolments.values_list("pk", flat=True))
    else:
        keys = [enrolment.pk for enrolment in enrolments]
    with transaction.atomic():
        chosen = _locked(keys)
        for enrolment in chosen:
            check_may(Act.CONFIRM, by, enrolment)
        due = [enrolment for enrolment in chosen if not is_done(Act.CONFIRM, enrolment.state)]
        due = _decided_afresh(due, by, at)
        taken = _taken_elsewhere(due)
        for enrolment in due:
            check_may(Act.CONFIRM, by, enrolment)
            _check_confirmable(enrolment, taken, at)
        return _step(Act.CONFIRM, [enrolment.pk for enrolment in due], State.CONFIRMED, by, at)


def confirm_ready(*, season: Season, organisation: Organisation, by: Appointment, at: datetime) -> int:
    """Confirm every child of an agent that can be confirmed now, and leave the others; returns how many. 批量确认"""
    if not is_agent(by, organisation):
        raise refusals.not_the_agent(organisation, by)
    with transaction.atomic():
        own = Enrolment.objects.of(season, organisation)
        keys = list(own.filter(state=State.DETERMINED).values_list("pk", flat=True))
        _lock(keys)
        persons = list(own.filter(pk__in=keys).values_list("person_id", flat=True))
        determine_people(season=season, person_ids=persons, as_of=china_day(at), at=at, by=by.user)
        sure = own.filter(pk__in=keys).ready().exclude(holds("enrolled_elsewhere"))
        return _step(Act.CONFIRM, list(sure.values_list("pk", flat=True)), State.CONFIRMED, by, at)


def decline(*, enrolment: Enrolment, reason: str, by: Appointment, at: datetime) -> Enrolment:
    """Record that the family does not enrol, and why. 登记不参保"""
    return _walk(Act.DECLINE, enrolment, reason, by, at)


def withdraw(*, enrolment: Enrolment, reason: str, by: Appointment, at: datetime) -> Enrolment:
    """Take an enrolment back, confirmed or not, and say why. 撤回参保"""
    return _walk(Act.WITHDRAW, enrolment, reason, by, at)


def reopen(*, enrolment: Enrolment, by: Appointment, at: datetime, reason: str = "") -> Enrolment:
    """Work again on what was declined or withdrawn: it is decided afresh for today. 重新办理"""
    with transaction.atomic():
        walked = _walk(Act.REOPEN, enrolment, reason, by, at)
        if walked.state != State.DRAFT:
            return walked
        return _decided_afresh([walked], by, at)[0]


def register(*, enrolment: Enrolment, channel: str, by: Appointment, at: datetime) -> Enrolment:
    """Register a first-timer's basic data through the channel that the policy names. 首次参保基本信息登记"""
    with transaction.atomic():
        register_all(enrolments=[enrolment], channel=channel, by=by, at=at)
        return _read([enrolment.pk])[0]


def register_all(*, enrolments: Iterable[Enrolment], channel: str, by: Appointment, at: datetime) -> int:
    """Register many through one channel: all of them or none; returns how many were not registered before. 批量登记

    Each is decided afresh for the day, before and after. Raises Refused for the first that cannot be registered so.
    """
    with transaction.atomic():
        chosen = _decided_afresh(_locked([enrolment.pk for enrolment in enrolments]), by, at)
        for enrolment in chosen:
            check_may(Act.REGISTER, by, enrolment)
        known = _registered(chosen)
        due = [one for one in chosen if not (is_done(Act.REGISTER, one.state) and one.pk in known)]
        for enrolment in due:
            _check_registrable(enrolment, channel, at)
        with history.by(by.user_id, "registration", at=at):
            BasicRegistration.objects.bulk_create(
                [
                    BasicRegistration(
                        person=one.person, pooling_area=one.season.pooling_area, registered_on=china_day(at),
                        channel=channel,
                    )
                    for one in due
                ],
                ignore_conflicts=True,
            )  # fmt: skip
        _step(Act.REGISTER, [one.pk for one in due], State.REGISTERED, by, at)
        _decided_afresh(due, by, at)
    return len(due)


def _walk(act: Act, enrolment: Enrolment, reason: str, by: Appointment, at: datetime) -> Enrolment:
    """Take the edge of an act from where the enrolment stands now."""
    with transaction.atomic():
        (locked,) = _locked([enrolment.pk])
        check_may(act, by, locked)
        if is_done(act, locked.state):
            return locked
        edge = edge_of(act, locked.state)
        if edge is None:
            raise refusals.no_way(act, locked)
        reason = _checked_reason(edge, reason, locked)
        if act == Act.WITHDRAW and is_covered(locked, china_day(at)):
            raise refusals.cover_has_begun(locked)
        _check_window(locked, at)
        _step(act, [locked.pk], edge.target, by, at, reason)
        return _locked([enrolment.pk])[0]


def _lock(keys: list[int]) -> None:
    """Lock these enrolments, and with them the same persons' others of the year.

    Always in the order of persons, so that two who lock many never wait in a circle; and with the others, so that of
    two who enrol one person in two places the second sees what the first did.
    """
    wanted = Enrolment.objects.filter(pk__in=keys)
    while True:
        persons, years = (
            set(wanted.values_list("person_id", flat=True)),
            set(wanted.values_list("plan_year", flat=True)),
        )
        theirs = Enrolment.objects.filter(person_id__in=persons, plan_year__in=years).order_by("person_id", "pk")
        list(theirs.select_for_update().values_list("pk", flat=True))
        # A merge may have handed an enrolment to another person while we waited; then that one's are ours to hold too.
        if persons == set(wanted.values_list("person_id", flat=True)):
            return


def _locked(keys: list[int]) -> list[Enrolment]:
    """These enrolments as they are now, and nobody else's to change until the transaction ends."""
    _lock(keys)
    return _read(keys)


def _read(keys: list[int]) -> list[Enrolment]:
    rows = Enrolment.objects.filter(pk__in=keys).select_related("person", "organisation", "season")
    return list(rows.order_by("person_id", "pk"))


def _decided_afresh(enrolments: list[Enrolment], by: Appointment, at: datetime) -> list[Enrolment]:
    """Decide for the day of the act and read what came out."""
    seasons: dict[Season, list[int]] = {}
    for enrolment in enrolments:
        seasons.setdefault(enrolment.season, []).append(enrolment.person_id)
    for season, persons in seasons.items():
        determine_people(season=season, person_ids=persons, as_of=china_day(at), at=at, by=by.user)
    return _read([enrolment.pk for enrolment in enrolments])


def _check_confirmable(enrolment: Enrolment, taken: set[int], at: datetime) -> None:
    if edge_of(Act.CONFIRM, enrolment.state) is None:
        if enrolment.state == State.DRAFT and enrolment.phase in OPEN_PHASES:
            raise refusals.register_first(enrolment)
        if enrolment.state != State.DRAFT:
            raise refusals.no_way(Act.CONFIRM, enrolment)
    if enrolment.status == "ineligible" or enrolment.status == "refer":
        raise refusals.not_entitled(enrolment)
    if enrolment.phase not in OPEN_PHASES:
        raise outside_window(
            where=enrolment.person.name, season=enrolment.season, phase=enrolment.phase, on=china_day(at)
        )
    if enrolment.person_id in taken:
        raise refusals.enrolled_elsewhere(enrolment)


def _check_window(enrolment: Enrolment, at: datetime) -> None:
    """Raise Refused unless the child's own window, a newborn's for a newborn, is open on that day."""
    on = china_day(at)
    decision = decide(season=enrolment.season, person_ids=[enrolment.person_id], as_of=on)
    phase = decision["phase"][0]
    if phase not in OPEN_PHASES:
        raise outside_window(where=enrolment.person.name, season=enrolment.season, phase=phase, on=on)


def _checked_reason(edge: Edge, reason: str, enrolment: Enrolment) -> str:
    reason = " ".join(reason.split())
    longest = Enrolment._meta.get_field("reason").max_length or 0
    if edge.needs_reason and not reason:
        raise refusals.reason_missing(enrolment)
    if len(reason) > longest:
        raise refusals.reason_too_long(enrolment, longest)
    return reason


def _taken_elsewhere(enrolments: list[Enrolment]) -> set[int]:
    """Which of these persons are enrolled for the year in another season."""
    mine = {enrolment.pk for enrolment in enrolments}
    years = {enrolment.plan_year for enrolment in enrolments}
    persons = {enrolment.person_id for enrolment in enrolments}
    enrolled = Enrolment.objects.filter(person_id__in=persons, plan_year__in=years, state__in=sorted(ENROLLED))
    return {person for key, person in enrolled.values_list("pk", "person_id") if key not in mine}


def _check_registrable(enrolment: Enrolment, channel: str, at: datetime) -> None:
    if edge_of(Act.REGISTER, enrolment.state) is None or not enrolment.registration:
        raise refusals.nothing_to_register(enrolment)
    if channel != enrolment.registration:
        raise refusals.other_channel(enrolment)
    if enrolment.phase not in OPEN_PHASES:
        on, season = china_day(at), enrolment.season
        raise outside_window(where=enrolment.person.name, season=season, phase=enrolment.phase, on=on)


def _registered(enrolments: list[Enrolment]) -> set[int]:
    """Which of these are of persons whose basic data are on file in their pooling area."""
    known = BasicRegistration.objects.filter(person=OuterRef("person"), pooling_area=OuterRef("season__pooling_area"))
    rows = Enrolment.objects.filter(Exists(known), pk__in=[one.pk for one in enrolments])
    return set(rows.values_list("pk", flat=True))


def _step(act: Act, keys: list[int], target: State, by: Appointment, at: datetime, reason: str = "") -> int:
    """Put the enrolments into a state and write the line of history for each, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH was AS (
                SELECT id, state FROM enrolment_enrolment WHERE id = ANY(%(keys)s::bigint[])
            ), walked AS (
                UPDATE enrolment_enrolment e SET state = %(target)s, state_at = %(at)s, reason = %(reason)s,
                       as_of = CASE WHEN %(target)s = 'confirmed' THEN %(on)s ELSE as_of END
                FROM was WHERE e.id = was.id
            )
            INSERT INTO enrolment_step (enrolment_id, act, from_state, to_state, at, by_id, reason, changes)
            SELECT id, %(act)s, state, %(target)s, %(at)s, %(by)s, %(reason)s, '{}' FROM was ORDER BY id
            """,
            {
                "keys": keys, "target": target.value, "at": at, "reason": reason,
                "on": china_day(at), "act": act.value, "by": by.user_id,
            },
        )  # fmt: skip
        return int(cursor.rowcount)
