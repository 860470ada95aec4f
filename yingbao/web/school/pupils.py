"""The school's pupils: find them, confirm many at once, take them along as a workbook. 学生名单"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, push_url

from yingbao.agents.models import Desk
from yingbao.enrolment import actions, registering
from yingbao.enrolment.listing import EXEMPT, MUST_PAY, EnrolmentQuerySet
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.needs import holds
from yingbao.enrolment.seasons import policy_of
from yingbao.people.looks import looked
from yingbao.people.models import Person
from yingbao.people.search import search
from yingbao.spreadsheet.outgoing import export_pupils
from yingbao.values import clock, identity
from yingbao.values.plain import compact
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.phases import season_of as season_of
from yingbao.web.phases import until
from yingbao.web.school.listing import Listing
from yingbao.web.templatetags.words import language

FINDS_KEPT = 20
LONGEST_REASON = 200
PEOPLE_KEPT = 50
"""so many children that one number finds, such as a parent's phone"""


def listing_of(request: Seated, asked: QueryDict | dict[str, str], kind: type[Listing] = Listing) -> Listing:
    """The list as the address or a form asks for it; `kind` is the desk's own list."""
    said = {name: str(asked.get(name, "")) for name in ("show", "state", "line", "class", "sort", "find", "page")}
    finds = request.session.get("finds", {})
    return kind(appointment=request.appointment, season=season_of(request), asked=said, finds=finds)


@require_GET
@desk(Desk.SCHOOL)
def pupils(request: Seated) -> HttpResponseBase:
    """The list, by class or by name, filtered. 学生名单"""
    return listed(request)


def listed(request: Seated, kind: type[Listing] = Listing) -> HttpResponseBase:
    """The list, the same for every desk that has one. 学生名单"""
    listing = listing_of(request, request.GET, kind)
    request.session["list"] = request.get_full_path()
    context = {
        "listing": listing,
        "policy": policy_of(listing.season),
        **until(policy_of(listing.season), clock.today()),
        "to_ask": registering.to_ask(listing.season, request.appointment.organisation).count(),
    }
    looked(
        user=request.user,
        organisation=request.appointment.organisation,
        what="list",
        count=len(listing.rows),
        at=clock.now(),
    )
    if request.htmx and not request.htmx.history_restore_request:
        return push_url(render(request, "school/_list.html", context), request.get_full_path())
    return render(request, "school/pupils.html", context)


@require_POST
@desk(Desk.SCHOOL)
def find(request: Seated) -> HttpResponseBase:
    """Search: a whole number leads to the child at once, a name to the list. 查找"""
    return sought(request)


def sought(request: Seated, kind: type[Listing] = Listing) -> HttpResponseBase:
    """The search, the same for every desk that has a list. 查找"""
    term = str(request.POST.get("q", "")).strip()[:60]
    listing = listing_of(request, {name: str(value) for name, value in request.POST.items() if name != "find"}, kind)
    asked = listing.asked
    if term:
        kept, only = searched(listing, term)
        looked(
            user=request.user,
            organisation=request.appointment.organisation,
            what="search",
            count=len(kept.get("people", [])),
            at=clock.now(),
        )
        if only is not None:
            url = reverse(listing.at.child, args=[only])
            return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
        asked["find"] = remember(request, kept)
    query = f"?{urlencode(asked)}" if asked else ""
    answer = redirect(reverse(listing.at.list) + query)
    answer.status_code = 303
    return answer


def searched(listing: Listing, term: str) -> tuple[dict[str, Any], int | None]:
    """What the session keeps of a search, and the child if a number names one. 检索

    No name has a digit in it, so a term that has one is a number: of it only the mask stays, and whom it found.
    """
    if not any(sign.isdigit() for sign in compact(term)):
        return {"text": term}, None
    here = Person.objects.filter(pk__in=listing.seen.values("person"))
    people = list(search(here, term).values_list("pk", flat=True)[:PEOPLE_KEPT])
    return {"number": identity.masked(compact(term)), "people": people}, people[0] if len(people) == 1 else None


def remember(request: Seated, kept: dict[str, Any]) -> str:
    """Keep a search in the session; its number stands in the address. 检索编号"""
    number = str(int(request.session.get("last_find", 0)) + 1)
    finds = dict(request.session.get("finds", {}))
    finds[number] = kept
    for old in list(finds)[:-FINDS_KEPT]:
        del finds[old]
    request.session["finds"], request.session["last_find"] = finds, number
    return number


@require_POST
@desk(Desk.SCHOOL)
def confirm(request: Seated) -> HttpResponseBase:
    """Confirm many: first what it comes to, then, if nothing changed since, the deed. 批量确认参保"""
    return confirmed(request)


