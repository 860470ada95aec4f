"""Finding persons by a number, a name or its pinyin. 查找人员

A number finds its person whole or not at all, through the blind index. A name is found by any part of it, by
pinyin from the beginning of surname or given name, by initials, and by a mixture of these (张xm, zhang明).
"""

from __future__ import annotations

import re

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from yingbao.people.models import Person
from yingbao.sealing.sealed import index_of
from yingbao.values import identity, names
from yingbao.values.plain import narrow

SHORTEST_NUMBER = 5
"""characters of the shortest number that any document has"""

_PARTED = re.compile(r"[\s·.,'’-]+")
_PARTS = re.compile(r"[a-z]+|[^a-z]+")

NARROW = 10_000
"""Among so few persons, more than any school has, each is looked at."""
FEW = 2_000
"""So few who are found anywhere are named one by one."""

# The small side is fetched first. Left to join the two freely, PostgreSQL expects to meet the first of 5,000 pupils
# soon, and where none of them has the name it walks through a million persons. IS TRUE keeps it from fetching all the
# million's 张 from the index to find the school's among them.
_AMONG = "SELECT id FROM people_person WHERE id = ANY(%s::bigint[]) AND (search_words @@ %s::tsquery) IS TRUE"
# Matching words is not leakproof, so that under row-level security the index could not be used: the function finds
# keys as the owner (migration 0003's words, ADR 22), and whoever asks reads of them what is theirs.
_ANYWHERE = "SELECT * FROM people_named(%s::tsquery, %s)"
_BY_NUMBER = """
SELECT person_id FROM people_identitydocument WHERE number_index = %s
UNION SELECT person_id FROM people_schoolroll WHERE roll_number_index = %s
UNION SELECT person_id FROM people_guardian WHERE phone_index = %s"""


def search(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Those of `people` whom the text names; all of them if it says nothing. 查找

    A number may be that of an identity document (an earlier one too), of a school roll, or of a guardian's phone.
    """
    if not narrow(text):
        return people
    number = identity.cleaned(text)
    if len(number) >= SHORTEST_NUMBER and number.lstrip("+").isalnum() and any(map(str.isdigit, number)):
        return people.filter(pk__in=RawSQL(_BY_NUMBER, [index_of(number)] * 3))  # noqa: S611  parameters
    query = _words_wanted(text)
    if not query:
        return people.none()
    among = list(people.order_by().values_list("pk", flat=True)[: NARROW + 1])
    if len(among) <= NARROW:
        return people.filter(pk__in=RawSQL(_AMONG, [among, query]))  # noqa: S611  parameters
    with connection.cursor() as cursor:
        cursor.execute(_ANYWHERE, [query, FEW + 1])
        found = [number for (number,) in cursor.fetchall()]
    if len(found) <= FEW:
        return people.filter(pk__in=found)
    return people.filter(pk__in=RawSQL(_ANYWHERE, [query, None]))  # noqa: S611  parameters


def _words_wanted(text: str) -> str:
    """The text as a query on search words: every run of letters and every run of characters begins one.

    Letters with nothing between but blanks are tried as one word too: `zhang xiao ming` is `zhangxiaoming`.
    """
    plain = names.cleaned(narrow(text)).lower()
    apart = [part for word in _PARTED.split(plain) for part in _PARTS.findall(word)]
    if not apart:
        return ""
    together = _PARTS.findall(_PARTED.sub("", plain))
    return " | ".join(
        "(" + " & ".join(f"'{_quoted(part)}':*" for part in parts) + ")"
        for parts in ([apart, together] if together != apart else [apart])
    )


def _quoted(part: str) -> str:
    return part.replace("\\", "\\\\").replace("'", "''")
