"""City, facts and a day in; decision, reasons and clauses out. Nothing is stored. 试算"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yingbao.determination import explain
from yingbao.determination.counter import Decision, determine_one
from yingbao.enrolment import versions
from yingbao.enrolment.models import Season
from yingbao.enrolment.parts import REGISTRATION_PLACES
from yingbao.enrolment.seasons import policy_of
from yingbao.families.typed_facts import FIELDS_TYPED, asked_by, categories, read
from yingbao.policy import catalogue, terms
from yingbao.policy.model import Policy
from yingbao.values import clock, money
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.front.cities import by_city, readable

TONES = {"enrolled": "good", "ineligible": "bad"}
TIERS = {"1": Text("一档", "tier one"), "2": Text("二档", "tier two")}


@require_GET
def start(request: HttpRequest) -> HttpResponseBase:
    """Which city and year. 选择统筹区和年度"""
    return render(request, "calculator/start.html", {"cities": by_city(readable(), clock.today())})


@never_cache
@require_http_methods(["GET", "POST"])
def calculate(request: HttpRequest, area: str, year: int) -> HttpResponse:
    """The facts, and with them the decision; what was typed stays, right or wrong. 试算"""
    policy = tried(f"{area}/{year}")
    if policy is None:
        raise Http404
    if request.method == "GET":
        return render(request, "calculator/form.html", page(policy, {}, []))
    typed = {field: str(request.POST.get(field, "")).strip()[:80] for field in FIELDS_TYPED}
    chosen = [str(one) for one in request.POST.getlist("assistance")]
    found = read(typed, chosen, policy, today=clock.today())
    context = page(policy, typed, chosen)
    if found.wrong:
        return render(request, "calculator/form.html", context | {"wrong": found.wrong}, status=422)
    decision = determine_one(policy, found.facts, clock.today())
    return render(request, "calculator/form.html", context | outcome(policy, found.facts, decision))


def tried(policy_id: str) -> Policy | None:
    """The policy to try, as its season has it, else as it is in force; none that can be read. 试算的政策"""
    if catalogue.ID.fullmatch(policy_id) is None:
        return None
    season = Season.objects.filter(policy=policy_id).first()
    try:
        return policy_of(season) if season is not None else versions.in_force(policy_id)
    except Refused:
        return None


def page(policy: Policy, typed: dict[str, str], chosen: list[str]) -> dict[str, Any]:
    """The form with what was typed. 表单"""
    return {
        "policy": policy, "asked": asked_by(policy), "typed": typed, "chosen": chosen, "wrong": {},
        "stages": list(terms.STAGES.items()), "documents": list(terms.IDENTITY_TYPES.items()),
        "categories": [(one, terms.ASSISTANCE[one]) for one in categories(policy)], "tiers": list(TIERS.items()),
        "today": clock.today().isoformat(), "help_lines": policy.help_lines,
    }  # fmt: skip


def outcome(policy: Policy, facts: dict[str, object], decision: Decision) -> dict[str, Any]:
    """What came out, in words. 结果"""
    paid = facts["paid_on"]
    payer = policy.subsidy_payers.get(decision.paid_by or "") if decision.subsidised_fen else None
    text = terms.STATUSES[decision.status]
    if decision.status == "enrolled":
        text = Text("可以参保，家庭缴{sum}", "Can be enrolled; the family pays {sum}").filled(
            sum=money.said(decision.self_paid_fen)
        )
    return {
        "decision": decision, "tone": TONES.get(decision.status, "warn"), "verdict": text, "payer": payer,
        "agent": terms.AGENTS.get(decision.agent), "channel": terms.CHANNELS.get(decision.channel or ""),
        "registration": REGISTRATION_PLACES.get(decision.registration or ""), "paid_on": paid,
        "reasons": explain.reasons(policy, facts, decision, clock.today()),
        "passed_over": [
            (terms.TABLES[each.table], each) for each in explain.passed_over(policy, facts, clock.today())
        ],
    }  # fmt: skip
