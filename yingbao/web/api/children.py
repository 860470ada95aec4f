"""The children a system may see, and what was decided for each. 学生与核定接口"""

from __future__ import annotations

from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.shortcuts import get_object_or_404
from ninja import Router

from yingbao.agents.models import Desk, Scope
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.reasons import reasons
from yingbao.enrolment.seasons import policy_of
from yingbao.people.matching import same_name
from yingbao.people.models import IdentityDocument
from yingbao.sealing.sealed import index_of
from yingbao.web.api.caller import Called, Caller, opens
from yingbao.web.api.shapes import (
    AFTER,
    LIMIT,
    REFUSALS,
    WORD,
    ChildOut,
    ChildPage,
    ChildWhole,
    Found,
    Number,
    ReasonOut,
    Who,
    Words,
)

SEE_CHILDREN = frozenset({Desk.SCHOOL, Desk.COMMUNITY, Desk.AGENCY})
OPENS: dict[str, Any] = opens(Scope.DECISIONS, SEE_CHILDREN)
router = Router(tags=["学生 children"])


@router.get("/children", **OPENS, response={200: ChildPage, **REFUSALS}, summary="名单与核定结果")
def listed(request: Called, state: str = WORD, after: int = AFTER, limit: int = LIMIT) -> ChildPage:
    """The season's children of the organisation, in a fixed order; `after` goes on. 名单"""
    found = whole(of_season(request.auth)).filter(pk__gt=after).order_by("pk")
    if state:
        found = found.filter(state=state)
    page = list(found[: limit + 1])
    request.auth.saw("list", count=len(page[:limit]))
    more = page[limit - 1].pk if len(page) > limit else None
    return ChildPage(items=[ChildOut(**told(one)) for one in page[:limit]], next=more)


@router.post("/children/find", **OPENS, response={200: Found, **REFUSALS}, summary="按姓名和证件号码查找")
def find(request: Called, body: Who) -> Found:
    """One's own child by name and number; whoever is not is not there. 查找"""
    people = IdentityDocument.objects.filter(number_index=index_of(body.number), person__merged_into__isnull=True)
    own = of_season(request.auth).filter(person__in=people.values("person")).select_related("person")
    found = get_object_or_404(own)
    if not same_name(found.person.name, body.name):
        found = get_object_or_404(own.none())
    request.auth.saw("search", person=found.person)
    return Found(id=found.person_id)


@router.get("/children/{pk}", **OPENS, response={200: ChildWhole, **REFUSALS}, summary="核定结果和理由")
def child(request: Called, pk: Number) -> ChildWhole:
    """What was decided for one child, and by which rules. 核定结果和理由"""
    one = get_object_or_404(whole(of_season(request.auth)), person=pk)
    request.auth.saw("page", person=one.person)
    why = [
        ReasonOut(table=each.table, rule=each.rule, clause=each.clause, sentence=Words.of(each.sentence))
        for each in reasons(one, policy_of(one.season))
    ]
    return ChildWhole(**told(one), reasons=why)


def of_season(caller: Caller) -> QuerySet[Enrolment]:
    """The enrolments of today's season that the caller's desk sees."""
    return caller.enrolments().filter(season=caller.season())


def whole(found: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """With all that `told` tells, in one query."""
    return (
        found.select_related("person", "organisation", "season")
        .annotate(
            current=FilteredRelation("person__documents", condition=Q(person__documents__replaced_at__isnull=True))
        )
        .annotate(number_masked=F("current__number_masked"))
    )


def told(one: Enrolment) -> dict[str, Any]:
    """A child as the interface tells it."""
    same = (
        "state", "status", "registration", "channel", "premium_fen", "self_paid_fen", "subsidised_fen", "paid_by",
        "coverage_from", "coverage_to", "as_of",
    )  # fmt: skip
    return {name: getattr(one, name) for name in same} | {
        "id": one.person_id,
        "name": one.person.name,
        "number_masked": one.number_masked or "",  # type: ignore[attr-defined]  # annotated by `whole`
        "agent_code": one.organisation.code,
        "state_said": Words.of(one.state_text),
        "changed_at": one.state_at,
    }
