"""What a posting is: one business event as transfers between accounts, balanced by construction. 记账

A transfer has one account that is debited, one that is credited and an amount above zero, so there is nothing to
balance. Amounts are whole fen. No framework: rules make postings, `yingbao.ledger.journals` records them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

MOST_FEN = 10**12
"""ten billion yuan: no amount of ours is larger, and the sum of millions of them fits into eight bytes"""


class Kind(StrEnum):
    """Which side of an account makes it grow. 科目类别"""

    ASSET = "asset"
    LIABILITY = "liability"
    EXPENSE = "expense"


class Role(StrEnum):
    """What an account stands for in its book. 科目"""

    BANK = "bank"
    CHANNEL = "channel"
    DEBIT = "debit"
    RECEIVABLE = "receivable"
    UNEXPLAINED = "unexplained"
    TREASURY = "treasury"
    SUSPENSE = "suspense"
    OVERPAID = "overpaid"
    TRANSIT = "transit"
    FEE = "fee"


KINDS: dict[Role, Kind] = {
    Role.BANK: Kind.ASSET,
    Role.CHANNEL: Kind.ASSET,
    Role.DEBIT: Kind.ASSET,
    Role.RECEIVABLE: Kind.ASSET,
    Role.UNEXPLAINED: Kind.ASSET,
    Role.TREASURY: Kind.LIABILITY,
    Role.SUSPENSE: Kind.LIABILITY,
    Role.OVERPAID: Kind.LIABILITY,
    Role.TRANSIT: Kind.LIABILITY,
    Role.FEE: Kind.EXPENSE,
}

ROLES: dict[Role, Text] = {
    Role.BANK: Text("银行存款", "bank account"),
    Role.CHANNEL: Text("支付渠道待结算", "payment channel"),
    Role.DEBIT: Text("银行代扣", "direct debit"),
    Role.RECEIVABLE: Text("应收保费", "receivable"),
    Role.UNEXPLAINED: Text("待查支出", "unexplained outgoing"),
    Role.TREASURY: Text("应缴国库", "owed to the treasury"),
    Role.SUSPENSE: Text("待认领款", "suspense"),
    Role.OVERPAID: Text("多缴款", "overpaid"),
    Role.TRANSIT: Text("在途退款", "refund in transit"),
    Role.FEE: Text("渠道手续费", "channel fee"),
}


class Event(StrEnum):
    """What happened. 业务事项"""

    ASSESSED = "assessed"
    CANCELLED = "cancelled"
    ARRIVED = "arrived"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    SUCCEEDED = "succeeded"
    RETURNED = "returned"
    SETTLED = "settled"
    EXEMPTED = "exempted"
    REFUND_APPROVED = "refund_approved"
    REFUND_PAID = "refund_paid"
    REFUND_FAILED = "refund_failed"
    HANDED_OVER = "handed_over"
    EXPLAINED = "explained"


EVENTS: dict[Event, Text] = {
    Event.ASSESSED: Text("核定保费", "premium assessed"),
    Event.CANCELLED: Text("撤销核定", "assessment cancelled"),
    Event.ARRIVED: Text("资金到账", "money arrived"),
    Event.MATCHED: Text("认领到人", "matched"),
    Event.UNMATCHED: Text("撤销认领", "match undone"),
    Event.SUCCEEDED: Text("支付成功", "payment succeeded"),
    Event.RETURNED: Text("代扣退回", "direct debit returned"),
    Event.SETTLED: Text("渠道结算", "channel settled"),
    Event.EXEMPTED: Text("免缴资助", "exempted"),
    Event.REFUND_APPROVED: Text("批准退款", "refund approved"),
    Event.REFUND_PAID: Text("退款到账", "refund paid"),
    Event.REFUND_FAILED: Text("退款失败", "refund failed"),
    Event.HANDED_OVER: Text("上缴国库", "handed to the treasury"),
    Event.EXPLAINED: Text("差异说明", "difference explained"),
}


class Conflict(Refused):
    """These keys stand in the ledger already, with other content. 业务键冲突"""

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        super().__init__(
            where=", ".join(keys[:5]) + (" …" if len(keys) > 5 else ""),
            what=Text("同一业务键已按别的内容入账", "the same key was posted with other content"),
            mend=Text("不要重发，请核对来源", "do not send it again; compare it with its source"),
        )


class DayClosed(Refused):
    """The accounting day takes no more postings. 已日结"""

    def __init__(self, where: str) -> None:
        super().__init__(
            where=where,
            what=Text("这一天已经日结", "this accounting day is closed"),
            mend=Text("请记入下一个未日结的日期", "post it into the first day that is open"),
        )


class AccountName(msgspec.Struct, frozen=True, gc=False):
    """An account within a book: what it stands for and, where there are several, which. 账户"""

    role: Role
    detail: str = ""
    """such as `family`, `treasury`, `wechat:1900000109`; empty where the book has one only"""

    def code(self, book: str) -> str:
        """Such as `320500:receivable:family`; the same in the database."""
        return f"{book}:{self.role}:{self.detail}" if self.detail else f"{book}:{self.role}"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One transfer of a posting. 分录"""

    debit: AccountName
    credit: AccountName
    amount_fen: int
    subject: int | None = None
    """what the money is for (an obligation's id)"""
    source: int | None = None
    """what the money came with (an arrival's id)"""


