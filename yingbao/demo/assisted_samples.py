"""Exemption lists as the three bodies of the demonstration's Suzhou would send them, to try the upload with. 名单样例

Each holds rows that fit, rows of people whom nobody knows, rows of which somebody has to say who is meant, and errors.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random

import msgspec
import xlsxwriter

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.demo import bodies
from yingbao.demo.numbers import Numbers
from yingbao.people.models import AssistedStatus, IdentityDocument, SchoolRoll
from yingbao.policy.terms import ASSISTANCE
from yingbao.sealing.sealed import unseal
from yingbao.values.text import Text

CIVIL_AFFAIRS, UNION, DISABLED = "民政救助名单（全量）.xlsx", "总工会救助名单（变动）.xlsx", "残联救助名单（全量）.csv"
FILES = {
    CIVIL_AFFAIRS: Text("民政全量名单：三人不再列入", "civil affairs, full: three are no longer on it"),
    UNION: Text("总工会变动名单：新增与退出", "union federation, changes: added and removed"),
    DISABLED: Text("残联全量名单，GB18030 编码的 CSV", "disabled federation, full, a CSV in GB18030"),
}
"""File name and what it is for."""

_LEFT_OUT = 3
_HUKOU = "320508"


class Line(msgspec.Struct):
    """One person as a body writes them down. 名单行"""

    name: str
    number: str
    category: str
    first: str = ""
    last: str = ""
    change: str = ""


def write(folder: Path, *, seed: int) -> list[Path]:
    """Write one list per body. 生成名单样例"""
    strangers = _strangers(seed)
    fresh = _not_assisted()
    folder.mkdir(parents=True, exist_ok=True)
    of_civil_affairs = _standing(OrganisationKind.CIVIL_AFFAIRS)[_LEFT_OUT:]
    workbook(
        folder / CIVIL_AFFAIRS,
        ("姓名", "证件号码", "救助类别", "起始日期", "终止日期"),
        [
            (line.name, line.number, line.category, line.first, line.last)
            for line in _spoiled([*of_civil_affairs, *_new(fresh, "低保", 4)], strangers, "孤儿")
        ],
    )
    of_union = _standing(OrganisationKind.UNION_FEDERATION)
    changes = [msgspec.structs.replace(line, change="新增") for line in _new(fresh, "特困职工家庭", 3)]
    changes += [msgspec.structs.replace(line, change="退出", first="") for line in of_union[:2]]
    spoiled = _spoiled(changes, strangers, "特困职工家庭")
    workbook(
        folder / UNION,
        ("变动", "姓名", "证件号码", "救助类别", "起始日期"),
        [(line.change, line.name, line.number, line.category, line.first) for line in spoiled],
    )
    of_disabled = _standing(OrganisationKind.DISABLED_FEDERATION)
    lines = _spoiled([*of_disabled, *_new(fresh, "困难残疾学生", 3)], strangers, "重度残疾")
    with (folder / DISABLED).open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("序号", "残疾人姓名", "身份证号", "困难类型", "认定日期"))
        # A tab before the number keeps Excel from rounding it: an old trick of clerks.
        writer.writerows(
            (number, line.name, f"\t{line.number}", line.category, line.first) for number, line in enumerate(lines, 1)
        )
    return [folder / name for name in FILES]


def _spoiled(lines: list[Line], strangers: Iterator[Line], category: str) -> list[Line]:
    """The list with people whom nobody knows, names that do not fit, and errors."""
    for line in lines[-1:]:
        line.name = "欧阳" + line.name[-1:]
    for line in lines[-2:-1]:
        line.number = line.number[:-1] + ("0" if line.number[-1] != "0" else "1")
    unknown, odd, nameless = (
        [msgspec.structs.replace(line, category=category, change="新增") for line in islice(strangers, count)]
        for count in (3, 1, 1)
    )
    odd[0].category, nameless[0].name = "省级劳模", ""
    return [*lines, *unknown, *odd, *nameless, msgspec.structs.replace(lines[0])]


def _standing(kind: OrganisationKind) -> list[Line]:
    """Who is on a body's list now, as it would write them. 现有名单"""
    body = Organisation.objects.get(pooling_area=bodies.SUZHOU, kind=kind)
    statuses = list(
        AssistedStatus.objects.filter(provided_by=body, last__isnull=True).select_related("person").order_by("pk")
    )
    numbers = numbers_of([status.person_id for status in statuses])
    return [
        Line(
            name=status.person.name_original,
            number=numbers[status.person_id],
            category=ASSISTANCE[status.category].zh,
            first=status.first.isoformat(),
        )
        for status in statuses
    ]


def _not_assisted() -> Iterator[Line]:
    """Pupils of the school that the demonstration shows first, whom no body lists."""
    school = Organisation.objects.get(pooling_area=bodies.SUZHOU, code=bodies.MAIN)
    rolls = SchoolRoll.objects.filter(school=school, left_on__isnull=True, contested=False)
    rolls = rolls.filter(person__hukou=_HUKOU, person__assisted_statuses__isnull=True, person__merged_into__isnull=True)
    rolls = rolls.filter(person__documents__kind="resident_id").select_related("person").distinct()
    people = [roll.person for roll in rolls.order_by("stage", "grade", "class_name", "pk")[:40]]
    numbers = numbers_of([person.pk for person in people])
    for person in people:
        yield Line(name=person.name_original, number=numbers[person.pk], category="", first="2019-07-01")


def _new(people: Iterator[Line], category: str, count: int) -> list[Line]:
    return [msgspec.structs.replace(line, category=category) for line in islice(people, count)]


def numbers_of(people: Sequence[int]) -> dict[int, str]:
    """The numbers of these persons, unsealed for the samples. 证件号码"""
    documents = IdentityDocument.objects.filter(person__in=people, replaced_at__isnull=True)
    return {each.person_id: unseal(each.number_cipher) for each in documents}


def _strangers(seed: int) -> Iterator[Line]:
    """Grown-ups of assisted families, whom the platform does not know. 不在平台的人"""
    numbers = Numbers(Random(seed))  # noqa: S311  nothing is secret about made-up people
    for year in range(1950, 1995):
        for name in ("章守田", "鲁桂枝", "乐望生"):
            yield Line(name=name, number=numbers.eighteen(_HUKOU, date(year, 3, 2), "male"), category="", first="")


def workbook(path: Path, headings: Sequence[str], rows: Sequence[Sequence[str]], sheet_name: str = "救助名单") -> None:
    """A workbook with one sheet, everything as text. 工作簿"""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(sheet_name)
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet.set_column(0, len(headings) - 1, 20, text)
        sheet.write_row(0, 0, headings, bold)
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                sheet.write_string(at, column, value)
