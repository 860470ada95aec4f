"""Who guesses at check codes is stopped, by network address. 查验限次

A code has eight signs out of 31, so a guess hits once in 850 thousand million; the limit is there so that nobody can
make the platform try. It shares the table of a family's look-ups and not its count: a school's one address may do both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yingbao.sealing.sealed import index_of
from yingbao.web.family.finding import KEPT, WITHIN
from yingbao.web.models import Miss

MOST = 20
MINUTES = int(WITHIN.total_seconds()) // 60


def is_stopped(request: Any, at: datetime) -> bool:
    """Whether this address has missed too often of late. 是否暂停查验"""
    return Miss.objects.filter(kind="address", index=_index(request), at__gt=at - WITHIN).count() >= MOST


def missed(request: Any, at: datetime) -> None:
    """Note that somebody there asked for what is not ours. 记一次未中"""
    Miss.objects.filter(at__lt=at - KEPT).delete()
    Miss.objects.create(kind="address", index=_index(request), at=at)


def _index(request: Any) -> bytes:
    return index_of(f"verify {request.META.get('REMOTE_ADDR', '')}")
