"""Where the school of a list of children stands: in a column, or said once for all. 名单的学校所在地"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from yingbao.determination.source import Source
from yingbao.policy.model import Policy
from yingbao.values import divisions
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

DIVISION, STAGE = "school_division", "school_stage"


class SchoolNeeded(Refused):
    """Children are on a roll and nothing says where their school is. 缺学校所在地"""


class SchoolSaid:
    """A file of facts without a column for it, whose pupils are all of schools in one division. 指定学校所在地"""

    def __init__(self, source: Source, division: str) -> None:
        self._source, self._division = source, division
        self.path = source.path
        self.schema: pa.Schema = source.schema.append(pa.field(DIVISION, pa.string()))

    def batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """The file's rows in order, with these columns."""
        asked = [name for name in columns if name != DIVISION]
        more = [STAGE] if DIVISION in columns and STAGE not in asked else []
        for batch in self._source.batches(asked + more):
            if DIVISION in columns:
                said = pc.if_else(_on_a_roll(batch), self._division, pa.scalar(None, pa.string()))
                arrays = {name: said if name == DIVISION else batch.column(name) for name in columns}
                yield pa.RecordBatch.from_pydict(arrays)
            else:
                yield batch

    def line(self, row: int) -> int | None:
        """The line of the file on which a row begins."""
        return self._source.line(row)


def school_said(division: str, policy: Policy) -> str:
    """A division as it was typed, or nothing. Raises Refused for one that is nowhere. 学校所在区县代码"""
    named = any(division in area.divisions for area in policy.areas.values())
    if division and not named and not divisions.exists(division):
        raise Refused(
            where=division,
            what=Text("没有这个行政区划代码", "there is no such division"),
            mend=Text("填学校所在区县的六位代码，或留空。", "Write the school's six-digit division, or nothing."),
        )
    return division


def of_school(source: Source, division: str) -> Source:
    """The same facts, with the division of the school where no column says so. 补学校所在地"""
    names = source.schema.names
    return SchoolSaid(source, division) if division and DIVISION not in names and STAGE in names else source


def check_school(source: Source, policies: Iterable[Policy], *, where: str, said: str = "") -> None:
    """Raises SchoolNeeded if a policy asks where the school is and no pupil of the list has one. 检查学校所在地

    Taken as empty it would put every pupil outside the policy, which says nothing of the policy. Raises Refused if
    a division was `said` and no child of the list is on a roll: it would be a school's list of children at no school.
    """
    asking = [each for each in policies if any(one.fact == DIVISION for one in each.criteria.values())]
    pupils, placed = _pupils(source)
    if said and not pupils:
        raise Refused(
            where=where,
            what=Text(
                "写明了学校在 {said}，名单里却没有一名孩子看得出在校",
                "a school in {said} was named, and nothing says that any child of the list is on a roll",
            ).filled(said=said),
            mend=Text(
                "名单里加一列“年级”或“学段”；孩子确实都不在校的，不要写学校所在区县。",
                "Add a column 年级 (grade) or 学段 (stage); if none of the children is at school, name no division.",
            ),
        )
    if asking and pupils and not placed:
        raise SchoolNeeded(
            where=where,
            what=Text(
                "名单里有 {n} 名在校的孩子，却没有写学校在哪里，核定不了",
                "nothing says where the school is, and children of the list are on a roll: {n}",
            ).filled(n=pupils),
            mend=Text(
                "写上学校所在区县的六位代码，如 --school {code}；名单里有几所学校的，加一列“学校所在地”。",
                "Name its six-digit division, such as --school {code}, or add a column 学校所在地 if they differ.",
            ).filled(code=a_division(asking[0])),
        )


def _pupils(source: Source) -> tuple[int, bool]:
    """How many children of a list are on a roll, and whether any child has a school's division."""
    pupils, placed = 0, False
    named = [name for name in (STAGE, DIVISION) if name in source.schema.names]
    for batch in source.batches(named) if STAGE in named else ():
        pupils += pc.sum(_on_a_roll(batch)).as_py() or 0
        placed |= DIVISION in named and batch.column(DIVISION).null_count < len(batch)
    return pupils, placed


def _on_a_roll(batch: pa.RecordBatch) -> pa.Array:
    stage = batch.column(STAGE).cast(pa.string())
    return pc.fill_null(pc.and_(pc.not_equal(stage, "none"), pc.not_equal(stage, "")), False)


def a_division(policy: Policy) -> str:
    """A division in which a school of this policy lies, as an example. 区划示例"""
    named = [code for area in policy.areas.values() for code in area.divisions if not code.endswith("*")]
    return next((code for code in named if not code.endswith("00")), policy.pooling_area)
