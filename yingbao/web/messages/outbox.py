"""The system administrator's outbox: what waits, what went, what failed and why; no text and no whole phone. 发件箱"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages as notes
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.exchange.telling import carriers
from yingbao.messages import moving
from yingbao.messages.lifecycle import Act, State, origins
from yingbao.messages.models import Message, MessageQuerySet
from yingbao.messages.templates import GROUP_NAMES, TEMPLATES, Group, Template
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.templatetags.words import language

SHOWN = 20
DAYS = timedelta(days=7)
TONES = {
    State.QUEUED: "", State.SENDING: "accent", State.SENT: "accent", State.DELIVERED: "good", State.FAILED: "bad",
    State.EXPIRED: "warn", State.SUPPRESSED: "",
}  # fmt: skip
CHANNELS = {"sms": Text("短信", "SMS"), "wechat": Text("微信", "WeChat"), "page": Text("站内", "on the page")}
FILES = {"sms": "sms.toml", "wechat": "wechat_account.toml"}
CHANGED = Text("这条消息刚刚有了变化，未做改动", "This message has changed just now; nothing was done")


@require_GET
@desk(Desk.SYSTEM)
def outbox(request: Seated) -> HttpResponse:
    """Counts of a week by kind and state, and the messages of one state. 发件箱"""
    at = clock.now()
    seen = Message.objects.visible_to(request.appointment).filter(queued_at__gt=at - DAYS)
    asked = str(request.GET.get("state", ""))
    state = State(asked) if asked in set(State) else State.FAILED
    kind = str(request.GET.get("kind", ""))
    rows = seen.filter(state=state)
    if kind in TEMPLATES:
        rows = rows.filter(kind=kind)
    total = rows.count()
    context = {
        "states": _states(seen, state),
        "state": state,
        "kinds": _kinds(seen),
        "kind": TEMPLATES.get(kind),
        "rows": [_row(one) for one in rows.select_related("user").order_by("-queued_at", "-pk")[:SHOWN]],
        "total": total,
        "more": max(total - SHOWN, 0),
        "missing": [(CHANNELS[channel], file) for channel, file in FILES.items() if channel not in carriers()],
        "none": not carriers(),
        "oldest": _oldest(request, at),
        "days": DAYS.days,
    }
    return render(request, "messages/outbox.html", context)


@require_POST
@desk(Desk.SYSTEM)
def again(request: Seated, pk: int) -> HttpResponseBase:
    """Send a failed message once more. 重试"""
    message = get_object_or_404(Message.objects.visible_to(request.appointment), pk=pk)
    done = message.state == request.POST.get("seen") and moving.try_again(message=message, at=clock.now())
    return _told(request, message, "message.again", done, Text("已重新排队", "Queued again"))


@require_POST
@desk(Desk.SYSTEM)
def stop(request: Seated, pk: int) -> HttpResponseBase:
    """This message is not to be sent. 停止"""
    message = get_object_or_404(Message.objects.visible_to(request.appointment), pk=pk)
    done = message.state == request.POST.get("seen") and moving.stop(message=message, at=clock.now())
    return _told(request, message, "message.stop", done, Text("已停止，不再发送", "Stopped; it will not be sent"))


def _told(request: Seated, message: Message, what: str, done: bool, said: Text) -> HttpResponseBase:
    if done:
        note(
            what=what, user=request.user, organisation=request.appointment.organisation, about=f"message {message.pk}",
            said={"kind": message.kind, "was": message.state}, at=clock.now(),
        )  # fmt: skip
    (notes.success if done else notes.warning)(request, (said if done else CHANGED).said(language()))
    state = message.state if message.state in set(State) else State.FAILED
    return redirect(f"/messages/?state={state}")


def _row(message: Message) -> dict[str, Any]:
    template: Template | None = TEMPLATES.get(message.kind)
    return {
        "one": message,
        "title": template.title if template else message.kind,
        "channel": CHANNELS[message.channel],
        "state": State(message.state).text,
        "tone": TONES[State(message.state)],
        "to": message.phone_masked or (message.user.name if message.user else ""),
        "again": message.state in origins(Act.RETRY) and message.group != Group.CODE,
        "stop": message.state in origins(Act.STOP),
    }


def _states(seen: MessageQuerySet, here: State) -> list[dict[str, Any]]:
    counted = dict(seen.values_list("state").annotate(Count("pk")))
    return [
        {"key": state.value, "words": state.text, "count": counted.get(state.value, 0), "here": state == here}
        for state in State
    ]


def _kinds(seen: MessageQuerySet) -> list[dict[str, Any]]:
    counted = {
        row["kind"]: row
        for row in seen.values("kind").annotate(
            all=Count("pk"),
            went=Count("pk", filter=Q(state__in=[State.SENT, State.DELIVERED])),
            waiting=Count("pk", filter=Q(state__in=[State.QUEUED, State.SENDING])),
            failed=Count("pk", filter=Q(state=State.FAILED)),
            not_sent=Count("pk", filter=Q(state__in=[State.EXPIRED, State.SUPPRESSED])),
        )
    }
    return [
        counted[kind] | {"title": template.title, "group": GROUP_NAMES[template.group]}
        for kind, template in TEMPLATES.items()
        if kind in counted
    ]


def _oldest(request: Seated, at: datetime) -> datetime | None:
    """Since when the longest waiting message that is due has waited, if that is too long."""
    due = Message.objects.visible_to(request.appointment).filter(
        state=State.QUEUED, next_at__lt=at - timedelta(minutes=15)
    )
    oldest: datetime | None = due.order_by("next_at").values_list("next_at", flat=True).first()
    return oldest
