"""Days of the season that fall between the rules: gaps, overlaps, cover that ended or never begins. 日期空档"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, pairwise

from yingbao.determination.review.boxes import Box, lies_in, meet, met
from yingbao.determination.review.finding import Finding, as_facts
from yingbao.determination.review.reach import PAYABLE, Reach
from yingbao.determination.review.rows import follows
from yingbao.determination.review.space import ends_of
from yingbao.policy.model import Policy
from yingbao.policy.rules import Entitlement, PhaseRule, Rule
from yingbao.values.text import Text

Days = tuple[date, date]
A_MONTH = timedelta(days=31)


class Calendar:
    """For each rule of entitlement and each run of payment days the phases that children can be in. 缴费日历"""

    def __init__(self, reach: Reach, among: list[Box]) -> None:
        self.reach, space = reach, reach.space
        runs = space.axes["paid_on"]
        self.days: list[Days] = [ends_of(run) for run in runs]
        self._on = [space.at("paid_on", n) for n in range(len(runs))]
        self.rows: list[int] = [
            place
            for place, rule in enumerate(reach.rules["entitlement"])
            if isinstance(rule, Entitlement) and rule.agent is not None and reach.decided["entitlement"][place]
        ]
        """the rules of entitlement by which children are eligible"""
        self._phases: dict[tuple[int, int], dict[str, list[Box]]] = {}
        for rule, pieces in zip(reach.rules["phase"], reach.decided["phase"], strict=True):
            for piece in pieces:
                for n in range(len(runs)):
                    if found := met(met([piece.box], [self._on[n]]), among):
                        phases = self._phases.setdefault((piece.rows["entitlement"], n), {})
                        phases.setdefault(_phase(rule), []).extend(found)

    def phases(self, row: int, run: int) -> dict[str, list[Box]]:
        """The phases of the children of one rule on the days of one run. 时段"""
        return self._phases.get((row, run), {})

    def open_runs(self, row: int) -> list[int]:
        """The runs of days on which some child of a rule can pay. 可缴费的日期段"""
        return [n for n in range(len(self.days)) if any(self.phases(row, n).get(phase) for phase in PAYABLE)]

    def on(self, run: int) -> Box:
        """Everyone who pays on the days of a run. 某段日期缴费的儿童"""
        return self._on[run]


def of_days(reach: Reach) -> Iterator[Finding]:
    """What the days of payment and of cover leave open. 日期问题"""
    calendar = Calendar(reach, reach.space.possible)
    yield from _never_open(calendar)
    # Newborns may pay on days that are closed to everyone else; a gap between windows is one all the same.
    yield from _between([calendar, Calendar(reach, reach.space.can_be([reach.space.older]))])
    yield from _outside(calendar)
    yield from _born_later(calendar)
    for table in ("phase", "premium", "cover"):
        yield from _windows_overlap(calendar, table)


def _never_open(calendar: Calendar) -> Iterator[Finding]:
    reach = calendar.reach
    shut = [row for row in calendar.rows if not calendar.open_runs(row)]
    if shut:
        what = Text(
            zh="{rules} 的孩子有参保资格，却没有一天可以缴费",
            en="The children of {rules} are eligible, yet there is no day on which they can pay",
        )
        yield Finding(
            "error",
            ("tables", "phase"),
            what.filled(rules=_named(reach, "entitlement", shut)),
            Text(zh="在 phase 表里给他们一个时段。", en="Give them an open phase in the table phase."),
            example=as_facts(reach.space.child_in(reach.boxes("entitlement", shut[0])) or {}),
        )


def _between(calendars: list[Calendar]) -> Iterator[Finding]:
    """Days on which nobody of a rule can pay, though before and after them somebody can."""
    gaps: dict[tuple[int, int], dict[int, Calendar]] = {}
    for calendar in calendars:
        for row in calendar.rows:
            for before, after in pairwise(calendar.open_runs(row)):
                if after > before + 1:
                    gaps.setdefault((before + 1, after - 1), {}).setdefault(row, calendar)
    for (first, last), rows in gaps.items():
        calendar = next(iter(rows.values()))
        reach, days = calendar.reach, (calendar.days[first][0], calendar.days[last][1])
        shut = (calendar.phases(next(iter(rows)), run) for run in range(first, last + 1))
        closed = next(([box for boxes in phases.values() for box in boxes] for phases in shut if phases), [])
        child = reach.space.child_in(closed)
        if child is None:
            # On these days the rule has no children at all, so that nobody is turned away.
            continue
        falls = _deciding(reach, "phase", closed)
        what = Text(
            zh="{days}没有任何期限覆盖，{rules} 的孩子都不能缴费，前后却都可以；这些日子落到 {falls}",
            en="{days}: in no window; no child of {rules} can pay, though before and after some can; {falls} decides",
        )
        yield Finding(
            "warning",
            ("tables", "phase", falls[0] if falls else 0, "id"),
            what.filled(
                days=said(days), rules=_named(reach, "entitlement", list(rows)), falls=_named(reach, "phase", falls)
            ),
            Text(
                zh="把前后两个期限的首尾日期接上；文件确有停办的日子时不必改。",
                en="Let the windows follow each other without a gap, unless the notice does pause.",
            ),
            example=as_facts(child),
            days=days,
        )


def _outside(calendar: Calendar) -> Iterator[Finding]:
    """Days before the season that count as closed, and days after it that count as not yet open."""
    opened = [run for row in calendar.rows for run in calendar.open_runs(row)]
    if not opened:
        return
    wrong = (
        (range(min(opened)), "closed", "not_open"),
        (range(max(opened) + 1, len(calendar.days)), "not_open", "closed"),
    )
    for runs, phase, right in wrong:
        there = {run: _in_phase(calendar, run, phase) for run in runs}
        block: list[int] = []
        for run in [*runs, None]:
            if run is not None and there[run]:
                block.append(run)
            elif block:
                yield _misnamed(calendar, block, there[block[-1] if phase == "closed" else block[0]], phase, right)
                block = []


def _misnamed(calendar: Calendar, block: list[int], boxes: list[Box], phase: str, right: str) -> Finding:
    reach, days = calendar.reach, (calendar.days[block[0]][0], calendar.days[block[-1]][1])
    falls = _deciding(reach, "phase", boxes)
    early = phase == "closed"
    what = (
        Text(
            zh="{last}及以前还没有人能缴费，却由 {falls} 定为“已截止”（closed）",
            en="On {last} and before nobody can pay yet, but {falls} calls it closed",
        )
        if early
        else Text(
            zh="{first}及以后不再有人能缴费，却由 {falls} 定为“未开始”（not_open）",
            en="From {first} on nobody can pay any more, but {falls} calls it not_open",
        )
    )
    return Finding(
        "warning",
        ("tables", "phase", falls[0] if falls else 0, "id"),
        what.filled(first=days[0], last=days[1], falls=_named(reach, "phase", falls)),
        Text(
            zh="在 phase 表里为这些日子写一条 {right} 的规则，或改正期限的日期。",
            en="Write a row with {right} for these days, or mend the window's dates.",
        ).filled(right=right),
        example=as_facts(reach.space.child_in(boxes) or {}),
        days=(days[1], days[1]) if early else (days[0], days[0]),
    )


def _in_phase(calendar: Calendar, run: int, phase: str) -> list[Box]:
    return [box for row in calendar.rows for box in calendar.phases(row, run).get(phase, [])]


def _born_later(calendar: Calendar) -> Iterator[Finding]:
    """Newborns of the year's later months whom no day of payment is left for as newborns."""
    reach = calendar.reach
    taking = [
        (n, boxes)
        for n in range(len(calendar.days))
        for row in calendar.rows
        if (boxes := calendar.phases(row, n).get("newborn"))
    ]
    if not taking:
        return
    run, boxes = taking[-1]
    last = calendar.days[run][1]
    if last > reach.policy.cover_to - A_MONTH:
        return
    born = last + timedelta(days=1)
    falls = _deciding(reach, "phase", boxes)
    what = Text(
        zh="新生儿只收到 {last}，{born} 及以后出生的孩子本年度都不能按新生儿办理",
        en="Newborns are taken until {last}; no child born on {born} or later is enrolled as a newborn this year",
    )
    yield Finding(
        "warning",
        ("tables", "phase", falls[0] if falls else 0, "id"),
        what.filled(last=last, born=born),
        Text(
            zh="新生儿的期限通常到年度结束（{end}）；文件确实早停的，不必改。",
            en="Newborns are usually taken until the year's end, {end}, unless the notice stops earlier.",
        ).filled(end=reach.policy.cover_to),
        example=as_facts({**(reach.space.child_in(boxes) or {}), "birth_date": born, "paid_on": born}),
        days=(born, reach.policy.cover_to),
    )


