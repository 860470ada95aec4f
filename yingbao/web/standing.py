"""Before a page shows figures, what changed is reckoned, or the page says since when it waits. 统计更新"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yingbao.enrolment import reckoning
from yingbao.enrolment.models import Season
from yingbao.values import clock
from yingbao.web.wall.seating import by_platform


def as_of(season: Season, organisations: Sequence[int] | None = None, *, at_once: int = reckoning.AT_ONCE) -> datetime:
    """The moment as of which the figures of these bodies stand, else of the whole area: mostly now. 截至"""
    at = clock.now()
    with by_platform("children are counted by the platform; who looks at figures sees sums"):
        return reckoning.freshen(season=season, organisations=organisations, at=at, at_once=at_once) or at
