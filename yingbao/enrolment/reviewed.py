"""What the review finds in the text of a proposal, reckoned once for each text. 修订的检查发现"""

from __future__ import annotations

from functools import lru_cache

from yingbao.determination.review.finding import Finding
from yingbao.determination.review.findings import findings_of_text
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


@lru_cache(maxsize=32)
def found_in(text: str) -> tuple[Finding, ...]:
    """The findings of a text that loads, with their lines, the gravest first. 检查发现"""
    return tuple(findings_of_text(text, "policy.yaml"))


def errors_in(text: str) -> list[Finding]:
    """Those for which a policy is not put to work. 检查错误"""
    return [each for each in found_in(text) if each.severity == "error"]


def refuse_errors(policy_id: str, text: str) -> None:
    """Raises Refused as long as the review finds an error, as `yingbao policy check` would. 有错误不提交不发布"""
    if errors := errors_in(text):
        raise Refused(
            where=policy_id,
            what=Text(
                "检查发现 {n} 处错误，第一处在第 {line} 行：{what}",
                "the check finds {n} errors, the first at line {line}: {what}",
            ).filled(n=len(errors), line=errors[0].line or 1, what=errors[0].what),
            mend=Text(
                "起草人改好全部错误后再提交、发布。",
                "Its author mends every error; then it can be handed in and published.",
            ),
        )
