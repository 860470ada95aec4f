"""Accounts, factors, requests and administrators, below the pages. 账户与授权"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from yingbao.agents import accounts, factors, recovery, requesting, totp
from yingbao.agents.appointing import dismiss
from yingbao.agents.models import (
    Appointment,
    AppointmentRequest,
    Desk,
    Organisation,
    OrganisationKind,
    RecoveryCode,
    Totp,
    User,
)
from yingbao.agents.organising import organise, organise_bodies
from yingbao.sealing.sealed import unseal
from yingbao.values.refusal import Refused

AT = datetime(2019, 11, 12, 2, tzinfo=UTC)
SINCE = date(2019, 9, 1)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def bodies(db):
    return organise_bodies("320500")


@pytest.fixture
def school(db) -> Organisation:
    return organise(
        pooling_area="320500", kind=OrganisationKind.SCHOOL, code="S", name="枕波小学", division="320508",
        stages=["primary"],
    )  # fmt: skip


def seat(bodies: dict[OrganisationKind, Organisation], desk: Desk, name: str) -> Appointment:
    user = User.objects.create_user(username=name, name="管理员", password="long enough 1")
    return Appointment.objects.create(
        user=user, organisation=bodies[OrganisationKind.OPERATIONS], desk=desk, since=SINCE
    )


@given(seconds=st.integers(-200, 200))
def test_a_code_is_taken_within_a_step_of_its_own_time_and_never_further(seconds):
    code = pyotp.TOTP(SECRET).at(AT)
    step = totp.step_of(SECRET, code, AT + timedelta(seconds=seconds))
    own = int(AT.timestamp()) // 30
    near = abs((int(AT.timestamp()) + seconds) // 30 - own) <= 1
    assert (step == own) == near


@given(typed=st.text(max_size=12))
def test_whatever_is_typed_is_a_code_of_its_time_or_nothing(typed):
    step = totp.step_of(SECRET, typed, AT)
    assert step is None or pyotp.TOTP(SECRET).generate_otp(step) == "".join(typed.split())


@pytest.mark.django_db
def test_the_secret_lies_sealed_and_a_code_of_an_earlier_step_is_never_taken_after_a_later_one(clerk):
    phone = pyotp.TOTP(SECRET)
    held = totp.add(user=clerk, secret=SECRET, code=phone.at(AT), at=AT)
    assert SECRET.encode() not in bytes(held.secret_cipher)
    assert unseal(Totp.objects.get().secret_cipher) == SECRET
    later = AT + timedelta(seconds=60)
    assert totp.take(user=clerk, code=phone.at(later), at=later)
    assert not totp.take(user=clerk, code=phone.at(later - timedelta(seconds=30)), at=later)
    assert not totp.take(user=clerk, code=phone.at(later), at=later)


@pytest.mark.django_db
def test_recovery_codes_go_with_the_last_factor(clerk):
    totp.add(user=clerk, secret=SECRET, code=pyotp.TOTP(SECRET).at(AT), at=AT)
    recovery.renew(user=clerk)
    factors.remove_totp(user=clerk)
    assert not RecoveryCode.objects.exists()
    assert not factors.has_one(clerk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["", "1", "1-aaaaa-aaaaa", "9-aaaaa-aaaaa", "0aaaaaaaaaa", "一-aaaaa-aaaaa", "²aaaaaaaaaa"]
)
def test_no_guess_is_a_recovery_code(clerk, typed):
    recovery.renew(user=clerk)
    assert not recovery.take(user=clerk, code=typed, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("first", [Desk.SYSTEM, Desk.SECURITY, Desk.AUDIT])
@pytest.mark.parametrize(
    ("kind", "second"),
    [
        (OrganisationKind.OPERATIONS, Desk.SYSTEM),
        (OrganisationKind.OPERATIONS, Desk.SECURITY),
        (OrganisationKind.OPERATIONS, Desk.AUDIT),
        (OrganisationKind.INSURANCE_AGENCY, Desk.AGENCY),
        (OrganisationKind.EDUCATION_BUREAU, Desk.EDUCATION),
    ],
)
def test_the_database_lets_no_administrator_do_business_or_be_another_one(bodies, first, kind, second):
    held = seat(bodies, first, "one person")
    with pytest.raises(IntegrityError, match=r"administrators_do_no_business|one_appointment"), transaction.atomic():
        Appointment.objects.create(user=held.user, organisation=bodies[kind], desk=second, since=date(2019, 12, 1))
    dismiss(appointment=held, on=date(2019, 12, 1))
    Appointment.objects.create(user=held.user, organisation=bodies[kind], desk=second, since=date(2019, 12, 1))


@pytest.mark.django_db
def test_who_asks_for_a_desk_does_not_grant_it_and_the_database_holds_to_that(bodies, school, clerk):
    system = seat(bodies, Desk.SYSTEM, "system one")
    asked = requesting.request(
        user=clerk, organisation=school, desk=Desk.SCHOOL, since=SINCE, until=None, by=system, at=AT
    )
    with pytest.raises(Refused, match="neither who asked"):
        requesting.grant(request=asked, by=system, at=AT)
    with pytest.raises(IntegrityError, match="desk_granted_by_another"), transaction.atomic():
        AppointmentRequest.objects.update(decided_by=system.user, decided_at=AT)
    security = seat(bodies, Desk.SECURITY, "security one")
    given_ = requesting.grant(request=asked, by=security, at=AT)
    assert requesting.grant(request=asked, by=security, at=AT) == given_
    assert Appointment.objects.filter(user=clerk).count() == 1


@pytest.mark.django_db
def test_what_could_never_be_granted_is_not_asked_for(bodies, school, clerk):
    system = seat(bodies, Desk.SYSTEM, "system one")
    agency, tax = bodies[OrganisationKind.INSURANCE_AGENCY], bodies[OrganisationKind.TAX_AUTHORITY]
    held = Appointment.objects.create(user=clerk, organisation=agency, desk=Desk.AGENCY, since=SINCE)
    for user, place, desk, said in (
        (clerk, tax, Desk.TAX, "登记与征缴"), (clerk, agency, Desk.AGENCY, "已经在任"),
        (system.user, system.organisation, Desk.AUDIT, "管理员不办业务"),
        (system.user, school, Desk.SCHOOL, "管理员不办业务"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            requesting.request(user=user, organisation=place, desk=desk, since=SINCE, until=None, by=system, at=AT)
        assert said in refused.value.what.zh
    assert not AppointmentRequest.objects.exists()
    dismiss(appointment=held, on=date(2019, 12, 1))
    requesting.request(
        user=clerk, organisation=tax, desk=Desk.TAX, since=date(2019, 12, 1), until=None, by=system, at=AT
    )


@pytest.mark.django_db
def test_a_second_request_for_other_days_is_told_and_not_dropped_in_silence(bodies, school, clerk):
    system = seat(bodies, Desk.SYSTEM, "system one")
    said = {"user": clerk, "organisation": school, "desk": Desk.SCHOOL, "since": SINCE, "by": system, "at": AT}
    first = requesting.request(**said, until=None)
    assert requesting.request(**said, until=None) == first
    with pytest.raises(Refused) as refused:
        requesting.request(**said, until=date(2019, 12, 31))
    assert "2019-09-01起，长期" in refused.value.what.zh
    first.refresh_from_db()
    assert first.until is None


@pytest.mark.django_db
def test_a_request_that_cannot_be_granted_stays_open_and_says_why(bodies, school, clerk):
    system, security = seat(bodies, Desk.SYSTEM, "system one"), seat(bodies, Desk.SECURITY, "security one")
    asked = requesting.request(
        user=clerk, organisation=bodies[OrganisationKind.INSURANCE_AGENCY], desk=Desk.AGENCY, since=SINCE, until=None,
        by=system, at=AT,
    )  # fmt: skip
    assert requesting.conflict(asked) is None
    Appointment.objects.create(
        user=clerk, organisation=bodies[OrganisationKind.TAX_AUTHORITY], desk=Desk.TAX, since=SINCE
    )
    assert "登记与征缴" in requesting.conflict(asked).what.zh
    with pytest.raises(Refused, match="registration and one of collection"):
        requesting.grant(request=asked, by=security, at=AT)
    asked.refresh_from_db()
    assert asked.decided_at is None


@pytest.mark.django_db
def test_an_appointment_that_ended_is_not_made_longer_by_ending_it_again(school, clerk):
    held = Appointment.objects.create(
        user=clerk, organisation=school, desk=Desk.SCHOOL, since=SINCE, until=date(2019, 10, 1)
    )
    dismiss(appointment=held, on=date(2019, 11, 12))
    held.refresh_from_db()
    assert held.until == date(2019, 10, 1)


@pytest.mark.django_db
def test_an_account_keeps_its_phone_sealed_and_masked(school):
    user, password = accounts.open_account(
        username="xinghai-li", name="李老师", phone="138 1234 5678", organisation=school, at=AT
    )
    user.refresh_from_db()
    assert user.check_password(password)
    assert user.phone_masked == "138****5678"
    assert unseal(user.phone_cipher) == "13812345678"
    accounts.change(user=user, name="李老师", phone="", organisation=school, at=AT)
    assert User.objects.get(pk=user.pk).phone_cipher is None
