"""What a channel says of an order becomes money in the book and a state of the order. 订单结算

A notice, a query, a bill's line and a counter's slip say the same thing: all come through here, keyed by the channel's
own number, so that the first one counts and the others change nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from yingbao.agents.models import User
from yingbao.collection import refusing
from yingbao.collection.alarming import raise_alarm
from yingbao.collection.arriving import Taken, Told, hold, match, take
from yingbao.collection.lifecycle import PaymentState, Word, may_move
from yingbao.collection.models import Arrival, Payment
from yingbao.collection.whole import whole
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day
from yingbao.ledger.posting import AccountName, Role, digest_of

SHORTEST_VOUCHER, LONGEST_VOUCHER = 4, 20


class Paid(NamedTuple):
    """Money that a channel took for an order. 渠道收款"""

    channel: str
    merchant: str
    """merchant number, app, or the counter's terminal and day"""
    order_number: str
    transaction: str
    """the channel's own number"""
    amount_fen: int
    paid_at: datetime
    """when the payer's money was taken"""
    payer: str = ""

    @property
    def key(self) -> str:
        """The business key: one for notice, query and bill."""
        return f"{self.channel}:{self.merchant}:{self.transaction}"

    @property
    def digest(self) -> bytes:
        """Of what must be the same whoever says it; moments differ between a notice and a bill."""
        return digest_of(self.channel, self.merchant, self.order_number, self.transaction, self.amount_fen, "CNY")


class Settled(NamedTuple):
    """What became of it. 结算结果"""

    payment: Payment | None
    """null: no order of ours has the number; the money waits in suspense"""
    taken: Taken


def settle(*, paid: Paid, word: Word, at: datetime) -> Settled:
    """Record money for an order, once, and let the order and its children follow. 结算

    The order's own sum pays; any other waits in suspense and the order is in conflict. A second transaction for the
    same order finds its children paid and goes back. A closed order may still be paid: the money is real. Money for an
    order that nobody knows waits in suspense.
    """
    return whole(lambda: _settled(paid, word, at))


def take_card(*, payment: Payment, voucher: str, by: User, at: datetime) -> Settled:
    """A card was charged at the counter: the slip's voucher number is the proof. 刷卡收款

    Raises Refused if the voucher stands for another payment or is none.
    """
    merchant = _terminal_of(payment.terminal, voucher, at)
    paid = Paid("card", merchant, payment.number, voucher, payment.total_fen, at, payment.payer)

    def deed() -> Settled:
        held = Payment.objects.select_for_update().get(pk=payment.pk)
        known = Arrival.objects.filter(key=paid.key).first()
        if known is not None and known.payment_id != held.pk:
            raise refusing.voucher_used(voucher)
        first = held.arrivals.first()
        if first is not None:
            return Settled(held, Taken(first, False, {}))
        return _settled(paid, Word.COUNTER, at)

    return whole(deed)


def check_voucher(*, terminal: str, voucher: str, at: datetime) -> None:
    """Refused if the slip's numbers are none, or if they stand for a payment already made. 核对凭证号

    A second click comes with the same numbers: whoever sends a form asks for its order first.
    """
    merchant = _terminal_of(terminal, voucher, at)
    if Arrival.objects.filter(key=f"card:{merchant}:{voucher}").exists():
        raise refusing.voucher_used(voucher)


def close(*, payment: Payment, word: Word, at: datetime, said: str = "") -> Payment:
    """The channel says that an order can no longer be paid. 关闭订单"""
    return _moved_alone(payment, PaymentState.CLOSED, word, at, said)


def fail(*, payment: Payment, word: Word, at: datetime, said: str = "") -> Payment:
    """The channel says that an order came to nothing. 订单失败"""
    return _moved_alone(payment, PaymentState.FAILED, word, at, said)


def wait(*, payment: Payment, at: datetime, said: str = "") -> Payment:
    """The channel says that an order still waits for its payer. 等待付款"""
    return _moved_alone(payment, PaymentState.PENDING, Word.QUERY, at, said)


