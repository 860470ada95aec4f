"""Before a page shows figures, what changed is reckoned, or the page says since when it waits. 统计更新"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yingbao.agents.models import Organisation
from yingbao.enrolment import reckoning
from yingbao.enrolment.models import Season
from yingbao.enrolment.progress import Counts, counts
from yingbao.enrolment.standing import MISSING
from yingbao.values import clock
from yingbao.web.wall.seating import by_platform

WORKED = tuple(reason for reason in MISSING if reason != "unlisted")
"""The reasons whose children stand on a list; who is on none has no enrolment to be shown yet."""


def as_of(season: Season, organisations: Sequence[int] | None = None, *, at_once: int | None = None) -> datetime:
    """The moment as of which the figures of these bodies stand, else of the whole area: mostly now. 截至"""
    at = clock.now()
    with by_platform("children are counted by the platform; who looks at figures sees sums"):
        return reckoning.freshen(season=season, organisations=organisations, at=at, at_once=at_once) or at


def counted(season: Season, organisation: Organisation) -> Counts:
    """The figures of an agent's own list, counted now. 本单位统计"""
    with by_platform("heads of the desk's own list; child by child, the wall asks for each a dozen times"):
        return counts(season, organisation)


def children_of(season: Season, organisations: Sequence[int], line: str) -> list[int]:
    """The persons whom a line of the desk's own bodies counts: its work list. 工作名单"""
    with by_platform("who is in a line is said by the statement that counts it; the list shows the desk's own alone"):
        return reckoning.children(season=season, organisations=organisations, line=line)
