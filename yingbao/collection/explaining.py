"""An officer says what a line is that tells nothing: a hand-over to the treasury, a payout for cards. 流水说明

What was posted stays; a further journal moves the sum to where it belongs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from yingbao.agents.models import Appointment
from yingbao.collection.advising import check_collector
from yingbao.collection.meanings import TREASURY, UNEXPLAINED
from yingbao.collection.models import Alarm, Arrival, StatementLine
from yingbao.collection.whole import whole
from yingbao.enrolment.seasons import china_day
from yingbao.ledger.balances import balance_of
from yingbao.ledger.closing import open_day
from yingbao.ledger.journals import post
from yingbao.ledger.posting import AccountName, Entry, Event, Posting, Role, digest_of
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

SUSPENSE = AccountName(Role.SUSPENSE)
CARD = AccountName(Role.CHANNEL, "card")
Explained = Literal["hand_over", "card"]


def explain(*, line: StatementLine, what: Explained, note: str, by: Appointment, at: datetime) -> StatementLine:
    """Say what a line is. 说明流水

    `hand_over`: money out that went to the treasury. `card`: money in that a card acquirer paid out for the counters.
    Raises Refused without a note, and for lines that are known or of whose money something was applied already.
    """

    def deed() -> StatementLine:
        locked = (
            StatementLine.objects.select_for_update(of=("self",)).select_related("statement__account").get(pk=line.pk)
        )
        area = locked.statement.account.pooling_area
        check_collector(area, by)
        if not note.strip():
            raise _refused(locked, Text("没有写明依据", "it is not said how one knows"))
        if (what == "hand_over") != (locked.meaning == "unexplained"):
            raise _refused(locked, Text("这笔流水不能这样说明", "this line cannot be that"))
        entry = Entry(TREASURY, UNEXPLAINED, locked.amount_fen) if what == "hand_over" else _card(locked, at)
        key = f"explained:{locked.key}"
        day = open_day(area, china_day(at))
        post(
            Posting(key, Event.EXPLAINED, day, (entry,), digest_of(key, what), note.strip()[:200]),
            book=area, at=at, by=by.user_id,
        )  # fmt: skip
        locked.meaning = "hand_over" if what == "hand_over" else "settlement"
        locked.save(update_fields=["meaning"])
        alarms = Alarm.objects.filter(pooling_area=area, key=f"line:{locked.key}", settled_at__isnull=True)
        alarms.update(settled_at=at, settled_by=by.user, note=note.strip()[:200])
        return locked

    return whole(deed)


def _card(line: StatementLine, at: datetime) -> Entry:
    """Out of suspense: it never was a payer's transfer."""
    arrival = Arrival.objects.select_for_update().filter(line=line).first()
    if line.meaning != "arrival" or arrival is None or arrival.suspense_fen != line.amount_fen:
        raise _refused(line, Text("这笔款已有去向", "this money has been settled already"))
    if line.amount_fen > balance_of(arrival.pooling_area, CARD):
        raise _refused(line, Text("刷卡收款没有这么多待结算", "the counters took less by card than that"))
    Arrival.objects.filter(pk=arrival.pk).update(reversed_at=at, why_suspended="")
    return Entry(SUSPENSE, CARD, line.amount_fen, source=arrival.pk)


def _refused(line: StatementLine, what: Text) -> Refused:
    where = f"{line.booked_on} {line.serial or line.ordinal}"
    return Refused(where=where, what=what, mend=Text("刷新页面，核对后再办", "reload the page and look again"))
