"""What the check finds in a proposal, as the agency's pages show and tell it. 检查发现"""

from __future__ import annotations

from typing import Any

from yingbao.determination.review.finding import SEVERITIES
from yingbao.enrolment.reviewed import found_in
from yingbao.values.text import Text

TONES = {"error": "bad", "warning": "warn", "hint": ""}


def shown_findings(text: str) -> list[dict[str, Any]]:
    """Each finding with its words, its colour and the child to whom it happens. 检查发现"""
    return [
        {
            "severity": each.severity, "word": SEVERITIES[each.severity], "tone": TONES[each.severity],
            "line": each.line or 1, "what": each.what, "mend": each.mend,
            "example": " ".join(f"{name}={value}" for name, value in (each.example or {}).items()),
        }
        for each in found_in(text)
    ]  # fmt: skip


def counted(text: str) -> dict[str, int]:
    """How many findings there are of each gravity. 各类发现的处数"""
    severities = [each.severity for each in found_in(text)]
    return {severity: severities.count(severity) for severity in SEVERITIES}


def kept_words(text: str) -> tuple[Text, bool]:
    """What saving says of a text, and whether it is in order. 保存后的提示"""
    each = counted(text)
    if each["error"]:
        said = Text(
            "已保存，但检查发现 {n} 处错误、{m} 处请核对。改好错误才能提交复核。",
            "Kept. Errors that the check finds: {n}; to look at: {m}. Mend the errors before it is handed in.",
        )
        return said.filled(n=each["error"], m=each["warning"]), False
    if each["warning"]:
        said = Text(
            "已保存，没有错误；有 {m} 处请对照通知核对。",
            "Kept, without errors. To be held against the notice: {m}.",
        )
        return said.filled(m=each["warning"]), False
    return Text("已保存，检查没有发现问题。", "Kept; the check finds nothing."), True
