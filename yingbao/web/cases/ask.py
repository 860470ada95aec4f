"""An office asks a question: what others were told is shown first, then it goes to whoever answers. 提问"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from yingbao.agents.models import Desk
from yingbao.cases import asking, refusals, wording
from yingbao.cases.finding import similar
from yingbao.cases.handing import DESKS
from yingbao.cases.kinds import TOPICS
from yingbao.cases.models import GeneralAnswer
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import season_for
from yingbao.people.looks import looked
from yingbao.people.models import Person
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.templatetags.words import language

FIELDS = ("topic", "question", "to", "child", "once", "read")
OF_CHILDREN = (Desk.SCHOOL, Desk.COMMUNITY)
SENT = Text("问题已送到“{place}”，编号{number}。", "Sent to {place}: question {number}.")


@require_http_methods(["GET", "POST"])
@desk(*DESKS)
def ask(request: Seated) -> HttpResponseBase:
    """The form; sent once, it shows what others were told; sent again, or with nothing alike, it is asked. 提问"""
    data = request.POST if request.method == "POST" else request.GET
    typed = {name: str(data.get(name, "")) for name in FIELDS}
    season = season_for(request.appointment.organisation.pooling_area, clock.today())
    child = child_of(request, season, typed["child"])
    if child is not None:
        looked(
            user=request.user, organisation=request.appointment.organisation, what="page", person=child, at=clock.now()
        )
    if request.method == "GET":
        return form(request, typed | {"once": secrets.token_hex(16)}, child)
    try:
        wording.checked(typed["question"], where="question")
        alike = similar(readable(request, season), typed["question"])
        mark = mark_of(alike)
        if alike and typed["read"] != mark:
            return form(request, typed, child, alike=alike, mark=mark)
        found = {str(one.pk): one for one in asking.answering(request.appointment)}
        to = found.get(typed["to"]) or asking.proposed(request.appointment, typed["topic"])
        if to is None:
            raise refusals.nobody_answers()
        made = asking.ask(
            topic=typed["topic"], question=typed["question"], to=to, season=season, by=request.appointment,
            once=once_of(typed["once"]), person=child, at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return form(request, typed, child, refused=refused, status=422)
    messages.success(request, SENT.filled(place=made.to_organisation.name, number=made.number).said(language()))
    return redirect("case", pk=made.pk)


def form(
    request: Seated, typed: dict[str, str], child: Person | None, *, refused: Refused | None = None, status: int = 200,
    **more: Any,
) -> HttpResponseBase:  # fmt: skip
    """The form with what was typed. 表单"""
    context = {
        "typed": typed, "child": child, "topics": [(word, kind.name) for word, kind in TOPICS.items()],
        "bodies": asking.answering(request.appointment), "longest": wording.LONGEST,
        "wrong": {refused.where: told(refused)} if refused and refused.where else {},
        "general": told(refused) if refused and not refused.where else None,
    }  # fmt: skip
    return render(request, "cases/ask.html", context | more, status=status)


def told(refused: Refused) -> Text:
    """A refusal as one sentence: what is wrong and how to mend it. 拒绝原因"""
    zh, en = refused.what.zh.rstrip("。"), refused.what.en.rstrip(".")
    return Text(f"{zh}。{refused.mend.zh}", f"{en}. {refused.mend.en}")


def child_of(request: Seated, season: Season, key: str) -> Person | None:
    """The child whom this desk works on and asks about; of another's, 404. 涉及的孩子"""
    if not key:
        return None
    if not key.isdigit() or len(key) > 18 or request.appointment.desk not in OF_CHILDREN:
        raise Http404
    rows = Enrolment.objects.visible_to(request.appointment).filter(season=season, person=int(key))
    one = rows.select_related("person").first()
    if one is None:
        raise Http404
    return one.person


def readable(request: Seated, season: Season) -> Any:
    """The answers that this desk may find. 可见答复"""
    area = request.appointment.organisation.pooling_area
    return GeneralAnswer.objects.current().for_readers(area, season.plan_year, staff=True)


def mark_of(alike: list[GeneralAnswer]) -> str:
    """Of which answers the asker has read that they do not help. 已看标记"""
    return "-".join(str(one.pk) for one in alike)


def once_of(text: str) -> str:
    """The form's mark; a form without one gets one, and is then not told apart from its twin. 表单标记"""
    return text if len(text) == 32 and text.isascii() and text.isalnum() else secrets.token_hex(16)
