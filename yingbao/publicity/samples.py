"""Invented children, one of each kind, to look at a wording with before it is put to work. 示例孩子"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.conf import settings

from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import last_day, policy_of
from yingbao.families.letters import PAGE, later_days
from yingbao.paper.letter import LetterPaper, LetterReason
from yingbao.policy import outcomes
from yingbao.policy.model import Policy
from yingbao.policy.rules import Rule, SubsidyRule
from yingbao.publicity.composing import in_words
from yingbao.publicity.wording import read
from yingbao.values import money
from yingbao.values.text import Text


class Sample(NamedTuple):
    """An invented child. 示例"""

    name: str
    title: Text
    marks: frozenset[str]
    ways: list[Text]


_SCAN = Text("扫码到家长页面缴费，或按学校通知办理。", "Scan and pay, or as the school says.")
_NOTHING = Text("家庭不用缴费；凡要求为此转账的都是诈骗。", "Nothing to pay; who asks for money is a fraud.")
_FIRST = Text("首次参保，先登记基本信息。", "A first-timer is registered first.")
SAMPLES: dict[str, Sample] = {
    "paying": Sample("示例·张小明", Text("缴费的孩子", "one who pays"), frozenset({"需缴费"}), [_SCAN]),
    "exempt": Sample("示例·李小禾", Text("免缴的孩子", "one who is exempt"), frozenset({"免缴"}), [_NOTHING]),
    "first": Sample(
        "示例·王小雨", Text("首次参保的孩子", "a first-timer"), frozenset({"需缴费", "首次参保"}), [_FIRST, _SCAN]
    ),
    "newborn": Sample(
        "示例·陈小宝", Text("新生儿", "a newborn"), frozenset({"需缴费", "首次参保", "新生儿"}), [_FIRST, _SCAN]
    ),
    "not": Sample(
        "示例·赵𬱖", Text("不能参保的孩子", "one who cannot be enrolled"), frozenset({"未能参保"}),
        [Text("对结果有疑问，请联系办理单位或拨打咨询电话。", "If in doubt, ask.")],
    ),
}  # fmt: skip
"""word → child; the last has a name beyond the usual characters"""
REMARK = "（学校附言示例）钱请在周五前交给班主任。"


def offered(policy: Policy) -> list[str]:
    """The samples that the policy knows: not every city exempts, or takes newborns. 可用示例"""
    exempts = _exempting(policy) is not None
    takes = any(rule.phase == "newborn" for rule in policy.tables.phase)
    return [one for one in SAMPLES if (exempts or one != "exempt") and (takes or one != "newborn")]


def sample(season: Season, kind: str, text: str, *, on: date) -> LetterPaper:
    """A letter in these words for an invented child. Raises Refused as `wording.read` does. 预览"""
    one, policy = SAMPLES[kind], policy_of(season)
    exempt = _exempting(policy)
    premium = policy.tables.premium[-1]
    eligible = kind != "not"
    whole = premium.premium_fen if eligible else 0
    own = 0 if kind == "exempt" else whole
    payer = policy.subsidy_payers.get(exempt.paid_by or "") if exempt else None
    rest = Text("另由{payer}缴 {sum}", "{payer} pays another {sum}")
    paper = LetterPaper(
        child_name=one.name, identity_masked="320***********0000", class_label="一年级1班", agent_name="（学校名称）",
        agent_phone="00000000", title=policy.name, notice_number=policy.source.number or "",
        plan_year=policy.plan_year, amount_fen=own, premium_fen=whole, verdict=_verdict(eligible, own),
        rest=rest.filled(payer=payer or "", sum=money.said(whole)) if kind == "exempt" else None,
        reasons=_reasons(policy, exempt if kind == "exempt" else None, eligible=eligible),
        cover=(policy.cover_from, policy.cover_to) if eligible else None, deadline=last_day(policy, on).day,
        ways=one.ways, help_lines=[(line.about, "、".join(line.phones)) for line in policy.help_lines if line.phones],
        family_url=f"{settings.PLATFORM_URL}{PAGE}", issued_on=on, simulated=True, dates=later_days(policy),
    )  # fmt: skip
    return in_words(paper, read(text, "child"), one.marks, REMARK, payer.zh if payer else "家庭以外的单位")


def _exempting(policy: Policy) -> SubsidyRule | None:
    """The first rule that leaves the family nothing to pay."""
    whole = policy.tables.premium[-1].premium_fen
    return next((rule for rule in policy.tables.subsidy if rule.paid_by and rule.subsidised_fen(whole) == whole), None)


def _verdict(eligible: bool, own_fen: int) -> Text:
    if not eligible:
        return Text("不能参保", "Cannot be enrolled")
    if not own_fen:
        return Text("可以参保，家庭不用缴费", "Can be enrolled; the family pays nothing")
    return Text("可以参保，家庭缴{sum}", "Can be enrolled; the family pays {sum}").filled(sum=money.said(own_fen))


def _reasons(policy: Policy, exempt: Rule | None, *, eligible: bool) -> list[LetterReason]:
    if not eligible:
        nobody = next((rule for rule in policy.tables.entitlement if rule.agent is None), None)
        return [LetterReason(outcomes.in_general(nobody), nobody.clause)] if nobody else []
    rules: list[Rule] = [policy.tables.entitlement[0], policy.tables.premium[-1], *([exempt] if exempt else [])]
    return [LetterReason(outcomes.in_general(rule), rule.clause) for rule in rules]
