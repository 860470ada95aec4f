"""A few open cases for the demonstration: one that waits, one that is overdue, one accepted, one come back. 演示个案"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yingbao.agents.models import Appointment, Organisation
from yingbao.cases import handing
from yingbao.cases.kinds import RESPONSIBLE
from yingbao.demo import bodies
from yingbao.demo.bodies import SUZHOU, YUZHONG
from yingbao.enrolment.models import Enrolment, Season
from yingbao.people.models import Person
from yingbao.values.clock import CHINA

EARLY = datetime(2019, 11, 4, 9, 20, tzinfo=CHINA)
LATE = datetime(2019, 11, 11, 15, 30, tzinfo=CHINA)


def prepare(clerks: Mapping[int, Appointment], seasons: Mapping[str, Season]) -> None:
    """Ask about some children: two bodies of Suzhou and two of Yuzhong, each way. 建立个案"""
    community, school = _place(SUZHOU, bodies.COMMUNITY), _place(SUZHOU, bodies.KINDERGARTEN)
    committee, primary = _place(YUZHONG, bodies.COMMITTEE), _place(YUZHONG, bodies.YUZHONG_PRIMARY)
    _ask(clerks, seasons[SUZHOU], school, community, 0, "家长说孩子没有入园，户籍在砚桥，请社区联系", EARLY)
    _ask(clerks, seasons[SUZHOU], school, community, 1, "孩子已离园，父母仍住在辖区，请核实", LATE)
    _ask(clerks, seasons[SUZHOU], community, school, 0, "家长到社区问，说孩子在贵园，请核实学籍", LATE)
    _ask(clerks, seasons[YUZHONG], primary, committee, 0, "孩子随祖父母居住，首次参保，请居委会登记", LATE)


def _place(area: str, code: str) -> Organisation | None:
    return Organisation.objects.filter(pooling_area=area, code=code).first()


def _ask(
    clerks: Mapping[int, Appointment], season: Season, asker: Organisation | None, to: Organisation | None, nth: int,
    question: str, at: datetime,
) -> None:  # fmt: skip
    """One case about the nth child of the asker's list; none in a season so small that nobody is there."""
    if asker is None or to is None or asker.pk not in clerks:
        return
    person = _nth_child(season, asker, nth)
    if person is not None:
        handing.ask(
            person=person, season=season, kind=RESPONSIBLE, question=question, to=to, by=clerks[asker.pk], at=at
        )


def _nth_child(season: Season, place: Organisation, nth: int) -> Person | None:
    rows = Enrolment.objects.filter(season=season, organisation=place, state__in=["draft", "determined"])
    one = rows.select_related("person").order_by("pk")[nth : nth + 1].first()
    return one.person if one else None
