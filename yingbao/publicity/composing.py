"""A season's letters with the words in force: for children, and for classes. 成文"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec
from django.conf import settings

from yingbao.agents.models import Organisation
from yingbao.cases.responsible import contact_of
from yingbao.determination.explain import said_day
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import last_day, policy_of, windows
from yingbao.families.letters import PAGE, THROUGH_SCHOOL, letters_of
from yingbao.paper import sheet
from yingbao.paper.class_letter import ClassLetterPaper, ClassLetterPart, Group, Guide
from yingbao.paper.letter import LetterPaper, LetterPart
from yingbao.policy import outcomes, terms
from yingbao.policy.model import Policy
from yingbao.policy.rules import PremiumRule, SubsidyRule
from yingbao.publicity.models import LetterWording, SchoolRemark
from yingbao.publicity.standard import standard
from yingbao.publicity.wording import Kind, Line, filled, read
from yingbao.values import money
from yingbao.values.text import Text

GUIDE = "/pay/guide"
_PARTS = {
    "核定结果": "facts", "理由": "reasons", "办理步骤": "ways", "学校附言": "remark", "咨询电话": "help",
    "各类金额": "groups", "重要日期": "dates", "缴费指南": "guides",
}  # fmt: skip


class InForce(NamedTuple):
    """The words that hold: an officer's newest, or the standard ones, which have number 0. 现行模板"""

    number: int
    text: str
    by: str
    at: datetime | None

    def lines(self, kind: Kind) -> list[Line]:
        """The words as they are filled in."""
        return read(self.text, kind)


def in_force(season: Season, kind: Kind) -> InForce:
    """The wording of a season's letters now. 现行模板"""
    newest = LetterWording.objects.filter(season=season, kind=kind).order_by("-number").select_related("by").first()
    if newest is None:
        return InForce(0, standard(policy_of(season), kind), "", None)
    return InForce(newest.number, newest.text, newest.by.name, newest.at)


def remark_of(season: Season, organisation: Organisation) -> str:
    """What the school adds to its letters now. 学校附言"""
    rows = SchoolRemark.objects.filter(season=season, organisation=organisation).order_by("-pk")
    return rows.values_list("text", flat=True).first() or ""


def worded(enrolments: Sequence[Enrolment], *, on: date) -> list[LetterPaper]:
    """The letters of children of one season in the words in force, with their schools' remarks. 告家长书"""
    if not enrolments:
        return []
    season = enrolments[0].season
    lines = in_force(season, "child").lines("child")
    schools = {one.organisation_id: one.organisation for one in enrolments}
    remarks = {key: remark_of(season, school) for key, school in schools.items()}
    papers = letters_of(enrolments, on=on)
    return [
        in_words(paper, lines, marks_of(one), remarks[one.organisation_id], who_else(paper, one))
        for one, paper in zip(enrolments, papers, strict=True)
    ]


def marks_of(one: Enrolment) -> frozenset[str]:
    """For whom a line may be, of all that this child is. 适用标记"""
    if one.status != "enrolled":
        return frozenset({"未能参保"})
    marks = {"需缴费" if one.self_paid_fen else "免缴"}
    if one.registration:
        marks.add("首次参保")
    if one.phase == "newborn":
        marks.add("新生儿")
    return frozenset(marks)


def who_else(paper: LetterPaper, one: Enrolment) -> str:
    """Who pays what the family does not, in a word. 资助方"""
    if not one.subsidised_fen:
        return "家庭以外的单位"
    policy = policy_of(one.season)
    return policy.subsidy_payers.get(one.paid_by, Text(one.paid_by, one.paid_by)).zh


def in_words(paper: LetterPaper, lines: Sequence[Line], marks: frozenset[str], remark: str, payer: str) -> LetterPaper:
    """A letter with its fields filled into the lines that stand for this child. 填充"""
    values = {
        "孩子": paper.child_name, "学校": paper.agent_name, "学校电话": paper.agent_phone, "班级": paper.class_label,
        "年度": str(paper.plan_year), "截止日期": said_day(paper.deadline).zh, "政策": paper.title.zh,
        "文件号": paper.notice_number, "家长页面": paper.family_url, "今天": said_day(paper.issued_on).zh,
        "保费": money.said(paper.premium_fen).zh, "家庭缴费": money.said(paper.amount_fen).zh,
        "资助金额": money.said(paper.premium_fen - paper.amount_fen).zh, "资助方": payer, "结果": paper.verdict.zh,
        "待遇期": "至".join(said_day(day).zh for day in paper.cover) if paper.cover else "缴费后确定",
    }  # fmt: skip
    body = [
        LetterPart(_PARTS[line.block]) if line.block else LetterPart("words", line.text)  # type: ignore[arg-type]
        for line in filled(list(lines), values, marks)
    ]
    return msgspec.structs.replace(paper, body=body, remark=remark)


