"""Reading a roster from the bytes of a workbook to checked rows, and giving it back with errors marked. 花名册读写

Against the fastest reader alone, in the same run; CPU seconds of this process and of the child stand beside the
seconds on the clock. `bench/spreadsheet.py 2000` measures that size alone.
"""

from __future__ import annotations

import io
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import python_calamine
import xlsxwriter

from yingbao.spreadsheet.reading import read_table
from yingbao.spreadsheet.roster import parse_roster
from yingbao.spreadsheet.workbooks import ExportColumn, with_errors, write_table
from yingbao.values.identity import with_check_character

SIZES = (2_000, 200_000)
ON = date(2019, 11, 1)
HEADER = (
    "序号", "姓名", "身份证号", "性别", "出生日期", "年级", "班级", "学籍号", "户籍所在地", "监护人", "联系电话",
    "监护人身份证号",
)  # fmt: skip
PLACES = ("江苏省苏州市虎丘区", "江苏省苏州市姑苏区", "安徽省阜阳市颍上县", "320506", "河南省周口市")
GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "初一", "初二", "初三")
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "子涵梓轩雨萱思睿佳怡宇辰欣妍浩博琪然晨诺"


def workbook(count: int) -> bytes:
    """A roster of so many made-up pupils; one row in fifty has an error."""
    chance = random.Random(count)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet("花名册")
        page.write_row(0, 0, HEADER)
        for row in range(1, count + 1):
            born = date(2005, 1, 1) + timedelta(days=row % 3287)
            division = chance.choice(("320505", "320506", "320507", "320508"))
            number = with_check_character(f"{division}{born:%Y%m%d}{row // 3287:03}")
            parent = with_check_character(f"32050819800101{row % 1000:03}")
            name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
            told = number if row % 50 else number[:-2] + "7" + number[-1]
            page.write_row(
                row,
                0,
                [
                    row, name, told, "男" if int(number[16]) % 2 else "女", f"{born}", GRADES[row % 9],
                    f"{row % 12 + 1}班", f"G{number}", PLACES[row % 5], name[0] + "大山", f"139{row:08}", parent,
                ],
            )  # fmt: skip
    return content.getvalue()


def cpu() -> float:
    """CPU seconds used so far, by this process and by the children that have ended."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds, CPU seconds and the outcome: the median of three, or one if it takes long."""
    runs = []
    for _ in range(3):
        began, used = time.perf_counter(), cpu()
        outcome = work()
        runs.append((time.perf_counter() - began, cpu() - used))
        if runs[-1][0] > 20:
            break
    seconds, used = sorted(runs)[len(runs) // 2]
    return seconds, used, outcome


def fastest(data: bytes) -> int:
    """What the fastest reader needs for the cells alone."""
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows())


def measure(count: int) -> None:
    """One size: the reader alone, then each step."""
    data = workbook(count)

    def told(what: str, seconds: float, used: float, least: float) -> None:
        print(f"{count:>9,} rows  {what:<34} {seconds:8.2f} s  {used:8.2f} s CPU  {used / least:5.1f} x")

    seconds, least, _ = timed(lambda: fastest(data))
    told("calamine alone", seconds, least, least)
    seconds, used, table = timed(lambda: read_table(data, "bench.xlsx"))
    told("read: child, checks, columns", seconds, used, least)
    seconds, used, roster = timed(lambda: parse_roster(table, on=ON, near="320505"))
    told("parse: every value and row checked", seconds, used, least)
    assert len(roster.rows) + len(roster.refused_rows) == count
    seconds, used, marked = timed(
        lambda: with_errors(data, "bench.xlsx", table=table, errors=roster.errors, language="zh")
    )
    told("give back with errors marked", seconds, used, least)
    print(f"{'':>14}  {len(roster.errors):,} errors; layout {'new' if marked.notes else 'kept'}")
    columns = [ExportColumn(name) for name in HEADER[:8]]
    rows = [
        (row.row_number, row.name, row.identity_number, row.sex, row.birth_date, row.grade, row.class_name, row.hukou)
        for row in roster.rows
    ]
    seconds, used, _ = timed(lambda: write_table(columns, rows))
    told("export of eight columns", seconds, used, least)


def main() -> None:
    """Measure every size."""
    for count in [int(word) for word in sys.argv[1:]] or SIZES:
        measure(count)


if __name__ == "__main__":
    main()
