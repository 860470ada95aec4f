"""Sign-ins and what administrators do are noted. 审计事件

Changes of persons, looks, steps of enrolments and money have append-only tables of their own. What has none, a
sign-in or an account that is disabled, is noted here, in the transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yingbao.agents.models import Organisation, User
from yingbao.trail.models import Event


def note(
    *,
    what: str,
    user: User | None,
    organisation: Organisation | None,
    about: str = "",
    said: Mapping[str, object] | None = None,
    at: datetime,
) -> None:
    """Note an administrative deed or a sign-in; neither `about` nor `said` may hold personal data. 记一笔"""
    Event.objects.create(
        at=at, what=what, user=user, organisation=organisation, about=about, said=dict(said) if said else {}
    )
