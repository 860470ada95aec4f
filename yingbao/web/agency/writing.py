"""Writing a change of policy: a text that is checked line by line and never lost. 起草修订"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from yingbao.agents.models import Desk
from yingbao.enrolment import proposing, versions
from yingbao.enrolment.models import PolicyProposal, Season
from yingbao.policy import beginning
from yingbao.policy.catalogue import ID
from yingbao.policy.moving import MARK
from yingbao.policy.refused import PolicyRefused, Problem
from yingbao.policy.tree import BYTES_AT_MOST
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.check_findings import kept_words
from yingbao.web.tax.shared import area_of
from yingbao.web.templatetags.words import language

PROBLEMS_SHOWN = 30


@require_http_methods(["GET", "POST"])
@desk(Desk.AGENCY)
def new(request: Seated) -> HttpResponseBase:
    """Begin a change from what is in force, or from a file. 新修订"""
    if request.method == "POST":
        return keep(request, None)
    area = area_of(request)
    mine = [each for each in versions.known() if each.startswith(f"{area}/")]
    for name in ("of", "next"):
        wanted = request.GET.get(name, "")
        if wanted and (not ID.fullmatch(wanted) or wanted not in mine):
            raise Http404
    said = {"reason": "", "clause": ""}
    if following := request.GET.get("next", ""):
        first = beginning.begun(next_of(following), last=versions.text_in_force(following))
        return form(request, None, said | {"text": beginning.without_directory(first.text)})
    if "template" in request.GET:
        year = int(mine[-1].split("/")[1]) if mine else clock.today().year
        first = beginning.begun(f"{area}/{year + 1}")
        return form(request, None, said | {"text": first.text})
    season = Season.objects.filter(pooling_area=area).order_by("-plan_year").first()
    usual = season.policy if season is not None and season.policy in mine else (mine or [""])[-1]
    text = versions.text_in_force(request.GET.get("of", "") or usual) if mine else ""
    return form(request, None, said | {"text": text})


def next_of(policy_id: str) -> str:
    """The id of the same area's next year. 下一年度"""
    area, year = policy_id.split("/")
    return f"{area}/{int(year) + 1}"


@require_http_methods(["GET", "POST"])
@desk(Desk.AGENCY)
def edit(request: Seated, pk: int) -> HttpResponseBase:
    """Change one's own draft. 修改草稿"""
    one = get_object_or_404(PolicyProposal, pk=pk, policy__startswith=f"{area_of(request)}/")
    if request.method == "POST":
        return keep(request, one)
    if one.state != PolicyProposal.State.DRAFT or one.made_by_id != request.user.pk:
        return redirect("agency-proposal", pk=pk)
    return form(request, one, {"text": one.text, "reason": one.reason, "clause": one.clause})


def keep(request: Seated, one: PolicyProposal | None) -> HttpResponseBase:
    """Check what was written and keep it, or show it again with what is wrong beside each line. 保存"""
    said = {name: request.POST.get(name, "") for name in ("text", "reason", "clause")}
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        taken = of_file(file)
        if isinstance(taken, Refused):
            return form(request, one, said, refused=taken, status=422)
        said["text"] = taken
    try:
        kept = proposing.write(
            text=said["text"], reason=said["reason"], clause=said["clause"], by=request.appointment, at=clock.now(),
            proposal=one,
        )  # fmt: skip
    except PolicyRefused as refused:
        return form(request, one, said, problems=refused.problems, status=422)
    except Refused as refused:
        return form(request, one, said, refused=refused, status=422)
    words, in_order = kept_words(kept.text)
    (messages.success if in_order else messages.warning)(request, words.said(language()))
    return redirect("agency-proposal", pk=kept.pk)


def of_file(file: UploadedFile) -> str | Refused:
    """The text of a file that was handed in; why not, if it is none. 读取文件"""
    name = (file.name or "policy.yaml")[-80:]
    if (file.size or 0) > BYTES_AT_MOST:
        what = Text("文件超过 1 MB", "the file is larger than 1 MB")
        return Refused(where=name, what=what, mend=Text("请检查是否选错文件。", "Is it the right file?"))
    try:
        text: str = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        what = Text("不是 UTF-8 文本", "this is not UTF-8 text")
        return Refused(
            where=name,
            what=what,
            mend=Text("用文本编辑器以 UTF-8 编码另存后再传。", "Save it again as UTF-8 text, then hand it in."),
        )
    return text


def form(
    request: Seated,
    one: PolicyProposal | None,
    said: dict[str, str],
    *,
    problems: list[Problem] | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page to write on, with everything that was typed. 起草页面"""
    area = area_of(request)
    known = [each for each in versions.known() if each.startswith(f"{area}/")]
    lines = said["text"].replace("\r\n", "\n").split("\n")
    wrong: list[dict[str, Any]] = [
        {"line": each.line, "text": lines[each.line - 1] if 0 < each.line <= len(lines) else "", "what": each.what,
         "mend": each.mend}
        for each in (problems or [])[:PROBLEMS_SHOWN]
    ]  # fmt: skip
    context = {
        "one": one, "said": said, "wrong": wrong, "more": max(0, len(problems or []) - PROBLEMS_SHOWN),
        "problems": len(problems or []), "refused": refused, "rows": min(40, max(12, len(lines))),
        "to_check": said["text"].count(MARK), "typed": one is not None or request.method == "POST",
        "mine": [(each, next_of(each).split("/")[1]) for each in known if next_of(each) not in known],
    }  # fmt: skip
    return render(request, "agency/proposal_form.html", context, status=status)
