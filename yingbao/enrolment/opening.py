"""Who is on an agent's list for the season. 建立名单"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from yingbao.agents.models import Organisation, OrganisationKind, User
from yingbao.enrolment.determining import decide, determine_people
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day


def open_enrolments(
    *,
    season: Season,
    organisation: Organisation,
    at: datetime,
    by: User | None = None,
    person_ids: Sequence[int] | None = None,
) -> int:
    """List every child that an agent works on and that is not listed yet; returns how many are new. 建立名单

    A school: all children on its roll. A community: the children with a hukou in its division who are on no roll in
    the pooling area and whose agent it is. Six digits of hukou do not tell communities of one division apart: the
    oldest has the children whom no other has taken in by name (`person_ids`, as at the counter). Nothing is decided
    for the new ones before `determine_people`.
    """
    if organisation.pooling_area != season.pooling_area:
        return 0
    if organisation.kind == OrganisationKind.SCHOOL:
        return _open(_ON_ROLL, season, organisation, at, by, [])
    if organisation.kind == OrganisationKind.COMMUNITY:
        persons = _outside_school(organisation, season, person_ids)
        decisions = decide(season=season, person_ids=persons, as_of=china_day(at))
        ours = decisions.filter(decisions["agent"] == "community")["person_id"].cast(int).to_list()
        return _open(_NAMED, season, organisation, at, by, ours)
    return 0


def list_and_determine(*, season: Season, organisation: Organisation, at: datetime, by: User | None = None) -> int:
    """Open what is missing on an agent's list and decide afresh for all of it; returns how many changed. 建单并核定"""
    with transaction.atomic():
        open_enrolments(season=season, organisation=organisation, at=at, by=by)
        persons = Enrolment.objects.of(season, organisation).live().values_list("person_id", flat=True)
        return determine_people(season=season, person_ids=list(persons), as_of=china_day(at), at=at, by=by)


def _outside_school(community: Organisation, season: Season, named: Sequence[int] | None) -> list[int]:
    """Who could be a community's child: by the child's own hukou, else by a parent's. 不在校儿童"""
    with connection.cursor() as cursor:
        cursor.execute(
            _OUTSIDE_SCHOOL,
            {
                "community": community.pk, "division": community.division, "area": season.pooling_area,
                "season": season.pk, "named": None if named is None else list(named),
            },
        )  # fmt: skip
        return [person for (person,) in cursor.fetchall()]


def _open(
    wanted: str, season: Season, organisation: Organisation, at: datetime, by: User | None, persons: list[int]
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _insert(wanted),
            {
                "season": season.pk, "year": season.plan_year, "organisation": organisation.pk, "at": at,
                "by": by.pk if by else None, "persons": persons,
            },
        )  # fmt: skip
        return int(cursor.fetchone()[0])


_ON_ROLL = """
    SELECT r.person_id FROM people_schoolroll r JOIN people_person p ON p.id = r.person_id
    WHERE r.school_id = %(organisation)s AND r.left_on IS NULL AND p.merged_into_id IS NULL
"""
_NAMED = "SELECT unnest(%(persons)s::bigint[]) AS person_id"


def _insert(wanted: str) -> str:
    """List the wanted persons, in their order, as every statement does that touches many enrolments.

    A child whom two schools list at once is opened by one of them; `determine_people` gives it to the school whose
    roll is uncontested.
    """
    return f"""
WITH wanted AS ({wanted}), opened AS (
    INSERT INTO enrolment_enrolment (
        season_id, person_id, plan_year, organisation_id, state, state_at, reason, facts,
        status, agent, registration, channel, phase, premium_fen, self_paid_fen, subsidised_fen, paid_by, because)
    SELECT %(season)s, person_id, %(year)s, %(organisation)s, 'draft', %(at)s, '', '{{}}',
           '', '', '', '', '', 0, 0, 0, '', ''
    FROM wanted ORDER BY person_id
    ON CONFLICT (season_id, person_id) DO NOTHING
    RETURNING id
), stepped AS (
    INSERT INTO enrolment_step (enrolment_id, act, from_state, to_state, at, by_id, reason, changes)
    SELECT id, 'open', '', 'draft', %(at)s, %(by)s::bigint, '', '{{}}' FROM opened
)
SELECT count(*) FROM opened
"""  # noqa: S608  both ways to say who is wanted stand above


_OUTSIDE_SCHOOL = """
SELECT p.id FROM people_person p
WHERE p.merged_into_id IS NULL
  AND (p.hukou = %(division)s
       OR EXISTS (SELECT FROM people_guardian g
                  WHERE g.person_id = p.id AND g.hukou = %(division)s AND g.relation IN ('father', 'mother', ''))
      AND NOT EXISTS (SELECT FROM agents_organisation c
                      WHERE c.kind = 'community' AND c.active AND c.pooling_area = %(area)s AND c.division = p.hukou))
  AND CASE WHEN %(named)s::bigint[] IS NOT NULL THEN p.id = ANY(%(named)s::bigint[]) ELSE NOT EXISTS (
                  SELECT FROM agents_organisation older
                  WHERE older.kind = 'community' AND older.active AND older.pooling_area = %(area)s
                    AND older.division = %(division)s AND older.id < %(community)s) END
  AND NOT EXISTS (SELECT FROM people_schoolroll r JOIN agents_organisation o ON o.id = r.school_id
                  WHERE r.person_id = p.id AND r.left_on IS NULL AND o.pooling_area = %(area)s)
  AND NOT EXISTS (SELECT FROM enrolment_enrolment e WHERE e.person_id = p.id AND e.season_id = %(season)s)
ORDER BY p.id
"""
