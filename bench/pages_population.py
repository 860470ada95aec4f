"""A demonstration multiplied in the database: every school, child, declaration and payment so many times. 页面基准数据

Rows are copied by INSERT … SELECT with their keys moved by a stride, so everything that belonged together still does.
Triggers are off meanwhile: histories are not multiplied.
"""

from __future__ import annotations

from pathlib import Path

STRIDE = 10_000_000
AGENTS = "('school', 'community')"
TABLES = (
    "agents_organisation", "people_person", "people_identitydocument", "people_guardian", "people_schoolroll",
    "people_basicregistration", "people_pointsadmission", "people_assistedstatus", "enrolment_enrolment",
    "enrolment_step", "declaration_declaration", "declaration_declarationline",
    "collection_obligation", "collection_arrival", "collection_allocation", "collection_receipt",
    "ledger_journal", "ledger_transfer",
)  # fmt: skip
UNIQUE = {
    ("agents_organisation", "code"): "code || '-' || k",
    ("agents_organisation", "name"): "name || k",
    ("people_identitydocument", "number_index"): "sha256(number_index || k::text::bytea)",
    ("people_schoolroll", "roll_number_index"): "sha256(roll_number_index || k::text::bytea)",
    ("declaration_declaration", "reference"): "left(k || 'M' || reference, 24)",
    ("collection_arrival", "key"): "key || ':' || k",
    ("collection_receipt", "number"): "left(k || 'M' || number, 24)",
    ("collection_receipt", "ordinal"): "ordinal + k * 10000000",
    ("ledger_journal", "key"): "key || ':' || k",
    ("ledger_transfer", "journal_id"): f"journal_id + k::bigint * {STRIDE}",
}
"""what would be there twice, and what stands there instead"""
TALLIED = """
WITH gone AS (DELETE FROM enrolment_tally)
INSERT INTO enrolment_tally
    (season_id, organisation_id, state, status, registration, heads, self_paid_fen, subsidised_fen)
SELECT season_id, organisation_id, state, status, registration, count(*), sum(self_paid_fen), sum(subsidised_fen)
FROM enrolment_enrolment GROUP BY 1, 2, 3, 4, 5
"""
"""the sums that triggers would have kept"""
FOREIGN = """
SELECT a.attname, c.confrelid::regclass::text FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND cardinality(c.conkey) = 1
"""
COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""


def filled(home: Path, children: int) -> dict[str, str]:
    """A demonstration of so many children; the passwords of its logins."""
    from yingbao.cli.platform import create_database, ready
    from yingbao.demo.environment import write_private
    from yingbao.sealing.keys import make_keys

    if not (home / "keys.json").exists():
        write_private(home / "keys.json", make_keys())
    ready()
    create_database()
    from yingbao.demo import logins, show

    show.filled(home, children=children, seed=None, language="en", say=print)
    return logins.passwords(home)


def multiplied(children: int) -> int:
    """Copies until there are so many enrolments; how many there are."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM enrolment_enrolment")
        there = cursor.fetchone()[0]
        copies = children // there - 1 if there < children else 0
        cursor.execute("SET session_replication_role = replica")
        for table in TABLES if copies > 0 else ():
            cursor.execute(copying(cursor, table, copies))
            cursor.execute(f"ANALYZE {table}")
        if copies > 0:
            cursor.execute(TALLIED)
        cursor.execute("SET session_replication_role = DEFAULT")
        if copies > 0:
            reckoned()
        cursor.execute("SELECT count(*) FROM enrolment_enrolment")
        return int(cursor.fetchone()[0])


def reckoned(together: int = 200) -> None:
    """How every body stands, since no trigger has marked the copies."""
    from yingbao.agents.models import Organisation
    from yingbao.enrolment.models import Season
    from yingbao.enrolment.reckoning import reckon
    from yingbao.values import clock

    for season in Season.objects.all():
        here = Organisation.objects.filter(pooling_area=season.pooling_area, kind__in=["school", "community"])
        bodies = list(here.order_by("pk").values_list("pk", flat=True))
        for first in range(0, len(bodies), together):
            reckon(season=season, organisations=bodies[first : first + together], at=clock.now())


def copying(cursor: object, table: str, copies: int) -> str:
    """The statement that copies a table's rows so many times."""
    cursor.execute(COLUMNS, [table])  # type: ignore[attr-defined]
    columns = [name for (name,) in cursor.fetchall()]  # type: ignore[attr-defined]
    cursor.execute(FOREIGN, [table])  # type: ignore[attr-defined]
    foreign = dict(cursor.fetchall())  # type: ignore[attr-defined]
    moved = []
    for name in columns:
        if (table, name) in UNIQUE:
            moved.append(UNIQUE[table, name])
        elif foreign.get(name) == "agents_organisation" and name != "parent_id":
            own = f"(SELECT 1 FROM agents_organisation o WHERE o.id = t.{name} AND o.kind IN {AGENTS})"
            moved.append(f"CASE WHEN EXISTS {own} THEN {name} + k::bigint * {STRIDE} ELSE {name} END")
        elif name == "id" or (foreign.get(name) in TABLES and name != "parent_id"):
            moved.append(f"{name} + k::bigint * {STRIDE}")
        else:
            moved.append(f'"{name}"')
    narrowed = f"WHERE kind IN {AGENTS}" if table == "agents_organisation" else ""
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE "
        f"SELECT {', '.join(moved)} FROM {table} t CROSS JOIN generate_series(1, {copies}) k {narrowed}"
    )
