"""Letters of the demonstration: some schools have handed out, some in part; groups and boards noted. 演示告家长书

All schools at once, in a few statements: a season of a million must not begin later for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from yingbao.agents.models import Appointment
from yingbao.demo.plan import Standing
from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import deadline
from yingbao.values.clock import CHINA

HANDED_ON, NOTED = date(2019, 9, 24), datetime(2019, 9, 24, 16, 30, tzinfo=CHINA)
TOLD_ON, TOLD = date(2019, 9, 26), datetime(2019, 9, 26, 17, 10, tzinfo=CHINA)
REMARK = "钱请用信封装好、写上姓名，周五前交给班主任。"

_HAND_OUT = """
WITH doers AS (
    SELECT * FROM unnest(%(schools)s::bigint[], %(clerks)s::bigint[], %(whole)s::boolean[]) AS d (school, clerk, whole)
), children AS (
    SELECT e.id, d.school, d.clerk, r.stage, r.grade, r.class_name
    FROM doers d
    JOIN enrolment_enrolment e ON e.organisation_id = d.school AND e.season_id = %(season)s
                              AND NOT e.state = ANY(%(ended)s)
    JOIN people_schoolroll r ON r.person_id = e.person_id AND r.school_id = d.school AND r.left_on IS NULL
    WHERE d.whole OR r.grade %% 2 = 1
), made AS (
    INSERT INTO publicity_handout
        (season_id, organisation_id, stage, grade, class_name, day, letters, children, by_id, at, reason)
    SELECT %(season)s, school, stage, grade, class_name, %(day)s, count(*), count(*), clerk, %(at)s, ''
    FROM children GROUP BY school, stage, grade, class_name, clerk
    ORDER BY school, stage, grade, class_name
    RETURNING id, organisation_id, stage, grade, class_name
)
INSERT INTO publicity_handoutchild (hand_out_id, enrolment_id)
SELECT m.id, c.id FROM made m JOIN children c
    ON c.school = m.organisation_id AND c.stage = m.stage AND c.grade IS NOT DISTINCT FROM m.grade
   AND c.class_name = m.class_name
ORDER BY m.id, c.id
"""
_TELL = """
INSERT INTO publicity_publicising
    (season_id, organisation_id, way, day, classes, topics, note, key, taken_back, by_id, at)
SELECT %(season)s, d.school, w.way, %(day)s, '{}', w.topics, '', 'demo-' || d.school || '-' || w.way, false, d.clerk,
       %(at)s
FROM unnest(%(schools)s::bigint[], %(clerks)s::bigint[], %(whole)s::boolean[]) AS d (school, clerk, whole)
JOIN (VALUES ('class_group', ARRAY['premium', 'paying'], false), ('board', ARRAY['steps'], true),
             ('meeting', ARRAY['benefits', 'premium'], true)) AS w (way, topics, thorough)
  ON d.whole OR NOT w.thorough
ORDER BY d.school, w.way
"""
_REMARK = """
INSERT INTO publicity_schoolremark (season_id, organisation_id, text, by_id, at)
SELECT %(season)s, d.school, %(remark)s, d.clerk, %(at)s
FROM unnest(%(schools)s::bigint[], %(clerks)s::bigint[], %(whole)s::boolean[]) AS d (school, clerk, whole)
WHERE d.whole ORDER BY d.school
"""


_PRINT = """
WITH batches AS (
    INSERT INTO publicity_letterbatch (season_id, organisation_id, scope, heads, wording, deadline, key, by_id, at)
    SELECT %(season)s, d.school, '全校', count(*), 0, %(deadline)s, 'demo-' || d.school, d.clerk, %(at)s
    FROM unnest(%(schools)s::bigint[], %(clerks)s::bigint[], %(whole)s::boolean[]) AS d (school, clerk, whole)
    JOIN enrolment_enrolment e ON e.organisation_id = d.school AND e.season_id = %(season)s
                              AND NOT e.state = ANY(%(ended)s)
    WHERE d.whole GROUP BY d.school, d.clerk ORDER BY d.school
    RETURNING id, organisation_id
)
INSERT INTO publicity_letterprinted (batch_id, enrolment_id, status, self_paid_fen, subsidised_fen, channel)
-- Of one exempt child in each school the list came only after the letters were made.
SELECT b.id, e.id, e.status, CASE WHEN late THEN e.premium_fen ELSE e.self_paid_fen END,
       CASE WHEN late THEN 0 ELSE e.subsidised_fen END, e.channel
FROM batches b
JOIN enrolment_enrolment e ON e.organisation_id = b.organisation_id AND e.season_id = %(season)s
                          AND NOT e.state = ANY(%(ended)s)
CROSS JOIN LATERAL (
    SELECT e.subsidised_fen > 0 AND NOT EXISTS (
        SELECT FROM enrolment_enrolment f
        WHERE f.organisation_id = b.organisation_id AND f.season_id = %(season)s AND f.subsidised_fen > 0
          AND f.id < e.id AND NOT f.state = ANY(%(ended)s)) AS late
) l
ORDER BY b.id, e.id
"""


def prepare(reached: Mapping[int, Standing], clerks: Mapping[int, Appointment], season: Season) -> None:
    """Schools that are done have handed all out, those half-way every other grade. 演示发放"""
    doers = [key for key, standing in reached.items()
             if standing in (Standing.DONE, Standing.HALF_WAY) and key in clerks]  # fmt: skip
    values: dict[str, Any] = {
        "season": season.pk, "schools": doers, "clerks": [clerks[key].user_id for key in doers],
        "whole": [reached[key] == Standing.DONE for key in doers], "ended": sorted(ENDED), "remark": REMARK,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PRINT, {**values, "deadline": deadline(season), "at": NOTED})
        cursor.execute(_HAND_OUT, {**values, "day": HANDED_ON, "at": NOTED})
        cursor.execute(_TELL, {**values, "day": TOLD_ON, "at": TOLD})
        cursor.execute(_REMARK, {**values, "at": NOTED})
