"""By what the platform sees that a body has done its task: word → the bodies for which it stands. 自动完成依据

Each query gives the ids of organisations of one season; it may use %(season)s, %(area)s, %(school_year)s and the
task's own first day %(starts)s. A part built later plugs itself in with a line here; a word without a line is marked by
hand. Words and what they mean to a reader: `policy.terms.SEEN_BY`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from yingbao.campaign.models import SeasonTask
from yingbao.cards import signs as card_signs
from yingbao.cards.needing import photo_needed_until
from yingbao.enrolment.lifecycle import ENDED, ENROLLED
from yingbao.enrolment.lifecycle import State as Standing
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of, school_year_of
from yingbao.publicity import signs
from yingbao.survey import signs as survey_signs


def states_in(states: Iterable[str]) -> str:
    """These states as a list for SQL. 状态列表"""
    return "(" + ", ".join(f"'{one}'" for one in sorted(map(str, states))) + ")"


COVERED = [Standing.PAID, Standing.EXEMPT, Standing.COVERED]
_LISTED = "sum(heads) FILTER (WHERE state <> 'withdrawn') > 0"
UNDECIDED = f"state NOT IN {states_in(ENDED | ENROLLED)} AND status <> 'ineligible'"


def _none(condition: str) -> str:
    return f"coalesce(sum(heads) FILTER (WHERE {condition}), 0) = 0"


_TALLIED = """
    SELECT organisation_id FROM enrolment_tally WHERE season_id = %(season)s GROUP BY organisation_id HAVING {having}"""


def _by_tally(*having: str) -> str:
    """The bodies whose numbers fulfil all of these."""
    return _TALLIED.format(having=" AND ".join(having))


SEEN: dict[str, str] = {
    "roster_in": """
        SELECT o.id FROM agents_organisation o WHERE o.pooling_area = %(area)s AND o.kind = 'school' AND EXISTS (
            SELECT FROM people_schoolroll r
            WHERE r.school_id = o.id AND r.left_on IS NULL AND r.school_year = %(school_year)s)""",
    "first_timers_registered": _by_tally(_LISTED, _none("state = 'draft' AND registration <> ''")),
    "list_confirmed": _by_tally(_LISTED, _none(UNDECIDED)),
    "declaration_handed_in": _by_tally(
        f"sum(heads) FILTER (WHERE state IN {states_in([Standing.DECLARED, *COVERED])}) > 0",
        _none(f"state = '{Standing.CONFIRMED}' OR {UNDECIDED}"),
    ),
    "everyone_paid": _by_tally(
        f"sum(heads) FILTER (WHERE state IN {states_in(COVERED)}) > 0",
        _none(f"state IN {states_in([Standing.CONFIRMED, Standing.DECLARED])} OR {UNDECIDED}"),
    ),
    "points_list_in": """
        SELECT o.id FROM agents_organisation o
        WHERE o.pooling_area = %(area)s AND o.kind IN ('insurance_agency', 'points_office') AND EXISTS (
            SELECT FROM people_pointsadmission p
            WHERE p.pooling_area = %(area)s AND (%(starts)s::date IS NULL OR p.admitted_on >= %(starts)s::date))""",
    "letters_handed_out": signs.LETTERS_HANDED_OUT,
    "publicity_recorded": signs.PUBLICITY_RECORDED,
    "photos_in": card_signs.PHOTOS_IN,
    "cards_handed_out": card_signs.CARDS_HANDED_OUT,
    "survey_reported": survey_signs.REPORTED,
    "survey_summed": survey_signs.SUMMED,
    "reported_to_education": """
        SELECT organisation_id FROM supervision_report WHERE season_id = %(season)s AND (
            %(starts)s::date IS NULL OR (made_at AT TIME ZONE 'Asia/Shanghai')::date >= %(starts)s::date)""",
    "training_announced": """
        SELECT host_id FROM campaign_trainingsession WHERE season_id = %(season)s AND cancelled_at IS NULL""",
    "training_attended": """
        SELECT p.organisation_id FROM campaign_trainingplace p JOIN campaign_trainingsession s ON s.id = p.session_id
        WHERE s.season_id = %(season)s AND p.attended""",
}
"""word → query. 依据查询"""


@transaction.atomic
def look(*, season: Season, at: datetime) -> int:
    """Mark done what is seen to be done, and open again what no longer is; returns how many moved. 自动完成

    What a person marked is that person's word until the fact is seen, and again once it is seen no more.
    """
    moved = 0
    values: dict[str, Any] = {
        "season": season.pk, "area": season.pooling_area, "school_year": school_year_of(season), "at": at,
        "starts": None, "photo_born_until": photo_needed_until(policy_of(season)),
    }  # fmt: skip
    tasks = SeasonTask.objects.filter(season=season, asked=True, seen_by__in=list(SEEN)).order_by("pk")
    with connection.cursor() as cursor:
        for task in tasks:
            cursor.execute(_SEE.format(seen=SEEN[task.seen_by]), values | {"task": task.pk, "starts": task.starts})
            moved += int(cursor.fetchone()[0])
    return moved


_SEE = """
WITH seen AS ({seen}), due AS MATERIALIZED (
    SELECT id, organisation_id, organisation_id IN (SELECT * FROM seen) AS is_seen FROM campaign_assignment
    WHERE task_id = %(task)s
      AND ((state = 'open' OR state = 'done' AND done_by_id IS NOT NULL) AND organisation_id IN (SELECT * FROM seen)
           OR state = 'done' AND done_by_id IS NULL AND organisation_id NOT IN (SELECT * FROM seen))
    ORDER BY id FOR UPDATE
), word AS (
    SELECT DISTINCT ON (s.assignment_id) s.assignment_id, s.act, s.by_id, s.note
    FROM due JOIN campaign_assignmentstep s ON s.assignment_id = due.id
    WHERE NOT due.is_seen AND s.act IN ('finish', 'take_back') ORDER BY s.assignment_id, s.id DESC
), moved AS (
    UPDATE campaign_assignment a
    SET state = CASE WHEN due.is_seen OR w.by_id IS NOT NULL THEN 'done' ELSE 'open' END, state_at = %(at)s,
        done_by_id = w.by_id, note = coalesce(w.note, '')
    FROM due LEFT JOIN word w ON w.assignment_id = due.id AND w.act = 'finish'
    WHERE a.id = due.id RETURNING a.id, a.organisation_id, due.is_seen
), told AS (
    INSERT INTO campaign_assignmentstep (assignment_id, organisation_id, act, at, note)
    SELECT id, organisation_id, CASE WHEN is_seen THEN 'see' ELSE 'unsee' END, %(at)s, '' FROM moved ORDER BY id
) SELECT count(*) FROM moved"""
