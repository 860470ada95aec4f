"""What an analyst looks at before a proposal goes on: its words, a file tried, the figures for everyone. 政策分析"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yingbao.agents.models import Desk
from yingbao.determination.explain import said_day
from yingbao.determination.telling import side_of
from yingbao.determination.trying import Shown, Tried, day_to_try, tried
from yingbao.enrolment import forecasting
from yingbao.enrolment.models import PolicyProposal
from yingbao.policy import catalogue
from yingbao.policy.describe import describe
from yingbao.policy.model import Policy
from yingbao.spreadsheet.facts_faults import check_rows
from yingbao.spreadsheet.facts_sheet import FactsSheet, uploaded
from yingbao.spreadsheet.school_of_list import SchoolNeeded, a_division, check_school, school_said
from yingbao.values import clock, identity
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.check_findings import shown_findings
from yingbao.web.agency.figures_workbook import figures_workbook
from yingbao.web.agency.policies import Line
from yingbao.web.agency.proposals import found
from yingbao.web.agency.telling_figures import worded
from yingbao.web.templatetags.words import language

LARGEST_BYTES = 5_000_000
"""A list that is tried while its officer waits; more is the command line's."""
CHILDREN_SHOWN = 20
MEND_SCHOOL = Text(
    "在“学校所在区县代码”里填六位代码，再选一次文件；名单里有几所学校的，加一列“学校所在地”。",
    "Fill in the school's division below and choose the file again; add a column 学校所在地 if they differ.",
)


@require_GET
@desk(Desk.AGENCY)
def words(request: Seated, pk: int) -> HttpResponse:
    """The proposal in words, and its text with what the check finds beside each line. 逐条说明"""
    one = found(request, pk)
    policy = catalogue.policy_in(one.text, "policy.yaml")
    beside: dict[int, list[dict[str, Any]]] = {}
    every = shown_findings(one.text)
    for each in every:
        beside.setdefault(each["line"] or 1, []).append(each)
    context = {
        "one": one, "policy": policy, "said": describe(policy, language(), None), "findings": every,
        "grave": [each for each in every if each["severity"] != "hint"],
        "errors": [each for each in every if each["severity"] == "error"],
        "lines": [(Line(number, text), beside.get(number, [])) for number, text in enumerate(one.text.splitlines(), 1)],
    }  # fmt: skip
    return render(request, "agency/proposal_words.html", context)


@require_http_methods(["GET", "POST"])
@desk(Desk.AGENCY)
def try_(request: Seated, pk: int) -> HttpResponseBase:
    """Try the proposal on a list of children; nothing of it is kept. 用名单试算"""
    one = found(request, pk)
    policy = catalogue.policy_in(one.text, "policy.yaml")
    against = forecasting.held_against(policy, one.text)
    context: dict[str, Any] = {
        "one": one, "policy": policy, "against": against, "most_mb": LARGEST_BYTES // 10**6,
        "division": a_division(policy),
        "said": {"paid_on": day_to_try(policy, clock.today()).isoformat(), "school": "", "compare": ""},
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "agency/proposal_try.html", context)
    context["said"] = {name: request.POST.get(name, "").strip() for name in ("paid_on", "school", "compare")}
    context["said"]["person"] = request.POST.get("person", "").strip()[:100]
    other = against.policy if against and context["said"]["compare"] else None
    try:
        result, notes, day = _tried(request, policy, other, context["said"])
    except SchoolNeeded as needed:
        refused = Refused(where=needed.where, what=needed.what, mend=MEND_SCHOOL)
        context |= {"refused": refused, "school_needed": True}
        return render(request, "agency/proposal_try.html", context, status=422)
    except Refused as refused:
        return render(request, "agency/proposal_try.html", context | {"refused": refused}, status=422)
    named = against.said if against else None
    context |= {
        "result": result, "notes": notes, "day": day, "figures": worded(result.figures, policy, other, named),
        "children": [_child(each, policy, other) for each in result.children],
    }  # fmt: skip
    return render(request, "agency/proposal_try.html", context)


