"""A policy as the public reads it, with nothing asked of the reader. 政策公开"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.enrolment import versions
from yingbao.policy import catalogue, terms
from yingbao.policy.directory import directory_of
from yingbao.policy.fit import tables_of
from yingbao.policy.model import Policy
from yingbao.policy.operators import operators_of
from yingbao.policy.outcomes import in_general, outcome, reward_said, waiting_said
from yingbao.policy.rules import Rule
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.front.cities import by_city, readable


@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    """Every city and year there is. 政策目录"""
    return render(request, "front/policies.html", {"cities": by_city(readable(), clock.today())})


@require_GET
def policy(request: HttpRequest, area: str, year: int) -> HttpResponse:
    """One city's year: who, when, how much, who pays, from when, where to ask. 政策"""
    if catalogue.ID.fullmatch(f"{area}/{year}") is None:
        raise Http404
    try:
        found = versions.in_force(f"{area}/{year}")
        directory = directory_of(found, catalogue.find(found.policy)) if found.directory else None
    except Refused as refused:
        raise Http404 from refused
    today = clock.today()
    context: dict[str, Any] = {
        "policy": found,
        "windows": [
            {"window": one, "now": one.first <= today <= one.last, "over": today > one.last}
            for one in found.windows.values()
        ],
        "tables": [
            {"name": name, "title": terms.TABLES[name], "rules": [told(rule, found) for rule in rules]}
            for name, rules in tables_of(found)
        ],
        "assisted": assisted(found),
        "waiting": waiting_said(found.waiting) if found.waiting is not None else [],
        "never_waiting": [found.criteria[name].says for name in found.waiting.never]
        if found.waiting is not None
        else [],
        "rewards": [(reward, reward_said(reward)) for reward in found.rewards],
        "routes": [{"route": one, "who": terms.PAYERS_OF_ROUTES[one.for_]} for one in found.payment_routes],
        "exempt_stages": [terms.STAGES[stage] for stage in found.points_admission.exempt_stages]
        if found.points_admission
        else [],
        "directory": directory,
    }
    return render(request, "front/policy.html", context)


def told(rule: Rule, policy: Policy) -> dict[str, object]:
    """One rule: what follows, why, and when it holds. 规则"""
    return {
        "rule": rule,
        "outcome": outcome(rule, policy),
        "because": in_general(rule),
        "when": [policy.criteria[name].says for name in rule.when],
        "provisional": rule.id in policy.provisional,
    }


def assisted(policy: Policy) -> list[Text]:
    """The categories that some subsidy rule asks for. 救助类别"""
    asked = (policy.criteria[name] for rule in policy.tables.subsidy for name in rule.when)
    codes: list[str] = []
    for criterion in asked:
        categories = operators_of(criterion).get("any_of")
        if criterion.fact == "assistance" and isinstance(categories, list):
            codes += [code for code in categories if code not in codes]
    return [terms.ASSISTANCE[code] for code in codes]
