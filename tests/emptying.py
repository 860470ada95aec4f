"""How the database is emptied after a test that commits: what stands in it is deleted, and nothing is made anew. 清空

Django truncates every table and tells every app that it was migrated, which takes the best part of a second. Most
of such tests leave a few rows in a few tables; deleting those takes hundredths of one.
"""

from __future__ import annotations

from functools import cache

from django.db import connections
from django.test import TransactionTestCase

MADE_BY_MIGRATION = frozenset({"django_content_type", "auth_permission"})
as_django_does = TransactionTestCase._fixture_teardown


@cache
def tables(database: str) -> list[str]:
    """The tables that tests write, by name. 表"""
    named = connections[database].introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(named) - MADE_BY_MIGRATION)


def empty(test: TransactionTestCase) -> None:
    """Delete every row; where the user of the database may not switch off its triggers, do as Django does. 清空"""
    for database in test._databases_names(include_mirrors=False):
        connection = connections[database]
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")
            if test.available_apps is not None or cursor.fetchone() != (True,):
                as_django_does(test)
                return
            names = [connection.ops.quote_name(name) for name in tables(database)]
            deletions = "; ".join(f"DELETE FROM {name}" for name in names)
            # Who is still writing is waited for, as by TRUNCATE; what must never be deleted is deleted all the same.
            cursor.execute(
                f"BEGIN; LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE; "
                f"SET LOCAL session_replication_role = replica; {deletions}; COMMIT"
            )
