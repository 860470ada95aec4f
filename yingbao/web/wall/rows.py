"""Which rows of a table a desk's role reaches, as a condition in SQL. 行可见范围

Own roles (school, community, list providers) go by organisation, area roles by pooling area, families by their bound
children. What a table is reached by is read from its columns, so that a table added later is behind the wall by itself;
those that need more are named here. Settings are asked for in sub-selects of their own, which PostgreSQL reckons once a
query; `wall.enrolled` and `wall.on_roll` are views of their owner with keys and no names, so that asking them asks no
other policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from yingbao.web.wall.duties import (
    ADMIN,
    AGENCY,
    AUDIT,
    CARD,
    COMMUNITY,
    EDUCATION,
    EVERY,
    FAMILY,
    LISTS,
    SCHOOL,
    TAX,
    duty,
)  # fmt: skip

OWN = frozenset({SCHOOL, COMMUNITY, LISTS})
AREA = frozenset({AGENCY, TAX, EDUCATION, CARD})
NEVER, ALWAYS = "false", "true"


def _keys(name: str) -> str:
    # Read inside the sub-select: outside, the text would be read anew for every row. The second cast makes it a value.
    return f"ANY ((SELECT current_setting('yingbao.{name}', true)::bigint[])::bigint[])"


def _text(name: str) -> str:
    return f"(SELECT current_setting('yingbao.{name}', true))"


MINE, NEAR, SEASONS, PERSONS = _keys("organisations"), _keys("near"), _keys("seasons"), _keys("persons")
HERE, ME = _text("area"), f"{_text('user')}::bigint"
DOOR = f"{_text('beyond')} = 'on'"

WALLED = (
    "people_",
    "publicity_",
    "enrolment_",
    "declaration_",
    "collection_",
    "spreadsheet_",
    "cases_",
    "families_",
    "publicity_",
    "survey_",
    "cards_",
)
"""Applications whose tables tell of children and their money."""
COMMON = frozenset(
    {
        "enrolment_season",
        "enrolment_policyversion",
        "enrolment_policyproposal",
        "enrolment_rollover",
        "cases_answerend",
        "cases_helped",
        "collection_close",
        "survey_survey",
        "survey_version",
        "collection_receiptseries",
        "families_coderequest",
        "families_familysession",
        "publicity_letterwording",
    }
)
"""Tables of theirs that tell of no one; they have grants alone."""
OUTSIDE = ("procrastinate_", "django_", "axes_", "auth_", "agents_", "ledger_", "trail_", "web_")
"""Applications that keep nothing of children; duties hold for them, and for some of them nothing else."""
KEYED = frozenset({"person_id", "enrolment_id", "organisation_id", "school_id", "guardian_id", "obligation_id"})
"""A table with one of these belongs behind the wall, whatever its application."""


def is_walled(name: str, columns: frozenset[str]) -> bool:
    """Whether rows of the table belong to somebody. 是否分行"""
    if name in COMMON or name.startswith(OUTSIDE):
        return False
    return name.startswith(WALLED) or bool(KEYED & columns)


VIEWS = {
    "enrolled": "SELECT id, person_id, organisation_id, season_id, channel, registration FROM enrolment_enrolment",
    "on_roll": "SELECT person_id, school_id, contested, left_on FROM people_schoolroll",
    "merged": "SELECT id AS person_id, merged_into_id FROM people_person WHERE merged_into_id IS NOT NULL",
    "hukou": "SELECT id AS person_id, hukou FROM people_person",
    "listed": "SELECT person_id, provided_by_id AS organisation_id FROM people_assistedstatus",
    "on_list": "SELECT r.person_id, l.organisation_id FROM spreadsheet_assistedrow r "
    "JOIN spreadsheet_assistedlist l ON l.id = r.assisted_list_id WHERE r.person_id IS NOT NULL",
    "in_case": "SELECT person_id, asked_by_organisation_id AS asked, to_organisation_id AS asked_of FROM cases_case",
    "printed": "SELECT p.batch_id, e.organisation_id FROM publicity_letterprinted p "
    "JOIN enrolment_enrolment e ON e.id = p.enrolment_id",
    "handed": "SELECT h.id AS hand_out_id, e.organisation_id FROM publicity_handout h "
    "JOIN publicity_handoutchild c ON c.hand_out_id IN (h.id, h.replaces_id) "
    "JOIN enrolment_enrolment e ON e.id = c.enrolment_id",
    "held": "SELECT case_id, organisation_id AS by_body, to_organisation_id AS to_body FROM cases_casestep",
}
"""Who belongs where, by keys alone; schema `wall`."""


class Table(NamedTuple):
    """A table as the catalogue has it. 表"""

    name: str
    columns: frozenset[str]
    parents: Mapping[str, str]
    """column → the table it refers to"""


def _here_by_hukou(person: str) -> str:
    at_home = f"SELECT FROM wall.hukou h WHERE h.person_id = {person} AND h.hukou = {_text('division')}"
    return f"EXISTS ({at_home})"


COMES_HERE = (
    "(e.channel = 'community' OR e.registration IN ('community', 'residence_community', 'hukou_community'))"
    f" AND e.season_id = {SEASONS}"
)
"""An enrolment `e` for which the family comes to a community, to register or to pay (Yuzhong 一(三))."""


def of_person(person: str, role: str) -> str:
    """Whether a person is one of the role's own. 人员可见"""
    enrolled = f"SELECT FROM wall.enrolled e WHERE e.person_id = {person}"
    on_roll = f"SELECT FROM wall.on_roll r WHERE r.person_id = {person}"
    if role in (SCHOOL, COMMUNITY):
        own = (
            f"EXISTS ({enrolled} AND e.organisation_id = {MINE}) OR EXISTS ({on_roll} AND r.school_id = {MINE})"
            f" OR EXISTS (SELECT FROM wall.in_case c WHERE c.person_id = {person}"
            f" AND (c.asked = {MINE} OR c.asked_of = {MINE}))"
        )
        near = f"(e.organisation_id = {NEAR} OR {_here_by_hukou('e.person_id')})"
        return own if role == SCHOOL else f"{own} OR EXISTS ({enrolled} AND {COMES_HERE} AND {near})"
    if role == LISTS:
        listed, on_list = "SELECT FROM wall.listed l WHERE l", "SELECT FROM wall.on_list o WHERE o"
        return (
            f"EXISTS ({listed}.person_id = {person} AND l.organisation_id = {MINE})"
            f" OR EXISTS ({on_list}.person_id = {person} AND o.organisation_id = {MINE})"
        )
    if role == TAX:
        return f"EXISTS ({enrolled} AND e.season_id = {SEASONS})"
    if role in AREA:
        there = f"SELECT FROM agents_organisation a WHERE a.id = r.school_id AND a.pooling_area = {HERE}"
        return f"EXISTS ({enrolled} AND e.season_id = {SEASONS}) OR EXISTS ({on_roll} AND EXISTS ({there}))"
    return f"{person} = {PERSONS}" if role == FAMILY else NEVER


