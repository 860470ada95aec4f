"""The report on a season to the education bureau: heads of every school on A4 sheets. 参保情况通报"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from yingbao.paper import sheet


class ReportedBody(msgspec.Struct, frozen=True):
    """A school, or all schools of a place: heads and the missing by reason. 单位情况"""

    name: str
    should: int
    insured: int
    share: str
    """of who should be insured, in tenths of a percent: 98.7%; empty where nobody should be"""
    missing: int
    reasons: Sequence[tuple[str, int]]
    """of the missing, and together all of them"""
    beside: int
    """on the rolls, and not among who should be insured"""
    beside_by_reason: Sequence[tuple[str, int]]
    """all of them, or nothing where few are not told by themselves"""
    listed: bool = True
    """whether the school has handed in a list"""


class ReportedPlace(msgspec.Struct, frozen=True):
    """A sub-district and its schools. 街道"""

    whole: ReportedBody
    schools: Sequence[ReportedBody]


class ReportedWeek(msgspec.Struct, frozen=True):
    """How it stood at the end of a week. 每周"""

    day: date
    should: int
    insured: int


class StandingReport(msgspec.Struct, frozen=True):
    """What stands on the report. 通报"""

    title: str
    by: str
    to: str
    clause: str
    ordinal: int
    made_on: date
    until: date
    """the last day that counts"""
    note: str
    whole: ReportedBody
    places: Sequence[ReportedPlace]
    weeks: Sequence[ReportedWeek]
    curve: str
    """the picture as SVG"""
    simulated: bool


def draw_standing_report(paper: StandingReport) -> bytes:
    """The report as PDF/A: key figures, the curve, a table of places, then each place's schools. 通报

    In the order in which it is given: schools are not ranked.
    """
    data = {
        "title": paper.title, "by": paper.by, "to": paper.to, "clause": paper.clause, "ordinal": paper.ordinal,
        "made_on": sheet.day(paper.made_on), "until": sheet.day(paper.until), "note": paper.note,
        "whole": _body(paper.whole), "curve": paper.curve,
        "places": [
            {"whole": _body(place.whole), "schools": [_body(one) for one in place.schools]} for place in paper.places
        ],
        "weeks": [
            {"day": sheet.day(week.day), "should": week.should, "insured": week.insured} for week in paper.weeks
        ],
        "watermark": sheet.SIMULATED if paper.simulated else "",
    }  # fmt: skip
    return sheet.draw("standing_report", data, made_on=paper.made_on)


def _body(body: ReportedBody) -> dict[str, object]:
    return {
        "name": body.name, "should": f"{body.should:,}", "insured": f"{body.insured:,}", "share": body.share,
        "missing": f"{body.missing:,}", "why": _said(body.reasons), "beside": _counted(body), "listed": body.listed,
        "full": body.insured / body.should if body.should else 0.0,
    }  # fmt: skip


def _said(reasons: Sequence[tuple[str, int]]) -> str:
    return "；".join(f"{reason} {heads:,}" for reason, heads in reasons)


def _counted(body: ReportedBody) -> str:
    """Heads and reasons; of a single reason its words alone."""
    said = _said(body.beside_by_reason)
    if len(body.beside_by_reason) == 1 or not body.beside:
        return said
    return f"{body.beside:,}" + (f"（{said}）" if said else "")
