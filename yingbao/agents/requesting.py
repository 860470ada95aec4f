"""A desk is asked for by one administrator and granted by another. 任职申请与审批"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from yingbao.agents.appointing import appoint, clash, must_stand
from yingbao.agents.models import Appointment, AppointmentRequest, Desk, Organisation, User
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST_REASON = 200


@transaction.atomic
def request(
    *,
    user: User,
    organisation: Organisation,
    desk: Desk,
    since: date,
    until: date | None,
    by: Appointment,
    at: datetime,
) -> AppointmentRequest:
    """Ask that a user may work at a desk; asked already for these days, nothing changes. 申请任职

    Raises Refused if the desk does not stand there, the user is disabled, the days do not fit, a request for other
    days waits, or the user holds what lets it never be granted.
    """
    must_stand(user=user, organisation=organisation, desk=desk)
    if not user.is_active:
        raise Refused(
            where=user.username,
            what=Text("账户已停用", "the account is disabled"),
            mend=Text("先启用账户", "enable the account first"),
        )
    if until is not None and until < since:
        raise Refused(
            where=user.username,
            what=Text("止期早于起期", "the last day is before the first"),
            mend=Text("改正起止日期", "mend the days"),
        )
    open_ = AppointmentRequest.objects.filter(user=user, organisation=organisation, desk=desk, decided_at__isnull=True)
    if held := open_.first():
        return _the_same(held, since, until)
    if clashing := clash(user=user, organisation=organisation, desk=desk, since=since, until=until):
        raise clashing
    try:
        with transaction.atomic():
            return AppointmentRequest.objects.create(
                user=user, organisation=organisation, desk=desk, since=since, until=until,
                asked_by=by.user, asked_at=at,
            )  # fmt: skip
    except IntegrityError:  # somebody asked for the same in this very moment
        return _the_same(open_.get(), since, until)


def conflict(request: AppointmentRequest) -> Refused | None:
    """What has come to stand in the way of granting since it was asked for; else None. 审批冲突"""
    return clash(
        user=request.user, organisation=request.organisation, desk=Desk(request.desk), since=request.since,
        until=request.until,
    )  # fmt: skip


def _the_same(held: AppointmentRequest, since: date, until: date | None) -> AppointmentRequest:
    """The request that waits, if it is for these days; other days are not dropped without a word."""
    if (held.since, held.until) == (since, until):
        return held
    last = Text("长期", "for good") if held.until is None else Text("到{d}", "until {d}").filled(d=held.until)
    raise Refused(
        where="since",
        what=Text("同一岗位已有申请待批准：{a}起，{b}", "a request for this desk waits: from {a}, {b}").filled(
            a=held.since, b=last
        ),
        mend=Text(
            "日期要改的，请安全管理员先不予批准，再重新申请",
            "for other days the security administrator refuses it first",
        ),
    )


@transaction.atomic
def grant(*, request: AppointmentRequest, by: Appointment, at: datetime) -> Appointment:
    """Grant a desk that another asked for; granted already, nothing changes. 批准任职

    Raises Refused as `appoint` does, or if it was refused, or if the one who asked would grant it too.
    """
    held = _open(request, by)
    if held.appointment is not None:
        return held.appointment
    if held.decided_at is not None:
        raise _decided(held)
    given = appoint(
        user=held.user, organisation=held.organisation, desk=Desk(held.desk), since=held.since, until=held.until
    )
    AppointmentRequest.objects.filter(appointment=given).update(appointment=None)
    held.decided_by, held.decided_at, held.appointment = by.user, at, given
    held.save(update_fields=["decided_by", "decided_at", "appointment"])
    return given


@transaction.atomic
def refuse(*, request: AppointmentRequest, because: str, by: Appointment, at: datetime) -> AppointmentRequest:
    """Do not grant it, and say why; refused already, nothing changes. 不予批准"""
    held = _open(request, by)
    if held.refused_because:
        return held
    if held.decided_at is not None:
        raise _decided(held)
    because = because.strip()
    if not because or len(because) > LONGEST_REASON:
        raise Refused(
            where="because",
            what=Text("没有写理由，或理由太长", "the reason is missing or too long"),
            mend=Text("写明理由，200 字以内", "say why, in up to 200 signs"),
        )
    held.decided_by, held.decided_at, held.refused_because = by.user, at, because
    held.save(update_fields=["decided_by", "decided_at", "refused_because"])
    return held


def _open(request: AppointmentRequest, by: Appointment) -> AppointmentRequest:
    held = (
        AppointmentRequest.objects.select_for_update(of=("self",))
        .select_related("user", "organisation", "appointment")
        .get(pk=request.pk)
    )
    if held.asked_by_id == by.user_id or held.user_id == by.user_id:
        raise Refused(
            where=held.user.username,
            what=Text("申请人和本人都不能审批", "neither who asked nor whom it is for decides"),
            mend=Text("请另一位安全管理员审批", "ask another security administrator"),
        )
    return held


def _decided(held: AppointmentRequest) -> Refused:
    return Refused(
        where=held.user.username,
        what=Text("这项申请已经处理过", "this request was decided already"),
        mend=Text("刷新页面看结果；需要时重新申请", "reload the page to see how; ask anew if it is needed"),
    )
