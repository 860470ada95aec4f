"""What can be told to whom, in which words: one template per kind. 消息模板

The words are ours and are the same everywhere. A provider that wants them approved beforehand knows them under an id
of its own, which its configuration names (`exchange/sms`, `exchange/wechat_account`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from yingbao.messages.template import (
    ALWAYS,
    DAY_SECONDS,
    GROUP_NAMES,
    HIDDEN,
    STOPPABLE,
    Channel,
    Group,
    Template,
)
from yingbao.messages.work_templates import OF_THE_SEASON
from yingbao.values.text import Text

__all__ = [
    "ALWAYS", "DAY_SECONDS", "GROUP_NAMES", "HIDDEN", "STOPPABLE", "TEMPLATES", "Channel", "Group", "Template", "Unfit",
    "called", "checked", "template_of",
]  # fmt: skip

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
        kind="erased",
        title=Text("信息已删除", "data were erased"),
        words=Text(
            "您申请删除信息一事{where}已办理：本机号码、绑定和您所写的内容已删除，本机不能再进入家长页面；依法须保存的参保缴费记录除外。",
            "{where} has done what you asked: this phone's number, its binding and what you wrote are erased, and the "
            "families' page opens no more from this phone. Records that the law has kept remain.",
        ),
        group=Group.ACCOUNT,
        channels=("sms",),
    ),
    Template(
        kind="letter",
        title=Text("告家长书", "the letter to parents"),
        words=Text(
            "{school}已备好{child}{year}年度居民医保告家长书，金额、截止日期和缴费办法请到平台家长页面查看：{address}",
            "{school} has the letter about {child}'s medical insurance of {year} ready: the sum, the last day and how "
            "to pay stand on the families' page: {address}",
        ),
        group=Group.REMINDER,
        lives_seconds=7 * DAY_SECONDS,
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
        kind="photo_again",
        title=Text("照片需重拍", "another photo is needed"),
        words=Text(
            "{child}的市民卡照片未通过：{reason}。请在平台家长页面重拍，或交给{where}。",
            "The photo for {child}'s citizen card was not accepted: {reason}. Take another one on the families' page, "
            "or hand it to {where}.",
        ),
        group=Group.PROGRESS,
    ),
    Template(
        kind="cards_ready",
        title=Text("市民卡可领取", "cards are ready"),
        words=Text(
            "{school}有{count}张市民卡自{day}起可以领取，请到市民卡中心领回并发给孩子，在平台上签收。",
            "{count} citizen cards of {school} can be fetched from {day}: fetch them at the card centre, hand them out "
            "and sign them off on the platform.",
        ),
        group=Group.WORK,
        channels=("sms",),
    ),
    Template(
        kind="question_answered",
        title=Text("问题已答复", "a question was answered"),
        words=Text(
            "您提的问题{number}已由{where}答复，请到平台家长页面查看。没有解决的可以再问一次。",
            "{where} answered your question {number}: see the families' page. If it does not help, ask once more.",
        ),
        group=Group.PROGRESS,
    ),
    Template(
        kind="question_returned",
        title=Text("问题需补充", "more has to be said"),
        words=Text(
            "您提的问题{number}还缺内容，{where}请您到平台家长页面补充。",
            "{where} needs to know more about your question {number}: see the families' page.",
        ),
        group=Group.PROGRESS,
    ),
    Template(
        kind="question_due",
        title=Text("问题待答复", "questions are due"),
        words=Text(
            "{body}有{count}个问题到期或刚超期，请登录平台答复；超期两个工作日自动上报。",
            "{body} has {count} questions that are due or just late. Sign in to answer; after two working days they go "
            "up by themselves.",
        ),
        group=Group.WORK,
        channels=("sms",),
        lives_seconds=DAY_SECONDS,
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
        kind="survey_asked",
        title=Text("请填问卷", "a survey to fill in"),
        words=Text(
            "{school}请您为{child}填写参保情况问卷，约一分钟，{deadline}前有效：{link}",
            "{school} asks you a few questions about {child}'s insurance, a minute, until {deadline}: {link}",
        ),
        group=Group.REMINDER,
    ),
    Template(
        kind="survey_due",
        title=Text("问卷待报送", "a survey's report is due"),
        words=Text(
            "{title}：{body}尚未报送，请于{deadline}前登录平台报送。",
            "{title}: {body} has not reported. Sign in and report by {deadline}.",
        ),
        group=Group.WORK,
        channels=("sms",),
        lives_seconds=DAY_SECONDS,
    ),
    Template(
        kind="survey_overdue",
        title=Text("问卷逾期未报", "a survey's report is overdue"),
        words=Text(
            "{title}：{body}应于{deadline}报送，现已逾期，请尽快登录平台报送。",
            "{title}: the report of {body} was due on {deadline}. Sign in and report as soon as you can.",
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
    *OF_THE_SEASON,
    Template(
        kind="registration_answered",
        title=Text("首次参保登记有答复", "registrations were answered"),
        words=Text(
            "{school}报送的首次参保登记，医保经办机构答复：{count}名{answer}，请登录平台查看。",
            "The insurance agency answered what {school} asked: {count} children, {answer}. Sign in to see.",
        ),
        group=Group.WORK,
        channels=("sms",),
    ),
    Template(
        kind="case_moved",
        title=Text("个案有进展", "a case moved"),
        words=Text(
            "{body}：个案{number}{what}，请登录平台查看。",
            "{body}: case {number}, {what}. Sign in to see.",
        ),
        group=Group.WORK,
        channels=("sms",),
    ),
    Template(
        kind="account_changed",
        title=Text("账户安全提醒", "your account was changed"),
        words=Text(
            "您的平台账户{what}（{moment}）。如果不是您本人或您不知情，请立即联系本单位的安全管理员。",
            "Your account on the platform: {what} ({moment}). If you know nothing of it, call your security "
            "administrator at once.",
        ),
        group=Group.ACCOUNT,
        channels=("sms",),
        urgent=True,
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
