"""The school hands out receipts: who has one, who has none and why, single papers and a zip by class. 票据发放"""

from __future__ import annotations

import tempfile
from collections import Counter
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import handing
from yingbao.collection.handing import STANDING_NAMES, Handout, Standing, handouts
from yingbao.collection.models import Receipt
from yingbao.enrolment.seasons import policy_of
from yingbao.jobs import work
from yingbao.people.looks import looked
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web import receipted
from yingbao.web.access import Seated, desk
from yingbao.web.school.pupils import season_of

PAGE_SIZE = 100
TONES = {Standing.ISSUED: "good", Standing.ISSUING: "accent", Standing.UNPAID: "warn", Standing.RETURNED: "bad"}


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def receipts(request: Seated) -> HttpResponse:
    """The children by class, each with its receipt or why it has none. 票据"""
    season, organisation = season_of(request), request.appointment.organisation
    every = handouts(season=season, organisation=organisation)
    labels = list(dict.fromkeys(row.class_label for row in every))
    label, standing = request.GET.get("class"), request.GET.get("standing", "")
    rows = in_class(every, label)
    counts = Counter(row.standing for row in rows)
    if standing in set(Standing):
        rows = [row for row in rows if row.standing == standing]
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    wanted = request.GET.get("page", "1")
    page = max(1, min(int(wanted) if wanted.isascii() and wanted.isdigit() else 1, pages))
    shown = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    looked(user=request.user, organisation=organisation, what="list", count=len(shown), at=clock.now())
    context = {
        "policy": policy_of(season), "all": len(every), "labels": labels, "label": label, "standing": standing,
        "places": [{"key": each, "name": STANDING_NAMES[each], "n": counts[each]} for each in Standing if counts[each]],
        "rows": [{"row": row, "why": STANDING_NAMES[row.standing], "tone": TONES.get(row.standing, "")}
                 for row in shown],
        "issued": counts[Standing.ISSUED], "page": page, "pages": pages, "before": page - 1, "after": page + 1,
    }  # fmt: skip
    return render(request, "school/receipts.html", context)


def in_class(rows: list[Handout], label: str | None) -> list[Handout]:
    """The children of one class, or of all if none is named. 班级"""
    return rows if label is None else [row for row in rows if row.class_label == label]


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def pack(request: Seated) -> HttpResponseBase:
    """Ask for the zip: papers that are not made yet are made first, with progress. 打包下载"""
    season, organisation = season_of(request), request.appointment.organisation
    label = request.POST.get("class")
    onward = reverse("receipts-download") + (f"?{urlencode({'class': label})}" if label is not None else "")
    rows = handouts(season=season, organisation=organisation)
    if not handing.without_paper(in_class(rows, label)):
        return redirect(onward)
    job = work.start(
        task="receipts.school",
        about=Text("制作 {school} 的电子票据", "Receipts of {school}").filled(school=organisation.name),
        owner=request.user,
        organisation=organisation,
        at=clock.now(),
        arguments={"season": season.pk, "organisation": organisation.pk},
        result_url=onward,
    )
    return redirect("job", pk=job.pk)


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def download(request: Seated) -> HttpResponseBase:
    """The zip of the papers that there are, of the school or of one class. 下载票据"""
    season, organisation = season_of(request), request.appointment.organisation
    label = request.GET.get("class")
    rows = in_class(handouts(season=season, organisation=organisation), label)
    # Nameless: nothing of it stays, whatever happens to this process. The answer closes it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    packed = handing.pack(rows, file)
    if not packed:
        file.close()
        raise none_yet(organisation.name)
    looked(user=request.user, organisation=organisation, what="export", count=packed, at=clock.now())
    file.seek(0)
    name = " ".join(filter(None, (handing.safe(organisation.name), handing.safe(label or ""), "电子票据")))
    return FileResponse(file, as_attachment=True, filename=f"{name}.zip", content_type="application/zip")


def none_yet(where: str) -> Refused:
    """There is nothing to pack. 暂无票据"""
    return Refused(
        where=where,
        what=Text("还没有可以下载的票据", "There is no receipt to take away yet"),
        mend=Text("款项到账后，平台会自动开具。", "The platform issues them once the money has arrived."),
    )


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def receipt(request: Seated, pk: int) -> HttpResponseBase:
    """One child's receipt as PDF. 单张票据"""
    own = Receipt.objects.filter(obligation__organisation=request.appointment.organisation, voided_at__isnull=True)
    one = own.select_related("obligation__person").filter(pk=pk).first()
    if one is None:
        raise Http404
    looked(
        user=request.user,
        organisation=request.appointment.organisation,
        what="export",
        person=one.obligation.person,
        at=clock.now(),
    )
    return receipted.as_file(one)


urlpatterns = [
    path("receipts/", receipts, name="receipts"),
    path("receipts/pack", pack, name="receipts-pack"),
    path("receipts/download", download, name="receipts-download"),
    path("receipts/<int:pk>/", receipt, name="receipt"),
]
