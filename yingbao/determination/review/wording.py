"""Sentences that say something else than the data beside them: years, days, ages and spans. 文字与数据不符"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from yingbao.determination.review.axes import all_of
from yingbao.determination.review.finding import Finding
from yingbao.determination.review.told import LOOK, NUMBER, number, of_told
from yingbao.policy.fit import tables_of
from yingbao.policy.model import Policy
from yingbao.policy.rules import Criterion, PhaseRule
from yingbao.values.text import Text

_DAY = re.compile(
    r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?|(?<=[至到、~—–-])(?P<alone>\d{1,2})日"
)
_PLAN_YEAR = re.compile(r"(\d{4})\s*年度|plan year (\d{4})")
_EARLIER = re.compile(r"断|未参|未缴|连续|上年|此前|去年|missed|unbroken|earlier|last year")
"""What a sentence says that rightly speaks of another year."""
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_AGE = re.compile(r"(\d{1,2})\s*周?岁")
_SPANS = {
    "months_from_birth": re.compile(rf"{NUMBER}\s*个?月"),
    "days_from_birth": re.compile(rf"{NUMBER}\s*[天日](?!起)"),
}


def of_words(policy: Policy) -> Iterator[Finding]:
    """What the sentences of a policy contradict. 文字与数据不符"""
    yield from _plan_years(policy)
    yield from _criteria(policy)
    yield from _rules(policy)
    yield from _deadlines(policy)
    yield from of_told(policy)


def _plan_years(policy: Policy) -> Iterator[Finding]:
    """Another plan year in the policy's names or in a rule's sentence: last year's file was copied."""
    said: list[tuple[tuple[str | int, ...], str]] = [
        (("name", "zh"), policy.name.zh),
        (("name", "en"), policy.name.en),
        (("source", "title"), policy.source.title),
    ]
    for table, rows in tables_of(policy):
        for place, rule in enumerate(rows):
            at: tuple[str | int, ...] = ("tables", table, place, "because")
            said += [((*at, "zh"), rule.because.zh), ((*at, "en"), rule.because.en)]
    for where, sentence in said:
        for found in _PLAN_YEAR.finditer(sentence):
            year = int(found[1] or found[2])
            if year != policy.plan_year and not _EARLIER.search(sentence):
                what = Text(
                    zh="句子里写的是 {year} 年度，政策是 {plan} 年度",
                    en="The sentence says plan year {year}, the policy is {plan}",
                )
                yield Finding("warning", where, what.filled(year=year, plan=policy.plan_year), LOOK)


def _criteria(policy: Policy) -> Iterator[Finding]:
    for name, criterion in policy.criteria.items():
        where = ("criteria", name, "says")
        own = _own_days(policy, criterion)
        if own:
            yield from _foreign_days(where, criterion.says.zh, own)
        if criterion.fact == "age":
            yield from _ages(where, criterion)
        for operator, pattern in _SPANS.items():
            span = getattr(criterion, operator)
            told = [number(found[1]) for found in pattern.finditer(criterion.says.zh)] if span is not None else []
            if told and span not in told:
                what = Text(
                    zh="句子里的 {told} 与 {operator}: {span} 不符", en="The sentence says {told}, {operator} is {span}"
                )
                yield Finding("warning", where, what.filled(told=told[0], operator=operator, span=span), LOOK)
        yield from _other_unit(where, criterion)


def _other_unit(where: tuple[str | int, ...], criterion: Criterion) -> Iterator[Finding]:
    """A span from birth in months where the sentence counts days, or the reverse: three months are not ninety days."""
    for operator, pattern in _SPANS.items():
        span = getattr(criterion, operator)
        others = [re.compile(other.pattern + "[之以]?内") for name, other in _SPANS.items() if name != operator]
        if span is None or pattern.search(criterion.says.zh):
            continue
        told = [found[0] for other in others for found in other.finditer(_DAY.sub("", criterion.says.zh))]
        if told:
            what = Text(
                zh="句子里写的是{told}，条件却是 {operator}: {span}；几个月和几十天的最后一天不同",
                en="The sentence says {told}, the criterion {operator}: {span}; months and days end on different days",
            )
            yield Finding("warning", where, what.filled(told=told[0], operator=operator, span=span), LOOK)


def _own_days(policy: Policy, criterion: Criterion) -> list[date]:
    """The days that a criterion's sentence may name."""
    days = all_of(criterion, date)
    if criterion.during is not None:
        window = policy.windows[criterion.during]
        days += [window.first, window.last]
    return [*days, policy.cover_from, policy.cover_to] if days or criterion.fact == "age" else []


