"""A policy's figures as a page tells them: words beside every number. 测算图表"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yingbao.determination.summing import Figures
from yingbao.determination.telling import KINDS, payer_said, rule_said, side_said
from yingbao.enrolment import forecasting
from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.values.text import Text

ROWS_SHOWN = 40
"""So many lines of a table stand on a page; the workbook has all of them."""
GOOD, BAD = ("gained", "pay_less", "cover_earlier"), ("lost", "pay_more", "cover_later")
COUNTED = ("gained", "lost", "pay_more", "pay_less", "cover_later")
"""The kinds of change that each part is told with."""


def worded(told: Figures, policy: Policy, against: Policy | None, named: Text | None) -> dict[str, Any]:
    """All figures with their words, for the page; `named` says what they are held against. 页面内容"""
    context: dict[str, Any] = {
        "told": told,
        "statuses": [(terms.STATUSES[row["status"]], row["children"]) for row in told["statuses"]],
        "payers": [(payer_said(row["payer"], policy), row["children"], row["fen"]) for row in told["payers"]],
        "groups": [
            (side_said(row | {"status": "enrolled"}, policy), terms.AGENTS.get(row["agent"] or ""), row["children"])
            for row in told["groups"][:ROWS_SHOWN]
        ],
        "outside": [outside(row, policy) for row in told["outside"][:ROWS_SHOWN]],
        "parts": parts(told),
        "against": named,
    }
    if against is not None and "change" in told:
        change = told["change"]
        context["change"] = change
        context["kinds"] = [
            (KINDS[row["kind"]], row, "good" if row["kind"] in GOOD else "bad" if row["kind"] in BAD else "")
            for row in change["kinds"]
            if row["children"]
        ]
        context["lost_by"] = [outside(row, policy) for row in change["lost_by"][:ROWS_SHOWN]]
        context["sides"] = [
            (side_said(row["before"], against), side_said(row["after"], policy), row["children"])
            for row in change["sides"][:ROWS_SHOWN]
        ]
    return context


def outside(row: Figures, policy: Policy) -> dict[str, Any]:
    """Who is not enrolled by one rule, and what it says. 未列入参保"""
    clause, sentence = rule_said(row["rule"], policy)
    return {
        "status": terms.STATUSES[row["status"]], "rule": row["rule"], "clause": clause, "sentence": sentence,
        "children": row["children"],
    }  # fmt: skip


def parts(told: Figures) -> list[dict[str, Any]]:
    """The figures parted by sub-district, stage and hukou. 分组"""
    names: dict[str, Mapping[str, Text]] = {
        "place": {key: Text(**said) for key, said in told.get("places", {}).items()},
        "stage": terms.STAGES, "hukou": forecasting.HUKOU,
    }  # fmt: skip
    found = []
    for name, title in forecasting.PARTED.items():
        rows = [
            row | {"name": names[name].get(row["key"], Text(row["key"] or "—", row["key"] or "—")),
                   "moved": [row.get("change", {}).get(kind, 0) for kind in COUNTED]}
            for row in told["by"].get(name, [])
        ]  # fmt: skip
        order = list(names[name])
        rows.sort(key=lambda row: order.index(row["key"]) if row["key"] in order else len(order))
        if rows:
            found.append({"key": name, "title": title, "rows": rows, "more": max(0, len(rows) - ROWS_SHOWN)})
    return found
