"""How a family is told no: the same words whether or not there is such a child. 家长页面的拒绝"""

from __future__ import annotations

from yingbao.values.refusal import Refused
from yingbao.values.text import Text


def too_often(minutes: int) -> Refused:
    """Closed for a while; `minutes` 0: for the rest of the day. 查询过多"""
    what = Text("查询次数太多，暂时不能再要验证码", "Too many look-ups; no more codes for now")
    until = Text("请 {n} 分钟后再试", "Try again in {n} minutes").filled(n=minutes)
    if not minutes:
        what = Text("今天查询次数太多，今天不能再要验证码", "Too many look-ups today; no more codes today")
        until = Text("请明天再试", "Try again tomorrow")
    return Refused(
        where="family",
        what=what,
        mend=Text(
            f"{until.zh}；着急办理请联系学校或社区。", f"{until.en}; if it is urgent, ask the school or the community."
        ),
    )


def wrong_code() -> Refused:
    """Not the code, or not any more; which of the two is not said. 验证码不对"""
    return Refused(
        where="code",
        what=Text("验证码不对，或已经过期", "This is not the code, or it is too old"),
        mend=Text(
            "请核对短信里的 6 位数字。连错 5 次或超过 5 分钟，请重新获取。",
            "Compare the six digits of the message. After five misses or five minutes ask for a new one.",
        ),
    )


def not_yours() -> Refused:
    """Nobody of that name and number has this phone registered, or nobody is of that name and number. 没有查到"""
    return Refused(
        where="family",
        what=Text(
            "没有查到用本机号码登记、姓名和证件号码都一致的孩子",
            "No child of this name and number has this phone registered",
        ),
        mend=Text(
            "请核对姓名和证件号码；如登记的是别的手机号，请学校或社区改成本机号码。只是代缴，不用绑定监护人。",
            "Compare name and number. If another phone is registered, ask school or community to change it. "
            "To pay for another family's child no binding as guardian is needed.",
        ),
    )


def not_consented() -> Refused:
    """Nothing is shown before the guardian agrees. 未同意"""
    return Refused(
        where="agree",
        what=Text("还没有勾选同意", "You have not agreed yet"),
        mend=Text(
            "请看过同意书，勾选后继续；不同意就不绑定。", "Read it and tick the box; without it nothing is bound."
        ),
    )


def nothing_written(where: str) -> Refused:
    """A request without words. 没有写明"""
    return Refused(
        where=where,
        what=Text("没有写明内容", "Nothing is written"),
        mend=Text("请写明要办什么、正确的是什么。", "Say what is wanted and what would be right."),
    )


def too_long(most: int) -> Refused:
    """More than fits. 太长"""
    return Refused(
        where="words",
        what=Text("写得太长", "That is too long"),
        mend=Text("请不超过 {n} 个字。", "Keep it to {n} characters.").filled(n=most),
    )


def answered() -> Refused:
    """Somebody was faster. 已答复"""
    return Refused(
        where="request",
        what=Text("这件申请已经办结", "This request has been closed already"),
        mend=Text("请看最新状态；如仍需要，请重新申请。", "See how it stands; ask anew if you still want it."),
    )


def added_enough(most: int) -> Refused:
    """An open request has been added to often enough. 补充过多"""
    return Refused(
        where="words",
        what=Text("已经补充过 {n} 次", "This has been added to {n} times").filled(n=most),
        mend=Text(
            "没有再送出。请等经办机构答复；着急请打咨询电话。",
            "Nothing more was sent. Wait for the answer; if it is urgent, call the help line.",
        ),
    )


def first_the_others() -> Refused:
    """Whoever is erased can be told nothing more: what else they asked is answered before. 先答复其他申请"""
    return Refused(
        where="request",
        what=Text(
            "同一位家长还有没答复的申请，删除后就答复不到了",
            "The same guardian has another open request, which could not be answered any more",
        ),
        mend=Text("请先答复下面列出的申请，再办理删除。", "Answer what is listed below first, then erase."),
    )
