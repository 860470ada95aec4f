"""Two records that are one human being become one. 并档

All that hangs on the record that goes is moved to the one that is kept; where both have the same, the kept one's
stays and the other's remains with the record that went, which is kept too, with its history.

This layer knows what belongs to a person. Of the tables of layers above it reads their unique constraints, which say
what one person cannot have twice, and asks a row of such a pair whether it `is_live`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.db.models import Model, Q, UniqueConstraint

from yingbao.agents.models import User
from yingbao.people import history
from yingbao.people.locking import both_locked
from yingbao.people.matching import same_name
from yingbao.people.models import (
    AssistedStatus,
    BasicRegistration,
    Guardian,
    IdentityDocument,
    IdentityKind,
    LeaveReason,
    Look,
    Person,
    PointsAdmission,
    SchoolRoll,
)
from yingbao.people.rolls import let_the_only_claim_stand
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_KNOWN_HERE = {
    Person, IdentityDocument, Guardian, SchoolRoll, BasicRegistration, PointsAdmission, AssistedStatus, Look,
}  # fmt: skip
"""A look stays with the record that was looked at; it cannot be rewritten."""
_BEST_FIRST = (IdentityKind.RESIDENT_ID, IdentityKind.HMT_RESIDENCE_PERMIT, IdentityKind.FOREIGN_PERMANENT_RESIDENCE)
_FILLED = ("sex", "birth_date", "hukou")


def merge(*, kept: Person, gone: Person, by: User | None, at: datetime, reason: str) -> Person:
    """Merge the record `gone` into the record `kept`. 并档

    Both histories stay, and the documents of both find the kept one. Raises Refused without a reason, for one record
    named twice, for a record that was merged before, and if both are enrolled in the same year.
    """
    if not reason.strip():
        raise _refused(
            kept, Text("没有写明理由", "there is no reason"), Text("写明并档理由", "say why they are one person")
        )
    if kept.pk == gone.pk:
        what = Text("这是同一份档案", "this is one and the same record")
        raise _refused(kept, what, Text("选择两份不同的档案", "choose two different records"))
    with history.by(by.pk if by else None, f"merge {gone.pk}", at=at):
        kept, gone = both_locked(kept, gone)
        said = _never_rewritten()
        for relation in Person._meta.related_objects:
            if relation.related_model not in _KNOWN_HERE and relation.related_model._meta.db_table not in said:
                _move_what_others_keep(relation.related_model, relation.field.name, kept, gone)
        _documents(kept, gone, at)
        _guardians(kept, gone)
        _rolls(kept, gone, at)
        _lists(kept, gone)
        for field in _FILLED:
            setattr(kept, field, getattr(kept, field) or getattr(gone, field))
        kept.save(update_fields=_FILLED)
        Person.objects.filter(merged_into=gone).update(merged_into=kept)
        gone.merged_into, gone.merged_because = kept, reason.strip()[:200]
        gone.save(update_fields=["merged_into", "merged_because"])
    return kept


def _never_rewritten() -> set[str]:
    """The tables that are only added to: what was said of a record stays with it, and its history finds it there."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
            WHERE f.proname = 'people_never_rewritten'"""
        )
        return {table for (table,) in cursor.fetchall()}


def _refused(kept: Person, what: Text, mend: Text) -> Refused:
    return Refused(where=kept.name, what=what, mend=mend)


def _move_what_others_keep(model: type[Model], field: str, kept: Person, gone: Person) -> None:
    """Move the rows of a table above this layer, as far as its own constraints let one person have them all."""
    staying: list[int] = []
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and field in constraint.fields:
            for of_kept, of_gone in _same_in_both(model, field, constraint, kept, gone):
                if constraint.condition is not None or (_is_live(of_kept) and _is_live(of_gone)):
                    _refuse_both_live(kept, of_gone)
                if _is_live(of_gone):
                    what = Text(
                        "要并掉的档案正在参保，保留的档案没有", "the record to go is enrolled, the one to keep is not"
                    )
                    raise _refused(kept, what, Text("反过来并档", "merge them the other way round"))
                staying.append(of_gone.pk)
    rows = model._default_manager.filter(**{field: gone})
    rows.exclude(pk__in=staying).update(**{field: kept})


def _same_in_both(
    model: type[Model], field: str, constraint: UniqueConstraint, kept: Person, gone: Person
) -> Iterator[tuple[Model, Model]]:
    """Pairs of rows, the kept record's and the other's, which one person could not both have."""
    columns = {column.name: column.attname for column in model._meta.concrete_fields}
    others = [columns[name] for name in constraint.fields if name != field]
    rows = model._default_manager.filter(constraint.condition or Q())
    of_kept = {tuple(getattr(row, name) for name in others): row for row in rows.filter(**{field: kept})}
    for row in rows.filter(**{field: gone}):
        if (same := of_kept.get(tuple(getattr(row, name) for name in others))) is not None:
            yield same, row


def _is_live(row: Model) -> bool:
    """Whether someone still works on the row; an enrolment tells."""
    return bool(getattr(row, "is_live", False))


def _refuse_both_live(kept: Person, row: Model) -> None:
    year = getattr(row, "plan_year", "")
    what = Text("两份档案在 {year} 年度都在参保", "both records are being enrolled for {year}").filled(year=year)
    mend = Text("先撤回其中一份的参保，再并档", "withdraw the enrolment of one of them first, then merge")
    raise _refused(kept, what, mend)


def _documents(kept: Person, gone: Person, at: datetime) -> None:
    """The better of the two current documents stays current; all of them find the kept person."""
    current = {
        document.person_id: document
        for document in IdentityDocument.objects.filter(person__in=[kept, gone], replaced_at__isnull=True)
    }
    if len(current) == 2:
        worse = max((current[kept.pk], current[gone.pk]), key=_rank)
        worse.replaced_at = at
        worse.save(update_fields=["replaced_at"])
    IdentityDocument.objects.filter(person=gone).update(person=kept)


def _rank(document: IdentityDocument) -> int:
    """What stays for life comes first, what stands in until there is something better last."""
    if document.kind in _BEST_FIRST:
        return 0
    return 2 if document.kind == IdentityKind.BIRTH_CERTIFICATE else 1


def _guardians(kept: Person, gone: Person) -> None:
    """Guardians whom the kept record lacks are moved while there is room; of the same one, gaps are filled."""
    known = list(Guardian.objects.filter(person=kept).order_by("position"))
    free = [position for position in (1, 2) if position not in {guardian.position for guardian in known}]
    for other in Guardian.objects.filter(person=gone).order_by("position"):
        same = next((guardian for guardian in known if same_name(guardian.name, other.name)), None)
        if same is not None:
            _fill(same, other)
        elif free:
            other.person, other.position = kept, free.pop(0)
            other.save(update_fields=["person", "position"])


def _fill(guardian: Guardian, other: Guardian) -> None:
    guardian.relation = guardian.relation or other.relation
    guardian.hukou = guardian.hukou or other.hukou
    for sealed in ("phone", "number"):
        if getattr(guardian, f"{sealed}_index") is None:
            for part in ("cipher", "index", "masked"):
                setattr(guardian, f"{sealed}_{part}", getattr(other, f"{sealed}_{part}"))
    guardian.save()


def _rolls(kept: Person, gone: Person, at: datetime) -> None:
    """One current roll at each school; if two schools have the child, the kept record's counts meanwhile."""
    current = {roll.school_id: roll for roll in SchoolRoll.objects.filter(person=kept, left_on__isnull=True)}
    counted = any(not roll.contested for roll in current.values())
    for roll in SchoolRoll.objects.filter(person=gone, left_on__isnull=True).order_by("contested"):
        if roll.school_id in current:
            roll.left_on = max(at.astimezone(CHINA).date(), roll.entered_on)
            roll.leave_reason, roll.contested = LeaveReason.MERGED, False
        else:
            roll.contested = roll.contested or counted
            counted = True
        roll.save(update_fields=["left_on", "leave_reason", "contested"])
    SchoolRoll.objects.filter(person=gone).update(person=kept)
    let_the_only_claim_stand(kept)


