"""Finding persons by a number, a name or its pinyin. 查找人员

A number finds its person whole or not at all, through the blind index. A name is found by any part of it, by
pinyin from the beginning of surname or given name, by initials, and by a mixture of these (张xm, zhang明).
"""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from yingbao.people.models import Guardian, IdentityDocument, Person, SchoolRoll
from yingbao.people.sealed import index_of
from yingbao.values import identity, names
from yingbao.values.plain import narrow

SHORTEST_NUMBER = 5
"""characters of the shortest number that any document has"""

_PARTED = re.compile(r"[\s·.,'’-]+")
_PARTS = re.compile(r"[a-z]+|[^a-z]+")

_BY_WORDS = "SELECT id FROM people_person WHERE search_words @@ %s::tsquery"


def search(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Those of `people` whom the text names; all of them if it says nothing. 查找

    A number may be that of an identity document (an earlier one too), of a school roll, or of a guardian's phone.
    """
    if not narrow(text):
        return people
    number = identity.cleaned(text)
    if len(number) >= SHORTEST_NUMBER and number.lstrip("+").isalnum() and any(map(str.isdigit, number)):
        return people.filter(_has_number(index_of(number)))
    query = _words_wanted(text)
    return people.filter(pk__in=RawSQL(_BY_WORDS, [query])) if query else people.none()  # noqa: S611  a parameter


def _has_number(index: bytes) -> Q:
    return (
        Q(pk__in=IdentityDocument.objects.filter(number_index=index).values("person"))
        | Q(pk__in=SchoolRoll.objects.filter(roll_number_index=index).values("person"))
        | Q(pk__in=Guardian.objects.filter(phone_index=index).values("person"))
    )


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
