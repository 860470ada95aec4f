"""Freeze an agent's confirmed children into a declaration, submit it, discard it. 锁定与提交

A frozen list is never edited. What changes later goes into a supplement: the same function with the next ordinal,
which holds only who was confirmed since, whose sums changed (`correct`), and who left (`remove`).

The digest is SHA-256 over the lines in the order of their ordinals, joined by line feeds, in UTF-8. A line is the JSON
array [ordinal, change, enrolment, name, masked number, class, premium, self-paid, subsidised, paid_by, category,
listed_by] without blanks; sums in fen, `listed_by` the body's key or null; text escaped as little as JSON demands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from django.db import connection, transaction

from yingbao.agents.models import Appointment, Organisation
from yingbao.declaration import refusals
from yingbao.declaration.lifecycle import OPEN, Act, State, edge_of
from yingbao.declaration.models import Declaration
from yingbao.declaration.stating import NEXT_LINES, lock_children, phases_open, values_of
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.parts import is_agent
from yingbao.enrolment.refusals import not_the_agent
from yingbao.enrolment.seasons import china_day, policy_of
from yingbao.enrolment.steps import pays_through_school
from yingbao.values import reference

Method = Literal["transfer", "debit"]
REFERENCE_KIND = "SB"
"""申报, the two letters with which every remittance reference begins"""

CANONICAL = """'[' || concat_ws(',', l.ordinal, to_json(l.change::text), l.enrolment_id, to_json(l.name::text),
    to_json(l.number_masked::text), to_json(l.class_label::text), l.premium_fen, l.self_paid_fen, l.subsidised_fen,
    to_json(l.paid_by::text), to_json(coalesce(l.category, '')::text), coalesce(l.listed_by_id::text, 'null')) || ']'"""
DIGEST = f"sha256(convert_to(coalesce(string_agg({CANONICAL}, E'\\n' ORDER BY l.ordinal), ''), 'UTF8'))"

FREEZE = f"""
WITH {NEXT_LINES}, frozen AS (
    INSERT INTO declaration_declaration
        (id, season_id, organisation_id, ordinal, reference, method, state, because, heads, payers, exempt, removals,
         corrections, self_paid_fen, subsidised_fen, digest, frozen_at, frozen_by_id, submitted_at, reason)
    SELECT %(id)s, %(season)s, %(organisation)s, %(ordinal)s, %(reference)s,
           CASE WHEN coalesce(sum(l.self_paid_fen) FILTER (WHERE change = 'add'), 0) = 0
                THEN 'none' ELSE %(method)s END,
           %(state)s, %(because)s,
           count(*) FILTER (WHERE change = 'add'),
           count(*) FILTER (WHERE change = 'add' AND self_paid_fen > 0),
           count(*) FILTER (WHERE change = 'add' AND self_paid_fen = 0),
           count(*) FILTER (WHERE change = 'remove'),
           count(*) FILTER (WHERE change = 'correct'),
           coalesce(sum(l.self_paid_fen) FILTER (WHERE change = 'add'), 0),
           coalesce(sum(l.subsidised_fen) FILTER (WHERE change = 'add'), 0),
           {DIGEST}, %(at)s, %(by)s, %(submitted_at)s, ''
    FROM next_lines l HAVING count(*) > 0
    RETURNING id
)
INSERT INTO declaration_declarationline
    (declaration_id, organisation_id, enrolment_id, ordinal, change, name, number_masked, class_label, premium_fen,
     self_paid_fen, subsidised_fen, paid_by, category, listed_by_id, verdict, verdict_reason)
SELECT frozen.id, %(organisation)s, l.enrolment_id, l.ordinal, l.change, l.name, l.number_masked, l.class_label,
       l.premium_fen, l.self_paid_fen, l.subsidised_fen, l.paid_by, coalesce(l.category, ''), l.listed_by_id, '', ''