def _foreign_days(where: tuple[str | int, ...], sentence: str, own: Iterable[date], *also: date) -> Iterator[Finding]:
    """Days in a sentence that the data do not know; a day before or after is the same limit said otherwise.

    Of the days in `also` none before or after is meant.
    """
    near = {day + timedelta(days=by) for day in own for by in (-1, 0, 1)} | {*also}
    for year, month, day, said in days_in(sentence):
        known = {(each.month, each.day) for each in near if year is None or each.year == year}
        if (month, day) not in known:
            what = Text(
                zh="句子里的“{said}”不是这里或期限里的日期",
                en="The sentence names {said}, which is no date of the data",
            )
            yield Finding("warning", where, what.filled(said=said), LOOK)


def days_in(sentence: str) -> Iterator[tuple[int | None, int, int, str]]:
    """The days that a Chinese sentence names, with the year if it is written with the day itself. 句中日期"""
    month: int | None = None
    for found in _DAY.finditer(sentence):
        if found["month"]:
            month = int(found["month"])
        day = found["day"] or found["alone"]
        if day and month is not None:
            yield int(found["year"]) if found["year"] else None, month, int(day), found[0]


def _ages(where: tuple[str | int, ...], criterion: Criterion) -> Iterator[Finding]:
    said = criterion.says.zh
    numbers = {number for number in (criterion.below, criterion.at_least, criterion.is_) if isinstance(number, int)}
    told = [int(found[1]) for found in _AGE.finditer(said)]
    # 17岁及以下 is below 18, and 超过17岁 at least 18.
    if told and not any(age in numbers or age + 1 in numbers for age in told):
        what = Text(
            zh="句子里的 {told} 岁与数字 {number} 不符", en="The sentence says {told} years, the number is {number}"
        )
        yield Finding("warning", where, what.filled(told=told[0], number=", ".join(map(str, sorted(numbers)))), LOOK)
    below, above = bool(re.search(r"[未不]满|以下", said)), bool(re.search(r"[已年]满|以上", said))
    if (below and not above and criterion.below is None and criterion.at_least is not None) or (
        above and not below and criterion.at_least is None and criterion.below is not None
    ):
        what = Text(
            zh="句子说的是“{says}”，运算却相反", en="The sentence and the operator point in opposite directions: {says}"
        )
        yield Finding("warning", where, what.filled(says=criterion.says), LOOK)


def _rules(policy: Policy) -> Iterator[Finding]:
    days = all_of(policy, date)
    years = {day.year for day in days} | {policy.plan_year}
    for table, rows in tables_of(policy):
        for place, rule in enumerate(rows):
            where = ("tables", table, place, "because")
            if isinstance(rule, PhaseRule):
                yield from _foreign_days((*where, "zh"), rule.because.zh, _paying_days(policy, rule), policy.cover_from)
            else:
                yield from _foreign_days((*where, "zh"), rule.because.zh, days)
            for found in _YEAR.finditer(rule.because.en):
                if int(found[1]) not in years:
                    what = Text(
                        zh="英文句子里的 {year} 年不在本政策的日期之内",
                        en="The sentence names {year}, a year of no date here",
                    )
                    yield Finding("warning", (*where, "en"), what.filled(year=found[1]), LOOK)


def _paying_days(policy: Policy, rule: PhaseRule) -> list[date]:
    """The days that the sentence of a phase may name: of the windows that its criteria name.

    Late enrolment may speak of the open period that ends the day before. A row that names no day stands for what all
    the others leave, so that any of their days may be meant.
    """
    own = _days_asked(policy, rule.when)
    firsts = {day - timedelta(days=1) for day in own}
    before = [window for window in policy.windows.values() if window.last in firsts]
    if own:
        return own + all_of(before, date)
    return [day for each in policy.tables.phase for day in _days_asked(policy, each.when)]


def _days_asked(policy: Policy, names: Iterable[str]) -> list[date]:
    """The days that criteria ask about, in windows or by themselves."""
    found: list[date] = []
    for criterion in (policy.criteria[name] for name in names):
        found += all_of(criterion, date) + _days_asked(policy, criterion.either or ())
        if criterion.during is not None:
            found += all_of(policy.windows[criterion.during], date)
    return found


def _deadlines(policy: Policy) -> Iterator[Finding]:
    """A phase of the work that is called as a window is, and ends on another day."""
    for place, phase in enumerate(policy.phases):
        windows = [each for name, each in policy.windows.items() if name == phase.id or phase.name.zh in each.name.zh]
        if len(windows) == 1 and phase.deadline not in (None, windows[0].last):
            what = Text(
                zh="工作阶段“{phase}”到 {deadline} 止，期限“{window}”却到 {last} 止",
                en="The phase {phase} ends on {deadline}, the window {window} on {last}",
            ).filled(phase=phase.name, deadline=phase.deadline, window=windows[0].name, last=windows[0].last)
            mend = Text(
                zh="以文件原文为准，改正其中一个日期；文件确实分别规定的，不必改。",
                en="Mend the one that the notice contradicts, unless it does set two days.",
            )
            yield Finding("warning", ("phases", place, "deadline"), what, mend)
