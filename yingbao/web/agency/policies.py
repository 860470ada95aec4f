"""The policies of the agency's own area: what is in force, every version, what is proposed. 政策与版本"""

from __future__ import annotations

import difflib
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk
from yingbao.enrolment import versions
from yingbao.enrolment.models import PolicyProposal, PolicyVersion, Season
from yingbao.enrolment.seasons import rests_on_an_older_file, windows
from yingbao.policy import catalogue
from yingbao.policy.difference import difference
from yingbao.policy.model import Policy
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.shared import area_of

State = PolicyProposal.State
STATES = {
    State.DRAFT: (Text("草稿", "draft"), ""),
    State.ASKED: (Text("待复核", "waits for a second officer"), "warn"),
    State.PUBLISHED: (Text("已发布", "published"), "good"),
    State.DROPPED: (Text("已作废", "given up"), ""),
}
"""What a proposal's state is called, and its colour. 修订状态"""
PROPOSALS_SHOWN = 30
LINES_SHOWN = 400


class Line(NamedTuple):
    """One line of a text, or of the difference between two. 文本行"""

    number: int | None
    text: str
    tone: str = ""
    """add, del, or nothing for what stands in both"""


@require_GET
@desk(Desk.AGENCY)
def policies(request: Seated) -> HttpResponse:
    """Every policy of the area with its versions, and the proposals. 政策目录"""
    area = area_of(request)
    known = [each for each in versions.known() if each.startswith(f"{area}/")]
    proposals = (
        PolicyProposal.objects.filter(policy__startswith=f"{area}/")
        .select_related("made_by", "decided_by")
        .defer("text", "simulation")
    )
    every = [told(each) | {"next_year": next_year(each, known)} for each in reversed(known)]
    context = {
        # What runs stands first, then what can be opened.
        "policies": sorted(every, key=lambda one: one["season"] is None),
        "proposals": [shown(one) for one in proposals.order_by("-pk")[:PROPOSALS_SHOWN]],
        "elsewhere": elsewhere(area),
    }
    return render(request, "agency/policies.html", context)


def next_year(policy_id: str, known: list[str]) -> int | None:
    """The year after, as long as there is no policy for it. 下一年度"""
    area, year = policy_id.split("/")
    return None if f"{area}/{int(year) + 1}" in known else int(year) + 1


def told(policy_id: str) -> dict[str, Any]:
    """One policy: what is in force, its versions, its season. 政策"""
    found = list(
        PolicyVersion.objects.filter(policy=policy_id).select_related("proposed_by", "published_by").order_by("-number")
    )
    season = Season.objects.filter(policy=policy_id).first()
    context: dict[str, Any] = {"id": policy_id, "versions": found, "season": season, "policy": None, "wrong": None}
    try:
        context["policy"] = versions.in_force(policy_id)
        context["windows"] = windows(context["policy"])
        context["older"] = season is not None and rests_on_an_older_file(season)
        context["file_differs"] = bool(found) and file_differs(found[0])
    except Refused as refused:
        context["wrong"] = Text(refused.said("zh"), refused.said("en"))
    return context


def file_differs(version: PolicyVersion) -> bool:
    """Whether the file on the server says something else than the version in force; it has no effect. 文件不同"""
    try:
        return catalogue.text_of(catalogue.find(version.policy)) != version.text
    except Refused:
        return False


def elsewhere(area: str) -> list[Policy]:
    """Other cities' policies, to read and to learn from. 其他统筹区"""
    found = []
    for each in versions.known():
        if not each.startswith(f"{area}/"):
            try:
                found.append(versions.in_force(each))
            except Refused:
                continue
    return found


def shown(one: PolicyProposal) -> dict[str, Any]:
    """A proposal with its state in words. 修订"""
    words, tone = STATES[State(one.state)]
    return {"one": one, "words": words, "tone": tone}


@require_GET
@desk(Desk.AGENCY)
def version(request: Seated, pk: int) -> HttpResponse:
    """One version: who, when, why, what it changed, and its text with line numbers. 版本"""
    own = PolicyVersion.objects.filter(policy__startswith=f"{area_of(request)}/")
    one = get_object_or_404(own.select_related("proposed_by", "published_by"), pk=pk)
    before = own.filter(policy=one.policy, number=one.number - 1).first()
    changes = difference(policy_in(before), policy_in(one)) if before else []
    context = {
        "one": one,
        "before": before,
        "changes": grouped(changes),
        "lines": [Line(number, text) for number, text in enumerate(one.text.splitlines(), 1)],
        "in_force": versions.newest(one.policy) == one,
    }
    return render(request, "agency/version.html", context)


def policy_in(one: PolicyVersion) -> Policy:
    """The policy of a version."""
    return versions.policy_at(one.policy, one.pk)


def grouped(changes: list[Any]) -> list[tuple[Text, list[Text]]]:
    """Changes by the part of the policy that they are in. 按部分"""
    parts: dict[str, tuple[Text, list[Text]]] = {}
    for change in changes:
        parts.setdefault(change.part.zh, (change.part, []))[1].append(change.what)
    return list(parts.values())


def line_difference(old: str, new: str) -> list[Line]:
    """The lines that differ, with a few around them; numbers are those of the new text. 逐行差异"""
    lines: list[Line] = []
    number = 0
    for text in difflib.unified_diff(old.splitlines(), new.splitlines(), n=2, lineterm=""):
        if text.startswith(("---", "+++")) and number == 0:
            continue
        if text.startswith("@@"):
            number = int(text.split("+")[1].split(" ")[0].split(",")[0])
            lines.append(Line(None, "⋯"))
        elif text.startswith("-"):
            lines.append(Line(None, text[1:], "del"))
        else:
            lines.append(Line(number, text[1:], "add" if text.startswith("+") else ""))
            number += 1
    return lines[:LINES_SHOWN]
