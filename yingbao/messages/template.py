"""One kind of message: its words, its group, by which channels it goes. 消息模板格式"""

from __future__ import annotations

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
    ACCOUNT = "account"

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
    Group.ACCOUNT: Text("账户安全", "safety of accounts"),
}
ALWAYS = frozenset({Group.CODE, Group.MONEY, Group.ACCOUNT})
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
