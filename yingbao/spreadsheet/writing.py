"""What a confirmed roster writes about people, in a dozen statements. 写入人员

From the temporary tables that `comparing` left. Every statement touches only rows that differ, so that a roster
that says nothing new leaves no trace in the history. Rows go in by person, as all writers do, so that two of them
never wait for each other in a circle.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from yingbao.spreadsheet.differing import GUARDIAN_COLUMNS, PERSON, ROLL
from yingbao.spreadsheet.outcomes import IMPORTED
from yingbao.values.names import pinyin


def write(*, school: int, on: date, at: datetime, whole_file: bool) -> None:
    """Write what the roster says: newcomers, changes, rolls that begin and end. 写入

    `whole_file`: who is on the roll and not in the file leaves it.
    """
    fields = {"person_fields": list(PERSON), "roll_fields": list(ROLL)}
    values: dict[str, Any] = {"school": school, "on": on, "at": at, **fields}
    with connection.cursor() as cursor:
        cursor.execute(_NEWCOMERS)
        _speak(cursor)
        statements = [*_PERSONS, *_DOCUMENTS, *_GUARDIANS, _END_ELSEWHERE, *_ROLLS]
        if whole_file:
            statements.append(_END_HERE)
        for statement in (*statements, _SETTLE_CLAIMS):
            cursor.execute(statement, values)


def touched(*, whole_file: bool) -> list[int]:
    """The persons whom the roster names, and those who leave by it. 涉及人员"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT person_id FROM verdict WHERE outcome = ANY(%s)
            UNION
            SELECT person_id FROM missing WHERE %s
            ORDER BY person_id""",
            [list(IMPORTED), whole_file],
        )
        return [person for (person,) in cursor.fetchall()]


def came_or_went(*, whole_file: bool) -> list[int]:
    """The persons who come from another school or leave this one. 转入与离校人员"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT person_id FROM verdict WHERE outcome IN ('moved_here', 'on_two_rosters')
            UNION
            SELECT person_id FROM missing WHERE %s""",
            [whole_file],
        )
        return [person for (person,) in cursor.fetchall()]


def _speak(cursor: CursorWrapper) -> None:
    """Lay down how the newcomers' names sound; PostgreSQL knows no pinyin."""
    cursor.execute("SELECT DISTINCT i.name FROM newcomer n JOIN incoming i ON i.row_number = n.row_number")
    spoken = [(name, *pinyin(name)) for (name,) in cursor.fetchall()]
    cursor.execute("DROP TABLE IF EXISTS pg_temp.spoken")
    cursor.execute("CREATE TEMP TABLE spoken (name varchar, pinyin varchar, initials varchar) ON COMMIT DROP")
    with cursor.copy("COPY spoken FROM STDIN") as copy:
        for row in spoken:
            copy.write_row(row)
    cursor.execute("ANALYZE spoken")


_NEWCOMERS = """
    DROP TABLE IF EXISTS pg_temp.newcomer;
    CREATE TEMP TABLE newcomer ON COMMIT DROP AS
    SELECT row_number, nextval(pg_get_serial_sequence('people_person', 'id')) AS person_id
    FROM verdict WHERE outcome = 'new' AND person_id IS NULL ORDER BY row_number;
    CREATE UNIQUE INDEX ON newcomer (row_number);
    ANALYZE newcomer;
    UPDATE verdict v SET person_id = n.person_id FROM newcomer n WHERE n.row_number = v.row_number"""

_PERSONS = (
    """
    INSERT INTO people_person
        (id, name, name_original, name_pinyin, name_initials, sex, birth_date, hukou, residence_permit,
         parent_employee_insured, lapsed_years, repaired_years, merged_because, created_at)
    SELECT n.person_id, i.name, i.name_original, s.pinyin, s.initials, i.sex, i.birth_date, i.hukou,
           coalesce(i.residence_permit, false), coalesce(i.parent_employee_insured, false), 0, 0, '', %(at)s
    FROM newcomer n
    JOIN incoming i ON i.row_number = n.row_number
    JOIN spoken s ON s.name = i.name
    ORDER BY n.person_id""",
    """
    UPDATE people_person p
    SET sex = coalesce(nullif(i.sex, ''), p.sex), birth_date = coalesce(i.birth_date, p.birth_date),
        hukou = coalesce(nullif(i.hukou, ''), p.hukou),
        residence_permit = coalesce(i.residence_permit, p.residence_permit),
        parent_employee_insured = coalesce(i.parent_employee_insured, p.parent_employee_insured)
    FROM verdict v JOIN incoming i ON i.row_number = v.row_number
    WHERE p.id = v.person_id AND v.changes ?| %(person_fields)s""",
)

