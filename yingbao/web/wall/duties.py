"""What each desk's database role may do to each table: duties apart, below the program. 数据库角色与权限"""

from __future__ import annotations

import re
from typing import NamedTuple

from yingbao.agents.models import Desk

FAMILY = "yingbao_family"
"""who is not signed in, and families"""
ROLES: dict[str, str] = {
    Desk.SCHOOL: "yingbao_school",
    Desk.COMMUNITY: "yingbao_community",
    Desk.AGENCY: "yingbao_agency",
    Desk.TAX: "yingbao_tax",
    Desk.LIST_PROVIDER: "yingbao_lists",
    Desk.EDUCATION: "yingbao_education",
    Desk.CARD: "yingbao_card",
    Desk.SYSTEM: "yingbao_admin",
    Desk.SECURITY: "yingbao_admin",
    Desk.AUDIT: "yingbao_audit",
    "": FAMILY,
}
"""the role of each desk"""
EVERY = tuple(dict.fromkeys(ROLES.values()))
SCHOOL, COMMUNITY, AGENCY, TAX, LISTS, EDUCATION, CARD, ADMIN, AUDIT = EVERY[:9]
BUSINESS = (SCHOOL, COMMUNITY, AGENCY, TAX, LISTS, EDUCATION, CARD)
REGISTRARS = (SCHOOL, COMMUNITY, AGENCY)
"""who registers children"""

READ, ADD, ALL = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE, DELETE"
KEEP = "SELECT, INSERT, UPDATE"
LOCK = "SELECT, UPDATE (id)"


class Duty(NamedTuple):
    """Tables, by a pattern on their names, and who may do what to them; who is not named may do nothing. 权限"""

    tables: str
    may: dict[str, str]


def _of(*roles: str, may: str) -> dict[str, str]:
    return dict.fromkeys(roles, may)


MOVED_BY_MONEY = (
    "state, state_at, reason, premium_fen, self_paid_fen, subsidised_fen, paid_by, phase, coverage_from, coverage_to, "
    "because, as_of"
)
"""The columns of an enrolment that accepting, payment and late lists move (`enrolment.taking`)."""
MOVED_BY_AGENT = "state, submitted_at, submitted_by_id"
"""The columns of a declaration that its agent's submission moves; all else stands as it was frozen."""

