"""Sums that no notice names: yuan written as fen, a nought too many, a rate a hundredfold. 异常金额"""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from yingbao.determination.review.finding import Finding, Severity
from yingbao.policy.model import Policy
from yingbao.policy.rules import PremiumPart, PremiumRule, SubsidyRule
from yingbao.policy.tree import Step
from yingbao.values import money
from yingbao.values.text import Text

Where = tuple[Step, ...]

LEAST_FEN, MOST_FEN = 5_000, 300_000
"""Since 2020 a child's yearly premium lies between 50 yuan and 3,000, the government's share included."""
NEVER_FEN, NEVER_MORE_FEN = 1_000, 1_000_000
"""Below ten yuan, or above ten thousand, nobody's premium of a year has ever been."""
USUAL_FEN = 40_000
ODD_FEN = 50
"""Half of a sum in whole yuan is the smallest that a notice names."""
FEW_TIMES = 15
"""Two premiums of one notice are never so many times apart."""
MOST_RATE, LEAST_BASE_FEN = 5.0, 100_000
"""A rate above 5 %, or a wage or income below 1,000 yuan, is none of a premium."""
LEAST_SHARE = 5.0
LEAST_REWARD_FEN = 10_000
SIZES = (1000, 100, 10, 1 / 10, 1 / 100)
"""How far off a sum is whose unit or noughts slipped."""


def of_sums(policy: Policy) -> Iterator[Finding]:
    """What no premium, no help and no repair ever comes to. 异常金额"""
    usual = _Usual(policy)
    for place, premium in enumerate(policy.tables.premium):
        yield from _premium(usual, ("tables", "premium", place), premium)
    for place, subsidy in enumerate(policy.tables.subsidy):
        at: Where = ("tables", "subsidy", place)
        yield from _help(usual, at, subsidy)
        yield from _nothing_left(policy, at, subsidy)
    yield from _repair(usual)
    for place, reward in enumerate(policy.rewards):
        if 0 < reward.each_fen < LEAST_REWARD_FEN:
            what = Text(
                zh="{rule} 每年只提高{sum}", en="{rule} raises the ceiling by {sum} a year, too little for a reward"
            )
            said = what.filled(rule=reward.id, sum=money.said(reward.each_fen))
            yield Finding("warning", ("rewards", place, "each_fen"), said, _meant(reward.each_fen, 100_000))


