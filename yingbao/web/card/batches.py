"""The card centre's batches: make one, take its file, bring the results back, and who holds a card already. 制卡批次"""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents.models import Desk
from yingbao.cards import answering, batching, handing
from yingbao.cards.lifecycle import CardState
from yingbao.cards.models import Batch, Card, CentreFile
from yingbao.cards.needing import to_order
from yingbao.enrolment.seasons import policy_of
from yingbao.exchange import card_centre
from yingbao.jobs.cards import holders as take_holders
from yingbao.people.looks import looked
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.card.shared import LARGEST_LIST, ask_again, uploaded
from yingbao.web.school.pupils import season_of
from yingbao.web.tax.shared import area_of, download, look, page_of, tell
from yingbao.web.wall import by_platform

PAGE_SIZE, FILES_SHOWN = 100, 10
TWICE = Text("这个文件已经上传过，没有重复登记。", "This very file was taken before; nothing was done twice.")


def newest(area: str) -> int:
    """The number of the newest batch: a mark of what the page showed. 最新批次"""
    return Batch.objects.filter(pooling_area=area).order_by("-number").values_list("number", flat=True).first() or 0


@require_http_methods(["GET", "POST"])
@desk(Desk.CARD)
def batches(request: Seated) -> HttpResponseBase:
    """The batches and how far they are; a new one of all whose money and photo are in. 批次"""
    area, refused = area_of(request), None
    if request.method == "POST":
        if str(request.POST.get("seen")) != str(newest(area)):
            tell(
                request, Text("刚刚已经生成了一个批次，没有重复生成。", "A batch was made just now; no second one was.")
            )
            return redirect("card-batches")
        try:
            made = batching.make(season=season_of(request), by=request.appointment, at=clock.now())
        except Refused as told:
            refused = told
        else:
            tell(request, Text("批次 {b} 已生成，共 {n} 张卡。", "Batch {b}: {n} cards."), b=made.name, n=made.heads)
            return redirect("card-batch", pk=made.pk)
    rows = Batch.objects.filter(pooling_area=area).annotate(
        open=Count("cards", filter=Q(cards__state=CardState.ORDERED)),
        refused=Count("cards", filter=Q(cards__state=CardState.REFUSED)),
        handed=Count("cards", filter=Q(cards__state=CardState.HELD)),
    )
    season = season_of(request)
    context = {
        "rows": list(rows.order_by("-number")[:50]), "seen": newest(area), "refused": refused, "most": batching.MOST,
        "waiting": to_order(season)[: batching.MOST].count(), "makes_cards": policy_of(season).card is not None,
    }  # fmt: skip
    return render(request, "card/batches.html", context, status=422 if refused else 200)


@require_GET
@desk(Desk.CARD)
def batch(request: Seated, pk: int) -> HttpResponse:
    """One batch: its file, its results, its lines. 批次"""
    return shown(request, found(request, pk))


def found(request: Seated, pk: int) -> Batch:
    """A batch of the own area, or 404. 本区批次"""
    return get_object_or_404(Batch.objects.select_related("season", "made_by"), pk=pk, pooling_area=area_of(request))


def shown(request: Seated, one: Batch, *, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    """The page, also with what was refused. 批次页"""
    pages = page_of(request, one.heads, PAGE_SIZE)
    cards = list(Card.objects.filter(batch=one).select_related("person").order_by("line")[pages["first"] :][:PAGE_SIZE])
    agents = handing.agent_of(cards)
    look(request, "list", len(cards))
    counts = dict(Card.objects.filter(batch=one).values_list("state").annotate(Count("pk")))
    context = {
        "batch": one, "refused": refused, "files": list(one.files.select_related("uploaded_by").order_by("-pk")),
        "rows": [{"one": card, "agent": agents.get(card.person_id)} for card in cards],
        "counts": [(CardState(state).text, number) for state, number in sorted(counts.items())],
        "open": counts.get(CardState.ORDERED, 0),
    }  # fmt: skip
    return render(request, "card/batch.html", context | pages, status=status)


@require_POST
@desk(Desk.CARD)
def batch_file(request: Seated, pk: int) -> HttpResponseBase:
    """The list and pictures to make cards from; that they were taken is recorded. 送制文件"""
    one = found(request, pk)
    try:
        with by_platform("a card bears the whole number: the centre's file has it, no page of the centre does"):
            file = card_centre.outgoing(one, at=clock.now())
    except Refused as refused:
        return shown(request, one, refused=refused, status=409)
    looked(user=request.user, organisation=request.appointment.organisation, what="export", count=one.heads,
           reason=f"制卡批次 {one.name}", at=clock.now())  # fmt: skip
    note(what="cards.file", user=request.user, organisation=request.appointment.organisation, about=one.name,
         said={"enveloped": file.for_centre_only}, at=clock.now())  # fmt: skip
    return download(file.content, file.name, file.kind)


@require_POST
@desk(Desk.CARD)
def batch_result(request: Seated, pk: int) -> HttpResponseBase:
    """The results of a batch: row by row, the same file once. 制卡结果"""
    one = found(request, pk)
    try:
        data = uploaded(request, "file", most=LARGEST_LIST)
        answers, problems = card_centre.read_results(data, _name(request), one)
        with transaction.atomic():
            taken = answering.take_results(
                batch=one, sha256=hashlib.sha256(data).hexdigest(), answers=answers, problems=problems,
                by=request.appointment, at=clock.now(),
            )  # fmt: skip
            if taken.rejected:
                ask_again(taken.rejected)
    except Refused as refused:
        return shown(request, one, refused=refused, status=422)
    done(request, taken.file, again=taken.again)
    return redirect("card-batch", pk=pk)


@require_http_methods(["GET", "POST"])
@desk(Desk.CARD)
def holders(request: Seated) -> HttpResponseBase:
    """Who holds a card already, by a list of the centre's. 持卡名单"""
    refused = None
    if request.method == "POST":
        before = CentreFile.objects.filter(pooling_area=area_of(request)).count()
        try:
            data = uploaded(request, "file", most=LARGEST_LIST)
            with by_platform("numbers are compared by their index, which the centre's desk does not read"):
                file = take_holders(data, _name(request), by=request.appointment, at=clock.now())
        except Refused as told:
            refused = told
        else:
            done(request, file, again=CentreFile.objects.filter(pooling_area=area_of(request)).count() == before)
            return redirect("card-holders")
    files = CentreFile.objects.filter(pooling_area=area_of(request), kind="holders").select_related("uploaded_by")
    known = Card.objects.filter(pooling_area=area_of(request), how="listed", state=CardState.HELD).count()
    context = {"refused": refused, "files": list(files.order_by("-pk")[:FILES_SHOWN]), "known": known}
    return render(request, "card/holders.html", context, status=422 if refused else 200)


def done(request: Seated, file: CentreFile, *, again: bool) -> None:
    """Say what became of a file. 处理结果"""
    if again:
        tell(request, TWICE)
        return
    text = Text("共 {n} 行，登记 {t} 行，{p} 行有问题。", "{n} rows: {t} taken, {p} with a problem.")
    tell(request, text, n=file.rows, t=file.taken, p=len(file.problems))


def _name(request: Seated) -> str:
    """What a list is called where it is refused. 文件名"""
    name = str(getattr(request.FILES.get("file"), "name", "") or "")
    return name if 0 < len(name) < 60 else "文件"
