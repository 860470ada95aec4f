"""The children of a phone, and one child's year: steps, sum, reasons, who answers for it. 我的孩子"""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.cases.responsible import contact_of
from yingbao.collection.models import Receipt
from yingbao.collection.quoting import Quote, quote
from yingbao.enrolment.correcting import is_open
from yingbao.enrolment.lifecycle import ENDED, State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.reasons import as_it_stands, continuity, passed_over, reasons
from yingbao.enrolment.seasons import last_day_of, policy_of
from yingbao.families import stages, wishing
from yingbao.families.given_back import given_back
from yingbao.families.models import Binding, DataRequest
from yingbao.people.models import Person
from yingbao.publicity.handing import note_read
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web import receipted
from yingbao.web.family.basket import Basket
from yingbao.web.family.finding import veiled_name
from yingbao.web.family.recorded import recorded
from yingbao.web.family.visiting import (
    Visiting,
    bound,
    enrolment_of,
    is_in_wechat,
    looked_at,
    own,
    visited,
    visitor,
    ward,
)

SETTLED = frozenset({State.PAID, State.EXEMPT, State.COVERED})
"""Nothing is left to pay: no last day is shown any more."""

TOO_LATE = Text(
    "本年度办理期已过，不能再恢复；下一年度办理开始时请再参保。",
    "The time for this year is over; enrol when that for the next begins.",
)
RETURN_BY = Text("还想参保：请联系{agent}重新办理。", "To enrol after all, ask {agent} to take the child up again.")


@require_GET
@never_cache
def home(request: HttpRequest) -> HttpResponseBase:
    """Where families begin: without a code what everybody can do, with one their children. 家长首页"""
    if visitor(request) is None:
        return render(request, "family/start.html", {})
    return children(request)


@visited
def children(request: Visiting) -> HttpResponseBase:
    """Every child of this phone, in a line. 孩子列表"""
    held = bound(request)
    for one in held:
        looked_at(request, one)
    return render(request, "family/home.html", {"rows": [summary(one) for one in held]})


def summary(binding: Binding) -> dict[str, Any]:
    """A child in a line: of another family's no more than the sum and whether it is paid. 概要"""
    one = enrolment_of(binding.person)
    name = binding.person.name if binding.is_guardian else veiled_name(binding.person.name)
    row: dict[str, Any] = {"binding": binding, "one": one, "name": name}
    if one is None:
        return row
    found = quoted(one)
    row |= {"payable": found.refused is None, "due_fen": found.offer(None).due_fen, "refused": found.refused}
    if binding.is_guardian:
        row["next"] = next_stage(one)
    return row


def next_stage(one: Enrolment) -> stages.Stage | None:
    """What is to be done next, if anything. 下一步"""
    return next((stage for stage in stages.stages(one, clock.now()) if stage.state == "next"), None)


def quoted(one: Enrolment) -> Quote:
    """What is to be paid today, or why nothing is. 今日报价"""
    return quote(enrolments=[one], kind="page", at=clock.now())[0]


@require_GET
@never_cache
@visited
def child(request: Visiting, pk: int) -> HttpResponseBase:
    """One child's year, for a guardian; for who only helps to pay, the sum. 孩子"""
    binding = own(request, pk)
    if not binding.is_guardian:
        return render(request, "family/helper.html", {"row": summary(binding)})
    shown = page(binding)
    if shown["one"] is not None:
        # The sum, why and until when stand here as on the letter.
        note_read(shown["one"], at=clock.now())
    return render(request, "family/child.html", shown)


def page(binding: Binding) -> dict[str, Any]:
    """All that the child's page shows. 页面内容"""
    one, at = enrolment_of(binding.person), clock.now()
    asked = DataRequest.objects.filter(person=binding.person, phone_index=binding.phone_index).order_by("-pk")[:5]
    context: dict[str, Any] = {"binding": binding, "person": binding.person, "one": one, "asked": list(asked)}
    if one is None:
        return context | unlisted(binding.person)
    policy, found = policy_of(one.season), quoted(one)
    last = last_day_of(one, clock.today())
    return context | {
        "policy": policy, "verdict": as_it_stands(one), "continuity": continuity(one), "stages": stages.stages(one, at),
        "ended": one.state in ENDED, "given_back": given_back(one), "reasons": reasons(one, policy),
        "settled": one.state in SETTLED,
        "passed_over": passed_over(one, policy), "rest": stages.who_pays_rest(one, policy), "quote": found,
        "payable": found.refused is None and one.state not in ENDED, "last": last,
        "to_do": one.state not in ENDED | SETTLED, "answers": answering(one.organisation), **ways_on(one),
        "help_lines": policy.help_lines, "seen": seen(one),
        "other_guardian": binding.person.guardians.filter(phone_index__isnull=False).count() > 1,
    }  # fmt: skip


