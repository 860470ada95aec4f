"""The list before it is frozen, beside the agent's roster, so that nobody is forgotten. 编制申报名单

Every child of the agent's list and of its roll has one place here. The children of the places PAYS, EXEMPT,
TO_CORRECT and TO_REMOVE are exactly the lines that `freezing.freeze` would write at this moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from yingbao.agents.models import Organisation
from yingbao.declaration.lifecycle import OPEN
from yingbao.declaration.stating import NEXT_LINES, STATED, plain_values, values_of
from yingbao.enrolment.lifecycle import ENROLLED
from yingbao.enrolment.models import Season
from yingbao.values.text import Text


class Place(StrEnum):
    """Where a child stands towards the declaration. 申报去向"""

    PAYS = "pays"
    EXEMPT = "exempt"
    TO_CORRECT = "to_correct"
    TO_REMOVE = "to_remove"
    IN_HAND = "in_hand"
    DECLARED = "declared"
    PAID = "paid"
    EXEMPTED = "exempted"
    TO_CONFIRM = "to_confirm"
    TO_REGISTER = "to_register"
    UNDECIDED = "undecided"
    UNLISTED = "unlisted"
    OUT_OF_TIME = "out_of_time"
    INELIGIBLE = "ineligible"
    ELSEWHERE = "elsewhere"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def text(self) -> Text:
        """What the place is called on a page."""
        return PLACE_NAMES[self]


PLACE_NAMES = {
    Place.PAYS: Text("本次申报：家庭缴费", "to be declared: the family pays"),
    Place.EXEMPT: Text("本次申报：免缴", "to be declared: exempt"),
    Place.TO_CORRECT: Text("本次申报：金额更正", "to be declared: sums corrected"),
    Place.TO_REMOVE: Text("本次申报：退出", "to be declared: taken off"),
    Place.IN_HAND: Text("在未办结的申报中", "on a declaration in hand"),
    Place.DECLARED: Text("已申报，待缴费", "declared, to be paid"),
    Place.PAID: Text("已缴费", "paid"),
    Place.EXEMPTED: Text("已申报免缴", "declared, exempt"),
    Place.TO_CONFIRM: Text("待确认", "to be confirmed"),
    Place.TO_REGISTER: Text("首次参保待登记", "first-timer, to be registered"),
    Place.UNDECIDED: Text("待核定", "to be decided"),
    Place.UNLISTED: Text("在册但不在本年度名单", "on the roll, not on the list"),
    Place.OUT_OF_TIME: Text("已确认，但不在申报期限", "confirmed, but out of time"),
    Place.INELIGIBLE: Text("不能参保", "cannot be enrolled"),
    Place.ELSEWHERE: Text("由其他单位办理或已在外地参保", "worked on or enrolled elsewhere"),
    Place.DECLINED: Text("不参保", "declined"),
    Place.WITHDRAWN: Text("已撤回", "withdrawn"),
    Place.LAPSED: Text("到期未参保", "lapsed"),
}
NOW = (Place.PAYS, Place.EXEMPT, Place.TO_CORRECT, Place.TO_REMOVE)
"""The lines of the next declaration."""
TO_DO = (Place.TO_CONFIRM, Place.TO_REGISTER, Place.UNDECIDED, Place.UNLISTED, Place.OUT_OF_TIME)
"""Children who would be left behind if the list were frozen now."""


class Child(NamedTuple):
    """One child of the list or of the roll. 孩子"""

    person: int
    enrolment: int | None
    """None for a child who is on the roll only"""
    name: str
    number_masked: str
    class_label: str
    """empty for one who is not on this agent's roll"""
    place: Place
    premium_fen: int
    self_paid_fen: int
    subsidised_fen: int
    paid_by: str
    category: str
    """the assistance category whose list exempts the child"""
    listed_by: str
    """the name of the body whose list it is"""
    reason: str
    """why declined or withdrawn, or why the tax authority refused the last line"""
    because: str
    facts: dict[str, Any]
    as_of: date | None
    elsewhere: str
    """who else works on a child that is only on the roll"""


class Sum(NamedTuple):
    """Heads and sums of a group. 人数与金额"""

    heads: int
    self_paid_fen: int
    subsidised_fen: int


