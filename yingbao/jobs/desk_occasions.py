"""What happens that those who work at desks should be told: answers, cases, and changes of their own accounts. 经办消息

Like `occasions`: read from what others have written down, each told once under a key of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import groupby

from yingbao.agents.models import Appointment, Desk, User
from yingbao.cases.models import CaseStep
from yingbao.enrolment.models import RegistrationStep
from yingbao.enrolment.seasons import china_day
from yingbao.messages.queueing import Telling
from yingbao.trail.models import Event
from yingbao.values.clock import CHINA
from yingbao.values.text import Text

OF_AGENTS = frozenset({Desk.SCHOOL, Desk.COMMUNITY})
OF_CASES = OF_AGENTS | {Desk.AGENCY, Desk.TAX}
ANSWERED = {"registered": Text("已登记", "registered"), "sent_back": Text("已退回", "sent back"),
            "handed": Text("已转其他渠道", "handed to another channel")}  # fmt: skip
COMES = frozenset({"ask", "pass_on", "send_again", "go_up", "reopen", "hand_on"})
"""acts after which a case lies with a body that did not have it, or has to act on it again"""
GOES_BACK = {"return": Text("已退回", "was returned"), "settle": Text("已办结", "is settled")}
ACCOUNT = {
    "password_changed": Text("密码已修改", "the password was changed"),
    "password_reset": Text("密码已由管理员重设", "the password was reset by an administrator"),
    "factor_added": Text("已添加登录第二步验证", "a second step was added"),
    "factor_removed": Text("已移除登录第二步验证", "a second step was removed"),
    "factor_reset": Text("登录第二步验证已由管理员重置", "the second step was reset by an administrator"),
    "recovery_codes_renewed": Text("恢复码已重新生成", "the recovery codes were renewed"),
    "user_changed": Text("账户资料已由管理员修改", "the account was changed by an administrator"),
}  # fmt: skip


def clerks_of(
    organisations: Iterable[int], *, at: datetime, desks: Collection[str] = OF_AGENTS
) -> dict[int, list[User]]:
    """Who works at the school or community desk, or at these desks, of these organisations. 经办人"""
    today = china_day(at)
    held = Appointment.objects.filter(
        organisation__in=list(organisations), desk__in=list(desks), since__lte=today, user__is_active=True
    ).exclude(until__lt=today)
    found: dict[int, list[User]] = {}
    for one in held.select_related("user").order_by("organisation", "user"):
        users = found.setdefault(one.organisation_id, [])
        if one.user not in users:
            users.append(one.user)
    return found


def registrations_answered(since: datetime) -> Iterator[Telling]:
    """The agency answered what a school asked: many at once are one message."""
    steps = (
        RegistrationStep.objects.filter(at__gt=since, to_state__in=sorted(ANSWERED))
        .order_by("request__enrolment__organisation", "at", "to_state", "pk")
        .values_list("request__enrolment__organisation", "at", "to_state", "request__enrolment__organisation__name")
    )
    groups = [(key, len(list(rows))) for key, rows in groupby(steps)]
    clerks = clerks_of({key[0] for key, _ in groups}, at=since)
    for (organisation, at, state, name), count in groups:
        values = {"school": name, "count": str(count), "answer": ANSWERED[state].zh}
        key = f"registered:{organisation}:{at.timestamp():.6f}:{state}"
        for user in clerks.get(organisation, []):
            yield Telling("registration_answered", values, f"{key}:{user.pk}", user=user)


def cases_moved(since: datetime) -> Iterator[Telling]:
    """A case came to a body, or came back to who asked: their clerks are told, but for who did it."""
    steps = list(
        CaseStep.objects.filter(at__gt=since, act__in=sorted(COMES | set(GOES_BACK)))
        .select_related("case", "to_organisation", "case__asked_by_organisation")
        .order_by("pk")
    )
    ends = [(step, step.to_organisation if step.act in COMES else step.case.asked_by_organisation) for step in steps]
    clerks = clerks_of({end.pk for _, end in ends if end is not None}, at=since, desks=OF_CASES)
    for step, end in ends:
        if end is None:
            continue
        what = Text("转到您单位，请接收办理", "lies with you now") if step.act in COMES else GOES_BACK[step.act]
        values = {"body": end.name, "number": step.case.number, "what": what.zh}
        for user in clerks.get(end.pk, []):
            if user.pk != step.by_id:
                yield Telling("case_moved", values, f"case_moved:{step.pk}:{user.pk}", user=user)


def accounts_changed(since: datetime) -> Iterator[Telling]:
    """Password or second step of an account changed: its owner hears of it, and can say that it was somebody else."""
    events = Event.objects.filter(at__gt=since, what__in=sorted(ACCOUNT), about__startswith="user ").order_by("pk")
    told = [(event, event.about.removeprefix("user ")) for event in events]
    users = User.objects.in_bulk([int(key) for _, key in told if key.isdigit()])
    for event, key in told:
        user = users.get(int(key)) if key.isdigit() else None
        if user is not None and user.is_active:
            values = {"what": ACCOUNT[event.what].zh, "moment": f"{event.at.astimezone(CHINA):%m-%d %H:%M}"}
            yield Telling("account_changed", values, f"account:{event.pk}", user=user)
