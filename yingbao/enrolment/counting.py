"""Counts the children of some bodies by conditions, each child looked at once. 分类计数

The conditions are those by which lists are filtered (`listing`, `needs`); what they become in SQL is worked out once in
a process, and each kind of need is asked of a child once, however many of the counts go by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection
from django.db.models import Q

from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.needs import KINDS, flagged

LIVE = ~Q(state__in=sorted(ENDED))


class Of(NamedTuple):
    """Which children a count is of: by columns of the enrolment, and having a need of one of some kinds. 计数条件"""

    condition: Q
    kinds: tuple[str, ...] = ()
    sums: str = ""
    """the column in fen that is added up; empty: heads"""


def in_need(*kinds: str) -> Of:
    """Live enrolments that have a need of one of these kinds; of any kind, if none is named: see `needs.holds`."""
    return Of(LIVE, kinds or tuple(KINDS))


class Counting:
    """Counts of a page that are asked for together. 计数语句"""

    def __init__(self, wanted: Callable[[], Mapping[str, Of]]) -> None:
        self._wanted = wanted

    @cached_property
    def _statement(self) -> tuple[tuple[str, ...], str, list[Any]]:
        wanted = self._wanted()
        columns, values = [], []
        for one in wanted.values():
            condition, given = _said(one)
            counted = f"{f'sum({one.sums})' if one.sums else 'count(*)'} FILTER (WHERE {condition})"
            columns.append(f"coalesce({counted}, 0)")
            values += given
        where = "enrolment_enrolment.season_id = %s AND enrolment_enrolment.organisation_id = ANY(%s)"
        if not any(one.kinds for one in wanted.values()):
            return tuple(wanted), f"SELECT {', '.join(columns)} FROM enrolment_enrolment WHERE {where}", values  # noqa: S608
        rows, flags = flagged()
        # OFFSET 0: else each need would be asked for anew in every count that goes by it.
        sql = f"SELECT {', '.join(columns)} FROM ({rows.format(where=where)} OFFSET 0) enrolment_enrolment"  # noqa: S608
        return tuple(wanted), sql, [*values, *flags]

    def of(self, *, season: int, organisations: Sequence[int]) -> dict[str, int]:
        """The counts of these bodies' children in a season."""
        names, sql, values = self._statement
        with connection.cursor() as cursor:
            cursor.execute(sql, [*values, season, list(organisations)])
            return {name: int(n) for name, n in zip(names, cursor.fetchone(), strict=True)}


def _said(one: Of) -> tuple[str, list[Any]]:
    """The condition in SQL, on the columns of the enrolment and of its needs."""
    said = ["true"]
    values: list[Any] = []
    if one.condition:
        query = apps.get_model("enrolment", "Enrolment").objects.filter(one.condition).query
        condition, given = query.where.as_sql(query.get_compiler(connection=connection), connection)
        said, values = [condition], list(given)
    if one.kinds:
        said.append("(" + " OR ".join(f"needs_{name}" for name in one.kinds) + ")")
    return " AND ".join(said), values
