"""Hours between two windows in which nobody can pay, though before and after them somebody can. 时刻空档"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from yingbao.determination.counter import determine_one
from yingbao.determination.review.boxes import met
from yingbao.determination.review.finding import Finding, as_facts
from yingbao.determination.review.reach import PAYABLE, Reach
from yingbao.determination.review.space import ends_of
from yingbao.policy.rules import PhaseRule
from yingbao.values.text import Text

A_DAY = timedelta(days=1)
NOON = "12:00"


def of_hours(reach: Reach) -> Iterator[Finding]:
    """The hours after a window closes on its last day, and before one opens on its first. 时刻空档"""
    for place, rule in enumerate(reach.rules["phase"]):
        if not isinstance(rule, PhaseRule) or rule.phase not in PAYABLE:
            continue
        for during in filter(None, (reach.policy.criteria[name].during for name in rule.when)):
            window = reach.policy.windows[during]
            if window.closes_at is not None:
                yield from _shut(reach, place, during, window.last, window.closes_at, window.last + A_DAY)
            if window.opens_at is not None and window.opens_at != "00:00":
                yield from _shut(reach, place, during, window.first, "00:00", window.first - A_DAY)


def _shut(reach: Reach, place: int, during: str, day: date, time: str, beside: date) -> Iterator[Finding]:
    """A child who can pay in the window, and at noon of the day beside it, but not at this time of the window's day."""
    policy, space = reach.policy, reach.space
    run = next(n for n, each in enumerate(space.axes["paid_on"]) if ends_of(each)[0] <= day <= ends_of(each)[1])
    example = space.child_in(met(space.can_be(reach.boxes("phase", place)), [space.at("paid_on", run)]))
    if example is None:
        return
    child = {**example, "paid_on": day, "paid_time": time}
    shut = determine_one(policy, child, day)
    open_beside = determine_one(policy, {**child, "paid_on": beside, "paid_time": NOON}, beside)
    if shut.agent is None or shut.phase in PAYABLE or open_beside.phase not in PAYABLE:
        return
    window = policy.windows[during]
    closing = beside > day
    what = Text(
        zh="{day} {time} {side}没有期限覆盖，而 {beside} 又可以缴费；这些钟点由 {rule} 决定",
        en="{day} {side} {time}: in no window, though on {beside} one can pay; {rule} decides",
    ).filled(
        day=day,
        time=time if closing else window.opens_at,
        side=Text(zh="以后", en="from") if closing else Text(zh="以前", en="before"),
        beside=beside,
        rule=next(each.id for each in policy.tables.phase if each.id in shut.because),
    )
    mend = Text(
        zh="看看通知是否这样规定；如不是，让前后的期限在同一时刻接上。",
        en="See whether the notice does pause; if not, let the windows meet at the same hour of one day.",
    )
    where = ("windows", during, "closes_at" if closing else "opens_at")
    yield Finding("hint", where, what, mend, example=as_facts(child), days=(day, day))
