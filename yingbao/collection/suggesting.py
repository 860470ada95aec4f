"""Which declarations money in suspense may be for, with reasons; an officer decides. 匹配建议"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from yingbao.collection import matching
from yingbao.collection.models import Allocation, Arrival, Obligation, StatementLine
from yingbao.declaration.lifecycle import STANDING
from yingbao.declaration.models import Declaration
from yingbao.enrolment.seasons import china_day
from yingbao.sealing import sealed
from yingbao.values import money, reference
from yingbao.values.plain import compact
from yingbao.values.text import Text

AGES = (3, 7, 30)
MOST = 5
_NOISE = re.compile(r"[（(].*?[)）]|小学|中学|学校|初级|高级|实验|有限公司")


class Suggestion(NamedTuple):
    """A declaration that money may be for. 建议"""

    declaration: Declaration
    unpaid_fen: int
    unpaid: int
    """children of whom it is"""
    reasons: tuple[Text, ...]
    score: int

    @property
    def is_exact(self) -> bool:
        """Whether the sum is what is unpaid."""
        return any(reason is EXACT for reason in self.reasons)


class Waiting(NamedTuple):
    """Money in suspense with its age. 暂收款"""

    arrival: Arrival
    days: int
    age: int
    """how many of the marks of 3, 7 and 30 days it has passed"""
    line: StatementLine | None
    references: tuple[str, ...]


EXACT = Text("金额正好等于未缴合计", "the sum is exactly what is unpaid")
NAMED = Text("附言中有这张申报表的编号", "the text names its reference")
SAME_ACCOUNT = Text("同一付款账户以前为这个单位缴过费", "the same account has paid for this agent before")
SAME_NAME = Text("付款人或附言中有单位名称", "payer or text holds the agent's name")


def waiting(*, pooling_area: str, at: datetime) -> list[Waiting]:
    """All money in suspense of an area with its age, the oldest first. 暂收款清单"""
    rows = matching.in_suspense(pooling_area).order_by("paid_at", "pk").select_related("line", "payment")
    return [aged(arrival, at) for arrival in rows]


def aged(arrival: Arrival, at: datetime) -> Waiting:
    """One of them with its age in days. 账龄"""
    days = (china_day(at) - china_day(arrival.paid_at)).days
    line = getattr(arrival, "line", None)
    found = tuple(reference.found_in(arrival.text))
    return Waiting(arrival, days, sum(days >= mark for mark in AGES), line, found)


def suggest(*, arrival: Arrival) -> list[Suggestion]:
    """The declarations of the area that it may be for, the likeliest first. 匹配建议"""
    rows = Declaration.objects.filter(state__in=STANDING, season__pooling_area=arrival.pooling_area)
    declarations = {one.pk: one for one in rows.select_related("organisation", "season")}
    unpaid = matching.unpaid_of(declarations)
    named = set(reference.found_in(arrival.text))
    before = _paid_for_before(arrival)
    found = []
    for key, one in declarations.items():
        owed = unpaid.get(key, [])
        reasons = _reasons(arrival, one, owed, named, before)
        if reasons:
            weights = sum(weight for weight, _ in reasons)
            texts = tuple(text for _, text in sorted(reasons, key=lambda each: -each[0]))
            found.append(Suggestion(one, sum(each.due_fen for each in owed), len(owed), texts, weights))
    return sorted(found, key=lambda one: (-one.score, one.declaration.reference))[:MOST]


def _reasons(
    arrival: Arrival, one: Declaration, owed: Sequence[Obligation], named: set[str], before: set[int]
) -> list[tuple[int, Text]]:
    sum_ = sum(each.due_fen for each in owed)
    reasons = []
    if one.reference in named:
        reasons.append((8, NAMED))
        if not owed:
            reasons.append((0, Text("但已全部缴清，可能重复汇款", "but all of it is paid: perhaps paid twice")))
        elif sum_ != arrival.suspense_fen:
            word = Text("少", "short by") if arrival.suspense_fen < sum_ else Text("多", "over by")
            said = Text("比未缴合计{word}{sum}", "it is {word} {sum}")
            reasons.append((0, said.filled(word=word, sum=money.said(abs(sum_ - arrival.suspense_fen)))))
    if not owed:
        return reasons
    if sum_ == arrival.suspense_fen:
        reasons.append((4, EXACT))
    if one.organisation_id in before:
        reasons.append((2, SAME_ACCOUNT))
    if _names(one.organisation.name, f"{arrival.payer} {arrival.text}"):
        reasons.append((2, SAME_NAME))
    return reasons


def _names(organisation: str, said: str) -> bool:
    """Whether the agent's name, or what is its own in it, stands in the text."""
    name, own = compact(organisation), _NOISE.sub("", compact(organisation))
    return name in compact(said) or (len(own) >= 2 and own in compact(said))


def _paid_for_before(arrival: Arrival) -> set[int]:
    """The agents whose children were paid from the same account before, by its sealed number."""
    line = StatementLine.objects.filter(arrival=arrival, counterparty_cipher__isnull=False).first()
    if line is None or line.counterparty_cipher is None:
        return set()
    number = sealed.unseal(line.counterparty_cipher)
    like = StatementLine.objects.filter(counterparty_masked=line.counterparty_masked, arrival__isnull=False)
    ciphers = like.exclude(pk=line.pk).values_list("arrival_id", "counterparty_cipher").order_by("-pk")[:200]
    arrivals = [key for key, cipher in ciphers if cipher is not None and sealed.unseal(cipher) == number]
    live = Allocation.objects.filter(arrival__in=arrivals, released_at__isnull=True)
    return set(live.values_list("obligation__organisation_id", flat=True))
