"""A day of the book beside what banks and channels say of it: per account, and what differs line by line. 日对账

The ledger's day is the China day on which the payer's money was taken. A channel tells its day with a bill, a bank with
statement lines, a bank's debits with result files. Money that counts on another day than the one on which the outside
has it makes the sums differ for that day; it is named, and needs no explanation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q, Sum

from yingbao.agents.models import Appointment, Desk
from yingbao.collection.alarming import settle_alarm
from yingbao.collection.models import Alarm, BankAccount, Bill, BillLine, DebitItem, Statement, StatementLine
from yingbao.enrolment.seasons import china_day
from yingbao.ledger.posting import AccountName, Role
from yingbao.values.plain import narrow
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

DIFFERING = ("amount", "foreign", "missing")
"""Outcomes of a bill's line that a person has to explain."""
TOLD_BY_BILL = ("wechat", "alipay")
MONEY_ROLES = ("bank", "channel", "debit")
MOST_OTHERS = 200
REFUND_NUMBER = re.compile(r"(?<![0-9A-Z])T[0-9]{16,}(?![0-9A-Z])")

_MOVED = """
SELECT a.role, a.detail,
       coalesce(sum(CASE WHEN t.debit_id = a.id THEN t.amount_fen ELSE -t.amount_fen END)
                FILTER (WHERE t.day < %(day)s), 0),
       coalesce(sum(t.amount_fen) FILTER (WHERE t.day = %(day)s AND t.debit_id = a.id AND NOT settles), 0),
       coalesce(sum(t.amount_fen) FILTER (WHERE t.day = %(day)s AND t.credit_id = a.id AND NOT settles), 0),
       coalesce(sum(CASE WHEN t.debit_id = a.id THEN -t.amount_fen ELSE t.amount_fen END)
                FILTER (WHERE t.day = %(day)s AND settles), 0)
FROM ledger_account a
LEFT JOIN LATERAL (
    SELECT t.*, a.role <> 'bank' AND t.day = %(day)s
                AND EXISTS (SELECT FROM ledger_journal j WHERE j.id = t.journal_id AND j.event = 'settled') AS settles
    FROM ledger_transfer t WHERE t.debit_id = a.id AND t.day <= %(day)s
    UNION ALL
    SELECT t.*, a.role <> 'bank' AND t.day = %(day)s
                AND EXISTS (SELECT FROM ledger_journal j WHERE j.id = t.journal_id AND j.event = 'settled')
    FROM ledger_transfer t WHERE t.credit_id = a.id AND t.day <= %(day)s) t ON true
WHERE a.book = %(book)s AND a.role = ANY(%(roles)s)
GROUP BY a.id ORDER BY a.role, a.detail
"""
_ON_OTHER_DAYS = """
WITH told AS (SELECT unnest(%(keys)s::text[]) AS key), own AS (
    SELECT j.key, j.day, sum(CASE WHEN t.debit_id = a.id THEN t.amount_fen ELSE -t.amount_fen END) AS fen
    FROM ledger_account a
    JOIN ledger_transfer t ON a.id IN (t.debit_id, t.credit_id)
    JOIN ledger_journal j ON j.id = t.journal_id
    WHERE a.code = %(code)s AND (%(bank)s OR j.event <> 'settled')
      AND (t.day = %(day)s OR j.key IN (SELECT key FROM told))
    GROUP BY j.key, j.day)
SELECT own.key, own.day, own.fen, told.key IS NOT NULL FROM own LEFT JOIN told USING (key)
WHERE (told.key IS NOT NULL) <> (own.day = %(day)s) ORDER BY own.key LIMIT %(most)s
"""


class Told(NamedTuple):
    """What the outside says of an account's day. 外部数据"""

    in_fen: int
    out_fen: int
    lines: int


class Sums(NamedTuple):
    """What an account held at the day's beginning, and what moved, in fen. 账户发生额"""

    opening: int = 0
    came: int = 0
    went: int = 0
    settled: int = 0


