"""The two cities' rules once more: plain, slow, and written from the contract's text alone. 对照实现

Nothing here reads a policy file or shares code with the engine, so that an error in one of them shows as a
difference. A child is a dict of read values: dates are dates, lists are tuples, empty is None, (), False or 0.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

ROLL = {"kindergarten", "primary", "junior", "senior", "vocational", "special"}
SUZHOU_URBAN = {"320505", "320506", "320507", "320508"}
SUZHOU_EXEMPT = {
    "minimum_living",
    "minimum_living_margin",
    "destitute",
    "orphan",
    "temporary_relief",
    "preferential_treatment",
    "registered_poor",
    "disabled_hardship",
}

Facts = dict[str, Any]


def decisions(city: str, child: Facts, as_of: date) -> Facts:
    """The contract's columns except `because`, which names rules of a policy file."""
    paid = child["paid_on"] or as_of
    said = suzhou(child, paid) if city == "320500/2020" else yuzhong(child, paid)
    return {"person_id": child["person_id"], **said}


def in_city(code: str | None) -> bool:
    return code is not None and code.startswith("3205")


def minor(child: Facts) -> bool:
    """Under 18 on 2020-01-01: the eighteenth birthday is still to come."""
    birth = child["birth_date"]
    return birth is not None and birth > date(2002, 1, 1)


def suzhou_rule(child: Facts) -> int:
    hukou, school, stage = child["hukou"], child["school_division"], child["school_stage"]
    parent = any(in_city(code) for code in child["parent_hukou"])
    points = child["points_admitted_on"]
    in_points = points is not None and date(2019, 6, 1) <= points <= date(2019, 9, 10)
    if school in SUZHOU_URBAN and stage in ROLL:
        free = in_city(hukou) or hukou is None or parent or child["registered_before"]
        return 1 if free or stage in ("senior", "vocational") or in_points else 4
    if hukou in SUZHOU_URBAN and stage == "none" and minor(child):
        return 2
    if parent and stage in ROLL - {"kindergarten"} and school is not None and not in_city(school):
        return 3
    return 4


def three_months(birth: date) -> date:
    month = birth.month + 3
    year = birth.year
    if month > 12:
        month, year = month - 12, year + 1
    return date(year, month, min(birth.day, calendar.monthrange(year, month)[1]))


def suzhou_phase(child: Facts, rule: int, paid: date) -> str:
    if paid < date(2019, 9, 1):
        return "not_open"
    if paid <= date(2019, 11, 30):
        return "open"
    birth = child["birth_date"]
    if rule == 2 and birth is not None and paid <= three_months(birth) and paid <= date(2020, 12, 31):
        return "newborn"
    return "closed"


def suzhou_registration(child: Facts, rule: int) -> str | None:
    if rule == 4 or child["registered_before"]:
        return None
    if child["hukou"] in SUZHOU_URBAN:
        return "hukou_community"
    points = child["points_admitted_on"]
    if points is not None and date(2019, 6, 1) <= points <= date(2019, 9, 10):
        return "points"
    return "school" if rule == 1 else "community"


def suzhou(child: Facts, paid: date) -> Facts:
    rule = suzhou_rule(child)
    phase = suzhou_phase(child, rule, paid)
    agent = {1: "school", 2: "community", 3: "community", 4: None}[rule]
    if agent is None:
        status = "ineligible"
    elif phase in ("not_open", "closed"):
        status = phase
    elif phase == "newborn" and (paid.year, paid.month) == (2020, 12):
        status = "refer"
    else:
        status = "enrolled"
    begins = date(2020, 1, 1)
    if phase == "newborn":
        begins = date(paid.year + paid.month // 12, paid.month % 12 + 1, 1)
    exempt = in_city(child["hukou"]) and bool(SUZHOU_EXEMPT & set(child["assistance"]))
    return written(
        status=status,
        agent=agent,
        registration=suzhou_registration(child, rule),
        channel=agent,
        phase=phase,
        premium=24000,
        subsidised=24000 if exempt else 0,
        paid_by="treasury",
        begins=begins,
    )


def yuzhong(child: Facts, paid: date) -> Facts:
    agent = None
    if child["school_division"] == "500103" and child["school_stage"] in ROLL:
        agent = "school"
    elif child["hukou"] == "500103" and minor(child):
        agent = "community"
    phase = "closed"
    if paid < date(2019, 9, 1):
        phase = "not_open"
    elif paid <= date(2019, 12, 20):
        phase = "open"
    elif paid <= date(2020, 9, 30):
        phase = "late"
    status = "ineligible" if agent is None else phase if phase in ("not_open", "closed") else "enrolled"
    if phase == "open" or paid <= date(2019, 12, 31):
        begins = date(2020, 1, 1)
    elif paid < date(2020, 3, 1):
        begins = date(2020, paid.month + 1, 1)
    else:
        begins = paid + timedelta(days=90)
    premium = 62500 if child["tier"] == 2 else 25000
    if paid >= date(2020, 7, 1):
        premium += 55000
    return written(
        status=status,
        agent=agent,
        registration=None if agent is None or child["registered_before"] else "community",
        channel="online" if child["registered_before"] else "community",
        phase=phase,
        premium=premium,
        subsidised=0,
        paid_by=None,
        begins=begins,
    )


def written(
    *,
    status: str,
    agent: str | None,
    registration: str | None,
    channel: str | None,
    phase: str,
    premium: int,
    subsidised: int,
    paid_by: str | None,
    begins: date,
) -> Facts:
    """Lay the columns out; what counts for enrolled children alone is empty for the others."""
    enrolled = status == "enrolled"
    return {
        "status": status,
        "agent": agent,
        "registration": registration,
        "channel": channel if enrolled else None,
        "phase": phase,
        "premium_fen": premium if enrolled else 0,
        "self_paid_fen": premium - subsidised if enrolled else 0,
        "subsidised_fen": subsidised if enrolled else 0,
        "paid_by": paid_by if enrolled and subsidised else None,
        "coverage_from": begins if enrolled else None,
        "coverage_to": date(2020, 12, 31) if enrolled else None,
    }
