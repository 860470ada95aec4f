"""What has happened until the demonstration begins: some schools are done, some half-way, some not begun. 办理进展"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import connection

from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind, User
from yingbao.demo import bodies, cards, changes, handed, letters, money, names, questions, survey, tasks, waiting
from yingbao.demo.bodies import SUZHOU, YUZHONG
from yingbao.demo.cases import Case
from yingbao.demo.plan import Ids, Share, Standing
from yingbao.enrolment import actions
from yingbao.enrolment.determining import CHUNK, determine_people
from yingbao.enrolment.lifecycle import State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import open_enrolments
from yingbao.people import history
from yingbao.values.clock import CHINA

LISTED = datetime(2019, 9, 23, 9, 30, tzinfo=CHINA)
REGISTERED = datetime(2019, 10, 14, 14, 0, tzinfo=CHINA)
ANSWERED = datetime(2019, 10, 28, 10, 20, tzinfo=CHINA)
CONFIRMED = datetime(2019, 11, 4, 15, 40, tzinfo=CHINA)
_SINCE = date(2019, 8, 26)

REASONS = ("已在老家参保", "家长已购买商业保险，不愿参保", "随父母在外地参保", "家长在外地务工，年底转学")


def run(plan: Sequence[Share], awkward: Mapping[int, Case], ids: Ids, seasons: Mapping[str, Season]) -> None:
    """Let the season take its course; `awkward` gives the persons of the cases. 推进办理"""
    keys = [ids[share.body.area, share.body.code] for share in plan]
    organisations = Organisation.objects.in_bulk(keys)
    _appoint_clerks(organisations.values())
    clerks = {each.organisation_id: each for each in _appointments(organisations.values())}
    for area, season in seasons.items():
        here = {key: share.standing for key, share in zip(keys, plan, strict=True) if share.body.area == area}
        for key, reached in here.items():
            if reached not in (Standing.EMPTY, Standing.NOT_PROMOTED):
                by = clerks[key].user
                open_enrolments(season=season, organisation=organisations[key], at=LISTED, by=by)
        _analyse()
        _determine(season, LISTED)
        under_way = [key for key, reached in here.items() if reached in (Standing.DONE, Standing.HALF_WAY)]
        schools = {
            "season": season.pk,
            "area": season.pooling_area,
            "schools": under_way,
            "clerks": [clerks[key].user_id for key in under_way],
            "whole": [here[key] == Standing.DONE for key in under_way],
            "spared": list(awkward),
        }
        _register(schools)
        _determine(season, REGISTERED, state=State.REGISTERED)
        for key in under_way[::4]:
            _decline(season, clerks[key], spared=list(awkward))
        _determine(season, CONFIRMED)
        _confirm(schools)
        letters.prepare(here, clerks, season)
    _later_events(awkward, clerks)
    waiting.begin(seasons[SUZHOU], clerks, spared=awkward.keys())
    done = [share.body for share in plan if share.standing == Standing.DONE and share.body.area == SUZHOU]
    # First the one whose clerk can sign in.
    done.sort(key=lambda body: body.code != bodies.JUNIOR)
    money.prepare([organisations[ids[body.area, body.code]] for body in done], clerks, seasons[SUZHOU])
    cards.prepare(seasons[SUZHOU], [organisations[ids[body.area, body.code]] for body in done], clerks)
    changes.propose(seasons[SUZHOU])
    handed.prepare(clerks, seasons)
    tasks.prepare(clerks, seasons)
    questions.prepare(clerks, seasons)
    survey.prepare(clerks, seasons)


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE enrolment_enrolment, enrolment_step")


def _determine(season: Season, at: datetime, **narrowed: str) -> None:
    """Decide for everyone of the season, as many at a time as a night's run does."""
    persons = list(
        Enrolment.objects.filter(season=season, **narrowed).order_by("person").values_list("person", flat=True)
    )
    for first in range(0, len(persons), CHUNK):
        chunk = persons[first : first + CHUNK]
        determine_people(season=season, person_ids=chunk, as_of=at.date(), at=at)


_UNDER_WAY = """
    SELECT * FROM unnest(%(schools)s::bigint[], %(clerks)s::bigint[], %(whole)s::boolean[]) AS s (school, clerk, whole)
"""
"""the schools that have begun, who works there, and whether they are done"""


