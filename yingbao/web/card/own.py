"""A school's or community's cards: who has none, photos in a zip, cards to hand out. 本单位市民卡"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents.models import Desk
from yingbao.cards import apart, handing, packs
from yingbao.cards.doubts import doubts_said
from yingbao.cards.lifecycle import CardState
from yingbao.cards.listing import Pupil, pupils
from yingbao.cards.models import Card, PhotoPack
from yingbao.cards.needing import STANDING_NAMES, Standing
from yingbao.enrolment.seasons import policy_of
from yingbao.jobs import work
from yingbao.policy.terms import photo_said
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.card.shared import uploaded
from yingbao.web.school.pupils import season_of
from yingbao.web.tax.shared import look, page_of, tell

PAGE_SIZE = 100
TONES = {
    Standing.PHOTO: "warn", Standing.LOOK: "accent", Standing.MONEY: "", Standing.ORDER: "accent",
    Standing.MAKING: "accent", Standing.READY: "good", Standing.HELD: "good",
}  # fmt: skip
NEXT = {
    Standing.PHOTO: Text("交照片", "Hand in"), Standing.LOOK: Text("审核", "Look"),
    Standing.READY: Text("发卡", "Hand out"),
}  # fmt: skip


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def own(request: Seated) -> HttpResponse:
    """The children by class and how far each has come, what is to be done first. 市民卡名单"""
    season = season_of(request)
    policy = policy_of(season)
    if policy.card is None:
        return render(request, "card/none.html", {"policy": policy})
    every = pupils(season, request.appointment.organisation)
    counts = Counter(one.standing for one in every)
    show, label = request.GET.get("show", ""), request.GET.get("class")
    labels = list(dict.fromkeys(one.class_label for one in every if one.class_label))
    rows = [one for one in every if (not show or one.standing == show) and (label is None or one.class_label == label)]
    pages = page_of(request, len(rows), PAGE_SIZE)
    shown = rows[pages["first"] : pages["first"] + PAGE_SIZE]
    look(request, "list", len(shown))
    waiting = PhotoPack.objects.filter(organisation=request.appointment.organisation).defer("content_cipher")
    context = {
        "policy": policy, "rule": policy.card, "form": photo_said(policy.card.photo) if policy.card.photo else None,
        "all": len(every), "show": show, "label": label, "labels": labels, "total": len(rows),
        "places": [{"key": one, "name": STANDING_NAMES[one], "n": counts[one]} for one in Standing if counts[one]],
        "rows": [{"one": one, "tone": TONES[one.standing], "next": NEXT.get(one.standing)} for one in shown],
        "packs": list(waiting.order_by("-pk")[:3]), "most_mb": apart.LARGEST_PACK // 2**20,
        "ready": counts[Standing.READY], "lacking": counts[Standing.PHOTO], "refused": None,
    }  # fmt: skip
    return render(request, "card/own.html", context | pages)


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def pack(request: Seated) -> HttpResponseBase:
    """A class's photos in a zip: kept sealed, looked at by a job. 上传照片包"""
    label = str(request.POST.get("class", ""))[:60]
    try:
        data = uploaded(request, "zip", most=apart.LARGEST_PACK)
        if request.POST.get("agreed") != "yes":
            raise Refused(
                where=Text("家长同意", "consent").zh,
                what=Text("没有确认家长同意", "the families' consent is not confirmed"),
                mend=Text("征得家长同意后勾选，再上传。", "Tick it once they agreed, then upload."),
            )
        kept = packs.keep(data=data, class_label=label, season=season_of(request), by=request.appointment,
                          at=clock.now())  # fmt: skip
    except Refused as refused:
        context = {"refused": refused, "label": label, "most_mb": apart.LARGEST_PACK // 2**20}
        return render(request, "card/pack_again.html", context, status=422)
    job = work.start(
        task="cards.photos",
        about=Text("检查照片包 {c}", "Look at the photos {c}").filled(c=label),
        owner=request.user,
        organisation=request.appointment.organisation,
        at=clock.now(),
        arguments={"pack": kept.pk, "appointment": request.appointment.pk},
        result_url=reverse("own-cards-pack", args=[kept.pk]),
    )
    return redirect("job", pk=job.pk)


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def pack_page(request: Seated, pk: int) -> HttpResponse:
    """What became of each file of a zip, what is wrong first. 照片包结果"""
    rows = PhotoPack.objects.filter(organisation=request.appointment.organisation).defer("content_cipher")
    found = get_object_or_404(rows, pk=pk)
    taken = [line for line in found.outcome if line["taken"]]
    look(request, "list", len(taken))
    context = {
        "pack": found, "taken": [line | {"said": doubts_said(line["doubts"])} for line in taken],
        "wrong": [_texts(line) for line in found.outcome if not line["taken"]],
        "refused": _texts(found.refused) if found.refused else None,
    }  # fmt: skip
    return render(request, "card/pack.html", context)


def _texts(line: dict[str, Any]) -> dict[str, Any]:
    """The words of a line that was kept, in both languages again."""
    return line | {"what": Text(**line["what"]), "mend": Text(**line["mend"])}


@require_http_methods(["GET", "POST"])
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def handout(request: Seated) -> HttpResponseBase:
    """Cards to hand out, class by class: ticked as they are handed over, or a sheet to sign on paper. 发卡"""
    season = season_of(request)
    if policy_of(season).card is None:
        return render(request, "card/none.html", {"policy": policy_of(season)})
    every = pupils(season, request.appointment.organisation)
    ready = [one for one in every if one.standing is Standing.READY]
    if request.method == "POST":
        chosen = {int(one) for one in request.POST.getlist("card") if one.isascii() and one.isdigit()}
        mine: set[int] = chosen & {one.card for one in ready if one.card is not None}
        done = handing.hand_out(cards=mine, by=request.appointment, at=clock.now())
        left = len(chosen) - done
        tell(request, Text("已签收 {n} 张卡。", "{n} cards signed off."), n=done)
        if left:
            tell(request, Text("{n} 张此前已签收、挂失或随孩子转走，没有重复登记。",
                               "{n} were signed off, lost or gone with the child before."), n=left)  # fmt: skip
        return redirect("own-cards-handout")
    labels = list(dict.fromkeys(one.class_label for one in ready))
    label = request.GET.get("class")
    rows = [one for one in ready if label is None or one.class_label == label]
    look(request, "list", len(rows))
    context = {
        "groups": _by_class(rows), "labels": labels, "label": label, "total": len(rows), "today": clock.today(),
        "coming": _coming(every), "place": policy_of(season).card, "here": request.appointment.organisation,
    }  # fmt: skip
    return render(request, "card/handout.html", context)


def _by_class(rows: list[Pupil]) -> list[dict[str, Any]]:
    labels = dict.fromkeys(one.class_label for one in rows)
    return [{"label": label, "rows": [one for one in rows if one.class_label == label]} for label in labels]


def _coming(every: list[Pupil]) -> QuerySet[Card]:
    """Cards that come next, with their days."""
    keys = [one.card for one in every if one.card is not None and one.standing is Standing.MAKING]
    return Card.objects.filter(pk__in=keys, state__in=[CardState.ORDERED, CardState.MADE]).order_by("ready_on")