class _Usual:
    """What the premiums of a policy are, those left out that are no premiums themselves."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        rules = policy.tables.premium
        self.years = {rule.id: _years(policy, rule) for rule in rules}
        self.single = [rule.premium_fen for rule in rules if self.years[rule.id] == 1 and _usual(rule.premium_fen, 1)]
        """of a year"""
        self.every = [rule.premium_fen for rule in rules if _usual(rule.premium_fen, self.years[rule.id])]
        self.typical = sorted(self.single)[len(self.single) // 2] if self.single else USUAL_FEN


def _years(policy: Policy, rule: PremiumRule) -> int:
    """The years that a premium pays at once."""
    asked = [policy.criteria[name] for name in rule.when]
    said = [each.is_ or each.at_least for each in asked if each.fact == "prepaid_years"]
    return max([1, *(number for number in said if isinstance(number, int))])


def _usual(sum_fen: int, years: int) -> bool:
    return LEAST_FEN * years <= sum_fen <= MOST_FEN * years


def _premium(usual: _Usual, at: Where, rule: PremiumRule) -> Iterator[Finding]:
    whole, years = rule.premium_fen, usual.years[rule.id]
    where: Where = (*at, "premium_fen" if rule.one_sum_fen is not None else "parts")
    odd = rule.one_sum_fen is not None and rule.one_sum_fen % ODD_FEN
    if whole and (odd or not _usual(whole, years)):
        yield _unlike(where, rule.id, whole, years, usual.typical)
    elif years > 1 and usual.single and whole * 2 <= min(usual.single) * years:
        what = Text(
            zh="{rule} 一次缴{years}年，共{sum}，比每年{one}少了一半以上",
            en="{rule} takes {sum} for {years} years at once, less than half of {one} a year",
        )
        mend = Text(
            zh="写几年合计的金额：{sum}写 {fen}。", en="Write the sum of all the years: {sum} is {fen}."
        ).filled(sum=money.said(min(usual.single) * years), fen=min(usual.single) * years)
        said = what.filled(rule=rule.id, years=years, sum=money.said(whole), one=money.said(min(usual.single)))
        yield Finding("warning", where, said, mend)
    elif whole * FEW_TIMES <= max(usual.every, default=0):
        what = Text(
            zh="{rule} 的保费{sum}与最高的{most}相差太多",
            en="The premium of {rule}, {sum}, is far below the highest, {most}",
        ).filled(rule=rule.id, sum=money.said(whole), most=money.said(max(usual.every)))
        if whole:
            yield Finding("warning", where, what, _meant(whole, usual.typical))
    for number, part in enumerate(rule.parts):
        yield from _part(usual, (*at, "parts", number), rule.id, part, years)


def _unlike(where: Where, rule: str, sum_fen: int, years: int, typical: int) -> Finding:
    what = (
        Text(zh="{rule} 的金额是 {sum}，不像一年的保费", en="The sum of {rule} is {sum}, unlike a year's premium")
        if years == 1
        else Text(
            zh="{rule} 的金额是 {sum}，不像{years}年的保费",
            en="The sum of {rule} is {sum}, unlike a premium for {years} years",
        )
    )
    never = not NEVER_FEN * years <= sum_fen <= NEVER_MORE_FEN * years
    return Finding(
        "error" if never else "warning",
        where,
        what.filled(rule=rule, sum=money.said(sum_fen), years=years),
        _meant(sum_fen, typical * years),
    )


def _meant(sum_fen: int, typical: int) -> Text:
    """How to write the sum that was probably meant: what is nearest to a usual one."""
    sizes = [round(sum_fen * size) for size in SIZES if sum_fen * size == round(sum_fen * size)]
    likely = [each for each in sizes if typical / 8 <= each <= typical * 8 and each % 100 == 0]
    if not likely:
        return Text(
            zh="核对金额；金额以分为单位，100元写 10000。", en="Look at the sum; sums are in fen: 100 yuan is 10000."
        )
    best = min(likely, key=lambda each: abs(log(each / typical)))
    return Text(
        zh="金额以分为单位：若指{sum}，写 {fen}。", en="Sums are in fen: if {sum} is meant, write {fen}."
    ).filled(sum=money.said(best), fen=best)


def _part(usual: _Usual, at: Where, rule: str, part: PremiumPart, years: int) -> Iterator[Finding]:
    """A part that is none of a premium: too small or too large a sum, a rate or a base of another size."""
    rate = float(part.rate.removesuffix("%")) if part.rate is not None else 0.0
    unlike = Text(
        zh="{rule} 的“{part}”是 {sum}，不像保费的一部分", en="{part} of {rule} is {sum}, unlike a part of a premium"
    ).filled(rule=rule, part=part.name, sum=money.said(part.sum_fen))
    small = 0 < part.sum_fen < NEVER_FEN
    if rate > MOST_RATE:
        what = Text(zh="{rule} 的费率是 {rate}，太高", en="The rate of {rule} is {rate}, too high for a premium")
        mend = Text(
            zh='核对费率；若指 {less}%，就写 "{less}%"。', en='Look at the rate; if {less}% is meant, write "{less}%".'
        )
        yield Finding(
            "warning", (*at, "rate"), what.filled(rule=rule, rate=part.rate), mend.filled(less=f"{rate / 100:g}")
        )
    elif part.of_fen is not None and part.of_fen < LEAST_BASE_FEN:
        what = Text(zh="{rule} 的缴费基数只有{sum}", en="The base of {rule} is {sum} alone")
        yield Finding(
            "warning",
            (*at, "of_fen"),
            what.filled(rule=rule, sum=money.said(part.of_fen)),
            Text(zh="基数也以分为单位：{sum}写 {fen}。", en="The base is in fen too: {sum} is {fen}.").filled(
                sum=money.said(part.of_fen * 100), fen=part.of_fen * 100
            ),
        )
    elif small or (part.fen or 0) % ODD_FEN or part.sum_fen > MOST_FEN * years:
        yield Finding(
            "warning", (*at, "rate" if part.rate is not None else "fen"), unlike, _meant(part.sum_fen, usual.typical)
        )


def _help(usual: _Usual, at: Where, rule: SubsidyRule) -> Iterator[Finding]:
    """Help that is more than any premium, or next to nothing."""
    if rule.pays_share is not None and float(rule.pays_share.removesuffix("%")) < LEAST_SHARE:
        little = Text(zh="{rule} 只出保费的 {share}", en="{rule} pays {share} of the premium, next to nothing")
        mend = Text(zh='核对比例：八成写 "80%"。', en='Look at the share: four fifths are "80%".')
        yield Finding("warning", (*at, "pays_share"), little.filled(rule=rule.id, share=rule.pays_share), mend)
    most, least = max(usual.every, default=MOST_FEN), min(usual.every, default=0)
    for word, sum_fen in (("pays_fen", rule.pays_fen), ("family_fen", rule.family_fen)):
        what: Text | None = None
        severity = _gravity(word)
        if sum_fen and sum_fen > most:
            what, severity = (
                Text(
                    zh="{rule} 的 {sum} 超过了最高的保费 {most}",
                    en="{rule} names {sum}, more than the highest premium, {most}",
                ),
                "warning",
            )
        elif sum_fen and sum_fen < NEVER_FEN:
            what = Text(
                zh="{rule} 的金额是 {sum}，不像保费的一部分",
                en="The sum of {rule} is {sum}, unlike a part of a premium",
            )
        elif sum_fen and word == "pays_fen" and sum_fen * 10 < least:
            what, severity = (
                Text(
                    zh="{rule} 只出{sum}，不到保费{least}的一成",
                    en="{rule} pays {sum}, less than a tenth of the premium, {least}",
                ),
                "warning",
            )
        if what is not None and sum_fen:
            said = what.filled(rule=rule.id, sum=money.said(sum_fen), most=money.said(most), least=money.said(least))
            yield Finding(severity, (*at, word), said, _meant(sum_fen, usual.typical))


def _gravity(word: str) -> Severity:
    """Nobody's help is a few yuan; what is left to a family may be."""
    return "error" if word == "pays_fen" else "warning"


