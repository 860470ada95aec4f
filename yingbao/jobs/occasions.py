"""What happens that somebody should be told: read from what others have written down, told once. 消息时机

Nobody who pays, returns or answers knows of messages. Every few minutes the latest rows are read, each is told under
a key of its own; a round that runs twice or is cut off tells nothing a second time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.db.models import Count, Q
from procrastinate.contrib.django import app

from yingbao.cases.models import CaseStep
from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import Receipt, Refund
from yingbao.declaration.lifecycle import State as Declared
from yingbao.declaration.models import Declaration
from yingbao.determination.explain import said_day
from yingbao.enrolment.lifecycle import ENDED, TAKEN, Act
from yingbao.enrolment.models import Enrolment, Season, Step
from yingbao.enrolment.seasons import china_day, last_day, last_day_of, policy_of
from yingbao.families.models import DataRequest
from yingbao.jobs import questions
from yingbao.jobs.desk_occasions import accounts_changed, cases_moved, clerks_of, registrations_answered
from yingbao.messages import forgetting
from yingbao.messages.models import WechatFollower
from yingbao.messages.queueing import Telling, queue_all
from yingbao.messages.templates import called
from yingbao.people.models import Guardian
from yingbao.spreadsheet.models import AssistedList
from yingbao.values import clock
from yingbao.values.money import yuan

log = logging.getLogger(__name__)

EVERY_TEN_MINUTES = "*/10 * * * *"
NINE_IN_CHINA = "0 1 * * *"
"""The queue reckons in UTC. 北京时间九点"""
LOOKED_BACK = timedelta(days=2)
"""After a fault that lasted longer nobody is told what is old by then."""
AT_ONCE = 1_000
DUE_IN_DAYS = (7, 1)
NO_PHONE = "见平台"


@app.periodic(cron=EVERY_TEN_MINUTES)
@app.task(name="yingbao.occasions", queue="work", pass_context=False, queueing_lock="occasions")
def each_ten_minutes(timestamp: int) -> None:
    """Tell what has happened lately. 发出提醒"""
    close_old_connections()
    told = tell(at=clock.now())
    if told:
        log.info("%s messages queued about what happened", told)


@app.periodic(cron=NINE_IN_CHINA)
@app.task(name="yingbao.deadlines", queue="work", pass_context=False, queueing_lock="deadlines")
def each_morning(timestamp: int) -> None:
    """Remind agents of the deadline, and delete old messages. 截止提醒"""
    close_old_connections()
    log.info("%s clerks reminded of the deadline", remind_agents(at=clock.now()))
    log.info("%s old messages deleted", forgetting.purge(at=clock.now()))


def tell(*, at: datetime) -> int:
    """Queue a message for everything that happened lately; returns how many are new. 入队"""
    since = at - LOOKED_BACK
    return sum(queue_all(occasion(since), at=at) for occasion in OCCASIONS)


def guardians_of(person_ids: Iterable[int]) -> dict[int, Guardian]:
    """The guardian of each child whom we tell: the first who has a phone. 通知对象"""
    found = Guardian.objects.filter(person__in=set(person_ids), phone_index__isnull=False)
    return {one.person_id: one for one in found.order_by("person", "position").distinct("person")}


def _steps(since: datetime, act: Act, *states: str) -> list[Step]:
    """The latest steps of a kind, of children who still stand where the step led."""
    steps = Step.objects.filter(act=act, at__gt=since).select_related("enrolment__person", "enrolment__season")
    return [step for step in steps.order_by("pk") if not states or step.enrolment.state in states]


def _of_steps(steps: list[Step], kind: str, values: Callable[[Enrolment], Mapping[str, str]]) -> Iterator[Telling]:
    guardians = guardians_of(step.enrolment.person_id for step in steps)
    for step in steps:
        guardian = guardians.get(step.enrolment.person_id)
        if guardian is not None:
            common = {"child": called(step.enrolment.person.name), "year": str(step.enrolment.plan_year)}
            yield Telling(kind, common | dict(values(step.enrolment)), f"{kind}:{step.pk}", guardian=guardian)


def _paid(since: datetime) -> Iterator[Telling]:
    """A family's money is in, and its receipt issued."""
    rows = list(
        Receipt.objects.filter(issued_at__gt=since, voided_at__isnull=True, replaces__isnull=True)
        .select_related("obligation__enrolment__person")
        .order_by("pk")
    )
    guardians = guardians_of(row.obligation.person_id for row in rows)
    for row in rows:
        owed = row.obligation
        guardian = guardians.get(owed.person_id)
        if guardian is not None and owed.paid_on:
            values = {
                "child": called(owed.enrolment.person.name),
                "year": str(owed.plan_year),
                "amount": yuan(row.amount_fen),
                "day": said_day(owed.paid_on).zh,
            }
            yield Telling("paid", values, f"paid:{row.pk}", guardian=guardian)


def _returned(since: datetime) -> Iterator[Telling]:
    """A debit came back: the child is unpaid again, and the family must know."""
    today = clock.today()
    yield from _of_steps(
        _steps(since, Act.BOUNCE, "declared"),
        "debit_returned",
        lambda one: {"amount": yuan(one.self_paid_fen), "deadline": said_day(last_day_of(one, today).day).zh},
    )


def _exempt(since: datetime) -> Iterator[Telling]:
    """Somebody else pays."""
    yield from _of_steps(_steps(since, Act.EXEMPT, "exempt", "covered"), "exempt", lambda one: {})