def adds(table: Table) -> str:
    """Rows that whoever may add to the table may add, though not read them: messages go to others. 可新增"""
    return ALWAYS if table.name == "outbox_message" else NEVER


def _merged(person: str, role: str) -> str:
    """Whether a record was merged into one of the role's own children, who is enrolled with it."""
    if role not in (SCHOOL, COMMUNITY, AGENCY, TAX):
        return NEVER
    its = f"e.organisation_id = {MINE}" if role in OWN else f"e.season_id = {SEASONS}"
    into = "SELECT FROM wall.merged m JOIN wall.enrolled e ON e.person_id = m.merged_into_id"
    return f"EXISTS ({into} WHERE m.person_id = {person} AND {its})"


def _enrolment(role: str) -> str:
    """An enrolment itself."""
    if role == SCHOOL:
        return f"organisation_id = {MINE}"
    if role == COMMUNITY:
        near = f"(organisation_id = {NEAR} OR {_here_by_hukou('enrolment_enrolment.person_id')})"
        return f"organisation_id = {MINE} OR {COMES_HERE.replace('e.', '')} AND {near}"
    if role in AREA:
        return f"season_id = {SEASONS}"
    if role == LISTS:
        return of_person("enrolment_enrolment.person_id", role)
    return f"person_id = {PERSONS}" if role == FAMILY else NEVER


