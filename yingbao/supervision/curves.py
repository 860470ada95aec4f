"""The season day by day: who is insured, beside last year and against the last day. 每日进度

Last year's season lies on the same days counted from its own first one, so that windows that moved compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import LastDay, last_day, policy_of, windows
from yingbao.enrolment.standing import Day, by_day, season_before
from yingbao.paper.picture import Line, Mark, curve
from yingbao.values.text import Language, Text

BROAD, NARROW = 720, 360
"""Widths of the two drawings: at a desk and on a phone."""
TITLE = Text("每日参保人数", "Insured day by day")
_NOW, _BEFORE, _WHOLE = (
    Text("本年已参保", "insured"),
    Text("上年同期", "last year"),
    Text("应参保", "should be insured"),
)
_TODAY, _LAST = Text("今天", "today"), Text("截止", "last day")


class Curve(NamedTuple):
    """What is drawn, and what is said of it to who does not see it. 进度曲线"""

    first: date
    until: LastDay
    today: date
    days: list[Day]
    before: list[tuple[int, int]]
    """days since last year's first one, and heads; empty if there was no season"""

    @property
    def now(self) -> Day | None:
        """How it stands on the last day told; None before anything is known."""
        return self.days[-1] if self.days else None

    @property
    def last_year(self) -> int | None:
        """Who was insured on the same day of last year's season; None if there was none. 上年同期"""
        if not self.before:
            return None
        at = (self.today - self.first).days
        return next((heads for day, heads in reversed(self.before) if day <= at), 0)

    @property
    def last_days(self) -> list[Day]:
        """The last seven days on which anything changed, the newest first: a table beside the picture. 近日"""
        return self.days[:-8:-1]

    def drawn(self, language: Language, *, width: int) -> str:
        """The picture as SVG. 图"""
        span = (self.until.day - self.first).days
        lines = [Line(_NOW.said(language), _points(self.days, self.first, min(self.today, self.until.day)))]
        if self.before:
            lines.append(Line(_BEFORE.said(language), [one for one in self.before if one[0] <= span], kind="before"))
        if self.now:
            lines.append(Line(_WHOLE.said(language), [(0, self.now.should), (span, self.now.should)], kind="whole"))
        marks = [Mark(self.until.day, f"{_LAST.said(language)} {self.until.day.month}-{self.until.day.day}")]
        if self.today < self.until.day:
            marks.append(Mark(self.today, _TODAY.said(language)))
        return curve(lines, title=TITLE.said(language), first=self.first, last=self.until.day, marks=marks, width=width)


def curve_of(season: Season, organisations: Iterable[int] | None, *, today: date) -> Curve:
    """The curve of these bodies, else of the whole area, up to today. 进度曲线"""
    policy = policy_of(season)
    keys = None if organisations is None else list(organisations)
    first = windows(policy)[0].first
    days = [day for day in by_day(season, keys) if day.day <= today]
    before: list[tuple[int, int]] = []
    if earlier := season_before(season):
        began = windows(policy_of(earlier))[0].first
        ended = last_day(policy_of(earlier), began).day
        before = _points(by_day(earlier, keys), began, ended)
    return Curve(first, last_day(policy, today), today, days, before)


def _points(days: Sequence[Day], first: date, last: date) -> list[tuple[int, int]]:
    """Heads by days since the first: what was there before it counts on it, and a day without a change stays level."""
    points: list[tuple[int, int]] = []
    for day in days:
        at = max((day.day - first).days, 0)
        if points and points[-1][0] == at:
            points.pop()
        elif points and at - points[-1][0] > 1:
            points.append((at - 1, points[-1][1]))
        points.append((at, day.insured))
    end = (last - first).days
    if points and points[-1][0] < end:
        points.append((end, points[-1][1]))
    return [point for point in points if point[0] <= max(end, 0)]


def weekly(days: Sequence[Day], *, first: date, last: date) -> list[Day]:
    """How it stood at the end of each week and on the last day, for a table in print. 每周进度"""
    found = []
    at = first + timedelta(days=6)
    while True:
        end = min(at, last)
        known = [day for day in days if day.day <= end]
        if known:
            found.append(Day(end, known[-1].should, known[-1].insured))
        if end == last:
            return found
        at += timedelta(days=7)
