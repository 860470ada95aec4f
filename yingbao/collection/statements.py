"""A bank statement is taken whole or not at all: every line gets its meaning and its posting in one transaction. 对账单

What a file says twice is recorded once; a line that says otherwise than before, or a gap to the statement before, keeps
the whole file out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection

from yingbao.agents.models import Appointment, Desk
from yingbao.collection import refunding
from yingbao.collection.accounts import bank_of, kept
from yingbao.collection.alarming import raise_alarm
from yingbao.collection.lifecycle import RefundState
from yingbao.collection.meanings import Decided, Known, LineFacts
from yingbao.collection.models import Arrival, BankAccount, Bill, Refund, Statement, StatementLine
from yingbao.collection.whole import whole
from yingbao.ledger.closing import open_day
from yingbao.ledger.journals import post_many
from yingbao.ledger.posting import AccountName, Entry, Event, Posting, Role, digest_of
from yingbao.values import money
from yingbao.values.clock import CHINA
from yingbao.values.plain import compact
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

__all__ = ["LineFacts", "StatementFacts", "TakenStatement", "take_statement"]

SUSPENSE = AccountName(Role.SUSPENSE)
POSTED_AT_ONCE = 2_000
EVENTS = {
    "arrival": Event.ARRIVED, "settlement": Event.SETTLED, "debit": Event.SETTLED, "debit_return": Event.SETTLED,
    "refund": Event.SETTLED, "hand_over": Event.HANDED_OVER, "unexplained": Event.SETTLED,
}  # fmt: skip
Progress = Callable[[int, int], None]
_EXPORT = Text(
    "中间缺了流水，或文件不是同一账户接续的；从银行按接续的日期重新导出",
    "lines are missing in between; export it from the bank again, from where the last one ends",
)


class StatementFacts(NamedTuple):
    """A statement as a checked file tells it; its lines add up to its balances. 对账单内容"""

    account: str
    sha256: bytes
    name: str
    form: str
    number: str
    first: date
    last: date
    opening_fen: int | None
    closing_fen: int | None
    lines: Sequence[LineFacts]


class TakenStatement(NamedTuple):
    """What became of a statement. 导入结果"""

    statement: Statement
    fresh: bool
    """false if this file, or all that it says, had been taken before"""
    counts: dict[str, int]
    """meaning → lines that are new"""


class LineDiffers(Refused):
    """A line that we know says something else now. 流水前后不一"""

    def __init__(self, file: StatementFacts, line: LineFacts) -> None:
        self.key = line.key
        super().__init__(
            where=f"{file.name} {line.ordinal}",
            what=Text(
                "{day}的一笔流水（{serial}）与先前导入的内容不同",
                "a line of {day} ({serial}) says something else than when it was taken before",
            ).filled(day=line.booked_on, serial=line.serial or line.ordinal),
            mend=Text(
                "整份文件未导入。请向银行核实后重新导出", "nothing was taken; ask the bank, then export it again"
            ),
        )


def take_statement(
    *, account: BankAccount, file: StatementFacts, by: Appointment, at: datetime, progress: Progress | None = None
) -> TakenStatement:
    """Take a statement of one of our accounts. 导入对账单

    The same file again gets the first answer; lines that are known are passed over. Raises Refused for another
    account, a gap, a line that differs from what it said before (which raises an alarm too); then nothing is taken.
    """
    told = progress or (lambda done, total: None)
    try:
        return whole(lambda: _taken(account, file, by, at, told))
    except LineDiffers as refused:
        said = "对账单中有一笔流水与先前导入的内容不同，整份文件未导入"
        raise_alarm(account.pooling_area, kind="conflict", key=f"line:{refused.key}", said=said, at=at)
        raise


def digest_of_line(line: LineFacts) -> bytes:
    """What a line says of the money, told again it has to be the same. 流水摘要"""
    # Blanks apart: a text of the same line is cut in other places in another form of the file.
    words = [compact(said) for said in (line.counterparty, line.counterparty_account, line.text)]
    return digest_of(line.key, line.booked_on, line.signed_fen, *words)


def moment_of(line: LineFacts) -> datetime:
    """A bank tells the day on which money came; it counts from that day's beginning in China. 入账时刻"""
    return datetime.combine(line.booked_on, time(), CHINA)


