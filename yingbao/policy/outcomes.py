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
    PremiumPart,
    PremiumRule,
    RegistrationRule,
    Reward,
    Rule,
    SubsidyRule,
    Waiting,
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
            said = _premium(rule)
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


def in_doubt(policy: Policy, rule: Rule, sentence: Text) -> Text:
    """The sentence of a rule, marked where it rests on something that no notice at hand confirms. 暂定标记"""
    if rule.id not in policy.provisional:
        return sentence
    return Text(zh="{said}（暂定）", en="{said} (provisional)").filled(said=sentence)


def condition(criterion: Criterion, policy: Policy) -> Text:
    """A criterion in words, exact enough to compare two years; the values of `any_of` are left to `choices`."""
    if criterion.either is not None:
        says = [policy.criteria[name].says for name in criterion.either]
        return Text(zh="，或".join(each.zh for each in says), en=", or ".join(each.en for each in says))
    if criterion.decided is not None:
        asked = Text(zh="{table}：{rules}", en="{table}: {rules}")
        return asked.filled(table=terms.TABLES[criterion.decided], rules=", ".join(criterion.by or []))
    parts = [terms.FACTS[criterion.fact or "age"]]
    for name, value in operators_of(criterion).items():
        said = Text(zh="", en="") if name == "any_of" else _value(criterion, name, value, policy)
        parts.append(terms.OPERATORS[name].filled(value=said))
    if criterion.on is not None:
        parts.insert(1, Text(zh="（{day} 当天）", en="(on {day})").filled(day=criterion.on))
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
    if rule.pays_share is not None:
        said = Text(zh="{payer}补助{share}，其余家庭缴纳", en="{payer} pays {share}, the family the rest")
    elif rule.family_fen is not None:
        said = Text(zh="家庭缴{own}，其余由{payer}补助", en="the family pays {own}, {payer} the rest")
    elif rule.pays_fen is not None:
        said = Text(zh="{payer}补助{sum}，其余家庭缴纳", en="{payer} pays {sum}, the family the rest")
    else:
        said = Text(zh="{payer}全额补助，个人不缴费", en="{payer} pays the whole, the family nothing")
    return said.filled(
        payer=payer,
        share=rule.pays_share or "",
        own=money.said(rule.family_fen or 0),
        sum=money.said(rule.pays_fen or 0),
    )


def _premium(rule: PremiumRule) -> Text:
    """The sum, and of what it is made up where it has parts."""
    whole = money.said(rule.premium_fen)
    if not rule.parts:
        return whole
    parts = [part_said(part) for part in rule.parts]
    return Text(zh="{whole}（{zh}）", en="{whole} ({en})").filled(
        whole=whole, zh=" + ".join(each.zh for each in parts), en=" + ".join(each.en for each in parts)
    )


def part_said(part: PremiumPart) -> Text:
    """One part of a premium: its name, its sum, and how that is reckoned. 保费组成"""
    said = Text(zh="{name}{sum}", en="{name} {sum}").filled(name=part.name, sum=money.said(part.sum_fen))
    if part.rate is None:
        return said
    of = money.said(part.of_fen or 0)
    return Text(zh="{said}，即{of}的{rate}", en="{said}, {rate} of {of}").filled(said=said, of=of, rate=part.rate)


_STARTS = {
    "year_start": Text(zh="自 {first} 起", en="from {first}"),
    "on_date": Text(zh="自 {date} 起", en="from {date}"),
    "payment_day": Text(zh="自缴费当日起", en="from the payment day"),
    "next_day": Text(zh="自缴费次日起", en="from the day after payment"),
    "payment_month": Text(zh="自缴费当月1日起", en="from the first of the month of payment"),
    "next_month": Text(zh="自缴费次月1日起", en="from the first of the month after payment"),
    "month_after": Text(
        zh="自缴费月后第 {months} 个月1日起", en="from the first of month {months} after the payment's"
    ),
    "after_days": Text(zh="自缴费日加 {days} 天起", en="from the payment day plus {days} days"),
    "after_months": Text(zh="自缴费满 {months} 个月起", en="from {months} months after the payment day"),
    "birth": Text(zh="自出生之日起", en="from birth"),
    "month_after_birth": Text(zh="自出生次月1日起", en="from the first of the month after birth"),
}


def _cover(rule: CoverRule, policy: Policy) -> Text:
    if rule.starts == "refer":
        return terms.STATUSES["refer"]
    said = _STARTS[rule.starts].filled(first=policy.cover_from, date=rule.date, days=rule.days, months=rule.months)
    if rule.waits:
        said = Text(zh="{said}，另加等待期", en="{said} and a further wait").filled(said=said)
    if rule.not_before is not None:
        said = Text(zh="{said}（不早于 {day}）", en="{said} (not before {day})").filled(said=said, day=rule.not_before)
    return Text(zh="{said}，至 {last}", en="{said} to {last}").filled(said=said, last=rule.ends or policy.cover_to)


def waiting_said(waiting: Waiting) -> list[Text]:
    """The rule of waiting, sentence by sentence. 待遇等待期"""
    said = [
        Text(
            zh="未按期参保或中断参保，固定等待 {fixed} 个月；中断的，从第二年起每多断一年加 {more} 个月。",
            en="Not enrolled in time or after a break, the wait is {fixed} months, and after a break {more} more for "
            "each missed year beyond the first.",
        ).filled(fixed=waiting.fixed_months, more=waiting.months_per_further_year),
    ]
    if waiting.repaired_year_takes_off:
        said.append(
            Text(zh="每补缴一年减 {less} 个月。", en="Each year repaired by paying takes {less} off.").filled(
                less=waiting.repaired_year_takes_off
            )
        )
    if waiting.repair_fen is not None:
        said.append(
            Text(zh="补缴一年{sum}。", en="Repairing a year costs {sum}.").filled(sum=money.said(waiting.repair_fen))
        )
    if waiting.floor is not None:
        said.append(
            Text(
                zh="中断满 {years} 年的，补缴后也至少等待 {months} 个月。",
                en="After {years} missed years the wait is {months} months at least, whatever is repaired.",
            ).filled(years=waiting.floor.missed_years, months=waiting.floor.months)
        )
    return said


def reward_said(reward: Reward) -> Text:
    """What a reward adds, and from when on. 连续参保激励"""
    said = Text(
        zh="{counts}超过 {beyond} 年后，每多一年提高大病保险限额{each}",
        en="beyond {beyond} {counts}, each further one raises the serious-illness ceiling by {each}",
    ).filled(counts=terms.FACTS[reward.counts], beyond=reward.beyond, each=money.said(reward.each_fen))
    if reward.at_most_fen is None:
        return said
    return Text(zh="{said}，最多{most}", en="{said}, at most {most}").filled(
        said=said, most=money.said(reward.at_most_fen)
    )
