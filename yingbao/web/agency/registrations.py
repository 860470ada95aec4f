"""First-timers who wait for a registration: who asked, through which channel, since when. 首次参保登记"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation
from yingbao.enrolment import registering
from yingbao.enrolment.lifecycle import State
from yingbao.enrolment.models import Enrolment, RegistrationRequest, Season, Tally
from yingbao.enrolment.parts import REGISTRATION_PLACES
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.tallying import registrations_due
from yingbao.people.grades import grade_name
from yingbao.people.models import IdentityDocument, Person, SchoolRoll
from yingbao.people.search import search
from yingbao.policy import terms
from yingbao.values import clock, identity
from yingbao.values.plain import compact
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.phases import until
from yingbao.web.school.pupils import remember, season_of
from yingbao.web.tax.shared import look, page_of, tell

PAGE_SIZE = 50
MOST_AT_ONCE = 500
Asked = RegistrationRequest.State


AT_COMMUNITY = ("hukou_community", "residence_community", "community")


class View(NamedTuple):
    """A way to look at those who wait. 视图"""

    name: Text
    holds: Q


def _request(**conditions: Any) -> Exists:
    return Exists(RegistrationRequest.objects.filter(enrolment=OuterRef("pk"), **conditions))


def views() -> dict[str, View]:
    """The views, what waits for the agency first. 名单视图"""
    through_school, asked = Q(registration=registering.CHANNEL), Q(_request(state=Asked.ASKED))
    back = Q(_request(state=Asked.SENT_BACK)) & ~asked
    return {
        "": View(Text("待我审核", "For us to answer"), asked),
        "unasked": View(Text("学校未报送", "Not asked for yet"), through_school & ~Q(_request())),
        "back": View(Text("已退回学校", "Sent back"), through_school & back),
        "community": View(
            Text("到社区登记", "At the community"),
            Q(registration__in=AT_COMMUNITY),
        ),
        "points": View(Text("积分待自动登记", "By points"), Q(registration="points")),
        "all": View(Text("全部未登记", "All not registered"), ~Q(registration="")),
    }


AGES: dict[str, tuple[Text, int, int]] = {
    "0": (Text("不满 6 岁", "under 6"), 0, 5),
    "6": (Text("6 至 11 岁", "6 to 11"), 6, 11),
    "12": (Text("12 至 17 岁", "12 to 17"), 12, 17),
    "18": (Text("18 岁及以上", "18 and over"), 18, 150),
}
"""Bands of age on the first day of cover, to filter by. 年龄段"""


def unregistered(season: Season) -> QuerySet[Enrolment]:
    """All first-timers of the season whose basic data are not on file and still can be put there. 待登记"""
    rows: QuerySet[Enrolment] = Enrolment.objects.filter(season=season, state=State.DRAFT, status="enrolled")
    return rows.exclude(registration="")


def for_us(season: Season) -> int:
    """How many stand in the first view, which waits for the agency. 待我审核"""
    return unregistered(season).filter(views()[""].holds).count()


class Waiting:
    """The list of those who wait, as the address asks for it. 待登记名单"""

    def __init__(self, request: Seated, said: Any) -> None:
        self.season: Season = season_of(request)
        finds = request.session.get("finds", {})
        self.show = said.get("show", "") if said.get("show", "") in views() else ""
        self.school = said.get("school", "") if _is_key(said.get("school", "")) else ""
        self.age = said.get("age", "") if said.get("age", "") in AGES else ""
        self.find = said.get("find", "") if said.get("find", "") in finds else ""
        self.found: dict[str, Any] = dict(finds[self.find]) if self.find else {}

    @property
    def asked(self) -> dict[str, str]:
        """What the address says, without the page."""
        said = {"show": self.show, "school": self.school, "age": self.age, "find": self.find}
        return {name: value for name, value in said.items() if value}

    @property
    def everyone(self) -> QuerySet[Enrolment]:
        """All first-timers of the season whose basic data are not on file."""
        return unregistered(self.season)

    @cached_property
    def narrowed(self) -> QuerySet[Enrolment]:
        """Those whom all filters leave."""
        rows = self.everyone.filter(views()[self.show].holds)
        if self.school:
            rows = rows.filter(organisation=int(self.school))
        if self.age:
            first = policy_of(self.season).cover_from
            _, least, most = AGES[self.age]
            rows = rows.filter(person__birth_date__gt=_years_before(first, most + 1))
            rows = rows.filter(person__birth_date__lte=_years_before(first, least))
        if "people" in self.found:
            rows = rows.filter(person__in=self.found["people"])
        return rows

    @property
    def total(self) -> int:
        """How many all filters leave; of a whole view it is known from its sums."""
        if set(self.asked) <= {"show"}:
            return next(int(view["count"]) for view in self.offered if view["here"])
        return self.narrowed.count()

    @cached_property
    def offered(self) -> list[dict[str, Any]]:
        """The views with how many each holds: sums by channel; only whom a school asked for is counted. 视图及人数"""
        by_channel = registrations_due(self.season)
        asked_for = self.everyone.filter(pk__in=RegistrationRequest.objects.values("enrolment"))
        through_school, known = Q(registration=registering.CHANNEL), views()
        counts = asked_for.aggregate(
            asked=Count("pk", filter=known[""].holds), back=Count("pk", filter=known["back"].holds),
            through_school=Count("pk", filter=through_school),
        )  # fmt: skip
        held = {
            "": counts["asked"], "unasked": by_channel.get(registering.CHANNEL, 0) - counts["through_school"],
            "back": counts["back"], "community": sum(by_channel.get(channel, 0) for channel in AT_COMMUNITY),
            "points": by_channel.get("points", 0), "all": sum(by_channel.values()),
        }  # fmt: skip
        return [
            {"key": key, "name": view.name, "count": held[key], "here": key == self.show} for key, view in known.items()
        ]

    def _by_agent(self, *channels: str) -> dict[int, int]:
        """Heads of those who wait, by agent: of these channels, if any are named."""
        rows = Tally.objects.filter(season=self.season, state=State.DRAFT, status="enrolled").exclude(registration="")
        if channels:
            rows = rows.filter(registration__in=channels)
        return {key: n for key, n in rows.values_list("organisation").annotate(Sum("heads")).order_by() if n}

    @property
    def schools(self) -> list[dict[str, Any]]:
        """The agents that have anybody in this view. 单位"""
        channels = {"community": AT_COMMUNITY, "points": ("points",), "all": ()}.get(self.show)
        held = self.everyone.filter(views()[self.show].holds).values_list("organisation")
        counts = dict(held.annotate(Count("pk")).order_by()) if channels is None else self._by_agent(*channels)
        found = Organisation.objects.filter(pk__in=counts).order_by("code")
        return [{"one": one, "count": counts[one.pk], "here": str(one.pk) == self.school} for one in found]


@require_GET
@desk(Desk.AGENCY)
def registrations(request: Seated) -> HttpResponse:
    """Who waits for a registration, first of all for ours. 首次参保登记"""
    waiting = Waiting(request, request.GET)
    total = waiting.total
    pages = page_of(request, total, PAGE_SIZE)
    rows = lines(waiting, pages["first"])
    request.session["registrations"] = request.get_full_path()
    look(request, "list", len(rows))
    context = {
        "waiting": waiting, "rows": rows, "total": total, "policy": policy_of(waiting.season),
        **until(policy_of(waiting.season), clock.today()), "can_pick": any(row["pick"] for row in rows),
        "ages": AGES.items(),
    } | pages  # fmt: skip
    return render(request, "agency/registrations.html", context)


def lines(waiting: Waiting, first: int) -> list[dict[str, Any]]:
    """The lines of one page: who, where, through which channel, asked when. 名单行"""
    order = ["registration_requests__asked_at", "pk"] if waiting.show == "" else ["person__name_pinyin", "pk"]
    rows = waiting.narrowed
    if waiting.show == "":
        rows = rows.filter(registration_requests__state=Asked.ASKED)
    found = list(rows.select_related("person", "organisation").order_by(*order)[first : first + PAGE_SIZE])
    people = [one.person_id for one in found]
    current = IdentityDocument.objects.filter(person__in=people, replaced_at__isnull=True)
    numbers = {
        person: (masked, kind) for person, masked, kind in current.values_list("person", "number_masked", "kind")
    }
    rolls = {
        roll.person_id: roll
        for roll in SchoolRoll.objects.filter(person__in=people, left_on__isnull=True).order_by("-pk")
    }
    asked = {each.enrolment_id: each for each in RegistrationRequest.objects.filter(enrolment__in=found).order_by("pk")}
    return [
        {
            "one": one,
            "number": numbers.get(one.person_id, ("", ""))[0],
            "kind": terms.IDENTITY_TYPES.get(numbers.get(one.person_id, ("", ""))[1]),
            "grade": grade_name(roll.stage, roll.grade) if (roll := rolls.get(one.person_id)) else None,
            "place": REGISTRATION_PLACES[one.registration],
            "request": (request := asked.get(one.pk)),
            "state": registering.STATE_TEXTS[Asked(request.state)] if request else None,
            "pick": request is not None and request.state == Asked.ASKED,
        }
        for one in found
    ]


@require_POST
@desk(Desk.AGENCY)
def find(request: Seated) -> HttpResponseBase:
    """Search by name, pinyin or a whole number; what was typed stands in no address. 查找"""
    waiting = Waiting(request, request.POST)
    term, asked = str(request.POST.get("q", "")).strip()[:60], waiting.asked
    asked.pop("find", None)
    if term:
        here = Person.objects.filter(pk__in=waiting.everyone.values("person"))
        people = list(search(here, term).values_list("pk", flat=True)[:PAGE_SIZE])
        is_number = any(sign.isdigit() for sign in compact(term))
        look(request, "search", len(people))
        if is_number and len(people) == 1:
            return redirect("agency-registration", pk=people[0])
        kept = {"number": identity.masked(compact(term))} if is_number else {"text": term}
        asked = {"show": "all", "find": remember(request, kept | {"people": people})}
    answer = redirect(reverse("agency-registrations") + (f"?{urlencode(asked)}" if asked else ""))
    answer.status_code = 303
    return answer


@require_POST
@desk(Desk.AGENCY)
def approve_many(request: Seated) -> HttpResponseBase:
    """Register many: first who and how many, then, if nothing changed since, the deed. 批量审核通过"""
    waiting = Waiting(request, request.POST)
    area = request.appointment.organisation.pooling_area
    wanted = registering.waiting(area).filter(enrolment__season=waiting.season)
    if request.POST.get("scope") == "all":
        wanted = wanted.filter(enrolment__in=waiting.narrowed.values("pk"))
    else:
        wanted = wanted.filter(pk__in=[int(one) for one in request.POST.getlist("chosen") if _is_key(one)])
    chosen = list(wanted.select_related("enrolment__person", "enrolment__organisation")[:MOST_AT_ONCE])
    expected = hashlib.sha256(repr([(one.pk, mark(one.enrolment)) for one in chosen]).encode()).hexdigest()[:16]
    back = reverse("agency-registrations") + (f"?{urlencode(waiting.asked)}" if waiting.asked else "")
    if chosen and request.POST.get("expected") == expected:
        number = registering.approve(requests=chosen, by=request.appointment, at=clock.now())
        tell(request, Text("已登记 {n} 名孩子的基本信息。", "{n} children are registered."), n=number)
        return redirect(back)
    by_school: dict[str, int] = {}
    for one in chosen:
        by_school[one.enrolment.organisation.name] = by_school.get(one.enrolment.organisation.name, 0) + 1
    look(request, "list", len(chosen))
    context = {
        "chosen": chosen, "by_school": sorted(by_school.items()), "expected": expected, "back": back,
        "changed": "expected" in request.POST, "asked": waiting.asked, "most": MOST_AT_ONCE,
    }  # fmt: skip
    return render(
        request, "agency/registrations_approve.html", context, status=409 if "expected" in request.POST else 200
    )


def mark(one: Enrolment) -> str:
    """A mark of what a page showed of a child: it differs once what an officer decides by has changed. 页面版本"""
    asked = list(one.registration_requests.order_by("pk").values_list("pk", "state"))
    shown = (
        one.state,
        one.status,
        one.registration,
        one.organisation_id,
        one.because,
        sorted(one.facts.items()),
        asked,
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _years_before(day: date, years: int) -> date:
    """The same day so many years earlier; of 29 February the day before. 若干年前"""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _is_key(said: Any) -> bool:
    return isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 19