def _nothing_left(policy: Policy, at: Where, rule: SubsidyRule) -> Iterator[Finding]:
    """A payer who never pays anything."""
    premiums = [each.premium_fen for each in policy.tables.premium]
    if rule.paid_by is not None and any(premiums) and not any(map(rule.subsidised_fen, premiums)):
        what = Text(zh="{rule} 写了出资方，却一分也不出", en="{rule} names a payer, who never pays anything")
        mend = Text(zh="核对 family_fen、pays_fen 或 pays_share。", en="Look at family_fen, pays_fen or pays_share.")
        yield Finding("warning", (*at, "paid_by"), what.filled(rule=rule.id), mend)


def _repair(usual: _Usual) -> Iterator[Finding]:
    """Repairing a year costs about a year's premium, at most with the government's share."""
    waiting = usual.policy.waiting
    if waiting is None or waiting.repair_fen is None:
        return
    sum_fen, where = waiting.repair_fen, ("waiting", "repair_fen")
    never = 0 < sum_fen < NEVER_FEN or sum_fen > NEVER_MORE_FEN
    least, most = min(usual.single, default=LEAST_FEN * 2), max(usual.single, default=MOST_FEN / 4)
    if never or sum_fen * 2 < least or sum_fen > most * 4 or sum_fen % ODD_FEN:
        what = Text(
            zh="补缴一年的金额是 {sum}，与一年的保费{premium}不相称",
            en="Repairing a year costs {sum}, which does not fit the year's premium, {premium}",
        ).filled(sum=money.said(sum_fen), premium=money.said(usual.typical))
        yield Finding("error" if never else "warning", where, what, _meant(sum_fen, usual.typical))
