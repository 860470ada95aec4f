"""In which fields a roster differs from what is known, field by field. 差异

The second half of `comparing`: statements on the temporary tables `incoming`, `incoming_guardian` and `verdict`.
All that is put together here are the names of columns that stand in this file.
"""

from __future__ import annotations

PERSON = {
    "sex": "i.sex <> '' AND i.sex <> p.sex",
    "birth_date": "p.id IS NOT NULL AND i.birth_date IS NOT NULL AND i.birth_date IS DISTINCT FROM p.birth_date",
    "hukou": "i.hukou <> '' AND i.hukou <> p.hukou",
    "residence_permit": "i.residence_permit <> p.residence_permit",
    "parent_employee_insured": "i.parent_employee_insured <> p.parent_employee_insured",
}
"""field of Person → when the row says otherwise"""

ROLL = {
    "school_year": "v.school_year <> r.school_year",
    "stage": "v.stage <> r.stage",
    "grade": "r.id IS NOT NULL AND v.grade IS DISTINCT FROM r.grade",
    "class_name": "i.class_name <> '' AND i.class_name <> r.class_name",
    "roll_number": "r.id IS NOT NULL AND i.roll_number_index IS NOT NULL "
    "AND i.roll_number_index IS DISTINCT FROM r.roll_number_index",
    "entered_on": "i.entered_on <> r.entered_on",
}
"""field of SchoolRoll → when the row says otherwise"""

SHOWN = {
    "school_year": ("r.school_year", "v.school_year"),
    "stage": ("r.stage", "v.stage"),
    "grade": ("r.grade", "v.grade"),
    "class_name": ("r.class_name", "i.class_name"),
    "roll_number": ("r.roll_number_masked", "i.roll_number_masked"),
    "entered_on": ("r.entered_on", "i.entered_on"),
}
"""field of SchoolRoll → what is shown as before and after; year, stage and grade are settled in `verdict`"""

PLAIN = ("name", "relation", "hukou")
SEALED = ("phone", "number")
PARTS = ("cipher", "index", "masked")
"""fields of Guardian: plain ones, and those kept in three parts"""

SEALED_COLUMNS = tuple(f"{field}_{part}" for field in SEALED for part in PARTS)
GUARDIAN_COLUMNS = (*PLAIN, *SEALED_COLUMNS)

OURS_TO_TELL = "v.outcome IN ('unchanged', 'new', 'moved_here') AND NOT v.contested AND v.person_id IS NOT NULL"
"""rows of known pupils whom no other school holds: person and guardians are compared as well"""


def _plain(field: str) -> str:
    """A guardian's field as it would become: what the row says, else what is known of the same guardian."""
    return f"CASE WHEN w.replaced OR g.{field} <> '' THEN g.{field} ELSE k.{field} END AS {field}"


def _sealed(field: str, part: str) -> str:
    """The same of a sealed field; by its index, because the same number sealed twice has two ciphers."""
    says_otherwise = f"g.{field}_index IS NOT NULL AND g.{field}_index IS DISTINCT FROM k.{field}_index"
    return f"CASE WHEN w.replaced OR {says_otherwise} THEN g.{field}_{part} ELSE k.{field}_{part} END AS {field}_{part}"


_MERGED = ", ".join([_plain(field) for field in PLAIN] + [_sealed(field, part) for field in SEALED for part in PARTS])
_KNOWN_GUARDIAN = ", ".join(f"k.{column} AS known_{column}" for column in (*PLAIN, "phone_masked", "number_masked"))
_OTHERWISE = " OR ".join(
    [f"{field} IS DISTINCT FROM known_{field}" for field in PLAIN]
    + [f"{field}_index IS DISTINCT FROM known_{field}_index" for field in SEALED]
)
_GUARDIAN_FIELDS = ", ".join(
    [
        f"('{field}', nullif(known_{field}, ''), {field}, {field} IS DISTINCT FROM coalesce(known_{field}, ''))"
        for field in PLAIN
    ]
    + [
        f"('{field}', nullif(known_{field}_masked, ''), {field}_masked, {field}_index IS DISTINCT FROM known_{field}_index)"
        for field in SEALED
    ]
)