class Posting(msgspec.Struct, frozen=True):
    """One business event, ready to be recorded. 记账凭证

    Raises Refused if there is no transfer, an amount is not above zero, an account is debited and credited at
    once, or key or digest are malformed.
    """

    key: str
    """the business key: whoever comes with the same key and digest again gets the first answer"""
    event: Event
    day: date
    """the accounting day, in China"""
    entries: tuple[Entry, ...]
    digest: bytes
    """SHA-256 of what was said; see `digest_of`"""
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what no ledger can hold."""
        if not 0 < len(self.key) <= 200:
            raise _refused(self.key[:200], Text("业务键应为 1 至 200 个字符", "a key has 1 to 200 characters"))
        if len(self.digest) != 32:
            raise _refused(self.key, Text("摘要应为 32 字节", "a digest has 32 bytes"))
        if not 0 < len(self.entries) < 2**15:
            raise _refused(self.key, Text("一笔业务至少有一条分录", "a posting has at least one transfer"))
        for entry in self.entries:
            if not 0 < entry.amount_fen <= MOST_FEN:
                raise _refused(self.key, Text("金额应大于零", "an amount is above zero"))
            if entry.debit == entry.credit:
                raise _refused(
                    self.key, Text("借贷不能是同一账户", "an account cannot be debited and credited at once")
                )

    @property
    def amount_fen(self) -> int:
        """The sum of its transfers."""
        return sum(entry.amount_fen for entry in self.entries)


def digest_of(*parts: object) -> bytes:
    """SHA-256 of what was said, part by part; parts never run into each other. 内容摘要"""
    hashed = hashlib.sha256()
    for part in parts:
        said = part if isinstance(part, bytes) else str(part).encode()
        hashed.update(len(said).to_bytes(8, "big"))
        hashed.update(said)
    return hashed.digest()


def grows(kind: Kind, debit_fen: int, credit_fen: int) -> int:
    """The balance in fen of an account of this kind: assets and expenses grow by debits, liabilities by credits."""
    return credit_fen - debit_fen if kind is Kind.LIABILITY else debit_fen - credit_fen


def unlike(postings: Sequence[Posting]) -> list[str]:
    """The keys that come more than once in a batch, with differing content. 批内冲突"""
    first: dict[str, bytes] = {}
    return [each.key for each in postings if first.setdefault(each.key, each.digest) != each.digest]


def _refused(where: str, what: Text) -> Refused:
    return Refused(where=where, what=what, mend=Text("请查对数据来源", "look into where the data comes from"))