def _via(table: Table, column: str) -> str:
    """Through the row that a column refers to: whoever reaches that one reaches this."""
    return f"EXISTS (SELECT FROM {table.parents[column]} p WHERE p.id = {table.name}.{column})"


HERE_BODY = f"{_text('organisation')}::bigint"
IN_PART = (
    f"asked_by_organisation_id = {HERE_BODY} OR to_organisation_id = {HERE_BODY} OR EXISTS (SELECT FROM wall.held h "
    f"WHERE h.case_id = cases_case.id AND (h.by_body = {HERE_BODY} OR h.to_body = {HERE_BODY}))"
)
"""A bureau sees the questions that came to it, or that it asked."""
ASKED_AT = (
    f"EXISTS (SELECT FROM wall.on_roll r WHERE r.school_id = survey_report.school_id AND r.person_id = {PERSONS})"
)
"""The school at which a family's child is asked for."""
PLACES = ("organisation_id", "school_id", "taken_at_id")
"""Columns that name whose a row is."""
OF_ROSTER = "EXISTS (SELECT FROM spreadsheet_roster r WHERE r.id = {}.roster_id)"
NAMED: dict[str, dict[str, str]] = {
    "people_assistedstatus": {LISTS: f"provided_by_id = {MINE}"},
    "people_look": dict.fromkeys(EVERY, f"user_id = {ME}") | {AUDIT: ALWAYS},
    # Where a school's money goes to, and a family's: the collection account of the area is no secret.
    "collection_bankaccount": dict.fromkeys((SCHOOL, COMMUNITY), f"pooling_area = {HERE}"),
    "people_change": {AUDIT: ALWAYS},
    "enrolment_step": {AUDIT: ALWAYS},
    "enrolment_enrolment": {AUDIT: ALWAYS},
    "collection_obligation": {LISTS: f"listed_by_id = {MINE} OR {of_person('collection_obligation.person_id', LISTS)}"},
    # Who paid twice has money that is allocated to nobody: the refund still says for which child it was.
    "collection_refund": dict.fromkeys(
        (LISTS, SCHOOL, COMMUNITY, FAMILY),
        "EXISTS (SELECT FROM collection_obligation o WHERE o.id = collection_refund.obligation_id)",
    ),
    # Staged rows have no foreign keys, and mostly nobody's person yet.
    "spreadsheet_rosterrow": dict.fromkeys(EVERY, OF_ROSTER.format("spreadsheet_rosterrow")),
    "spreadsheet_rosterguardian": dict.fromkeys(EVERY, OF_ROSTER.format("spreadsheet_rosterguardian")),
    "spreadsheet_assistedrow": dict.fromkeys(
        EVERY, "EXISTS (SELECT FROM spreadsheet_assistedlist l WHERE l.id = spreadsheet_assistedrow.assisted_list_id)"
    ),
    "collection_arrival": dict.fromkeys(
        (SCHOOL, COMMUNITY, FAMILY),
        "EXISTS (SELECT FROM collection_allocation a WHERE a.arrival_id = collection_arrival.id)"
        " OR EXISTS (SELECT FROM collection_refund f WHERE f.arrival_id = collection_arrival.id)",
    ),
    "collection_receipt": dict.fromkeys(
        AREA,
        "EXISTS (SELECT FROM collection_receiptseries s WHERE s.id = collection_receipt.series_id"
        f" AND s.pooling_area = {HERE})",
    ),
    "collection_payment": {
        SCHOOL: "EXISTS (SELECT FROM collection_paymentline l WHERE l.payment_id = collection_payment.id)",
        COMMUNITY: f"taken_at_id = {MINE}",
        FAMILY: "EXISTS (SELECT FROM collection_paymentline l WHERE l.payment_id = collection_payment.id)",
    },
    "declaration_declaration": {
        FAMILY: "EXISTS (SELECT FROM declaration_declarationline l WHERE l.declaration_id = declaration_declaration.id)"
    },
    "cases_case": dict.fromkeys(
        (SCHOOL, COMMUNITY),
        f"asked_by_organisation_id = {MINE} OR to_organisation_id = {MINE} OR EXISTS "
        f"(SELECT FROM wall.held h WHERE h.case_id = cases_case.id AND (h.by_body = {MINE} OR h.to_body = {MINE}))",
    )
    | dict.fromkeys((TAX, EDUCATION, CARD), IN_PART)
    | {FAMILY: f"asked_by_organisation_id IS NOT NULL AND person_id = {PERSONS}"}
    | {AGENCY: f"(once IS NULL AND season_id = {SEASONS}) OR {IN_PART}"},
    # General answers are about nobody; those for staff are not a family's.
    "cases_generalanswer": dict.fromkeys(EVERY, ALWAYS) | {FAMILY: "for_families"},
    "cases_casestep": dict.fromkeys(EVERY, "EXISTS (SELECT FROM cases_case c WHERE c.id = cases_casestep.case_id)"),
    # A family's answer holds its school's report open; who counted the child says whether it can still be changed.
    "survey_report": {
        FAMILY: f"{ASKED_AT} OR EXISTS (SELECT FROM survey_counted c WHERE c.report_id = survey_report.id)"
    },
    # Who needs help is the school's to know, until it hands the child over.
    "survey_difference": dict.fromkeys(
        (COMMUNITY, AGENCY),
        "(kind <> 'help' OR EXISTS (SELECT FROM cases_case c WHERE c.id = survey_difference.case_id))"
        " AND EXISTS (SELECT FROM survey_report p WHERE p.id = survey_difference.report_id)",
    ),
    "survey_sum": {COMMUNITY: f"street_id = {MINE}"}
    | dict.fromkeys(
        AREA,
        f"EXISTS (SELECT FROM agents_organisation a WHERE a.id = survey_sum.street_id AND a.pooling_area = {HERE})",
    ),
    # A batch tells a school and a family only when and under which number; its cards are behind the wall one by one.
    "cards_batch": dict.fromkeys(
        (SCHOOL, COMMUNITY, FAMILY), "EXISTS (SELECT FROM cards_card c WHERE c.batch_id = cards_batch.id)"
    ),
    "families_datarequest": dict.fromkeys(AREA, f"pooling_area = {HERE}") | {FAMILY: f"person_id = {PERSONS}"},
    "collection_debitanswer": dict.fromkeys(OWN, NEVER),
    "jobs_job": dict.fromkeys(EVERY, f"owner_id = {ME} OR organisation_id = {_text('organisation')}::bigint"),
    "outbox_message": {ADMIN: ALWAYS},
    # A letter goes with the child, also that a school had made or handed out before the child came.
    "publicity_letterbatch": {
        SCHOOL: f"organisation_id = {MINE} OR EXISTS (SELECT FROM wall.printed p "
        f"WHERE p.batch_id = publicity_letterbatch.id AND p.organisation_id = {MINE})"
    },
    "publicity_handout": {
        SCHOOL: f"organisation_id = {MINE} OR EXISTS (SELECT FROM wall.handed h "
        f"WHERE h.hand_out_id = publicity_handout.id AND h.organisation_id = {MINE})"
    },
    # A family reads what its child's school adds to the letter.
    "publicity_schoolremark": {
        FAMILY: f"EXISTS (SELECT FROM wall.enrolled e WHERE e.person_id = {PERSONS} "
        "AND e.organisation_id = publicity_schoolremark.organisation_id)"
    },
}
"""Where the columns do not tell: table → role → condition."""
LEADS = {
    "collection_advice": "declaration_id", "collection_allocation": "obligation_id", "collection_billline": "bill_id",
    "collection_debititem": "declaration_id", "collection_debitpart": "item_id", "collection_receipt": "obligation_id",
    "collection_refund": "arrival_id", "collection_statementline": "statement_id", "survey_sumpart": "sum_id",
    "survey_reportstep": "report_id",
}  # fmt: skip
"""Which of several parents leads to the owner."""
LEADS_IN_AREA = {"collection_debititem": "batch_id"}
"""The shorter way to the pooling area."""


