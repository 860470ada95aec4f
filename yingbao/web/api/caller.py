"""Who calls the interface: a token of an organisation, at one desk, with scopes. 调用方"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from yingbao.agents import tokens
from yingbao.agents.models import Appointment, Desk, Organisation, Scope, Token, User
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import season_for
from yingbao.people.looks import looked
from yingbao.people.models import Person
from yingbao.values import clock
from yingbao.values.clock import CHINA
from yingbao.web.wall import by_platform, seated

CALLS = 600
"""so many a minute of one token, whichever process of the server answers"""


class Caller(NamedTuple):
    """A system that calls for an organisation, as a user at a desk would. 调用方"""

    token: int
    user: User
    appointment: Appointment
    """not stored: the desk that the token stands for"""
    at: datetime

    def __str__(self) -> str:
        """What calls are counted by."""
        return f"token {self.token}"

    @property
    def organisation(self) -> Organisation:
        """For whom it calls."""
        return self.appointment.organisation

    def season(self) -> Season:
        """The season that its organisation works on today. Raises Refused if none was opened."""
        return season_for(self.organisation.pooling_area, self.at.astimezone(CHINA).date())

    def enrolments(self) -> QuerySet[Enrolment]:
        """The enrolments it may see: what its desk sees on a page."""
        return Enrolment.objects.visible_to(self.appointment)

    def saw(self, what: str, *, person: Person | None = None, count: int = 1) -> None:
        """Record that it saw personal data. 记录查阅"""
        if count:
            looked(
                user=self.user, organisation=self.organisation, what=what, person=person, count=count,
                reason="interface", at=self.at,
            )  # fmt: skip


class Called(HttpRequest):
    """A request whose token was found sound. 已认证请求"""

    auth: Caller


class Bearer(HttpBearer):
    """Opens an operation to tokens that have its scope and stand for one of its desks. 令牌校验"""

    def __init__(self, scope: Scope, desks: frozenset[Desk]) -> None:
        super().__init__()
        self.scope, self.desks = scope, desks

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The caller, or None where there is no such token; 403 where it may not do this."""
        at = clock.now()
        with by_platform("a program is known by its token before it is anybody"):
            found = tokens.find(token, at=at)
            if found is None:
                return None
            user = program_of(found)
        if self.scope not in found.scopes:
            raise HttpError(403, f"the token lacks the scope {self.scope}")
        if found.desk not in self.desks:
            raise HttpError(403, "not for this desk")
        appointment = Appointment(user=user, organisation=found.organisation, desk=found.desk, since=clock.today())
        return Caller(found.pk, user, appointment, at)


def behind_the_wall(operation: Callable[..., Any]) -> Callable[..., Any]:
    """An operation works under the database role of its token's desk. 行级安全"""

    @wraps(operation)
    def answer(request: Any, *args: Any, **kwargs: Any) -> Any:
        with seated(request.auth.appointment):
            return operation(request, *args, **kwargs)

    return answer


def program_of(token: Token) -> User:
    """The user under whose name the program's looks and deeds are recorded; nobody signs in as it. 程序用户"""
    called = f"{token.organisation.name}·{token.label}"[:50]
    user, _ = User.objects.get_or_create(
        username=f"{tokens.PROGRAM}{token.pk}",
        defaults={"name": called, "is_active": False, "password": "!"},
    )
    if user.name != called:
        user.name = called
        user.save(update_fields=["name"])
    return user


def opens(scope: Scope, desks: frozenset[Desk] = frozenset(Desk)) -> dict[str, Any]:
    """What an operation is declared with: its door, and the same told in the description. 操作权限"""
    return {"auth": Bearer(scope, desks), "openapi_extra": {"x-scope": str(scope), "x-desks": sorted(desks)}}


class EachToken(BaseThrottle):
    """So many calls a minute of each token, counted in the database. 限流"""

    def __init__(self) -> None:
        self.begins_anew: datetime | None = None

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether this call is still within the minute's measure. 是否放行"""
        caller = getattr(request, "auth", None)
        if not isinstance(caller, Caller):
            return True
        with by_platform("a program's calls are counted before it is seated"):
            calls, since = tokens.count_call(caller.token, real=timezone.now())
        self.begins_anew = since + tokens.A_MINUTE
        return calls <= CALLS

    def wait(self) -> float | None:
        """Seconds until it may call again. 等待秒数"""
        return max(1.0, (self.begins_anew - timezone.now()).total_seconds()) if self.begins_anew else None
