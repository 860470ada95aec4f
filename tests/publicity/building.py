"""A school with two classes whose letters can be made and handed out. 测试数据"""

from __future__ import annotations

from typing import NamedTuple

from tests.enrolment.building import AT, child, clerk, organisation
from yingbao.agents.models import Appointment, Organisation
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.publicity.following import ClassKey

FIRST: ClassKey = ("primary", 1, "1班")
SECOND: ClassKey = ("primary", 1, "2班")


class Town(NamedTuple):
    """A season, a school, its clerk."""

    season: Season
    school: Organisation
    clerk: Appointment

    def child(self, **more: object) -> Enrolment:
        """One more child on the school's list, decided for."""
        area = self.season.pooling_area
        person = child(self.school, area=area, **({"hukou": self.school.division} | more))
        list_and_determine(season=self.season, organisation=self.school, at=AT)
        return Enrolment.objects.get(season=self.season, person=person)


def town(policy: str = "320500/2020") -> Town:
    """A school of a city that has opened its season."""
    season = open_season(policy_id=policy, at=AT)
    school = organisation(area=season.pooling_area, name="枕波小学", phone="65550101")
    return Town(season, school, clerk(school))
