"""A body takes a row or a whole list back: what it did is undone, as far as no later list has spoken since. 撤回名单

Each row remembers the place that stood before it took effect. What a later list has changed since stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from yingbao.agents.models import User
from yingbao.people import admitting, history
from yingbao.spreadsheet.assisted_comparing import VIEWS, counted
from yingbao.spreadsheet.assisted_review import locked
from yingbao.spreadsheet.models import AssistedList, AssistedRow
from yingbao.spreadsheet.points_list import counts_for, is_points, year_of
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST = 200


class TakenBack(NamedTuple):
    """What taking back has led to. 撤回结果"""

    assisted_list: AssistedList
    person_ids: list[int]
    """of whom something changed"""
    rows: int


def remember(found: AssistedList, keys: Sequence[int]) -> None:
    """Note on rows that are about to take effect which place stands before. 记下原状"""
    statement = _REMEMBER_ADMISSION if is_points(found) else _REMEMBER_PLACE
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {"keys": list(keys), "body": found.organisation_id, "area": found.pooling_area, "year": _year(found)},
        )


def take_back(
    *, assisted_list: AssistedList, because: str, by: User, at: datetime, row: AssistedRow | None = None
) -> TakenBack:
    """Take back one row, or the whole list; said again it changes nothing. 撤回

    Raises Refused without a reason, and for a list that is not in effect: that one is given up instead.
    """
    because = " ".join(because.split())
    with transaction.atomic():
        found = locked(assisted_list.pk)
        _refuse_unless_possible(found, because)
        rows = found.rows.filter(withdrawn_at__isnull=True)
        if row is not None:
            rows = rows.filter(pk=row.pk)
        taken = list(rows.select_for_update().order_by("person_id", "pk"))
        applied = [each for each in taken if each.applied_at is not None and each.person_id is not None]
        persons = _undo_admissions(found, applied, by, at) if is_points(found) else _undo_places(found, applied, by, at)
        AssistedRow.objects.filter(pk__in=[each.pk for each in taken]).update(
            withdrawn_at=at, withdrawn_by=by, withdrawn_because=because, number_cipher=None
        )
        if row is None and found.withdrawn_at is None:
            found.withdrawn_at, found.withdrawn_by, found.withdrawn_because = at, by, because
            found.content_cipher = None
        found.counts = {**found.counts, **_counts(found)}
        found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because", "content_cipher", "counts"])
    return TakenBack(found, sorted(persons), len(taken))


def _counts(found: AssistedList) -> dict[str, int]:
    """The counts of the views alone: what stood before the list is no longer to be counted."""
    words = {*VIEWS, "new", "same", "changed", "nothing"}
    return {word: count for word, count in counted(found).items() if word in words}


def _refuse_unless_possible(found: AssistedList, because: str) -> None:
    if found.state != AssistedList.State.COMMITTED:
        raise Refused(
            where=found.filename,
            what=Text("这份名单没有生效，不用撤回", "the list is not in effect, so there is nothing to take back"),
            mend=Text("不要的名单请“放弃”", "give it up instead"),
        )
    if not because or len(because) > LONGEST:
        raise Refused(
            where=found.filename,
            what=Text("没有写明撤回的原因，或超过{n}字", "the reason is missing or too long").filled(n=LONGEST),
            mend=Text("写明原因，如“名单传错了”", "say why, such as: the wrong list was sent"),
        )


def _undo_places(found: AssistedList, rows: Sequence[AssistedRow], by: User, at: datetime) -> set[int]:
    values: dict[str, Any] = {"body": found.organisation_id, "keys": [row.pk for row in rows]}
    changed: set[int] = set()
    with history.by(by.pk, f"assisted list {found.pk}", at=at), connection.cursor() as cursor:
        cursor.execute(_LOCK, {"persons": [row.person_id for row in rows]})
        for statement in (_NEVER_BEGAN, _AS_BEFORE, _BEGIN_AGAIN):
            cursor.execute(statement, values)
            changed |= {person for (person,) in cursor.fetchall()}
    return changed


def _undo_admissions(found: AssistedList, rows: Sequence[AssistedRow], by: User, at: datetime) -> set[int]:
    """Whoever still stands as the row left it is put back to what was before."""
    counts, source = counts_for(found), f"points list {found.pk}"
    with connection.cursor() as cursor:
        cursor.execute(_STILL_SO, {"keys": [row.pk for row in rows], "area": found.pooling_area, "year": _year(found)})
        still = {key for (key,) in cursor.fetchall()}
    changed: set[int] = set()
    gone = [row.person_id for row in rows if row.pk in still and row.was is None and row.person_id is not None]
    back = [
        admitting.Admission(row.person_id, date.fromisoformat(row.was[0]))
        for row in rows
        if row.pk in still and row.was is not None and row.person_id is not None
    ]
    if gone:
        changed |= admitting.withdraw_admissions(
            pooling_area=found.pooling_area, person_ids=gone, year=_year(found), counts=counts, by=by, at=at,
            source=source,
        )  # fmt: skip
    if back:
        changed |= admitting.admit_people(
            pooling_area=found.pooling_area, admissions=back, counts=counts, by=by, at=at, source=source
        )
    return changed


def _year(found: AssistedList) -> int:
    return year_of(found) if is_points(found) else 0


_LOCK = """
SELECT count(*) FROM (
    SELECT 1 FROM people_person WHERE id = ANY(%(persons)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
) held"""

_OF_ROW = "s.person_id = r.person_id AND s.category = r.category AND s.provided_by_id = %(body)s"

_REMEMBER_PLACE = f"""
UPDATE spreadsheet_assistedrow r SET was = (
    SELECT jsonb_build_array(s.first, s.last) FROM people_assistedstatus s
    WHERE {_OF_ROW}
      AND CASE WHEN r.act = 'end' THEN s.last IS NULL OR s.last > r.last
               ELSE s.first <= coalesce(r.last, 'infinity') AND coalesce(s.last, 'infinity') >= r.first END
    ORDER BY (s.last IS NULL) DESC, s.first DESC LIMIT 1)
WHERE r.id = ANY(%(keys)s::bigint[])"""  # noqa: S608  our own words

_REMEMBER_ADMISSION = """
UPDATE spreadsheet_assistedrow r SET was = (
    SELECT jsonb_build_array(a.admitted_on) FROM people_pointsadmission a
    WHERE a.person_id = r.person_id AND a.pooling_area = %(area)s
      AND date_part('year', a.admitted_on) = CASE WHEN r.act = 'end' THEN %(year)s ELSE date_part('year', r.first) END
    ORDER BY a.admitted_on LIMIT 1)
WHERE r.id = ANY(%(keys)s::bigint[])"""

_NEVER_BEGAN = f"""
DELETE FROM people_assistedstatus s USING spreadsheet_assistedrow r
WHERE r.id = ANY(%(keys)s::bigint[]) AND r.act = 'add' AND r.was IS NULL AND {_OF_ROW}
  AND s.first = r.first AND s.last IS NOT DISTINCT FROM r.last
RETURNING s.person_id"""  # noqa: S608  our own words

_AS_BEFORE = f"""
UPDATE people_assistedstatus s SET first = (r.was ->> 0)::date, last = (r.was ->> 1)::date
FROM spreadsheet_assistedrow r
WHERE r.id = ANY(%(keys)s::bigint[]) AND r.was IS NOT NULL AND {_OF_ROW}
  AND s.last IS NOT DISTINCT FROM r.last
  AND s.first = CASE WHEN r.act = 'add' THEN least((r.was ->> 0)::date, r.first) ELSE (r.was ->> 0)::date END
  AND (s.first, s.last) IS DISTINCT FROM ((r.was ->> 0)::date, (r.was ->> 1)::date)
  AND NOT EXISTS (SELECT FROM people_assistedstatus other
                  WHERE other.person_id = s.person_id AND other.category = s.category
                    AND other.provided_by_id = s.provided_by_id AND other.id <> s.id AND other.last IS NULL)
RETURNING s.person_id"""  # noqa: S608  our own words

_BEGIN_AGAIN = f"""
INSERT INTO people_assistedstatus (person_id, category, provided_by_id, first, last)
SELECT DISTINCT ON (r.person_id, r.category)
       r.person_id, r.category, %(body)s, (r.was ->> 0)::date, (r.was ->> 1)::date
FROM spreadsheet_assistedrow r
WHERE r.id = ANY(%(keys)s::bigint[]) AND r.act = 'end' AND r.was IS NOT NULL
  AND NOT EXISTS (SELECT FROM people_assistedstatus s
                  WHERE {_OF_ROW} AND s.first <= coalesce((r.was ->> 1)::date, 'infinity')
                    AND coalesce(s.last, 'infinity') >= (r.was ->> 0)::date)
ORDER BY r.person_id, r.category, r.id
RETURNING person_id"""  # noqa: S608  our own words
"""A place that had been ended before it would have begun is gone, and is put back."""

_STILL_SO = """
SELECT r.id FROM spreadsheet_assistedrow r
WHERE r.id = ANY(%(keys)s::bigint[])
  AND CASE WHEN r.act = 'add'
           THEN EXISTS (SELECT FROM people_pointsadmission a WHERE a.person_id = r.person_id
                        AND a.pooling_area = %(area)s AND a.admitted_on = r.first)
           ELSE NOT EXISTS (SELECT FROM people_pointsadmission a WHERE a.person_id = r.person_id
                            AND a.pooling_area = %(area)s AND date_part('year', a.admitted_on) = %(year)s) END"""
