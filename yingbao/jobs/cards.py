"""Cards: zips and lists are read, cards become ready and are told of, pictures are erased. 制卡任务"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import close_old_connections, transaction
from procrastinate.contrib.django import app

from yingbao.agents.models import Appointment, Desk
from yingbao.cards import answering, handing, packs, purging
from yingbao.cards.models import Card, CentreFile, Photo, PhotoPack
from yingbao.determination.explain import said_day
from yingbao.enrolment.seasons import china_day
from yingbao.exchange import card_centre
from yingbao.jobs.occasions import guardians_of
from yingbao.jobs.work import Running, work
from yingbao.messages.queueing import Telling, queue_all
from yingbao.messages.templates import called
from yingbao.values import clock

log = logging.getLogger(__name__)

HALF_PAST_EIGHT_IN_CHINA = "30 0 * * *"
"""The queue reckons in UTC. 北京时间八点半"""


@app.periodic(cron=HALF_PAST_EIGHT_IN_CHINA)
@app.task(name="yingbao.cards", queue="work", pass_context=False, queueing_lock="cards")
def each_morning(timestamp: int) -> None:
    """Cards whose day has come are ready, their schools are told; pictures nobody needs are erased. 每日制卡"""
    close_old_connections()
    bring_up_to_date(at=clock.now())


def bring_up_to_date(*, at: datetime) -> None:
    """What this day does to cards and pictures; run twice it does nothing more. 每日更新"""
    log.info("%s cards are ready", turn(at=at))
    log.info("%s pictures erased", purging.purge(at=at))


def turn(*, at: datetime) -> int:
    """Let cards become ready and tell whoever hands them out, in one transaction. 可领取并通知"""
    with transaction.atomic():
        ready = handing.announce(at=at)
        if ready:
            queue_all(_ready(ready, at), at=at)
        return len(ready)


@work("cards.photos")
def read_pack(job: Running, *, pack: int, appointment: int) -> None:
    """Look at the pictures of a class's zip. 读取照片包"""
    packs.read(
        pack=PhotoPack.objects.select_related("season", "organisation").get(pk=pack),
        by=Appointment.objects.select_related("user", "organisation").get(pk=appointment),
        at=clock.now(), progress=job.progress,
    )  # fmt: skip


def holders(data: bytes, filename: str, *, by: Appointment, at: datetime) -> CentreFile:
    """Take a list of those who hold a card already. 持卡名单

    Raises Refused for a file that is no such list.
    """
    found, problems = card_centre.read_holders(data, filename, on=china_day(at))
    return answering.take_holders(
        area=by.organisation.pooling_area, sha256=hashlib.sha256(data).hexdigest(), holders=found, problems=problems,
        by=by, at=at,
    ).file  # fmt: skip


def tell_again(photos: Iterable[Photo], *, at: datetime) -> int:
    """Ask families for another photo, with the reason; once for each photo. 通知重拍"""
    found = list(photos)
    guardians = guardians_of(one.person_id for one in found)
    agents = handing.agent_of_persons([one.person_id for one in found])
    return queue_all(
        (
            Telling(
                "photo_again",
                {"child": called(one.person.name), "reason": one.reason[:60], "where": agents[one.person_id]},
                f"photo_again:{one.pk}", guardian=guardians[one.person_id],
            )
            for one in found
            if one.person_id in guardians and one.person_id in agents
        ),
        at=at,
    )  # fmt: skip


def _ready(cards: list[Card], at: datetime) -> Iterator[Telling]:
    """One message to each clerk of every school or community that has cards to fetch."""
    agents, day = handing.agent_of(cards), china_day(at)
    counts: dict[int, int] = defaultdict(int)
    for one in cards:
        if one.person_id in agents:
            counts[agents[one.person_id].organisation_id] += 1
    seats = Appointment.objects.filter(
        organisation__in=counts, desk__in=[Desk.SCHOOL, Desk.COMMUNITY], since__lte=day, user__is_active=True
    ).exclude(until__lt=day)
    for seat in seats.select_related("user", "organisation").order_by("pk"):
        values = {"school": seat.organisation.name, "count": str(counts[seat.organisation_id]), "day": said_day(day).zh}
        yield Telling("cards_ready", values, f"cards_ready:{seat.pk}:{day:%Y%m%d}", user=seat.user)
