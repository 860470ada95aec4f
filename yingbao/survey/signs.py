"""By what others see that a body has done its part in a survey: reported, summed. 问卷完成依据

Queries for the season's tasks (`campaign.seen_done`); of several surveys of a season the newest counts.
"""

from __future__ import annotations

_NEWEST = """(SELECT max(v.survey_id) FROM survey_version v JOIN survey_survey s ON s.id = v.survey_id
              WHERE s.season_id = %(season)s)"""
REPORTED = f"""
    SELECT school_id FROM survey_report WHERE survey_id = {_NEWEST} AND standing_id IS NOT NULL"""  # noqa: S608  own words
"""Schools whose report counts. 已报送学校"""
SUMMED = f"""
    SELECT street_id FROM survey_sum WHERE survey_id = {_NEWEST}"""  # noqa: S608  our own words
"""Sub-districts that have summed. 已汇总街道"""
