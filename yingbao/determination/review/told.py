"""Sums, shares and waits that a sentence names, held against those of its row. 句中金额、比例与等待期"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

from yingbao.determination.review.finding import Finding
from yingbao.policy.fit import tables_of
from yingbao.policy.model import Policy
from yingbao.policy.rules import CoverRule, PremiumRule, Reward, Rule, SubsidyRule
from yingbao.policy.tree import Step
from yingbao.values import money
from yingbao.values.text import Text

Where = tuple[Step, ...]

DIGITS = {word: number for number, word in enumerate("零一二三四五六七八九十")} | {"十一": 11, "十二": 12, "两": 2}
NUMBER = r"(\d+|十[一二]?|[一二两三四五六七八九])"
LOOK = Text(
    zh="以文件原文为准，改正句子或数据。", en="Mend the sentence or the data, whichever the notice contradicts."
)
_YUAN = {
    "zh": re.compile(r"(?P<sum>\d[\d,]*(?:\.\d{1,2})?)\s*(?P<many>万)?元"),
    "en": re.compile(r"(?P<sum>\d[\d,]*(?:\.\d{1,2})?)\s*yuan"),
}
_LIMIT = re.compile(r"(低于|高于|超过|不足|收入|限额|起付)[^，。；]{0,4}$|(below|above|over|income)[^,.;]{0,12}$")
"""What stands before a sum that is none of the premium."""
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]|百分之(\d+(?:\.\d+)?)")
_TENTHS = re.compile(r"(?<![第完变组构])([一二两三四五六七八九])成(五?)(?!年|员|人|果|绩)")
_WAIT = re.compile(rf"(?:等待|等候|缴费满|缴费后满)\s*{NUMBER}\s*(天|日|个?月)")
_NO_WAIT = re.compile(r"(不设|无需|无|没有|不用|不再|不需|免除|免|取消)(等待期|等待)")
_MONTH = re.compile(rf"第\s*{NUMBER}\s*个月")
_FREE = re.compile(
    r"(家庭|个人)(不用|无需|不需|不必|不)再?(缴|交)|(?<!不属于)(?<!不是)(?<!非)(免缴|免交|全额资助)|family pays nothing"
)
"""That nothing is left to the family."""
_HUNDRED = 100.0


def number(word: str) -> int:
    """A number in digits or in a Chinese word. 数字"""
    return int(word) if word.isdigit() else DIGITS[word]


def of_told(policy: Policy) -> Iterator[Finding]:
    """What sentences say of money and waiting that their rows do not. 句中金额、比例与等待期"""
    for table, rows in tables_of(policy):
        for place, rule in enumerate(rows):
            at: Where = ("tables", table, place, "because")
            yield from _forgotten_wait(policy, at, rule)
            if isinstance(rule, CoverRule):
                yield from _wait(policy, (*at, "zh"), rule)
            for language in ("zh", "en"):
                # Where both languages say otherwise it is the data that slipped, which need be told once.
                if found := list(_money(policy, (*at, language), rule, getattr(rule.because, language))):
                    yield from found
                    break
    for place, reward in enumerate(policy.rewards):
        yield from _reward(("rewards", place, "because", "zh"), reward)


def _money(policy: Policy, where: Where, rule: Rule, sentence: str) -> Iterator[Finding]:
    told = sums_in(sentence, str(where[-1]))
    if isinstance(rule, PremiumRule):
        yield from _premium(where, rule, sentence, told)
    elif isinstance(rule, SubsidyRule) and rule.paid_by is not None:
        yield from _help(policy, where, rule, sentence, told)


def sums_in(sentence: str, language: str) -> list[int]:
    """The sums in fen that a sentence names, but for limits such as an income. 句中金额"""
    return [
        round(float(found["sum"].replace(",", "")) * 100) * (10_000 if found.groupdict().get("many") else 1)
        for found in _YUAN[language].finditer(sentence)
        if not _LIMIT.search(sentence[: found.start()])
    ]


def shares_in(sentence: str) -> list[float]:
    """The shares in per cent that a sentence names. 句中比例"""
    told = [float(found[1] or found[2]) for found in _PERCENT.finditer(sentence)]
    told += [DIGITS[found[1]] * 10.0 + (5 if found[2] else 0) for found in _TENTHS.finditer(sentence)]
    return told + [50.0] * len(re.findall(r"一半|\bhalf\b", sentence))


def _premium(where: Where, rule: PremiumRule, sentence: str, told: list[int]) -> Iterator[Finding]:
    """Sums in a premium's sentence of which none is the premium, nor all together; of parts each is one of them."""
    whole = rule.premium_fen
    if rule.parts:
        parts = [part.sum_fen for part in rule.parts]
        some = {sum(each) for many in range(len(parts) + 1) for each in combinations(parts, many)}
        foreign = [each for each in told if each not in some | {part.of_fen for part in rule.parts}]
        rates = {float(part.rate.removesuffix("%")) for part in rule.parts if part.rate is not None}
        yield from _shares(where, rule.id, shares_in(sentence) if rates else [], rates)
    elif re.search(r"共\s*\{premium\}|\{premium\} in all", sentence) and len(told) > 1:
        foreign = told if sum(told) != whole else []
    else:
        foreign = told if whole not in (*told, sum(told)) and "{premium}" not in sentence else []
    if foreign:
        what = Text(zh="句子里的金额与保费 {premium} 不符", en="No sum in the sentence is the premium, {premium}")
        if rule.parts:
            what = Text(
                zh="句子里的 {told} 不是保费的哪一项", en="The sentence names {told}, which is no part of the premium"
            )
        yield Finding("warning", where, what.filled(premium=money.said(whole), told=money.said(foreign[0])), LOOK)


