"""How acts on a survey are refused: what stands in the way, and what to do. 问卷中的拒绝"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from yingbao.determination.explain import said_day
from yingbao.survey.models import SchoolReport
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST_REASON = 200


def _refused(zh: str, en: str, mend_zh: str, mend_en: str, *, where: str = "", **values: object) -> Refused:
    return Refused(where=where, what=Text(zh, en).filled(**values), mend=Text(mend_zh, mend_en).filled(**values))


def not_yours() -> Refused:
    """Another body's. 不由本单位办理"""
    return _refused(
        "这份问卷不由本单位办理", "This survey is not yours", "请由负责的单位办理。", "Leave it to whose it is."
    )


def not_open(first: date) -> Refused:
    """It has not begun. 尚未开放"""
    return _refused(
        "问卷{day}才开放", "The survey opens on {day}", "请到时再填。", "Come back then.", day=said_day(first)
    )


def closed() -> Refused:
    """It is over. 已结束"""
    return _refused(
        "问卷已经结束，不再收答案", "The survey is closed; no answers are taken any more",
        "情况有变的，请直接告诉学校。", "If something has changed, tell the school.",
    )  # fmt: skip


def reported() -> Refused:
    """The school has counted. 学校已报送"""
    return _refused(
        "学校已经报送，答案不能再改", "The school has reported; answers stand as they are",
        "情况有变的，请直接告诉学校；学校可以更正报告。",
        "If something has changed, tell the school, which can mend it.",
    )  # fmt: skip


def not_on_the_roll() -> Refused:
    """Not one of the school's pupils. 不在本校名册"""
    return _refused(
        "这个孩子不在学校名册上", "The child is on no school's roll here",
        "请核对孩子；转学的由现在的学校填。",
        "Compare the child; it is answered for at the school where it is now.",
    )  # fmt: skip


def stale() -> Refused:
    """Somebody answered or changed it meanwhile. 已有新变化"""
    return _refused(
        "您打开页面之后，有人改过，还没有保存您这次填的", "It was changed after you opened the page; yours is not kept",
        "请看过现在的内容，再提交一次。", "Look at what stands there now, then send yours again.",
    )  # fmt: skip


def no_way(report: SchoolReport) -> Refused:
    """The report is not where this act begins. 当前状态不能办理"""
    return _refused(
        "报告现在是“{state}”，不能这样办", "The report is in the state “{state}”: this cannot be done now",
        "请看最新情况再办。", "Look at how it stands now.", state=report.state_text,
    )  # fmt: skip


def reason_missing() -> Refused:
    """Whoever reads it later has to know why. 缺少说明"""
    return _refused(
        "没有写明原因", "No reason is given", "请写明原因，不超过{n}字。", "Say why, in {n} characters at most.",
        where="reason", n=LONGEST_REASON,
    )  # fmt: skip


def nobody_on_roll() -> Refused:
    """A school without pupils has nothing to report. 没有学生"""
    return _refused(
        "学校名册上没有学生，不用报送",
        "Nobody is on the school's roll: there is nothing to report",
        "有学生的，先上传花名册，再报送。",
        "If there are pupils, upload the roster, then report.",
    )


def over() -> Refused:
    """What is sent back could not be reported again. 问卷已结束"""
    return _refused(
        "问卷已经结束，退回后学校不能再报送", "The survey is closed: what is sent back could not be reported again",
        "报告照样计入；有疑问的，请直接问学校。", "The report counts as it is; ask the school.",
    )  # fmt: skip


def school_closed(name: str) -> Refused:
    """Nobody could mend what is sent back. 学校已停办"""
    return _refused(
        "{name}已停办，退回后没有人能更正", "{name} has closed: nobody could mend what is sent back",
        "报告照样计入；个别孩子有疑问的，请问孩子现在的学校。",
        "Its report counts as it is; ask the schools where its children are now.",
        name=name,
    )  # fmt: skip


def to_review_first(names: Iterable[str]) -> Refused:
    """Reports wait for the sub-district's own look. 先审核"""
    return _refused(
        "还有学校的报告没有审核：{names}", "These reports wait to be reviewed: {names}",
        "先逐校审核，再汇总上报。", "Review them, then sum up.", names="、".join(list(names)[:10]),
    )  # fmt: skip


def nothing_to_sum() -> Refused:
    """No school has reported. 没有可汇总的报告"""
    return _refused(
        "还没有一所学校的报告通过审核", "No school's report has been accepted yet",
        "先催学校报送并审核。", "Have the schools report, and review it.",
    )  # fmt: skip


def days_in_disorder() -> Refused:
    """The days do not follow each other. 日期先后不对"""
    return _refused(
        "日期先后不对", "The days are not in their order",
        "开放日不早于今天，学校报送日不早于开放日，街道汇总日不早于学校报送日。",
        "It opens today or later, schools report on that day or later, sub-districts on theirs or later.", where="days",
    )  # fmt: skip


def days_after_the_year(plan_year: int) -> Refused:
    """A day that is mistyped rather than meant. 日期太远"""
    return _refused(
        f"日期在 {plan_year} 年度之后", f"A day lies after {plan_year}",
        "请核对年份。", "Is the year right?", where="days",
    )  # fmt: skip


def draft_changed() -> Refused:
    """Two officers at one draft. 草稿已改"""
    return _refused(
        "您打开页面之后，草稿已被改过，这次没有保存", "The draft was changed after you opened it; nothing was kept",
        "请看过最新草稿，再改一次。", "Look at the draft as it is, then change it again.",
    )  # fmt: skip


def handed_already() -> Refused:
    """A case about this child is on its way. 已转办"""
    return _refused(
        "这个孩子的问卷个案已经在办", "A case from this survey about the child is on its way",
        "请在“个案”里查看。", "See it among the cases.",
    )  # fmt: skip
