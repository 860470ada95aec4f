"""Steps of photos and cards are written down as they are walked. 制卡记录"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from yingbao.agents.models import Appointment, Desk
from yingbao.cards.lifecycle import Act, Who
from yingbao.cards.models import Card, CardStep, Photo


def part_of(by: Appointment | None) -> Who:
    """In which part somebody acts; nobody at a desk is a family. 办理身份"""
    if by is None:
        return Who.FAMILY
    return Who.CENTRE if by.desk == Desk.CARD else Who.AGENT


def step(
    of: Photo | Card, act: Act, *, before: str = "", by: Appointment | None = None, part: Who | None = None,
    reason: str = "", at: datetime,
) -> CardStep:  # fmt: skip
    """One step, not written yet; the thing stands where it leads already. 一步"""
    return CardStep(
        person_id=of.person_id, pooling_area=of.pooling_area, photo=of if isinstance(of, Photo) else None,
        card=of if isinstance(of, Card) else None, act=act, from_state=before, to_state=of.state, at=at,
        by=by.user if by else None, part=part or part_of(by), reason=reason,
    )  # fmt: skip


def record(steps: Iterable[CardStep]) -> None:
    """Write steps down. 记录"""
    CardStep.objects.bulk_create(steps)
