"""By what others see that a body has done its part in a survey: reported, summed. 问卷完成依据

Queries for the season's tasks (`campaign.seen_done`); of several surveys of a season the newest counts.
"""

from __future__ import annotations

_NEWEST = """(SELECT max(v.survey_id) FROM survey_version v JOIN survey_survey s ON s.id = v.survey_id
              WHERE s.season_id = %(season)s)"""
_NOBODY = """NOT EXISTS (SELECT FROM people_schoolroll l WHERE l.school_id = r.school_id AND l.left_on IS NULL)"""
REPORTED = f"""
    SELECT r.school_id FROM survey_report r
    WHERE r.survey_id = {_NEWEST} AND (r.standing_id IS NOT NULL OR {_NOBODY})"""  # noqa: S608  our own words
"""Schools whose report counts, and those that have no pupils and owe none. 已报送学校"""
SUMMED = f"""
    SELECT street_id FROM survey_sum WHERE survey_id = {_NEWEST}
    UNION ALL
    SELECT r.street_id FROM survey_report r JOIN agents_organisation o ON o.id = r.school_id
    WHERE r.survey_id = {_NEWEST} AND r.street_id IS NOT NULL GROUP BY r.street_id
    HAVING bool_and(r.standing_id IS NULL AND (NOT o.active OR {_NOBODY}))"""  # noqa: S608  our own words
"""Sub-districts that have summed, and those none of whose schools has anything to report. 已汇总街道"""
