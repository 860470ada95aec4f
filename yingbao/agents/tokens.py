"""Tokens for programs: issued by one administrator, granted by another, shown once, found by their hash. 接口令牌"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from yingbao.agents.models import KINDS_OF_DESK, Appointment, Desk, Organisation, Scope, Token
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

BEGINS = "yb_"
"""how every secret begins, so that one that leaked is recognised"""
PROGRAM = "interface-"
"""how the name of every account begins under which a program's deeds are recorded; its token's key follows"""
SHOWN = 6
"""so many of the secret's signs tell tokens apart; the rest stays 220 bits"""
LONGEST = timedelta(days=400)
"""one season and the change-over; nothing is valid for ever"""
A_MINUTE = NOTED_EVERY = timedelta(minutes=1)
"""a busy program's use is written down once a minute, not with each request"""

_ONE_CHILD = frozenset({Scope.DECISIONS, Scope.DECLARATIONS, Scope.PAYMENTS, Scope.COVERAGE, Scope.STATISTICS})
SCOPES: dict[Desk, frozenset[Scope]] = {
    Desk.SCHOOL: _ONE_CHILD | {Scope.ROSTER, Scope.ROSTER_WRITE},
    Desk.COMMUNITY: _ONE_CHILD,
    Desk.AGENCY: _ONE_CHILD | {Scope.ROSTER},
    Desk.TAX: frozenset({Scope.DECLARATIONS, Scope.PAYMENTS, Scope.STATISTICS}),
    Desk.EDUCATION: frozenset({Scope.STATISTICS}),
}
"""what a program may ask for at each desk; at a desk that is not named, nothing"""


@transaction.atomic
def issue(
    *,
    organisation: Organisation,
    desk: Desk,
    scopes: Iterable[str],
    label: str,
    expires_at: datetime,
    by: Appointment,
    at: datetime,
) -> tuple[Token, str]:
    """Make a token and its secret, which is told here and never again. 签发令牌

    It opens nothing before `grant`. Raises Refused if the desk does not stand there or may not have such scopes.
    """
    wanted, label = sorted(set(scopes)), label.strip()
    if organisation.kind not in KINDS_OF_DESK[desk] or not organisation.active or desk not in SCOPES:
        raise _refused(
            organisation.name,
            Text("这个机构没有可用接口的“{desk}”岗位", "no program may work at the desk “{desk}” there").filled(
                desk=Text(Desk(desk).label, Desk(desk).value.replace("_", " "))
            ),
            Text("选择这个机构有的岗位", "choose a desk that this organisation has"),
        )
    if not wanted or not set(wanted) <= SCOPES[desk]:
        raise _refused(
            organisation.name,
            Text("授权范围不适用于这个岗位", "this desk cannot have these scopes"),
            Text("至少选一项，只选这个岗位可用的", "choose at least one, and only those of this desk"),
        )
    if not label or len(label) > 60:
        raise _refused(
            organisation.name,
            Text("没有写明用途，或用途太长", "what it is for is missing or too long"),
            Text("写明哪个程序使用，60 字以内", "say which program has it, in up to 60 signs"),
        )
    if not at < expires_at <= at + LONGEST:
        raise _refused(
            organisation.name,
            Text("有效期不对", "it cannot expire then"),
            Text("止期在今天之后，最长 400 天", "choose a day after today, at most 400 days ahead"),
        )
    secret = BEGINS + secrets.token_urlsafe(32)
    token = Token.objects.create(
        organisation=organisation, desk=desk, scopes=wanted, label=label, digest=digest_of(secret),
        prefix=secret[: len(BEGINS) + SHOWN], created_at=at, created_by=by.user, expires_at=expires_at,
    )  # fmt: skip
    return token, secret


@transaction.atomic
def grant(*, token: Token, by: Appointment, at: datetime) -> Token:
    """Let a token work; granted already, nothing changes. 批准令牌

    Raises Refused if it was revoked or has expired, or if the one who issued it would grant it too.
    """
    held = Token.objects.select_for_update().get(pk=token.pk)
    if held.granted_at is not None:
        return held
    if held.revoked_at is not None or held.expires_at <= at:
        raise _refused(
            held.label,
            Text("令牌已撤销或过期", "the token was revoked or has expired"),
            Text("需要时由系统管理员重新签发", "if it is needed, the system administrator issues a new one"),
        )
    if held.created_by_id == by.user_id:
        raise _refused(
            held.label,
            Text("签发与批准不能是同一人", "who issues a token does not grant it"),
            Text("请另一位管理员批准", "ask the other administrator"),
        )
    held.granted_at, held.granted_by = at, by.user
    held.save(update_fields=["granted_at", "granted_by"])
    return held


def revoke(*, token: Token, by: Appointment, at: datetime) -> Token:
    """End a token at once; ended already, nothing changes. 撤销令牌"""
    Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at, revoked_by=by.user)
    token.refresh_from_db()
    return token


def find(secret: str, at: datetime) -> Token | None:
    """The token of which this is the secret, if it opens the door at that moment. 识别令牌"""
    token = (
        Token.objects.filter(
            digest=digest_of(secret),
            granted_at__lte=at,
            revoked_at__isnull=True,
            expires_at__gt=at,
            organisation__active=True,
        )
        .select_related("organisation")
        .first()
    )
    if token is not None:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - NOTED_EVERY)
        if token.last_used_at is None or token.last_used_at < at - NOTED_EVERY:
            Token.objects.filter(stale, pk=token.pk).update(last_used_at=at)
            token.last_used_at = at
    return token


def count_call(token_id: int, *, real: datetime) -> tuple[int, datetime]:
    """Count a call of a token; the calls of its present minute, this one too, and when that began. 计数

    In one statement on the token's row, so that all processes of the server count together.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE agents_token
            SET calls = CASE WHEN counted_since > %(ago)s THEN calls + 1 ELSE 1 END,
                counted_since = CASE WHEN counted_since > %(ago)s THEN counted_since ELSE %(real)s END
            WHERE id = %(token)s RETURNING calls, counted_since
            """,
            {"ago": real - A_MINUTE, "real": real, "token": token_id},
        )
        calls, since = cursor.fetchone()
        return int(calls), since


def digest_of(secret: str) -> bytes:
    """What the database keeps of a secret. 令牌摘要"""
    return hashlib.sha256(secret.encode()).digest()


def _refused(where: str, what: Text, mend: Text) -> Refused:
    return Refused(where=where, what=what, mend=mend)
