"""By what it is seen that a school has done its part: queries for who follows the season's tasks. 完成依据

Each gives the ids of organisations and asks for %(season)s.
"""

from __future__ import annotations

from yingbao.publicity.following import NEARLY_ALL

STANDS = "NOT EXISTS (SELECT FROM {table} n WHERE n.replaces_id = {row}.id)"

LETTERS_HANDED_OUT = f"""
    SELECT c.organisation_id FROM (
        SELECT organisation_id, sum(heads) AS children FROM enrolment_tally
        WHERE season_id = %(season)s AND state NOT IN ('withdrawn', 'declined') GROUP BY organisation_id
    ) c JOIN (
        SELECT organisation_id, sum(letters) AS letters FROM (
            SELECT h.organisation_id, least(sum(h.letters), max(h.children)) AS letters FROM publicity_handout h
            WHERE h.season_id = %(season)s AND h.letters > 0
              AND {STANDS.format(table="publicity_handout", row="h")}
            GROUP BY h.organisation_id, h.stage, h.grade, h.class_name
        ) classes GROUP BY organisation_id
    ) l USING (organisation_id)
    WHERE c.children > 0 AND l.letters >= c.children * {NEARLY_ALL}"""  # noqa: S608  our own words
"""Of its children nearly all have the letter in hand (苏社基〔2019〕68号 四(一)). 告家长书已发"""

PUBLICITY_RECORDED = f"""
    SELECT DISTINCT p.organisation_id FROM publicity_publicising p
    WHERE p.season_id = %(season)s AND NOT p.taken_back AND p.way <> 'letter'
      AND {STANDS.format(table="publicity_publicising", row="p")}"""  # noqa: S608  our own words
"""It wrote down at least one way other than letters (Yuzhong 二(二)). 已登记宣传"""
