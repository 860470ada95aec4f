"""Checks what the rows of a policy lead to: sums, shares, first days of cover, the wait. 规则结果核对"""

from __future__ import annotations

from collections.abc import Iterator

from yingbao.policy.model import Policy
from yingbao.policy.named import Found, Steps, known
from yingbao.policy.rules import CoverRule, PremiumPart, SubsidyRule
from yingbao.values.text import Text

NEEDED = {"after_days": "days", "after_months": "months", "month_after": "months", "on_date": "date"}
"""What stands beside a way to reckon the first day of cover."""
SENSIBLE = {"days": range(1, 367), "months": range(61)}


def results_of(policy: Policy) -> Found:
    """What contradicts itself in the outcomes of the rows, and in the wait. 结果核对"""
    for number, premium in enumerate(policy.tables.premium):
        at: Steps = ("tables", "premium", number)
        if (premium.one_sum_fen is None) == (not premium.parts):
            yield (
                (*at, "parts" if premium.parts else "id"),
                Text(zh="premium_fen 和 parts 只写一个", en="One of premium_fen and parts is written"),
                Text(zh="一个金额写 premium_fen；分项写 parts。", en="Write premium_fen for one sum, else parts."),
            )
        for place, part in enumerate(premium.parts):
            yield from _part((*at, "parts", place), part)
    for number, subsidy in enumerate(policy.tables.subsidy):
        yield from _subsidy(("tables", "subsidy", number), subsidy, policy)
    for number, cover in enumerate(policy.tables.cover):
        yield from _cover(("tables", "cover", number), cover, policy)
    yield from _waiting(policy)


def _part(at: Steps, part: PremiumPart) -> Found:
    given = [name for name in ("fen", "rate", "of_fen") if getattr(part, name) is not None]
    if given not in (["fen"], ["rate", "of_fen"]):
        yield (
            (*at, given[-1] if given else "name"),
            Text(zh="一项保费写 fen，或 rate 和 of_fen", en="A part has fen, or rate and of_fen"),
            Text(
                zh="定额写 fen；费率乘基数写 rate 和 of_fen。",
                en="Write fen, or rate and of_fen for a rate of a base.",
            ),
        )


def _subsidy(at: Steps, subsidy: SubsidyRule, policy: Policy) -> Found:
    if subsidy.paid_by is not None:
        yield from known((*at, "paid_by"), "payer", subsidy.paid_by, policy.subsidy_payers)
    ways = [name for name in ("pays_fen", "pays_share", "family_fen") if getattr(subsidy, name) is not None]
    if subsidy.part == "whole":
        ways.insert(0, "part")
    if len(ways) != (0 if subsidy.paid_by is None else 1):
        yield (
            (*at, ways[-1] if ways else "paid_by"),
            Text(zh="paid_by 和出资多少不相配", en="paid_by and what is paid contradict each other"),
            Text(
                zh="有人出资时写 part: whole、pays_fen、pays_share、family_fen 之一；无人出资时只写 paid_by: null。",
                en="With a payer write one of part: whole, pays_fen, pays_share and family_fen; without one write "
                "paid_by: null and none of them.",
            ),
        )


def _cover(at: Steps, cover: CoverRule, policy: Policy) -> Found:
    needed = NEEDED.get(cover.starts)
    for name in ("days", "months", "date"):
        value = getattr(cover, name)
        if (value is not None) == (name == needed) and (not isinstance(value, int) or value in SENSIBLE[name]):
            continue
        yield (
            (*at, name if value is not None else "starts"),
            Text(zh="starts 和 {name} 不相配", en="starts and {name} contradict each other").filled(name=name),
            _beside(name),
        )
    for name, value in (("not_before", cover.not_before), ("ends", cover.ends), ("waits", cover.waits or None)):
        if value is not None and cover.starts == "refer":
            yield (
                (*at, name),
                Text(zh="由经办人员决定时没有 {name}", en="What an officer decides has no {name}").filled(name=name),
                Text(zh="删去 {name}。", en="Remove {name}.").filled(name=name),
            )
    if cover.not_before is not None and cover.ends is not None and cover.ends < cover.not_before:
        yield (
            (*at, "ends"),
            Text(zh="ends 早于 not_before", en="ends is before not_before"),
            Text(zh="改正其中一个日期。", en="Mend one of the two dates."),
        )
    fixed = cover.starts in ("on_date", "year_start")
    if fixed and (cover.ends or policy.cover_to) < (cover.date or policy.cover_from):
        yield (
            (*at, "ends" if cover.ends is not None else "date"),
            Text(zh="待遇还没开始就结束了", en="Cover would end before it begins"),
            Text(zh="改正其中一个日期。", en="Mend one of the dates."),
        )


def _beside(name: str) -> Text:
    ways = ", ".join(way for way, needed in NEEDED.items() if needed == name)
    if name == "date":
        return Text(
            zh="starts 为 {ways} 时写 date，否则不写。", en="Write date with starts: {ways} and only with it."
        ).filled(ways=ways)
    span = SENSIBLE[name]
    return Text(
        zh="starts 为 {ways} 时写 {first} 到 {last} 的 {name}，否则不写。",
        en="Write {name}, from {first} to {last}, with starts: {ways} and only with it.",
    ).filled(ways=ways, name=name, first=span[0], last=span[-1])


def _waiting(policy: Policy) -> Iterator[tuple[Steps, Text, Text]]:
    waits = [number for number, cover in enumerate(policy.tables.cover) if cover.waits]
    if policy.waiting is None and waits:
        yield (
            ("tables", "cover", waits[0], "waits"),
            Text(zh="没有 waiting 部分，不知道等多久", en="There is no part called waiting, so nobody knows how long"),
            Text(zh="写上 waiting，或去掉 waits。", en="Write waiting, or leave waits out."),
        )
    if policy.waiting is not None:
        for number, name in enumerate(policy.waiting.never):
            yield from known(("waiting", "never", number), "criterion", name, policy.criteria)
        if not waits:
            yield (
                ("waiting",),
                Text(zh="waiting 没有用到", en="waiting is not used"),
                Text(zh="在要等待的 cover 规则里写 waits: true。", en="Write waits: true in the rules that wait."),
            )
