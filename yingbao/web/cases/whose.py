"""Whose child: by number and name, the body that is responsible; and the case is handed to it. 由谁办理"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation, OrganisationKind
from yingbao.cases import handing
from yingbao.cases.handing import PLACING_DESKS
from yingbao.cases.kinds import RESPONSIBLE
from yingbao.cases.responsible import MOST_A_DAY, Responsible, communities_of, contact_of, look, responsible_for
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.parts import REGISTRATION_PLACES, is_agent
from yingbao.enrolment.seasons import policy_of, season_for
from yingbao.enrolment.taking_in import take_in
from yingbao.people.models import Person
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.templatetags.words import language
from yingbao.web.wall import beyond

LONGEST_NAME, LONGEST_NUMBER = 50, 30
TOKEN_SECONDS = 3600
SALT = "whose child"
GONE = Text("查询已过一小时，请重新查一次。", "The look is more than an hour old; please look again.")


@require_GET
@desk(*PLACING_DESKS)
def whose(request: Seated) -> HttpResponse:
    """The form. 查询"""
    return page(request)


def page(request: Seated, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page with what was found and what was typed. 页面"""
    season = season_for(request.appointment.organisation.pooling_area, clock.today())
    context = {"most": MOST_A_DAY, "policy": policy_of(season), "typed": {}, "wrong": {}} | more
    return render(request, "cases/whose.html", context, status=status)


@sensitive_post_parameters()
@require_POST
@desk(*PLACING_DESKS)
@beyond("whose child is it? asked by whole number and name, answered with the body alone")
def find(request: Any) -> HttpResponseBase:
    """Look: both number and name have to be right. 查询"""
    typed = {
        "name": str(request.POST.get("name", "")).strip()[:LONGEST_NAME],
        "number": str(request.POST.get("number", "")).strip()[:LONGEST_NUMBER],
    }
    wrong = {}
    if not typed["name"]:
        wrong["name"] = Text("请填写姓名。", "Please fill in the name.")
    if not typed["number"]:
        wrong["number"] = Text("请填写完整证件号码。", "Please fill in the whole number.")
    if wrong:
        return page(request, status=422, typed=typed, wrong=wrong)
    try:
        found = look(name=typed["name"], number=typed["number"], by=request.appointment, at=clock.now())
    except Refused as refused:
        told = Text(f"{refused.what.zh}。{refused.mend.zh}", f"{refused.what.en}. {refused.mend.en}")
        return page(request, status=422, typed=typed, wrong={"number": told})
    return page(request, typed=typed, searched=True, **({} if found is None else answer(request, found)))


def answer(request: Seated, found: Responsible) -> dict[str, Any]:
    """The body, how to reach it, by which clause, and what can be done from here. 结果"""
    place = found.organisation
    ours = place is not None and is_agent(request.appointment, place)
    return {
        "found": found,
        "place": place,
        "contact": contact_of(place) if place else None,
        "its_policy": policy_of(found.season),
        "registers": REGISTRATION_PLACES.get(found.first_registers),
        "ours": ours,
        "here": address_here(request, found) if ours else "",
        "takes": taking_place(request, found),
        "token": signing.dumps([request.user.pk, found.person.pk], salt=SALT),
        "receiver": place or agency_of(found.season.pooling_area),
    }


def address_here(request: Seated, found: Responsible) -> str:
    """Where this desk works on the child, if it is on the list already. 办理页面"""
    if not Enrolment.objects.filter(season=found.season, person=found.person, organisation=found.organisation).exists():
        return ""
    name = "pupil" if request.appointment.desk == Desk.SCHOOL else "child"
    return reverse(name, args=[found.person.pk])


def taking_place(request: Seated, found: Responsible) -> Organisation | None:
    """The community here that may take the child onto its own list, because its division is the child's. 可列入社区"""
    here, place = request.appointment.organisation, found.organisation
    if request.appointment.desk != Desk.COMMUNITY or here.kind != OrganisationKind.COMMUNITY or place is None:
        return None
    if place.kind != OrganisationKind.COMMUNITY or here.pooling_area != found.season.pooling_area:
        return None
    listed = Enrolment.objects.filter(season=found.season, person=found.person).exists()
    parents = [one.hukou for one in found.person.guardians.all() if one.hukou]
    near = communities_of(here.pooling_area, [found.person.hukou, *parents])
    return here if not listed and here in near else None


def agency_of(area: str) -> Organisation | None:
    """The insurance agency of a pooling area. 经办机构"""
    found = Organisation.objects.filter(kind=OrganisationKind.INSURANCE_AGENCY, pooling_area=area, active=True)
    return found.order_by("pk").first()


def person_of(request: Seated) -> Person | None:
    """The child whom this user found a moment ago. 查到的孩子"""
    try:
        user, key = signing.loads(str(request.POST.get("token", "")), salt=SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    return Person.objects.unmerged().filter(pk=key).first() if user == request.user.pk else None


@require_POST
@desk(*PLACING_DESKS)
@beyond("the child that was found is handed to whose it is")
def ask(request: Seated) -> HttpResponseBase:
    """Hand the child over to the body that is responsible. 转办"""
    person, at = person_of(request), clock.now()
    question = str(request.POST.get("question", "")).strip()
    if person is None:
        return page(request, status=409, general=GONE, typed={"question": question})
    found = responsible_for(person=person, area=request.appointment.organisation.pooling_area, at=at)
    to = found.organisation or agency_of(found.season.pooling_area)
    if to is None:
        return page(request, status=409, general=GONE, typed={"question": question})
    try:
        made = handing.ask(
            person=person, season=found.season, kind=RESPONSIBLE, question=question, to=to, by=request.appointment,
            at=at,
        )  # fmt: skip
    except Refused as refused:
        told = Text(f"{refused.what.zh}。{refused.mend.zh}", f"{refused.what.en}. {refused.mend.en}")
        more: dict[str, Any] = {"wrong": {"question": told}} if refused.where == "reason" else {"general": told}
        return page(request, status=422, typed={"question": question}, searched=True, **answer(request, found), **more)
    done = Text("已转给“{place}”，个案编号{number}。", "Handed to {place}: case {number}.").filled(
        place=made.to_organisation.name, number=made.number
    )
    messages.success(request, done.said(language()))
    return redirect("case", pk=made.pk)


@require_POST
@desk(Desk.COMMUNITY)
@beyond("a child on nobody's list is put onto this community's")
def take(request: Seated) -> HttpResponseBase:
    """Put a child whom the platform knows onto this community's own list. 列入本社区"""
    person, at = person_of(request), clock.now()
    if person is None:
        return page(request, status=409, general=GONE)
    place = request.appointment.organisation
    season = season_for(place.pooling_area, clock.today())
    one = take_in(season=season, person=person, organisation=place, by=request.appointment, at=at)
    told = Text("{name}已列入本社区名单。", "{name} is on your list now.").filled(name=person.name)
    messages.success(request, told.said(language()))
    return redirect("child", pk=one.person_id)
