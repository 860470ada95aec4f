"""What a row of a decision table leads to, in words. 规则结果"""

from __future__ import annotations

from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.policy.operators import operators_of
from yingbao.policy.rules import (
    ChannelRule,
    CoverRule,
    Criterion,
    Entitlement,
    PhaseRule,
    PremiumRule,
    RegistrationRule,
    Rule,
    SubsidyRule,
)
from yingbao.values import money
from yingbao.values.text import Text


def outcome(rule: Rule, policy: Policy) -> Text:
    """What follows if the rule decides."""
    said = Text(zh="", en="")
    match rule:
        case Entitlement():
            said = terms.AGENTS[rule.agent]
        case PhaseRule():
            said = terms.PHASES[rule.phase]
        case RegistrationRule():
            said = terms.REGISTRATIONS[rule.registration]
        case PremiumRule():
            said = money.said(rule.premium_fen)
        case SubsidyRule():
            said = _payer(rule, policy)
        case CoverRule():
            said = _cover(rule, policy)
        case ChannelRule():
            said = terms.CHANNELS[rule.channel]
    return said


def in_general(rule: Rule) -> Text:
    """The rule's sentence while no child is meant: what a child's facts would fill is named instead."""
    own = {"premium": money.said(rule.premium_fen)} if isinstance(rule, PremiumRule) else {}
    return rule.because.filled(**{**terms.PLACEHOLDERS, **own})


def condition(criterion: Criterion, policy: Policy) -> Text:
    """A criterion in words, exact enough to compare two years; the values of `any_of` are left to `choices`."""
    if criterion.decided is not None:
        asked = Text(zh="{table}：{rules}", en="{table}: {rules}")
        return asked.filled(table=terms.TABLES[criterion.decided], rules=", ".join(criterion.by or []))
    parts = [terms.FACTS[criterion.fact or "age"]]
    for name, value in operators_of(criterion).items():
        said = Text(zh="", en="") if name == "any_of" else _value(criterion, name, value, policy)
        parts.append(terms.OPERATORS[name].filled(value=said))
    return Text(zh=" ".join(part.zh for part in parts), en=" ".join(part.en for part in parts))


def choices(criterion: Criterion) -> list[Text]:
    """The values of a criterion's `any_of` in words."""
    words = terms.WORDS_OF.get(criterion.fact or "", {})
    return [words.get(each, Text(zh=each, en=each)) for each in criterion.any_of or []]


def _value(criterion: Criterion, operator: str, value: object, policy: Policy) -> object:
    if operator in ("within", "outside"):
        return policy.areas[str(value)].name
    if operator == "during":
        return policy.windows[str(value)].name
    if isinstance(value, bool):
        return Text(zh="是", en="yes") if value else Text(zh="否", en="no")
    return terms.WORDS_OF.get(criterion.fact or "", {}).get(str(value), value)


def _payer(rule: SubsidyRule, policy: Policy) -> Text:
    if rule.paid_by is None:
        return Text(zh="家庭缴纳", en="the family pays")
    payer = policy.subsidy_payers[rule.paid_by]
    return Text(zh="{payer}全额补助，个人不缴费", en="{payer} pays the whole, the family nothing").filled(payer=payer)


def _cover(rule: CoverRule, policy: Policy) -> Text:
    if rule.starts == "refer":
        return terms.STATUSES["refer"]
    starts = {
        "year_start": Text(zh="自 {first} 起", en="from {first}"),
        "next_month": Text(zh="自缴费次月1日起", en="from the first of the month after payment"),
        "after_days": Text(zh="自缴费日加 {days} 天起", en="from the payment day plus {days} days"),
    }[rule.starts]
    return Text(zh="{starts}，至 {last}", en="{starts} to {last}").filled(
        starts=starts.filled(first=policy.cover_from, days=rule.days), last=policy.cover_to
    )
