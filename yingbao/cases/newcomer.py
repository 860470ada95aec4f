"""A child whom nobody knows yet comes to a community: what the policy says, and whether it is the community's. 新来儿童

The page that registers one child and the workbook that registers many weigh them by the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from yingbao.agents.models import Organisation
from yingbao.determination.counter import Decision, determine_one
from yingbao.people.bulk import NewPerson
from yingbao.people.models import IdentityKind
from yingbao.policy.model import Policy

WITHOUT_HUKOU = frozenset(
    {IdentityKind.PASSPORT, IdentityKind.HK_MO_PERMIT, IdentityKind.TW_PERMIT, IdentityKind.HMT_RESIDENCE_PERMIT,
     IdentityKind.FOREIGN_PERMANENT_RESIDENCE}
)  # fmt: skip
"""The documents of those who have no hukou to be asked for. 无户籍证件"""


class Weighed(NamedTuple):
    """What would become of the child. 试算结果"""

    facts: dict[str, object]
    decision: Decision
    ours: bool
    """whether the policy makes a community responsible, and this one may take the child"""

    @property
    def storable(self) -> bool:
        """Whether this community may put the child on its list."""
        return self.ours and self.decision.status in ("enrolled", "refer")


def weigh(
    *,
    policy: Policy,
    person: NewPerson,
    place: Organisation,
    others: Sequence[Organisation],
    on: date,
    school_division: str | None = None,
    stage: str = "none",
) -> Weighed:
    """Decide for a child who is not stored, as for one who is. 试算

    `others`: the communities of the divisions that `divisions_of` names; `stage`: of the school at which it is said to
    be.
    """
    facts = facts_of(person, school_division=school_division, stage=stage)
    decision = determine_one(policy, facts, on)
    return Weighed(facts, decision, decision.agent == "community" and _is_ours(place, person, others))


def divisions_of(person: NewPerson) -> list[str]:
    """Where a community could have the child: by its own hukou, else by a parent's. 可能的户籍地"""
    return [code for code in (person.hukou, *(one.hukou for one in person.guardians)) if code]


def facts_of(person: NewPerson, *, school_division: str | None, stage: str) -> dict[str, object]:
    """The facts of a child who is not stored yet, in the words of the contract. 事实"""
    parents = {one.hukou for one in person.guardians if one.hukou and one.relation in ("father", "mother", "")}
    return {
        "person_id": "new",
        "identity_type": person.documents[-1].kind,
        "birth_date": person.birth_date,
        "hukou": person.hukou or None,
        "parent_hukou": ";".join(sorted(parents)) or None,
        "school_division": school_division,
        "school_stage": stage,
    }


def _is_ours(place: Organisation, person: NewPerson, others: Sequence[Organisation]) -> bool:
    """Whether a community may take the child: its own hukou lies there, or nobody's and a parent's does. 是否本社区"""
    if person.hukou == place.division:
        return True
    at_home = any(one.division == person.hukou for one in others)
    return not at_home and any(one.hukou == place.division for one in person.guardians)
