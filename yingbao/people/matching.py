"""Whom we know already among persons who come in from outside. 人员匹配

A number decides: who bears it is that person, unless the name is another one, which somebody has to look into.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec
from django.db import connection

from yingbao.people.variants import ORDINARY
from yingbao.values import names
from yingbao.values.plain import without_invisible

_TELLING = frozenset({"Ll", "Lu", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "So", "Co"})
"""kinds of signs that tell names apart: letters, marks, numbers, radicals, private use"""

How = Literal["number", "none", "conflict"]


class Incoming(msgspec.Struct, frozen=True, gc=False):
    """A person as the outside names one. 待匹配人员"""

    number_index: bytes | None
    """blind index of the identity number (`sealed.index_of`)"""
    name: str
    birth_date: date | None = None


class Match(msgspec.Struct, frozen=True, gc=False):
    """Who that is. 匹配结果"""

    person_id: int | None
    """for a conflict, the other person who bears the number"""
    how: How
    alike: tuple[int, ...] = ()
    """where the number is unknown: persons of the same name and birth date whose document is none that stays for
    life, so that the number may be their new one"""


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """What of a name tells persons apart: two ways to write one name have one key. 姓名比对键

    Dots, blanks, signs and case do not count, nor in which form a character was typed: full or half width, with a
    variation mark, from a compatibility block, as a character of the writer's own computer, traditional or rare.
    """
    plain = unicodedata.normalize("NFKC", without_invisible(names.cleaned(name))).casefold()
    return "".join(sign for sign in plain.translate(ORDINARY) if unicodedata.category(sign) in _TELLING)


def same_name(one: str, other: str) -> bool:
    """Whether both are ways to write one name. 同名"""
    return one == other or name_key(one) == name_key(other)


def match(rows: Iterable[Incoming]) -> list[Match]:
    """Whom each row means, in the order of the rows; two statements for a whole file. 匹配"""
    wanted = list(rows)
    known = _by_number([row.number_index for row in wanted if row.number_index is not None])
    strangers = [row for row in wanted if row.number_index not in known]
    alike = _alike(strangers)
    return [_matched(row, known, alike) for row in wanted]


def _matched(
    row: Incoming, known: dict[bytes | None, tuple[int, str]], alike: dict[tuple[str, date], tuple[int, ...]]
) -> Match:
    found = known.get(row.number_index)
    if found is None:
        resembling = alike.get((row.name, row.birth_date), ()) if row.birth_date else ()
        return Match(None, "none", resembling)
    person_id, name = found
    return Match(person_id, "number" if same_name(name, row.name) else "conflict")


def _by_number(indexes: list[bytes]) -> dict[bytes | None, tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.number_index, p.id, p.name
            FROM people_identitydocument d JOIN people_person p ON p.id = d.person_id
            WHERE d.number_index = ANY(%(indexes)s)""",
            {"indexes": indexes},
        )
        return {bytes(index): (person_id, name) for index, person_id, name in cursor.fetchall()}


def _alike(rows: Sequence[Incoming]) -> dict[tuple[str, date], tuple[int, ...]]:
    wanted = [(row.name, row.birth_date) for row in rows if row.birth_date]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.name, p.birth_date, array_agg(p.id ORDER BY p.id)
            FROM (SELECT DISTINCT * FROM unnest(%s::text[], %s::date[]) AS w (name, birth_date)) w
            JOIN people_person p ON p.name = w.name AND p.birth_date = w.birth_date AND p.merged_into_id IS NULL
            LEFT JOIN people_identitydocument d ON d.person_id = p.id AND d.replaced_at IS NULL
            WHERE d.kind IS NULL OR d.kind IN ('birth_certificate', 'passport', 'hk_mo_permit', 'tw_permit')
            GROUP BY p.name, p.birth_date""",
            [[name for name, _ in wanted], [birth_date for _, birth_date in wanted]],
        )
        return {(name, birth_date): tuple(ids) for name, birth_date, ids in cursor.fetchall()}
