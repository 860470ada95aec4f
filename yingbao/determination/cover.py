"""Ways to reckon the first day of cover. 待遇起始日"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from yingbao.policy.rules import CoverRule, StartsAt


class Start(msgspec.Struct, frozen=True):
    """One way to reckon the first day of cover, with the months that are waited. 待遇起始日"""

    starts: StartsAt
    days: int
    months: int
    fixed: date | None
    not_before: date | None
    wait_months: int

    @property
    def column(self) -> str:
        """The column of facts that holds the day to reckon from. 起算日"""
        return "birth_date" if self.starts in ("birth", "month_after_birth") else "paid_on"

    def on(self, day: date, cover_from: date) -> date:
        """The first day of cover, reckoned from a payment or a birth; not before the year unless a rule says so."""
        if self.fixed is not None:
            return months_after(self.fixed, self.wait_months)
        first = self.not_before or cover_from
        return max(first, months_after(self._reckoned(day, cover_from), self.wait_months))

    def held_back(self, day: date, cover_from: date) -> bool:
        """Whether the day so reckoned lies before the first on which cover can begin. 是否晚于起算日"""
        if self.fixed is not None:
            return False
        return months_after(self._reckoned(day, cover_from), self.wait_months) < (self.not_before or cover_from)

    def begins(self, child: Mapping[str, object], cover_from: date) -> date | None:
        """The same for one child; None if its day is not known."""
        day = child[self.column]
        return self.on(day, cover_from) if isinstance(day, date) else None

    def _reckoned(self, day: date, cover_from: date) -> date:
        match self.starts:
            case "payment_day" | "birth":
                return day
            case "next_day":
                return days_after(day, 1)
            case "after_days":
                return days_after(day, self.days)
            case "after_months":
                return months_after(day, self.months)
            case "payment_month":
                return first_of_month_after(day, 0)
            case "next_month" | "month_after_birth":
                return first_of_month_after(day, 1)
            case "month_after":
                return first_of_month_after(day, self.months)
        return cover_from


def start_of(rule: CoverRule, wait_months: int) -> Start:
    """The way that a rule of the policy names. 规则的起算方式"""
    return Start(rule.starts, rule.days or 0, rule.months or 0, rule.date, rule.not_before, wait_months)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day if it has none. 若干个月后"""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_of_month_after(day: date, months: int) -> date:
    """The first of the month so many months after the day's: 0 is its own, 1 the next. 次月1日"""
    later = months_after(day.replace(day=1), months)
    return date.max if later == date.max else later.replace(day=1)


def days_after(day: date, days: int) -> date:
    """The day so many days later: a wait of 90 days from 1 March ends on 30 May. 等待期满日"""
    return day + timedelta(days=max((date.min - day).days, min(days, (date.max - day).days)))