DUTIES: tuple[Duty, ...] = (
    # History is written by triggers that run as their owner: nobody at a desk forges it.
    Duty("people_change", _of(*REGISTRARS, TAX, LISTS, AUDIT, FAMILY, may=READ)),
    Duty("people_look", _of(*BUSINESS, ADMIN, AUDIT, FAMILY, may=ADD)),
    Duty("people_assistedstatus", _of(*REGISTRARS, LISTS, may=ALL) | _of(TAX, EDUCATION, CARD, FAMILY, may=READ)),
    Duty("people_pointsadmission", _of(*REGISTRARS, LISTS, may=ALL) | _of(TAX, EDUCATION, CARD, FAMILY, may=READ)),
    # A guardian declines, and has the own phone erased: of the own child alone, which the rows see to.
    Duty("people_guardian", _of(*REGISTRARS, may=ALL) | {FAMILY: KEEP, TAX: READ}),
    Duty("people_person", _of(*REGISTRARS, may=ALL) | _of(TAX, LISTS, FAMILY, may=LOCK)
         | _of(EDUCATION, CARD, may=READ)),
    Duty("people_.*", _of(*REGISTRARS, may=ALL) | _of(TAX, LISTS, EDUCATION, CARD, FAMILY, may=READ)),
    Duty("enrolment_enrolment", _of(*REGISTRARS, may=ALL) | _of(LISTS, EDUCATION, CARD, AUDIT, may=READ)
         | {FAMILY: KEEP, TAX: f"SELECT, UPDATE ({MOVED_BY_MONEY})"}),
    Duty("enrolment_step", _of(*REGISTRARS, TAX, FAMILY, may=ADD) | _of(LISTS, EDUCATION, CARD, AUDIT, may=READ)),
    Duty("enrolment_season", _of(*EVERY, may=LOCK) | {AGENCY: KEEP}),
    Duty("enrolment_.*version.*", _of(*EVERY, may=READ) | {AGENCY: KEEP}),
    Duty("enrolment_policyproposal", {AGENCY: KEEP}),
    Duty("enrolment_rollover", {AGENCY: KEEP, SCHOOL: READ}),
    # Opening a season asks every body for its word on the statuses; its list gives it, as the platform's work.
    Duty("enrolment_statuscheck", {AGENCY: ADD} | _of(SCHOOL, COMMUNITY, LISTS, TAX, FAMILY, may=READ)),
    # Numbers are written by a trigger that runs as its owner, and added up by the platform itself.
    Duty("enrolment_tally", _of(*REGISTRARS, TAX, EDUCATION, CARD, FAMILY, may=READ)),
    # Marks come by trigger as well, and whoever looks at figures has the platform reckon them.
    Duty("enrolment_(body|class)standing|enrolment_standingmark|enrolment_(body|season)day",
         _of(*REGISTRARS, EDUCATION, may=READ)),
    # Children on nobody's list are nobody's rows: the platform keeps them, and a page asks it for keys.
    Duty("enrolment_unlisted.*", {}),
    Duty("enrolment_.*", _of(*REGISTRARS, may=ALL) | _of(TAX, EDUCATION, CARD, FAMILY, may=READ)),
    # What was published is never rewritten; whether it helped, everybody may say.
    Duty("cases_(generalanswer|answerend)", _of(*EVERY, may=READ)
         | _of(COMMUNITY, AGENCY, TAX, EDUCATION, CARD, may="SELECT, INSERT, UPDATE (id)")),
    Duty("cases_helped", _of(*EVERY, may=ADD)),
    Duty("cases_casestep", _of(*REGISTRARS, TAX, EDUCATION, CARD, FAMILY, may=ADD)),
    Duty("cases_familyasker", {FAMILY: ADD} | _of(*REGISTRARS, TAX, CARD, may="SELECT")),
    Duty("cases_.*", _of(*REGISTRARS, may=ALL) | _of(TAX, EDUCATION, CARD, FAMILY, may=KEEP)),
    # A school and a family write answers, of their own children; counts follow by rule and are written by nobody.
    Duty("survey_survey", _of(*EVERY, may=LOCK) | {AGENCY: KEEP}),
    Duty("survey_version", _of(*EVERY, may=READ) | {AGENCY: ADD}),
    Duty("survey_answer", _of(SCHOOL, FAMILY, may=KEEP)),
    Duty("survey_given", _of(SCHOOL, FAMILY, may=ADD)),
    Duty("survey_counted", _of(SCHOOL, FAMILY, may=READ)),
    Duty("survey_sheet", _of(SCHOOL, may=ALL)),
    Duty("survey_difference", {SCHOOL: "SELECT, UPDATE (case_id)"} | _of(COMMUNITY, AGENCY, may=READ)),
    Duty("survey_report", _of(SCHOOL, FAMILY, AGENCY, may="SELECT, INSERT, UPDATE (id)")
         | _of(COMMUNITY, TAX, EDUCATION, may=READ)),
    Duty("survey_.*", _of(*REGISTRARS, TAX, EDUCATION, may=READ)),
    # Whose task it is the rows see to; what is asked is no secret. Only bureaus announce trainings.
    Duty("campaign_seasontask", _of(*EVERY, may=READ)),
    Duty("campaign_trainingsession", _of(*BUSINESS, ADMIN, AUDIT, may=LOCK) | _of(AGENCY, TAX, may=KEEP)),
    Duty("campaign_.*step", _of(*BUSINESS, may=ADD) | {ADMIN: READ, AUDIT: READ}),
    Duty("campaign_.*", _of(*BUSINESS, may=KEEP) | {ADMIN: READ, AUDIT: READ}),
    # What the education bureau was told stays as it was.
    Duty("supervision_report", {AGENCY: ADD} | _of(TAX, EDUCATION, may=READ)),
    # An agent moves a list to submitted or discarded; its lines are answered by the tax authority.
    Duty("declaration_declaration", _of(SCHOOL, COMMUNITY, may=f"SELECT, INSERT, UPDATE ({MOVED_BY_AGENT})")
         | {TAX: KEEP} | _of(AGENCY, EDUCATION, CARD, FAMILY, may=READ)),
    Duty("declaration_declarationline", _of(SCHOOL, COMMUNITY, may=ADD) | {TAX: KEEP}
         | _of(AGENCY, EDUCATION, CARD, FAMILY, may=READ)),
    Duty("declaration_.*", _of(SCHOOL, COMMUNITY, TAX, may=KEEP) | _of(AGENCY, EDUCATION, CARD, FAMILY, may=READ)),
    Duty("collection_(mandate|advice.*)", _of(SCHOOL, COMMUNITY, TAX, may=ALL) | {AGENCY: READ}),
    # What the agency counts of differences between registration and collection is its own tally.
    Duty("collection_(mismatchcount|comparison)", _of(AGENCY, TAX, may=ALL)),
    Duty("collection_obligation", {TAX: ALL}
         | _of(SCHOOL, COMMUNITY, AGENCY, LISTS, EDUCATION, CARD, FAMILY, may=READ)),
    Duty("collection_refund", {TAX: ALL} | _of(SCHOOL, COMMUNITY, AGENCY, LISTS, FAMILY, may=READ)),
    Duty("collection_.*", {TAX: ALL} | _of(SCHOOL, COMMUNITY, AGENCY, EDUCATION, CARD, FAMILY, may=READ)),
    Duty("ledger_.*", {TAX: ALL, AGENCY: READ, AUDIT: READ}),
    Duty("spreadsheet_roster.*", _of(SCHOOL, COMMUNITY, may=ALL) | {AGENCY: READ, EDUCATION: READ}),
    Duty("spreadsheet_.*", _of(LISTS, may=ALL) | {AGENCY: READ}),
    # A picture is shown to who looks after the child and to the card centre; the agency that registers needs none.
    Duty("cards_(photo|picture)", _of(SCHOOL, COMMUNITY, CARD, FAMILY, may=ALL)),
    Duty("cards_cardstep", _of(SCHOOL, COMMUNITY, CARD, FAMILY, may=ADD) | {AUDIT: READ}),
    Duty("cards_card", {CARD: ALL} | _of(SCHOOL, COMMUNITY, may=KEEP) | {FAMILY: LOCK}),
    Duty("cards_photopack", _of(SCHOOL, COMMUNITY, may=ALL)),
    Duty("cards_.*", {CARD: ALL} | _of(SCHOOL, COMMUNITY, FAMILY, may=READ)),
    Duty("families_datarequest", _of(FAMILY, AGENCY, may=ALL)),
    Duty("families_.*", {FAMILY: ALL} | _of(*REGISTRARS, AUDIT, may=READ)),
    # The agency words the letters; a school's letters are its own; a family notes that it has read one, and no more.
    Duty("publicity_letterwording", _of(SCHOOL, COMMUNITY, EDUCATION, FAMILY, may=READ) | {AGENCY: ADD}),
    Duty("publicity_letterread", _of(*REGISTRARS, EDUCATION, may=READ) | {FAMILY: ADD}),
    # The agency hands on what a school that closes has handed out.
    Duty("publicity_handout.*", _of(SCHOOL, AGENCY, may=ADD) | _of(COMMUNITY, EDUCATION, FAMILY, may=READ)),
    Duty("publicity_.*", {SCHOOL: ADD} | _of(COMMUNITY, AGENCY, EDUCATION, FAMILY, may=READ)),
    # Everybody notes; only administrators read what others have noted.
    Duty("trail_event", _of(*EVERY, may="SELECT (id), INSERT") | _of(ADMIN, AUDIT, may=ADD)),
    Duty("trail_.*", _of(ADMIN, AUDIT, may=ADD)),
    # Who locks a row has to have a right to change it: the key, which nothing changes.
    Duty("agents_organisation", _of(*EVERY, may=LOCK) | _of(AGENCY, ADMIN, may=ALL)),
    Duty("agents_token", {ADMIN: ALL, AUDIT: READ}),
    Duty("agents_user", _of(*EVERY, may=KEEP.replace("INSERT, ", "")) | _of(AGENCY, ADMIN, may=ALL)),
    Duty("agents_appointment.*", _of(*EVERY, may=READ) | _of(AGENCY, ADMIN, AUDIT, may=ALL)),
    # Sessions, sign-in, second factors, the queue, the outbox: every request may need them.
    Duty(".*", _of(*EVERY, may=ALL)),
)  # fmt: skip
"""The first that fits a table holds for it."""

