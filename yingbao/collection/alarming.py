"""What a person has to look at, raised once while it is open. 异常提醒"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from yingbao.agents.models import User
from yingbao.collection.models import Alarm, Arrival
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

SUSPENSE_AGES = (3, 7, 30)
"""After so many days in suspense money is called to mind."""


def raise_alarm(
    pooling_area: str, *, kind: str, key: str, said: str, at: datetime, arrival: Arrival | None = None, days: int = 0
) -> None:
    """Raise an alarm; while the same one is open, nothing. 提醒

    `said` holds no secrets and no identity numbers.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO collection_alarm (pooling_area, kind, key, arrival_id, said, raised_at, days, note)
            VALUES (%s, %s, %s, %s, %s, %s, %s, '')
            ON CONFLICT (pooling_area, kind, key, days) WHERE settled_at IS NULL DO NOTHING
            """,
            [pooling_area, kind, key, arrival.pk if arrival else None, said[:300], at, days],
        )


def remind_of_suspense(*, at: datetime) -> None:
    """Raise an alarm for all money that has been in suspense for 3, 7 or 30 days. 暂收款提醒"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO collection_alarm (pooling_area, kind, key, arrival_id, said, raised_at, days, note)
            SELECT a.pooling_area, 'suspense', a.key, a.id, '暂收款已满' || d.days || '天未清', %(at)s, d.days, ''
            FROM collection_arrival a
            CROSS JOIN unnest(%(ages)s::int[]) AS d (days)
            WHERE a.reversed_at IS NULL AND a.amount_fen > a.allocated_fen + a.overpaid_fen + a.refunded_fen
              AND a.paid_at <= %(at)s - make_interval(days => d.days)
              AND NOT EXISTS (SELECT FROM collection_alarm o
                              WHERE o.kind = 'suspense' AND o.key = a.key AND o.days = d.days)
            """,
            {"at": at, "ages": list(SUSPENSE_AGES)},
        )


def settle_alarm(*, alarm: Alarm, note: str, by: User, at: datetime) -> None:
    """A person has looked at it and says what came of it. 处理提醒"""
    if not note.strip():
        raise Refused(
            where=alarm.get_kind_display(),
            what=Text("没有写处理结果", "nothing is said of what came of it"),
            mend=Text("写明核对的结果。", "Say what the check showed."),
        )
    Alarm.objects.filter(pk=alarm.pk, settled_at__isnull=True).update(
        settled_at=at, settled_by=by, note=note.strip()[:200]
    )
