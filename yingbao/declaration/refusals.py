"""How the acts on a declaration are refused: what stands in the way, and what to do. 申报中的拒绝"""

from __future__ import annotations

from datetime import date

from yingbao.agents.models import Appointment, Organisation
from yingbao.declaration.models import Declaration
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import outside_window, policy_of, windows
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


class NothingToDeclare(Refused):
    """No child is confirmed that was not declared before, and none left. 无可申报"""


def nothing_to_declare(organisation: Organisation) -> NothingToDeclare:
    """The list would be empty. 无可申报"""
    return NothingToDeclare(
        where=organisation.name,
        what=Text("没有已确认而尚未申报的孩子", "No confirmed child is waiting to be declared"),
        mend=Text("先确认参保，再申报。", "Confirm the children first, then declare."),
    )


def families_pay(organisation: Organisation) -> Refused:
    """The policy lets families pay themselves; there is nothing to declare in a batch. 由家庭自行缴费"""
    return Refused(
        where=organisation.name,
        what=Text("按本地政策由家长自行缴费，单位不申报", "Here families pay themselves; no list is declared"),
        mend=Text("请通知家长线上缴费或到社区缴费。", "Tell families to pay online or at the community."),
    )


def another_open(open_one: Declaration) -> Refused:
    """An agent has at most one declaration in hand. 已有未办结的申报"""
    what = Text("{reference}还没有办结：{state}", "{reference} is not finished yet: {state}")
    mend = (
        Text("请先提交或作废那一份。", "Submit or discard that one first.")
        if open_one.state == "frozen"
        else Text("请等税务部门受理后再申报补充名单。", "Wait for the tax authority's word, then declare the rest.")
    )
    return Refused(
        where=open_one.organisation.name,
        what=what.filled(reference=open_one.reference, state=open_one.state_text),
        mend=mend,
    )


def not_in_time(organisation: Organisation, season: Season, on: date) -> Refused:
    """No window is open for those whom the list would hold. 不在申报期限"""
    early = on < windows(policy_of(season))[0].first
    return outside_window(where=organisation.name, season=season, phase="not_open" if early else "closed", on=on)


def not_ours(by: Appointment, declaration: Declaration) -> Refused:
    """Someone of another agent, or of another pooling area's tax authority. 非本单位申报"""
    near = by.organisation.pooling_area == declaration.season.pooling_area
    owner = declaration.organisation.name if near else Text("其他统筹区", "another pooling area")
    return Refused(
        where=declaration.reference,
        what=Text("这份申报属于“{owner}”", "This declaration belongs to {owner}").filled(owner=owner),
        mend=Text("请由有权的经办人员操作。", "Leave it to those whose work it is."),
    )


def own_list(declaration: Declaration) -> Refused:
    """Who made a list does not decide on it. 经办与受理分离"""
    return Refused(
        where=declaration.reference,
        what=Text("制作或提交申报的人不能受理它", "Who made or submitted a declaration does not decide on it"),
        mend=Text("请由另一位税务人员受理。", "Let another officer of the tax authority decide."),
    )


def no_way(declaration: Declaration) -> Refused:
    """The act leads nowhere from this state. 当前状态不能办理"""
    return Refused(
        where=declaration.reference,
        what=Text("这份申报{state}", "This declaration is {state}").filled(state=declaration.state_text),
        mend=Text("请刷新页面，查看最新状态。", "Reload the page to see how it stands now."),
    )


def digest_differs(declaration: Declaration) -> Refused:
    """The stored lines are not those that were frozen. 摘要不符"""
    return Refused(
        where=declaration.reference,
        what=Text(
            "明细与锁定时的摘要不符，可能被改动过", "The lines do not match the digest taken when they were frozen"
        ),
        mend=Text("不要受理；请通知平台管理员核查。", "Do not accept it; tell the platform's administrator."),
    )


def lines_out_of_date(declaration: Declaration, names: list[str]) -> Refused:
    """What is stated of these children is no longer so. 明细已变化"""
    shown = "、".join(names[:5])
    what = Text("提交后有{n}名孩子情况有变：{names}", "{n} children changed after it was submitted: {names}")
    return Refused(
        where=declaration.reference,
        what=what.filled(n=len(names), names=shown + ("……" if len(names) > 5 else "")),
        mend=Text(
            "请对这些明细写明“不予受理”，或整份退回。", "Refuse these lines with a reason, or send the whole list back."
        ),
    )


def every_line_refused(declaration: Declaration) -> Refused:
    """To refuse every line is to send the list back; to refuse none is to accept it. 部分受理须有取舍"""
    return Refused(
        where=declaration.reference,
        what=Text("没有可以受理的明细", "No line is left to accept"),
        mend=Text("请整份退回，并写明原因。", "Send the whole list back and say why."),
    )


def no_such_line(declaration: Declaration) -> Refused:
    """A line of another declaration. 明细不属于本申报"""
    return Refused(
        where=declaration.reference,
        what=Text("要拒绝的明细不在这份申报中", "A line to refuse is not on this declaration"),
        mend=Text("请刷新页面后重新选择。", "Reload the page and choose again."),
    )


def reason_missing(where: str, longest: int) -> Refused:
    """A refusal says why, in so many characters at most. 缺少原因"""
    return Refused(
        where=where,
        what=Text("没有写原因，或原因过长", "The reason is missing or too long"),
        mend=Text("请写明原因，不超过{n}字。", "Say why, in at most {n} characters.").filled(n=longest),
    )


def unknown_method(declaration: str) -> Refused:
    """Transfer or debit, nothing else. 缴费方式有误"""
    return Refused(
        where=declaration,
        what=Text("没有选择缴费方式", "No way of paying was chosen"),
        mend=Text("请选择银行转账或电子扣款。", "Choose bank transfer or direct debit."),
    )