_DOCUMENTS = (
    """
    UPDATE people_identitydocument d SET replaced_at = %(at)s
    FROM verdict v
    WHERE v.renumbered AND v.changes ? 'number' AND d.person_id = v.person_id AND d.replaced_at IS NULL""",
    """
    INSERT INTO people_identitydocument (person_id, kind, number_cipher, number_index, number_masked, added_at)
    SELECT v.person_id, i.identity_kind, i.number_cipher, i.number_index, i.number_masked, %(at)s
    FROM verdict v JOIN incoming i ON i.row_number = v.row_number
    WHERE v.outcome = 'new' AND v.person_id IN (SELECT person_id FROM newcomer)
       OR v.renumbered AND v.changes ? 'number'
    ORDER BY i.number_index""",
    """
    UPDATE people_identitydocument d SET kind = i.identity_kind
    FROM verdict v JOIN incoming i ON i.row_number = v.row_number
    WHERE d.id = v.document_id AND v.is_current AND v.changes ? 'identity_kind'""",
)

_COLUMNS = ", ".join(GUARDIAN_COLUMNS)
_OF_G = ", ".join(f"g.{column}" for column in GUARDIAN_COLUMNS)
_SET_FROM_G = ", ".join(f"{column} = g.{column}" for column in GUARDIAN_COLUMNS)

# S608: all that is put in are the names of columns.
_GUARDIANS = (
    f"""
    INSERT INTO people_guardian (person_id, position, {_COLUMNS})
    SELECT n.person_id, g.position, {_OF_G}
    FROM newcomer n JOIN incoming_guardian g ON g.row_number = n.row_number
    ORDER BY n.person_id, g.position""",  # noqa: S608
    f"""
    UPDATE people_guardian k SET {_SET_FROM_G}
    FROM guardian_to g WHERE k.id = g.guardian_id""",  # noqa: S608
    f"""
    INSERT INTO people_guardian (person_id, position, {_COLUMNS})
    SELECT g.person_id, g.position, {_OF_G}
    FROM guardian_to g WHERE g.guardian_id IS NULL ORDER BY g.person_id, g.position""",  # noqa: S608
)

_END_ELSEWHERE = """
    UPDATE people_schoolroll r
    SET left_on = greatest(r.entered_on, %(on)s), leave_reason = 'transferred', contested = false
    FROM verdict v
    WHERE v.outcome = 'moved_here' AND r.person_id = v.person_id AND r.school_id <> %(school)s AND r.left_on IS NULL"""

_ROLLS = (
    """
    UPDATE people_schoolroll r
    SET school_year = v.school_year, stage = v.stage, grade = v.grade,
        class_name = coalesce(nullif(i.class_name, ''), r.class_name),
        entered_on = coalesce(i.entered_on, r.entered_on),
        (roll_number_cipher, roll_number_index, roll_number_masked) = (
            SELECT i.roll_number_cipher, i.roll_number_index, i.roll_number_masked WHERE v.changes ? 'roll_number'
            UNION ALL
            SELECT r.roll_number_cipher, r.roll_number_index, r.roll_number_masked
            WHERE NOT v.changes ? 'roll_number'
        )
    FROM verdict v JOIN incoming i ON i.row_number = v.row_number
    WHERE r.id = v.roll_id AND v.outcome = 'changed' AND v.changes ?| %(roll_fields)s""",
    """
    INSERT INTO people_schoolroll
        (person_id, school_id, school_year, stage, grade, class_name, roll_number_cipher, roll_number_index,
         roll_number_masked, entered_on, leave_reason, contested)
    SELECT v.person_id, %(school)s, v.school_year, v.stage, v.grade, i.class_name, i.roll_number_cipher,
           i.roll_number_index, i.roll_number_masked, coalesce(i.entered_on, %(on)s), '', v.outcome = 'on_two_rosters'
    FROM verdict v JOIN incoming i ON i.row_number = v.row_number
    WHERE v.outcome IN ('new', 'moved_here', 'on_two_rosters')
    ORDER BY v.person_id""",
)

_END_HERE = """
    UPDATE people_schoolroll r
    SET left_on = greatest(r.entered_on, %(on)s), leave_reason = 'absent_from_roster', contested = false
    FROM missing s WHERE r.id = s.roll_id"""

# As `people.rolls` has it: a claim that no other school disputes any more counts.
_SETTLE_CLAIMS = """
    UPDATE people_schoolroll r SET contested = false
    FROM (
        SELECT min(c.id) AS id FROM people_schoolroll c
        WHERE c.person_id IN (SELECT person_id FROM missing) AND c.left_on IS NULL
        GROUP BY c.person_id HAVING count(*) = 1
    ) sole
    WHERE r.id = sole.id AND r.contested"""
