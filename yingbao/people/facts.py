"""What is known of persons, as the facts that determination asks for. 事实

One statement for as many persons as are asked for; the columns are those of the command-line contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from django.db import connection

SCHEMA: dict[str, pl.DataType] = {
    "person_id": pl.String(),
    "identity_type": pl.String(),
    "birth_date": pl.Date(),
    "hukou": pl.String(),
    "parent_hukou": pl.String(),
    "school_division": pl.String(),
    "school_stage": pl.String(),
    "registered_before": pl.Boolean(),
    "points_admitted_on": pl.Date(),
    "residence_permit": pl.Boolean(),
    "parent_employee_insured": pl.Boolean(),
    "assistance": pl.String(),
    "tier": pl.Int64(),
    "paid_on": pl.Date(),
    "lapsed_years": pl.Int64(),
    "repaired_years": pl.Int64(),
    "registered_on": pl.Date(),
}


def facts_of(
    person_ids: Sequence[int], *, pooling_area: str, on: date | None = None, points_until: date | None = None
) -> pl.DataFrame:
    """The facts of these persons in a pooling area, one row each, in the order asked for. 取事实

    Where nothing is known a cell is null; `school_stage` of a child on no roll is `none`. Assistance is what
    is in force `on` that day, without a day what has no end. Of several points admissions the latest on or before
    `points_until` counts, else the latest. `tier` and `paid_on` are not a person's and stay null.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _FACTS,
            {"ids": list(person_ids), "area": pooling_area, "on": on, "points_until": points_until},
        )
        return pl.DataFrame(cursor.fetchall(), schema=SCHEMA, orient="row")


# Each person's rows are looked up one by one: measured, this is quicker than grouping the tables, at 1 and at 60,000.
_FACTS = """
SELECT p.id::text, d.kind, p.birth_date, nullif(p.hukou, ''), parents.hukou, o.division,
       coalesce(r.stage, 'none'), b.person_id IS NOT NULL, points.admitted_on, p.residence_permit,
       p.parent_employee_insured, assisted.categories, NULL::int, NULL::date, p.lapsed_years, p.repaired_years,
       b.registered_on
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS asked (id, place)
JOIN people_person p ON p.id = asked.id
LEFT JOIN people_identitydocument d ON d.person_id = p.id AND d.replaced_at IS NULL
LEFT JOIN people_schoolroll r ON r.person_id = p.id AND r.left_on IS NULL AND NOT r.contested
LEFT JOIN agents_organisation o ON o.id = r.school_id
LEFT JOIN people_basicregistration b ON b.person_id = p.id AND b.pooling_area = %(area)s
LEFT JOIN LATERAL (
    SELECT string_agg(DISTINCT hukou, ';' ORDER BY hukou) AS hukou
    FROM people_guardian
    WHERE person_id = p.id AND hukou <> '' AND relation IN ('father', 'mother', '')
) parents ON true
LEFT JOIN LATERAL (
    SELECT admitted_on
    FROM people_pointsadmission
    WHERE person_id = p.id AND pooling_area = %(area)s
    ORDER BY (admitted_on <= %(points_until)s::date) DESC NULLS LAST, admitted_on DESC
    LIMIT 1
) points ON true
LEFT JOIN LATERAL (
    SELECT string_agg(DISTINCT category, ';' ORDER BY category) AS categories
    FROM people_assistedstatus
    WHERE person_id = p.id
      AND CASE WHEN %(on)s::date IS NULL THEN last IS NULL
               ELSE first <= %(on)s::date AND (last IS NULL OR last >= %(on)s::date) END
) assisted ON true
ORDER BY asked.place
"""
