"""What somebody typed of a child who is not known yet, read as the facts that a decision asks for. 试算事实

No framework and no database. Days and places are taken as people write them; what cannot be read is told field by
field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.values import divisions
from yingbao.values.fault import Fault
from yingbao.values.plain import compact, narrow
from yingbao.values.text import Text

Facts = dict[str, object]
FIELDS_TYPED = (
    "birth_date", "paid_on", "hukou", "parent_hukou", "school_division", "school_stage", "identity_type",
    "points_admitted_on", "registered_before", "residence_permit", "parent_employee_insured", "tier", "lapsed_years",
    "repaired_years", "registered_on", "paid_time", "prepaid_years", "continuous_years", "claim_free_years",
)  # fmt: skip
"""The fields of the form, but for the categories that are ticked."""
LONGEST = 60
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
NOT_A_TIME = Text("看不出时刻，请写成 16:30。", "This is no time of day; write it as 16:30.")
NOT_A_DAY = Text("看不出日期，请写成 2012-05-04。", "This is no day; write it as 2012-05-04.")
NOT_A_CHOICE = Text("请从列出的选项中选择。", "Please choose one of those listed.")
NOT_A_COUNT = Text("请填 0 到 99 的整数。", "Please give a whole number from 0 to 99.")
BORN_LATER = Text("出生日期在缴费日之后，请核对。", "The birth date is after the payment day; please compare.")
MISSING_BIRTH = Text("请填写出生日期。", "Please give the birth date.")


class Read(NamedTuple):
    """What could be read, and what could not, by field. 读取结果"""

    facts: Facts
    wrong: dict[str, Text]


def asked_by(policy: Policy) -> frozenset[str]:
    """The facts that this policy's rules ask about. 政策所问的事实"""
    asked = {str(criterion.fact) for criterion in policy.criteria.values() if criterion.fact}
    asked |= {reward.counts for reward in policy.rewards}
    if policy.waiting is not None:
        asked |= {"lapsed_years", "repaired_years"}
    if any(window.opens_at or window.closes_at for window in policy.windows.values()):
        asked.add("paid_time")
    return frozenset((asked - {"age"}) | {"birth_date", "paid_on"})


def categories(policy: Policy) -> list[str]:
    """The assistance categories that this policy knows, in the order of its rules. 政策所列救助类别"""
    named = [one for each in policy.criteria.values() if each.fact == "assistance" for one in each.any_of or ()]
    return list(dict.fromkeys(named))


def read(typed: Mapping[str, str], chosen: list[str], policy: Policy, *, today: date) -> Read:
    """The facts in a form: `typed` by field, `chosen` the categories that were ticked. 读取表单"""
    asked, wrong = asked_by(policy), dict[str, Text]()
    facts: Facts = {"person_id": "child"}
    for field in ("birth_date", "points_admitted_on", "registered_on", "paid_on"):
        facts[field] = _day(typed.get(field, ""), field, wrong)
    for field in ("hukou", "parent_hukou", "school_division"):
        facts[field] = _place(typed.get(field, ""), field, wrong, near=policy.pooling_area)
    for field in ("registered_before", "residence_permit", "parent_employee_insured"):
        facts[field] = typed.get(field) == "yes"
    for field in ("lapsed_years", "repaired_years", "continuous_years", "claim_free_years"):
        facts[field] = _count(typed.get(field, ""), field, wrong)
    facts["prepaid_years"] = _count(typed.get("prepaid_years", ""), "prepaid_years", wrong) or None
    facts["paid_time"] = _time(typed.get("paid_time", ""), wrong)
    facts["school_stage"] = _word(typed.get("school_stage", "none") or "none", terms.STAGES, "school_stage", wrong)
    facts["identity_type"] = _word(typed.get("identity_type", ""), terms.IDENTITY_TYPES, "identity_type", wrong)
    facts["assistance"] = ";".join(one for one in categories(policy) if one in chosen)
    facts["tier"] = typed["tier"] if typed.get("tier") in ("1", "2") else None
    facts["paid_on"] = facts["paid_on"] or today
    birth, paid = facts["birth_date"], facts["paid_on"]
    if birth is None and "birth_date" not in wrong:
        wrong["birth_date"] = MISSING_BIRTH
    if isinstance(birth, date) and isinstance(paid, date) and birth > paid:
        wrong["birth_date"] = BORN_LATER
    kept = {name: value for name, value in facts.items() if name in asked or name == "person_id"}
    return Read(kept, {name: text for name, text in wrong.items() if name in asked})


def day_of(text: str) -> date | None:
    """A day as people write it: 2012-5-4, 2012年5月4日, 20120504, full-width too; None if it is none. 日期"""
    found = _DAY.fullmatch(compact(text))
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(text: str, field: str, wrong: dict[str, Text]) -> date | None:
    if not narrow(text):
        return None
    found = day_of(text)
    if found is None:
        wrong[field] = NOT_A_DAY
    return found


def _time(text: str, wrong: dict[str, Text]) -> str | None:
    plain = compact(text).replace("：", ":")
    if not plain:
        return None
    found = _CLOCK.fullmatch(plain)
    if found is None:
        wrong["paid_time"] = NOT_A_TIME
        return None
    return f"{int(found[1]):02d}:{found[2]}"


def _place(text: str, field: str, wrong: dict[str, Text], *, near: str) -> str | None:
    if not narrow(text):
        return None
    try:
        return divisions.code_of(text[:LONGEST], near=near)
    except Fault as fault:
        wrong[field] = Text(f"{fault.what.zh}。{fault.mend.zh}。", f"{fault.what.en}. {fault.mend.en}.")
        return None


def _word(
    text: str, known: Mapping[str | None, Text] | Mapping[str, Text], field: str, wrong: dict[str, Text]
) -> str | None:
    if not text:
        return None
    if text not in known:
        wrong[field] = NOT_A_CHOICE
        return None
    return text


def _count(text: str, field: str, wrong: dict[str, Text]) -> int:
    plain = compact(text)
    if not plain:
        return 0
    if not (plain.isascii() and plain.isdigit() and len(plain) < 3):
        wrong[field] = NOT_A_COUNT
        return 0
    return int(plain)
