"""What stands around every page: the way about, the clock of a demonstration. 页面框架"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.urls import reverse

from yingbao.agents.models import Desk, OrganisationKind
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import DESK_NAMES, HOMES

register = template.Library()

WAYS: dict[str, list[tuple[str, Text]]] = {
    Desk.SCHOOL: [
        ("school-home", Text("本季工作", "This season")),
        ("pupils", Text("学生", "Pupils")),
        ("roster-upload", Text("花名册", "Roster")),
        ("declarations", Text("申报", "Declaration")),
        ("receipts", Text("票据", "Receipts")),
        ("own-cards", Text("市民卡", "Cards")),
        ("letters", Text("告家长书", "Letters")),
        ("cases", Text("个案与问题", "Cases")),
        ("answers", Text("公开答复", "Answers")),
        ("survey-school", Text("问卷", "Survey")),
        ("promotion", Text("升级", "New school year")),
        ("season", Text("阶段任务", "Season tasks")),
        ("jobs", Text("任务", "Jobs")),
    ],
    Desk.COMMUNITY: [
        ("community-home", Text("本季工作", "This season")),
        ("children", Text("儿童", "Children")),
        ("child-new", Text("登记", "Register")),
        ("roster-upload", Text("成批登记", "Register many")),
        ("newborns", Text("新生儿", "Newborns")),
        ("counter", Text("现场收费", "Counter")),
        ("declarations", Text("申报", "Declaration")),
        ("receipts", Text("票据", "Receipts")),
        ("own-cards", Text("市民卡", "Cards")),
        ("cases", Text("个案与问题", "Cases")),
        ("answers", Text("公开答复", "Answers")),
        ("season", Text("阶段任务", "Season tasks")),
        ("jobs", Text("任务", "Jobs")),
    ],
    Desk.TAX: [
        ("tax-home", Text("本季工作", "This season")),
        ("tax-declarations", Text("申报受理", "Declarations")),
        ("tax-suspense", Text("暂收款", "Suspense")),
        ("tax-refunds", Text("退费", "Refunds")),
        ("tax-days", Text("日对账", "Reconciliation")),
        ("tax-receipts", Text("票据", "Receipts")),
        ("tax-compare", Text("名单比对", "Compare lists")),
        ("survey-counts", Text("问卷", "Survey")),
        ("cases", Text("问题", "Questions")),
        ("answers", Text("公开答复", "Answers")),
        ("season", Text("阶段任务", "Season tasks")),
        ("jobs", Text("任务", "Jobs")),
    ],
    Desk.AGENCY: [
        ("agency-home", Text("本季工作", "This season")),
        ("agency-registrations", Text("首次登记", "First registrations")),
        ("agency-points", Text("积分入医", "Points")),
        ("agency-corrections", Text("更正申请", "Corrections")),
        ("agency-duplicates", Text("查重", "Duplicates")),
        ("agency-declarations", Text("征收衔接", "Collection")),
        ("survey-agency", Text("问卷", "Surveys")),
        ("agency-policies", Text("政策", "Policies")),
        ("agency-seasons", Text("参保季", "Seasons")),
        ("agency-organisations", Text("单位", "Organisations")),
        ("agency-close", Text("关账", "Close")),
        ("reports", Text("通报", "Reports")),
        ("agency-requests", Text("家长申请", "Families")),
        ("letters-progress", Text("告家长书", "Letters")),
        ("reminders", Text("提醒", "Reminders")),
        ("cases", Text("个案与问题", "Cases")),
        ("answers", Text("公开答复", "Answers")),
        ("season", Text("阶段任务", "Season tasks")),
        ("jobs", Text("任务", "Jobs")),
    ],
    Desk.EDUCATION: [
        ("education-home", Text("各校参保", "Enrolment per school")),
        ("survey-counts", Text("问卷", "Survey")),
        ("letters-progress", Text("告家长书", "Letters")),
        ("reports", Text("通报", "Reports")),
        ("cases", Text("问题", "Questions")),
        ("answers", Text("公开答复", "Answers")),
        ("season", Text("阶段任务", "Season tasks")),
        ("jobs", Text("任务", "Jobs")),
    ],
    Desk.CARD: [
        ("card-home", Text("本季工作", "This season")),
        ("card-photos", Text("照片审核", "Photos")),
        ("card-batches", Text("制卡批次", "Batches")),
        ("card-cards", Text("卡片", "Cards")),
        ("cases", Text("问题", "Questions")),
        ("answers", Text("公开答复", "Answers")),
        ("season", Text("阶段任务", "Season tasks")),
        ("jobs", Text("任务", "Jobs")),
    ],
    Desk.AUDIT: [
        ("audit-home", Text("审计链", "The chain")),
        ("audit-trail", Text("查询", "Search")),
        ("audit-unusual", Text("异常查阅", "Unusual looks")),
        ("season", Text("阶段任务", "Season tasks")),
        ("jobs", Text("任务", "Jobs")),
    ],
    Desk.SYSTEM: [
        ("system-home", Text("首页", "Home")),
        ("system-users", Text("账户", "Accounts")),
        ("system-organisations", Text("机构", "Organisations")),
        ("system-tokens", Text("接口令牌", "Tokens")),
        ("outbox", Text("发件箱", "Outbox")),
        ("season", Text("阶段任务", "Season tasks")),
        ("jobs", Text("任务", "Jobs")),
    ],
    Desk.SECURITY: [
        ("security-home", Text("待批准", "To decide")),
        ("security-users", Text("授权一览", "Who holds what")),
        ("season", Text("阶段任务", "Season tasks")),
        ("jobs", Text("任务", "Jobs")),
    ],
}
"""Where each desk can go; a desk that is not named here has its home page and its jobs. 导航"""
ELSEWHERE: list[tuple[str, Text]] = [
    ("answers", Text("公开答复", "Answers")),
    ("jobs", Text("任务", "Jobs")),
]
"""What every other desk has beside its first page."""
ABOVE: list[tuple[str, Text]] = [
    ("community-home", Text("本季工作", "This season")),
    ("community-progress", Text("进度", "Progress")),
    ("letters-progress", Text("告家长书", "Letters")),
    ("children", Text("儿童", "Children")),
    ("child-new", Text("登记", "Register")),
    ("newborns", Text("新生儿", "Newborns")),
    ("placing", Text("分派", "Placing")),
    ("counter", Text("现场收费", "Counter")),
    ("survey-street", Text("问卷", "Survey")),
    ("cases", Text("个案与问题", "Cases")),
    ("answers", Text("公开答复", "Answers")),
    ("season", Text("阶段任务", "Season tasks")),
    ("jobs", Text("任务", "Jobs")),
]
"""The same desk at a sub-district or district, which looks after the schools and communities below it."""


@register.simple_tag
def moved_clock() -> datetime | None:
    """The moment the demonstration's clock shows, or None when the clock is true. 演示时钟"""
    return clock.now() if clock.is_moved() else None


