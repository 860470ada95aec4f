"""The wall is raised after every migration: roles, grants and policies, from the catalogue. 建立数据库权限"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from yingbao.web.wall import duties, keeping, rows
from yingbao.web.wall.rows import Table

NEEDED = frozenset({"people_person", "enrolment_enrolment", "spreadsheet_assistedrow", "cases_casestep"})
"""Without these the platform is half migrated, and nothing serves requests yet."""
AS_OWNER = (
    "people_write_history",
    "declaration_own_children",
    "enrolment_write_tally",
    "enrolment_mark_enrolments",
    "enrolment_mark_rolls",
    "enrolment_mark_season",
    "enrolment_years_before",
)
"""Triggers, and one question, that read or write more than who set them off."""


def tables() -> list[Table]:
    """The platform's tables, as the catalogue has them. 全部表"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, array_agg(a.attname::text),
                   coalesce((SELECT jsonb_object_agg(f.attname, t.relname) FROM pg_constraint k
                             JOIN pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = k.conkey[1]
                             JOIN pg_class t ON t.oid = k.confrelid
                             WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid), '{}')::text
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            GROUP BY c.oid, c.relname ORDER BY c.relname
            """
        )
        found = cursor.fetchall()
    return [Table(name, frozenset(columns), json.loads(parents)) for name, columns, parents in found]


def raise_wall(**_: Any) -> None:
    """Put roles, grants and policies into the database, unless they stand there as they should. 建立"""
    every = tables()
    names = {table.name for table in every}
    if not names >= NEEDED:
        return
    said = list(statements(every))
    mark = hashlib.sha256("\n".join(said).encode()).hexdigest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ROLES, {"roles": list(duties.EVERY)})
        cursor.execute("SELECT obj_description(to_regnamespace('wall'), 'pg_namespace')")
        if cursor.fetchone()[0] == mark:
            return
        for one in said:
            cursor.execute(one)
        cursor.execute(f"COMMENT ON SCHEMA wall IS '{mark}'")


_ROLES = """
DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY %(roles)s::text[] LOOP
        IF to_regrole(wanted) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE ROLE %%I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database was quicker
            END;
        END IF;
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
           AND NOT pg_has_role(current_user, wanted, 'SET') THEN
            EXECUTE format('GRANT %%I TO CURRENT_USER', wanted);
        END IF;
    END LOOP;
END $$"""


def statements(every: list[Table]) -> Iterator[str]:
    """All that makes up the wall. 语句"""
    roles = ", ".join(duties.EVERY)
    # All at once and first: who analyses a table meanwhile would wait for our grants while we wait for its lock.
    yield "LOCK TABLE " + ", ".join(table.name for table in every) + " IN ACCESS EXCLUSIVE MODE"
    # With its views go the policies that ask them; the others are dropped one by one below.
    yield "DROP SCHEMA IF EXISTS wall CASCADE"
    yield "CREATE SCHEMA wall"
    yield f"GRANT USAGE ON SCHEMA public, wall TO {roles}"
    for name, query in rows.VIEWS.items():
        yield f"CREATE VIEW wall.{name} AS {query}"
        yield f"GRANT SELECT ON wall.{name} TO {roles}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {roles}"
    for function in AS_OWNER:
        yield f"ALTER FUNCTION {function} SECURITY DEFINER SET search_path = public, pg_temp"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {roles}"
    for table in every:
        yield from _grants(table)
        yield from _policies(table)
        yield from _kept(table)


def _grants(table: Table) -> Iterator[str]:
    walled = rows.is_walled(table.name, table.columns)
    for role in duties.EVERY:
        may = duties.duty(table.name, role)
        seen = [name for name in sorted(table.columns) if not duties.hidden(name, role)]
        if walled and may and not table.name.startswith(duties.MESSAGES) and len(seen) < len(table.columns):
            may = may.replace("SELECT", "SELECT ({})".format(", ".join(f'"{name}"' for name in seen)))
        if may:
            yield f"GRANT {may} ON {table.name} TO {role}"


def _policies(table: Table) -> Iterator[str]:
    for role in duties.EVERY:
        yield f"DROP POLICY IF EXISTS {role} ON {table.name}"
        yield f"DROP POLICY IF EXISTS {role}_looks ON {table.name}"
    yield f"DROP POLICY IF EXISTS adding ON {table.name}"
    yield f"DROP POLICY IF EXISTS door ON {table.name}"
    if not rows.is_walled(table.name, table.columns):
        yield f"ALTER TABLE {table.name} DISABLE ROW LEVEL SECURITY"
        return
    yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"
    by_condition: dict[str, list[str]] = defaultdict(list)
    for role in duties.EVERY:
        if duties.duty(table.name, role):
            by_condition[rows.reach(table, role)].append(role)
    for condition, roles in by_condition.items():
        if condition != rows.NEVER:
            yield f"CREATE POLICY {roles[0]} ON {table.name} TO {', '.join(roles)} USING ({condition})"
    for role in duties.EVERY:
        more = rows.looks(table, role)
        if more != rows.NEVER:
            yield f"CREATE POLICY {role}_looks ON {table.name} FOR SELECT TO {role} USING ({more})"
    if rows.adds(table) != rows.NEVER:
        everyone = ", ".join(duties.EVERY)
        yield f"CREATE POLICY adding ON {table.name} FOR INSERT TO {everyone} WITH CHECK ({rows.adds(table)})"
    yield f"CREATE POLICY door ON {table.name} TO {', '.join(duties.EVERY)} USING ({rows.DOOR})"


def _kept(table: Table) -> Iterator[str]:
    """Restrictions beside the policies: all have to hold."""
    yield f"DROP POLICY IF EXISTS kept ON {table.name}"
    yield f"DROP POLICY IF EXISTS everyone ON {table.name}"
    kept = keeping.KEPT.get(table.name)
    if kept is None:
        return
    if kept.alone:
        yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"
        yield f"CREATE POLICY everyone ON {table.name} TO {', '.join(duties.EVERY)} USING (true)"
    yield (
        f"CREATE POLICY kept ON {table.name} AS RESTRICTIVE FOR UPDATE TO {', '.join(kept.roles)} "
        f"USING ({kept.changed}) WITH CHECK ({kept.becomes})"
    )
