"""Cover that begins too late, or is over before it is paid for: found by deciding children of each row. 待遇期问题"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from yingbao.determination.counter import Decision, determine_one
from yingbao.determination.review.boxes import met
from yingbao.determination.review.finding import Finding, Severity, as_facts
from yingbao.determination.review.reach import Reach
from yingbao.policy.rules import CoverRule
from yingbao.values.text import Text


class Decided(NamedTuple):
    """A child of a row, and what was decided for it. 举例核定"""

    child: dict[str, object]
    paid: date
    decision: Decision


def of_cover(reach: Reach) -> Iterator[Finding]:
    """What is wrong with the days of cover. 待遇期问题"""
    for place, rule in enumerate(reach.rules["cover"]):
        if not isinstance(rule, CoverRule) or rule.starts == "refer":
            continue
        found = list(_decided(reach, place))
        if not found:
            continue
        where = ("tables", "cover", place, "starts")
        late = [one for one in found if one.decision.status == "refer"]
        if len(late) == len(found):
            what = Text(
                zh="{rule} 的孩子无论哪天缴费，待遇都要在年度结束（{last}）之后才开始，全部要由经办人员决定",
                en="Whenever a child of {rule} pays, cover would begin after the year's end, {last}",
            )
            mend = Text(
                zh="改正起始方式或等待期，或写 starts: refer。",
                en="Mend the start or the wait, or write starts: refer.",
            )
            yield _found("error", where, what.filled(rule=rule.id, last=reach.policy.cover_to), mend, late[0])
        elif late:
            yield _some_late(reach, rule, where, min(late, key=lambda one: one.paid))
            over = [one for one in late if one.paid > reach.policy.cover_to]
            yield from (_over(reach, where, one) for one in over[:1])
        yield from _backwards(rule, where, found)


def _some_late(reach: Reach, rule: CoverRule, where: tuple[str | int, ...], one: Decided) -> Finding:
    what = Text(
        zh="{rule}：自 {paid} 起缴费的，待遇要在年度结束之后才开始，要由经办人员决定",
        en="{rule}: paid on {paid} or later, cover would begin after the year's end; an officer decides",
    )
    mend = Text(zh="文件若不收这些缴费，改 phase 表。", en="If the notice takes no such payment, mend the table phase.")
    return _found("hint", where, what.filled(rule=rule.id, paid=one.paid), mend, one)


def _over(reach: Reach, where: tuple[str | int, ...], one: Decided) -> Finding:
    what = Text(
        zh="{paid} 还收缴费，而待遇期在 {last} 已经结束",
        en="On {paid} a premium is still taken, though cover ends on {last}",
    )
    mend = Text(zh="让缴费时段不晚于待遇期。", en="Let no payment be taken after the cover.")
    return _found("warning", where, what.filled(paid=one.paid, last=reach.policy.cover_to), mend, one)


def _backwards(rule: CoverRule, where: tuple[str | int, ...], found: list[Decided]) -> Iterator[Finding]:
    """Paid for when it is over; covered long before a late payment."""
    for one in found:
        begins, ends = one.decision.coverage_from, one.decision.coverage_to
        if ends is not None and ends < one.paid:
            what = Text(
                zh="{rule}：{paid} 缴费时待遇已于 {ends} 结束，仍可缴费参保",
                en="{rule}: on {paid} the premium is still taken, though cover ended on {ends}",
            )
            mend = Text(zh="让缴费时段不晚于待遇期。", en="Let no payment be taken after the cover.")
            yield _found("error", where, what.filled(rule=rule.id, paid=one.paid, ends=ends), mend, one)
            return
    for one in found:
        begins = one.decision.coverage_from
        if one.decision.phase == "late" and begins is not None and begins < one.paid:
            what = Text(
                zh="{rule}：补缴期内 {paid} 缴费，待遇却从更早的 {begins} 开始",
                en="{rule}: paid late on {paid}, the child is covered from {begins}, before the payment",
            )
            mend = Text(
                zh="核对文件；补缴通常有等待期，或从次月起享受。",
                en="Look at the notice: cover after a late payment usually waits or begins the next month.",
            )
            yield _found("warning", where, what.filled(rule=rule.id, paid=one.paid, begins=begins), mend, one)
            return


def _found(severity: Severity, where: tuple[str | int, ...], what: Text, mend: Text, one: Decided) -> Finding:
    return Finding(severity, where, what, mend, example=as_facts(one.child), days=(one.paid, one.paid))


def _decided(reach: Reach, place: int) -> Iterator[Decided]:
    """A child of the row for each run of payment days, decided."""
    space = reach.space
    for run in range(len(space.axes["paid_on"])):
        child = space.child_in(space.can_be(met(reach.boxes("cover", place), [space.at("paid_on", run)])))
        if child is not None and isinstance(paid := child["paid_on"], date):
            yield Decided(dict(child), paid, determine_one(reach.policy, child, paid))
