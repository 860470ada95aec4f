"""How long a million rows of a log take to seal, and to verify afterwards. 封存与核验

The rows are looks at personal data, as the pages write them, on an embedded server of its own. Beside it, as what
cannot be avoided: PostgreSQL reading and hashing the same rows in one statement. `bench/chain.py 100000` takes so many.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable

ROWS = 1_000_000
LOOKS = """
INSERT INTO people_look (at, user_id, organisation_id, person_id, what, count, reason)
SELECT now() - n * interval '1 second', %s, %s, NULL, (ARRAY['page', 'list', 'search'])[1 + n %% 3], 1 + n %% 50, ''
FROM generate_series(1, %s) n"""
HASHED = "SELECT sum(length(sha256(convert_to(to_jsonb(l)::text, 'UTF8')))) FROM people_look l"


def timed(what: str, rows: int, work: Callable[[], object]) -> None:
    """One line of the table."""
    began = time.perf_counter()
    work()
    taken_s = time.perf_counter() - began
    print(f"{what:<58}{taken_s:>8.2f} s{rows / taken_s:>14,.0f} rows/s", flush=True)


def measure(rows: int) -> None:
    """The table."""
    from django.db import connection

    from yingbao.agents.models import Organisation, User
    from yingbao.trail.chaining import extend
    from yingbao.trail.models import Block
    from yingbao.trail.verifying import verify
    from yingbao.values import clock

    place = Organisation.objects.create(
        kind="operations", pooling_area="320500", code="bench", name="bench", division="320508"
    )
    user = User.objects.create(username="bench", name="bench", password="!")
    with connection.cursor() as cursor:

        def run(statement: str, *values: object) -> None:
            cursor.execute(statement, values)

        timed(f"{rows:,} rows written", rows, lambda: run(LOOKS, user.pk, place.pk, rows))
        timed("read and hashed by PostgreSQL in one statement", rows, lambda: run(HASHED))
        timed("sealed", rows, lambda: extend(at=clock.now()))
        timed("verified", rows, verify)
        cursor.execute("SELECT pg_total_relation_size('trail_block'), pg_total_relation_size('people_look')")
        chain, log = cursor.fetchone()
    report = verify()
    if report.findings or report.rows != rows:
        raise SystemExit(f"the chain does not hold: {report.findings[:5]}, {report.rows} rows")
    print(f"{Block.objects.count()} blocks; the chain takes {chain / rows:.0f} bytes a row, the log {log / rows:.0f}")


def main() -> None:
    """Make a platform of its own, and measure."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"YINGBAO_HOME": home, "YINGBAO_DEMO": "1", "YINGBAO_SECRET_KEY": "bench"}
        os.environ.pop("YINGBAO_DATABASE_URL", None)
        from yingbao.sealing.keys import make_keys

        os.environ["YINGBAO_KEYS"] = make_keys()
        from yingbao.cli.platform import create_database, ready

        ready()
        create_database()
        try:
            measure(rows)
        finally:
            from django.db import connection

            connection.close()


if __name__ == "__main__":
    main()