class Building(NamedTuple):
    """What a declaration would hold now. 待申报名单"""

    children: list[Child]
    """by class and name"""

    def of(self, *places: Place) -> list[Child]:
        """The children who stand at these places."""
        return [child for child in self.children if child.place in places]

    @property
    def heads(self) -> Counter[Place]:
        """How many children stand at each place."""
        return Counter(child.place for child in self.children)

    def sums(self, *places: Place) -> Sum:
        """Heads and sums of these places."""
        return summed(self.of(*places))

    @property
    def exemptions(self) -> dict[tuple[str, str], Sum]:
        """Those who would be declared exempt: (category, name of the listing body) → heads and sums."""
        groups: dict[tuple[str, str], list[Child]] = {}
        for child in self.of(Place.EXEMPT):
            groups.setdefault((child.category, child.listed_by), []).append(child)
        return {key: summed(group) for key, group in sorted(groups.items())}

    @property
    def is_ready(self) -> bool:
        """Whether there is anything to freeze."""
        return any(child.place in NOW for child in self.children)


def summed(children: Iterable[Child]) -> Sum:
    """Heads and sums of these children. 合计"""
    rows = list(children)
    return Sum(len(rows), sum(one.self_paid_fen for one in rows), sum(one.subsidised_fen for one in rows))


BUILDING = f"""
WITH {NEXT_LINES}, in_hand AS (
    SELECT l.enrolment_id FROM declaration_declarationline l
    JOIN declaration_declaration d ON d.id = l.declaration_id
    WHERE d.season_id = %(season)s AND d.organisation_id = %(organisation)s AND d.state = ANY(%(open)s)
),
refused AS (
    SELECT DISTINCT ON (l.enrolment_id) l.enrolment_id, l.verdict, l.verdict_reason
    FROM declaration_declarationline l
    JOIN declaration_declaration d ON d.id = l.declaration_id
    WHERE d.season_id = %(season)s AND d.organisation_id = %(organisation)s AND d.state = ANY(%(standing)s)
    ORDER BY l.enrolment_id, d.ordinal DESC
),
listed AS (
    -- One by its index and the other by its own: joined by OR they cost a walk through the whole season.
    SELECT * FROM enrolment_enrolment e
    WHERE e.season_id = %(season)s AND e.organisation_id = %(organisation)s
    UNION ALL
    SELECT * FROM enrolment_enrolment e
    WHERE e.season_id = %(season)s AND e.organisation_id <> %(organisation)s
      AND e.id IN (SELECT enrolment_id FROM next_lines)
),
roll AS (SELECT * FROM people_schoolroll WHERE school_id = %(organisation)s AND left_on IS NULL),
named AS MATERIALIZED (
    -- By key: joined by coalesce() the whole of a city's people would be walked through.
    SELECT p.id, p.name, p.name_pinyin FROM people_person p
    WHERE p.id = ANY(ARRAY(SELECT person_id FROM listed UNION SELECT person_id FROM roll))
)
SELECT p.id, e.id, p.name, coalesce(d.number_masked, ''), btrim(concat_ws(' ', g.word, r.class_name)),
    CASE
        WHEN h.enrolment_id IS NOT NULL THEN 'in_hand'
        WHEN n.change = 'remove' THEN 'to_remove'
        WHEN n.change = 'correct' THEN 'to_correct'
        WHEN n.change = 'add' AND n.self_paid_fen > 0 THEN 'pays'
        WHEN n.change = 'add' THEN 'exempt'
        WHEN a.id IS NOT NULL THEN 'elsewhere'
        WHEN e.id IS NULL THEN 'unlisted'
        WHEN e.state IN ('paid', 'covered') AND e.self_paid_fen > 0 THEN 'paid'
        WHEN e.state IN ('exempt', 'covered') THEN 'exempted'
        WHEN e.state = 'declared' OR e.state = 'confirmed' AND s.change <> 'remove' THEN 'declared'
        WHEN e.state = 'confirmed' THEN 'out_of_time'
        WHEN e.state IN ('declined', 'withdrawn', 'lapsed') THEN e.state
        WHEN e.status = 'ineligible' THEN 'ineligible'
        WHEN EXISTS (
            SELECT FROM enrolment_enrolment o
            WHERE o.person_id = e.person_id AND o.plan_year = e.plan_year AND o.id <> e.id
              AND o.state = ANY(%(enrolled)s)
        ) THEN 'elsewhere'
        WHEN e.state = 'draft' AND e.registration <> '' THEN 'to_register'
        WHEN e.state = 'determined' AND e.status = 'enrolled' THEN 'to_confirm'
        ELSE 'undecided'
    END,
    coalesce(n.premium_fen, e.premium_fen, 0), coalesce(n.self_paid_fen, e.self_paid_fen, 0),
    coalesce(n.subsidised_fen, e.subsidised_fen, 0), coalesce(n.paid_by, e.paid_by, ''),
    coalesce(n.category, s.category, b.category, ''), coalesce(body.name, ''),
    CASE WHEN f.verdict = 'refused' AND e.state = 'confirmed' THEN f.verdict_reason ELSE coalesce(e.reason, '') END,
    coalesce(e.because, ''), coalesce(e.facts, '{{}}')::text, e.as_of, coalesce(other.name, '')
FROM listed e
FULL JOIN roll r ON r.person_id = e.person_id
JOIN named p ON p.id = coalesce(e.person_id, r.person_id)
LEFT JOIN people_identitydocument d ON d.person_id = p.id AND d.replaced_at IS NULL
LEFT JOIN labels g ON g.stage = r.stage AND g.grade IS NOT DISTINCT FROM r.grade
LEFT JOIN next_lines n ON n.enrolment_id = e.id
LEFT JOIN in_hand h ON h.enrolment_id = e.id
LEFT JOIN standing s ON s.enrolment_id = e.id
LEFT JOIN refused f ON f.enrolment_id = e.id
LEFT JOIN bodies b ON b.person_id = e.person_id AND e.paid_by <> ''
LEFT JOIN agents_organisation body ON body.id = coalesce(n.listed_by_id, s.listed_by_id, b.listed_by_id)
LEFT JOIN LATERAL (
    SELECT a.id, a.organisation_id FROM enrolment_enrolment a
    WHERE e.id IS NULL AND a.season_id = %(season)s AND a.person_id = r.person_id
    OFFSET 0  -- child by child: few of a roll are listed elsewhere, and a season is large
) a ON TRUE
LEFT JOIN agents_organisation other ON other.id = a.organisation_id
ORDER BY g.place NULLS LAST, substring(r.class_name from '\\d{{1,6}}')::int NULLS FIRST, r.class_name,
         p.name_pinyin, p.name, p.id
"""  # noqa: S608  our own words


