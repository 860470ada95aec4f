"""Accounts and postings as the tests write them. 账簿测试基础"""

from __future__ import annotations

from datetime import date, datetime

from yingbao.ledger.posting import AccountName, Entry, Event, Posting, Role, digest_of
from yingbao.values.clock import CHINA

AT = datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)
DAY = date(2019, 11, 12)
BOOK = "320500"

BANK = AccountName(Role.BANK, "a")
SUSPENSE = AccountName(Role.SUSPENSE)
OVERPAID = AccountName(Role.OVERPAID)
FAMILY = AccountName(Role.RECEIVABLE, "family")
TREASURY = AccountName(Role.TREASURY)
FEE = AccountName(Role.FEE)


def entry(
    debit: AccountName = BANK,
    credit: AccountName = SUSPENSE,
    amount_fen: int = 100,
    subject: int | None = None,
    source: int | None = None,
) -> Entry:
    """A transfer; a hundred fen from nobody knows whom if nothing is said."""
    return Entry(debit, credit, amount_fen, subject, source)


def posting(
    key: str, *entries: Entry, day: date = DAY, said: str = "the same", event: Event = Event.ARRIVED, note: str = ""
) -> Posting:
    """A posting; `said` stands for the content of the message it came with."""
    return Posting(key, event, day, entries or (entry(),), digest_of(said), note)
