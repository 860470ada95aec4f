"""What the review of a policy finds: where, what, how to mend it, and a child to whom it happens. 政策审查结果"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from yingbao.determination.facts import COLUMNS
from yingbao.policy.tree import Node, Step
from yingbao.values.text import Language, Text

Severity = Literal["error", "warning", "hint"]

SEVERITIES: dict[Severity, Text] = {
    "error": Text(zh="错误", en="error"),
    "warning": Text(zh="请核对", en="to be checked"),
    "hint": Text(zh="提示", en="hint"),
}
"""An error decides wrongly or not at all; a warning most likely does; a hint is worth knowing and may be meant."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that the review found. 审查发现"""

    severity: Severity
    where: tuple[Step, ...]
    """the place in the file, as keys and positions: tables, phase, 2, when"""
    what: Text
    mend: Text
    example: dict[str, str] | None = None
    """facts of a child to whom it happens, as a file of facts holds them; columns that are empty are left out"""
    days: tuple[date, date] | None = None
    """the first and the last day concerned"""
    line: int | None = None
    """the line of the file; None where the text was not at hand"""

    def said(self, language: Language) -> str:
        """The finding as lines: what and how to mend it, then the child. 说明"""
        stop, colon = ("。", "：") if language == "zh" else (". ", ": ")
        severity = SEVERITIES[self.severity].said(language)
        lines = [f"{severity}{colon}{self.what.said(language).rstrip('。.')}{stop}{self.mend.said(language)}"]
        if self.example is not None:
            child = "举例" if language == "zh" else "for example"
            lines.append(f"    {child}{colon}" + " ".join(f"{name}={value}" for name, value in self.example.items()))
        return "\n".join(lines)


def located(found: list[Finding], node: Node) -> list[Finding]:
    """The same findings with their lines. 标明行号"""
    return [msgspec.structs.replace(each, line=node.line_at(each.where)) for each in found]


def in_order(found: list[Finding]) -> list[Finding]:
    """The gravest first, those of one gravity in the order of the file. 排序"""
    return sorted(found, key=lambda each: (list(SEVERITIES).index(each.severity), each.line or 0))


def as_facts(child: Mapping[str, object]) -> dict[str, str]:
    """A child's facts as a file of facts holds them, without what is empty but its stage. 事实行"""
    said: dict[str, str] = {}
    for name, value in child.items():
        if value == COLUMNS[name].empty and name != "school_stage":
            continue
        if value is True:
            said[name] = "true"
        elif isinstance(value, tuple):
            said[name] = ";".join(value)
        else:
            said[name] = str(value)
    return said
