"""Why a bank did not collect or pay: reason codes of ISO 20022 (external code set 2) in words. 原因代码"""

from __future__ import annotations

from yingbao.values.text import Text

REASONS: dict[str, Text] = {
    "AC01": Text("账号有误", "the account number is wrong"),
    "AC03": Text("收款账号无效", "the payee's account is not valid"),
    "AC04": Text("账户已销户", "the account is closed"),
    "AC06": Text("账户被冻结", "the account is blocked"),
    "AC13": Text("账户类型不支持扣款", "accounts of this kind cannot be debited"),
    "AG01": Text("该账户不允许这种交易", "the account does not allow this kind of transaction"),
    "AG02": Text("交易代码有误", "the code of the transaction is wrong"),
    "AM01": Text("金额为零", "the sum is zero"),
    "AM02": Text("金额超过限额", "the sum is above what is allowed"),
    "AM03": Text("币种不受理", "the currency is not taken"),
    "AM04": Text("余额不足", "there is not enough money in the account"),
    "AM05": Text("重复的交易", "the transaction was given twice"),
    "AM09": Text("金额不对", "the sum is wrong"),
    "AM10": Text("合计金额不对", "the control sum is wrong"),
    "BE01": Text("户名与账号不符", "the name does not belong to the account"),
    "BE05": Text("发起方不明", "the sender is not known"),
    "CUST": Text("客户要求取消", "the customer asked to cancel"),
    "DT01": Text("日期无效", "the date is not valid"),
    "DUPL": Text("重复付款", "paid twice"),
    "ED05": Text("清算失败", "the settlement failed"),
    "FF01": Text("文件格式有误", "the file is not in the right form"),
    "MD01": Text("没有扣款协议", "there is no mandate"),
    "MD02": Text("扣款协议信息不全或有误", "the mandate's data are incomplete or wrong"),
    "MD06": Text("付款人要求退回", "the payer asked for the money back"),
    "MD07": Text("付款人已去世", "the payer has died"),
    "MS02": Text("付款人拒绝，未说明原因", "the payer refused and gave no reason"),
    "MS03": Text("银行未说明原因", "the bank gave no reason"),
    "NARR": Text("原因见说明", "the reason is told in words"),
    "RC01": Text("行号有误", "the bank's code is wrong"),
    "RR04": Text("监管原因", "for a regulator's reason"),
    "SL01": Text("付款行限制", "the payer's bank does not allow it"),
    "TM01": Text("超过受理时间", "it came after the bank's closing time"),
}
AFTER_SUCCESS = frozenset(("MD06",))
"""can only be said of money that was collected before: a return, whatever status stands beside it"""

_UNKNOWN = Text("原因代码{code}", "reason code {code}")


def reason_of(code: str, words: str = "") -> Text:
    """A reason in both languages: of its code, and what the bank wrote beside it. 原因

    Words of a bank are Chinese and stay as they are. A code that is not known is shown as it is.
    """
    named = REASONS.get(code) or (_UNKNOWN.filled(code=code) if code else None)
    if named is None or (code == "NARR" and words):
        return Text(zh=words, en=words)
    return Text(zh=f"{named.zh}（{words}）", en=f"{named.en} ({words})") if words else named
