"""Every look at personal data is recorded. 查阅记录"""

from __future__ import annotations

from datetime import datetime

from yingbao.agents.models import Organisation, User
from yingbao.people.models import Look, Person


def looked(
    *,
    user: User,
    organisation: Organisation,
    what: str,
    person: Person | None = None,
    count: int = 1,
    reason: str = "",
    at: datetime,
) -> Look:
    """Record that someone saw personal data: a page, a list, an export, a search, a full number. 记录查阅

    `person` stays empty for a whole list; `count` says of how many.
    """
    return Look.objects.create(
        at=at, user=user, organisation=organisation, person=person, what=what, count=count, reason=reason
    )
