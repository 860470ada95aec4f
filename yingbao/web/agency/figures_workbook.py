"""A policy's figures as a workbook: every line of them, sums as sums. 测算工作簿"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yingbao.determination.summing import Figures
from yingbao.determination.telling import KINDS, payer_said
from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.spreadsheet.workbooks import ExportColumn, ExportSheet, write_tables
from yingbao.values.text import Language, Text
from yingbao.web.agency.telling_figures import COUNTED, outside, parts

CHILDREN = (Text("人数", "Children"), "number", 10)
_PART = (
    (Text("儿童", "Children"), "children"), (Text("参保", "Enrolled"), "enrolled"),
    (Text("家庭不缴", "Family pays nothing"), "free"), (Text("保费（元）", "Premiums"), "premium_fen"),
    (Text("家庭（元）", "Families"), "self_paid_fen"), (Text("其他方（元）", "Others"), "subsidised_fen"),
)  # fmt: skip
_Column = tuple[Text, Any, float]


def figures_workbook(told: Figures, policy: Policy, language: Language) -> bytes:
    """Totals, who pays how much, who is not enrolled, what changes, and every part, a sheet each. 导出测算"""
    sheets = [_totals(told, policy, language), _groups(told, policy, language), _not_enrolled(told, policy, language)]
    if "change" in told:
        sheets.append(_changes(told, language))
    return write_tables(sheets + [_part(part, language, changed="change" in told) for part in parts(told)])


def _totals(told: Figures, policy: Policy, language: Language) -> ExportSheet:
    statuses = [(terms.STATUSES[row["status"]].said(language), row["children"], None) for row in told["statuses"]]
    payers = [(payer_said(row["payer"], policy).said(language), row["children"], row["fen"]) for row in told["payers"]]
    premiums = (Text("保费合计", "Premiums").said(language), told["enrolled"], told["premium_fen"])
    columns = [(Text("项目", "What"), "text", 30), CHILDREN, (Text("金额（元）", "Yuan"), "money", 18)]
    return _sheet(Text("合计", "Totals"), columns, [*statuses, *payers, premiums], language)


def _groups(told: Figures, policy: Policy, language: Language) -> ExportSheet:
    columns = [
        (Text("参保单位", "Agent"), "text", 20), (Text("保费（元）", "Premium"), "money", 14),
        (Text("家庭缴（元）", "Family"), "money", 14), (Text("其他方缴（元）", "Others"), "money", 14),
        (Text("其他方", "Who"), "text", 16), (Text("待遇开始", "Cover from"), "text", 14), CHILDREN,
    ]  # fmt: skip
    rows = [
        (
            terms.AGENTS[row["agent"]].said(language) if row["agent"] else "",
            row["premium_fen"],
            row["self_paid_fen"],
            row["subsidised_fen"],
            payer_said(row["paid_by"], policy).said(language) if row["paid_by"] else "",
            row["coverage_from"],
            row["children"],
        )
        for row in told["groups"]
    ]
    return _sheet(Text("每人缴多少", "How much each"), columns, rows, language)


def _not_enrolled(told: Figures, policy: Policy, language: Language) -> ExportSheet:
    columns = [
        (Text("结果", "State"), "text", 18), (Text("规则", "Rule"), "text", 26), (Text("条款", "Clause"), "text", 14),
        (Text("说明", "Why"), "text", 70), CHILDREN,
    ]  # fmt: skip
    rows = [
        (row["status"].said(language), row["rule"], row["clause"], row["sentence"].said(language), row["children"])
        for row in (outside(each, policy) for each in told["outside"])
    ]
    return _sheet(Text("没有列入的", "Not enrolled"), columns, rows, language)


def _changes(told: Figures, language: Language) -> ExportSheet:
    columns = [
        (Text("变化", "Change"), "text", 30), CHILDREN, (Text("家庭增减（元）", "Families"), "money", 18),
        (Text("其他方增减（元）", "Others"), "money", 18),
    ]  # fmt: skip
    rows = [
        (KINDS[row["kind"]].said(language), row["children"], row["family_fen"], row["others_fen"])
        for row in told["change"]["kinds"]
    ]
    return _sheet(Text("与对照政策相比", "Changes"), columns, rows, language)


def _part(part: Mapping[str, Any], language: Language, *, changed: bool) -> ExportSheet:
    """One way of parting, a line for each part."""
    kinds = COUNTED if changed else ()
    columns: list[_Column] = [(part["title"], "text", 26)]
    columns += [(title, "money" if name.endswith("_fen") else "number", 14) for title, name in _PART]
    columns += [(KINDS[kind], "number", 12) for kind in kinds]
    rows = [
        (row["name"].said(language), *(row[name] for _, name in _PART), *row["moved"][: len(kinds)])
        for row in part["rows"]
    ]
    return _sheet(part["title"], columns, rows, language)


def _sheet(
    name: Text, columns: Sequence[_Column], rows: Iterable[Sequence[Any]], language: Language
) -> ExportSheet:  # fmt: skip
    told = [ExportColumn(title.said(language), kind, width) for title, kind, width in columns]
    return ExportSheet(name.said(language), told, rows)