def _register(schools: dict[str, Any]) -> None:
    """Put first-timers' basic data on file, each through the channel that the decision names, all at once.

    In schools that are half-way every third still waits, and so do the children of the cases.
    """
    with history.by(None, "registration", at=REGISTERED), connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH under_way AS ({_UNDER_WAY}), due AS (
                SELECT e.id, e.person_id, e.registration, u.clerk
                FROM enrolment_enrolment e JOIN under_way u ON u.school = e.organisation_id
                WHERE e.season_id = %(season)s AND e.state = 'draft' AND e.registration <> ''
                  AND (u.whole OR e.id %% 3 <> 0) AND e.person_id <> ALL(%(spared)s)
            ), registered AS (
                INSERT INTO people_basicregistration (person_id, pooling_area, registered_on, channel)
                SELECT person_id, %(area)s, %(on)s, registration FROM due ORDER BY person_id
            ), walked AS (
                UPDATE enrolment_enrolment e SET state = 'registered', state_at = %(at)s FROM due WHERE e.id = due.id
            )
            INSERT INTO enrolment_step (enrolment_id, act, from_state, to_state, at, by_id, reason, changes)
            SELECT id, 'register', 'draft', 'registered', %(at)s, clerk, '', '{{}}' FROM due ORDER BY id
            """,  # noqa: S608  our own words only
            {**schools, "at": REGISTERED, "on": REGISTERED.date()},
        )


def _decline(season: Season, clerk: Appointment, *, spared: list[int]) -> None:
    """In one school a family or two decline. 不参保"""
    ready = Enrolment.objects.of(season, clerk.organisation).exclude(person__in=spared).ready().order_by("pk")
    for number, enrolment in enumerate(ready[3:100:60]):
        reason = REASONS[(clerk.organisation_id + number) % len(REASONS)]
        actions.decline(enrolment=enrolment, reason=reason, by=clerk, at=ANSWERED)


def _confirm(schools: dict[str, Any]) -> None:
    """Confirm all who can be, in schools that are half-way the upper classes alone; all at once. 确认参保

    What `actions.confirm` does for one school while its clerk waits, for a whole season in one statement: everyone
    has been decided for that very day just before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH under_way AS ({_UNDER_WAY}), ready AS (
                SELECT e.id, u.clerk, u.whole, percent_rank() OVER (
                           PARTITION BY e.organisation_id ORDER BY r.stage, r.grade, r.class_name, e.id) AS place
                FROM enrolment_enrolment e JOIN under_way u ON u.school = e.organisation_id
                JOIN people_schoolroll r ON r.person_id = e.person_id AND r.school_id = u.school AND r.left_on IS NULL
                WHERE e.season_id = %(season)s AND e.state = 'determined' AND e.status = 'enrolled'
                  AND e.person_id <> ALL(%(spared)s)
            ), sure AS (
                SELECT id, clerk FROM ready WHERE whole OR place > 0.5
            ), walked AS (
                UPDATE enrolment_enrolment e SET state = 'confirmed', state_at = %(at)s FROM sure WHERE e.id = sure.id
            )
            INSERT INTO enrolment_step (enrolment_id, act, from_state, to_state, at, by_id, reason, changes)
            SELECT id, 'confirm', 'determined', 'confirmed', %(at)s, clerk, '', '{{}}' FROM sure ORDER BY id
            """,  # noqa: S608  our own words only
            {**schools, "at": CONFIRMED},
        )


def _later_events(awkward: Mapping[int, Case], clerks: Mapping[int, Appointment]) -> None:
    """What the cases say happened since. 情形的后续"""
    for person, case in awkward.items():
        if not case.after:
            continue
        enrolment = Enrolment.objects.get(person=person)
        clerk = clerks[enrolment.organisation_id]
        if case.after == "declined":
            actions.decline(enrolment=enrolment, reason=REASONS[0], by=clerk, at=ANSWERED)
        elif case.after == "withdrawn":
            actions.confirm(enrolments=[enrolment], by=clerk, at=ANSWERED)
            actions.withdraw(enrolment=enrolment, reason="已随父母转往外地", by=clerk, at=CONFIRMED)
        else:
            actions.ask_correction(
                enrolment=enrolment, field="name", wanted="戴梦婕", reason="户口簿上为“婕”，花名册录错", by=clerk,
                at=CONFIRMED + timedelta(hours=1),
            )  # fmt: skip


def _appointments(organisations: Iterable[Organisation]) -> Iterable[Appointment]:
    """One clerk of each organisation, the first appointed."""
    held = Appointment.objects.filter(organisation__in=list(organisations), until__isnull=True)
    return held.select_related("user", "organisation").order_by("-pk")


def _appoint_clerks(organisations: Iterable[Organisation]) -> None:
    """Let someone work where nobody does: a made-up colleague who acts in the past but cannot sign in. 经办人员"""
    lacking = list(
        Organisation.objects.filter(pk__in=[each.pk for each in organisations])
        .exclude(appointments__until__isnull=True, appointments__isnull=False)
        .order_by("pk")
    )
    random = Random(YUZHONG)  # noqa: S311  no secret: names of colleagues who do not exist
    users = User.objects.bulk_create(
        User(
            username=f"clerk-{organisation.pk}",
            name=names.parent(random, "female", names.surnames(random, 1)[0]),
            password="!",  # noqa: S106  Django's sign for a password that fits nothing
            is_active=False,
        )
        for organisation in lacking
    )
    at_school = OrganisationKind.SCHOOL
    Appointment.objects.bulk_create(
        Appointment(
            user=user,
            organisation=organisation,
            desk=Desk.SCHOOL if organisation.kind == at_school else Desk.COMMUNITY,
            since=_SINCE,
        )
        for user, organisation in zip(users, lacking, strict=True)
    )
