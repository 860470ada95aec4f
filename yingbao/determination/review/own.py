"""The policy's own division, which its areas and its table of entitlement should reach. 本统筹区"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from yingbao.determination.counter import determine_one
from yingbao.determination.review.boxes import met
from yingbao.determination.review.finding import Finding, as_facts
from yingbao.determination.review.reach import Reach
from yingbao.determination.review.told import LOOK
from yingbao.policy.model import Area, Policy
from yingbao.policy.rules import Entitlement
from yingbao.values.text import Text

_ELSEWHERE = re.compile(r"外|不在|不属|非|其他|其它|异地|别|邻")
"""How a sentence, or an area's name, may say that another place is meant."""
_NOT_HERE = re.compile(r"在(外地|外市|外省|外区|外县|异地|[本该]?[市区县省州][以之]?外)|不在")
"""How a sentence says nothing else; 外国语学校 is at home."""
SCHOOL_AGE, HOME_AGE = 8, 3
"""Full years of the two children who are tried."""


def of_its_own(reach: Reach) -> Iterator[Finding]:
    """Areas and rows that pass by the division for which the policy is made. 本统筹区问题"""
    yield from _areas(reach.policy)
    yield from _operators(reach.policy)
    yield from _children(reach)


def _areas(policy: Policy) -> Iterator[Finding]:
    """An area that holds no place of the policy's own division, though its name does not say so."""
    for name, area in policy.areas.items():
        if not _holds_own(policy, area) and not _ELSEWHERE.search(area.name.zh):
            what = Text(
                zh="区域“{area}”里没有本政策的统筹区 {own}",
                en="The area {area} holds no place of the policy's own division, {own}",
            ).filled(area=area.name, own=policy.pooling_area)
            mend = Text(
                zh="核对区划代码；确实指别处的，让名称说明（如“外地”）。",
                en="Look at the codes; if another place is meant, let its name say so.",
            )
            child = as_facts(_child(policy, policy.pooling_area, at_school=True))
            yield Finding("warning", ("areas", name, "divisions"), what, mend, example=child)


def _operators(policy: Policy) -> Iterator[Finding]:
    """A sentence that says in where the criterion says outside, and the reverse."""
    for name, criterion in policy.criteria.items():
        says = criterion.says.zh
        if criterion.outside is not None and "在" in says and not _ELSEWHERE.search(says):
            operator, area = "outside", policy.areas[criterion.outside]
        elif criterion.within is not None and _NOT_HERE.search(says):
            operator, area = "within", policy.areas[criterion.within]
        else:
            continue
        if not _holds_own(policy, area):
            continue
        what = Text(
            zh="句子说的是“{says}”，条件却是 {operator}: {area}",
            en="The sentence says “{says}”, the criterion {operator}: {area}",
        ).filled(says=criterion.says, operator=operator, area=area.name)
        yield Finding("warning", ("criteria", name, operator), what, LOOK)


def _children(reach: Reach) -> Iterator[Finding]:
    """Children of the division itself, at a school there and at home, whom no row enrols anywhere in it."""
    policy = reach.policy
    for at_school in (True, False):
        if not _taken(reach, "primary" if at_school else "none"):
            continue
        tried = [_child(policy, place, at_school=at_school) for place in _own_places(policy)]
        decisions = [determine_one(policy, child, policy.cover_from) for child in tried]
        if any(decision.agent is not None for decision in decisions):
            continue
        rows = [rule.id for rule in policy.tables.entitlement]
        row = next(id_ for id_ in decisions[0].because if id_ in rows)
        what = Text(
            zh="户籍{school}在本统筹区（{own}）、{age}周岁的孩子不能参保，由 {row} 拒绝",
            en="A child of {age} with its hukou{school} in the policy's own division, {own}, is not eligible: {row}",
        ).filled(
            school=Text(zh="和学校都", en=" and its school") if at_school else "",
            own=policy.pooling_area,
            age=SCHOOL_AGE if at_school else HOME_AGE,
            row=row,
        )
        mend = Text(
            zh="看看区域的代码，以及 within 与 outside 是否写反；文件确实不收的，不必改。",
            en="See whether a code is wrong, or within and outside are the wrong way round, unless the notice says so.",
        )
        where = ("tables", "entitlement", rows.index(row), "agent")
        yield Finding("warning", where, what, mend, example=as_facts(tried[0]))
        return


def _taken(reach: Reach, stage: str) -> bool:
    """Whether any child at a stage is eligible; a policy for pupils alone takes none at home."""
    at = reach.space.can_be([reach.space.of_value("school_stage", stage)])
    return any(
        met(reach.boxes("entitlement", place), at)
        for place, rule in enumerate(reach.rules["entitlement"])
        if isinstance(rule, Entitlement) and rule.agent is not None
    )


def _child(policy: Policy, place: str, *, at_school: bool) -> dict[str, object]:
    """A child whose hukou, and school if it is at one, lie in a place."""
    age = SCHOOL_AGE if at_school else HOME_AGE
    child: dict[str, object] = {
        "person_id": "example",
        "birth_date": date(policy.cover_from.year - age, 1, 1),
        "paid_on": policy.cover_from - timedelta(days=60),
        "hukou": place,
        "school_stage": "primary" if at_school else "none",
    }
    return child | ({"school_division": place} if at_school else {})


def _prefix(policy: Policy) -> str:
    """What the codes of all places in the policy's division begin with."""
    return re.sub(r"^(..)0000$|^(....)00$", r"\1\2", policy.pooling_area)


def _holds_own(policy: Policy, area: Area) -> bool:
    """Whether an area has a place in common with the policy's division."""
    own = _prefix(policy)
    codes = [code.removesuffix("*") for code in area.divisions]
    return any(code.startswith(own) or own.startswith(code) for code in codes)


def _own_places(policy: Policy) -> list[str]:
    """The division itself, then the places in it that the areas name."""
    own = _prefix(policy)
    codes = [code.removesuffix("*") for area in policy.areas.values() for code in area.divisions]
    named = [f"{code:1<6}" for code in codes if code.startswith(own) and code != own]
    return list(dict.fromkeys([policy.pooling_area, *named]))
