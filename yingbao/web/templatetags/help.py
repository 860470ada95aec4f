"""Whom to call, in one line on pages where people get stuck. 求助电话"""

from __future__ import annotations

from typing import Any

from django import template
from django.db import DatabaseError

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.cases.responsible import Contact, contact_of
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of
from yingbao.policy.model import Policy
from yingbao.values.text import Text

register = template.Library()
LINES_SHOWN = 2
ASKED = (OrganisationKind.INSURANCE_AGENCY, OrganisationKind.TAX_AUTHORITY)


@register.simple_tag(takes_context=True)
def help_near(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The first help lines of the reader's area; of every area, for who is not signed in. 咨询电话"""
    own = getattr(context.get("request"), "appointment", None)
    try:
        seasons = list(Season.objects.order_by("-pooling_area", "-plan_year").distinct("pooling_area"))
    except DatabaseError:  # a page that tells of a fault must not make another one
        return []
    if own is not None:
        seasons = [one for one in seasons if one.pooling_area == own.organisation.pooling_area]
    found = []
    for season in seasons:
        policy = policy_of(season)
        lines = [line for line in policy.help_lines if line.phones][:LINES_SHOWN]
        found.append({"area": season.pooling_area, "name": policy.name, "lines": lines})
    return found


@register.simple_tag(takes_context=True)
def contacts_near(context: dict[str, Any], policy: Policy) -> list[Contact]:
    """Whom to call where the notice names no lines. 联系人

    The body above the reader's own, the agency, the tax authority: only those of whom the platform knows a phone.
    """
    own = getattr(context.get("request"), "appointment", None)
    place = own.organisation if own is not None else None
    above = contact_of(place.parent) if place is not None and place.parent is not None else None
    bodies = Organisation.objects.filter(pooling_area=policy.pooling_area, kind__in=ASKED, active=True)
    if place is not None:
        bodies = bodies.exclude(pk=place.pk)
    known = [Contact(one, one.contact, one.phone) for one in bodies.exclude(phone="").order_by("kind", "pk")]
    return [*([above] if above else []), *known]


@register.simple_tag
def agent_name(agent: str) -> Text:
    """Who enrols, by the policy's word. 代办单位"""
    return {"school": Text("学校／幼儿园", "the school"), "community": Text("社区", "the community")}.get(
        agent, Text(agent, agent)
    )
