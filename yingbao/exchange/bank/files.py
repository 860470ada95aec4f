"""The shapes of what goes between a bank and the platform, and the key of a statement's line. 银行文件的内容"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Literal

import msgspec

from yingbao.values.text import Text

Direction = Literal["in", "out"]
Outcome = Literal["succeeded", "failed", "returned"]


class StatementLine(msgspec.Struct, frozen=True):
    """One movement on our account. 流水"""

    ordinal: int
    """from 1, in the order in which the money moved"""
    serial: str
    """the bank's own number; may be empty"""
    booked_on: date
    amount_fen: int
    """always above zero"""
    direction: Direction
    """`in`: to our account (贷); `out`: from it (借)"""
    balance_fen: int | None
    """of the account after this line"""
    counterparty_name: str
    counterparty_account: str
    text: str
    """all that the payer or the bank wrote: 摘要, 用途, 附言, 备注"""
    row: int
    """where it stands in the file, see FileFault.row"""

    def signed_fen(self) -> int:
        """What the line adds to the account."""
        return self.amount_fen if self.direction == "in" else -self.amount_fen


class StatementFile(msgspec.Struct, frozen=True):
    """A statement of one account, checked as a whole. 对账单"""

    account: str
    number: str
    """the bank's number of the statement; empty where the form has none"""
    currency: str
    """always CNY"""
    first: date
    last: date
    opening_fen: int | None
    """None where the file gives no balances"""
    closing_fen: int | None
    lines: tuple[StatementLine, ...]
    sha256: bytes
    """of the file: 32 bytes"""
    form: Literal["csv", "xlsx", "camt053"]
    notes: tuple[Text, ...] = ()
    """what was passed over: totals below the list, pending entries, unknown columns"""

    def keys(self) -> list[str]:
        """The key of every line, in their order. 幂等键"""
        seen: dict[str, int] = {}
        keys = []
        for line in self.lines:
            content = line_key(self.account, line, 0)
            seen[content] = seen.get(content, 0) + 1
            keys.append(line_key(self.account, line, seen[content]))
        return keys


def line_key(account: str, line: StatementLine, ordinal_among_equal: int) -> str:
    """What one line is known by for ever: 64 hex digits. 流水幂等键

    Account, day and the bank's serial; without a serial the content, counted among equal lines, because two equal
    lines are two payments. A digest, so that no account number stands where keys are shown or logged.
    """
    parts: list[str]
    if line.serial:
        parts = ["serial", account, line.booked_on.isoformat(), line.serial]
    else:
        parts = [
            "content", account, line.booked_on.isoformat(), str(line.signed_fen()), str(line.balance_fen),
            line.counterparty_name, line.counterparty_account, line.text, str(ordinal_among_equal),
        ]  # fmt: skip
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class DebitItem(msgspec.Struct, frozen=True):
    """One sum to be collected from one family's account. 扣款明细"""

    end_to_end_id: str
    """comes back with the result; up to 35 letters, digits and dashes"""
    mandate_number: str
    mandate_signed_on: date
    debtor_name: str
    debtor_account: str
    debtor_bank: str
    """the bank's code in the payment system, 12 digits; may be empty if it is our own bank"""
    amount_fen: int
    text: str


class DebitFile(msgspec.Struct, frozen=True):
    """A batch of direct debits for one bank. 扣款批次"""

    batch: str
    """number of the batch, up to 35 signs"""
    made_at: datetime
    """with its time zone"""
    creditor_name: str
    creditor_account: str
    creditor_bank: str
    collect_on: date
    items: tuple[DebitItem, ...]


class PaymentItem(msgspec.Struct, frozen=True):
    """One sum to be paid from our account, such as a refund. 付款明细"""

    end_to_end_id: str
    payee_name: str
    payee_account: str
    amount_fen: int
    text: str


class ResultLine(msgspec.Struct, frozen=True):
    """What became of one item of a batch. 回盘明细"""

    end_to_end_id: str
    outcome: Outcome
    reason: Text
    """why not, in words; empty when it succeeded"""
    reason_code: str
    """as the bank gave it, such as AM04; empty where it gave words only"""
    on: date
    amount_fen: int | None
    row: int


class ResultFile(msgspec.Struct, frozen=True):
    """A bank's answer to a batch, checked as a whole. 回盘文件"""

    lines: tuple[ResultLine, ...]
    sha256: bytes
    form: Literal["csv", "xlsx", "pain002"]
    batch: str = ""
    """the number of our batch, where the file tells it"""
    batch_refused: Text | None = None
    """why the bank took nothing of the batch; there are no lines then"""
    waiting: tuple[str, ...] = ()
    """end-to-end ids that the bank has only accepted so far: no money has moved, another file will come"""
    notes: tuple[Text, ...] = ()