FROM next_lines l, frozen ORDER BY l.ordinal
"""  # noqa: S608  our own words


def freeze(
    *, season: Season, organisation: Organisation, method: Method, by: Appointment, at: datetime, because: str = ""
) -> Declaration:
    """Freeze what is to be declared now: the first list, or a supplement to it. 锁定名单

    `because` says why there is a supplement. A list for which no family pays anything gets the method `none`.
    Raises NothingToDeclare if it would be empty, Refused if `by` is not the agent's clerk, if families pay
    themselves here, if no window is open, or while another declaration of the agent is frozen or submitted.
    """
    if not is_agent(by, organisation):
        raise not_the_agent(organisation, by)
    if not pays_through_school(policy_of(season)):
        raise refusals.families_pay(organisation)
    if method not in ("transfer", "debit"):
        raise refusals.unknown_method(organisation.name)
    if not phases_open(season, china_day(at)):
        raise refusals.not_in_time(organisation, season, china_day(at))
    with transaction.atomic():
        _lock_agent(organisation)
        standing = _open_one(season, organisation)
        if standing is not None:
            raise refusals.another_open(standing)
        lock_children(season, organisation)
        frozen = _frozen(season, organisation, at, method=method, by=by, because=because)
        if frozen is None and _waits_outside_its_window(season, organisation, at):
            raise refusals.not_in_time(organisation, season, china_day(at))
        if frozen is None:
            raise refusals.nothing_to_declare(organisation)
        return frozen


def correct_declared(*, season: Season, organisation: Organisation, because: str, at: datetime) -> Declaration | None:
    """The platform's own supplement after a list came late: the changed sums only, submitted at once. 更正申报

    None if no declared sum differs, or while another declaration of the agent is open: then the next one carries it.
    """
    with transaction.atomic():
        _lock_agent(organisation)
        if _open_one(season, organisation) is not None:
            return None
        lock_children(season, organisation)
        return _frozen(season, organisation, at, method="transfer", by=None, because=because)


def submit(*, declaration: Declaration, by: Appointment, at: datetime) -> Declaration:
    """Hand a frozen list to the tax authority, inside the window only; a second click changes nothing. 提交申报"""
    with transaction.atomic():
        locked = _own(declaration, by)
        if locked.state == State.SUBMITTED:
            return locked
        edge = edge_of(Act.SUBMIT, locked.state)
        if edge is None:
            raise refusals.no_way(locked)
        day = china_day(at)
        if _phases_of(locked) - set(phases_open(locked.season, day)) or not phases_open(locked.season, day):
            raise refusals.not_in_time(locked.organisation, locked.season, day)
        locked.state, locked.submitted_at, locked.submitted_by = edge.target.value, at, by.user
        locked.save(update_fields=["state", "submitted_at", "submitted_by"])
        return locked


def discard(*, declaration: Declaration, by: Appointment, at: datetime) -> Declaration:
    """Throw a frozen list away before it is submitted; its children can be frozen anew. 作废"""
    with transaction.atomic():
        locked = _own(declaration, by)
        if locked.state == State.DISCARDED:
            return locked
        edge = edge_of(Act.DISCARD, locked.state)
        if edge is None:
            raise refusals.no_way(locked)
        locked.state = edge.target.value
        locked.save(update_fields=["state"])
        return locked


def digest_of(declaration: Declaration) -> bytes:
    """The digest of the lines as they are stored now. 摘要"""
    return digests_of([declaration.pk]).get(declaration.pk, b"")


def digests_of(declarations: Sequence[int]) -> dict[int, bytes]:
    """The same for many, in one statement: a declaration's key → 32 bytes. 批量摘要"""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.declaration_id, {DIGEST} FROM declaration_declarationline l"  # noqa: S608  our own words
            " WHERE l.declaration_id = ANY(%s) GROUP BY l.declaration_id",
            [list(declarations)],
        )
        return {key: bytes(digest) for key, digest in cursor.fetchall()}


def _frozen(
    season: Season, organisation: Organisation, at: datetime, *, method: str, by: Appointment | None, because: str
) -> Declaration | None:
    """Write the declaration and its lines in one statement; None if there would be no line."""
    values: dict[str, Any] = values_of(season, organisation, at, corrections_only=by is None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('declaration_declaration', 'id'))")
        (key,) = cursor.fetchone()
        earlier = Declaration.objects.filter(season=season, organisation=organisation).count()
        values |= {
            "id": key, "ordinal": earlier + 1, "reference": reference.make(REFERENCE_KIND, key), "method": method,
            "state": State.FROZEN.value if by else State.SUBMITTED.value, "because": because, "at": at,
            "by": by.user_id if by else None, "submitted_at": None if by else at,
        }  # fmt: skip
        cursor.execute(FREEZE, values)
        lines = cursor.rowcount
    return Declaration.objects.select_related("season", "organisation").get(pk=key) if lines else None


def _lock_agent(organisation: Organisation) -> None:
    """Of two clerks who freeze in the same second the second sees what the first did."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _open_one(season: Season, organisation: Organisation) -> Declaration | None:
    own = Declaration.objects.filter(season=season, organisation=organisation, state__in=sorted(OPEN))
    return own.select_related("organisation").first()


def _own(declaration: Declaration, by: Appointment) -> Declaration:
    """The declaration as it is now, held; Refused unless `by` is its agent's clerk."""
    rows = Declaration.objects.select_for_update(of=("self",)).select_related("season", "organisation")
    locked = rows.get(pk=declaration.pk)
    if not is_agent(by, locked.organisation):
        raise refusals.not_ours(by, locked)
    return locked


def _phases_of(declaration: Declaration) -> set[str]:
    added = declaration.lines.filter(change="add")
    return set(added.values_list("enrolment__phase", flat=True).distinct())


def _waits_outside_its_window(season: Season, organisation: Organisation, at: datetime) -> bool:
    """Whether confirmed children are there, but none whose own window is open."""
    confirmed = Enrolment.objects.of(season, organisation).filter(state="confirmed")
    return confirmed.exclude(phase__in=phases_open(season, china_day(at))).exists()