def looks(table: Table, role: str) -> str:
    """Rows that the role may look at besides, and not touch. 另可查看"""
    if (table.name, role) != ("enrolment_enrolment", SCHOOL):
        return NEVER
    claimed = f"SELECT FROM wall.on_roll r WHERE r.person_id = enrolment_enrolment.person_id AND r.school_id = {MINE}"
    return f"season_id = {SEASONS} AND EXISTS ({claimed} AND r.contested AND r.left_on IS NULL)"


def reach(table: Table, role: str) -> str:
    """The condition on a row of the table under which the role reaches it. 可见条件"""
    if role in NAMED.get(table.name, {}):
        return NAMED[table.name][role]
    if table.name == "people_person":
        return f"{of_person('people_person.id', role)} OR {_merged('people_person.id', role)}"
    if table.name == "outbox_message":
        return f"user_id = {ME} OR {of_person('outbox_message.person_id', role)}"
    if table.name == "people_change":
        return f"{of_person('people_change.person_id', role)} OR {_merged('people_change.person_id', role)}"
    if table.name == "enrolment_enrolment":
        return _enrolment(role)
    if role in AREA:
        return _in_area(table, role)
    if role in OWN:
        return _of_place(table, role)
    return _of_persons(table, role) if role == FAMILY else NEVER