def _taken(
    account: BankAccount, file: StatementFacts, by: Appointment, at: datetime, progress: Progress
) -> TakenStatement:
    account = BankAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    _check_own(account, file, by)
    if (before := Statement.objects.filter(sha256=file.sha256).first()) is not None:
        return TakenStatement(before, False, {})
    digests = {line.key: digest_of_line(line) for line in file.lines}
    known = _known(file, digests)
    last = Statement.objects.filter(account=account).order_by("last", "pk").last()
    if file.lines and len(known) == len(file.lines):
        line = StatementLine.objects.select_related("statement").filter(key__in=known).latest("statement_id")
        return TakenStatement(line.statement, False, {})
    file = _joined(file, last, sum(line.signed_fen for line in file.lines if line.key in known))
    statement = Statement.objects.create(
        account=account, sha256=file.sha256, name=file.name[:200], form=file.form, number=file.number[:40],
        first=file.first, last=file.last, opening_fen=file.opening_fen, closing_fen=file.closing_fen, taken_at=at,
        taken_by=by.user,
    )  # fmt: skip
    fresh = [line for line in file.lines if line.key not in known]
    progress(0, len(fresh) or 1)
    knowing = Known(account, fresh)
    decided = [(line, knowing.decide(line)) for line in fresh]
    arrivals = _arrivals(account, decided, digests, at)
    _post(account, decided, arrivals, digests, by, at, progress)
    lines = _lines(statement, decided, arrivals, digests)
    _follow(account, decided, lines, arrivals, at)
    counts: dict[str, int] = {}
    for _, one in decided:
        counts[one.meaning] = counts.get(one.meaning, 0) + 1
    return TakenStatement(statement, True, counts)


def _check_own(account: BankAccount, file: StatementFacts, by: Appointment) -> None:
    if by.desk != Desk.TAX or by.organisation.pooling_area != account.pooling_area:
        what = Text("只有本统筹区的税务人员可以导入对账单", "only tax officers of the pooling area take statements")
        raise Refused(where=file.name, what=what, mend=Text("请税务部门办理", "leave it to the tax authority"))
    if compact(file.account) != compact(account.number):
        what = Text("这是另一个账户的对账单", "this is the statement of another account")
        mend = Text("选对账户，或上传{account}的对账单", "choose its account, or take the statement of {account}")
        raise Refused(where=file.name, what=what, mend=mend.filled(account=account.number))


def _known(file: StatementFacts, digests: dict[str, bytes]) -> set[str]:
    """The lines that were taken before; LineDiffers if one of them says something else now."""
    rows = StatementLine.objects.filter(key__in=list(digests)).values_list("key", "digest")
    before = {key: bytes(digest) for key, digest in rows}
    for line in file.lines:
        if before.get(line.key, digests[line.key]) != digests[line.key]:
            raise LineDiffers(file, line)
    return set(before)


def _joined(file: StatementFacts, last: Statement | None, known_fen: int) -> StatementFacts:
    """The file as it follows on the last statement; what its form leaves out is worked out. Raises Refused for gaps.

    `known_fen`: what its lines that were taken before add up to.
    """
    if last is None:
        return file
    if file.first > last.last + timedelta(days=1):
        what = Text(
            "中间缺{first}至{last}的对账单", "the statement from {first} to {last} is missing in between"
        ).filled(first=last.last + timedelta(days=1), last=file.first - timedelta(days=1))
        mend = Text(
            "先导入缺少的对账单；这几天确无往来的，上传时写明对账单从哪一天起",
            "take the missing one first; if nothing moved on those days, say from which day on this one reaches",
        )
        raise Refused(where=file.name, what=what, mend=mend)
    if last.closing_fen is None:
        return file
    opening = last.closing_fen - known_fen if file.opening_fen is None else file.opening_fen
    if opening + known_fen != last.closing_fen:
        what = Text(
            "与上一份对账单接不上：上期期末余额{closing}，本期期初余额{opening}",
            "it does not follow on the last statement, which closed with {closing}; this one opens with {opening}",
        ).filled(closing=money.said(last.closing_fen), opening=money.said(opening))
        raise Refused(where=file.name, what=what, mend=_EXPORT)
    closing = opening + sum(line.signed_fen for line in file.lines)
    return file._replace(opening_fen=opening, closing_fen=closing, last=max(file.last, last.last))


