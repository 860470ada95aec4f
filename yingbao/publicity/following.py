"""Who has the letter: handed out, read on the phone, told by message; who has none, who needs a new one. 发放跟踪"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from yingbao.agents.models import Organisation
from yingbao.declaration.stating import grade_labels
from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import deadline

# A letter is the child's own and goes where the child goes: printed, handed out and read are asked by enrolment,
# whichever school it was.
ClassKey = tuple[str, int | None, str]
"""stage, grade and class; three times nothing for children who are in no class of the school"""
NEARLY_ALL = 0.95
"""Of a school's children so many have the letter in hand: it has handed out. One or two are always at home."""

_FOLLOWED = """
WITH labels AS (
    SELECT * FROM unnest(%(stages)s::text[], %(grades)s::int[], %(words)s::text[]) WITH ORDINALITY
             AS g (stage, grade, word, place)
), children AS (
    SELECT e.id, e.person_id, e.status, e.self_paid_fen, e.subsidised_fen, e.channel,
           coalesce(r.stage, '') AS stage, r.grade, coalesce(r.class_name, '') AS class_name
    FROM enrolment_enrolment e
    LEFT JOIN people_schoolroll r
           ON r.person_id = e.person_id AND r.school_id = %(school)s AND r.left_on IS NULL
    WHERE e.season_id = %(season)s AND e.organisation_id = %(school)s AND NOT e.state = ANY(%(ended)s)
), printed AS (
    SELECT DISTINCT ON (p.enrolment_id) p.enrolment_id, p.status, p.self_paid_fen, p.subsidised_fen, p.channel,
           b.deadline, b.at
    FROM publicity_letterprinted p JOIN publicity_letterbatch b ON b.id = p.batch_id
    WHERE p.enrolment_id IN (SELECT id FROM children)
    ORDER BY p.enrolment_id, p.id DESC
), handed AS (
    SELECT c.enrolment_id, max(h.day) AS day
    FROM publicity_handoutchild c JOIN publicity_handout h ON h.id = c.hand_out_id
    WHERE c.enrolment_id IN (SELECT id FROM children)
      AND NOT EXISTS (SELECT FROM publicity_handout n WHERE n.replaces_id = h.id)
    GROUP BY c.enrolment_id
), told AS (
    SELECT t.enrolment_id, bool_or(m.state = 'delivered') AS arrived
    FROM children c JOIN publicity_lettertold t ON t.enrolment_id = c.id JOIN outbox_message m ON m.id = t.message_id
    GROUP BY t.enrolment_id
), phones AS (
    SELECT DISTINCT person_id FROM people_guardian
    WHERE phone_index IS NOT NULL AND person_id IN (SELECT person_id FROM children)
), followed AS (
    SELECT c.*, p.enrolment_id IS NOT NULL AS is_printed, h.day AS handed_on, x.id IS NOT NULL AS is_read,
           t.enrolment_id IS NOT NULL AS is_told, coalesce(t.arrived, false) AS arrived,
           f.person_id IS NOT NULL AS has_phone,
           -- That the time is over, and not what there is to pay, makes no letter wrong.
           p.enrolment_id IS NOT NULL AND c.status NOT IN ('closed', 'not_open', '') AND (
               (p.status, p.self_paid_fen, p.subsidised_fen, p.channel)
                   IS DISTINCT FROM (c.status, c.self_paid_fen, c.subsidised_fen, c.channel)
               OR p.deadline <> %(deadline)s) AS outdated,
           p.self_paid_fen AS printed_fen
    FROM children c
    LEFT JOIN printed p ON p.enrolment_id = c.id
    LEFT JOIN handed h ON h.enrolment_id = c.id
    LEFT JOIN publicity_letterread x ON x.enrolment_id = c.id
    LEFT JOIN told t ON t.enrolment_id = c.id
    LEFT JOIN phones f ON f.person_id = c.person_id
)
"""
_BY_CLASS = f"""{_FOLLOWED}
SELECT c.stage, c.grade, c.class_name, count(*), count(*) FILTER (WHERE is_printed), count(handed_on),
       count(*) FILTER (WHERE is_read), count(*) FILTER (WHERE is_told), count(*) FILTER (WHERE has_phone),
       count(*) FILTER (WHERE handed_on IS NULL AND NOT is_read AND NOT arrived), count(*) FILTER (WHERE outdated),
       max(handed_on)
FROM followed c LEFT JOIN labels g ON g.stage = c.stage AND g.grade IS NOT DISTINCT FROM c.grade
GROUP BY c.stage, c.grade, c.class_name, g.place
ORDER BY g.place NULLS LAST, substring(c.class_name from '\\d{{1,6}}')::int NULLS FIRST, c.class_name
"""  # noqa: S608  our own words
_OF_CLASS = f"""{_FOLLOWED}
SELECT c.id, c.person_id, p.name, c.status, c.self_paid_fen, is_printed, handed_on, is_read, is_told, arrived,
       has_phone, outdated, printed_fen, c.stage, c.grade, c.class_name
FROM followed c JOIN people_person p ON p.id = c.person_id
LEFT JOIN labels g ON g.stage = c.stage AND g.grade IS NOT DISTINCT FROM c.grade
WHERE %(whole)s OR (c.stage = %(stage)s AND c.grade IS NOT DISTINCT FROM %(grade)s AND c.class_name = %(class)s)
ORDER BY g.place NULLS LAST, substring(c.class_name from '\\d{{1,6}}')::int NULLS FIRST, c.class_name,
         p.name_pinyin, p.name, c.id
"""  # noqa: S608  our own words