def _in_area(table: Table, role: str) -> str:
    if "season_id" in table.columns:
        return f"season_id = {SEASONS}"
    if "pooling_area" in table.columns and not table.name.startswith("people_"):
        return f"pooling_area = {HERE}"
    if "person_id" in table.columns or "enrolment_id" in table.columns:
        return _of_persons(table, role)
    place = next((name for name in PLACES if name in table.columns), "")
    if place:
        there = f"SELECT FROM agents_organisation a WHERE a.id = {table.name}.{place} AND a.pooling_area = {HERE}"
        return f"EXISTS ({there})"
    return _through(table, role, LEADS_IN_AREA)


def _of_place(table: Table, role: str) -> str:
    ways = [f"{place} = {MINE}" for place in PLACES if place in table.columns]
    if (
        "enrolment_id" in table.columns
        or ("person_id" in table.columns and not ways)
        or table.name == "people_schoolroll"
    ):
        ways.append(_of_persons(table, role))
    return " OR ".join(ways) or _through(table, role)


def _of_persons(table: Table, role: str) -> str:
    if "enrolment_id" in table.columns:
        return f"EXISTS (SELECT FROM enrolment_enrolment p WHERE p.id = {table.name}.enrolment_id)"
    if "person_id" in table.columns:
        return of_person(f"{table.name}.person_id", role)
    return _through(table, role)


def _through(table: Table, role: str, leads: Mapping[str, str] | None = None) -> str:
    named = (leads or {}).get(table.name) or LEADS.get(table.name)
    walled = [name for name in sorted(table.parents) if is_walled(table.parents[name], frozenset())]
    column = named or next(iter(walled), "")
    if column and not is_walled(table.parents[column], frozenset()):
        raise LookupError(f"{table.name}.{column} leads to {table.parents[column]}, whose rows are nobody's")
    # A role that may not read the parent reaches nothing by it.
    readable = column and "SELECT" in duty(table.parents[column], role)
    return _via(table, column) if readable else NEVER
