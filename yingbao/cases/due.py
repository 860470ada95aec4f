"""By when the next step is due, and the day before and after it, counted in working days. 办理期限

Saturdays and Sundays are none; public holidays differ from year to year and are not known here: a bureau that is
closed for a week answers late and is shown so.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, last_day, policy_of

DAYS = 5
"""so many days a case about a child's place has in all, from hand to hand"""
TAKE_UP_DAYS = 2
"""so many working days a body has to take up a case that came to it, however late the whole case is"""
QUESTION_DAYS = 3
"""so many working days whoever holds a question has"""
LATE_DAYS = 2
"""so many working days after that it goes to the body above"""


def due(season: Season, at: datetime, *, question: bool = False) -> date:
    """By when a case is settled, or a question's next step done. 期限

    Some days, and not after the season's last day while that is to come.
    """
    today = china_day(at)
    last = last_day(policy_of(season), today).day
    wanted = working_days_from(today, QUESTION_DAYS) if question else today + timedelta(days=DAYS)
    return min(wanted, last) if last >= today else wanted


def take_up_by(came_at: datetime) -> date:
    """By when whoever got a case about a child's place has to take it up or say why not. 接收期限"""
    return working_days_from(china_day(came_at), TAKE_UP_DAYS)


def working_days_from(day: date, count: int) -> date:
    """The working day so many working days after a day, or before it. 工作日推算"""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while day.weekday() > 4:
            day += step
    return day
