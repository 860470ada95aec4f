"""Whoever reads at a phone says that it is enough, by a link that names no phone. 退订"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from yingbao.messages.lifecycle import State
from yingbao.messages.models import Message, OptOut
from yingbao.messages.queueing import OPTED_OUT
from yingbao.messages.templates import STOPPABLE, Group

_SALT = "yingbao.messages.stopping"


def token_of(message: Message) -> str:
    """What stands at the end of a message's own link to stop. 退订凭证"""
    return f"{message.pk}-{_signed(message.pk)}"


def message_of(token: str) -> Message | None:
    """The message whose link it is; None if nobody was ever sent such a link. 验证凭证"""
    number, _, signature = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    if not hmac.compare_digest(_signed(int(number)).encode(), signature.encode()):
        return None
    return Message.objects.filter(pk=int(number), phone_index__isnull=False).first()


def stopped(phone_index: bytes) -> set[Group]:
    """The groups that this phone is sent no more. 已退订类别"""
    found = OptOut.objects.filter(phone_index=phone_index, taken_back_at__isnull=True)
    return {Group(group) for group in found.values_list("group", flat=True)}


def choose(*, phone_index: bytes, wanted: Collection[Group], at: datetime) -> set[Group]:
    """Stop every group that is not wanted and let the others come again; returns what is stopped now. 设置退订

    What waits of a stopped group is not sent any more. Doing it again changes nothing.
    """
    unwanted = {group for group in STOPPABLE if group not in wanted}
    with transaction.atomic():
        said = OptOut.objects.filter(phone_index=phone_index, taken_back_at__isnull=True)
        said.exclude(group__in=[group.value for group in unwanted]).update(taken_back_at=at)
        OptOut.objects.bulk_create(
            [OptOut(phone_index=phone_index, group=group.value, said_at=at) for group in sorted(unwanted)],
            ignore_conflicts=True,
        )
        waiting = Message.objects.filter(
            phone_index=phone_index, group__in=[group.value for group in unwanted], state=State.QUEUED
        )
        waiting.update(state=State.SUPPRESSED, error=OPTED_OUT, ended_at=at, secret_cipher=None)
    return unwanted


def _signed(number: int) -> str:
    return base64.urlsafe_b64encode(salted_hmac(_SALT, str(number), algorithm="sha256").digest()[:12]).decode()