def build(*, season: Season, organisation: Organisation, at: datetime) -> Building:
    """Every child of an agent's list and roll with where it stands now, in one statement. 编制名单"""
    values = values_of(season, organisation, at) | {"open": sorted(OPEN), "enrolled": sorted(ENROLLED)}
    with connection.cursor() as cursor:
        cursor.execute(BUILDING, values)
        return Building([_child(row) for row in cursor.fetchall()])


_WAITING = f"""
WITH {STATED}, in_hand AS (
    SELECT l.enrolment_id FROM declaration_declarationline l
    JOIN declaration_declaration d ON d.id = l.declaration_id
    WHERE d.season_id = %(season)s AND d.organisation_id = %(organisation)s AND d.state = ANY(%(open)s)
)
SELECT count(*) FROM stated WHERE NOT EXISTS (SELECT FROM in_hand h WHERE h.enrolment_id = stated.enrolment_id)
"""  # noqa: S608  our own words


def waiting(*, season: Season, organisation: Organisation, at: datetime) -> int:
    """How many lines the next declaration would have now: the heads of `NOW`, without the names. 待申报人数"""
    values = plain_values(season, organisation, at) | {"open": sorted(OPEN)}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, values)
        return int(cursor.fetchone()[0])


def _child(row: tuple[Any, ...]) -> Child:
    return Child._make([*row[:5], Place(row[5]), *row[6:14], msgspec.json.decode(row[14]), *row[15:]])
