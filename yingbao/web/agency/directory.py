"""The directory of sub-districts and schools: a file, what it would change, and then its taking in. 街道学校对应表"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from yingbao.agents.directory_changes import Changed, directory_changes, mark_of
from yingbao.agents.models import Desk
from yingbao.agents.organising import organise_directory
from yingbao.enrolment import versions
from yingbao.policy import catalogue
from yingbao.policy.directory import Directory, load_directory_text
from yingbao.policy.refused import PolicyRefused, Problem
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.writing import of_file
from yingbao.web.tax.shared import area_of, tell

CHANGES_SHOWN = 300


@require_http_methods(["GET", "POST"])
@desk(Desk.AGENCY)
def directory(request: Seated) -> HttpResponseBase:
    """Choose it, look at what it changes, take it in. 导入对应表"""
    if request.method == "GET":
        return page(request, beside_the_policy(area_of(request)))
    text, file = request.POST.get("text", ""), request.FILES.get("file")
    if isinstance(file, UploadedFile):
        taken = of_file(file)
        if isinstance(taken, Refused):
            return page(request, text, refused=taken, status=422)
        text = taken
    try:
        read = load_directory_text(text, "directory.yaml")
        check(request, read)
        changes = directory_changes(read)
        if "take" not in request.POST:
            return page(request, text, changes=changes)
        if request.POST.get("seen") != mark_of(changes):
            raise Refused(
                where=read.directory,
                what=Text("页面打开后，单位有变化", "the organisations changed after the page was shown"),
                mend=Text("请再看一遍差异。", "Look at the differences again."),
            )
        if any(one.tone == "bad" for one in changes):
            raise Refused(
                where=read.directory,
                what=Text("有学校不能导入", "some schools cannot be taken in"),
                mend=Text("按下面标出的逐所改正。", "Mend those that are marked below."),
            )
    except PolicyRefused as refused:
        return page(request, text, problems=refused.problems, status=422)
    except Refused as refused:
        return page(request, text, refused=refused, status=409)
    organised = organise_directory(read)
    note(
        what="directory.taken_in", user=request.user, organisation=request.appointment.organisation,
        about=read.directory, said={"schools": len(organised.schools), "changes": len(changes)}, at=clock.now(),
    )  # fmt: skip
    tell(request, Text("已导入，{n} 所学校。", "Taken in: {n} schools."), n=len(organised.schools))
    return redirect("agency-organisations")


def beside_the_policy(area: str) -> str:
    """The directory that the area's newest policy names beside its file, as a beginning."""
    for each in reversed([one for one in versions.known() if one.startswith(f"{area}/")]):
        try:
            named = versions.in_force(each).directory
            if named is not None:
                return catalogue.text_of(catalogue.find(each).parent / named)
        except (Refused, OSError):
            continue
    return ""


def check(request: Seated, read: Directory) -> None:
    """Raises Refused for another area's directory."""
    area = area_of(request)
    if not read.directory.startswith(f"{area}/"):
        raise Refused(
            where=read.directory,
            what=Text("这份对应表属于别的统筹区", "this directory belongs to another pooling area"),
            mend=Text("选择 {area} 的对应表。", "Choose the one of {area}.").filled(area=area),
        )


def page(
    request: Seated,
    text: str,
    *,
    changes: list[Changed] | None = None,
    problems: list[Problem] | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with what was given and what is wrong with it. 导入页面"""
    if changes is None and problems is None and refused is not None:
        try:
            changes = directory_changes(load_directory_text(text, "directory.yaml"))
        except Refused:
            changes = None
    lines = text.split("\n")
    context: dict[str, Any] = {
        "text": text, "changes": changes[:CHANGES_SHOWN] if changes is not None else None,
        "count": len([one for one in changes or [] if one.tone]), "seen": mark_of(changes) if changes else "",
        "can_take": bool(changes) and any(one.tone for one in changes or [])
        and not any(one.tone == "bad" for one in changes or []),
        "refused": refused, "problems": len(problems or []),
        "wrong": [
            {"line": each.line, "text": lines[each.line - 1] if 0 < each.line <= len(lines) else "",
             "what": each.what, "mend": each.mend}
            for each in (problems or [])[:30]
        ],
    }  # fmt: skip
    return render(request, "agency/directory.html", context, status=status)