GUARDIANS = (
    # A guardian whom we know in the other place keeps that place: mother and father may change columns.
    """
    CREATE TEMP TABLE guardian_to ON COMMIT DROP AS
    WITH swapped AS (
        SELECT g.row_number
        FROM incoming_guardian g
        JOIN verdict v ON v.row_number = g.row_number
        JOIN people_guardian k ON k.person_id = v.person_id AND k.name = g.name
        WHERE g.name <> ''
        GROUP BY g.row_number HAVING bool_and(k.position <> g.position)
    ), placed AS (
        SELECT v.person_id, v.roll_id IS NOT NULL AS ours,
               CASE WHEN s.row_number IS NULL THEN g.position ELSE 3 - g.position END AS place, g.*
        FROM incoming_guardian g
        JOIN verdict v ON v.row_number = g.row_number
        LEFT JOIN swapped s ON s.row_number = g.row_number
        WHERE """
    + OURS_TO_TELL
    + """
    )
    SELECT g.row_number, g.person_id, g.ours, g.place AS position, k.id AS guardian_id, """
    + _MERGED
    + ", "
    + _KNOWN_GUARDIAN
    + """, k.phone_index AS known_phone_index, k.number_index AS known_number_index
    FROM placed g
    LEFT JOIN people_guardian k ON k.person_id = g.person_id AND k.position = g.place
    CROSS JOIN LATERAL (SELECT k.id IS NULL OR g.name <> '' AND k.name <> '' AND g.name <> k.name AS replaced) w
    """,
    "DELETE FROM guardian_to WHERE NOT (" + _OTHERWISE + ")",
    "ANALYZE guardian_to",
)

_BEFORE_OF_PERSON = "CASE WHEN v.roll_id IS NOT NULL THEN p.{field} END"


def _difference(field: str, when: str, before: str, after: str) -> str:
    return f"'{field}', CASE WHEN {when} THEN jsonb_build_array({before}, {after}) END"


_DIFFERENCES = ", ".join(
    [
        _difference("number", "v.renumbered", "d.number_masked", "i.number_masked"),
        _difference(
            "identity_kind",
            "(v.is_current OR v.renumbered) AND i.identity_kind <> d.kind",
            "CASE WHEN v.roll_id IS NOT NULL THEN d.kind END",
            "i.identity_kind",
        ),
        *(
            _difference(field, when, _BEFORE_OF_PERSON.format(field=field), f"i.{field}")
            for field, when in PERSON.items()
        ),
        *(_difference(field, when, *SHOWN[field]) for field, when in ROLL.items()),
    ]
)

CHANGES = (
    """
    WITH guardians AS (
        SELECT g.row_number, jsonb_object_agg(
                   'guardian' || g.position || '.' || f.field,
                   jsonb_build_array(CASE WHEN g.ours THEN f.before END, f.after)
               ) AS changes
        FROM guardian_to g
        CROSS JOIN LATERAL (VALUES """
    + _GUARDIAN_FIELDS
    + """) f(field, before, after, differs)
        WHERE f.differs
        GROUP BY g.row_number
    ), found AS (
        SELECT v.row_number,
               jsonb_strip_nulls(jsonb_build_object("""
    + _DIFFERENCES
    + """)) || coalesce(g.changes, '{}') AS changes
        FROM verdict v
        JOIN incoming i ON i.row_number = v.row_number
        LEFT JOIN people_schoolroll r ON r.id = v.roll_id
        LEFT JOIN people_person p ON p.id = v.person_id AND NOT v.contested
        LEFT JOIN people_identitydocument d
               ON d.person_id = v.person_id AND d.replaced_at IS NULL AND NOT v.contested
        LEFT JOIN guardians g ON g.row_number = v.row_number
        WHERE v.outcome IN ('unchanged', 'new', 'moved_here') AND v.person_id IS NOT NULL
    )
    UPDATE verdict v
    SET changes = f.changes, outcome = CASE WHEN v.outcome = 'unchanged' THEN 'changed' ELSE v.outcome END
    FROM found f WHERE f.row_number = v.row_number AND f.changes <> '{}'
    """,
)