def _windows_overlap(calendar: Calendar, table: str) -> Iterator[Finding]:
    """Two rows of a table that differ in their days alone, share some, and lead to something else."""
    reach = calendar.reach
    rules = reach.rules[table]
    for first, second in combinations(range(len(rules)), 2):
        one, other = rules[first], rules[second]
        if not one.when or not other.when or _alike(reach, table, one, other):
            continue
        if _but_days(reach, one) != _but_days(reach, other) or _hand_over(reach.policy, one, other):
            continue
        both = met(reach.boxes(table, first), reach.would_hold(table, second))
        if not both or not reach.decided[table][second] or (table != "phase" and _cascade(reach, table, first, second)):
            continue
        shared = [n for n in range(len(calendar.days)) if any(meet(box, calendar.on(n)) for box in both)]
        days = (calendar.days[shared[0]][0], calendar.days[shared[-1]][1])
        what = Text(
            zh="{days}既属于 {one}，又属于 {other}，{differing}；{one} 在前，由它决定",
            en="{days} belong to {one} and to {other}, which {differing}; {one} stands first and decides",
        )
        yield Finding(
            "warning",
            ("tables", table, second, "when"),
            what.filled(days=said(days), one=one.id, other=other.id, differing=_differing(table, one, other)),
            Text(zh="改正两个期限的首尾日期。", en="Mend where one window ends and the other begins."),
            example=as_facts(reach.space.child_in(both) or {}),
            days=days,
        )


