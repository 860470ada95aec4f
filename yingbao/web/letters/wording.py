"""An officer words the season's letters: known fields only, looked at as a real letter before it holds. 信函模板"""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation
from yingbao.enrolment.seasons import policy_of
from yingbao.paper.class_letter import draw_class_letters
from yingbao.paper.letter import draw_letters
from yingbao.publicity import samples, writing
from yingbao.publicity.composing import InForce, class_letters, in_force
from yingbao.publicity.models import LetterWording
from yingbao.publicity.standard import standard
from yingbao.publicity.wording import BLOCKS, FIELDS, LONGEST, MARKS, Kind
from yingbao.trail.events import note as note_event
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.letters.making import attached
from yingbao.web.school.pupils import season_of
from yingbao.web.templatetags.words import language

KINDS: dict[str, Text] = {"child": Text("每个孩子一份", "for each child"), "class": Text("每班一份", "for a class")}


def kind_of(request: Seated) -> Kind:
    """Which letter is meant; the child's if nothing else is said. 信的种类"""
    said = request.POST.get("kind") or request.GET.get("kind")
    return cast("Kind", said if said in KINDS else "child")


@require_GET
@desk(Desk.AGENCY)
def wording(request: Seated) -> HttpResponse:
    """The words in force, ready to be changed; or an earlier version, or the standard words, to begin with. 模板"""
    season, kind = season_of(request), kind_of(request)
    start = str(request.GET.get("from", ""))
    earlier = LetterWording.objects.filter(season=season, kind=kind)
    if start == "0":
        return page(request, kind, text=standard(policy_of(season), kind))
    one = earlier.filter(number=int(start)).first() if start.isascii() and start.isdigit() and len(start) < 5 else None
    return page(request, kind, text=one.text if one else None)


def page(
    request: Seated, kind: Kind, *, text: str | None = None, refused: Refused | None = None, note: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The editor with what was typed, the fields there are, and the versions. 模板页面"""
    season = season_of(request)
    now: InForce = in_force(season, kind)
    versions = LetterWording.objects.filter(season=season, kind=kind)
    context: dict[str, Any] = {
        "policy": policy_of(season), "kind": kind, "kinds": KINDS.items(), "now": now,
        "text": now.text if text is None else text, "differs": text is not None and text != now.text,
        "note": note, "refused": refused, "longest": LONGEST, "fields": FIELDS[kind].items(),
        "blocks": BLOCKS[kind].items(), "marks": MARKS.items() if kind == "child" else [],
        "samples": [(word, samples.SAMPLES[word].title) for word in samples.offered(policy_of(season))]
        if kind == "child" else [],
        "versions": list(versions.select_related("by").order_by("-number")),
    }  # fmt: skip
    return render(request, "letters/wording.html", context, status=status)


@require_POST
@desk(Desk.AGENCY)
def save(request: Seated) -> HttpResponseBase:
    """Put the words to work as the next version. 启用"""
    kind, text, note = kind_of(request), str(request.POST.get("text", "")), str(request.POST.get("note", ""))
    seen = str(request.POST.get("seen", ""))
    try:
        made = writing.put_to_work(
            season=season_of(request), kind=kind, text=text, note=note, by=request.appointment, at=clock.now(),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 5 else -1,
        )  # fmt: skip
    except Refused as refused:
        status = 409 if refused.where == writing.WORDING else 422
        return page(request, kind, text=text, refused=refused, note=note, status=status)
    if made is None:
        messages.info(request, Text("内容和现行版本相同，没有新版本。", "These words hold already.").said(language()))
    else:
        note_event(
            what="letter.wording", user=request.user, organisation=request.appointment.organisation,
            about=f"{made.season_id}/{kind}/{made.number}", at=clock.now(),
        )  # fmt: skip
        done = Text("第 {n} 版已启用，以后制作的信都用它。", "Version {n} holds; letters made from now on use it.")
        messages.success(request, done.filled(n=made.number).said(language()))
    return redirect(reverse("letter-wording") + f"?kind={kind}")


@require_POST
@desk(Desk.AGENCY)
def preview(request: Seated) -> HttpResponseBase:
    """A real letter in the words typed, for an invented child or class; nothing is kept. 预览"""
    season, kind, text = season_of(request), kind_of(request), str(request.POST.get("text", ""))
    whom = str(request.POST.get("sample", ""))
    try:
        if kind == "class":
            nobody = Organisation(name="（学校名称）", phone="00000000")
            papers = class_letters(season, nobody, ["一年级 1班"], on=clock.today(), text=text, remark=samples.REMARK)
            return attached(draw_class_letters(papers), "班级信预览.pdf", inline=True)
        chosen = whom if whom in samples.offered(policy_of(season)) else "paying"
        paper = samples.sample(season, chosen, text, on=clock.today())
    except Refused as refused:
        return page(request, kind, text=text, refused=refused, note=str(request.POST.get("note", "")), status=422)
    return attached(draw_letters([paper]), "告家长书预览.pdf", inline=True)


urlpatterns = [
    path("wording/", wording, name="letter-wording"),
    path("wording/save", save, name="letter-wording-save"),
    path("wording/preview", preview, name="letter-wording-preview"),
]