def _lists(kept: Person, gone: Person) -> None:
    """Registrations, admissions and places on lists: of two alike the earlier day counts."""
    registered = {row.pooling_area: row for row in BasicRegistration.objects.filter(person=kept)}
    for registration in BasicRegistration.objects.filter(person=gone):
        if (same := registered.get(registration.pooling_area)) is None:
            registration.person = kept
            registration.save(update_fields=["person"])
        elif registration.registered_on < same.registered_on:
            same.registered_on, same.channel = registration.registered_on, registration.channel
            same.save(update_fields=["registered_on", "channel"])
    admitted = set(PointsAdmission.objects.filter(person=kept).values_list("pooling_area", "admitted_on"))
    for admission in PointsAdmission.objects.filter(person=gone):
        if (admission.pooling_area, admission.admitted_on) not in admitted:
            admission.person = kept
            admission.save(update_fields=["person"])
    listed = {
        (row.category, row.provided_by_id): row for row in AssistedStatus.objects.filter(person=kept, last__isnull=True)
    }
    for status in AssistedStatus.objects.filter(person=gone):
        open_already = listed.get((status.category, status.provided_by_id)) if status.last is None else None
        if open_already is None:
            status.person = kept
            status.save(update_fields=["person"])
        elif status.first < open_already.first:
            open_already.first = status.first
            open_already.save(update_fields=["first"])
