"""What can be told to whom, in which words: one template per kind. 消息模板

The words are ours and are the same everywhere. A provider that wants them approved beforehand knows them under an id
of its own, which its configuration names (`exchange/sms`, `exchange/wechat_account`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from string import Formatter
from typing import Literal

import msgspec

from yingbao.values.text import Text

Channel = Literal["wechat", "sms", "page"]
"""`page`: a user without a phone reads it when signing in"""
HIDDEN = "••••••"
"""what a screen shows in the place of a one-time code"""
DAY_SECONDS = 24 * 3600


class Group(StrEnum):
    """What somebody can say no to, all at once. 消息类别"""

    CODE = "code"
    MONEY = "money"
    REMINDER = "reminder"
    PROGRESS = "progress"
    WORK = "work"

    @property
    def text(self) -> Text:
        """What the group is called on a page."""
        return GROUP_NAMES[self]


GROUP_NAMES = {
    Group.CODE: Text("验证码", "one-time codes"),
    Group.MONEY: Text("资金安全", "safety of money"),
    Group.REMINDER: Text("缴费与登记提醒", "reminders to pay and register"),
    Group.PROGRESS: Text("办理进度", "progress"),
    Group.WORK: Text("经办工作提醒", "clerks' work"),
}
ALWAYS = frozenset({Group.CODE, Group.MONEY})
"""Nobody can say no to these: a family that hears nothing of a returned debit believes the child is insured."""
STOPPABLE = frozenset(Group) - ALWAYS


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of message. 消息模板"""

    kind: str
    title: Text
    words: Text
    group: Group
    channels: tuple[Channel, ...] = ("wechat", "sms")
    lives_seconds: int = 3 * DAY_SECONDS
    """after so long it would tell something old, and is not sent any more"""
    urgent: bool = False
    """also at night"""
    secret: tuple[str, ...] = ()
    """values that lie sealed until sent, and are erased then"""

    @property
    def names(self) -> tuple[str, ...]:
        """The values that the words need, in their order. 模板变量"""
        return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(self.words.zh) if name))

    def told(self, values: Mapping[str, str]) -> Text:
        """The words with their values; secret ones are hidden unless given. 成文"""
        return self.words.filled(**dict.fromkeys(self.secret, HIDDEN) | dict(values))


