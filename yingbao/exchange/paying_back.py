"""Refunds by the bank and at the counter: a payment file for the bank, a slip of the card terminal. 银行退款与刷卡退款

Always to the account or card that the money came from. What the bank has paid is told by its statement; that it
could not pay is told by an officer who read its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from yingbao.agents.models import Appointment, Desk
from yingbao.collection import refunding, refusing
from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import BankAccount, Refund
from yingbao.collection.settling import LONGEST_VOUCHER, SHORTEST_VOUCHER
from yingbao.exchange.bank.files import PaymentItem
from yingbao.exchange.bank.outgoing import plain_payments
from yingbao.sealing.sealed import unseal
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

BY_BANK = ("transfer", "debit")
SHOWN = 5


class Payee(NamedTuple):
    """The account that the money came from. 退款账户"""

    holder: str
    number: str


class Payout(NamedTuple):
    """A file of payments for our bank, and the refunds in it. 付款文件"""

    name: str
    content: bytes
    refunds: list[Refund]


def payout_file(*, refunds: Sequence[int], by: Appointment, at: datetime) -> Payout:
    """Submit approved refunds to the bank and give the file that pays them. 生成退款付款文件

    All of one of our accounts. Raises Refused, and submits nothing, if there is none, if a payee's account is not
    known, or if an item cannot stand in the file.
    """
    with transaction.atomic():
        due = refunding.submit(refunds=_own(refunds, by), at=at)
        if not due:
            raise Refused(
                where=by.organisation.name,
                what=Text("没有已批准、待付款的银行退费", "no approved refund waits for the bank"),
                mend=Text("先批准，再生成文件。", "Approve some, then make the file."),
            )
        return _file(due, at)


def payout_again(*, submitted_at: datetime, account: BankAccount, by: Appointment) -> Payout:
    """The same file once more, without those that were paid or failed since. 再次下载付款文件

    The numbers in it are the same, by which the bank pays each once.
    """
    rows = Refund.objects.filter(
        pooling_area=by.organisation.pooling_area, arrival__way__in=BY_BANK, state__in=refunding.UNDER_WAY,
        submitted_at=submitted_at,
    )  # fmt: skip
    due = [one for one in _with_sources(rows.order_by("pk")) if account_of(one) == account.pk]
    if not due or by.desk != Desk.TAX:
        raise Refused(
            where=account.number,
            what=Text("这个文件里的退费都已有结果", "all refunds of this file have their outcome"),
            mend=Text("刷新页面看最新状态。", "Reload the page."),
        )
    return _file(due, submitted_at)


def account_of(refund: Refund) -> int:
    """The key of our account that pays: the one into which the money came. 付款账户"""
    arrival = refund.arrival
    if arrival.way == "debit":
        return arrival.debit_item.batch.account_id
    return int(arrival.at_account.partition(":")[2])


def payee_of(refund: Refund) -> Payee | None:
    """Whose account the money came from, as the bank said or the mandate names it; none if it is not known. 退款账户"""
    arrival = refund.arrival
    if arrival.way == "debit":
        mandate = arrival.debit_item.mandate
        return Payee(mandate.holder, unseal(mandate.account_cipher))
    line = getattr(arrival, "line", None)
    if line is None or not line.counterparty or not line.counterparty_cipher:
        return None
    return Payee(line.counterparty, unseal(line.counterparty_cipher))


def masked_payee(refund: Refund) -> str:
    """The account to which it goes, masked; empty if it is not known."""
    arrival = refund.arrival
    if arrival.way == "debit":
        return arrival.debit_item.mandate.account_masked
    line = getattr(arrival, "line", None)
    return line.counterparty_masked if line is not None and line.counterparty_cipher else ""


def bank_failed(*, refund: Refund, reason: str, by: Appointment, at: datetime) -> Refund:
    """The bank did not pay it: the sum is held for its payer again, and waits for an approval anew. 银行未付出"""
    _check_bank_refund(refund, by)
    if not reason.strip():
        raise Refused(
            where=refund.number,
            what=Text("没有写明银行的原因", "the bank's reason is missing"),
            mend=Text("照银行回单填写。", "Copy it from the bank's answer."),
        )
    return refunding.heard(number=refund.number, outcome=RefundState.ABNORMAL, at=at, said=reason.strip()[:200])


def record_card_refund(*, refund: Refund, voucher: str, by: Appointment, at: datetime) -> Refund:
    """The card was credited at the terminal: its slip's voucher number is the proof. 刷卡退款

    By a tax officer of the area, or a worker of the community that took the payment. Raises Refused for a voucher
    that is none or stands for another refund, and for a refund that is not approved.
    """
    _check_counter(refund, by)
    slip = voucher.strip()
    if not (SHORTEST_VOUCHER <= len(slip) <= LONGEST_VOUCHER and slip.isascii() and slip.isalnum()):
        raise refusing.voucher_missing()
    said = f"退款凭证号 {slip}"
    with transaction.atomic():
        used = Refund.objects.filter(arrival__way="card", said=said, state=RefundState.SUCCEEDED).exclude(pk=refund.pk)
        if used.filter(arrival__payment__terminal=_terminal(refund)).exists():
            raise refusing.voucher_used(slip)
        refunding.submit(refunds=[refund.pk], at=at)
        return refunding.heard(number=refund.number, outcome=RefundState.SUCCEEDED, at=at, said=said)


def _own(refunds: Sequence[int], by: Appointment) -> list[int]:
    """Of these, the bank's refunds of the officer's own pooling area."""
    if by.desk != Desk.TAX:
        raise _not_yours(by.organisation.name)
    own = Refund.objects.filter(pk__in=refunds, pooling_area=by.organisation.pooling_area, arrival__way__in=BY_BANK)
    return list(own.order_by("pk").values_list("pk", flat=True))


def _with_sources(refunds: Iterable[Refund]) -> list[Refund]:
    keys = [one.pk for one in refunds]
    rows = Refund.objects.filter(pk__in=keys).order_by("pk")
    return list(rows.select_related("arrival__line", "arrival__debit_item__mandate", "arrival__debit_item__batch"))


def _file(due: Sequence[Refund], at: datetime) -> Payout:
    refunds = _with_sources(due)
    if len({account_of(one) for one in refunds}) > 1:
        raise Refused(
            where=refunds[0].number,
            what=Text("一个文件只能由一个账户付款", "one file pays from one account"),
            mend=Text("按付款账户分别生成。", "Make a file for each account."),
        )
    payees = {one.pk: payee_of(one) for one in refunds}
    unknown = [one.number for one in refunds if payees[one.pk] is None]
    if unknown:
        what = Text("{n} 笔退费不知道付款人的账户：{which}", "of {n} refunds the payer's account is not known: {which}")
        raise Refused(
            where=refunds[0].number,
            what=what.filled(n=len(unknown), which="、".join(unknown[:SHOWN])),
            mend=Text(
                "向开户银行查明原付款账户；其余的先单独生成文件。",
                "Ask the bank for the account; make the file of the others meanwhile.",
            ),
        )
    items = [
        PaymentItem(one.number, payee.holder, payee.number, one.amount_fen, f"医保费退款 {one.number}")
        for one in refunds
        if (payee := payees[one.pk]) is not None
    ]
    name = f"TF{at.astimezone(CHINA):%Y%m%d%H%M%S}"
    return Payout(name, plain_payments(batch=name, items=items), refunds)


def _check_bank_refund(refund: Refund, by: Appointment) -> None:
    if by.desk != Desk.TAX or refund.pooling_area != by.organisation.pooling_area:
        raise _not_yours(refund.number)
    if refund.arrival.way not in BY_BANK:
        raise Refused(
            where=refund.number,
            what=Text("这笔款不是从银行来的", "this money did not come by the bank"),
            mend=Text("结果由原渠道告知。", "Its channel tells what became of it."),
        )


def _check_counter(refund: Refund, by: Appointment) -> None:
    payment = refund.arrival.payment
    officer = by.desk == Desk.TAX and refund.pooling_area == by.organisation.pooling_area
    worker = by.desk == Desk.COMMUNITY and payment is not None and payment.taken_at_id == by.organisation_id
    if not (officer or worker):
        raise _not_yours(refund.number)
    if refund.arrival.way != "card":
        raise Refused(
            where=refund.number,
            what=Text("这笔款不是刷卡收的", "this money was not taken by card"),
            mend=Text("按原渠道退回。", "It goes back the way it came."),
        )


def _terminal(refund: Refund) -> str:
    return refund.arrival.payment.terminal if refund.arrival.payment else ""


def _not_yours(where: str) -> Refused:
    return Refused(
        where=where,
        what=Text(
            "只有本统筹区的税务人员或收款的社区可以办理", "only tax officers of the area or the community that took it"
        ),
        mend=Text("请他们办理。", "Leave it to them."),
    )
