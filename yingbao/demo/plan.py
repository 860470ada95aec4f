"""Who gets how many children, and how far each school is when the demonstration begins. 演示安排"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from yingbao.demo import bodies
from yingbao.demo.bodies import SUZHOU, Body
from yingbao.demo.children import SCHOOL_YEAR

LAST_SCHOOL_YEAR = SCHOOL_YEAR - 1

Ids = dict[tuple[str, str], int]
"""pooling area and code → key of the organisation"""


class Standing(StrEnum):
    """How far a school is with its season. 办理进度"""

    DONE = "done"
    """everyone who can be is confirmed"""
    HALF_WAY = "half_way"
    DECIDED = "decided"
    """the roster is in, nobody is confirmed"""
    NEWCOMERS_DUE = "newcomers_due"
    """last year's pupils are promoted, this year's newcomers are missing"""
    NOT_PROMOTED = "not_promoted"
    """last season's roster stands there as it was"""
    EMPTY = "empty"
    """no roster yet"""


_OF_SUZHOU = {
    bodies.KINDERGARTEN: Standing.HALF_WAY,
    bodies.MAIN: Standing.HALF_WAY,
    bodies.JUNIOR: Standing.DONE,
    bodies.SENIOR: Standing.DECIDED,
    bodies.VOCATIONAL: Standing.DECIDED,
    bodies.SPECIAL: Standing.DECIDED,
    bodies.NOT_PROMOTED: Standing.NOT_PROMOTED,
    bodies.NEWCOMERS_DUE: Standing.NEWCOMERS_DUE,
    bodies.EMPTY: Standing.EMPTY,
}
_OF_YUZHONG = {bodies.YUZHONG_PRIMARY: Standing.HALF_WAY, bodies.YUZHONG_MIDDLE: Standing.DECIDED}
_IN_TURN = (
    Standing.DONE, Standing.HALF_WAY, Standing.DONE, Standing.DECIDED, Standing.HALF_WAY, Standing.DONE,
    Standing.NOT_PROMOTED, Standing.DECIDED, Standing.DONE, Standing.HALF_WAY, Standing.EMPTY, Standing.DECIDED,
)  # fmt: skip


def standing(body: Body) -> Standing:
    """How far a school is: told for those that the demonstration speaks of, dealt out to the others. 进度分配"""
    told = (_OF_SUZHOU if body.area == SUZHOU else _OF_YUZHONG).get(body.code)
    return told or _IN_TURN[sum(body.name.encode()) % len(_IN_TURN)]


class Share(msgspec.Struct, frozen=True):
    """How many children a school or community gets, and how far it is. 份额"""

    body: Body
    standing: Standing
    count: int
