"""Tokens for programs: two administrators, a secret that is told once, an end. 接口令牌"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from yingbao.agents import tokens
from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind, Scope, Token, User
from yingbao.agents.organising import organise
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
AT = datetime(2019, 11, 12, 2, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture
def school(db) -> Organisation:
    return organise(
        pooling_area="320500", kind=OrganisationKind.SCHOOL, code="S", name="枕波小学", division="320508",
        stages=["primary"],
    )  # fmt: skip


def administrator(desk: Desk) -> Appointment:
    centre = organise(pooling_area="320500", kind=OrganisationKind.OPERATIONS, code="operations", name="信息中心")
    user = User.objects.create_user(username=f"the {desk.value}", name="管理员", password="long enough 1")
    return Appointment.objects.create(user=user, organisation=centre, desk=desk, since=date(2019, 1, 1))


@pytest.fixture
def system(db) -> Appointment:
    return administrator(Desk.SYSTEM)


@pytest.fixture
def security(db) -> Appointment:
    return administrator(Desk.SECURITY)


def issued(school: Organisation, by: Appointment, **more: object) -> tuple[Token, str]:
    said = {"desk": Desk.SCHOOL, "scopes": [Scope.ROSTER, Scope.STATISTICS], "label": "校务系统"}
    return tokens.issue(**{"organisation": school, "expires_at": AT + YEAR, "by": by, "at": AT, **said, **more})


def test_a_token_opens_nothing_before_a_second_administrator_grants_it(school, system, security):
    token, secret = issued(school, system)
    assert tokens.find(secret, AT) is None
    with pytest.raises(Refused, match="does not grant it"):
        tokens.grant(token=token, by=system, at=AT)
    tokens.grant(token=token, by=security, at=AT)
    assert tokens.find(secret, AT) == token


def test_the_secret_is_kept_nowhere(school, system):
    token, secret = issued(school, system)
    assert secret.startswith(token.prefix)
    assert secret not in str(Token.objects.values())
    assert len(secret) > len(token.prefix) + 30


def test_a_token_ends_on_its_day_and_when_it_is_revoked_and_when_its_body_closes(school, system, security):
    token, secret = issued(school, system)
    tokens.grant(token=token, by=security, at=AT)
    assert tokens.find(secret, AT + YEAR) is None
    school.active = False
    school.save()
    assert tokens.find(secret, AT) is None
    school.active = True
    school.save()
    assert tokens.find(secret, AT) is not None
    tokens.revoke(token=token, by=security, at=AT)
    assert tokens.find(secret, AT) is None
    assert tokens.revoke(token=token, by=system, at=AT + YEAR).revoked_by == security.user


def test_a_revoked_token_is_not_granted_afterwards(school, system, security):
    token, _ = issued(school, system)
    tokens.revoke(token=token, by=system, at=AT)
    with pytest.raises(Refused, match="revoked or has expired"):
        tokens.grant(token=token, by=security, at=AT)


def test_use_is_written_down_once_a_minute(school, system, security):
    token, secret = issued(school, system)
    tokens.grant(token=token, by=security, at=AT)
    for seconds in (0, 30, 59, 61):
        tokens.find(secret, AT + timedelta(seconds=seconds))
    token.refresh_from_db()
    assert token.last_used_at == AT + timedelta(seconds=61)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"desk": Desk.TAX}, "no program may work"),
        ({"scopes": []}, "cannot have these scopes"),
        ({"scopes": ["everything"]}, "cannot have these scopes"),
        ({"label": "  "}, "what it is for"),
        ({"label": "长" * 61}, "what it is for"),
        ({"expires_at": AT}, "cannot expire then"),
        ({"expires_at": AT + timedelta(days=401)}, "cannot expire then"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused_in_words(school, system, change, said):
    with pytest.raises(Refused, match=said):
        issued(school, system, **change)
    assert not Token.objects.exists()


@pytest.mark.parametrize("guess", ["", "yb_", "yb_" + "A" * 43, "x" * 10_000, "令牌"])
def test_a_guess_finds_nothing(school, system, security, guess):
    token, _ = issued(school, system)
    tokens.grant(token=token, by=security, at=AT)
    assert tokens.find(guess, AT) is None


def test_the_database_itself_wants_two_administrators(school, system):
    token, _ = issued(school, system)
    with pytest.raises(IntegrityError, match="token_granted_by_another"), transaction.atomic():
        Token.objects.filter(pk=token.pk).update(granted_by=system.user, granted_at=AT)


def test_a_desk_without_programs_is_named_as_people_name_it(school, system):
    with pytest.raises(Refused) as refused:
        issued(school, system, desk=Desk.EDUCATION)
    assert "“教育”岗位" in refused.value.what.zh