class AccountDay(NamedTuple):
    """One account's day in the ledger, beside what the outside says. 账户日"""

    role: str
    detail: str
    opening_fen: int
    in_fen: int
    out_fen: int
    settled_fen: int
    """what a channel or bank paid out into our bank account, with its fee"""
    told: Told | None
    """none: nothing has told us of that day yet, or nobody does"""
    awaited: bool
    """a bill or statement of that day has to come, and is not in"""

    @property
    def closing_fen(self) -> int:
        """At the day's end."""
        return self.opening_fen + self.in_fen - self.out_fen - self.settled_fen

    @property
    def in_differs_fen(self) -> int:
        """What the outside has more of incoming money."""
        return self.told.in_fen - self.in_fen if self.told else 0

    @property
    def out_differs_fen(self) -> int:
        """What the outside has more of outgoing money."""
        return self.told.out_fen - self.out_fen if self.told else 0


class Elsewhere(NamedTuple):
    """Money that the book and the outside have on different days. 记账日不同"""

    key: str
    day: date
    """in the book"""
    fen: int
    told_today: bool
    """the outside has it on this day, the book on another; else the other way round"""


def accounts(area: str, day: date, today: date) -> list[AccountDay]:
    """Every account that holds money, on this day. 各账户"""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"book": area, "day": day, "roles": list(MONEY_ROLES)})
        moved = {(role, detail): Sums(*map(int, sums)) for role, detail, *sums in cursor.fetchall()}
    for key in BankAccount.objects.filter(pooling_area=area, active=True).order_by("pk").values_list("pk", flat=True):
        moved.setdefault(("bank", str(key)), Sums())
    for channel in Bill.objects.filter(pooling_area=area, day=day).values_list("channel", flat=True).distinct():
        moved.setdefault(("channel", channel), Sums())
    rows = []
    for (role, detail), sums in sorted(moved.items()):
        told = _told(area, role, detail, day)
        awaited = told is None and day < today and _tells(role, detail) and (role == "bank" or any(sums))
        rows.append(AccountDay(role, detail, sums.opening, sums.came, sums.went, sums.settled, told, awaited))
    return rows


def differing_lines(area: str, day: date) -> list[BillLine]:
    """The lines of the day's bills that say something else than we do, also those found in them. 差异明细"""
    rows = BillLine.objects.filter(bill__pooling_area=area, bill__day=day).exclude(outcome__in=["same", "refund"])
    return list(rows.select_related("bill", "arrival", "arrival__payment").order_by("bill__channel", "at", "pk"))


def on_other_days(area: str, row: AccountDay, day: date) -> list[Elsewhere]:
    """Of an account that is told of, the money that counts on another day in the book than outside. 记账日不同"""
    if row.told is None:
        return []
    name = AccountName(Role(row.role), row.detail)
    values: dict[str, Any] = {
        "keys": _keys(area, row, day), "code": name.code(area), "day": day, "bank": row.role == "bank",
        "most": MOST_OTHERS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ON_OTHER_DAYS, values)
        return [Elsewhere(key, on, int(fen), told) for key, on, fen, told in cursor.fetchall()]


def explain(*, line: BillLine, said: str, by: Appointment, at: datetime) -> BillLine:
    """An officer says how a difference came about; its alarm is settled with it. 说明差异

    May be said again; the last word counts. Raises Refused for a line that agrees and without any words.
    """
    where = f"{line.bill.channel} {line.bill.day}"
    words = " ".join(said.split())
    if by.desk != Desk.TAX or by.organisation.pooling_area != line.bill.pooling_area:
        what = Text("只有本统筹区的税务人员可以说明差异", "only tax officers of the pooling area explain it")
        raise Refused(where=where, what=what, mend=Text("请税务部门办理。", "Leave it to the tax authority."))
    if line.outcome not in DIFFERING:
        what = Text("这一行没有差异", "this line does not differ")
        raise Refused(where=where, what=what, mend=Text("不用说明。", "Nothing is to be explained."))
    if not words:
        what = Text("没有写明原因", "nothing is said of why")
        raise Refused(where=where, what=what, mend=Text("写明核对的结果。", "Say what the check showed."))
    tail = f"（{by.user.name} {china_day(at):%Y-%m-%d}）"
    with transaction.atomic():
        line.explained = words[: 200 - len(tail)] + tail
        line.save(update_fields=["explained"])
        key = f"{line.bill.channel}:{line.bill.day:%Y%m%d}:{line.kind}:{line.transaction}:{line.refund_number}"
        alarms = Alarm.objects.filter(pooling_area=line.bill.pooling_area, kind="difference", key=key)
        for alarm in alarms.filter(settled_at__isnull=True):
            settle_alarm(alarm=alarm, note=line.explained, by=by.user, at=at)
    return line


