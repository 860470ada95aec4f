"""What bodies say of many persons at once: who is assisted, who is no longer, and whose word counts. 批量救助名单

Each statement writes for a whole list; `lists` has the same for one person. What several bodies say of one person
stands side by side, each body's word on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection

from yingbao.agents.models import Organisation, User
from yingbao.people import history
from yingbao.people.lists import LISTING_BODIES
from yingbao.policy.model import Policy
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


class Listing(msgspec.Struct, frozen=True, gc=False):
    """A body lists a person in a category from a day on, to a day if one is known. 列入"""

    person_id: int
    category: str
    first: date
    last: date | None = None


class Ending(msgspec.Struct, frozen=True, gc=False):
    """A body no longer lists a person in a category after its last day. 移出"""

    person_id: int
    category: str
    last: date


def list_people(
    *, provided_by: Organisation, listings: Sequence[Listing], by: User | None, at: datetime, source: str
) -> set[int]:
    """A body lists these persons; returns those of whom something changed. 批量列入

    A place of the same person and category that overlaps is continued: its earlier first day and the new last day
    count, so that a place ended by mistake is opened again. Of two listings of one person and category the one
    without an end counts. Raises Refused for a body that sends no such lists.
    """
    _refuse_others(provided_by)
    values: dict[str, Any] = {
        "body": provided_by.pk,
        "persons": [each.person_id for each in listings],
        "categories": [each.category for each in listings],
        "firsts": [each.first for each in listings],
        "lasts": [each.last for each in listings],
    }
    with history.by(by.pk if by else None, source, at=at), connection.cursor() as cursor:
        cursor.execute(_LOCK, values)
        cursor.execute(_CONTINUE, values)
        changed = {person for (person,) in cursor.fetchall()}
        cursor.execute(_BEGIN, values)
        return changed | {person for (person,) in cursor.fetchall()}


def end_people(
    *, provided_by: Organisation, endings: Sequence[Ending], by: User | None, at: datetime, source: str
) -> set[int]:
    """A body takes these persons from its list; returns those of whom something changed. 批量移出

    A place that would have begun only after that last day never was one, and goes.
    """
    _refuse_others(provided_by)
    values: dict[str, Any] = {
        "body": provided_by.pk,
        "persons": [each.person_id for each in endings],
        "categories": [each.category for each in endings],
        "lasts": [each.last for each in endings],
    }
    with history.by(by.pk if by else None, source, at=at), connection.cursor() as cursor:
        cursor.execute(_LOCK, values)
        cursor.execute(_NEVER_WAS, values)
        changed = {person for (person,) in cursor.fetchall()}
        cursor.execute(_END, values)
        return changed | {person for (person,) in cursor.fetchall()}


def first_body_of(person_ids: Sequence[int], categories: Sequence[str], on: date) -> dict[int, tuple[int, str]]:
    """Which body's listing counts for each of these persons on that day: its id and the category. 认定名单单位

    A child on several lists is paid for once: by the category that stands first in `categories`, then by the list
    that named the child first, then by the body with the lower id. Who is on no list is left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_BODY, {"persons": list(person_ids), "categories": list(categories), "on": on})
        return {person: (body, category) for person, body, category in cursor.fetchall()}


def turned(*, since: date, until: date) -> list[int]:
    """The persons of whom a status began on one of these days, or ended on the day before one. 到期与生效"""
    with connection.cursor() as cursor:
        cursor.execute(_TURNED, {"since": since, "until": until})
        return [person for (person,) in cursor.fetchall()]


def exempting_categories(policy: Policy) -> tuple[str, ...]:
    """The categories for which a policy has somebody else pay, in the order of its rules. 资助类别"""
    found: dict[str, None] = {}
    for rule in policy.tables.subsidy:
        for word in rule.when if rule.paid_by is not None else ():
            criterion = policy.criteria[word]
            if criterion.fact == "assistance" and isinstance(criterion.any_of, list):
                found |= dict.fromkeys(criterion.any_of)
    return tuple(found)


def _refuse_others(body: Organisation) -> None:
    if body.kind not in LISTING_BODIES:
        raise Refused(
            where=body.name,
            what=Text(zh="{body}不提供救助名单", en="{body} sends no lists of assisted persons").filled(body=body.name),
            mend=Text(
                zh="名单由民政、总工会、残联提供",
                en="lists come from civil affairs, the union federation or the disabled federation",
            ),
        )


_LOCK = """
SELECT count(*) FROM (
    SELECT 1 FROM people_person WHERE id = ANY(%(persons)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
) held"""

_SAID = """
said AS (
    SELECT DISTINCT ON (person_id, category) *
    FROM unnest(%(persons)s::bigint[], %(categories)s::text[], %(firsts)s::date[], %(lasts)s::date[])
         AS each (person_id, category, first, last)
    ORDER BY person_id, category, last DESC NULLS FIRST, first
)"""
_OVERLAPS = """s.person_id = said.person_id AND s.category = said.category AND s.provided_by_id = %(body)s
      AND s.first <= coalesce(said.last, 'infinity') AND coalesce(s.last, 'infinity') >= said.first"""

_CONTINUE = f"""
WITH {_SAID}, held AS (
    SELECT DISTINCT ON (said.person_id, said.category) s.id, least(s.first, said.first) AS first, said.last
    FROM said JOIN people_assistedstatus s ON {_OVERLAPS}
    ORDER BY said.person_id, said.category, (s.last IS NULL) DESC, s.first DESC
)
UPDATE people_assistedstatus s SET first = held.first, last = held.last
FROM held WHERE s.id = held.id AND (s.first, s.last) IS DISTINCT FROM (held.first, held.last)
RETURNING s.person_id"""  # noqa: S608  our own words

_BEGIN = f"""
WITH {_SAID}
INSERT INTO people_assistedstatus (person_id, category, provided_by_id, first, last)
SELECT person_id, category, %(body)s, first, last
FROM said WHERE NOT EXISTS (SELECT FROM people_assistedstatus s WHERE {_OVERLAPS})
ORDER BY person_id, category
RETURNING person_id"""  # noqa: S608  our own words

_ENDED = """
unnest(%(persons)s::bigint[], %(categories)s::text[], %(lasts)s::date[]) AS said (person_id, category, last)
WHERE s.person_id = said.person_id AND s.category = said.category AND s.provided_by_id = %(body)s"""

_NEVER_WAS = f"""
DELETE FROM people_assistedstatus s USING {_ENDED} AND s.first > said.last
RETURNING s.person_id"""  # noqa: S608  our own words

_END = f"""
UPDATE people_assistedstatus s SET last = said.last
FROM {_ENDED} AND (s.last IS NULL OR s.last > said.last)
RETURNING s.person_id"""  # noqa: S608  our own words

_FIRST_BODY = """
SELECT DISTINCT ON (person_id) person_id, provided_by_id, category
FROM people_assistedstatus
WHERE person_id = ANY(%(persons)s::bigint[]) AND category = ANY(%(categories)s::text[])
  AND first <= %(on)s::date AND (last IS NULL OR last >= %(on)s::date)
ORDER BY person_id, array_position(%(categories)s::text[], category::text), first, provided_by_id"""

_TURNED = """
SELECT DISTINCT person_id FROM people_assistedstatus
WHERE first BETWEEN %(since)s::date AND %(until)s::date OR last BETWEEN %(since)s::date - 1 AND %(until)s::date - 1
ORDER BY person_id"""