def _arrivals(
    account: BankAccount, decided: Sequence[tuple[LineFacts, Decided]], digests: dict[str, bytes], at: datetime
) -> dict[str, int]:
    """The arrivals of what waits in suspense, in one statement; line's key → arrival."""
    held = [(line, one) for line, one in decided if one.held_fen]
    bank = bank_of(account)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO collection_arrival
                (pooling_area, way, key, digest, at_account, amount_fen, paid_at, heard_at, payer, text,
                 allocated_fen, overpaid_fen, refunded_fen, why_suspended)
            SELECT %s, 'transfer', 'line:' || l.key, l.digest, %s, l.fen, l.paid_at, %s, l.payer, l.text,
                   0, 0, 0, 'unidentified'
            FROM unnest(%s::text[], %s::bytea[], %s::bigint[], %s::timestamptz[], %s::text[], %s::text[])
                 WITH ORDINALITY AS l (key, digest, fen, paid_at, payer, text, place) ORDER BY l.place
            RETURNING substr(key, 6), id
            """,
            [
                account.pooling_area, f"{bank.role}:{bank.detail}", at,
                [line.key for line, _ in held], [digests[line.key] for line, _ in held],
                [one.held_fen for _, one in held], [moment_of(line) for line, _ in held],
                [line.counterparty[:100] for line, _ in held], [line.text[:300] for line, _ in held],
            ],
        )  # fmt: skip
        return dict(cursor.fetchall())


def _post(
    account: BankAccount,
    decided: Sequence[tuple[LineFacts, Decided]],
    arrivals: dict[str, int],
    digests: dict[str, bytes],
    by: Appointment,
    at: datetime,
    progress: Progress,
) -> None:
    """One journal for each line that moves something in the book, many at a time."""
    bank, book = bank_of(account), account.pooling_area
    days = {day: open_day(book, day) for day in sorted({line.booked_on for line, _ in decided})}
    postings = []
    for line, one in decided:
        held = (Entry(bank, SUSPENSE, one.held_fen, source=arrivals[line.key]),) if one.held_fen else ()
        if entries := (*one.entries, *held):
            event, day = EVENTS[one.meaning], days[line.booked_on]
            postings.append(Posting(f"line:{line.key}", event, day, entries, digests[line.key]))
    for first in range(0, len(postings), POSTED_AT_ONCE):
        post_many(postings[first : first + POSTED_AT_ONCE], book=book, at=at, by=by.user_id)
        progress(min(first + POSTED_AT_ONCE, len(postings) - 1), len(postings))


def _lines(
    statement: Statement,
    decided: Sequence[tuple[LineFacts, Decided]],
    arrivals: dict[str, int],
    digests: dict[str, bytes],
) -> dict[str, int]:
    """The lines themselves, in one statement; key → line. The other side's account is sealed."""
    rows = []
    for line, one in decided:
        number = kept(line.counterparty_account)
        rows.append(
            (line.key, digests[line.key], line.ordinal, line.serial[:60], line.booked_on, line.incoming,
             line.amount_fen, line.balance_fen, line.counterparty[:100], number.cipher, number.masked,
             line.text[:300], one.meaning, arrivals.get(line.key))
        )  # fmt: skip
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(14)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO collection_statementline
                (statement_id, key, digest, ordinal, serial, booked_on, incoming, amount_fen, balance_fen, counterparty,
                 counterparty_cipher, counterparty_masked, text, meaning, arrival_id)
            SELECT %s, l.* FROM unnest(%s::text[], %s::bytea[], %s::int[], %s::text[], %s::date[], %s::bool[],
                %s::bigint[], %s::bigint[], %s::text[], %s::bytea[], %s::text[], %s::text[], %s::text[], %s::bigint[])
                AS l
            RETURNING key, id
            """,
            [statement.pk, *columns],
        )
        return dict(cursor.fetchall())


def _follow(
    account: BankAccount,
    decided: Sequence[tuple[LineFacts, Decided]],
    lines: dict[str, int],
    arrivals: dict[str, int],
    at: datetime,
) -> None:
    """What else a line settles: the bill that it pays out, the refund that it is, what a person has to see."""
    for line, one in decided:
        if one.bill is not None:
            Bill.objects.filter(pk=one.bill.pk).update(settled_by=lines[line.key])
        if one.refund:
            hear_paid(one.refund, at)
        if one.alarm:
            arrival = Arrival.objects.get(pk=arrivals[line.key]) if line.key in arrivals else None
            raise_alarm(
                account.pooling_area, kind="difference", key=f"line:{line.key}", said=one.alarm, at=at, arrival=arrival
            )


def hear_paid(number: str, at: datetime) -> None:
    """The bank's own book shows that a refund was paid; one that nobody marked as handed in was handed in. 退费付出"""
    refund = Refund.objects.get(number=number)
    if refund.state == RefundState.APPROVED:
        refunding.submit(refunds=[refund.pk], at=at)
    refunding.heard(number=number, outcome=RefundState.SUCCEEDED, at=at, said="银行流水已付出")
