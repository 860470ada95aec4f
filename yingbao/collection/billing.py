"""What accepted declarations owe is assessed: pulled by collection, for declaration knows nothing of it. 应缴核定

Called right after an acceptance, in its transaction, and every night for whatever was missed. Doing it again owes
nothing twice: a line that has its obligation, ended or not, is left out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from yingbao.agents.models import User
from yingbao.collection.owing import Owed, assess
from yingbao.declaration.lifecycle import STANDING
from yingbao.declaration.models import Declaration
from yingbao.enrolment.models import Season

UNBILLED = """
SELECT l.enrolment_id, l.self_paid_fen, l.subsidised_fen, l.paid_by, l.category, l.listed_by_id, d.id
FROM declaration_declarationline l
JOIN declaration_declaration d ON d.id = l.declaration_id
JOIN enrolment_enrolment e ON e.id = l.enrolment_id
WHERE d.season_id = %(season)s AND d.state = ANY(%(standing)s)
  AND (%(declaration)s::bigint IS NULL OR d.id = %(declaration)s)
  AND l.change = 'add' AND l.verdict = 'accepted' AND e.state = 'confirmed'
  AND NOT EXISTS (
      SELECT FROM collection_obligation o WHERE o.enrolment_id = l.enrolment_id AND o.declaration_id = d.id)
ORDER BY e.person_id, d.id
FOR UPDATE OF e
"""


def bill(
    *, at: datetime, declaration: Declaration | None = None, season: Season | None = None, by: User | None = None
) -> list[int]:
    """Assess what the accepted lines of a declaration, or of a whole season, owe; returns the obligations. 核定应缴

    Owed are the declared sums. Children who are no longer confirmed are left out. One of the two must be given.
    """
    if declaration is not None:
        season = declaration.season
    if season is None:
        raise ValueError("a declaration or a season is needed")
    values: dict[str, Any] = {
        "season": season.pk,
        "standing": sorted(STANDING),
        "declaration": declaration.pk if declaration is not None else None,
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(UNBILLED, values)
            owed = [Owed(*row) for row in cursor.fetchall()]
        return assess(season=season, owed=owed, at=at, by=by)