def ways_on(one: Enrolment) -> dict[str, Any]:
    """How a child can leave, or who left come back: by the family, by whom, or not any more. 可办事项"""
    way = wishing.way(one, clock.now())
    if one.state not in ENDED:
        return {"way": way}
    if not is_open(one, clock.today()):
        return {"way": "", "return_by": TOO_LATE}
    return {"way": way, "return_by": None if way == "back" else RETURN_BY.filled(agent=one.organisation.name)}


def seen(one: Enrolment) -> str:
    """A mark of what the page showed, so that a stale one does nothing. 页面版本"""
    shown = (one.pk, one.state, one.state_at, one.organisation_id, one.status, one.self_paid_fen)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def answering(organisation: Organisation) -> dict[str, Any]:
    """Who answers for the child, with the published number: its own, else that of the office above it. 负责单位"""
    found = contact_of(organisation)
    return {"name": organisation.name, "phone": found.phone if found else ""}


def unlisted(person: Person) -> dict[str, Any]:
    """What to do for a child who is on nobody's list yet. 尚未列入名单"""
    stay = (
        person.rolls.filter(left_on__isnull=True).select_related("school__parent").order_by("contested", "pk").first()
    )
    if stay is not None:
        season = Season.objects.filter(pooling_area=stay.school.pooling_area).order_by("-plan_year").first()
        return {"answers": answering(stay.school), "at_school": True, "help_lines": help_lines(season)}
    communities = Organisation.objects.filter(kind=OrganisationKind.COMMUNITY, active=True, division=person.hukou)
    found = list(communities.select_related("parent").order_by("pk")[:2]) if person.hukou else []
    area = found[0].pooling_area if found else None
    season = Season.objects.filter(pooling_area=area).order_by("-plan_year").first() if area else None
    # Six digits of hukou do not tell two communities apart: then none is named.
    only = answering(found[0]) if len(found) == 1 else None
    return {"answers": only, "at_school": False, "help_lines": help_lines(season)}


def help_lines(season: Season | None) -> list[Any]:
    """Whom to ask, by the policy of the season; of every city if none is known. 咨询电话"""
    if season is not None:
        return list(policy_of(season).help_lines)
    return [line for one in Season.objects.order_by("pooling_area", "-plan_year") for line in policy_of(one).help_lines]


@require_POST
@visited
def pay(request: Visiting, pk: int) -> HttpResponseBase:
    """Into the basket, and on to paying; a second click adds nothing. 去缴费"""
    one = enrolment_of(own(request, pk).person)
    if one is None:
        raise Http404
    found = quoted(one)
    if found.refused is not None:
        raise found.refused
    Basket(request).add(one.pk)
    return redirect("pay")


@require_GET
@never_cache
@visited
def papers(request: Visiting, pk: int) -> HttpResponseBase:
    """The receipts of all years. 历年票据"""
    binding = ward(request, pk)
    rows = receipts_of(binding.person)
    context = {"binding": binding, "rows": rows, "wechat": is_in_wechat(request)}
    return render(request, "family/papers.html", context)


@require_GET
@never_cache
@visited
def paper(request: Visiting, pk: int) -> HttpResponse:
    """One of them as PDF. 票据文件"""
    wards = [one.person for one in bound(request) if one.is_guardian]
    found = next((row for person in wards for row in receipts_of(person).filter(pk=pk)), None)
    if found is None:
        raise Http404
    recorded(request, "family_looked", found.obligation.person_id, clock.now())
    return receipted.as_file(found)


def receipts_of(person: Person) -> Any:
    """The valid receipts for a child, the newest first. 有效票据"""
    rows = Receipt.objects.filter(obligation__person=person, voided_at__isnull=True)
    return rows.select_related("obligation__person").order_by("-pk")