def _alike(reach: Reach, table: str, one: Rule, other: Rule) -> bool:
    """Whether two rows lead to the same, and no later table asks which of them decided."""
    asking = [each.by or () for each in reach.policy.criteria.values() if each.decided == table]
    return follows(one) == follows(other) and all((one.id in by) == (other.id in by) for by in asking)


def _cascade(reach: Reach, table: str, first: int, second: int) -> bool:
    """Whether one row's children are a part of the other's, as of until 31 December and until 29 February."""
    some, others = reach.would_hold(table, first), reach.would_hold(table, second)
    return lies_in(some, others) or lies_in(others, some)


def _differing(table: str, one: Rule, other: Rule) -> Text:
    if table == "phase" and follows(one) == follows(other):
        return Text(zh="后面的表对两者规定不同", en="later tables treat differently")
    if table == "phase":
        return Text(zh="时段不同", en="say different phases")
    return Text(zh="结果不同", en="lead to different results")


def _hand_over(policy: Policy, one: Rule, other: Rule) -> bool:
    """Whether one's windows close before the other's open, by the hour of a day that both have."""
    windows = [
        [policy.windows[during] for name in rule.when if (during := policy.criteria[name].during) is not None]
        for rule in (one, other)
    ]
    return any(
        early.last == late.first and (early.closes_at or "24:00") <= (late.opens_at or "00:00")
        for some, others in (windows, windows[::-1])
        for early in some
        for late in others
    )


def _but_days(reach: Reach, rule: Rule) -> set[str]:
    """A row's criteria but those about the payment day alone."""
    criteria = reach.policy.criteria
    from_birth = {name for name, each in criteria.items() if each.months_from_birth or each.days_from_birth}
    return {name for name in rule.when if criteria[name].fact != "paid_on" or name in from_birth}


def _deciding(reach: Reach, table: str, boxes: list[Box]) -> list[int]:
    return [place for place in range(len(reach.rules[table])) if met(reach.boxes(table, place), boxes)]


def _named(reach: Reach, table: str, places: list[int]) -> Text:
    names = [reach.rules[table][place].id for place in places]
    return Text(zh="、".join(names), en=", ".join(names))


def said(days: Days) -> Text:
    """A stretch of days in words. 日期段"""
    first, last = days
    if first == last:
        return Text(zh=f"{first}", en=f"{first}")
    return Text(zh=f"{first} 至 {last}", en=f"{first} to {last}")


def _phase(rule: Rule) -> str:
    return rule.phase if isinstance(rule, PhaseRule) else ""
