"""Windows and areas that are out of the usual: last year's dates, codes of no place. 异常数值"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from yingbao.determination.review.finding import Finding
from yingbao.determination.review.sums import of_sums
from yingbao.policy.model import Policy
from yingbao.values import divisions, money
from yingbao.values.text import Text

EARLIEST = timedelta(days=366)
"""No payment is taken so long before the cover."""


def of_the_unusual(policy: Policy) -> Iterator[Finding]:
    """What no policy usually says. 异常数值"""
    yield from _year(policy)
    yield from _windows(policy)
    yield from of_sums(policy)
    yield from _areas(policy)
    yield from _counts(policy)


def _year(policy: Policy) -> Iterator[Finding]:
    days = (policy.cover_to - policy.cover_from).days + 1
    if policy.plan_year - policy.cover_from.year not in (0, 1):
        what = Text(
            zh="待遇期自 {first} 起，不属于 {year} 年度", en="Cover from {first} does not belong to plan year {year}"
        )
        yield Finding(
            "warning",
            ("cover_from",),
            what.filled(first=policy.cover_from, year=policy.plan_year),
            Text(zh="改正 cover_from、cover_to 或 plan_year。", en="Mend cover_from, cover_to or plan_year."),
        )
    if not 28 <= days <= 500:
        what = Text(zh="待遇期共 {days} 天", en="The cover is of {days} days")
        mend = Text(zh="核对 cover_from 和 cover_to。", en="Look at cover_from and cover_to.")
        yield Finding("warning", ("cover_to",), what.filled(days=days), mend)


def _windows(policy: Policy) -> Iterator[Finding]:
    """Windows and payment days of another year."""
    dated: list[tuple[tuple[str, ...], date, date]] = [
        (("windows", name, "first"), window.first, window.last) for name, window in policy.windows.items()
    ]
    for name, criterion in policy.criteria.items():
        ends = [day for day in (criterion.from_, criterion.until) if day is not None]
        if criterion.fact == "paid_on" and ends:
            dated.append((("criteria", name), min(ends), max(ends)))
    for where, first, last in dated:
        early, late = last < policy.cover_from - EARLIEST, first > policy.cover_to + timedelta(days=1)
        if early or late:
            what = Text(
                zh="{last} 比待遇开始（{cover}）早一年以上",
                en="{last} lies more than a year before cover begins ({cover})",
            ).filled(last=last, cover=policy.cover_from)
            if late:
                what = Text(
                    zh="{first} 在待遇期结束（{cover}）之后", en="{first} lies after the end of cover ({cover})"
                ).filled(first=first, cover=policy.cover_to)
            mend = Text(
                zh="是否照抄了别的年度的日期？改为本年度的。", en="Was it copied from another year? Write this one's."
            )
            yield Finding("warning", where, what, mend, days=(first, last))


def _areas(policy: Policy) -> Iterator[Finding]:
    for name, area in policy.areas.items():
        for place, code in enumerate(area.divisions):
            where = ("areas", name, "divisions", place)
            if not _is_a_place(code):
                what = Text(zh="没有代码为 {code} 的行政区划", en="There is no division {code}")
                mend = Text(
                    zh="核对六位代码；本地自用的代码不必改。", en="Look at the six digits, unless it is a local code."
                )
                yield Finding("warning", where, what.filled(code=code), mend)
            wider = next((other for other in area.divisions if other != code and _holds(other, code)), None)
            if wider is not None or code in area.divisions[:place]:
                what = Text(zh="{code} 已包含在 {wider} 里", en="{code} is within {wider} already")
                yield Finding(
                    "hint", where, what.filled(code=code, wider=wider or code), Text(zh="可以删去。", en="It may go.")
                )


def _holds(wider: str, code: str) -> bool:
    return wider.endswith("*") and code.startswith(wider[:-1])


def _is_a_place(code: str) -> bool:
    if not code.endswith("*"):
        return divisions.exists(code)
    prefix = code[:-1]
    digits = 6 - len(prefix)
    return any(divisions.exists(f"{prefix}{tail:0{digits}}") for tail in range(10**digits))


def _counts(policy: Policy) -> Iterator[Finding]:
    """Numbers of years, months and sums that can never have an effect."""
    look = Text(zh="以通知为准，改正数字。", en="Mend the number by the notice.")
    for name, criterion in policy.criteria.items():
        if criterion.at_least == 0:
            what = Text(zh="“0或以上”对每个孩子都成立", en="Of every child the number is at least 0").filled()
            yield Finding("warning", ("criteria", name, "at_least"), what, look)
    waiting = policy.waiting
    if waiting is not None and waiting.floor is not None and waiting.floor.months < waiting.fixed_months:
        what = Text(
            zh="断保多年的至少等待 {floor} 个月，比固定等待期 {fixed} 个月还短",
            en="After a long gap the least wait is {floor} months, shorter than the fixed one of {fixed}",
        ).filled(floor=waiting.floor.months, fixed=waiting.fixed_months)
        yield Finding("warning", ("waiting", "floor", "months"), what, look)
    for place, reward in enumerate(policy.rewards):
        if reward.at_most_fen is not None and reward.at_most_fen < reward.each_fen:
            what = Text(
                zh="最多提高 {most}，还不到一年提高的 {each}", en="{most} at most is less than one year's {each}"
            ).filled(most=money.said(reward.at_most_fen), each=money.said(reward.each_fen))
            yield Finding("warning", ("rewards", place, "at_most_fen"), what, look)
