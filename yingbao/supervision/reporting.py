"""Tell the education bureau how every school stands, on a day that is kept. 向教育部门通报

Suzhou's closing clause asks for it, Yuzhong's 二(四) too (MISSION S14, C8). A report is what was told: its figures are
frozen, and its papers are drawn from them whenever they are asked for, always the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from yingbao.agents.models import Appointment, Organisation, OrganisationKind
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, last_day, policy_of, windows
from yingbao.enrolment.standing import BESIDE, LINES, Standing, of_bodies, read, total
from yingbao.enrolment.supervising import REASONS, shown
from yingbao.supervision.curves import curve_of, weekly
from yingbao.supervision.models import Report
from yingbao.values import divisions
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST_NOTE = 500
TASK = "report_to_education"
"""the phase of a policy that asks for the report"""


def figures_of(season: Season, *, on: date) -> dict[str, Any]:
    """What a report says, in heads: the area, each place with its schools in the order of their codes. 通报数据

    Schools alone, as the education bureau has no community; reasons as `supervising.shown` allows them.
    """
    ever = list(
        Organisation.objects.schools()
        .filter(pooling_area=season.pooling_area)
        .select_related("parent")
        .order_by("code")
    )
    schools = [one for one in ever if one.active]
    standings = of_bodies(season, [one.pk for one in schools])
    places: dict[tuple[str, str], list[Organisation]] = {}
    for one in schools:
        places.setdefault(place_of(one), []).append(one)
    # On earlier days the children of a school that has closed since were counted there.
    curve = curve_of(season, [one.pk for one in ever], today=on)
    weeks = weekly(curve.days, first=curve.first, last=min(on, curve.until.day)) if curve.first <= on else []
    return {
        "on": on.isoformat(),
        "until": last_day(policy_of(season), on).day.isoformat(),
        "whole": line_of("", total(standings.values())),
        "places": [
            {
                "whole": line_of(name, total(standings[one.pk] for one in own if one.pk in standings)),
                "schools": [line_of(one.name, standings.get(one.pk), key=one.pk) for one in own],
            }
            for (_, name), own in sorted(places.items())
        ],
        "days": [[day.day.isoformat(), day.should, day.insured] for day in curve.days],
        "before": curve.before,
        "weeks": [[week.day.isoformat(), week.should, week.insured] for week in weeks],
    }


_WHOLE = f"""
SELECT count(*), count(*) FILTER (WHERE {" + ".join(LINES)} > 0), {", ".join(f"sum({line})" for line in LINES)}
FROM agents_organisation o LEFT JOIN enrolment_bodystanding b ON b.organisation_id = o.id AND b.season_id = %(season)s
WHERE o.pooling_area = %(area)s AND o.kind = 'school' AND o.active
"""  # noqa: S608  our own words


def whole_of(season: Season) -> tuple[dict[str, Any], int]:
    """The area's line of a report made now, and how many schools have no list: sums, no school by itself. 全市合计"""
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE, {"season": season.pk, "area": season.pooling_area})
        schools, listed, *figures = cursor.fetchone()
    return line_of("", read(figures)), schools - listed


def place_of(school: Organisation) -> tuple[str, str]:
    """The sub-district above a school, else the division in which it lies: code and name. 所属街道或区域"""
    parent = school.parent
    if parent is not None and parent.kind == OrganisationKind.SUB_DISTRICT:
        return parent.code, parent.name
    return school.division, divisions.name(school.division).zh


def line_of(name: str, standing: Standing | None, *, key: int = 0) -> dict[str, Any]:
    """A school or place in heads, with the reasons that may be told of it. 一行数据"""
    own = standing or Standing()
    return {
        "name": name, "school": key, "listed": standing is not None, "should": own.should, "insured": own.insured,
        "missing": own.missing, "beside": own.on_roll - own.should,
        "reasons": {reason: heads for reason, heads in shown(own).items() if heads},
    }  # fmt: skip


