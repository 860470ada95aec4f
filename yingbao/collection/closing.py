"""The close of a season's open period, in two steps by two people. 关账

From the deadline on no order is taken, because no window is open. Once the channels' bills and the bank's statement of
the last day are in, one officer asks for the close, with what is still in suspense listed; another confirms it: who is
not paid lapses, and nothing is posted into those days any more.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from yingbao.agents.models import Appointment, Desk
from yingbao.collection import adjusting
from yingbao.collection.lifecycle import OPEN_PAYMENTS, DebitState
from yingbao.collection.models import Arrival, BankAccount, Bill, Close, DebitItem, Payment, Statement
from yingbao.collection.whole import whole
from yingbao.enrolment import taking
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, policy_of, windows
from yingbao.ledger.closing import close_day, last_closed
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


def last_day(season: Season) -> date:
    """The day after which nothing ordinary is taken any more: of late enrolment, if there is one. 截止日"""
    ordinary = [window.last for window in windows(policy_of(season)) if window.phase in ("open", "late")]
    return max(ordinary)


def in_suspense(pooling_area: str) -> list[Arrival]:
    """Money that nobody has settled yet, oldest first. 暂收款"""
    spent = F("allocated_fen") + F("overpaid_fen") + F("refunded_fen")
    rows = Arrival.objects.filter(pooling_area=pooling_area, reversed_at__isnull=True, amount_fen__gt=spent)
    return list(rows.order_by("paid_at", "pk"))


def missing_for_close(season: Season, on: date) -> list[Text]:
    """What has to be in before a season can be closed, each in a sentence. 关账前提"""
    day = last_day(season)
    if on <= day:
        return [Text("截止日{day}还没有过", "the last day, {day}, is not over").filled(day=day)]
    missing = []
    area = season.pooling_area
    channels = Payment.objects.filter(pooling_area=area, channel__in=["wechat", "alipay"]).values_list("channel")
    for (channel,) in channels.distinct().order_by("channel"):
        if not Bill.objects.filter(pooling_area=area, channel=channel, day=day).exists():
            what = Text("{channel}{day}的账单还没有取回", "the bill of {channel} for {day} is not in")
            missing.append(what.filled(channel=dict(Payment.CHANNELS)[channel], day=day))
    for account in BankAccount.objects.filter(pooling_area=area, active=True).order_by("pk"):
        if not Statement.objects.filter(account=account, last__gte=day).exists():
            what = Text("账户{account}{day}的对账单还没有导入", "the statement of {account} for {day} is not in")
            missing.append(what.filled(account=account.number, day=day))
    return missing + _outcomes_missing(season, day)


def _outcomes_missing(season: Season, day: date) -> list[Text]:
    """Money that may have been taken in time, and of which the outcome is not known yet."""
    over = datetime.combine(day + timedelta(days=1), datetime.min.time(), CHINA)
    orders = Payment.objects.filter(
        pooling_area=season.pooling_area, state__in=sorted(OPEN_PAYMENTS), created_at__lt=over
    ).count()
    debits = DebitItem.objects.filter(
        declaration__season=season, batch__sent_at__lt=over, state=DebitState.PENDING
    ).count()
    missing = []
    if orders:
        missing.append(Text("{n}笔订单的结果还不知道", "the outcome of {n} orders is not known").filled(n=orders))
    if debits:
        missing.append(Text("{n}笔扣款还没有回盘", "the bank has not answered for {n} debits").filled(n=debits))
    return missing


def ask_close(*, season: Season, by: Appointment, at: datetime) -> Close:
    """Ask for the close of a season; a second click changes nothing. 申请关账

    Raises Refused while something is missing, or for another's pooling area.
    """
    _check_collector(season, by)
    with transaction.atomic():
        Season.objects.select_for_update().get(pk=season.pk)
        if (asked := Close.objects.filter(season=season).first()) is not None:
            return asked
        if missing := missing_for_close(season, china_day(at)):
            what = Text("；".join(text.zh for text in missing), "; ".join(text.en for text in missing))
            raise Refused(
                where=season.policy, what=what, mend=Text("补齐后再申请关账。", "See to it, then ask for the close.")
            )
        held = [
            {"key": one.key, "fen": one.suspense_fen, "days": (china_day(at) - china_day(one.paid_at)).days}
            for one in in_suspense(season.pooling_area)
        ]
        return Close.objects.create(season=season, asked_at=at, asked_by=by.user, suspense=held)


def confirm_close(*, close: Close, by: Appointment, at: datetime) -> Close:
    """A second officer confirms: who has not paid lapses, and the days up to the last one are closed. 复核关账"""
    _check_collector(close.season, by)

    def deed() -> Close:
        locked = Close.objects.select_for_update(of=("self",)).select_related("season").get(pk=close.pk)
        if locked.confirmed_at is not None:
            return locked
        if locked.asked_by_id == by.user_id:
            raise Refused(
                where=locked.season.policy,
                what=Text("申请人和复核人不能是同一人", "who asked for the close cannot confirm it"),
                mend=Text("请另一位人员复核。", "Let another officer confirm it."),
            )
        season, on = locked.season, china_day(at)
        adjusting.follow_all(season=season, at=at)
        locked.lapsed = taking.lapse(season=season, on=on, at=at)
        adjusting.follow_all(season=season, at=at)
        closed, day = last_closed(season.pooling_area), last_day(season)
        if closed is None or closed < day:
            close_day(book=season.pooling_area, day=day, by=locked.asked_by_id, confirmed_by=by.user_id, at=at)
        locked.confirmed_at, locked.confirmed_by = at, by.user
        locked.save(update_fields=["confirmed_at", "confirmed_by", "lapsed"])
        return locked

    return whole(deed)


def lapse_since(*, season: Season, at: datetime) -> int:
    """After the close, who owes again or whose own window is over lapses too; returns how many. 关账后到期

    A debit that came back or a match that was undone after the close leaves a child declared whom nobody can pay for
    any more; a newborn's window ends long after the school's.
    """
    if not Close.objects.filter(season=season, confirmed_at__isnull=False).exists():
        return 0
    return taking.lapse(season=season, on=china_day(at), at=at)


def _check_collector(season: Season, by: Appointment) -> None:
    if by.desk != Desk.TAX or by.organisation.pooling_area != season.pooling_area:
        raise Refused(
            where=season.policy,
            what=Text("只有本统筹区的税务人员可以关账", "only the tax officers of the pooling area close it"),
            mend=Text("请税务部门办理。", "Leave it to the tax authority."),
        )
