"""Figures of many children in words, for the command line and for pages. 汇总说明"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from yingbao.determination.counter import Decision
from yingbao.determination.explain import said_day
from yingbao.determination.rulebook import rules_of
from yingbao.determination.summing import Figures
from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.policy.outcomes import in_general
from yingbao.values import money
from yingbao.values.text import Text

KINDS = {
    "gained": Text("新能参保", "come in"),
    "lost": Text("不再能参保", "fall out"),
    "pay_more": Text("家庭多缴", "family pays more"),
    "pay_less": Text("家庭少缴", "family pays less"),
    "cover_later": Text("待遇开始得晚", "covered later"),
    "cover_earlier": Text("待遇开始得早", "covered earlier"),
    "other_agent": Text("换参保单位", "another agent"),
    "other_state": Text("仍不能参保，情形不同", "still not enrolled, for another reason"),
    "same": Text("没有变化", "the same as before"),
}
"""What a change is to a child. 变化类别"""
FAMILIES = Text("家庭", "families")
_SIDE = ("status", "self_paid_fen", "subsidised_fen", "paid_by", "coverage_from")
SHOWN = 12
"""So many lines of a kind; the rest is told as a number."""


def payer_said(payer: str | None, policy: Policy) -> Text:
    """Who pays: the families, or as the policy calls it. 出资方"""
    return FAMILIES if not payer else policy.subsidy_payers.get(payer, Text(payer, payer))


def rule_said(name: str, policy: Policy) -> tuple[str, Text]:
    """A rule's clause and sentence; of one that is another policy's its bare name. 规则说明"""
    found = rules_of(policy).get(name)
    return ("", Text(name, name)) if found is None else (found[1].clause, in_general(found[1]))


def side_said(side: dict[str, Any], policy: Policy) -> Text:
    """What a group of children gets, in one line: 家庭缴 240元，自2020年1月1日起. 结果"""
    if side["status"] != "enrolled":
        return terms.STATUSES[side["status"]]
    begins = side["coverage_from"]
    parts = [Text("家庭缴{sum}", "the family pays {sum}").filled(sum=money.said(side["self_paid_fen"]))]
    if side["subsidised_fen"]:
        other = Text("{payer}缴{sum}", "{payer} pays {sum}")
        parts.append(
            other.filled(payer=payer_said(side["paid_by"], policy), sum=money.said(side["subsidised_fen"]))
        )  # fmt: skip
    if begins:
        parts.append(Text("自{day}起", "from {day}").filled(day=said_day(_day(begins))))
    return Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))


def side_of(decision: Decision, policy: Policy) -> Text:
    """The same of one child's decision. 单人结果"""
    return side_said({name: getattr(decision, name) for name in _SIDE}, policy)


def lines(
    said: Figures, policy: Policy, against: Policy | None = None, named: Text | None = None
) -> Iterator[Text]:  # fmt: skip
    """All figures as lines; headings stand at the margin. `named` says what the other policy is. 逐行说明"""
    yield Text("共 {n} 名儿童", "{n} children in all").filled(n=f"{said['children']:,}")
    for row in said["statuses"]:
        yield _line(row["children"], terms.STATUSES[row["status"]])
    yield Text("保费合计 {sum} 元", "premiums come to {sum} yuan").filled(sum=money.figures(said["premium_fen"]))
    for row in said["payers"]:
        sum_ = Text("{payer} {sum} 元", "{payer} {sum} yuan")
        yield _line(row["children"], sum_.filled(payer=payer_said(row["payer"], policy), sum=money.figures(row["fen"])))
    if said["groups"]:
        yield Text("每人缴多少、从何时享受待遇", "How much each, and from when")
        yield from _listed(
            [(row["children"], _group(row | {"status": "enrolled"}, policy)) for row in said["groups"]]
        )  # fmt: skip
    if said["outside"]:
        yield Text("没有列入参保的，按规则", "Who is not enrolled, by the rule that says so")
        yield from _listed([(row["children"], _outside(row, policy)) for row in said["outside"]])
    if against is not None and "change" in said:
        yield Text("与 {other} 相比", "Against {other}").filled(other=named or against.policy)
        yield from _change(said["change"], policy, against)


