"""How far the platform sees a body's task that can be counted: so many of so many. 任务实际进度

Asked only for what was marked by hand, of the bodies that a page shows. Where there is nothing to count (a roster is in
or is not) it gives no figures.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection

from yingbao.campaign.seen_done import COVERED, UNDECIDED, states_in
from yingbao.cards import signs as card_signs
from yingbao.cards.needing import photo_needed_until
from yingbao.enrolment.lifecycle import ENROLLED
from yingbao.enrolment.lifecycle import State as Standing
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of
from yingbao.publicity import following


class Far(NamedTuple):
    """So many of so many, as the platform sees it. 已见进度"""

    done: int
    of: int


_TALLIED = """
    SELECT organisation_id, coalesce(sum(heads) FILTER (WHERE {done}), 0), coalesce(sum(heads) FILTER (WHERE {of}), 0)
    FROM enrolment_tally WHERE season_id = %(season)s AND organisation_id = ANY(%(bodies)s) GROUP BY organisation_id"""
_LISTED = "state <> 'withdrawn'"
_ON_THE_WAY = f"(state IN {states_in(ENROLLED)} OR {UNDECIDED})"
_LETTERS = "state NOT IN ('withdrawn', 'declined')"
QUERIES: dict[str, str] = {
    "first_timers_registered": _TALLIED.format(
        done=f"{_LISTED} AND registration <> '' AND state <> 'draft'", of=f"{_LISTED} AND registration <> ''"
    ),
    "list_confirmed": _TALLIED.format(done=f"{_LISTED} AND NOT ({UNDECIDED})", of=_LISTED),
    "declaration_handed_in": _TALLIED.format(
        done=f"state IN {states_in([Standing.DECLARED, *COVERED])}", of=_ON_THE_WAY
    ),
    "everyone_paid": _TALLIED.format(done=f"state IN {states_in(COVERED)}", of=_ON_THE_WAY),
    "letters_handed_out": _TALLIED.format(done="false", of=_LETTERS),
    "photos_in": card_signs.PHOTOS_FAR,
    "cards_handed_out": card_signs.CARDS_FAR,
}
"""word of `seen_done.SEEN` → for each of %(bodies)s how many are done and how many there are. 进度查询"""


def seen_far(*, season: Season, word: str, bodies: Collection[int]) -> dict[int, Far]:
    """How far each of these bodies is, where that can be counted. 实际进度"""
    if word not in QUERIES or not bodies:
        return {}
    values: dict[str, Any] = {
        "season": season.pk, "area": season.pooling_area, "bodies": sorted(bodies),
        "photo_born_until": photo_needed_until(policy_of(season)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(QUERIES[word], values)
        found = {body: Far(int(done), int(of)) for body, done, of in cursor.fetchall()}
    if word == "letters_handed_out":
        written = following.by_school(season, bodies)
        found = {
            key: Far(min(written[key].letters if key in written else 0, far.of), far.of) for key, far in found.items()
        }
    return {key: far for key, far in found.items() if far.of}
