"""The statements that put decisions onto enrolments: agent, state, and the history of both. 归属与状态

Which state follows is `lifecycle.settled`, laid out as a table of all its cases, so that a million rows are settled
by the same rule as one.
"""

from __future__ import annotations

from itertools import product

from yingbao.enrolment.lifecycle import ENDED, LIVE, TAKEN, settled

COLUMNS = (
    "person_id", "kept", "status", "agent", "registration", "channel", "phase", "premium_fen", "self_paid_fen",
    "subsidised_fen", "paid_by", "coverage_from", "coverage_to", "because", "as_of", "facts", "school",
)  # fmt: skip
"""What is copied in; `kept` marks the decision of a confirmed enrolment on its own day, `school` where the child is."""
WORDS = ("status", "agent", "registration", "channel", "phase", "paid_by", "because")
DECISION = tuple(name for name in COLUMNS if name not in ("person_id", "kept", "as_of", "school"))
SUBSTANCE = (
    "status", "agent", "channel", "premium_fen", "self_paid_fen", "paid_by", "coverage_from", "coverage_to",
)  # fmt: skip
"""What a family was told: a difference here sends a confirmed enrolment back; another reason for the same does not."""

DECIDED = """
CREATE TEMP TABLE decided (
    person_id bigint, kept boolean, status text, agent text, registration text, channel text, phase text,
    premium_fen integer, self_paid_fen integer, subsidised_fen integer, paid_by text,
    coverage_from date, coverage_to date, because text, as_of date, facts jsonb, school bigint
) ON COMMIT DROP
"""
INDEX_DECIDED = "CREATE UNIQUE INDEX ON decided (person_id, kept)"
"""Where enrolments were written a moment ago the planner thinks of a few, and walks this table once for each."""
SCHOOLS = """
SELECT r.person_id, r.school_id
FROM people_schoolroll r JOIN agents_organisation o ON o.id = r.school_id AND o.pooling_area = %s
WHERE r.person_id = ANY(%s::bigint[]) AND r.left_on IS NULL AND NOT r.contested
"""
"""Where these children are, as far as no other school says otherwise."""
COPY_DECIDED = f"COPY decided FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({', '.join(WORDS)}))"

MOVE_TAKEN = f"""
WITH moved AS (
    SELECT e.id, e.state, e.organisation_id AS was_at, r.school_id AS now_at
    FROM enrolment_enrolment e
    JOIN people_schoolroll r ON r.person_id = e.person_id AND r.left_on IS NULL AND NOT r.contested
    JOIN agents_organisation o ON o.id = r.school_id AND o.pooling_area = %(area)s
    WHERE e.season_id = %(season)s AND e.person_id = ANY(%(persons)s::bigint[]) AND e.organisation_id <> r.school_id
      AND e.state IN ({", ".join(f"'{state.value}'" for state in sorted(TAKEN))})
    ORDER BY e.person_id, e.id FOR UPDATE OF e
), walked AS (
    UPDATE enrolment_enrolment e SET organisation_id = moved.now_at FROM moved WHERE e.id = moved.id
)
INSERT INTO enrolment_step (enrolment_id, act, from_state, to_state, at, by_id, reason, changes)
SELECT id, 'move', state, state, %(at)s, %(by)s::bigint, '',
       jsonb_build_object('organisation', jsonb_build_array(was_at, now_at))
FROM moved ORDER BY id
"""  # noqa: S608  our own words
"""A child for whom money is owed or paid goes to its new school's list as it is; what was declared stays stated."""

REGISTER_ADMITTED = """
INSERT INTO people_basicregistration (person_id, pooling_area, registered_on, channel)
SELECT person_id, %(area)s, (facts ->> 'points_admitted_on')::date, 'points'
FROM decided WHERE registration = 'points' AND NOT kept
ORDER BY person_id
ON CONFLICT (person_id, pooling_area) DO NOTHING
"""
"""Who is admitted by points is registered by that alone (Suzhou 四(二))."""


