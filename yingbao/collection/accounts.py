"""Numbers of other people's bank accounts as we keep them, and the ledger accounts of our own. 账号"""

from __future__ import annotations

import re
from typing import NamedTuple

from yingbao.collection.models import BankAccount
from yingbao.ledger.posting import AccountName, Role
from yingbao.sealing import sealed
from yingbao.values.plain import compact

NUMBER = re.compile(r"[0-9A-Za-z]{5,34}")
_SHOWN = 4


class Kept(NamedTuple):
    """The two columns in which an account's number is kept. 账号两列"""

    cipher: bytes | None
    masked: str


def masked(number: str) -> str:
    """First and last four signs, the rest hidden; of a short number the last two. 账号掩码"""
    if len(number) <= 2 * _SHOWN:
        return "*" * max(4, len(number) - 2) + number[-2:]
    return f"{number[:_SHOWN]}****{number[-_SHOWN:]}"


def kept(number: str) -> Kept:
    """A number sealed and masked; of an empty one, nothing. 账号加密"""
    plain = compact(number)
    return Kept(sealed.seal(plain), masked(plain)) if plain else Kept(None, "")


def bank_of(account: BankAccount) -> AccountName:
    """The ledger account of one of our bank accounts. 银行存款科目"""
    return AccountName(Role.BANK, str(account.pk))


def clearing_of(account: BankAccount) -> AccountName:
    """Where a bank's direct debits stand until the bank pays them into our account. 批扣清算科目"""
    return AccountName(Role.DEBIT, account.bank_code or str(account.pk))
