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


def _differs(field: str) -> str:
    compared = f"{field}_index" if field in SEALED else field
    return f"{compared} IS DISTINCT FROM known_{compared}"


def _shown(field: str) -> str:
    """A line of VALUES: the field, what is known, what it would become, whether they differ."""
    shown = f"{field}_masked" if field in SEALED else field
    return f"('{field}', nullif(known_{shown}, ''), {shown}, {_blank(field)})"


def _blank(field: str) -> str:
    """Nothing known and nothing said is no difference, also for a guardian who is new."""
    return f"nullif({field}, '') IS DISTINCT FROM nullif(known_{field}, '')" if field in PLAIN else _differs(field)


_MERGED = ", ".join([_plain(field) for field in PLAIN] + [_sealed(field, part) for field in SEALED for part in PARTS])
_KNOWN = ", ".join(
    [f"k.{field} AS known_{field}" for field in PLAIN]
    + [f"k.{field}_{part} AS known_{field}_{part}" for field in SEALED for part in ("index", "masked")]
)
_OTHERWISE = " OR ".join(_differs(field) for field in (*PLAIN, *SEALED))
_SHOWN_OF_GUARDIAN = ", ".join(_shown(field) for field in (*PLAIN, *SEALED))

# A guardian whom we know in the other place keeps that place: mother and father may change columns.
_GUARDIAN_TO = f"""
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
        WHERE {OURS_TO_TELL}
    )
    SELECT g.row_number, g.person_id, g.ours, g.place AS position, k.id AS guardian_id, {_MERGED}, {_KNOWN}
    FROM placed g
    LEFT JOIN people_guardian k ON k.person_id = g.person_id AND k.position = g.place
    CROSS JOIN LATERAL (
        SELECT k.id IS NULL OR g.name <> '' AND k.name <> '' AND g.name <> k.name AS replaced
    ) w"""  # noqa: S608  our own names

GUARDIANS = (
    _GUARDIAN_TO,
    f"DELETE FROM guardian_to WHERE guardian_id IS NOT NULL AND NOT ({_OTHERWISE})",  # noqa: S608  our own names
    "ANALYZE guardian_to (row_number, guardian_id)",
)


def _difference(field: str, when: str, before: str, after: str) -> str:
    return f"'{field}', CASE WHEN {when} THEN jsonb_build_array({before}, {after}) END"


def _ours(before: str) -> str:
    """What is known of a pupil is shown to the school that has the pupil."""
    return f"CASE WHEN v.roll_id IS NOT NULL THEN {before} END"


_DIFFERENCES = ", ".join(
    [
        _difference("number", "v.renumbered", "d.number_masked", "i.number_masked"),
        _difference(
            "identity_kind", "(v.is_current OR v.renumbered) AND i.identity_kind <> d.kind", _ours("d.kind"),
            "i.identity_kind",
        ),
        *(_difference(field, when, _ours(f"p.{field}"), f"i.{field}") for field, when in PERSON.items()),
        *(_difference(field, when, *SHOWN[field]) for field, when in ROLL.items()),
    ]
)  # fmt: skip

_CHANGES = f"""
    WITH guardians AS (
        SELECT g.row_number, jsonb_object_agg(
                   'guardian' || g.position || '.' || f.field,
                   jsonb_build_array(CASE WHEN g.ours THEN f.before END, f.after)
               ) AS changes
        FROM guardian_to g
        CROSS JOIN LATERAL (VALUES {_SHOWN_OF_GUARDIAN}) f(field, before, after, differs)
        WHERE f.differs
        GROUP BY g.row_number
    ), found AS (
        SELECT v.row_number,
               jsonb_strip_nulls(jsonb_build_object({_DIFFERENCES})) || coalesce(g.changes, '{{}}') AS changes
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
    FROM found f WHERE f.row_number = v.row_number AND f.changes <> '{{}}'"""  # noqa: S608  our own names

CHANGES = (_CHANGES,)