def _of(alias: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{column}" for column in columns)


def _cases() -> str:
    """`lifecycle.settled` as a table: state, three facts, what follows."""
    rows = []
    for state, (registered, due, stands) in product(sorted(LIVE - TAKEN), product((True, False), repeat=3)):
        target = settled(state, registered=registered, registration_due=due, stands=stands)
        rows.append(f"('{state.value}', {registered}, {due}, {stands}, '{target.value}')")
    return ",\n        ".join(rows)


def _difference() -> str:
    """A JSON object of what differs in substance: field → [before, after]."""
    pairs = [
        f"'{name}', CASE WHEN e.{name} IS DISTINCT FROM f.{name} THEN jsonb_build_array(e.{name}, f.{name}) END"
        for name in SUBSTANCE
    ]
    return "jsonb_strip_nulls(jsonb_build_object(" + ", ".join(pairs) + "))"


_LEFT_ALONE = ", ".join(f"'{state.value}'" for state in sorted(ENDED | TAKEN))

# In words: where is the child now (`placed`); which state follows (`due`); write what differs (`changed`); and for each
# change of state, of agent or of a decision that stood a line of history (`stepped`). All parts see the tables as they
# were before. What may have been written a moment ago, and so is in no statistics, is reached by a key of each child:
# joined to the rolls here, the planner took a school for empty and walked all of its roll for each child.
# S608: every part put in is a constant of this module; what comes from outside is a parameter.
SETTLE = f"""
WITH communities AS (
    SELECT DISTINCT ON (division) division, id FROM agents_organisation
    WHERE kind = 'community' AND active AND pooling_area = %(area)s ORDER BY division, id
), placed AS (
    SELECT e.id, e.person_id, e.state, e.organisation_id AS was_at,
           coalesce(f.school,
                    CASE WHEN f.agent = 'community' THEN coalesce(already.id, own.id, parents.id) END,
                    e.organisation_id) AS now_at,
           b.person_id IS NOT NULL AS registered,
           f.registration <> '' AS due,
           ({_of("e", SUBSTANCE)}) IS NOT DISTINCT FROM ({_of("k", SUBSTANCE)}) AS same,
           CASE WHEN e.state IN ('confirmed', 'determined') THEN {_difference()} ELSE '{{}}' END AS difference
    FROM enrolment_enrolment e
    JOIN decided f ON f.person_id = e.person_id AND NOT f.kept
    LEFT JOIN decided k ON k.person_id = e.person_id AND k.kept
    LEFT JOIN people_basicregistration b ON b.person_id = e.person_id AND b.pooling_area = %(area)s
    LEFT JOIN LATERAL (
        SELECT o.id FROM agents_organisation o
        WHERE o.id = e.organisation_id AND o.kind = 'community' AND o.active AND f.agent = 'community'
          AND o.division = ANY(string_to_array(concat_ws(';', f.facts ->> 'hukou', f.facts ->> 'parent_hukou'), ';'))
        LIMIT 1
    ) already ON true
    LEFT JOIN communities own ON own.division = f.facts ->> 'hukou'
    LEFT JOIN LATERAL (
        SELECT min(c.id) AS id FROM communities c
        WHERE f.agent = 'community' AND c.division = ANY(string_to_array(f.facts ->> 'parent_hukou', ';'))
    ) parents ON true
    WHERE e.season_id = %(season)s AND e.state NOT IN ({_LEFT_ALONE})
      AND NOT (e.state = 'confirmed' AND f.phase IN ('not_open', 'closed'))
), due AS (
    SELECT placed.*, cases.target
    FROM placed JOIN (VALUES
        {_cases()}
    ) AS cases (state, registered, due, stands, target)
      ON cases.state = placed.state AND cases.registered = placed.registered AND cases.due = placed.due
     AND cases.stands = (placed.state = 'confirmed' AND placed.same AND placed.was_at = placed.now_at)
), changed AS (
    UPDATE enrolment_enrolment e
    SET {", ".join(f"{name} = d.{name}" for name in DECISION)}, as_of = d.as_of,
        version_id = %(version)s::bigint, organisation_id = due.now_at, state = due.target,
        state_at = CASE WHEN due.target <> due.state THEN %(at)s ELSE e.state_at END
    FROM due JOIN decided d ON d.person_id = due.person_id AND d.kept = (due.target = 'confirmed')
    WHERE e.id = due.id
      AND ({_of("e", DECISION)}, e.organisation_id, e.state)
          IS DISTINCT FROM ({_of("d", DECISION)}, due.now_at, due.target)
    RETURNING e.id
), stepped AS (
    INSERT INTO enrolment_step (enrolment_id, act, from_state, to_state, at, by_id, reason, changes)
    SELECT id, CASE WHEN state = 'confirmed' THEN 'revise' ELSE 'determine' END, state, target, %(at)s, %(by)s::bigint,
           '', difference
    FROM due WHERE state <> target OR state = 'determined' AND difference <> '{{}}'
    UNION ALL
    SELECT id, 'move', target, target, %(at)s, %(by)s::bigint, '',
           jsonb_build_object('organisation', jsonb_build_array(was_at, now_at))
    FROM due WHERE was_at <> now_at
)
SELECT count(*) FROM changed
"""  # noqa: S608
