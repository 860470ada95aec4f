"""Who sits at which desk, from which day to which. 任职"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from yingbao.agents.models import KINDS_OF_DESK, Appointment, Desk, Organisation, User
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

ADMINISTRATORS = frozenset({Desk.SYSTEM, Desk.SECURITY, Desk.AUDIT})
NEVER_JOINED = frozenset({Desk.AGENCY, Desk.TAX})


@transaction.atomic
def appoint(
    *, user: User, organisation: Organisation, desk: Desk, since: date, until: date | None = None
) -> Appointment:
    """Let a user work at a desk of an organisation. 任命

    Said again, it changes nothing. Raises Refused if the desk does not stand in such an organisation, or if the
    user would both register and collect at the same time: the two duties are kept apart (苏社基〔2019〕68号 五(一)).
    """
    User.objects.select_for_update().get(pk=user.pk)
    must_stand(user=user, organisation=organisation, desk=desk)
    same = Appointment.objects.filter(user=user, organisation=organisation, desk=desk, since__lte=since)
    if held := same.filter(until=until).first():
        return held
    try:
        with transaction.atomic():
            return Appointment.objects.create(user=user, organisation=organisation, desk=desk, since=since, until=until)
    except IntegrityError as error:
        if "administrators_do_no_business" in str(error):
            raise _no_business(user) from error
        if "registration_and_collection_never_joined" in str(error):
            raise _never_joined(user) from error
        what = Text(zh="任职的起止日期不对，或已经在任", en="the days do not fit, or the desk is held already")
        mend = Text(
            zh="止期不早于起期；先结束原来的任职", en="end no earlier than it begins; end the present one first"
        )
        raise Refused(where=user.username, what=what, mend=mend) from error


def clash(*, user: User, organisation: Organisation, desk: Desk, since: date, until: date | None) -> Refused | None:
    """What the user holds in these days that lets no such appointment be, as `appoint` would say; else None. 任职冲突

    Asked before anybody grants: what can never be granted is not asked for.
    """
    held = user.appointments.filter(Q(until__isnull=True) | Q(until__gte=since))
    if until is not None:
        held = held.filter(since__lte=until)
    for one in held.order_by("pk"):
        if (one.organisation_id, one.desk) == (organisation.pk, desk):
            one_at_a_time = desk in ADMINISTRATORS | NEVER_JOINED or one.until is until is None
            if one_at_a_time or (one.since <= since and one.until == until):
                return _held_already(user, one)
        elif ADMINISTRATORS & {desk, one.desk}:
            return _no_business(user)
        elif {desk, one.desk} <= NEVER_JOINED:
            return _never_joined(user)
    return None


def _no_business(user: User) -> Refused:
    return Refused(
        where=user.username,
        what=Text(
            zh="管理员不办业务，三名管理员也不能由一人兼任",
            en="an administrator does no business, and the three administrators are three people",
        ),
        mend=Text(
            zh="先结束原来的任职，或任命另一个人", en="end the present appointment first, or appoint someone else"
        ),
    )


def _never_joined(user: User) -> Refused:
    return Refused(
        where=user.username,
        what=Text(
            zh="登记与征缴的岗位不能由一人兼任", en="nobody may hold a desk of registration and one of collection"
        ),
        mend=Text(
            zh="先结束原来的任职，或任命另一个人", en="end the present appointment first, or appoint someone else"
        ),
    )


def _held_already(user: User, one: Appointment) -> Refused:
    return Refused(
        where=user.username,
        what=Text(zh="已经在任，{day}起", en="the desk is held already, since {day}").filled(day=one.since),
        mend=Text(
            zh="不用再申请；要改日期的，先结束原来的任职", en="for other days the present appointment ends first"
        ),
    )


def must_stand(*, user: User, organisation: Organisation, desk: Desk) -> None:
    """Refuse a desk that does not stand in this organisation, or an organisation that is closed. 岗位设置"""
    if not organisation.active:
        raise Refused(
            where=user.username,
            what=Text(zh="{organisation}已停用", en="{organisation} is closed").filled(organisation=organisation.name),
            mend=Text(zh="选择在用的机构", en="choose an organisation that is in use"),
        )
    if organisation.kind not in KINDS_OF_DESK[desk]:
        what = Text(zh="{organisation}没有“{desk}”岗位", en="there is no desk “{desk}” at {organisation}").filled(
            organisation=organisation.name, desk=Text(Desk(desk).label, Desk(desk).value.replace("_", " "))
        )
        raise Refused(
            where=user.username,
            what=what,
            mend=Text(
                zh="选择这个机构有的岗位，或选择另一个机构",
                en="choose a desk that this organisation has, or another organisation",
            ),
        )


def dismiss(*, appointment: Appointment, on: date) -> None:
    """End an appointment: `on` is the first day without it. One that had not begun is taken back. 免职"""
    if appointment.until is not None and appointment.until < on:
        return
    if on <= appointment.since:
        appointment.delete()
    else:
        appointment.until = on - timedelta(days=1)
        appointment.save(update_fields=["until"])
