"""A child's stored decision in words: what came out, by which rules, and why no earlier rule held. 核定理由"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import msgspec

from yingbao.determination import explain
from yingbao.determination.counter import Decision
from yingbao.determination.facts import read_child
from yingbao.enrolment.lifecycle import State
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import policy_behind
from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.values import money
from yingbao.values.text import Text

ALWAYS_TOLD = ("birth_date", "hukou", "registered_before")
"""Facts that a page shows even where nothing is known."""


class Verdict(NamedTuple):
    """The decision in one line. 结论"""

    tone: str
    text: Text


def verdict(one: Enrolment) -> Verdict:
    """What comes first on a child's page. 结论"""
    if one.status == "enrolled" and one.self_paid_fen:
        text = Text("可以参保，家庭缴{sum}", "Can be enrolled; the family pays {sum}")
        return Verdict("good", text.filled(sum=money.said(one.self_paid_fen)))
    words = {
        "enrolled": Verdict("good", Text("可以参保，家庭不用缴费", "Can be enrolled; the family pays nothing")),
        "ineligible": Verdict("bad", Text("不能参保", "Cannot be enrolled")),
        "refer": Verdict("warn", Text("须由医保经办人员决定", "An officer of the insurance agency decides")),
        "not_open": Verdict("warn", Text("还没有到办理时间", "It is too early to enrol")),
        "closed": Verdict("warn", Text("已过办理期限", "The time to enrol is over")),
    }
    return words.get(one.status, Verdict("warn", Text("还没有核定", "Not decided yet")))


ENDS = {
    State.DECLINED: Text("本年度不参保", "Not to be enrolled this year"),
    State.WITHDRAWN: Text("本年度已退出参保", "Not enrolled any more this year"),
    State.LAPSED: Text("到期没有缴费，本年度没有参保", "Not paid in time, and so not enrolled this year"),
}


def as_it_stands(one: Enrolment) -> Verdict:
    """What comes first where the child may have left since it was decided: that it left, else the decision. 现况"""
    end = ENDS.get(State(one.state))
    return Verdict("warn", end) if end else verdict(one)


def continuity(one: Enrolment) -> Text | None:
    """What earlier years mean for a child that was enrolled before; none for a first-timer. 续保"""
    if not one.facts.get("registered_before"):
        return None
    if missed := int(one.facts.get("lapsed_years") or 0):
        return Text(
            "续保，此前连续 {n} 年未参保；不用再登记", "A renewal after {n} years without cover; nothing to register"
        ).filled(n=missed)
    return Text("续保，不用再登记", "A renewal; nothing to register")


def payer(one: Enrolment, policy: Policy) -> Text:
    """Who pays what the family does not. 资助方"""
    return policy.subsidy_payers.get(one.paid_by, Text(one.paid_by, one.paid_by))


def facts_of(one: Enrolment) -> dict[str, Any]:
    """The facts as they were stored with the decision, in the words of the contract."""
    return {**one.facts, "person_id": str(one.person_id)}


def reasons(one: Enrolment, policy: Policy) -> list[explain.Reason]:
    """Every rule that decided, with its sentence about this child. 理由"""
    if one.as_of is None:
        return []
    decision = Decision(
        person_id=str(one.person_id),
        status=one.status,  # type: ignore[arg-type]  # the column holds a Status
        agent=one.agent,
        registration=one.registration,
        channel=one.channel,
        phase=one.phase,
        premium_fen=one.premium_fen,
        self_paid_fen=one.self_paid_fen,
        subsidised_fen=one.subsidised_fen,
        paid_by=one.paid_by,
        coverage_from=one.coverage_from,
        coverage_to=one.coverage_to,
        because=tuple(rule for rule in one.because.split(";") if rule),
    )
    return explain.reasons(_behind(one, policy), facts_of(one), decision, one.as_of)


def passed_over(one: Enrolment, policy: Policy) -> list[tuple[Text, explain.PassedOver]]:
    """The rules that stood before the deciding ones, each with what it lacked, told once. 为何不是别的情形

    Until somebody has paid, the day of payment is assumed; it is not told as if it were one.
    """
    if one.as_of is None:
        return []
    paid = one.state in (State.PAID, State.COVERED)
    found: dict[tuple[str, str, str], tuple[Text, explain.PassedOver]] = {}
    for each in explain.passed_over(_behind(one, policy), facts_of(one), one.as_of):
        told = each if paid else msgspec.structs.replace(each, failed=_assumed(each.failed, one.as_of))
        found.setdefault((each.table, each.clause, told.failed.zh), (terms.TABLES[each.table], told))
    return list(found.values())


def _assumed(failed: Text, day: date) -> Text:
    """The same, with the day of payment named as what it is."""
    name, said = terms.FACTS["paid_on"], explain.said_day(day)
    assumed = Text("按{d}缴费推算", "reckoned as if paid on {d}").filled(d=said)
    return Text(
        failed.zh.replace(f"{name.zh}：{said.zh}", assumed.zh), failed.en.replace(f"{name.en}: {said.en}", assumed.en)
    )


def _behind(one: Enrolment, policy: Policy) -> Policy:
    """What it was decided by, where another version is in force since: its rules may have other names now."""
    return policy if one.version_id == one.season.version_id else policy_behind(one)


def facts_used(one: Enrolment) -> list[tuple[Text, Text]]:
    """The facts that the decision used, in words. 核定依据"""
    if one.as_of is None:
        return []
    child = read_child(facts_of(one), one.as_of)
    return [
        (words, explain.said_value(fact, child[fact]))
        for fact, words in terms.FACTS.items()
        if fact in child and fact != "paid_on" and (child[fact] not in (None, (), 0, False) or fact in ALWAYS_TOLD)
    ]
