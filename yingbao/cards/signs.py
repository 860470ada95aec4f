"""By what is seen that a body has no card left to see to; read by the campaign's tasks. 制卡完成依据

SQL for `campaign.seen_done`, with its %(season)s and %(area)s, and %(photo_born_until)s: who was born by then needs a
photo.
"""

from __future__ import annotations

from yingbao.cards.lifecycle import LIVE_CARD, CardState
from yingbao.enrolment.lifecycle import ENROLLED


def _in(states: frozenset[str]) -> str:
    return "(" + ", ".join(f"'{state}'" for state in sorted(map(str, states))) + ")"


_ENROLS = f"e.season_id = %(season)s AND e.state IN {_in(frozenset(ENROLLED))}"
_CARD = f"""
    SELECT FROM cards_card c
    WHERE c.person_id = e.person_id AND c.pooling_area = %(area)s AND c.state IN {_in(frozenset(LIVE_CARD))}"""
_NEEDS_PHOTO = "(p.birth_date IS NULL OR p.birth_date <= %(photo_born_until)s)"
_NO_PHOTO = f"""
    NOT EXISTS ({_CARD})
    AND {_NEEDS_PHOTO}
    AND NOT EXISTS (SELECT FROM cards_photo f WHERE f.person_id = e.person_id AND f.pooling_area = %(area)s
                    AND f.purged_at IS NULL)"""

PHOTOS_IN = f"""
    SELECT e.organisation_id FROM enrolment_enrolment e JOIN people_person p ON p.id = e.person_id
    WHERE {_ENROLS} AND %(photo_born_until)s::date IS NOT NULL
    GROUP BY e.organisation_id HAVING NOT bool_or({_NO_PHOTO})"""  # noqa: S608  our own words
"""Of everyone who enrols and needs a photo there is one, or a card. 照片已交齐"""

CARDS_HANDED_OUT = f"""
    SELECT e.organisation_id FROM enrolment_enrolment e
    WHERE {_ENROLS} AND %(photo_born_until)s::date IS NOT NULL
    GROUP BY e.organisation_id
    HAVING bool_and(EXISTS ({_CARD} AND c.state = '{CardState.HELD.value}'))"""  # noqa: S608  our own words
"""Everyone who enrols holds a card. 卡已发完"""

_OF = "e.organisation_id = ANY(%(bodies)s) AND %(photo_born_until)s::date IS NOT NULL"
PHOTOS_FAR = f"""
    SELECT e.organisation_id, count(*) FILTER (WHERE NOT ({_NO_PHOTO})),
           count(*)
    FROM enrolment_enrolment e JOIN people_person p ON p.id = e.person_id
    WHERE {_ENROLS} AND {_OF} AND {_NEEDS_PHOTO} GROUP BY e.organisation_id"""  # noqa: S608  our own words
"""Of these bodies' children who need a photo so many have one, or a card. 交照片进度"""

CARDS_FAR = f"""
    SELECT e.organisation_id, count(*) FILTER (WHERE EXISTS ({_CARD} AND c.state = '{CardState.HELD.value}')), count(*)
    FROM enrolment_enrolment e WHERE {_ENROLS} AND {_OF} GROUP BY e.organisation_id"""  # noqa: S608  our own words
"""Of these bodies' children who enrol so many hold a card. 发卡进度"""