def states(area: str, first: date, last: date, today: date) -> dict[date, str]:
    """How each day of a span stands: agreed, explained, differs, missing, quiet or open. 各日状态

    `open`: today and later; `missing`: a bill or statement is still to come; `differs`: something is not explained.
    """
    moved = _moved_days(area, first, last)
    bills: dict[date, set[str]] = {}
    for channel, day in Bill.objects.filter(pooling_area=area, day__range=(first, last)).values_list("channel", "day"):
        bills.setdefault(day, set()).add(channel)
    differing = _differing_days(area, first, last)
    covered = _covered(area, first, last)
    began = _began(area)
    found = {}
    for number in range((last - first).days + 1):
        day = date.fromordinal(first.toordinal() + number)
        named = {detail for role, detail in moved.get(day, ()) if role == "channel" and detail in TOLD_BY_BILL}
        if day >= today:
            found[day] = "open"
        elif began is None or day < began:
            found[day] = "quiet"
        elif differing.get(day):
            found[day] = "differs"
        elif named - bills.get(day, set()) or not all(day in span for span in covered):
            found[day] = "missing"
        elif day in differing:
            found[day] = "explained"
        else:
            found[day] = "agreed" if moved.get(day) or day in bills else "quiet"
    return found


def _tells(role: str, detail: str) -> bool:
    return role == "bank" or (role == "channel" and detail in TOLD_BY_BILL)


def _told(area: str, role: str, detail: str, day: date) -> Told | None:
    if role == "channel":
        return _told_by_bill(area, detail, day)
    if role == "bank":
        return _told_by_statement(int(detail), day)
    items = DebitItem.objects.filter(batch__pooling_area=area, batch__account__in=_accounts_of(area, detail))
    taken = items.filter(taken_on=day).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    back = items.filter(returned_on=day).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    count = items.filter(Q(taken_on=day) | Q(returned_on=day)).count()
    return Told(taken, back, count)


def _accounts_of(area: str, detail: str) -> list[int]:
    """Our accounts whose debits clear there: named by the bank's code, or by the account itself."""
    rows = BankAccount.objects.filter(pooling_area=area)
    named = Q(bank_code=detail) | (Q(pk=int(detail)) if detail.isascii() and detail.isdigit() else Q(pk=0))
    return list(rows.filter(named).values_list("pk", flat=True))


def _told_by_bill(area: str, channel: str, day: date) -> Told | None:
    bills = Bill.objects.filter(pooling_area=area, channel=channel, day=day)
    sums = bills.aggregate(gross=Sum("gross_fen"), back=Sum("refunds_fen"))
    if sums["gross"] is None:
        return None
    lines = BillLine.objects.filter(bill__in=bills).exclude(outcome="missing").count()
    return Told(sums["gross"], sums["back"], lines)


def _told_by_statement(account: int, day: date) -> Told | None:
    if not Statement.objects.filter(account=account, first__lte=day, last__gte=day).exists():
        return None
    lines = StatementLine.objects.filter(statement__account=account, booked_on=day)
    came = lines.filter(incoming=True).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    went = lines.filter(incoming=False).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return Told(came, went, lines.count())