def _help(policy: Policy, where: Where, rule: SubsidyRule, sentence: str, told: list[int]) -> Iterator[Finding]:
    """Sums and shares in a payer's sentence that neither the payer nor the family pays."""
    premiums = {each.premium_fen for each in policy.tables.premium if each.premium_fen}
    left = min((each - rule.subsidised_fen(each) for each in premiums), default=0)
    if left and _FREE.search(sentence) and not (told or shares_in(sentence) or "{own}" in sentence):
        what = Text(
            zh="句子说家庭不缴费，按 {rule} 家庭至少还要缴 {left}",
            en="The sentence says that the family pays nothing, by {rule} it pays at least {left}",
        )
        yield Finding("warning", where, what.filled(rule=rule.id, left=money.said(left)), LOOK)
    pays = {rule.subsidised_fen(each) for each in premiums} | {rule.pays_fen or 0}
    rest = {each - rule.subsidised_fen(each) for each in premiums} | {rule.family_fen or 0}
    for each in told:
        if each not in premiums | pays | rest:
            what = Text(
                zh="句子里的 {told} 与数据不符：出资 {pays}，家庭缴 {rest}",
                en="The sentence names {told}, but {pays} are paid and {rest} left to the family",
            )
            said = {"pays": _each(pays), "rest": _each(rest)}
            yield Finding("warning", where, what.filled(told=money.said(each), **said), LOOK)
            break
    if rule.pays_share is not None:
        share = float(rule.pays_share.removesuffix("%"))
        known = {share, _HUNDRED - share}
    else:
        shares = {rule.subsidised_fen(each) * _HUNDRED / each for each in premiums}
        known = shares | {_HUNDRED - each for each in shares}
    yield from _shares(where, rule.id, shares_in(sentence), known)


def _shares(where: Where, rule: str, told: list[float], known: Iterable[float]) -> Iterator[Finding]:
    known = sorted(known)
    for share in told:
        if not any(abs(share - each) < 0.01 for each in known):
            what = Text(
                zh="句子里的 {told}% 与 {rule} 的 {known} 不符", en="The sentence says {told}%, {rule} comes to {known}"
            )
            said = ", ".join(f"{each:.4g}%" for each in known)
            yield Finding("warning", where, what.filled(told=f"{share:g}", rule=rule, known=said), LOOK)
            return


def _each(sums: set[int]) -> Text:
    said = [money.said(each) for each in sorted(sums) if each] or [money.said(0)]
    return Text(zh="、".join(each.zh for each in said), en=", ".join(each.en for each in said))


def _reward(where: Where, reward: Reward) -> Iterator[Finding]:
    for told in sums_in(reward.because.zh, "zh"):
        if told not in (reward.each_fen, reward.at_most_fen):
            what = Text(
                zh="句子里的 {told} 与每年提高的 {each} 不符", en="The sentence says {told}, a year earns {each}"
            )
            said = what.filled(told=money.said(told), each=money.said(reward.each_fen))
            yield Finding("warning", where, said, LOOK)
            return


def _forgotten_wait(policy: Policy, at: Where, rule: Rule) -> Iterator[Finding]:
    """A sentence that leaves the wait open where nobody ever waits: families would read of none."""
    waits = rule.waits if isinstance(rule, CoverRule) else policy.waiting is not None
    if "{wait}" in rule.because.zh and not waits:
        what = Text(
            zh="{rule} 的句子里有 {{wait}}，规则却没有 waits: true：没有等待期，家长会读到“等待0个月”",
            en="The sentence of {rule} says {{wait}}, but the row has no waits: true: nobody waits, families read 0",
        )
        mend = Text(
            zh="要等待的，写上 waits: true；不用等待的，把 {{wait}} 从句子里去掉。",
            en="Write waits: true if there is a wait, else take {{wait}} out of the sentence.",
        )
        yield Finding("error", (*at, "zh"), what.filled(rule=rule.id), mend.filled())


def _waits(rule: CoverRule) -> bool:
    return rule.waits or rule.starts in ("after_days", "after_months", "month_after", "next_month")


def _wait(policy: Policy, where: Where, rule: CoverRule) -> Iterator[Finding]:
    """A wait in words that is another than the row's, or of which the row knows nothing."""
    sentence, waiting = rule.because.zh, policy.waiting if rule.waits else None
    if rule.starts == "refer":
        return
    told = [(number(found[1]), "days" if found[2] in "天日" else "months") for found in _WAIT.finditer(sentence)]
    if rule.starts == "month_after":
        told = [(number(found[1]), "months") for found in _MONTH.finditer(sentence)]
    own = {"days": {rule.days}, "months": {rule.months}}
    if waiting is not None:
        own["months"] |= {waiting.fixed_months, waiting.floor.months if waiting.floor is not None else None}
    if not told and "{wait}" not in sentence and "等待" in _NO_WAIT.sub("", sentence) and not _waits(rule):
        what = Text(zh="句子说要等待，规则里没有等待", en="The sentence speaks of a wait, the row has none")
        yield Finding("warning", where, what, LOOK)
    for many, unit in told:
        known = own[unit] - {None}
        # 90 days may be said as three months.
        if many in known or (not known and any(values - {None} for values in own.values())):
            continue
        what = Text(
            zh="句子里的等待 {told}{unit} 与规则的 {known} 不符",
            en="The sentence says a wait of {told} {unit}, the row says {known}",
        ).filled(
            told=many,
            unit=Text(zh="天" if unit == "days" else "个月", en=unit),
            known=", ".join(f"{unit}: {each}" for each in known) or Text(zh="没有等待", en="none"),
        )
        yield Finding("warning", where, what, LOOK)
        return
