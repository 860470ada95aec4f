"""Children who paid, photos that were accepted, batches, for the tests of cards. 制卡测试数据"""

from __future__ import annotations

import itertools
from datetime import date, datetime

from tests.cards.drawing import encoded, portrait
from tests.collection.building import confirmed, owed, pay
from tests.enrolment.building import AT, clerk, organisation
from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.cards import deciding, receiving
from yingbao.cards.answering import Answer, Taken, take_results
from yingbao.cards.models import Batch, Card, Photo
from yingbao.enrolment.models import Enrolment, Season

_numbers = itertools.count(1)
SMALL = encoded(portrait((358, 441)))
"""a finished photo, as the child process gives it"""


def paid(season: Season, school: Organisation, count: int = 1, at: datetime = AT, **about) -> list[Enrolment]:
    """So many children whose money is in."""
    rows = confirmed(season, school, count, **({"born": date(2012, 5, 4)} | about))
    for each in owed(season, rows, at):
        pay(each, f"wechat:1:card{next(_numbers)}", at=at)
    return list(Enrolment.objects.filter(pk__in=[one.pk for one in rows]).order_by("pk"))


def photo(one: Enrolment, by: Appointment | None = None, at: datetime = AT, doubts: tuple[str, ...] = ()) -> Photo:
    """A photo of the child, handed in."""
    return receiving.receive(person=one.person, season=one.season, jpeg=SMALL, doubts=doubts, by=by, at=at)


def accepted(one: Enrolment, by: Appointment, at: datetime = AT) -> Photo:
    """A photo that was looked at and found good."""
    found = photo(one, by, at)
    deciding.accept(photos=[found.pk], by=by, at=at)
    found.refresh_from_db()
    return found


def operator(area: str = "320500") -> Appointment:
    """Somebody at the card centre."""
    return clerk(organisation("card_centre", area=area), Desk.CARD)


def answered(batch: Batch, by: Appointment, at: datetime = AT, *, refuse: dict[int, str] | None = None) -> Taken:
    """The centre made all cards of a batch, but for those refused."""
    said = refuse or {}
    answers = [
        Answer(line + 1, line, line not in said, "" if line in said else f"{line:04}", said.get(line, ""))
        for line in Card.objects.filter(batch=batch).order_by("line").values_list("line", flat=True)
    ]
    key = f"{next(_numbers):064}"
    return take_results(batch=batch, sha256=key, answers=answers, problems=[], by=by, at=at)
