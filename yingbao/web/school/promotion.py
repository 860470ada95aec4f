"""Last school year's roll becomes this year's: a grade up, and the graduates out. 升级"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from yingbao.agents.models import Desk
from yingbao.enrolment.promotion import Grade, Move, Promotion, preview, promote
from yingbao.enrolment.seasons import school_year_of
from yingbao.people.grades import grade_name
from yingbao.people.looks import looked
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.school.pupils import season_of
from yingbao.web.templatetags.words import language
from yingbao.web.wall import beyond


@require_http_methods(["GET", "POST"])
@desk(Desk.SCHOOL)
def promotion(request: Seated) -> HttpResponseBase:
    """First what would become of each class, then, if it is still so, the deed. 升级"""
    school, at = request.appointment.organisation, clock.now()
    year = school_year_of(season_of(request))
    found = preview(school, year)
    expected = "/".join(str(len(moves)) for moves in found)
    if request.method == "POST" and request.POST.get("expected") == expected:
        with beyond("graduates leave the school's list for another agent's, as the policy says"):
            done = promote(school=school, school_year=year, by=request.appointment, at=at)
        said = Text(
            "已升级 {n} 名学生，{g} 名毕业。新生请通过花名册导入。",
            "{n} pupils are a grade up, {g} have graduated. Newcomers come in by the roster.",
        ).filled(n=done.promoted, g=done.graduated)
        messages.success(request, said.said(language()))
        return redirect("promotion")
    context = {
        "years": Text(f"{year}–{year + 1}学年", f"school year {year}/{year + 1}"),
        "promoted": classes(found.promoted),
        "graduates": classes(found.graduates),
        "unplaced": [{"move": move, "class": class_named(move.was, move.class_name)} for move in found.unplaced],
        "counts": {name: len(moves) for name, moves in found._asdict().items()},
        "expected": expected,
        "changed": request.method == "POST",
    }
    if named := _named(found):
        looked(user=request.user, organisation=school, what="list", count=named, at=at)
    return render(request, "school/promotion.html", context)


def _named(found: Promotion) -> int:
    """How many names the page shows."""
    return len(found.graduates) + len(found.unplaced)


def classes(moves: list[Move]) -> list[dict[str, Any]]:
    """Children who go the same way, class by class. 按班级"""

    def way(move: Move) -> tuple[Grade, str, Grade | None]:
        return move.was, move.class_name, move.to

    return [
        {
            "was": class_named(was, class_name),
            "to": class_named(to, class_name if to.stage == was.stage else "") if to else None,
            "names": [move.name for move in together],
            "count": len(together),
        }
        for (was, class_name, to), together in ((key, list(group)) for key, group in groupby(moves, key=way))
    ]


def class_named(grade: Grade, class_name: str) -> Text:
    """A class as it is called: 三年级 2班. 班级"""
    name = grade_name(*grade)
    return Text(f"{name.zh} {class_name}".strip(), f"{name.en}, {class_name}".strip(" ,"))
