"""Who changed what about a person, and through what: triggers write it, this names the actor. 变更历史

Every tracked table has triggers that write `Change` (see docs/adr/0007-history-by-trigger.md). What a trigger
cannot know is who acts; `by` tells it, for the length of a transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from yingbao.people.models import Change, Person


def by(user_id: int | None, source: str = "", *, at: datetime | None = None) -> AbstractContextManager[None]:
    """Within this block, changes are this user's, come from `source`, and were made `at` that moment. 操作人

    Opens a transaction, or a savepoint inside one. Blocks may stand in each other: the inner one holds while it
    lasts. Without `at`, the database's own clock tells the moment.
    """
    return _settings(str(user_id) if user_id is not None else "", source, at.isoformat() if at else "")


def at(moment: datetime) -> AbstractContextManager[None]:
    """Within this block, changes were made at that moment; whose they are stays as it is. 变更时间"""
    return _settings(None, None, moment.isoformat())


@contextmanager
def _settings(actor: str | None, source: str | None, moment: str) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('yingbao.actor', true), ''), "
            "coalesce(current_setting('yingbao.source', true), ''), coalesce(current_setting('yingbao.at', true), '')"
        )
        before: tuple[str, str, str] = cursor.fetchone()
        cursor.execute(_SET, [before[0] if actor is None else actor, before[1] if source is None else source, moment])
        yield
        # After an exception the transaction or savepoint is rolled back, and the settings with it.
        cursor.execute(_SET, before)


_SET = """
SELECT set_config('yingbao.actor', %s, true), set_config('yingbao.source', %s, true),
       set_config('yingbao.at', %s, true)"""


def of(person: Person) -> QuerySet[Change]:
    """All changes of a person, and of the records merged into it, newest first. 变更历史"""
    merged = Person.objects.filter(merged_into=person).values_list("pk", flat=True)
    return Change.objects.filter(person_id__in=[person.pk, *merged]).select_related("actor").order_by("-at", "-pk")
