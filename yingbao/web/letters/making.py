"""Letters as files: made by a job, taken away, posted for a class, their link sent to phones. 制作与发送"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.enrolment.seasons import policy_of
from yingbao.jobs import letters as telling
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.messages.models import Message
from yingbao.paper.class_letter import draw_class_letters
from yingbao.people.looks import looked
from yingbao.people.models import Guardian
from yingbao.publicity import handing, making
from yingbao.publicity.composing import class_letters
from yingbao.publicity.following import ChildRow, ClassKey, by_class, children_of
from yingbao.publicity.models import LetterBatch, LetterFile
from yingbao.sealing.sealed import unseal_bytes
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.letters.school import class_text, key_read, key_word, page
from yingbao.web.school.pupils import season_of
from yingbao.web.templatetags.words import language

WHOLE = "全校"
_KEY = re.compile(r"[0-9a-f]{24}")
NAMED_AT_MOST = 4


def form_key(request: Seated) -> str:
    """The key of the form that was sent, which makes a second click the same as the first. 表单编号"""
    found = str(request.POST.get("key", ""))
    if not _KEY.fullmatch(found):
        raise Refused(
            where=Text("页面", "The page").said(language()),
            what=Text("页面不完整", "the page was not complete"),
            mend=Text("请回到告家长书页面重新打开再办。", "Open the page of letters again."),
        )
    return f"{request.appointment.organisation_id}-{found}"


def ticked_classes(request: Seated, rows: list[ChildRow]) -> set[ClassKey] | None:
    """The classes that were ticked; None if none was. Raises Refused for one that the school does not have. 勾选的班"""
    words = request.POST.getlist("class")
    there = {row.key for row in rows}
    keys = {word: key_read(word) for word in words}
    for key in keys.values():
        if key is None or key not in there:
            raise handing.no_such_class(key)
    return {key for key in keys.values() if key is not None} or None


def numbers(values: list[str]) -> set[int]:
    """Keys of ticked rows. 勾选"""
    return {int(one) for one in values if one.isascii() and one.isdigit() and len(one) < 19}


@require_POST
@desk(Desk.SCHOOL)
def make(request: Seated) -> HttpResponseBase:
    """Ask for letters: of the school, of classes, of children. 制作"""
    season, organisation = season_of(request), request.appointment.organisation
    rows = children_of(season=season, school=organisation)
    chosen = numbers(request.POST.getlist("chosen")) if request.POST.get("of") == "children" else None
    try:
        groups = ticked_classes(request, rows) if chosen is None else None
        wanted = making.wanted(rows, groups=groups, chosen=chosen)
        batch, new = making.ask(
            season=season, school=organisation, scope=scope_of(groups, chosen, wanted), heads=len(wanted),
            key=form_key(request), by=request.appointment, at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return page(request, refused=refused, typed={"classes": request.POST.getlist("class")}, status=422)
    if not new:
        job = Job.objects.filter(task="letters.make", arguments__batch=batch.pk, owner=request.user).first()
        return redirect("job", pk=job.pk) if job else redirect("letters")
    about = Text("制作告家长书：{scope}（{n} 份）", "Letters: {scope} ({n})")
    started = work.start(
        task="letters.make", about=about.filled(scope=batch.scope, n=batch.heads),
        owner=request.user, organisation=organisation, at=clock.now(), result_url=reverse("letters"),
        arguments={
            "batch": batch.pk, "duplex": request.POST.get("duplex") == "1",
            "groups": None if groups is None else sorted(map(list, groups), key=repr),
            "chosen": None if chosen is None else sorted(chosen),
        },
    )  # fmt: skip
    return redirect("job", pk=started.pk)


def scope_of(groups: set[ClassKey] | None, chosen: set[int] | None, rows: list[ChildRow]) -> str:
    """Whose letters, in words that name no child. 范围"""
    if chosen is not None:
        return f"所选{len(rows)}名"
    if groups is None:
        return WHOLE
    names = [class_text(key).zh.replace(" ", "") for key in dict.fromkeys(row.key for row in rows)]
    return "、".join(names) if len(names) <= NAMED_AT_MOST else f"{names[0]}等{len(names)}个班"


@require_GET
@desk(Desk.SCHOOL)
def file(request: Seated, pk: int) -> HttpResponseBase:
    """Take a batch's file away; that it was taken is recorded. 下载"""
    own = LetterBatch.objects.filter(organisation=request.appointment.organisation)
    batch = own.filter(pk=pk).first()
    if batch is None:
        raise Http404
    found = LetterFile.objects.filter(batch=batch).first()
    if found is None:
        raise Refused(
            where=batch.scope,
            what=Text("文件还没有做好，或已过期清理", "the file is not ready yet, or too old and gone"),
            mend=Text(
                "在告家长书页面重新制作，全校一般不到一分钟。", "Make it again; a school takes less than a minute."
            ),
        )
    looked(
        user=request.user, organisation=request.appointment.organisation, what="export", count=batch.heads,
        at=clock.now(),
    )  # fmt: skip
    return attached(unseal_bytes(found.content_cipher), found.filename)