class ClassRow(NamedTuple):
    """One class: how many children, and how far its letters are. 班级"""

    stage: str
    grade: int | None
    class_name: str
    children: int
    printed: int
    handed: int
    read: int
    told: int
    with_phone: int
    missing: int
    """neither handed, nor read, nor reached by a message"""
    outdated: int
    """whose letter says what is no longer so"""
    handed_on: date | None

    @property
    def key(self) -> ClassKey:
        """Stage, grade and class."""
        return self.stage, self.grade, self.class_name


class ChildRow(NamedTuple):
    """One child of a class and its letter. 孩子"""

    enrolment: int
    person: int
    name: str
    status: str
    self_paid_fen: int
    printed: bool
    handed_on: date | None
    read: bool
    told: bool
    arrived: bool
    with_phone: bool
    outdated: bool
    printed_fen: int | None
    stage: str
    grade: int | None
    class_name: str

    @property
    def key(self) -> ClassKey:
        """The child's class."""
        return self.stage, self.grade, self.class_name

    @property
    def missing(self) -> bool:
        """Whether nothing has reached the family."""
        return self.handed_on is None and not self.read and not self.arrived


def by_class(*, season: Season, school: Organisation) -> list[ClassRow]:
    """Every class of a school, in order. 各班"""
    with connection.cursor() as cursor:
        cursor.execute(_BY_CLASS, _values(season, school, None))
        return [ClassRow(*row) for row in cursor.fetchall()]


def children_of(*, season: Season, school: Organisation, group: ClassKey | None = None) -> list[ChildRow]:
    """The children of a class, or of the school, by class and name. 班级名单"""
    with connection.cursor() as cursor:
        cursor.execute(_OF_CLASS, _values(season, school, group))
        return [ChildRow(*row) for row in cursor.fetchall()]


def _values(season: Season, school: Organisation, group: ClassKey | None) -> dict[str, Any]:
    stages, grades, words = grade_labels()
    stage, grade, class_name = group or ("", None, "")
    return {
        "season": season.pk, "school": school.pk, "ended": sorted(ENDED), "stages": stages, "grades": grades,
        "words": words, "deadline": deadline(season), "whole": group is None, "stage": stage, "grade": grade,
        "class": class_name,
    }  # fmt: skip


class SchoolRow(NamedTuple):
    """How far a school is with its letters and with other publicity, by what it wrote down. 学校进度"""

    letters: int = 0
    """children in classes that were handed out to, no class counted beyond its number"""
    classes: int = 0
    """classes that were handed out to"""
    last: date | None = None
    read: int = 0
    """of a school that closed those count where the children went"""
    ways: tuple[str, ...] = ()
    """words of `ways.WAYS`"""
    topics: tuple[str, ...] = ()

    def has_handed_out(self, children: int) -> bool:
        """Whether of so many children nearly all have the letter. 是否发完"""
        return bool(children) and self.letters >= children * NEARLY_ALL


_SCHOOLS = """
WITH live AS (
    SELECT h.organisation_id, h.stage, h.grade, h.class_name, least(sum(h.letters), max(h.children)) AS letters,
           max(h.day) AS day
    FROM publicity_handout h
    WHERE h.season_id = %(season)s AND h.letters > 0
      AND NOT EXISTS (SELECT FROM publicity_handout n WHERE n.replaces_id = h.id)
      AND (%(all)s OR h.organisation_id = ANY(%(schools)s))
    GROUP BY h.organisation_id, h.stage, h.grade, h.class_name
), handed AS (
    SELECT organisation_id, sum(letters)::int AS letters, count(*) AS classes, max(day) AS day
    FROM live GROUP BY organisation_id
), reads AS (
    SELECT organisation_id, sum(n) AS n FROM (
        SELECT r.organisation_id, count(*) AS n
        FROM publicity_letterread r JOIN agents_organisation o ON o.id = r.organisation_id AND o.active
        WHERE r.season_id = %(season)s AND (%(all)s OR r.organisation_id = ANY(%(schools)s)) GROUP BY 1
        UNION ALL
        SELECT e.organisation_id, count(*)
        FROM publicity_letterread r JOIN agents_organisation o ON o.id = r.organisation_id AND NOT o.active
        JOIN enrolment_enrolment e ON e.id = r.enrolment_id
        WHERE r.season_id = %(season)s AND (%(all)s OR e.organisation_id = ANY(%(schools)s)) GROUP BY 1
    ) either GROUP BY organisation_id
), told AS (
    SELECT p.organisation_id, array_agg(DISTINCT p.way ORDER BY p.way) AS ways,
           array_agg(DISTINCT t.topic ORDER BY t.topic) AS topics
    FROM publicity_publicising p, unnest(p.topics) AS t (topic)
    WHERE p.season_id = %(season)s AND NOT p.taken_back
      AND NOT EXISTS (SELECT FROM publicity_publicising n WHERE n.replaces_id = p.id)
      AND (%(all)s OR p.organisation_id = ANY(%(schools)s))
    GROUP BY p.organisation_id
)
SELECT organisation_id, coalesce(h.letters, 0), coalesce(h.classes, 0), h.day, coalesce(r.n, 0)::int,
       coalesce(t.ways, '{}'), coalesce(t.topics, '{}')
FROM handed h FULL JOIN reads r USING (organisation_id) FULL JOIN told t USING (organisation_id)
"""


def by_school(season: Season, schools: Iterable[int] | None = None) -> dict[int, SchoolRow]:
    """How far each school is that has written anything down; of these, if any are named. 各校"""
    values: dict[str, Any] = {"season": season.pk, "all": schools is None, "schools": list(schools or [])}
    with connection.cursor() as cursor:
        cursor.execute(_SCHOOLS, values)
        return {
            key: SchoolRow(letters, classes, last, read, tuple(ways), tuple(topics))
            for key, letters, classes, last, read, ways, topics in cursor.fetchall()
        }