def _covered(since: datetime) -> Iterator[Telling]:
    """Cover began: told by WeChat alone, because it begins for a whole city on one day and nobody has to act."""
    steps = [step for step in _steps(since, Act.COVER, "covered") if step.enrolment.coverage_from]
    here = WechatFollower.objects.filter(left_at__isnull=True)
    following = {bytes(index) for index in here.values_list("phone_index", flat=True)}
    told = _of_steps(
        steps,
        "cover_begins",
        lambda one: {
            "first": said_day(one.coverage_from).zh if one.coverage_from else "",
            "last": said_day(one.coverage_to).zh if one.coverage_to else "",
        },
    )
    for telling in told:
        if telling.guardian and bytes(telling.guardian.phone_index or b"") in following:
            yield telling


def _refunds(since: datetime) -> Iterator[Telling]:
    """A refund is under way, or has arrived."""
    arrived = Q(state=RefundState.SUCCEEDED, finished_at__gt=since)
    rows = list(
        Refund.objects.filter(Q(submitted_at__gt=since) | arrived, obligation__isnull=False)
        .select_related("obligation__enrolment__person")
        .order_by("pk")
    )
    guardians = guardians_of(row.obligation.person_id for row in rows if row.obligation)
    for row in rows:
        if row.obligation is None or (guardian := guardians.get(row.obligation.person_id)) is None:
            continue
        done = row.state == RefundState.SUCCEEDED
        if done or row.state in (RefundState.SUBMITTED, RefundState.PROCESSING):
            kind = "refund_arrived" if done else "refund_sent"
            values = {"child": called(row.obligation.enrolment.person.name), "amount": yuan(row.amount_fen)}
            yield Telling(kind, values, f"{kind}:{row.pk}", guardian=guardian)


def _answers(since: datetime) -> Iterator[Telling]:
    """The agency answered what a guardian asked."""
    rows = list(DataRequest.objects.filter(answered_at__gt=since, phone_index__isnull=False).select_related("person"))
    guardians = Guardian.objects.filter(person__in=[row.person_id for row in rows], phone_index__isnull=False)
    by_phone = {(one.person_id, bytes(one.phone_index or b"")): one for one in guardians}
    for row in rows:
        guardian = by_phone.get((row.person_id, bytes(row.phone_index or b"")))
        if guardian is not None:
            values = {"child": called(row.person.name), "where": "医保经办机构"}
            yield Telling("request_answered", values, f"request:{row.pk}", guardian=guardian)


def _cases(since: datetime) -> Iterator[Telling]:
    """Another body accepted the family's case: they need not go anywhere."""
    rows = list(
        CaseStep.objects.filter(act="accept", at__gt=since, case__once__isnull=True, case__person__isnull=False)
        .select_related("case__person", "to_organisation")
        .order_by("pk")
    )
    guardians = guardians_of(row.case.person_id for row in rows if row.case.person_id)
    for row in rows:
        guardian = guardians.get(row.case.person_id or 0)
        if guardian is not None and row.case.person is not None:
            values = {
                "child": called(row.case.person.name),
                "where": row.to_organisation.name,
                "phone": row.to_organisation.phone or NO_PHONE,
            }
            yield Telling("case_handed_over", values, f"case:{row.pk}", guardian=guardian)


def _returned_declarations(since: datetime) -> Iterator[Telling]:
    """The tax authority returned a list: its agent's clerks are told."""
    rows = list(
        Declaration.objects.filter(state=Declared.RETURNED, decided_at__gt=since).select_related(
            "organisation", "season"
        )
    )
    clerks = clerks_of({row.organisation_id for row in rows}, at=since)
    for row in rows:
        values = {
            "school": row.organisation.name,
            "year": str(row.season.plan_year),
            "count": str(row.heads),
        }
        for user in clerks.get(row.organisation_id, []):
            yield Telling("declaration_returned", values, f"returned:{row.pk}:{user.pk}", user=user)


def _refused_lists(since: datetime) -> Iterator[Telling]:
    """A list of assisted persons could not be read: whoever brought it is told."""
    rows = AssistedList.objects.filter(state=AssistedList.State.REFUSED, uploaded_at__gt=since)
    for row in rows.select_related("organisation", "uploaded_by").order_by("pk"):
        values = {"body": row.organisation.name, "day": said_day(china_day(row.uploaded_at)).zh}
        yield Telling("list_refused", values, f"refused:{row.pk}", user=row.uploaded_by)


OCCASIONS: tuple[Callable[[datetime], Iterable[Telling]], ...] = (
    *(_paid, _returned, _exempt, _covered, _refunds, _answers, _cases, questions.back),
    *(_returned_declarations, _refused_lists, registrations_answered, cases_moved, accounts_changed),
)
"""Each reads what happened since a moment."""


def remind_agents(*, at: datetime) -> int:
    """Tell each agent's clerks a week and a day before the deadline how many children are missing. 截止提醒"""
    return sum(queue_all(_due(season, at), at=at) for season in Season.objects.order_by("pk"))


def _due(season: Season, at: datetime) -> Iterator[Telling]:
    last, days, window = last_day(policy_of(season), china_day(at))
    if days not in DUE_IN_DAYS:
        return
    waiting = Enrolment.objects.filter(season=season, status="enrolled", organisation__kind="school")
    waiting = waiting.exclude(state__in=sorted(ENDED | TAKEN))
    rows = list(
        waiting.values("organisation", "organisation__name").annotate(missing=Count("pk")).order_by("organisation")
    )
    clerks = clerks_of([row["organisation"] for row in rows], at=at)
    for row in rows:
        organisation = row["organisation"]
        values = {
            "school": row["organisation__name"],
            "year": str(season.plan_year),
            "deadline": said_day(last).zh,
            "days": str(days),
            "missing": str(row["missing"]),
        }
        about = f"due:{season.pk}:{organisation}:{window.phase}:{days}"
        for user in clerks.get(organisation, []):
            yield Telling("declaration_due", values, f"{about}:{user.pk}", user=user)
