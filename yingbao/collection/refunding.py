"""Money goes back to where it came from: asked for by one, approved by another. 退费

The platform itself asks for what was paid twice, or paid for a child who turned out exempt. From the approval on the
sum is in transit; it is gone once the channel or the bank says so, and overpaid again if they could not pay it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from yingbao.agents.models import Appointment, Desk, User
from yingbao.collection import receipting
from yingbao.collection.alarming import raise_alarm
from yingbao.collection.lifecycle import REFUND_EDGES, REFUND_NAMES, RefundState
from yingbao.collection.models import Arrival, Refund
from yingbao.enrolment.seasons import china_day
from yingbao.ledger.closing import open_day
from yingbao.ledger.journals import post
from yingbao.ledger.posting import AccountName, Entry, Event, Posting, Role, digest_of
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

SUSPENSE = AccountName(Role.SUSPENSE)
OVERPAID = AccountName(Role.OVERPAID)
TRANSIT = AccountName(Role.TRANSIT)
UNEXPLAINED = AccountName(Role.UNEXPLAINED)
UNDER_WAY = (RefundState.SUBMITTED, RefundState.PROCESSING)


def ask(
    *,
    arrival: Arrival,
    amount_fen: int,
    reason: str,
    by: User | None,
    at: datetime,
    obligation: int | None = None,
    note: str = "",
) -> Refund:
    """Ask for a refund of what is overpaid; without `by` the platform found it by itself. 申请退费"""
    count = Refund.objects.filter(arrival=arrival).count()
    number = f"T{china_day(at):%y%m%d}{arrival.pk:08}{count:02}"
    return Refund.objects.create(
        pooling_area=arrival.pooling_area, number=number, arrival=arrival, obligation_id=obligation,
        amount_fen=amount_fen, reason=reason, note=note, requested_at=at, requested_by=by,
    )  # fmt: skip


def send_back(*, arrival: Arrival, reason: str, note: str, by: Appointment, at: datetime) -> Refund:
    """An officer asks that money in suspense goes back to its payer; another has to approve. 暂收款退回"""
    _check_collector(arrival.pooling_area, by)
    if not note.strip():
        raise _refused(arrival.key, Text("没有写明理由", "there is no reason"), Text("写明退回的理由。", "Say why."))
    with transaction.atomic():
        locked = Arrival.objects.select_for_update().get(pk=arrival.pk)
        held = locked.suspense_fen
        if held == 0:
            what = Text("这笔款没有暂收余额", "nothing of it is in suspense")
            raise _refused(arrival.key, what, Text("刷新页面看它现在的去向。", "Reload the page to see where it is."))
        key = f"send_back:{locked.pk}:{locked.overpaid_fen + locked.refunded_fen}"
        _post(locked, key, Event.UNMATCHED, Entry(SUSPENSE, OVERPAID, held, source=locked.pk), at, by.user)
        _move(locked, overpaid=held)
        return ask(arrival=locked, amount_fen=held, reason=reason, by=by.user, at=at, note=note.strip()[:200])


def ask_again(*, refund: Refund, note: str, by: Appointment, at: datetime) -> Refund:
    """An officer asks once more for what was not approved before: the sum is still its payer's. 再次申请退费

    Another officer decides. Raises Refused for a refund that was not rejected, without a reason, and while another
    refund waits for the same money or has taken it.
    """
    with transaction.atomic():
        arrival, locked = _locked(refund)
        _check_collector(locked.pooling_area, by)
        if locked.state != RefundState.REJECTED:
            what = Text("退费现在是“{state}”，不用再申请", "the refund is {state}; it is not asked for again")
            what = what.filled(state=REFUND_NAMES[RefundState(locked.state)])
            raise _refused(locked.number, what, Text("刷新页面看最新状态。", "Reload the page."))
        if not note.strip():
            what = Text("没有写明理由", "there is no reason")
            raise _refused(locked.number, what, Text("写明为什么再次申请。", "Say why it is asked for again."))
        waiting = Refund.objects.filter(arrival=arrival, state__in=[RefundState.REQUESTED, RefundState.ABNORMAL])
        if arrival.overpaid_fen - sum(waiting.values_list("amount_fen", flat=True)) < locked.amount_fen:
            what = Text("这笔款已有待办的退费，或已退回", "another refund of this money waits already, or it went back")
            raise _refused(locked.number, what, Text("查看这笔到账的其他退费。", "Look at its other refunds."))
        return ask(
            arrival=arrival, obligation=locked.obligation_id, amount_fen=locked.amount_fen, reason=locked.reason,
            by=by.user, at=at, note=note.strip()[:200],
        )  # fmt: skip


def approve(*, refund: Refund, by: Appointment, at: datetime) -> Refund:
    """A second officer approves: the sum is on its way. 批准退费"""
    with transaction.atomic():
        arrival, locked = _locked(refund)
        _check_collector(locked.pooling_area, by)
        if locked.state in (RefundState.APPROVED, *UNDER_WAY, RefundState.SUCCEEDED):
            return locked
        _check_edge(locked, RefundState.APPROVED)
        if locked.requested_by_id == by.user_id:
            what = Text("申请人不能批准自己的申请", "who asked for a refund cannot approve it")
            raise _refused(locked.number, what, Text("请另一位人员审批。", "Let another officer approve it."))
        if arrival.overpaid_fen < locked.amount_fen:
            what = Text("可退的多缴金额不足", "less than that is overpaid")
            raise _refused(locked.number, what, Text("核对这笔到账的去向。", "Look where the money is now."))
        entry = Entry(OVERPAID, TRANSIT, locked.amount_fen, subject=locked.obligation_id, source=arrival.pk)
        _post(arrival, f"refund:{locked.number}:{_tries(locked)}", Event.REFUND_APPROVED, entry, at, by.user)
        _move(arrival, overpaid=-locked.amount_fen, refunded=locked.amount_fen)
        locked.state, locked.decided_at, locked.decided_by = RefundState.APPROVED, at, by.user
        locked.save(update_fields=["state", "decided_at", "decided_by"])
        return locked


def reject(*, refund: Refund, note: str, by: Appointment, at: datetime) -> Refund:
    """A second officer does not approve, and says why; the sum stays held for its payer. 不予退费"""
    with transaction.atomic():
        _, locked = _locked(refund)
        _check_collector(locked.pooling_area, by)
        _check_edge(locked, RefundState.REJECTED)
        if not note.strip():
            what = Text("没有写明理由", "there is no reason")
            raise _refused(locked.number, what, Text("写明不批准的理由。", "Say why it is not approved."))
        if locked.requested_by_id == by.user_id:
            what = Text("申请人不能审批自己的申请", "who asked for a refund does not decide on it")
            raise _refused(locked.number, what, Text("请另一位人员审批。", "Let another officer decide."))
        locked.state, locked.decided_at, locked.decided_by = RefundState.REJECTED, at, by.user
        locked.decision_note = note.strip()[:200]
        locked.save(update_fields=["state", "decided_at", "decided_by", "decision_note"])
        return locked


def submit(*, refunds: Sequence[int], at: datetime) -> list[Refund]:
    """Mark approved refunds as handed to channel or bank, before they are: nothing is sent twice. 提交退费

    Returns those that were approved until now; the caller hands out these and no others.
    """
    with transaction.atomic():
        rows = Refund.objects.filter(pk__in=refunds, state=RefundState.APPROVED).order_by("pk")
        due = list(rows.select_for_update(of=("self",)).select_related("arrival", "arrival__payment"))
        Refund.objects.filter(pk__in=[one.pk for one in due]).update(state=RefundState.SUBMITTED, submitted_at=at)
        for one in due:
            one.state, one.submitted_at = RefundState.SUBMITTED, at
        return due


def heard(*, number: str, outcome: RefundState, at: datetime, said: str = "", amount_fen: int | None = None) -> Refund:
    """Channel or bank says what became of a refund: processing, succeeded or abnormal. 退费结果

    Being told again changes nothing. Raises Refused for a number that we never sent, and for another sum. What could
    not be paid back of a debit that has come back itself is off.
    """
    with transaction.atomic():
        refund = Refund.objects.filter(number=number).first()
        if refund is None:
            what = Text("没有这个退费单号", "there is no refund of this number")
            raise _refused(number, what, Text("请核对单号。", "Compare the number."))
        arrival, locked = _locked(refund)
        if amount_fen is not None and amount_fen != locked.amount_fen:
            said = "退款金额与申请不符"
            raise_alarm(locked.pooling_area, kind="difference", key=number, said=said, at=at, arrival=arrival)
            raise _refused(number, Text(said, "another sum was refunded"), Text("请向渠道核实。", "Ask the channel."))
        if locked.state in (outcome, RefundState.SUCCEEDED):
            return locked
        if (locked.state, outcome) == (RefundState.DROPPED, RefundState.ABNORMAL):
            return locked
        _check_edge(locked, outcome)
        if outcome == RefundState.ABNORMAL and arrival.reversed_at is not None:
            outcome = RefundState.DROPPED
        if outcome == RefundState.SUCCEEDED:
            _paid(locked, arrival, at)
        elif outcome == RefundState.ABNORMAL:
            _failed(locked, arrival, said, at)
        elif outcome == RefundState.DROPPED:
            _never_left(locked, arrival, at)
        locked.state, locked.said = outcome, said[:200]
        locked.finished_at = at if outcome in (RefundState.SUCCEEDED, RefundState.DROPPED) else None
        locked.save(update_fields=["state", "said", "finished_at"])
        return locked


def drop(*, arrival: Arrival, note: str, by: User | None, at: datetime) -> None:
    """Refunds that did not go out yet are off: the money itself has gone back. 撤销退费

    The caller holds the arrival; of what was approved the sum is overpaid again, and its rows have to be read anew.
    """
    states = [RefundState.REQUESTED, RefundState.APPROVED, RefundState.ABNORMAL]
    waiting = Refund.objects.filter(arrival=arrival, state__in=states).order_by("pk")
    for refund in waiting.select_for_update():
        if refund.state == RefundState.APPROVED:
            _taken_back(refund, arrival, at, by)
        refund.state, refund.finished_at, refund.decision_note = RefundState.DROPPED, at, note
        refund.save(update_fields=["state", "finished_at", "decision_note"])


def _paid(refund: Refund, arrival: Arrival, at: datetime) -> None:
    """The sum has left the account that it came into; the receipt for it is void."""
    role, _, detail = arrival.at_account.partition(":")
    account = AccountName(Role(role), detail)
    entry = Entry(TRANSIT, account, refund.amount_fen, subject=refund.obligation_id, source=arrival.pk)
    _post(arrival, f"refund_paid:{refund.number}", Event.REFUND_PAID, entry, at, None)
    if refund.obligation_id is not None:
        receipting.void_released(at=at, arrivals=[arrival.pk], obligation=refund.obligation_id)


def _failed(refund: Refund, arrival: Arrival, said: str, at: datetime) -> None:
    _taken_back(refund, arrival, at, None)
    key = refund.number
    said = f"退费失败：{said}" if said else "退费失败"
    raise_alarm(refund.pooling_area, kind="abnormal_refund", key=key, said=said, at=at, arrival=arrival)


def _taken_back(refund: Refund, arrival: Arrival, at: datetime, by: User | None) -> None:
    """What was on its way is held for its payer again."""
    entry = Entry(TRANSIT, OVERPAID, refund.amount_fen, subject=refund.obligation_id, source=arrival.pk)
    _post(arrival, f"refund_failed:{refund.number}:{_tries(refund)}", Event.REFUND_FAILED, entry, at, by)
    _move(arrival, overpaid=refund.amount_fen, refunded=-refund.amount_fen)


def _never_left(refund: Refund, arrival: Arrival, at: datetime) -> None:
    """The debit itself had come back while its refund was under way: now nothing of it is left to explain."""
    entry = Entry(TRANSIT, UNEXPLAINED, refund.amount_fen, subject=refund.obligation_id, source=arrival.pk)
    _post(arrival, f"refund_failed:{refund.number}:{_tries(refund)}", Event.REFUND_FAILED, entry, at, None)
    _move(arrival, refunded=-refund.amount_fen)


def _locked(refund: Refund) -> tuple[Arrival, Refund]:
    """Lock the arrival first, as everyone does, then the refund."""
    arrival = Arrival.objects.select_for_update().get(pk=refund.arrival_id)
    rows = Refund.objects.select_for_update(of=("self",)).select_related("decided_by", "requested_by")
    return arrival, rows.get(pk=refund.pk)


def _tries(refund: Refund) -> str:
    """Which try it is: an abnormal refund is approved anew, at another moment."""
    return f"{refund.decided_at:%Y%m%dT%H%M%S%f}" if refund.decided_at else "first"


def _move(arrival: Arrival, *, overpaid: int = 0, refunded: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE collection_arrival SET overpaid_fen = overpaid_fen + %s, refunded_fen = refunded_fen + %s
            WHERE id = %s
            """,
            [overpaid, refunded, arrival.pk],
        )


