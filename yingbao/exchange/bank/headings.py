"""What banks call the columns of their statements and result files. 银行文件列名"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from yingbao.spreadsheet.columns import Field, Headings, canonical
from yingbao.values.text import Text

_STATEMENT: dict[str, tuple[str, str, str]] = {
    # field: Chinese title, English title, further names. The day comes last: the reader tells sums and
    # signatures below a list by their lacking what the last required column holds.
    "account": ("账号", "Account", "本方账号 本方账户 账户 账户号 卡号 查询账号 我方账号 account accountnumber"),
    "amount": ("金额", "Amount", "交易金额 发生额 发生金额 amount"),
    "paid_out": (
        "借方发生额", "Debit",
        "借方金额 借方发生金额 借方 支出金额 支出 付款金额 转出金额 支取金额 支出金额元 debit debitamount",
    ),
    "paid_in": (
        "贷方发生额", "Credit",
        "贷方金额 贷方发生金额 贷方 收入金额 收入 收款金额 转入金额 存入金额 收入金额元 credit creditamount",
    ),
    "balance": ("余额", "Balance", "账户余额 交易后余额 本次余额 当前余额 balance"),
    "side": ("借贷", "Debit or credit", "借贷标志 借贷方向 借贷标识 收支 收支标志 收付标志 收支类型 交易方向 方向"),
    "serial": ("交易流水号", "Serial", "流水号 银行流水号 核心流水号 记账流水号 交易流水 流水编号 serial serialnumber"),
    "currency": ("币种", "Currency", "货币 货币种类 currency"),
    "counterparty_name": (
        "对方户名", "Counterparty",
        "对方名称 对方账户名称 对方账户名 对方单位名称 对方单位 对方姓名 交易对手 交易对手名称 交易对方名称 对手户名",
    ),
    "counterparty_account": (
        "对方账号", "Counterparty account",
        "对方账户 对方卡号 对方账户账号 交易对方账号 交易对手账号 对手账号 counterpartyaccount",
    ),
    "summary": ("摘要", "Summary", "交易摘要 摘要说明 summary"),
    "purpose": ("用途", "Purpose", "交易用途 资金用途 purpose"),
    "message": ("附言", "Message", "交易附言 客户附言 汇款附言 message"),
    "remark": ("备注", "Remark", "交易备注 说明 remark"),
    "traded_on": ("交易日期", "Traded on", "交易时间 交易日 发生日期 交易日期时间 日期 date"),
    "booked_on": ("记账日期", "Booked on", "记账日 记账时间 入账日期 入账时间 入账日 bookingdate bookedon"),
}  # fmt: skip

_RESULTS: dict[str, tuple[str, str, str]] = {
    "end_to_end_id": ("端到端编号", "End-to-end id", "端到端标识 业务编号 明细编号 endtoendid"),
    "outcome": ("结果", "Result", "处理结果 扣款结果 付款结果 交易结果 状态 处理状态 result status"),
    "reason": ("原因", "Reason", "失败原因 退回原因 原因说明 返回信息 reason"),
    "amount": ("金额", "Amount", "扣款金额 付款金额 实扣金额 交易金额 amount"),
    "on": ("日期", "Date", "处理日期 扣款日期 付款日期 交易日期 退回日期 记账日期 date"),
}

MONEY = ("amount", "paid_out", "paid_in", "balance")
DAYS = ("booked_on", "traded_on")
TEXTS = ("summary", "purpose", "message", "remark")


def _headings(columns: dict[str, tuple[str, str, str]], required: Iterable[str]) -> Headings:
    needed = set(required)
    return Headings(
        fields=tuple(Field(name, Text(zh, en), name in needed) for name, (zh, en, _) in columns.items()),
        names={
            canonical(word): name
            for name, (title, _, more) in columns.items()
            for word in (title, *more.split())
        },
        persons={},
        of_person={},
    )  # fmt: skip


STATEMENT = _headings(_STATEMENT, ["account"])
"""finds the columns of a statement; which of them are needed depends on which there are"""
RESULTS = _headings(_RESULTS, ["end_to_end_id", "outcome", "on"])


def needing(headings: Headings, fields: Iterable[str]) -> Headings:
    """The same names, with these fields required: no row that fills one of them is passed over. 必填列"""
    needed = set(fields)
    return msgspec.structs.replace(
        headings,
        fields=tuple(Field(field.name, field.title, field.name in needed) for field in headings.fields),
    )


def title(headings: Headings, name: str) -> Text:
    """What the column of a field is called."""
    return next(field.title for field in headings.fields if field.name == name)
