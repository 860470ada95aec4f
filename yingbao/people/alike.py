"""Records that may be one child: the same name and birth date under different documents. 疑似重复

A child comes with a birth certificate, a passport or a permit, and later under the number that stays for life. Only
records whose document does not stay for life are looked at, so that a city is looked through in a moment; what
somebody has said to be two people is never shown again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from yingbao.agents.models import User
from yingbao.people.locking import both_locked
from yingbao.people.matching import same_name
from yingbao.people.models import STANDING_IN, Guardian, IdentityDocument, NotTheSame, Person
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST = 200
_STANDING_IN = ", ".join(f"'{kind}'" for kind in STANDING_IN)
"""written out, so that the planner knows the partial index to fit"""


class Pair(NamedTuple):
    """Two records that look alike, the one with the lower id first. 疑似一对"""

    first: int
    second: int


class Suggestion(NamedTuple):
    """What speaks for one person or two, and which record would better be kept. 建议"""

    same: bool
    why: Text
    keep: int


def pairs_among(person_ids_of: str, values: dict[str, Any], *, most: int = 500) -> list[Pair]:
    """Pairs of which at least one is among the persons of a statement, `SELECT person_id …`. 查找疑似

    The statement is the caller's own words, its values are parameters.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT DISTINCT least(p.id, q.id), greatest(p.id, q.id)
            FROM people_identitydocument d
            JOIN people_person p ON p.id = d.person_id AND p.merged_into_id IS NULL AND p.birth_date IS NOT NULL
            JOIN people_person q ON q.name = p.name AND q.birth_date = p.birth_date AND q.id <> p.id
                 AND q.merged_into_id IS NULL
            WHERE d.replaced_at IS NULL AND d.kind IN ({_STANDING_IN})
              AND NOT EXISTS (SELECT FROM people_notthesame n
                              WHERE n.first_id = least(p.id, q.id) AND n.second_id = greatest(p.id, q.id))
              AND EXISTS (SELECT FROM ({person_ids_of}) here WHERE here.person_id IN (p.id, q.id))
            ORDER BY 1, 2 LIMIT %(most)s
            """,  # noqa: S608  the caller's own words
            values | {"most": most},
        )
        return [Pair(*row) for row in cursor.fetchall()]


def look_alike(one: Person, other: Person) -> bool:
    """Whether two records are such a pair: by name and birth date, not said to be two people. 是否疑似"""
    if one.pk == other.pk or one.merged_into_id or other.merged_into_id or one.birth_date != other.birth_date:
        return False
    low, high = sorted((one.pk, other.pk))
    return same_name(one.name, other.name) and not NotTheSame.objects.filter(first=low, second=high).exists()


def suggest(one: Person, other: Person) -> Suggestion:
    """Whether they are one person, by what both records say of the parents, and which to keep. 建议"""
    keep = _better(one, other)
    mine, theirs = (list(Guardian.objects.filter(person=person)) for person in (one, other))
    phones = {bytes(each.phone_index) for each in mine if each.phone_index}
    if any(each.phone_index and bytes(each.phone_index) in phones for each in theirs):
        return Suggestion(True, Text("监护人电话相同，应是同一人", "a guardian's phone is the same: one person"), keep)
    names = [each.name for each in mine if each.name]
    if any(same_name(each.name, name) for each in theirs if each.name for name in names):
        return Suggestion(True, Text("监护人姓名相同，多半是同一人", "a guardian's name is the same: likely one"), keep)
    if names and any(each.name for each in theirs):
        return Suggestion(
            False,
            Text("监护人都不同，多半是同名的两个孩子", "no guardian is the same: likely two children of one name"),
            keep,
        )
    return Suggestion(
        True, Text("姓名和出生日期相同，请核对证件", "name and birth date are the same; check the documents"), keep
    )


def say_apart(*, one: Person, other: Person, reason: str, by: User, at: datetime) -> NotTheSame:
    """Remember that two records are two people; said again it changes nothing. 确认非同一人"""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST:
        raise Refused(
            where=one.name,
            what=Text("没有写明依据，或超过{n}字", "the reason is missing or too long").filled(n=LONGEST),
            mend=Text("写明怎样核实的，如“两份户口簿”。", "Say how it was found, such as: two household registers."),
        )
    low, high = sorted((one, other), key=lambda person: person.pk)
    both_locked(low, high)
    said, _ = NotTheSame.objects.get_or_create(
        first=low, second=high, defaults={"reason": reason, "said_by": by, "said_at": at}
    )
    return said


def _better(one: Person, other: Person) -> int:
    """The record with the number that stays for life; of two alike the older one."""
    kinds = dict(
        IdentityDocument.objects.filter(person__in=[one, other], replaced_at__isnull=True).values_list("person", "kind")
    )
    return min((one, other), key=lambda person: (kinds.get(person.pk, "") in (*STANDING_IN, ""), person.pk)).pk