def attached(content: bytes, name: str, *, inline: bool = False) -> HttpResponse:
    """A file as an answer, under a name in Chinese that every browser takes. 文件"""
    kind = "zip" if name.endswith(".zip") else "pdf"
    answer = HttpResponse(content, content_type=f"application/{kind}")
    way = "inline" if inline else "attachment"
    answer["Content-Disposition"] = f"{way}; filename=\"letters.{kind}\"; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
@desk(Desk.SCHOOL)
def class_letter(request: Seated) -> HttpResponseBase:
    """The sheet of a class, or of every class, to post or send: no child stands on it. 班级信"""
    season, organisation = season_of(request), request.appointment.organisation
    rows = [row.key for row in by_class(season=season, school=organisation) if row.key[0]]
    word = str(request.GET.get("class", ""))
    if word and (key := key_read(word)) not in rows:
        raise handing.no_such_class(key)
    labels = [class_text(key).zh for key in rows if not word or key_word(key) == word] or [""]
    papers = class_letters(season, organisation, labels, on=clock.today())
    name = f"{organisation.name} {labels[0] if len(labels) == 1 else WHOLE} 班级告家长书.pdf"
    return attached(draw_class_letters(papers), name, inline=True)


@require_POST
@desk(Desk.SCHOOL)
def tell(request: Seated) -> HttpResponseBase:
    """Send the link to guardians: first how many it would reach, then, if that is still so, the deed. 发链接"""
    season, organisation = season_of(request), request.appointment.organisation
    rows = children_of(season=season, school=organisation)
    try:
        handing.check_open(organisation)
        groups = ticked_classes(request, rows)
    except Refused as refused:
        return page(request, refused=refused, typed={"classes": request.POST.getlist("class")}, status=422)
    wanted = making.wanted(rows, groups=groups, chosen=None)
    context: dict[str, Any] = reckoned(wanted, season) | {
        "scope": scope_of(groups, None, wanted), "words": sorted(map(key_word, groups or [])),
        "policy": policy_of(season), "changed": "expected" in request.POST,
    }  # fmt: skip
    if not context["to_tell"]:
        told = Text("这些家长都已发过，或没有登记手机。", "All of them were told, or have no phone.")
        messages.info(request, told.said(language()))
        return redirect("letters")
    if request.POST.get("expected") != str(context["to_tell"]):
        return render(request, "letters/tell.html", context)
    about = Text("发送告家长书链接：{scope}", "Links to letters: {scope}").filled(scope=context["scope"])
    job = work.start(
        task="letters.tell", about=about, owner=request.user, organisation=organisation, at=clock.now(),
        result_url=reverse("letters"),
        arguments={
            "season": season.pk, "organisation": organisation.pk,
            "groups": None if groups is None else sorted(map(list, groups), key=repr),
        },
    )  # fmt: skip
    return redirect("job", pk=job.pk)


def reckoned(rows: list[ChildRow], season: Any) -> dict[str, int]:
    """How many children, how many with a phone, how many were not told yet. 测算"""
    keys = {telling.key_of(row, season): row.person for row in rows}
    there = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    phones = set(
        Guardian.objects.filter(person__in=keys.values(), phone_index__isnull=False).values_list("person", flat=True)
    )
    fresh = [person for key, person in keys.items() if key not in there and person in phones]
    return {"children": len(rows), "with_phone": len(phones), "to_tell": len(fresh)}


urlpatterns = [
    path("print", make, name="letters-print"),
    path("<int:pk>/file", file, name="letters-file"),
    path("class-letter", class_letter, name="letters-class-letter"),
    path("tell", tell, name="letters-tell"),
]