def _change(change: Figures, policy: Policy, against: Policy) -> Iterator[Text]:
    for row in change["kinds"]:
        if row["children"]:
            yield _line(row["children"], KINDS[row["kind"]])
    more = Text("家庭 {family} 元，其他方 {others} 元", "families {family} yuan, others {others} yuan")
    yield Text("  合计增减：{more}", "  more or less in all: {more}").filled(
        more=more.filled(family=signed(change["family_fen"]), others=signed(change["others_fen"]))
    )
    if change["lost_by"]:
        yield Text("不再能参保的，按规则", "Who falls out, by the rule that says so")
        yield from _listed([(row["children"], _outside(row, policy)) for row in change["lost_by"]])
    if change["sides"]:
        yield Text("原来 → 现在", "Before → after")
        arrow = Text("{before} → {after}", "{before} → {after}")
        yield from _listed(
            [
                (
                    row["children"],
                    arrow.filled(before=side_said(row["before"], against), after=side_said(row["after"], policy)),
                )
                for row in change["sides"]
            ]
        )


def parts(said: list[Figures], names: dict[str, Text]) -> Iterator[Text]:
    """Heads and sums of each part in one line. 分组"""
    for row in said:
        figures = Text(
            "{name}：{n} 名，参保 {enrolled} 名，家庭 {family} 元，其他方 {others} 元",
            "{name}: {n} children, {enrolled} enrolled, families {family} yuan, others {others} yuan",
        ).filled(
            name=names.get(row["key"], Text(row["key"] or "—", row["key"] or "—")), n=f"{row['children']:,}",
            enrolled=f"{row['enrolled']:,}", family=money.figures(row["self_paid_fen"]),
            others=money.figures(row["subsidised_fen"]),
        )  # fmt: skip
        yield Text("  {figures}{change}", "  {figures}{change}").filled(figures=figures, change=_of_part(row))


def _of_part(row: Figures) -> Text:
    heads = [(KINDS[kind], row.get("change", {}).get(kind, 0)) for kind in KINDS if kind not in ("same", "other_state")]
    said = [Text("{kind} {n}", "{kind} {n}").filled(kind=kind, n=f"{n:,}") for kind, n in heads if n]
    if not said:
        return Text("", "")
    return Text("；" + "，".join(one.zh for one in said), "; " + ", ".join(one.en for one in said))


def signed(fen: int) -> str:
    """A difference with its sign. 增减额"""
    return f"+{money.figures(fen)}" if fen > 0 else money.figures(fen)


def _group(row: Figures, policy: Policy) -> Text:
    agent = terms.AGENTS[row["agent"]] if row["agent"] else Text("", "")
    return Text("{side}（{agent}）", "{side} ({agent})").filled(side=side_said(row, policy), agent=agent)


def _outside(row: Figures, policy: Policy) -> Text:
    clause, sentence = rule_said(row["rule"], policy)
    return Text("{status} · {rule} [{clause}]：{sentence}", "{status} · {rule} [{clause}]: {sentence}").filled(
        status=terms.STATUSES[row["status"]], rule=row["rule"], clause=clause, sentence=sentence
    )


def _listed(found: list[tuple[int, Text]]) -> Iterator[Text]:
    for children, what in found[:SHOWN]:
        yield _line(children, what)
    if rest := sum(children for children, _ in found[SHOWN:]):
        yield _line(rest, Text("其他 {n} 种情形", "{n} more kinds").filled(n=len(found) - SHOWN))


def _line(children: int, what: Text) -> Text:
    return Text("  {n} 名  {what}", "  {n}  {what}").filled(n=f"{children:>9,}", what=what)


def _day(said: str | date) -> date:
    return said if isinstance(said, date) else date.fromisoformat(said)