HIDDEN: dict[str, str] = {
    EDUCATION: r".*_(cipher|index)|name.*|search_words|counterparty.*",
    CARD: r".*_(cipher|index)|search_words|counterparty.*",
    AUDIT: r".*_(cipher|index)",
    ADMIN: r".*_(cipher|index)",
}
"""The columns of people's tables that a role cannot even read, by a pattern: they count, and call nobody by name."""
NOT_READ: dict[str, str] = {
    EDUCATION: r"people_(identitydocument|guardian)|collection_(bank.*|statement.*|debit.*|mandate|refund|receipt.*)",
    CARD: r"people_guardian|collection_(bank.*|statement.*|debit.*|mandate|refund)",
    LISTS: r"people_guardian",
} | dict.fromkeys((SCHOOL, COMMUNITY, FAMILY), r"collection_(bankfile|statement.*|bill.*|debit(batch|answer)|alarm)")
"""Tables that a role does not read at all, whatever the duties say."""


def duty(table: str, role: str) -> str:
    """What a role may do to a table, in the words of GRANT; empty: nothing. 表权限"""
    if re.fullmatch(NOT_READ.get(role, "-"), table):
        return ""
    return next(one for one in DUTIES if re.fullmatch(one.tables, table)).may.get(role, "")


def hidden(column: str, role: str) -> bool:
    """Whether a role may not read a column of a table that is behind the wall. 隐藏列"""
    return bool(re.fullmatch(HIDDEN.get(role, "-"), column))


MESSAGES = "outbox_"
"""Of messages, whose text is written for people, no column is hidden: their rows are narrowed."""
