"""One child at the counter. 单人核定"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from yingbao.determination.facts import read_child
from yingbao.determination.rulebook import Status, rulebook_of
from yingbao.policy.model import Policy


class Decision(msgspec.Struct, frozen=True):
    """What was decided for one child; the fields are the contract's columns. 核定结果"""

    person_id: str
    status: Status
    agent: str | None
    registration: str | None
    channel: str | None
    phase: str
    premium_fen: int
    self_paid_fen: int
    subsidised_fen: int
    paid_by: str | None
    coverage_from: date | None
    coverage_to: date | None
    because: tuple[str, ...]
    """the ids of the rules that decided, in the order of the tables"""


def determine_one(policy: Policy, facts: Mapping[str, object], as_of: date) -> Decision:
    """Decide for one child. 单人核定

    `facts` has the contract's columns by name, as text or typed; a missing one is empty, an unknown one is
    passed over. `as_of` stands in where `paid_on` is empty. Raises Refused on a malformed value.
    """
    child = read_child(facts, as_of)
    outcome, begins = rulebook_of(policy).decided(child)
    return Decision(
        person_id=str(child["person_id"]),
        status=outcome.status,
        agent=outcome.agent,
        registration=outcome.registration,
        channel=outcome.channel,
        phase=outcome.phase,
        premium_fen=outcome.premium_fen,
        self_paid_fen=outcome.self_paid_fen,
        subsidised_fen=outcome.subsidised_fen,
        paid_by=outcome.paid_by,
        coverage_from=begins,
        coverage_to=outcome.coverage_to,
        because=outcome.because,
    )
