"""What a roster says against what is known: every row's outcome, by statements over the whole file. 比对

Works on the temporary tables `incoming` and `incoming_guardian` (see `staging`) and leaves three more:
`verdict` (each row's outcome), `guardian_to` (guardians of known pupils as they would become) and `missing`
(pupils on the school's roll whom no row names). It writes to no other table; `committing` does, from these.

How a row is read:
- an empty cell says nothing, and changes nothing;
- a pupil is known by the identity number, an earlier one too; one of our own pupils with a passport, a permit or a
  birth certificate that is nowhere in the file is also known by name and birth date, and then has a new document;
- of a pupil who is not ours yet, values known so far are compared but not shown;
- of a pupil whom another school holds this school year, nothing but our own claim is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from yingbao.people.grades import GRADES
from yingbao.people.matching import same_name
from yingbao.spreadsheet.differing import CHANGES, GUARDIANS


def compare(*, school: int, stages: Sequence[str], school_year: int) -> None:
    """Find the outcome of every row of `incoming`. 比对花名册"""
    values: dict[str, Any] = {
        "school": school,
        "stages": list(stages),
        "only_stage": stages[0] if len(stages) == 1 else None,
        "school_year": school_year,
        "grades": [f"{stage}/{grade}" for stage, grades in GRADES.items() for grade in grades],
    }
    with connection.cursor() as cursor:
        for statement in _MATCH:
            cursor.execute(statement, values)
        _forgive_spelling(cursor)
        for statement in (*_RENUMBERED, *_VERDICT, *GUARDIANS, *CHANGES):
            cursor.execute(statement, values)


def _forgive_spelling(cursor: CursorWrapper) -> None:
    """Two ways to write one name are no other name; what they are, `matching` knows."""
    cursor.execute(
        "SELECT m.row_number, m.name, p.name FROM matched m "
        "JOIN people_person p ON p.id = m.person_id WHERE m.other_name"
    )
    same = [row for row, said, known in cursor.fetchall() if same_name(said, known)]
    if same:
        cursor.execute("UPDATE matched SET other_name = false WHERE row_number = ANY(%s)", [same])


_MATCH = (
    """
    DROP TABLE IF EXISTS pg_temp.matched, pg_temp.missing, pg_temp.verdict, pg_temp.guardian_to
    """,
    """
    CREATE TEMP TABLE matched ON COMMIT DROP AS
    SELECT i.row_number, i.number_index, i.name, d.person_id, d.id AS document_id, d.replaced_at IS NULL AS is_current,
           coalesce(p.name <> i.name, false) AS other_name, false AS renumbered
    FROM incoming i
    LEFT JOIN people_identitydocument d ON d.number_index = i.number_index
    LEFT JOIN people_person p ON p.id = d.person_id
    """,
    "ANALYZE matched",
    """
    CREATE TEMP TABLE missing ON COMMIT DROP AS
    SELECT r.id AS roll_id, r.person_id, r.contested, p.name, p.birth_date
    FROM people_schoolroll r JOIN people_person p ON p.id = r.person_id
    WHERE r.school_id = %(school)s AND r.left_on IS NULL
      AND NOT EXISTS (SELECT FROM matched m WHERE m.person_id = r.person_id)
    """,
    "ANALYZE missing",
)

_RENUMBERED = (
    # One of ours under a number that nobody has yet: the same name and birth date, once on either side, and a document
    # so far that is none for life.
    """
    WITH candidate AS (
        SELECT m.row_number, s.person_id,
               count(*) OVER (PARTITION BY m.row_number) AS persons, count(*) OVER (PARTITION BY s.person_id) AS rows
        FROM missing s
        JOIN incoming i ON i.name = s.name AND i.birth_date = s.birth_date
        JOIN matched m ON m.row_number = i.row_number AND m.person_id IS NULL
        JOIN people_identitydocument d ON d.person_id = s.person_id AND d.replaced_at IS NULL
        WHERE NOT s.contested AND d.kind IN ('birth_certificate', 'passport', 'hk_mo_permit', 'tw_permit')
    ), renumbered AS (
        UPDATE matched m SET person_id = c.person_id, renumbered = true
        FROM candidate c WHERE c.row_number = m.row_number AND c.persons = 1 AND c.rows = 1
        RETURNING m.person_id
    )
    DELETE FROM missing WHERE person_id IN (SELECT person_id FROM renumbered)
    """,
    # Whose row could not be read is in the file all the same.
    "DELETE FROM missing WHERE name IN (SELECT name FROM remark WHERE refused)",
)

_VERDICT = (
    """
    CREATE TEMP TABLE verdict ON COMMIT DROP AS
    WITH same_number AS (
        SELECT number_index, min(row_number) AS first, max(row_number) AS last, min(name) <> max(name) AS names_differ
        FROM matched GROUP BY number_index HAVING count(*) > 1
    ), same_person AS (
        SELECT person_id, min(row_number) AS first
        FROM matched WHERE person_id IS NOT NULL GROUP BY person_id HAVING count(*) > 1
    ), known AS (
        SELECT m.*, own.id AS roll_id, coalesce(own.contested, false) AS contested, own.stage AS own_stage,
               own.grade AS own_grade, n.first AS first_of_number, n.last AS last_of_number,
               coalesce(n.names_differ, false) AS names_differ,
               CASE WHEN m.row_number > least(n.first, s.first) THEN least(n.first, s.first) END AS first_row,
               coalesce(nullif(i.stage, ''), own.stage, %(only_stage)s) AS stage, i.grade AS said_grade
        FROM matched m
        JOIN incoming i ON i.row_number = m.row_number
        LEFT JOIN people_schoolroll own
               ON own.person_id = m.person_id AND own.school_id = %(school)s AND own.left_on IS NULL
        LEFT JOIN same_number n ON n.number_index = m.number_index
        LEFT JOIN same_person s ON s.person_id = m.person_id
    ), placed AS (
        SELECT k.*, CASE WHEN k.stage = k.own_stage THEN coalesce(k.said_grade, k.own_grade) ELSE k.said_grade END
                 AS grade
        FROM known k
    ), judged AS (
        SELECT p.*, last.school_id AS other_school, last.live, last.school_year AS other_year,
               CASE WHEN p.names_differ THEN 'number_twice'
                    WHEN p.other_name THEN 'name_conflict'
                    WHEN p.stage IS NULL THEN 'stage_unknown'
                    WHEN NOT p.stage = ANY(%(stages)s) THEN 'stage_not_here'
                    WHEN p.grade IS NOT NULL AND NOT p.stage || '/' || p.grade = ANY(%(grades)s) THEN 'grade_unheard_of'
                    ELSE '' END AS fault
        FROM placed p
        LEFT JOIN LATERAL (
            -- of our own pupils, who else holds them now; of others, where they were last
            SELECT r.school_id, r.school_year, r.left_on IS NULL AS live
            FROM people_schoolroll r
            WHERE r.person_id = p.person_id AND r.id IS DISTINCT FROM p.roll_id
              AND (p.roll_id IS NULL OR r.left_on IS NULL)
            ORDER BY r.left_on IS NULL DESC, r.school_year DESC, r.contested, r.left_on DESC, r.id DESC LIMIT 1
        ) last ON true
    )
    SELECT row_number, person_id, document_id, is_current, renumbered, roll_id, contested, stage, grade, fault,
           %(school_year)s::smallint AS school_year,
           CASE WHEN fault = 'number_twice' THEN CASE WHEN row_number = first_of_number THEN last_of_number
                                                      ELSE first_of_number END
                ELSE first_row END AS other_row,
           CASE WHEN fault = '' AND other_school <> %(school)s THEN other_school END AS other_school,
           CASE WHEN fault <> '' THEN 'error'
                WHEN first_row IS NOT NULL THEN 'duplicate'
                WHEN roll_id IS NOT NULL THEN 'unchanged'
                WHEN live AND other_year >= %(school_year)s THEN 'on_two_rosters'
                WHEN other_school <> %(school)s THEN 'moved_here'
                ELSE 'new' END AS outcome,
           '{}'::jsonb AS changes
    FROM judged
    """,
    "CREATE UNIQUE INDEX ON verdict (row_number)",
    "ANALYZE verdict",
    # The pupil whom a row in error means is in the file as well, under whatever number.
    """
    DELETE FROM missing WHERE name IN (
        SELECT m.name FROM verdict v JOIN matched m ON m.row_number = v.row_number WHERE v.outcome = 'error')
    """,
)
