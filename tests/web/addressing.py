"""Who sits at which desk, and what the matrix says of an address. 网址与权限的写法"""

from __future__ import annotations

from typing import NamedTuple

from yingbao.agents.models import Desk

PLACES = {
    Desk.SCHOOL: "school",
    Desk.COMMUNITY: "community",
    Desk.AGENCY: "insurance_agency",
    Desk.TAX: "tax_authority",
    Desk.LIST_PROVIDER: "civil_affairs",
    Desk.EDUCATION: "education_bureau",
    Desk.CARD: "card_centre",
    Desk.SYSTEM: "operations",
    Desk.SECURITY: "operations",
    Desk.AUDIT: "operations",
}
EVERY_DESK = frozenset(PLACES)
SCHOOL = frozenset({Desk.SCHOOL})
COMMUNITY = frozenset({Desk.COMMUNITY})
AGENTS = SCHOOL | COMMUNITY
PLACING = frozenset({Desk.SCHOOL, Desk.COMMUNITY, Desk.AGENCY})
CASES = PLACING | {Desk.TAX, Desk.EDUCATION, Desk.CARD}
PUBLISH = CASES - {Desk.SCHOOL}
TAX = frozenset({Desk.TAX})
AGENCY = frozenset({Desk.AGENCY})
LISTS = frozenset({Desk.LIST_PROVIDER})
SYSTEM = frozenset({Desk.SYSTEM})
SECURITY = frozenset({Desk.SECURITY})
AUDIT = frozenset({Desk.AUDIT})
EDUCATION = frozenset({Desk.EDUCATION})
BUSINESS = EVERY_DESK - {Desk.SYSTEM, Desk.SECURITY, Desk.AUDIT}
OFFICERS = frozenset({Desk.AGENCY, Desk.TAX})
CARD = frozenset({Desk.CARD})
TOLD = AGENCY | TAX | EDUCATION
REVIEWING = frozenset({Desk.COMMUNITY, Desk.AGENCY})
COUNTED = frozenset({Desk.AGENCY, Desk.EDUCATION, Desk.TAX})


class Page(NamedTuple):
    """Who may open an address, how it is asked for, and what it is about."""

    desks: frozenset[Desk] | None
    """None: everyone, also who is not signed in"""
    method: str = "get"
    about: str = ""
    """the kind of object in the address: a pupil, a job, a roster, a body's list, a policy"""
    answers: tuple[int, ...] = (200,)
    """of a public address where nothing is filled in; of another one, what it may say besides"""
