"""Messages are kept half a year and then deleted; those of a phone that is to be erased, at once. 消息留存"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from yingbao.messages.lifecycle import WAITING, Act, State
from yingbao.messages.models import Message, OptOut, WechatFollower
from yingbao.messages.moving import move
from yingbao.people.models import Guardian, Person

KEPT = timedelta(days=180)
KEPT_LAST_WORD = timedelta(days=3)


def purge(*, at: datetime) -> int:
    """Delete what was told half a year ago; returns how many. 到期删除

    What happened that long ago is not looked at any more, so that nothing is told again for want of its key.
    """
    over = Message.objects.exclude(state__in=sorted(WAITING))
    # Who was told that the phone is erased: the message was the last that held it.
    last = Q(kind="erased", queued_at__lt=at - KEPT_LAST_WORD)
    return over.filter(Q(queued_at__lt=at - KEPT) | last).delete()[0]


def forget(*, person: Person, phone_index: bytes, at: datetime) -> int:
    """Delete every message about a child to a phone that is to be erased with it; returns how many. 删除号码

    What the phone said of itself (stopped groups, an account followed) goes with the last child who has it. What is
    being sent this very moment cannot be taken back and goes with the next purge.
    """
    with transaction.atomic():
        mine = Message.objects.filter(person=person, phone_index=phone_index)
        for message in mine.filter(state=State.QUEUED):
            move(message=message, act=Act.STOP, at=at, said="号码已删除")
        if not Guardian.objects.filter(phone_index=phone_index).exclude(person=person).exists():
            OptOut.objects.filter(phone_index=phone_index).delete()
            WechatFollower.objects.filter(phone_index=phone_index).delete()
        return mine.exclude(state__in=sorted(WAITING)).delete()[0]