def _keys(area: str, row: AccountDay, day: date) -> Sequence[str]:
    """The keys of the journals that the outside's lines of the day are in the book."""
    if row.role == "bank":
        lines = StatementLine.objects.filter(statement__account=int(row.detail), booked_on=day)
        keys = [f"line:{key}" for key in lines.values_list("key", flat=True)]
        back = lines.filter(meaning="refund").values_list("text", flat=True)
        return keys + _refunds_named(back)
    if row.role == "channel":
        lines_ = BillLine.objects.filter(bill__pooling_area=area, bill__channel=row.detail, bill__day=day)
        paid = lines_.filter(kind="payment", arrival__isnull=False).values_list("arrival__key", flat=True)
        given = lines_.filter(kind="refund").values_list("refund_number", flat=True)
        return [*paid, *(f"refund_paid:{number}" for number in given)]
    items = DebitItem.objects.filter(batch__pooling_area=area).filter(Q(taken_on=day) | Q(returned_on=day))
    keys = list(items.filter(arrival__isnull=False).values_list("arrival__key", flat=True))
    return [*keys, *(f"return:{end}" for end in items.values_list("end_to_end", flat=True))]


def _refunds_named(texts: Iterable[str]) -> list[str]:
    """The refunds that outgoing lines pay, which are booked with their own journal."""
    numbers = {number for text in texts for number in REFUND_NUMBER.findall(narrow(text).upper())}
    return [f"refund_paid:{number}" for number in sorted(numbers)]


def _moved_days(area: str, first: date, last: date) -> dict[date, set[tuple[str, str]]]:
    """The accounts that moved on each day."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.day::date, a.role, a.detail
            FROM generate_series(%s::date, %s::date, interval '1 day') AS d (day) CROSS JOIN ledger_account a
            WHERE a.book = %s AND a.role = ANY(%s)
              -- The first day from this one on: read off an index. Of EXISTS the planner makes a hash of all transfers.
              AND d.day::date IN (
                  (SELECT min(t.day) FROM ledger_transfer t WHERE t.debit_id = a.id AND t.day >= d.day::date),
                  (SELECT min(t.day) FROM ledger_transfer t WHERE t.credit_id = a.id AND t.day >= d.day::date))
            """,
            [first, last, area, list(MONEY_ROLES)],
        )
        found: dict[date, set[tuple[str, str]]] = {}
        for day, role, detail in cursor.fetchall():
            found.setdefault(day, set()).add((role, detail))
        return found


def _differing_days(area: str, first: date, last: date) -> dict[date, int]:
    """Days on which lines differ, with how many of them nobody has explained."""
    rows = BillLine.objects.filter(
        bill__pooling_area=area, bill__day__range=(first, last), outcome__in=DIFFERING
    ).values_list("bill__day", "explained")
    found: dict[date, int] = {}
    for day, explained in rows:
        found[day] = found.get(day, 0) + (explained == "")
    return found


def _covered(area: str, first: date, last: date) -> list[set[date]]:
    """For each active account, the days of which a statement tells."""
    found = []
    for account in BankAccount.objects.filter(pooling_area=area, active=True).order_by("pk"):
        days: set[date] = set()
        spans = Statement.objects.filter(account=account, first__lte=last, last__gte=first).values_list("first", "last")
        for begins, ends in spans:
            days |= {date.fromordinal(n) for n in range(begins.toordinal(), ends.toordinal() + 1)}
        found.append(days)
    return found


def _began(area: str) -> date | None:
    """The first day on which money moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT min(least(d.day, c.day)) FROM ledger_account a
            LEFT JOIN LATERAL (SELECT min(day) AS day FROM ledger_transfer WHERE debit_id = a.id) d ON true
            LEFT JOIN LATERAL (SELECT min(day) AS day FROM ledger_transfer WHERE credit_id = a.id) c ON true
            WHERE a.book = %s AND a.role = ANY(%s)
            """,
            [area, list(MONEY_ROLES)],
        )
        row = cursor.fetchone()
        return row[0] if row else None