def _tried(
    request: Seated, policy: Policy, against: Policy | None, said: dict[str, str]
) -> tuple[Tried, tuple[Text, ...], date]:
    """What came of the upload. Raises Refused for a file, a day or a division that is none."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise Refused(
            where="file",
            what=Text("没有选择文件", "no file was chosen"),
            mend=Text("选一个名单（.xlsx 或 .csv），再点“试算”。", "Choose a list (.xlsx or .csv), then try it."),
        )
    name = (file.name or "file")[-80:]
    if file.size > LARGEST_BYTES or name.lower().endswith(".parquet"):
        raise Refused(
            where=name,
            what=Text("文件太大，或不是 .xlsx、.csv", "the file is too large, or no .xlsx or .csv"),
            mend=Text(
                "网页上试 5 MB 以内的名单；更大的用命令 yingbao policy try，或直接做全员测算。",
                "Lists of up to 5 MB are tried here; larger ones by yingbao policy try, or reckon for everyone.",
            ),
        )
    day = _day(said["paid_on"])
    school = school_said(said["school"], policy)
    on = clock.today()
    source = uploaded(file.read(), name, on=on, near=policy.pooling_area, school=school)
    check_rows(source, where=name)
    check_school(source, [each for each in (policy, against) if each is not None], where=name, said=school)
    persons = [said["person"]] if said["person"] else []
    result = tried(policy, source, where=name, as_of=day, against=against, first=CHILDREN_SHOWN, persons=persons)
    return result, source.notes if isinstance(source, FactsSheet) else (), day


def _day(said: str) -> date:
    try:
        if len(said) != 10:
            raise ValueError(said)
        return date.fromisoformat(said)
    except ValueError:
        raise Refused(
            where=said[:20],
            what=Text("缴费日不是日期", "the payment day is no day"),
            mend=Text("选一天，如 2026-11-15。", "Choose a day, such as 2026-11-15."),
        ) from None


def _child(each: Shown, policy: Policy, against: Policy | None) -> dict[str, Any]:
    """One child of the list; what looks like an identity number is masked."""
    number = each.decision.person_id
    return {
        "id": identity.masked(number) if len(number) >= 15 else number, "side": side_of(each.decision, policy),
        "enrolled": each.decision.status == "enrolled", "reasons": each.reasons,
        "before": side_of(each.before, against) if each.before is not None and against is not None else None,
        "changed": bool(each.changed),
    }  # fmt: skip


@require_GET
@desk(Desk.AGENCY)
def figures(request: Seated, pk: int) -> HttpResponse:
    """What the proposal means for everyone: who pays what, who falls out, by place, stage and hukou. 全员测算"""
    one, policy, against = _reckoned(request, pk)
    told = (one.simulation or {})["figures"]
    named = Text(**told["against"]) if told["against"] else None
    on, paid_on = (said_day(date.fromisoformat(told[name])) for name in ("on", "paid_on"))
    context = {
        "one": one, "policy": policy, "figures": worded(told, policy, against, named), "on": on, "paid_on": paid_on,
        "notes": [Text(**each) for each in told.get("notes", [])],
    }  # fmt: skip
    return render(request, "agency/proposal_figures.html", context)


@require_GET
@desk(Desk.AGENCY)
def workbook(request: Seated, pk: int) -> HttpResponse:
    """The same as a workbook. 测算工作簿"""
    one, policy, _ = _reckoned(request, pk)
    content = figures_workbook((one.simulation or {})["figures"], policy, language())
    answer = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )  # fmt: skip
    name = f"figures-{one.policy.replace('/', '-')}-{pk}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _reckoned(request: Seated, pk: int) -> tuple[PolicyProposal, Policy, Policy | None]:
    """A proposal that has figures, its policy and the one that it was held against."""
    one = found(request, pk)
    if "figures" not in (one.simulation or {}):
        raise Http404
    policy = catalogue.policy_in(one.text, "policy.yaml")
    against = forecasting.held_against(policy, one.text)
    return one, policy, against.policy if against else None