def _post(arrival: Arrival, key: str, event: Event, entry: Entry, at: datetime, by: User | None) -> None:
    day = open_day(arrival.pooling_area, china_day(at))
    posting = Posting(key, event, day, (entry,), digest_of(key, entry.amount_fen))
    post(posting, book=arrival.pooling_area, at=at, by=by.pk if by else None)


def _check_edge(refund: Refund, target: RefundState) -> None:
    if (RefundState(refund.state), target) not in REFUND_EDGES:
        what = Text("退费现在是“{state}”，不能改为“{target}”", "the refund is {state}; it cannot become {target}")
        raise _refused(
            refund.number,
            what.filled(state=REFUND_NAMES[RefundState(refund.state)], target=REFUND_NAMES[target]),
            Text("刷新页面看最新状态。", "Reload the page."),
        )


def _check_collector(pooling_area: str, by: Appointment) -> None:
    if by.desk != Desk.TAX or by.organisation.pooling_area != pooling_area:
        what = Text("只有本统筹区的税务人员可以办理退费", "only tax officers of the pooling area refund")
        raise _refused(pooling_area, what, Text("请税务部门办理。", "Leave it to the tax authority."))


def _refused(where: str, what: Text, mend: Text) -> Refused:
    return Refused(where=where, what=what, mend=mend)
