"""What the simulators remember, one class per table. 存表

Moments are stamps of `clock.stamped`, so that they sort as text; a day is their first ten characters.
Sums are whole fen.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Setting:
    """A remembered value as JSON. 设置"""

    key: str
    value: str


@dataclass
class Order:
    """One order that the platform made with a channel. 订单"""

    key: str
    channel: str
    number: str
    token: str
    """names the page a payer sees"""
    way: str
    """NATIVE and H5 of WeChat; PRECREATE, WAP and PAGE of Alipay"""
    amount_fen: int
    description: str
    attach: str
    notify_url: str
    return_url: str
    made: str
    expires: str
    state: str = "NOTPAY"
    scanned: int = 0
    """an Alipay trade exists only once the payer has opened it"""
    transaction: str = ""
    paid_at: str = ""
    closed_at: str = ""
    fee_fen: int = 0
    refunded_fen: int = 0


@dataclass
class Refund:
    """Money on its way back to the payer. 退款"""

    key: str
    channel: str
    number: str
    order: str
    serial: str
    amount_fen: int
    reason: str
    notify_url: str
    made: str
    state: str = "PROCESSING"
    finished: str = ""
    fee_back_fen: int = 0
    due_true: float = 0.0
    due_moved: str = ""


@dataclass
class Delivery:
    """A notice that is to arrive, with where it stands in the retry schedule. 通知"""

    key: str
    """what both sides call the notice's id; copies of one notice share its first 32 characters"""
    channel: str
    about: str
    """paid or refunded"""
    order: str
    refund: str
    url: str
    made: str
    due_true: float
    due_moved: str
    attempt: int = 0
    state: str = "waiting"
    """waiting, held, sending, done or given_up"""


@dataclass
class Attempt:
    """One try to deliver a notice and the status it met; 0 where nobody answered. 投递记录"""

    key: str
    at: str
    channel: str
    about: str
    order: str
    refund: str
    attempt: int
    status: int
    taken: int


@dataclass
class Rule:
    """One way to misbehave. 故障"""

    key: str
    channel: str
    order: str
    what: str
    value: str
    left: int
    """how many more times; below zero is always"""


@dataclass
class Account:
    """An account at the bank. 账户"""

    key: str
    """its number"""
    name: str
    kind: str
    """authority, school or payer"""
    opening_fen: int
    """before its first line; the balance is this and all lines"""


@dataclass
class Line:
    """A line of an account's statement. 流水"""

    key: str
    """a number that rises, so that lines keep their order"""
    account: str
    day: str
    serial: str
    side: str
    """借 takes from the account, 贷 adds to it"""
    amount_fen: int
    other_name: str
    other_account: str
    remark: str
    lost: int = 0


@dataclass
class Batch:
    """A debit or payout file that the bank has taken. 批次"""

    key: str
    kind: str
    """debit or payout"""
    account: str
    digest: str
    form: str
    message: str
    day: str


@dataclass
class Item:
    """One row of such a file and what became of it. 明细"""

    key: str
    batch: str
    place: int
    agreement: str
    name: str
    account: str
    amount_fen: int
    text: str
    end_to_end: str
    outcome: str
    reason: str
    day: str
    lost: int = 0


@dataclass
class Wording:
    """A template that a provider of messages has approved. 消息模板"""

    key: str
    via: str
    """sms or wechat_account"""
    code: str
    kind: str
    """what the platform calls it"""
    words: str
    """with {name} where a value goes"""


@dataclass
class Follower:
    """Somebody who follows the official account. 关注者"""

    key: str
    """the openid"""
    name: str
    following: int


@dataclass
class Text:
    """A message at a phone or at a follower, and what became of it. 收到的消息"""

    key: str
    via: str
    recipient: str
    own_id: str
    """what the platform calls it"""
    provider_id: str
    template: str
    words: str
    url: str
    at: str
    outcome: str
    """arrived or failed; known to the provider once it is due"""
    code: str
    due_true: float
    due_moved: str
    reports_left: int
    """how often it is still to be told"""
    report_tries: int = 0


TABLES = (
    *(Setting, Order, Refund, Delivery, Attempt, Rule, Account, Line, Batch, Item),
    *(Wording, Follower, Text),
)