def lose_sight(*, payment: Payment, at: datetime, said: str) -> Payment:
    """The channel was asked and gave no answer that can be believed. 结果未知"""
    return _moved_alone(payment, PaymentState.UNKNOWN, Word.QUERY, at, said)


def note_asked(*, payment: Payment, at: datetime) -> Payment:
    """The channel was asked and knows nothing of the order yet; its state stays. 已查询"""

    def deed() -> Payment:
        held = Payment.objects.select_for_update().get(pk=payment.pk)
        held.checked_at = at
        held.save(update_fields=["checked_at"])
        return held

    return whole(deed)


def area_of(order_number: str) -> str:
    """The pooling area whose order number this would be; else the first one there is. 所属统筹区"""
    areas = list(Season.objects.order_by("pooling_area").values_list("pooling_area", flat=True).distinct())
    return order_number[:6] if order_number[:6] in areas or not areas else areas[0]


def _settled(paid: Paid, word: Word, at: datetime) -> Settled:
    payment = Payment.objects.select_for_update().filter(number=paid.order_number, channel=paid.channel).first()
    area = payment.pooling_area if payment else area_of(paid.order_number)
    account = AccountName(Role.CHANNEL, paid.channel)
    told = Told(area, paid.channel, paid.key, paid.digest, account, paid.amount_fen, paid.paid_at, paid.payer)
    if payment is None:
        return Settled(None, _held(told, paid, at))
    why = "" if paid.amount_fen == payment.total_fen else "wrong_amount"
    wanted = dict(payment.lines.order_by("obligation_id").values_list("obligation_id", "amount_fen"))
    taken = take(told, wanted=wanted, at=at, payment=payment, why=why)
    if not taken.fresh and not taken.conflict:
        _adopt(taken.arrival, payment, list(wanted), why, at)
    _move(payment, PaymentState.CONFLICT if why or taken.conflict else PaymentState.SUCCEEDED, word, at, paid)
    return Settled(payment, taken)


def _held(told: Told, paid: Paid, at: datetime) -> Taken:
    taken = hold(told, why="no_order", at=at)
    if taken.fresh:
        said = f"收到一笔没有订单的付款，订单号 {paid.order_number[:40]}"
        raise_alarm(told.pooling_area, kind="difference", key=told.key, said=said, at=at, arrival=taken.arrival)
    return taken


def _adopt(arrival: Arrival, payment: Payment, obligations: list[int], why: str, at: datetime) -> None:
    """Money that had come before its order was known finds the order."""
    if arrival.payment_id is None:
        Arrival.objects.filter(pk=arrival.pk).update(payment=payment)
        if not why:
            match(arrival, obligations=obligations, at=at)


def _move(payment: Payment, target: PaymentState, word: Word, at: datetime, paid: Paid) -> None:
    payment.checked_at = at
    if may_move(payment.state, target, word):
        payment.state = target.value
        payment.merchant, payment.transaction, payment.paid_at = paid.merchant, paid.transaction, paid.paid_at
        payment.said = "" if target == PaymentState.SUCCEEDED else "到账内容与订单不符，等待核对"
    payment.save(update_fields=["state", "merchant", "transaction", "paid_at", "checked_at", "said"])


def _moved_alone(payment: Payment, target: PaymentState, word: Word, at: datetime, said: str) -> Payment:
    def deed() -> Payment:
        held = Payment.objects.select_for_update().get(pk=payment.pk)
        if may_move(held.state, target, word):
            held.state, held.said = target.value, said[:200]
        held.checked_at = at
        held.save(update_fields=["state", "said", "checked_at"])
        return held

    return whole(deed)


def _terminal_of(terminal: str, voucher: str, at: datetime) -> str:
    """Terminal and day, within which a voucher number is given once."""
    if not all(_is_number(one) for one in (voucher, terminal)):
        raise refusing.voucher_missing()
    return f"{terminal}:{china_day(at):%Y%m%d}"


def _is_number(text: str) -> bool:
    return SHORTEST_VOUCHER <= len(text) <= LONGEST_VOUCHER and text.isascii() and text.isalnum()