def why(line: Mapping[str, Any]) -> list[tuple[Text, int]]:
    """Why the missing of a line are missing, in the order of the work: together they are the missing. 未参保的原因"""
    return _said(line, [reason for reason in REASONS if reason not in BESIDE])


def beside(line: Mapping[str, Any]) -> tuple[int, list[tuple[Text, int]]]:
    """Who is on the rolls of a line and not among those who should be insured there: heads, and by reason. 不计入应参保

    By reason only where all of it may be told (`supervising.shown`): the rest would be known by subtracting.
    """
    told = _said(line, BESIDE)
    known = sum(heads for _, heads in told)
    heads = line.get("beside", known)
    return heads, told if known == heads else []


_BESIDE, _OF_THESE = Text("不计入应参保", "Not counted"), Text("其中：{why}", "of these: {why}")


def in_columns(line: Mapping[str, Any] | None) -> list[tuple[Text, int]]:
    """A line's reasons as columns of a sheet: those that make up the missing, then who is not counted. 分列

    Of no line the headings alone.
    """
    told = dict(why(line)) if line else {}
    apart, by_reason = beside(line) if line else (0, [])
    return [
        *((text, told.get(text, 0)) for reason, text in REASONS.items() if reason not in BESIDE),
        (_BESIDE, apart),
        *((_OF_THESE.filled(why=text), dict(by_reason).get(text, 0)) for text in BESIDE.values()),
    ]


def _said(line: Mapping[str, Any], reasons: Iterable[str]) -> list[tuple[Text, int]]:
    return [(REASONS[reason], line["reasons"][reason]) for reason in reasons if line["reasons"].get(reason)]


def share(line: Mapping[str, Any]) -> str:
    """The enrolment rate as it is written: 98.7%, 100% only if nobody is missing; empty of nobody. 参保率"""
    if not line["should"]:
        return ""
    permille = line["insured"] * 1000 // line["should"]
    return f"{permille // 10}.{permille % 10}%"


def latest(season: Season) -> Report | None:
    """The newest report of a season. 最近通报"""
    return Report.objects.filter(season=season).order_by("-ordinal").first()


@transaction.atomic
def report(*, season: Season, by: Appointment, note: str, seen: int, at: datetime) -> Report:
    """Tell it: the figures as they are now, kept under the season's next number. 发出通报

    `seen` is the number of the newest report that the officer saw: who asks a second time is told of the first.
    Raises Refused if another was made since, if the season has not begun, or if the note is too long.
    """
    Season.objects.select_for_update(no_key=True).get(pk=season.pk)
    newest = latest(season)
    number = newest.ordinal if newest else 0
    if seen != number:
        raise Refused(
            where="",
            what=Text("第 {n} 期通报已经发出", "report {n} has been made meanwhile").filled(n=number),
            mend=Text("请先看这一期；确需再发的，再点一次。", "Look at it first; if another is needed, ask again."),
        )
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise Refused(
            where="note",
            what=Text("说明过长", "the note is too long"),
            mend=Text("请控制在 {n} 字以内。", "Keep it within {n} characters.").filled(n=LONGEST_NOTE),
        )
    on = china_day(at)
    first = windows(policy_of(season))[0].first
    if on < first:
        raise Refused(
            where="",
            what=Text("本季还没有开始", "the season has not begun"),
            mend=Text("{day}起才有数据可通报。", "There are figures from {day} on.").filled(day=first),
        )
    return Report.objects.create(
        season=season, ordinal=number + 1, organisation=by.organisation, made_by=by.user, made_at=at, note=note,
        figures=figures_of(season, on=on),
    )  # fmt: skip


def schools_in(figures: Mapping[str, Any]) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Each school's line with its place's name, in the report's order. 各校"""
    return [(place["whole"]["name"], line) for place in figures["places"] for line in place["schools"]]
