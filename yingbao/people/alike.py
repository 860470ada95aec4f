"""Records that may be one child: born on one day, of one name, one sound or one guardian's phone. 疑似重复

A child comes with a birth certificate, a passport or a permit, and later under the number that stays for life. Only
records whose document does not stay for life are looked at, so that a city is looked through in a moment; what
somebody has said to be two people is never shown again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

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
    why: str
    """a key of `WHY`"""


WHY = {
    "name": Text("姓名、生日相同", "same name and birth date"),
    "sound": Text("姓名同音、生日相同", "names that sound alike, same birth date"),
    "phone": Text(
        "监护人电话、生日相同（双胞胎请确认为两人）", "a guardian's phone and the birth date (twins are two)"
    ),
}
"""What the two have in common, the strongest first. 疑似原因"""


class Suggestion(NamedTuple):
    """What speaks for one person or two, and which record would better be kept. 建议"""

    same: bool
    why: Text
    keep: int


_PAIRS = f"""
WITH standing AS (
    SELECT p.id, p.name, p.name_pinyin, p.birth_date, p.sex
    FROM people_identitydocument d
    JOIN people_person p ON p.id = d.person_id AND p.merged_into_id IS NULL AND p.birth_date IS NOT NULL
    WHERE d.replaced_at IS NULL AND d.kind IN ({_STANDING_IN})
), found AS (
    SELECT s.id AS one, q.id AS other, 'name' AS why, 1 AS weight
    FROM standing s JOIN people_person q ON q.name = s.name AND q.birth_date = s.birth_date
    UNION ALL
    SELECT s.id, q.id, 'sound', 2
    FROM standing s JOIN people_person q ON q.birth_date = s.birth_date AND q.name_pinyin = s.name_pinyin
     AND (q.sex = s.sex OR q.sex = '' OR s.sex = '')
    UNION ALL
    SELECT s.id, q.id, 'phone', 3
    FROM standing s
    JOIN people_guardian g ON g.person_id = s.id AND g.phone_index IS NOT NULL
    JOIN people_guardian h ON h.phone_index = g.phone_index
    JOIN people_person q ON q.id = h.person_id AND q.birth_date = s.birth_date
)
SELECT least(f.one, f.other), greatest(f.one, f.other), (array_agg(f.why ORDER BY f.weight))[1]
FROM found f
JOIN people_person q ON q.id = f.other AND q.merged_into_id IS NULL
WHERE f.one <> f.other
  AND NOT EXISTS (SELECT FROM people_notthesame n
                  WHERE n.first_id = least(f.one, f.other) AND n.second_id = greatest(f.one, f.other))
  AND EXISTS (SELECT FROM ({{here}}) here WHERE here.person_id IN (f.one, f.other))
GROUP BY 1, 2 ORDER BY 1, 2 LIMIT %(most)s
"""  # noqa: S608  our own words
"""From the few whose document does not stay for life to whoever shares name, its sound, or a guardian's phone."""


def pairs_among(person_ids_of: str, values: dict[str, Any], *, most: int = 500) -> list[Pair]:
    """Pairs of which at least one is among the persons of a statement, `SELECT person_id …`. 查找疑似

    The statement is the caller's own words, its values are parameters.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS.format(here=person_ids_of), values | {"most": most})
        return [Pair(*row) for row in cursor.fetchall()]


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


@transaction.atomic
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
