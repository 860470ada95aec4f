"""Where the children are who should be insured and are not: bodies by reason, the most first. 未参保分布

Heads alone: who they are stands on the work list of the body that answers for them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk, Organisation
from yingbao.enrolment.standing import MISSING, Standing, of_bodies, total
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.progress import Node, Tree
from yingbao.web.phases import season_of
from yingbao.web.standing import as_of
from yingbao.web.tax.shared import page_of

ON_A_PAGE = 50
OWN_WORK = {
    "unregistered": ("agency-registrations", Text("学校报送、由本机构审核的登记", "Registrations that wait for us")),
    "elsewhere": ("agency-duplicates", Text("核对重复的孩子", "Children who stand twice")),
}
"""What of a reason the agency works on itself. 本机构待办"""


class Row(NamedTuple):
    """A body, or a place with its bodies, and how many of its children are missing for the reason. 单位"""

    node: Node
    heads: int
    missing: int
    contact: str
    phone: str


@require_GET
@desk(Desk.AGENCY)
def missing(request: Seated) -> HttpResponse:
    """One reason at one place: what stands directly below it, the most such children first. 未参保分布"""
    season = season_of(request)
    since = as_of(season)
    tree, why, under = Tree(season), request.GET.get("why", ""), request.GET.get("under", "")
    at = int(under) if under.isascii() and under.isdigit() and len(under) < 12 else None
    path = tree.path(at) if at is not None else []
    if (why and why not in MISSING) or (under and not path):
        raise Http404
    whole = tree.standing(at)
    why = why or max(MISSING, key=lambda reason: whole.reasons.get(reason, 0))
    rows = _rows(tree, at, why, of_bodies(season))
    pages = page_of(request, len(rows), ON_A_PAGE)
    own = OWN_WORK.get(why)
    context: dict[str, Any] = {
        "why": why, "said": MISSING[why], "heads": whole.reasons.get(why, 0), "whole": whole, "path": path,
        "under": under, "as_of": since, "own": {"url": reverse(own[0]), "said": own[1]} if own else None,
        "reasons": [(key, words, whole.reasons[key]) for key, words in MISSING.items() if whole.reasons.get(key)],
        "rows": _with_contact(rows[pages["first"] : pages["first"] + ON_A_PAGE]), **pages,
    }  # fmt: skip
    return render(request, "agency/missing.html", context)


def _rows(tree: Tree, at: int | None, why: str, standings: dict[int, Standing]) -> list[Row]:
    """Whatever stands directly below and has such children, and the body itself if it has: together they are all."""
    parts = [
        (node, total(standings[key] for key in tree.agents(node.pk) if key in standings))
        for node in tree.below(at, every=True)
    ]
    if at is not None and at in standings:
        parts.append((tree.node(at)._replace(has_below=False), standings[at]))
    found = [Row(node, heads, own.missing, "", "") for node, own in parts if (heads := own.reasons.get(why, 0))]
    return sorted(found, key=lambda row: (-row.heads, row.node.name, row.node.pk))


def _with_contact(rows: list[Row]) -> list[Row]:
    bodies = Organisation.objects.in_bulk([row.node.pk for row in rows])
    return [row._replace(contact=bodies[row.node.pk].contact, phone=bodies[row.node.pk].phone) for row in rows]
