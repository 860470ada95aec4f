"""Every body that works on the demonstration: the real schools of Yuzhong, and Suzhou's, which are invented. 演示机构

Yuzhong's sub-districts and schools come from the directory in `policies/`. Names of Suzhou's schools, sub-districts
and communities, and of Yuzhong's residents' committees, are made up; none is meant to be an existing one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Literal

import msgspec

from yingbao.agents.models import OrganisationKind as Kind
from yingbao.policy.catalogue import find, policy_of
from yingbao.policy.directory import directory_of

SUZHOU = "320500"
YUZHONG = "500103"
INDUSTRIAL_PARK = "320571"
SHANGHAI = "310100"

YUZHONGS_SHARE = 0.45
FEWEST_PUPILS, MOST_PUPILS = 100, 2_400
PUPILS_OF_A_LARGE_SCHOOL = 5_000
"""one school of this size joins when the season is so large that Suzhou needs more schools than are named here"""


class Body(msgspec.Struct, frozen=True):
    """One organisation of the demonstration, before it has a row. 机构"""

    kind: Kind
    area: str
    """the pooling area"""
    code: str
    name: str
    division: str
    parent: str = ""
    """code of the body above it in the same pooling area"""
    stages: tuple[str, ...] = ()
    contact: str = ""
    phone: str = ""
    pupils: int = 0
    """how many it would have in life; the season is scaled to the number that is asked for"""


class Place(msgspec.Struct, frozen=True):
    """An urban district of Suzhou with its invented sub-districts. 区"""

    division: str
    name: str
    sub_districts: tuple[str, ...]
    communities: tuple[tuple[str, ...], ...]


PLACES = (
    Place("320508", "姑苏区", ("砚桥街道", "枕河街道"), (("砚桥社区", "青灯巷社区"), ("枕河社区", "漱石里社区"))),
    Place("320505", "高新区（虎丘区）", ("云杼街道", "鹤屿街道"), (("云杼社区",), ("鹤屿社区", "松棚社区"))),
    Place("320506", "吴中区", ("橘屿街道", "采蕨街道"), (("橘屿社区",), ("采蕨社区",))),
    Place("320507", "相城区", ("荻浦街道", "蓼汀街道"), (("荻浦社区",), ("蓼汀社区",))),
)

MAIN = "XX-08-2"
"""the school whose clerk's desk the demonstration shows first"""
NEWCOMERS_DUE = "XX-07-2"
"""the roll is last year's, promoted; the roster with the newcomers is among the samples"""
NOT_PROMOTED = "XX-06-3"
"""nine years under one roof, and last season's roster still waits to be promoted"""
KINDERGARTEN = "XX-08-1"
JUNIOR = "XX-08-3"
SENIOR = "XX-08-4"
VOCATIONAL = "XX-05-4"
SPECIAL = "XX-07-4"
EMPTY = "XX-06-1"
"""has handed in no roster yet"""
IN_INDUSTRIAL_PARK = "XX-71-1"
IN_ANOTHER_CITY = "XX-SH-1"
YUZHONG_PRIMARY = "临江路小学"
YUZHONG_MIDDLE = "第二十九中学"
"""Yuzhong's schools are known by their names"""
AGENCY = "insurance_agency"
COMMUNITY = "SQ-08-11"
COMMITTEE = "SQ-01"
"""the first of its division, to which the platform hands children outside school"""

# code, name, division, sub-district (by its number in the district), stages, pupils
_SCHOOLS: tuple[tuple[str, str, str, int, tuple[str, ...], int], ...] = (
    (KINDERGARTEN, "青砚桥幼儿园", "320508", 1, ("kindergarten",), 420),
    (MAIN, "枕波小学", "320508", 2, ("primary",), 1_860),
    (JUNIOR, "漱石初级中学", "320508", 2, ("junior",), 1_320),
    (SENIOR, "墨渚高级中学", "320508", 1, ("senior",), 1_640),
    ("XX-05-1", "云杼幼儿园", "320505", 1, ("kindergarten",), 360),
    ("XX-05-2", "鹤屿实验小学", "320505", 2, ("primary",), 2_400),
    ("XX-05-3", "鹤屿初级中学", "320505", 2, ("junior",), 1_080),
    (VOCATIONAL, "启桁职业学校", "320505", 1, ("vocational",), 1_480),
    (EMPTY, "橘屿幼儿园", "320506", 1, ("kindergarten",), 280),
    ("XX-06-2", "采蕨小学", "320506", 2, ("primary",), 960),
    (NOT_PROMOTED, "橘屿九年制学校", "320506", 1, ("primary", "junior"), 1_220),
    ("XX-07-1", "荻浦幼儿园", "320507", 1, ("kindergarten",), 310),
    (NEWCOMERS_DUE, "蓼汀小学", "320507", 2, ("primary",), 780),
    ("XX-07-3", "荻浦初级中学", "320507", 1, ("junior",), 890),
    (SPECIAL, "沐禾特殊教育学校", "320507", 2, ("special",), 110),
)