@register.simple_tag(takes_context=True)
def ways(context: dict[str, Any]) -> list[dict[str, object]]:
    """The links of the user's desk, with the one that the page belongs to marked. 导航"""
    request = context["request"]
    if getattr(request, "appointment", None) is None:
        return []
    desk = request.appointment.desk
    above = desk == Desk.COMMUNITY and request.appointment.organisation.kind != OrganisationKind.COMMUNITY
    links = _links(desk, above)
    here = max((url for url, _ in links if request.path.startswith(url)), key=len, default="")
    return [{"url": url, "words": words, "here": url == here} for url, words in links]


@cache
def _links(desk: str, above: bool) -> list[tuple[str, Text]]:
    """The links of a desk: addresses stay as they are while the platform runs."""
    named = WAYS.get(desk) or [(HOMES[Desk(desk)], Text("本季工作", "This season")), *ELSEWHERE]
    return [(reverse(name), words) for name, words in (ABOVE if above else named)]


@register.filter
def desk_name(desk: str) -> Text:
    """What a desk is called. 岗位名称"""
    return DESK_NAMES[Desk(desk)]


TONES = dict.fromkeys(("confirmed", "paid", "exempt", "covered"), " good") | {
    "determined": " accent", "declared": " accent", "draft": " warn", "registered": " warn", "lapsed": " bad",
}  # fmt: skip


@register.filter
def state_tone(state: str) -> str:
    """The colour of a state's tag, with the space before it. 状态颜色"""
    return TONES.get(state, "")


@register.simple_tag(takes_context=True)
def child_address(context: dict[str, Any], person: int) -> str:
    """Where the reader's desk sees a child: a school's pupil, a community's child. 孩子页面"""
    of_school = context["request"].appointment.desk == Desk.SCHOOL
    return reverse("pupil" if of_school else "child", args=[person])


@register.simple_tag(takes_context=True)
def list_address(context: dict[str, Any]) -> str:
    """Where the reader's desk has its list of children. 名单页面"""
    return reverse("pupils" if context["request"].appointment.desk == Desk.SCHOOL else "children")