_ALL = (
    Template(
        kind="family_code",
        title=Text("家长验证码", "a family's one-time code"),
        words=Text(
            "{code}是您查询孩子医保的验证码，{minutes}分钟内有效。请勿告诉任何人，学校和社区也不会向您索要。",
            "{code} is your code for your child's insurance, valid for {minutes} minutes. Tell nobody; neither "
            "school nor community will ask for it.",
        ),
        group=Group.CODE,
        channels=("sms",),
        lives_seconds=300,
        urgent=True,
        secret=("code",),
    ),
    Template(
        kind="to_pay",
        title=Text("待缴费", "to be paid"),
        words=Text(
            "{child}{year}年度居民医保应缴{amount}元，请于{deadline}前缴纳。{how}",
            "{child}: {amount} yuan for the medical insurance of {year}, to be paid by {deadline}. {how}",
        ),
        group=Group.REMINDER,
    ),
    Template(
        kind="register_due",
        title=Text("待登记", "to be registered"),
        words=Text(
            "{child}首次参加居民医保，需先登记。请于{deadline}前带户口簿或居住证到{where}办理。",
            "{child} is insured for the first time and must be registered first. Go to {where} by {deadline} with the "
            "household book or residence permit.",
        ),
        group=Group.REMINDER,
    ),
    Template(
        kind="paid",
        title=Text("已缴费", "paid"),
        words=Text(
            "已收到{child}{year}年度居民医保费{amount}元，{day}到账，电子票据可在平台家长页面下载。",
            "{amount} yuan for {child}'s medical insurance of {year} arrived on {day}; the receipt is on the families' "
            "page.",
        ),
        group=Group.PROGRESS,
    ),
    Template(
        kind="exempt",
        title=Text("免缴", "exempt"),
        words=Text(
            "{child}{year}年度居民医保由政府资助，家庭无需缴费。凡要求您为此转账的均为诈骗。",
            "{child}'s medical insurance of {year} is paid for by the government; nothing is due from the family. "
            "Whoever asks you to pay is a fraud.",
        ),
        group=Group.PROGRESS,
    ),
    Template(
        kind="cover_begins",
        title=Text("待遇生效", "cover begins"),
        words=Text(
            "{child}{year}年度居民医保待遇自{first}起生效，至{last}止。",
            "{child}'s medical insurance of {year} covers from {first} to {last}.",
        ),
        group=Group.PROGRESS,
        lives_seconds=7 * DAY_SECONDS,
    ),
    Template(
        kind="debit_returned",
        title=Text("扣款被退回", "a debit came back"),
        words=Text(
            "{child}{year}年度居民医保费{amount}元扣款后被银行退回，目前仍未缴费。请于{deadline}前重新缴纳，否则将影响待遇。",
            "The bank returned the {amount} yuan for {child}'s medical insurance of {year}: it is unpaid again. Pay by "
            "{deadline}, or there is no cover.",
        ),
        group=Group.MONEY,
        lives_seconds=7 * DAY_SECONDS,
    ),
    Template(
        kind="refund_sent",
        title=Text("退款已提交", "a refund is under way"),
        words=Text(
            "{child}居民医保多缴的{amount}元已提交退款，将原路退回付款账户，无需您操作。",
            "{amount} yuan paid too much for {child}'s medical insurance go back to the account they came from. "
            "There is nothing for you to do.",
        ),
        group=Group.MONEY,
        lives_seconds=7 * DAY_SECONDS,
    ),
    Template(
        kind="refund_arrived",
        title=Text("退款已到账", "a refund arrived"),
        words=Text(
            "{child}居民医保退款{amount}元已退回付款账户，请留意查收。",
            "The refund of {amount} yuan for {child}'s medical insurance has reached the account it came from.",
        ),
        group=Group.MONEY,
        lives_seconds=7 * DAY_SECONDS,
    ),
    Template(
        kind="request_answered",
        title=Text("申请已答复", "a request was answered"),
        words=Text(
            "您为{child}提出的申请已有答复，请到平台家长页面查看，或询问{where}。",
            "What you asked for {child} was answered: see the families' page, or ask {where}.",
        ),
        group=Group.PROGRESS,
    ),
    Template(
        kind="case_handed_over",
        title=Text("由哪里办理", "who looks after it"),
        words=Text(
            "{child}的参保事项由{where}办理，联系电话{phone}，已为您转交，无需再跑。",
            "{where} (phone {phone}) looks after {child}'s insurance now. It has been handed over for you; there is no "
            "need to go anywhere else.",
        ),
        group=Group.PROGRESS,
    ),
    Template(
        kind="declaration_returned",
        title=Text("申报被退回", "a declaration was returned"),
        words=Text(
            "{school}{year}年度申报（共{count}人）被税务部门退回，请登录平台查看原因，修改后重新提交。",
            "The tax authority returned the declaration of {school} for {year} ({count} children). Sign in to see why, "
            "mend it and submit it again.",
        ),
        group=Group.WORK,
        channels=("sms",),
    ),
    Template(
        kind="declaration_due",
        title=Text("申报截止提醒", "a declaration is due"),
        words=Text(
            "{school}{year}年度居民医保申报{deadline}截止，还剩{days}天，尚有{missing}人未申报。",
            "{school} has until {deadline} ({days} days) to declare for {year}; {missing} children are still missing.",
        ),
        group=Group.WORK,
        channels=("sms",),
        lives_seconds=DAY_SECONDS,
    ),
    Template(
        kind="list_refused",
        title=Text("名单未能受理", "a list could not be taken"),
        words=Text(
            "{body}{day}上传的名单未能受理，请登录平台查看原因，修改后重新上传。",
            "The list that {body} uploaded on {day} could not be taken. Sign in to see why, mend it and upload it "
            "again.",
        ),
        group=Group.WORK,
        channels=("sms",),
    ),
)
TEMPLATES: dict[str, Template] = {template.kind: template for template in _ALL}
"""Every kind there is, by its name."""
_LOOKS_LIKE_A_NUMBER = re.compile(r"(?<!\d)\d{15}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)
LONGEST_VALUE = 120


class Unfit(ValueError):
    """The values are not those that the words need, or one of them may not leave the house. 变量不符"""


def template_of(kind: str) -> Template:
    """The template of a kind; LookupError if there is none. 查模板"""
    return TEMPLATES[kind]


def checked(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """The values as they may be told: exactly those the words need, none of them an identity number. 核对变量

    A mobile number may stand only where the words say that it is one, as an office's own is.
    """
    if set(values) != set(template.names):
        raise Unfit(f"{template.kind} takes {', '.join(template.names)}")
    for name, value in values.items():
        if not value or len(value) > LONGEST_VALUE or not value.isprintable():
            raise Unfit(f"{template.kind}: {name} is empty, too long or not printable")
        if name != "phone" and _LOOKS_LIKE_A_NUMBER.search(value):
            raise Unfit(f"{template.kind}: {name} looks like a person's number")
    return dict(values)


def called(name: str) -> str:
    """A child's name as it may be told: the surname and a star. 姓名脱敏

    Two characters of a compound surname are not told apart: the first alone is shown.
    """
    return f"{name[:1]}*" if name else "*"