# The bodies that every city has; list providers stand in the order of the notice.
_OFFICES: tuple[tuple[Kind, str, str], ...] = (
    (Kind.INSURANCE_AGENCY, "苏州市社会保险基金管理中心", "渝中区医疗保障局"),
    (Kind.TAX_AUTHORITY, "苏州市区税务征收分局（演示）", "渝中区税务局"),
    (Kind.CIVIL_AFFAIRS, "苏州市民政部门（演示）", "渝中区民政部门（演示）"),
    (Kind.UNION_FEDERATION, "苏州市总工会（演示）", "渝中区总工会（演示）"),
    (Kind.DISABLED_FEDERATION, "苏州市残联（演示）", "渝中区残联（演示）"),
    (Kind.POINTS_OFFICE, "苏州市积分管理办公室（演示）", "渝中区积分管理办公室（演示）"),
    (Kind.EDUCATION_BUREAU, "苏州市教育局", "渝中区教育委员会"),
    (Kind.CARD_CENTRE, "苏州市市民卡服务中心", "渝中区社保卡服务中心（演示）"),
    (Kind.OPERATIONS, "苏州市信息中心（演示）", "渝中区信息中心（演示）"),
)

_FORE = "栖云枕漱听澄荻蓼芷橘桐槿汀沐岚砚墨鹤雁鹭苇菱萤竹松柏棠杏梨枫"
_AFT = "溪浦渚屿汀洲桥湾塘泾圩堰渡坞岭坡里巷园坊林亭台阁轩榭苑庐滩矶"
_KINDS_OF_SCHOOL: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("小学", ("primary",)),
    ("幼儿园", ("kindergarten",)),
    ("初级中学", ("junior",)),
    ("小学分校", ("primary",)),
)


def suzhou(children: int) -> Iterator[Body]:
    """Suzhou's bodies; more schools than the named ones only if so many children need them. 苏州机构"""
    yield Body(Kind.DISTRICT, SUZHOU, SUZHOU, "苏州市", SUZHOU)
    yield from _offices(SUZHOU, 1)
    for place in PLACES:
        district = place.division
        yield Body(Kind.DISTRICT, SUZHOU, district, place.name, place.division, SUZHOU)
        parts = zip(place.sub_districts, place.communities, strict=True)
        for number, (sub_district, communities) in enumerate(parts, 1):
            above = f"JD-{place.division[4:]}-{number}"
            yield Body(Kind.SUB_DISTRICT, SUZHOU, above, sub_district, place.division, district)
            for order, community in enumerate(communities, 1):
                code = f"SQ-{place.division[4:]}-{number}{order}"
                yield Body(Kind.COMMUNITY, SUZHOU, code, community, place.division, above)
    for code, name, division, number, stages, pupils in _SCHOOLS:
        above = f"JD-{division[4:]}-{number}"
        yield Body(Kind.SCHOOL, SUZHOU, code, name, division, above, stages, pupils=pupils)
    yield from _more_schools(children)


def _more_schools(children: int) -> Iterator[Body]:
    lacking = children - sum(school[5] for school in _SCHOOLS)
    names = product(_FORE, _AFT, _KINDS_OF_SCHOOL)
    number = 0
    while lacking > 0:
        fore, aft, (ending, stages) = next(names)
        place = PLACES[number % len(PLACES)]
        pupils = PUPILS_OF_A_LARGE_SCHOOL if number == 0 else 600 + 180 * (number % 11)
        number += 1
        above = f"JD-{place.division[4:]}-{1 + number % 2}"
        code = f"XX-{place.division[4:]}-{100 + number}"
        yield Body(Kind.SCHOOL, SUZHOU, code, fore + aft + ending, place.division, above, stages, pupils=pupils)
        lacking -= pupils


def yuzhong() -> Iterator[Body]:
    """Yuzhong's bodies: the directory's sub-districts and schools, a committee for each sub-district. 渝中机构"""
    yield Body(Kind.DISTRICT, YUZHONG, YUZHONG, "重庆市渝中区", YUZHONG)
    yield from _offices(YUZHONG, 2)
    directory = directory_of(policy_of("500103/2020"), find("500103/2020"))
    assert directory is not None, "the policy of Yuzhong names its directory"
    for number, sub_district in enumerate(directory.sub_districts, 1):
        above = f"{sub_district.name}街道"
        contact, phone = sub_district.contact, sub_district.phone
        yield Body(Kind.SUB_DISTRICT, YUZHONG, above, above, YUZHONG, YUZHONG, (), contact, phone)
        yield Body(Kind.COMMUNITY, YUZHONG, f"SQ-{number:02d}", f"{above}示范社区居委会", YUZHONG, above)
        for school in sub_district.schools:
            stages = tuple(school.stages)
            pupils = _size(stages, Random(school.name))  # noqa: S311  no secret: the size of a school in the demonstration
            yield Body(Kind.SCHOOL, YUZHONG, school.name, school.name, YUZHONG, above, stages, pupils=pupils)


def elsewhere() -> Iterator[Body]:
    """Schools outside both pooling areas, on whose rolls children of Suzhou stand. 外地学校"""
    stages = ("primary", "junior")
    yield Body(Kind.SCHOOL, INDUSTRIAL_PARK, IN_INDUSTRIAL_PARK, "园区菱塘学校", INDUSTRIAL_PARK, "", stages)
    yield Body(Kind.SCHOOL, SHANGHAI, IN_ANOTHER_CITY, "上海市菱塘学校（演示）", "310117", "", stages)


def _offices(area: str, column: Literal[1, 2]) -> Iterator[Body]:
    for office in _OFFICES:
        yield Body(office[0], area, office[0].value, office[column], area, area)


def _size(stages: tuple[str, ...], random: Random) -> int:
    """How many pupils a school of these stages has in life. 规模"""
    least, most = {
        "kindergarten": (100, 420),
        "primary": (320, 2_000),
        "junior": (700, 1_900),
        "senior": (900, 2_400),
        "vocational": (900, 2_400),
        "special": (100, 160),
    }[stages[-1]]
    return max(FEWEST_PUPILS, min(MOST_PUPILS, random.randint(least, most)))
