"""Somebody looks at a photo and says yes, or no with a reason. 审核照片"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from yingbao.agents.models import Appointment
from yingbao.cards import refusals
from yingbao.cards.lifecycle import Act, CardState, PhotoState, edge_of
from yingbao.cards.models import Card, Photo
from yingbao.cards.purging import erase
from yingbao.cards.recording import record, step
from yingbao.values.text import Text

LONGEST_REASON = 200
REASONS = {
    "blurred": Text("照片模糊", "blurred"),
    "face": Text("脸太小、太大或不在正中", "the face is too small, too large or not in the middle"),
    "eyes": Text("闭眼、侧脸或有遮挡", "eyes closed, turned aside or covered"),
    "background": Text("背景不是白色或有阴影", "the background is not white, or shaded"),
    "clothes": Text("穿白色上衣，与背景分不清", "white clothes before a white wall"),
    "other_child": Text("不是这个孩子的照片", "it shows another child"),
}
"""What is usually wrong; the family reads it. 退回原因"""


def accept(*, photos: Iterable[int], by: Appointment, at: datetime) -> int:
    """Say of photos that they are good; returns of how many that waited. 通过

    One that somebody else decided about meanwhile is left as it is.
    """
    with transaction.atomic():
        found = list(
            Photo.objects.select_for_update().filter(pk__in=list(photos), state=PhotoState.WAITING).order_by("pk")
        )
        for one in found:
            one.state, one.state_at = PhotoState.ACCEPTED, at
        Photo.objects.bulk_update(found, ["state", "state_at"])
        record([step(one, Act.ACCEPT, before=PhotoState.WAITING, by=by, at=at) for one in found])
        return len(found)


def reject(*, photo: Photo, reason: str, by: Appointment, at: datetime) -> Photo:
    """Say of a photo that it has to be taken again; its picture is erased at once. 退回重拍

    Raises Refused without a reason, if somebody else decided meanwhile, or while its card is being made.
    """
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise refusals.reason_missing()
    with transaction.atomic():
        one = Photo.objects.select_for_update().get(pk=photo.pk)
        if one.purged_at is not None or edge_of(Act.REJECT, one.state) is None:
            raise refusals.decided_already()
        if Card.objects.filter(photo=one).exclude(state__in=[CardState.REFUSED, CardState.LOST]).exists():
            raise refusals.being_made()
        rejected(one, reason=reason, by=by, at=at)
        return one


def rejected(one: Photo, *, reason: str, by: Appointment, at: datetime) -> None:
    """The same for a photo that is locked already, as when the centre could not print it. 退回"""
    before, one.state, one.state_at, one.reason = one.state, PhotoState.REJECTED, at, reason
    erase([one], because="rejected", at=at)
    record([step(one, Act.REJECT, before=before, by=by, reason=reason, at=at)])
