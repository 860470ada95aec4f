"""A policy reviewed as a whole before any child is touched: its gaps, overlaps and slips. 政策审查"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yingbao.determination.review.cover import of_cover
from yingbao.determination.review.days import of_days
from yingbao.determination.review.finding import Finding, in_order, located
from yingbao.determination.review.hours import of_hours
from yingbao.determination.review.own import of_its_own
from yingbao.determination.review.reach import Reach
from yingbao.determination.review.rest import of_the_rest
from yingbao.determination.review.rows import overlapping, unmet_criteria, unreached
from yingbao.determination.review.space import Space
from yingbao.determination.review.usual import of_the_unusual
from yingbao.determination.review.wording import of_words
from yingbao.policy import tree
from yingbao.policy.catalogue import policy_in, policy_of
from yingbao.policy.model import Policy
from yingbao.policy.moving import MARK
from yingbao.values.text import Text

GRAVEST_FIRST = ("error", "warning", "hint")
NAMED = 5
"""So many of the lines not yet looked at are told by number."""


def findings(policy: Policy) -> list[Finding]:
    """What a policy leaves open, contradicts or never uses, the gravest first; without lines. 政策审查

    The policy has been read, so that its words and names are in order; nothing is found twice.
    """
    every = {(each.severity, each.where, each.what): each for each in _all(policy)}
    return sorted(every.values(), key=lambda each: GRAVEST_FIRST.index(each.severity))


def findings_of_file(path: Path) -> list[Finding]:
    """The findings of a policy file, with the lines at which they stand. 政策文件审查"""
    text = Path(path).read_text(encoding="utf-8-sig")
    return in_order([*located(findings(policy_of(path)), tree.read(Path(path))), *_not_looked_at(text)])


def findings_of_text(text: str, name: str) -> list[Finding]:
    """The same of a policy that stands in no file, such as a proposal. 政策文本审查"""
    node = tree.parse(text.encode("utf-8", "surrogatepass"), Path(name))
    return in_order([*located(findings(policy_in(text, name)), node), *_not_looked_at(text)])


def _not_looked_at(text: str) -> Iterator[Finding]:
    """The lines that still carry the mark with which a new text is begun. 未核对的行"""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if MARK in line]
    if not lines:
        return
    named = ", ".join(map(str, lines[:NAMED]))
    what = Text(
        zh="有 {n} 行打着“核对 / check”，还没有对照通知核对：第 {lines} 行{more}",
        en="{n} lines are marked 核对 / check and not yet held against the notice: line {lines}{more}",
    ).filled(
        n=len(lines),
        lines=Text(zh=named.replace(", ", "、"), en=named),
        more=Text(zh="等", en=" and on") if len(lines) > NAMED else "",
    )
    mend = Text(
        zh="对照通知逐行改；一行改好，删掉那处注释。",
        en="Mend them line by line; delete the mark of a line that is right.",
    )
    yield Finding("warning", (), what, mend, line=lines[0])


def _all(policy: Policy) -> Iterator[Finding]:
    reach = Reach(policy, Space(policy))
    yield from unmet_criteria(reach)
    yield from unreached(reach)
    yield from of_days(reach)
    yield from of_hours(reach)
    yield from of_cover(reach)
    yield from of_the_rest(reach)
    yield from of_its_own(reach)
    yield from of_words(policy)
    yield from of_the_unusual(policy)
    yield from overlapping(reach)
