"""Children who stand twice, kind by kind; and those on two rolls, of whom it is decided where they are. 查重"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation, OrganisationKind, User
from yingbao.collection.claims import masked_name
from yingbao.collection.whole import whole
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day, policy_of
from yingbao.jobs.assisted import after_statuses
from yingbao.people import history, rolls
from yingbao.people.alike import WHY
from yingbao.people.grades import grade_name
from yingbao.people.looks import looked
from yingbao.people.models import IdentityDocument, LeaveReason, Person, SchoolRoll
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.doubles import KINDS, alike, counts, forget, in_two_areas, on_two_rolls
from yingbao.web.agency.registration import who
from yingbao.web.school.pupil import STALE, TWICE
from yingbao.web.school.pupils import LONGEST_REASON, season_of
from yingbao.web.tax.shared import area_of, look, page_of, tell
from yingbao.web.wall import beyond, by_platform

PAGE_SIZE = 50


@require_GET
@desk(Desk.AGENCY)
@beyond("is one child enrolled, or recorded, in two places?")
def duplicates(request: Seated) -> HttpResponse:
    """One kind of duplicates at a time, the child's number masked. 查重"""
    season = season_of(request)
    known = counts(season)
    wanted = request.GET.get("show", "")
    show = wanted if wanted in KINDS else next((kind for kind in KINDS if known[kind]), next(iter(KINDS)))
    if show == "alike":
        pairs = alike(season)
        pages = page_of(request, len(pairs), PAGE_SIZE)
        rows = alike_rows(pairs[pages["first"] : pages["first"] + PAGE_SIZE], area_of(request))
        total = len(pairs)
    else:
        found = on_two_rolls(season.pooling_area) if show == "rolls" else in_two_areas(season)
        total = found.count()
        pages = page_of(request, total, PAGE_SIZE)
        people = list(found.order_by("name_pinyin", "pk")[pages["first"] : pages["first"] + PAGE_SIZE])
        rows = roll_rows(people, area_of(request)) if show == "rolls" else area_rows(people, season)
    look(request, "list", len(rows))
    context = {
        "shows": [{"key": key, "name": kind.name, "here": key == show, "count": total if key == show else known[key]}
                  for key, kind in KINDS.items()],
        "show": show, "meaning": KINDS[show].meaning, "rows": rows, "total": total, "policy": policy_of(season),
    } | pages  # fmt: skip
    return render(request, "agency/duplicates.html", context)


def numbers_of(people: list[int]) -> dict[int, str]:
    """The current documents' masks."""
    current = IdentityDocument.objects.filter(person__in=people, replaced_at__isnull=True)
    return dict(current.values_list("person", "number_masked"))


def roll_rows(people: list[Person], area: str) -> list[dict[str, Any]]:
    """Each child with the schools that claim it; of a school elsewhere no more than that there is one."""
    keys = [person.pk for person in people]
    numbers, claims = numbers_of(keys), dict[int, list[object]]((key, []) for key in keys)
    for roll in (
        SchoolRoll.objects.filter(person__in=keys, left_on__isnull=True).select_related("school").order_by("pk")
    ):
        ours = roll.school.pooling_area == area
        claims[roll.person_id].append(roll.school.name if ours else ELSEWHERE)
    return [
        {"person": person, "number": numbers.get(person.pk, ""), "claims": claims[person.pk], "key": person.pk}
        for person in people
    ]


def area_rows(people: list[Person], season: Season) -> list[dict[str, Any]]:
    """Each child with its agent here and the other area's agency."""
    keys = [person.pk for person in people]
    numbers = numbers_of(keys)
    own = {
        one.person_id: one
        for one in Enrolment.objects.filter(season=season, person__in=keys).select_related("organisation")
    }
    return [
        {"person": person, "number": numbers.get(person.pk, ""), "own": own[person.pk], "key": person.pk}
        for person in people
    ]


def alike_rows(pairs: list[Any], area: str) -> list[dict[str, Any]]:
    """Each pair; of a record that only another area works on the name is masked."""
    keys = [key for pair in pairs for key in (pair.first, pair.second)]
    people, numbers = Person.objects.in_bulk(keys), numbers_of(keys)
    ours = set(Enrolment.objects.filter(person__in=keys, season__pooling_area=area).values_list("person", flat=True))

    def side(key: int) -> dict[str, Any]:
        person = people[key]
        return {
            "name": person.name if key in ours else masked_name(person.name),
            "number": numbers.get(key, ""),
            "ours": key in ours,
        }

    return [
        {
            "sides": [side(pair.first), side(pair.second)],
            "born": people[pair.first].birth_date,
            "key": f"{pair.first}-{pair.second}",
            "why": WHY[pair.why],
        }
        for pair in pairs
    ]


SOURCE = "duplicate "
"""how the history of a roll tells that it was settled here"""
SETTLED_BY = Text("{who}已经这样确认过了，没有重复办理。", "{who} has settled it like this; nothing was done twice.")
ELSEWHERE = Text("外统筹区的学校", "a school of another pooling area")


def agency_of(area: str) -> Organisation | None:
    """The insurance agency of a pooling area, to be telephoned. 经办机构"""
    return Organisation.objects.filter(kind=OrganisationKind.INSURANCE_AGENCY, pooling_area=area, active=True).first()


@require_GET
@desk(Desk.AGENCY)
@beyond("is one child enrolled, or recorded, in two places?")
def roll(request: Seated, pk: int) -> HttpResponse:
    """One child on two rolls: what each school says, what the rule suggests. 两校同时在册"""
    return shown_roll(request, claimed(request, pk))


