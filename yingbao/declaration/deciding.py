"""What the tax authority says of a submitted list: accepted, accepted in part, sent back. 受理申报

What an accepted line owes is assessed by the layer above (`collection.billing`), in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from yingbao.agents.models import Appointment, Desk
from yingbao.declaration import refusals
from yingbao.declaration.freezing import digest_of
from yingbao.declaration.lifecycle import Act, State, edge_of
from yingbao.declaration.models import Declaration, DeclarationLine

LONGEST_REASON = 200

OUT_OF_DATE = """
SELECT l.id, l.name FROM declaration_declarationline l
JOIN enrolment_enrolment e ON e.id = l.enrolment_id
WHERE l.declaration_id = %s AND l.change = 'add'
  AND (e.state <> 'confirmed' OR e.organisation_id <> l.organisation_id
       OR (e.self_paid_fen, e.subsidised_fen, e.paid_by) IS DISTINCT FROM
          (l.self_paid_fen, l.subsidised_fen, l.paid_by))
ORDER BY l.ordinal
"""
LOCK_CHILDREN = """
SELECT count(*) FROM (
    SELECT 1 FROM enrolment_enrolment e
    WHERE e.id IN (SELECT enrolment_id FROM declaration_declarationline WHERE declaration_id = %s)
    ORDER BY e.person_id, e.id FOR UPDATE
) held
"""


def accept(*, declaration: Declaration, by: Appointment, at: datetime) -> Declaration:
    """Take the whole list; a second click changes nothing. 受理

    Raises Refused if the lines do not match their digest, or if a child's sums, agent or state changed since.
    """
    with transaction.atomic():
        locked = _to_decide(declaration, by, Act.ACCEPT)
        if locked.state == State.ACCEPTED:
            return locked
        _check_lines(locked, refused=frozenset())
        locked.lines.update(verdict="accepted")
        return _decided(locked, State.ACCEPTED, "", by, at)


def accept_in_part(
    *, declaration: Declaration, refused: Mapping[int, str], by: Appointment, at: datetime
) -> Declaration:
    """Take the list but for some lines: line's key → why not. Their children stay confirmed. 部分受理

    Raises Refused as `accept` does, for a reason that is missing or too long, and if no line or every line is refused.
    """
    with transaction.atomic():
        locked = _to_decide(declaration, by, Act.ACCEPT_IN_PART)
        if locked.state == State.PARTLY_ACCEPTED:
            return locked
        reasons = {line: _checked(reason, locked) for line, reason in refused.items()}
        keys = set(locked.lines.values_list("pk", flat=True))
        if set(reasons) - keys:
            raise refusals.no_such_line(locked)
        if not reasons or set(reasons) == keys:
            raise refusals.every_line_refused(locked)
        _check_lines(locked, refused=frozenset(reasons))
        _give_verdicts(locked, reasons)
        return _decided(locked, State.PARTLY_ACCEPTED, f"{len(reasons)}名不予受理，原因见明细", by, at)


def send_back(*, declaration: Declaration, reason: str, by: Appointment, at: datetime) -> Declaration:
    """Return the whole list with a reason; its children stay confirmed and can be frozen anew. 退回"""
    with transaction.atomic():
        locked = _to_decide(declaration, by, Act.RETURN)
        if locked.state == State.RETURNED:
            return locked
        return _decided(locked, State.RETURNED, _checked(reason, locked), by, at)


def out_of_date(declaration: Declaration) -> dict[int, str]:
    """Lines whose child is no longer confirmed at this agent with these sums: line's key → name. 已变化明细"""
    with connection.cursor() as cursor:
        cursor.execute(OUT_OF_DATE, [declaration.pk])
        return dict(cursor.fetchall())


def is_collector(by: Appointment, declaration: Declaration) -> bool:
    """Whether this is the desk of the tax authority of the declaration's pooling area. 是否主管税务"""
    return by.desk == Desk.TAX and by.organisation.pooling_area == declaration.season.pooling_area


def _to_decide(declaration: Declaration, by: Appointment, act: Act) -> Declaration:
    """The declaration as it is now, held, with its children; Refused unless this act is open to this officer."""
    rows = Declaration.objects.select_for_update(of=("self",)).select_related("season", "organisation")
    locked = rows.get(pk=declaration.pk)
    if not is_collector(by, locked):
        raise refusals.not_ours(by, locked)
    edge = edge_of(act, State.SUBMITTED)
    if edge is not None and locked.state == edge.target:
        return locked
    if edge_of(act, locked.state) is None:
        raise refusals.no_way(locked)
    if by.user_id in (locked.frozen_by_id, locked.submitted_by_id):
        raise refusals.own_list(locked)
    with connection.cursor() as cursor:
        cursor.execute(LOCK_CHILDREN, [locked.pk])
    return locked


def _check_lines(declaration: Declaration, *, refused: frozenset[int]) -> None:
    if digest_of(declaration) != bytes(declaration.digest):
        raise refusals.digest_differs(declaration)
    stale = [name for line, name in out_of_date(declaration).items() if line not in refused]
    if stale:
        raise refusals.lines_out_of_date(declaration, stale)


def _give_verdicts(declaration: Declaration, reasons: Mapping[int, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE declaration_declarationline l
            SET verdict = CASE WHEN r.line IS NULL THEN 'accepted' ELSE 'refused' END,
                verdict_reason = coalesce(r.reason, '')
            FROM declaration_declarationline own
            LEFT JOIN unnest(%s::bigint[], %s::text[]) AS r (line, reason) ON r.line = own.id
            WHERE own.declaration_id = %s AND l.id = own.id
            """,
            [list(reasons), list(reasons.values()), declaration.pk],
        )


def _decided(declaration: Declaration, state: State, reason: str, by: Appointment, at: datetime) -> Declaration:
    declaration.state, declaration.reason = state.value, reason
    declaration.decided_at, declaration.decided_by = at, by.user
    declaration.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    return declaration


def _checked(reason: str, declaration: Declaration) -> str:
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise refusals.reason_missing(declaration.reference, LONGEST_REASON)
    return said


def refused_last(enrolments: list[int]) -> dict[int, str]:
    """Of these children whose last line was refused: enrolment → why; the child is still to be declared. 未受理原因"""
    lines = DeclarationLine.objects.filter(enrolment__in=enrolments).exclude(declaration__state="discarded")
    last = lines.order_by("enrolment", "-declaration__ordinal").distinct("enrolment")
    return {one.enrolment_id: one.verdict_reason for one in last if one.verdict == "refused"}
