"""Whom a list's rows mean, what they would do, and who is no longer on it. 救助名单比对

A row means the person who bears its number. Whether a person of another name, or one of the same name and birth date
under another number, is meant, somebody has to say; until then nothing is done and nothing is taken away.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from yingbao.people import matching
from yingbao.spreadsheet import points_comparing, points_list
from yingbao.spreadsheet.models import AssistedList, AssistedRow

Match, Effect, Verdict = AssistedRow.Match, AssistedRow.Effect, AssistedRow.Verdict

_DOUBTFUL = Q(match__in=[Match.AMBIGUOUS, Match.NAME_DIFFERS])
KNOWN = Q(match=Match.MATCHED, row_number__isnull=False) | Q(verdict=Verdict.ACCEPTED)
"""rows whose person is known"""
_STANDS = Q(withdrawn_at__isnull=True)
VIEWS: dict[str, Q] = {
    "faulty": _STANDS & Q(match=Match.FAULTY),
    "to_settle": _STANDS & _DOUBTFUL & Q(verdict=""),
    "will_end": _STANDS & Q(effect=Effect.ENDS) & (Q(row_number__isnull=True) | KNOWN),
    "unmatched": _STANDS & Q(match=Match.UNMATCHED),
    "matched": _STANDS & KNOWN & ~Q(effect=Effect.ENDS),
    "not_meant": _STANDS & _DOUBTFUL & Q(verdict=Verdict.REFUSED),
    "taken_back": ~_STANDS,
}
"""the views of a list, those to look at first in front: every row is in one of them"""


def match_rows(found: AssistedList) -> int:
    """Find the persons of rows that did not take effect and that nobody has settled; how many changed. 匹配"""
    waiting = found.rows.filter(number_index__isnull=False, verdict="", applied_at__isnull=True).order_by("pk")
    rows = list(waiting.values_list("pk", "number_index", "name", "birth_date"))
    matches = matching.match(
        matching.Incoming(number_index=bytes(index or b""), name=name, birth_date=born) for _, index, name, born in rows
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _MATCH,
            [
                [pk for pk, *_ in rows],
                [_how(each) for each in matches],
                [each.person_id for each in matches],
                ["{" + ",".join(map(str, each.alike)) + "}" for each in matches],
            ],
        )
        return int(cursor.rowcount)


def _how(found: matching.Match) -> str:
    if found.how == "number":
        return Match.MATCHED
    if found.how == "conflict":
        return Match.NAME_DIFFERS
    return Match.AMBIGUOUS if found.alike else Match.UNMATCHED


def weigh(found: AssistedList) -> int:
    """Say of each row whose person is known what it would do; returns of how many that is new. 预计结果"""
    if points_list.is_points(found):
        return points_comparing.weigh(found)
    with connection.cursor() as cursor:
        cursor.execute(_WEIGH, {"list": found.pk, "body": found.organisation_id})
        return int(cursor.rowcount)


def find_absent(found: AssistedList) -> bool:
    """Stage who is on the body's list now and not on this full list; returns whether they are others than before.

    Only the categories count that the list speaks of. Spared is whom a row may mean that could not be taken, or
    that is not settled: nobody loses anything through a slip of the pen. 不在名单
    """
    if found.kind != AssistedList.Kind.FULL:
        return False
    staged = found.rows.filter(row_number__isnull=True)
    before = set(staged.values_list("person_id", "category"))
    staged.delete()
    last_day = found.as_of - timedelta(days=1)
    values: dict[str, Any] = {
        "list": found.pk, "body": found.organisation_id, "as_of": found.as_of, "last": last_day,
        "categories": found.categories,
    }  # fmt: skip
    if points_list.is_points(found):
        points_comparing.stage_absent(found)
    else:
        with connection.cursor() as cursor:
            cursor.execute(_ABSENT, values)
    return before != set(staged.values_list("person_id", "category"))


def counted(found: AssistedList) -> dict[str, int]:
    """How many rows each view has, and what the body has to know before confirming. 统计

    `new`, `same`, `changed`, `nothing`: what known rows do; `absent`: places that end because a full list no longer
    names them; `standing`: places in the same categories on the list's date; `elsewhere`: places in other categories,
    which a full list leaves alone; `spared`: places that would end but for a doubtful row; `nameless`: rows refused
    without so much as a name; `warned`: rows that are taken in spite of a doubt.
    """
    rows = AssistedRow.objects.filter(assisted_list=found)
    counts: dict[str, int] = rows.aggregate(
        **{view: Count("pk", filter=wanted) for view, wanted in VIEWS.items()},
        **{word: Count("pk", filter=KNOWN & Q(effect=word)) for word in ("new", "same", "changed", "nothing")},
        absent=Count("pk", filter=Q(row_number__isnull=True)),
        nameless=Count("pk", filter=Q(match=Match.FAULTY, name="")),
        warned=Count("pk", filter=~Q(match=Match.FAULTY) & ~Q(faults=[])),
    )
    if points_list.is_points(found):
        return counts | points_comparing.standing(found)
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING,
            {
                "list": found.pk, "body": found.organisation_id, "as_of": found.as_of, "categories": found.categories,
            },
        )  # fmt: skip
        counts["standing"], counts["elsewhere"], counts["spared"] = cursor.fetchone()
    return counts


def ends_most(counts: dict[str, int]) -> bool:
    """Whether a full list would end more than half of the places that it speaks of. 是否过半退出"""
    return counts["absent"] * 2 > counts["standing"]


_MATCH = """
    UPDATE spreadsheet_assistedrow r SET match = found.match, person_id = found.person_id, candidates = found.alike
    FROM (SELECT id, match, person_id, alike::bigint[] AS alike
          FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[]) AS each (id, match, person_id, alike)) found
    WHERE r.id = found.id
      AND (r.match, r.person_id, r.candidates) IS DISTINCT FROM (found.match, found.person_id, found.alike)"""

_WEIGH = """
    UPDATE spreadsheet_assistedrow r SET effect = weighed.effect
    FROM (
        SELECT r.id,
               CASE WHEN r.act = 'end' AND EXISTS (
                             SELECT FROM people_assistedstatus s
                             WHERE s.person_id = r.person_id AND s.category = r.category
                               AND s.provided_by_id = %(body)s AND (s.last IS NULL OR s.last > r.last)) THEN 'ends'
                    WHEN r.act = 'end' THEN 'nothing'
                    WHEN held.id IS NULL THEN 'new'
                    WHEN (held.first, held.last) IS NOT DISTINCT FROM (least(held.first, r.first), r.last) THEN 'same'
                    ELSE 'changed' END AS effect
        FROM spreadsheet_assistedrow r
        LEFT JOIN LATERAL (
            SELECT s.id, s.first, s.last FROM people_assistedstatus s
            WHERE r.act = 'add' AND s.person_id = r.person_id AND s.category = r.category
              AND s.provided_by_id = %(body)s
              AND s.first <= coalesce(r.last, 'infinity') AND coalesce(s.last, 'infinity') >= r.first
            ORDER BY (s.last IS NULL) DESC, s.first DESC LIMIT 1
        ) held ON true
        WHERE r.assisted_list_id = %(list)s AND r.row_number IS NOT NULL AND r.person_id IS NOT NULL
          AND r.applied_at IS NULL
    ) weighed
    WHERE r.id = weighed.id AND r.effect <> weighed.effect"""

_NOT_NAMED = """
      s.provided_by_id = %(body)s AND s.category = ANY(%(categories)s::text[])
      AND (s.last IS NULL OR s.last >= %(as_of)s)
      AND NOT EXISTS (SELECT FROM spreadsheet_assistedrow r
                      WHERE r.assisted_list_id = %(list)s AND r.row_number IS NOT NULL
                        AND r.person_id = s.person_id AND r.category = s.category)"""
_IN_DOUBT = """
      EXISTS (SELECT FROM spreadsheet_assistedrow r
              WHERE r.assisted_list_id = %(list)s
                AND (r.match = 'ambiguous' AND s.person_id = ANY(r.candidates)
                     OR r.match = 'faulty' AND r.name = p.name))"""

_ABSENT = f"""
    INSERT INTO spreadsheet_assistedrow
        (assisted_list_id, act, match, effect, person_id, candidates, faults, verdict, name, identity_kind,
         number_masked, category, first, last, school_name, withdrawn_because)
    SELECT DISTINCT ON (p.name_pinyin, p.id, s.category)
           %(list)s, 'end', 'matched', 'ends', p.id, '{{}}'::bigint[], '[]'::jsonb, '', p.name, coalesce(d.kind, ''),
           coalesce(d.number_masked, ''), s.category, s.first, %(last)s::date, '', ''
    FROM people_assistedstatus s
    JOIN people_person p ON p.id = s.person_id
    LEFT JOIN people_identitydocument d ON d.person_id = p.id AND d.replaced_at IS NULL
    WHERE {_NOT_NAMED} AND NOT {_IN_DOUBT}
    ORDER BY p.name_pinyin, p.id, s.category, s.first DESC"""  # noqa: S608  our own words

_STANDING = f"""
    SELECT count(*) FILTER (WHERE s.category = ANY(%(categories)s::text[])),
           count(*) FILTER (WHERE s.category <> ALL(%(categories)s::text[])),
           count(*) FILTER (WHERE {_NOT_NAMED} AND {_IN_DOUBT})
    FROM people_assistedstatus s JOIN people_person p ON p.id = s.person_id
    WHERE s.provided_by_id = %(body)s AND (s.last IS NULL OR s.last >= %(as_of)s)"""  # noqa: S608  our own words