def claimed(request: Seated, pk: int) -> Person:
    """A child with a roll in this area that somebody contests, or 404; one that was settled is told so by its page."""
    here = SchoolRoll.objects.filter(person=OuterRef("pk"), school__pooling_area=area_of(request))
    person = Person.objects.unmerged().filter(Exists(here), pk=pk).first()
    if person is None:
        raise Http404
    return person


def claims_of(person: Person) -> list[SchoolRoll]:
    """The child's current rolls, the one entered last in front. 在册学校"""
    rows = SchoolRoll.objects.filter(person=person, left_on__isnull=True).select_related("school")
    return list(rows.order_by("-school_year", "-entered_on", "pk"))


def roll_mark(person: Person) -> str:
    """A mark of what the page showed. 页面版本"""
    shown = [(each.pk, each.school_id, each.contested, each.entered_on) for each in claims_of(person)]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def shown_roll(request: Seated, person: Person, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of one child on two rolls. 页面"""
    area, season = area_of(request), season_of(request)
    looked(user=request.user, organisation=request.appointment.organisation, what="page", person=person, at=clock.now())
    claims = claims_of(person)
    one = Enrolment.objects.filter(season=season, person=person).select_related("organisation", "person").first()
    far = [each.school.pooling_area for each in claims if each.school.pooling_area != area]
    context = {
        "person": person, "one": one, "seen": roll_mark(person), "season": season,
        "claims": [{"roll": each, "ours": each.school.pooling_area == area,
                    "grade": grade_name(each.stage, each.grade)} for each in claims],
        "settled": len(claims) < 2, "suggested": claims[0] if claims else None, "elsewhere": bool(far),
        "agency": agency_of(far[0]) if far else None, "typed": {}, "wrong": {},
        **(who(one) if one else {}),
    }  # fmt: skip
    return render(request, "agency/duplicate_roll.html", context | more, status=status)


@require_POST
@desk(Desk.AGENCY)
@beyond("is one child enrolled, or recorded, in two places?")
def settle_roll(request: Seated, pk: int) -> HttpResponseBase:
    """Say at which school the child is; the other roll ends, and who enrols it follows. 确认学籍"""
    person = claimed(request, pk)
    typed = {name: str(request.POST.get(name, "")).strip() for name in ("school", "reason")}
    if request.POST.get("seen") != roll_mark(person):
        if (settler := settled_by(person, typed["school"], area_of(request))) == request.user:
            tell(request, TWICE)
            return redirect("agency-duplicate-roll", pk=pk)
        told = SETTLED_BY.filled(who=settler.name) if settler else STALE
        return shown_roll(request, person, status=409, typed=typed, wrong={"": told})
    claims = {str(each.school_id): each for each in claims_of(person)}
    wrong: dict[str, Text] = {}
    if typed["school"] not in claims and typed["school"] != "other":
        wrong["school"] = Text("请选孩子在哪一所学校。", "Please say at which school the child is.")
    if not 0 < len(typed["reason"]) <= LONGEST_REASON:
        wrong["reason"] = Text(
            "请写明怎样核实的（200 字以内）。", "Please say how it was found (up to 200 characters)."
        )
    if wrong:
        return shown_roll(request, person, status=422, typed=typed, wrong=wrong)
    at, area = clock.now(), area_of(request)
    source = f"{SOURCE}{typed['reason']}"[:60]

    def deed() -> None:
        if all(each.school.pooling_area == area for each in claims.values()):
            school = claims[typed["school"]].school
            rolls.settle_contested(
                person=person, school=school, on=china_day(at), by=request.user, at=at, source=source
            )
        else:
            # Another area's roll is that agency's to end; here only our own claim is given up.
            for each in claims.values():
                if each.school.pooling_area == area and str(each.school_id) != typed["school"]:
                    rolls.leave_roll(
                        roll=each, reason=LeaveReason.ON_ANOTHER_ROLL, on=china_day(at), by=request.user, at=at,
                        source=source,
                    )  # fmt: skip
        follow(person.pk, request, at)

    try:
        whole(deed)
    except (Refused, KeyError) as error:
        told = error.what if isinstance(error, Refused) else Text("请选一所学校。", "Please choose a school.")
        return shown_roll(request, person, status=422, typed=typed, wrong={"": told})
    tell(request, Text("学籍已确认，代办单位已随之调整。", "Settled; who enrols the child follows."))
    return redirect("agency-duplicate-roll", pk=pk)


def settled_by(person: Person, school: str, area: str) -> User | None:
    """Who said already what this form asks for; nobody, if the child is not where the form would put it. 谁已确认"""
    claims = claims_of(person)
    left = [each for each in claims if each.school.pooling_area == area]
    if left if school == "other" else [str(each.school_id) for each in claims] != [school]:
        return None
    deeds = history.of(person).filter(table_name=SchoolRoll._meta.db_table, source__startswith=SOURCE)
    last = deeds.first()
    return last.actor if last else None


@by_platform("decision, agent and debts of a child follow by rule from where it is")
def follow(person: int, request: Seated, at: Any) -> None:
    """Let decision, agent and debts of every season of the child follow. 重新核定"""
    with transaction.atomic():
        for season in Season.objects.filter(enrolments__person=person).order_by("pk").distinct():
            after_statuses(season=season, person_ids=[person], at=at, by=request.user)
            forget(season)
