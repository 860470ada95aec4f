"""The report to the education bureau as a workbook: places, schools, and the days with a chart. 通报工作簿"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from yingbao.spreadsheet.workbooks import OPTIONS
from yingbao.supervision.reporting import in_columns, schools_in
from yingbao.values.text import Language, Text

_PLACES = Text("各街道（区域）", "Places")
_SCHOOLS = Text("各校", "Schools")
_DAYS = Text("每日进度", "Day by day")
_PLACE, _SCHOOL, _DAY = Text("街道（区域）", "Place"), Text("学校", "School"), Text("日期", "Day")
_SHOULD, _INSURED = Text("应参保", "Should be insured"), Text("已参保", "Insured")
_SHARE, _MISSING = Text("参保率", "Rate"), Text("未参保", "Missing")
_TOTAL, _NO_LIST = Text("合计", "In all"), Text("还没有名单", "no list yet")


def write_report(figures: Mapping[str, Any], language: Language) -> bytes:
    """Three sheets of one report's figures, as an .xlsx workbook. 导出通报

    The rate is a formula of its row, so that who sorts or filters sees what it is made of; cut, as on page and paper.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        forms = {
            "head": book.add_format({"bold": True, "bg_color": "#E2F0EC", "border": 1, "text_wrap": True}),
            "heads": book.add_format({"num_format": "#,##0"}),
            "share": book.add_format({"num_format": "0.0%"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "text": book.add_format({"num_format": "@"}),
        }
        places = [([place["whole"]["name"]], place["whole"]) for place in figures["places"]]
        _lines(book, forms, language, _PLACES, [_PLACE], [*places, ([_TOTAL.said(language)], figures["whole"])])
        schools = [([place, line["name"]], line) for place, line in schools_in(figures)]
        _lines(book, forms, language, _SCHOOLS, [_PLACE, _SCHOOL], schools)
        _days(book, forms, language, figures["days"])
    return content.getvalue()


def _lines(
    book: Any, forms: Mapping[str, Any], said: Language, name: Text, titles: Sequence[Text],
    lines: Sequence[tuple[Sequence[str], Mapping[str, Any]]],
) -> None:  # fmt: skip
    page = book.add_worksheet(name.said(said))
    every = [*titles, _SHOULD, _INSURED, _SHARE, _MISSING, *(text for text, _ in in_columns(None))]
    page.set_column(0, len(titles) - 1, 26, forms["text"])
    page.set_column(len(titles), len(every) - 1, 11)
    for at, text in enumerate(every):
        page.write_string(0, at, text.said(said), forms["head"])
    for row, (names, line) in enumerate(lines, 1):
        for at, words in enumerate(names):
            page.write_string(row, at, words, forms["text"])
        at = len(names)
        if not line["listed"]:
            page.write_string(row, at, _NO_LIST.said(said))
            continue
        page.write_number(row, at, line["should"], forms["heads"])
        page.write_number(row, at + 1, line["insured"], forms["heads"])
        rate = f"=IF({_cell(row, at)}=0,0,ROUNDDOWN({_cell(row, at + 1)}/{_cell(row, at)},3))"
        value = line["insured"] * 1000 // line["should"] / 1000 if line["should"] else 0
        page.write_formula(row, at + 2, rate, forms["share"], value)
        page.write_number(row, at + 3, line["missing"], forms["heads"])
        for further, (_, heads) in enumerate(in_columns(line), at + 4):
            if heads:
                page.write_number(row, further, heads, forms["heads"])
    page.freeze_panes(1, len(titles))
    page.autofilter(0, 0, len(lines), len(every) - 1)


def _cell(row: int, column: int) -> str:
    cell: str = xlsxwriter.utility.xl_rowcol_to_cell(row, column)
    return cell


def _days(book: Any, forms: Mapping[str, Any], said: Language, days: Sequence[Sequence[Any]]) -> None:
    page = book.add_worksheet(_DAYS.said(said))
    page.set_column(0, 2, 14)
    for at, text in enumerate((_DAY, _SHOULD, _INSURED)):
        page.write_string(0, at, text.said(said), forms["head"])
    for row, (day, should, insured) in enumerate(days, 1):
        page.write_datetime(row, 0, date.fromisoformat(day), forms["day"])
        page.write_number(row, 1, should, forms["heads"])
        page.write_number(row, 2, insured, forms["heads"])
    if not days:
        return
    chart = book.add_chart({"type": "line"})
    for column, text in ((2, _INSURED), (1, _SHOULD)):
        chart.add_series(
            {
                "name": text.said(said),
                "categories": [page.name, 1, 0, len(days), 0],
                "values": [page.name, 1, column, len(days), column],
            }
        )
    chart.set_title({"name": _DAYS.said(said)})
    chart.set_x_axis({"date_axis": True, "num_format": "m-d"})
    chart.set_legend({"position": "top"})
    page.insert_chart("E2", chart, {"description": _DAYS.said(said)})