def class_letters(
    season: Season, organisation: Organisation, labels: Iterable[str], *, on: date, text: str | None = None,
    remark: str | None = None,
) -> list[ClassLetterPaper]:  # fmt: skip
    """One letter for each class: all sums and days, and no child. 班级告家长书"""
    policy = policy_of(season)
    lines = read(text, "class") if text is not None else in_force(season, "class").lines("class")
    contact, url = contact_of(organisation), f"{settings.PLATFORM_URL}{PAGE}"
    own = remark_of(season, organisation) if remark is None else remark
    values = {
        "学校": organisation.name, "学校电话": contact.phone if contact else "", "年度": str(season.plan_year),
        "截止日期": said_day(last_day(policy, on).day).zh, "政策": policy.name.zh,
        "文件号": policy.source.number or "", "家长页面": url, "今天": said_day(on).zh,
    }  # fmt: skip
    return [
        ClassLetterPaper(
            class_label=label, agent_name=organisation.name, agent_phone=values["学校电话"], title=policy.name,
            plan_year=season.plan_year, groups=groups(policy), dates=dates(policy), guides=guides(policy),
            help_lines=[(line.about, "、".join(line.phones)) for line in policy.help_lines if line.phones],
            remark=own, family_url=url, issued_on=on, simulated=settings.DEMO,
            body=[
                ClassLetterPart(_PARTS[line.block]) if line.block  # type: ignore[arg-type]
                else ClassLetterPart("words", line.text)
                for line in filled(lines, values | {"班级": label or organisation.name}, frozenset())
            ],
        )
        for label in labels
    ]  # fmt: skip


def groups(policy: Policy) -> list[Group]:
    """Every premium, and whoever pays less than it, by the rules of the policy. 各类金额"""
    found = [_premium(rule) for rule in sorted(policy.tables.premium, key=lambda rule: rule.premium_fen)]
    return found + [_subsidy(rule, policy) for rule in policy.tables.subsidy if rule.paid_by is not None]


def _premium(rule: PremiumRule) -> Group:
    return Group(outcomes.in_general(rule), rule.premium_fen, rule.clause)


def _subsidy(rule: SubsidyRule, policy: Policy) -> Group:
    who = outcomes.in_general(rule)
    named = [
        terms.ASSISTANCE[each].zh
        for name in rule.when
        for each in policy.criteria[name].any_of or []
        if policy.criteria[name].fact == "assistance"
    ]
    words = Text(f"{who.zh}包括：{'、'.join(named)}。", who.en) if named else who
    whole = policy.tables.premium[-1].premium_fen
    return Group(words, whole - rule.subsidised_fen(whole), rule.clause)


def dates(policy: Policy) -> list[tuple[Text, Text]]:
    """The windows of the policy, and the days of cover. 重要日期"""
    spans = [(window.name, window.first, window.last) for window in windows(policy)]
    spans.append((Text("待遇享受期", "cover"), policy.cover_from, policy.cover_to))
    said = Text("{first} 至 {last}", "{first} to {last}")
    return [(name, said.filled(first=sheet.day(first), last=sheet.day(last))) for name, first, last in spans]


def guides(policy: Policy) -> list[Guide]:
    """Each way to pay with a code to its place on the guide (Yuzhong, annex 1); else through the school. 缴费指南"""
    address = f"{settings.PLATFORM_URL}{GUIDE}"
    found = [
        Guide(route.name, route.steps, route.clause, f"{address}#{anchor(policy, route.id)}")
        for route in policy.payment_routes
        if route.for_ != "school"
    ]
    if any(rule.channel == "school" for rule in policy.tables.channel):
        clause = next(rule.clause for rule in policy.tables.channel if rule.channel == "school")
        school = Guide(Text("通过学校缴", "through the school"), [THROUGH_SCHOOL], clause, address)
        phone = Guide(
            Text("在手机上缴", "by phone"),
            [
                Text("扫码打开缴费页面，填孩子姓名和证件号码", "Scan, enter name and number"),
                Text("核对年度和金额，用微信或支付宝付", "Check year and sum, pay by WeChat or Alipay"),
            ],
            clause,
            f"{settings.PLATFORM_URL}/pay/",
        )
        return [school, phone, *found]
    return found


def anchor(policy: Policy, route: str) -> str:
    """Where the guide's page tells of a way to pay. 页内位置"""
    return f"way-{policy.pooling_area}-{route}"