def confirmed(request: Seated, kind: type[Listing] = Listing) -> HttpResponseBase:
    """Confirming many, the same for every desk that has a list. 批量确认参保"""
    listing = listing_of(request, request.POST, kind)
    scope = request.POST.get("scope", "chosen")
    wanted = listing.narrowed.filter(listing.acted_on).ready()
    if scope != "all":
        ticked = request.POST.getlist("on_page" if scope == "page" else "chosen")
        wanted = wanted.filter(pk__in=[int(one) for one in ticked if one.isascii() and one.isdigit()])
    ready = set(wanted.values_list("pk", flat=True))
    needy = set(Enrolment.objects.filter(pk__in=ready).filter(holds()).values_list("pk", flat=True))
    clear = sorted(ready - needy)
    chosen = Enrolment.objects.filter(pk__in=clear)
    sums = sums_of(chosen)
    back = back_to(listing)
    expected = f"{sums['all']}/{sums['fen']}"
    if clear and request.POST.get("expected") == expected:
        actions.confirm(enrolments=chosen, by=request.appointment, at=clock.now())
        done = Text("已确认 {n} 名学生参保。", "{n} pupils are confirmed.").filled(n=len(clear))
        messages.success(request, done.said(language()))
        return redirect(back)
    context = {
        "listing": listing, "scope": scope, "sums": sums, "expected": expected, "back": back,
        "held_back": len(needy), "chosen": clear if scope != "all" else [],
        "changed": "expected" in request.POST, "policy": policy_of(listing.season),
    }  # fmt: skip
    return render(request, "school/confirm.html", context)


@require_POST
@desk(Desk.SCHOOL)
def ask_registrations(request: Seated) -> HttpResponseBase:
    """Ask the agency to register all first-timers who come through the school, if as many as shown. 批量报送"""
    season, school = season_of(request), request.appointment.organisation
    number = registering.to_ask(season, school).count()
    if request.POST.get("expected") != str(number):
        told = Text(
            "人数有了变化，还没有报送。现在是 {n} 名，请再看一遍。",
            "The number has changed, so nothing was sent; it is {n} now. Please look again.",
        )
        messages.warning(request, told.filled(n=number).said(language()))
    elif number:
        asked = registering.ask_all(season=season, organisation=school, by=request.appointment, at=clock.now())
        done = Text("已为 {n} 名学生报送登记。", "The agency was asked to register {n} pupils.")
        messages.success(request, done.filled(n=asked).said(language()))
    return redirect(reverse("pupils") + "?show=register")


def sums_of(rows: EnrolmentQuerySet) -> dict[str, int]:
    """Heads and fen of those who pay and of those who are exempt. 人数与金额"""
    found = rows.aggregate(
        all=Count("pk"),
        paying=Count("pk", filter=MUST_PAY),
        exempt=Count("pk", filter=EXEMPT),
        fen=Sum("self_paid_fen", filter=Q(status="enrolled")),
        subsidised_fen=Sum("subsidised_fen", filter=Q(status="enrolled")),
    )
    return {name: value or 0 for name, value in found.items()}


@require_POST
@desk(Desk.SCHOOL)
def export(request: Seated) -> HttpResponseBase:
    """The list, as filtered, as a workbook; that it was taken is recorded, whole numbers with their reason. 导出"""
    return exported(request)


def exported(request: Seated, kind: type[Listing] = Listing) -> HttpResponseBase:
    """The export, the same for every desk that has a list. 导出"""
    listing = listing_of(request, request.POST, kind)
    full, reason = request.POST.get("full") == "1", str(request.POST.get("reason", "")).strip()
    if full and not 0 < len(reason) <= LONGEST_REASON:
        told = Text(
            "导出完整号码须写明用途（200 字以内）。", "Say what the whole numbers are for (up to 200 characters)."
        )
        messages.error(request, told.said(language()))
        return redirect(back_to(listing))
    # Of the children whom another school works on, none are taken along.
    rows = listing.narrowed.filter(listing.acted_on)
    data = export_pupils(rows, language=language(), full_numbers=full)
    looked(
        user=request.user,
        organisation=request.appointment.organisation,
        what="full_number" if full else "export",
        count=rows.count(),
        reason=reason if full else "",
        at=clock.now(),
    )
    answer = HttpResponse(data, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="pupils-{clock.today():%Y%m%d}.xlsx"'
    return answer


def back_to(listing: Listing) -> str:
    """The address of the list as it was asked for."""
    return reverse(listing.at.list) + (f"?{urlencode(listing.asked)}" if listing.asked else "")
