"""Rosters as schools make them, for the tests: pupils, workbooks, CSV files, and their way through the platform."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from stdnum.cn.ric import calc_check_digit

from tests.enrolment.building import AT
from yingbao.agents.models import Organisation, User
from yingbao.enrolment.seasons import season_for
from yingbao.spreadsheet import committing, review
from yingbao.spreadsheet.models import Roster

HEADER = ("姓名", "身份证号", "年级", "班级", "学籍号", "户籍所在地", "监护人", "关系", "联系电话")
XLSX = "2019级花名册.xlsx"
_serials = itertools.count(1)
_given = itertools.cycle(itertools.product("子梓雨思佳宇欣浩晨一", "涵轩萱睿怡辰妍博琪然"))


def resident_id(*, born: str = "20120504", division: str = "320508", serial: int | None = None) -> str:
    """A valid number of nobody."""
    body = f"{division}{born}{(serial or next(_serials)) % 1000:03}"
    return body + calc_check_digit(body + "0")


def pupil(**more: Any) -> dict[str, Any]:
    """A row of a roster; what is given takes the place of what is made up."""
    serial = next(_serials)
    born = more.pop("born", f"2012{serial // 28 % 12 + 1:02}{serial % 28 + 1:02}")
    number = more.get("身份证号") or resident_id(born=born, serial=serial)
    row = {
        "姓名": "王" + "".join(next(_given)),
        "身份证号": number,
        "年级": "二年级",
        "班级": "1班",
        "学籍号": f"G{number}",
        "户籍所在地": "320508",
        "监护人": "王大山",
        "关系": "父亲",
        "联系电话": f"139{serial:08}",
    }
    return row | more


def workbook(
    pupils: Sequence[dict[str, Any]], *, header: Sequence[str] | None = None, above: Sequence[str] = ()
) -> bytes:
    """An .xlsx file with a header, and lines of talk above it if wished."""
    names = tuple(header or dict.fromkeys(itertools.chain(HEADER, *pupils)))
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("花名册")
    for at, line in enumerate(above):
        sheet.write(at, 0, line)
    for at, row in enumerate([dict(zip(names, names, strict=True)), *pupils], start=len(above)):
        for column, name in enumerate(names):
            value = row.get(name)
            if isinstance(value, str):
                sheet.write_string(at, column, value)
            elif value is not None:
                sheet.write(at, column, value)
    book.close()
    return file.getvalue()


def csv_file(pupils: Sequence[dict[str, Any]], *, encoding: str = "gb18030") -> bytes:
    """The same as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(itertools.chain(HEADER, *pupils))))
    writer.writeheader()
    writer.writerows(pupils)
    return text.getvalue().encode(encoding)


def received(school: Organisation, by: User, data: bytes, *, filename: str = XLSX, at: datetime = AT) -> Roster:
    """The file, uploaded and not read yet."""
    season = season_for(school.pooling_area, at.date())
    return review.receive(school=school, season=season, filename=filename, data=data, by=by, at=at)


def reviewed(
    school: Organisation, by: User, pupils: Sequence[dict[str, Any]] | bytes, *, filename: str = XLSX, at: datetime = AT
) -> Roster:
    """The roster of these pupils, uploaded and reviewed."""
    data = pupils if isinstance(pupils, bytes) else workbook(pupils)
    return review.review(received(school, by, data, filename=filename, at=at).pk, at=at)


def committed(
    school: Organisation,
    by: User,
    pupils: Sequence[dict[str, Any]] | bytes,
    *,
    at: datetime = AT,
    whole_file: bool | None = None,
) -> Roster:
    """The same, and committed."""
    roster = reviewed(school, by, pupils, at=at)
    return committing.commit(roster=roster, by=by, at=at, whole_file=whole_file)


def outcomes(roster: Roster) -> dict[str, int]:
    """How many rows have each outcome, without those that none has."""
    kinds = {"new", "unchanged", "changed", "moved_here", "on_two_rosters", "duplicate", "error", "left"}
    return {kind: count for kind, count in roster.counts.items() if kind in kinds and count}
