"""Cover that begins too late, or is over before it is paid for: found by deciding children of each row. 待遇期问题"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from yingbao.determination.counter import Decision, determine_one
from yingbao.determination.cover import start_of
from yingbao.determination.facts import read_child
from yingbao.determination.review.boxes import met
from yingbao.determination.review.finding import Finding, Severity, as_facts
from yingbao.determination.review.reach import Reach
from yingbao.determination.review.space import ends_of
from yingbao.determination.rulebook import rulebook_of
from yingbao.policy.rules import CoverRule
from yingbao.values.text import Text

LONG = timedelta(days=3 * 366)
"""No wait within a year's cover is so long."""


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
        else:
            yield from _some_late(reach, place, rule, found)
            over = [one for one in late if one.paid > reach.policy.cover_to]
            yield from (_over(reach, where, one) for one in over[:1])
        yield from _backwards(rule, where, [*found, *_later(reach, rule, found)])


def _some_late(reach: Reach, place: int, rule: CoverRule, found: list[Decided]) -> Iterator[Finding]:
    """The first day of payment, or of birth, from which cover would begin after the year."""
    late = [each for one in found if (each := _first_late(reach, rule, one)) is not None]
    if not late:
        return
    column = start_of(rule, 0).column
    first = min(late, key=lambda one: str(one.child[column]))
    since = (
        Text(zh="自 {day} 起缴费的", en="paid on {day} or later")
        if column == "paid_on"
        else Text(zh="{day} 及以后出生的", en="born on {day} or later")
    )
    what = Text(
        zh="{rule}：{since}，待遇要在年度结束（{last}）之后才开始，不能参保，要由经办人员决定",
        en="{rule}: {since}, cover would begin after the year's end, {last}; nobody is enrolled, an officer decides",
    ).filled(rule=rule.id, since=since.filled(day=first.child[column]), last=rule.ends or reach.policy.cover_to)
    mend = Text(
        zh="文件若不收这些缴费，改期限的最后一天；若由人工决定，在前面写一条 starts: refer 的规则。",
        en="If the notice takes no such payment, end the window earlier; else say so in a row above, starts: refer.",
    )
    yield _found("warning", ("tables", "cover", place, "starts"), what, mend, first)


def _first_late(reach: Reach, rule: CoverRule, one: Decided) -> Decided | None:
    """The child of a run of payment days on the first of these days on which its cover falls out of the year.

    The first day of cover goes up with the day that it is reckoned from, so halving finds where it passes the last.
    """
    policy = reach.policy
    start = start_of(rule, rulebook_of(policy).decided(read_child(one.child, one.paid))[0].wait_months)
    days = range((policy.cover_from - LONG).toordinal(), (policy.cover_to + LONG).toordinal())
    last = rule.ends or policy.cover_to
    passed = bisect_right(days, last, key=lambda day: start.on(date.fromordinal(day), policy.cover_from))
    day = date.fromordinal(days[min(passed, len(days) - 1)])
    run = next(ends for ends in map(ends_of, reach.space.axes["paid_on"]) if ends[0] <= one.paid <= ends[1])
    paid = max(day, run[0])
    if paid > run[1]:
        return None
    # A newborn who pays so late is born so late.
    for birth in (one.child["birth_date"], paid) if start.column == "paid_on" else (day,):
        child = {**one.child, "birth_date": birth, "paid_on": paid}
        decision = determine_one(policy, child, paid)
        if decision.status == "refer" and rule.id in decision.because:
            return Decided(child, paid, decision)
    return None


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
        # From the first of its month on, a payment is covered by what the row itself says.
        paid = one.paid.replace(day=1) if rule.starts == "payment_month" else one.paid
        if one.decision.phase == "late" and begins is not None and begins < paid:
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


def _later(reach: Reach, rule: CoverRule, found: list[Decided]) -> Iterator[Decided]:
    """The same children on other days of their runs: the second of the year's cover, and the last.

    On the first day of cover nothing can begin too early, and late enrolment often begins on that very day.
    """
    policy = reach.policy
    runs = [ends_of(run) for run in reach.space.axes["paid_on"]]
    for one in found:
        first, last = next(ends for ends in runs if ends[0] <= one.paid <= ends[1])
        for paid in (policy.cover_from + timedelta(days=1), min(last, policy.cover_to)):
            child = {**one.child, "paid_on": paid}
            if first <= paid <= last and paid != one.paid:
                decision = determine_one(policy, child, paid)
                if rule.id in decision.because:
                    yield Decided(child, paid, decision)
