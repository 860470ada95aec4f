"""Register one child: the decision is shown before anything is stored, then it is stored, registered, and paid. 登记

Three answers are possible: the child is ours (store it), another body's (whom to call; a school is handed the child as
a case), or cannot be enrolled (why). Whoever is known to the platform already is never entered a second time.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation, OrganisationKind
from yingbao.cases import handing, newcomer
from yingbao.cases.kinds import RESPONSIBLE
from yingbao.cases.responsible import communities_of, contact_of, look
from yingbao.determination.counter import Decision
from yingbao.determination.explain import reasons
from yingbao.enrolment import actions
from yingbao.enrolment.lifecycle import Act, State, edge_of
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.parts import REGISTRATION_PLACES, may
from yingbao.enrolment.reasons import Verdict
from yingbao.enrolment.seasons import newborn_last_day, policy_of
from yingbao.enrolment.taking_in import take_in
from yingbao.people import actions as people
from yingbao.people.bulk import NewPerson, NumberTaken
from yingbao.people.matching import Incoming, match
from yingbao.people.models import IdentityDocument, Person
from yingbao.sealing.sealed import index_of
from yingbao.values import clock, money
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.cases.whose import answer
from yingbao.web.community import form
from yingbao.web.community.counter import BASKET, at_counter
from yingbao.web.family.basket import Basket
from yingbao.web.school.pupils import season_of
from yingbao.web.templatetags.words import language
from yingbao.web.wall import beyond, by_platform

CHANGED = Text(
    "您改动了内容或情况有了变化，还没有存。请按现在的结果再看一遍。",
    "The form or the situation changed, so nothing was stored. Please look at the result again.",
)
TAKEN = Text(
    "这个号码已登记在别人名下。请逐位核对；确实无误的，请交医保经办机构核查。",
    "Somebody else has this number. Compare it digit by digit; if it is right, ask the insurance agency.",
)
STORED = Text("{name}已登记，列入“{place}”名单。", "{name} is registered and on the list of {place}.")
HANDED = Text(
    "{name}已建档，转给“{place}”，个案编号{number}。", "{name} is on file and was handed to {place}: case {number}."
)


@require_GET
@desk(Desk.COMMUNITY)
def new(request: Seated) -> HttpResponse:
    """The empty form. 登记"""
    return page(request, form.typed_in({}))


def page(request: Seated, typed: dict[str, str], *, status: int = 200, **more: Any) -> HttpResponse:
    """The form with what was typed, what is wrong with it, and what came out. 页面"""
    place = request.appointment.organisation
    schools = Organisation.objects.schools().filter(pooling_area=place.pooling_area, active=True).order_by("name")
    context = {
        "typed": typed, "wrong": {}, "policy": policy_of(season_of(request)), "schools": schools[:600],
        "communities": below(request) if place.kind != OrganisationKind.COMMUNITY else [], **form.choices(),
    }  # fmt: skip
    return render(request, "community/register.html", context | more, status=status)


def below(request: Seated) -> list[Organisation]:
    """The communities directly below a sub-district, for which it may act. 下属社区"""
    return list(
        Organisation.objects.filter(
            parent=request.appointment.organisation, kind=OrganisationKind.COMMUNITY, active=True
        ).order_by("code")
    )


def community_of(request: Seated, typed: dict[str, str]) -> Organisation | None:
    """The community that registers: one's own, or the one that a sub-district chose. 登记社区"""
    place = request.appointment.organisation
    if place.kind == OrganisationKind.COMMUNITY:
        return place
    return next((one for one in below(request) if str(one.pk) == typed["community"]), None)


@sensitive_post_parameters()
@require_POST
@desk(Desk.COMMUNITY)
@beyond("is this number already somebody's? nobody is entered a second time")
def register(request: Any) -> HttpResponseBase:
    """Check and show, or, if it is still what was shown, store. 核对与登记"""
    typed, at, step = form.typed_in(request.POST), clock.now(), str(request.POST.get("step", ""))
    place = community_of(request, typed)
    if place is None:
        chosen = {"community": Text("请选择登记的社区。", "Please choose the community.")}
        return page(request, typed, status=422, wrong=chosen)
    filled = form.read(typed, place=place, on=clock.today())
    if filled.person is None:
        return page(request, typed, status=422, wrong=filled.wrong)
    if (told := known_already(request, filled.person, typed, at)) is not None:
        return told
    shown = preview(request, filled.person, filled.school, place)
    if step not in ("store", "pay", "hand"):
        return page(request, typed, **shown)
    if request.POST.get("expected") != shown["expected"]:
        return page(request, typed, status=409, general=CHANGED, **shown)
    try:
        if step == "hand":
            return handed(request, filled.person, filled.school, typed, at)
        return stored(request, filled.person, place, at, pay=step == "pay")
    except NumberTaken:
        # Somebody else was quicker: what stands now is told as for whoever was known before.
        return known_already(request, filled.person, typed, at) or page(request, typed, status=409, general=CHANGED)
    except Refused as refused:
        general = Text(f"{refused.what.zh}。{refused.mend.zh}", f"{refused.what.en}. {refused.mend.en}")
        return page(request, typed, status=422, general=general, **shown)


def known_already(request: Seated, person: NewPerson, typed: dict[str, str], at: datetime) -> HttpResponse | None:
    """Whoever is on the platform is not entered again: whose child it is, or that the number is another's. 已有档案"""
    index = index_of(person.documents[-1].number)
    if IdentityDocument.objects.filter(number_index=index).exists():
        found = look(name=person.name, number=person.documents[-1].number, by=request.appointment, at=at)
        if found is None:
            return page(request, typed, status=422, wrong={"number": TAKEN})
        return page(request, typed, status=409, known=True, **answer(request, found))
    (same,) = match([Incoming(index, person.name, person.birth_date)])
    if same.alike and typed["not_same"] != "1":
        alike = Person.objects.filter(pk__in=same.alike)
        mine = Enrolment.objects.visible_to(request.appointment).filter(person__in=alike, season=season_of(request))
        return page(request, typed, status=409, alike=len(same.alike), alike_here=list(mine.select_related("person")))
    return None


def preview(request: Seated, person: NewPerson, school: Organisation | None, place: Organisation) -> dict[str, Any]:
    """The decision as it would be, who is responsible, and a mark of both. 试算"""
    policy, today = policy_of(season_of(request)), clock.today()
    others = communities_of(place.pooling_area, newcomer.divisions_of(person))
    weighed = newcomer.weigh(
        policy=policy, person=person, place=place, others=others, on=today,
        school_division=school.division if school else None, stage=school.stages[0] if school else "none",
    )  # fmt: skip
    facts, decision, ours = weighed
    mark = repr((person, school.pk if school else None, place.pk, decision, ours)).encode()
    body = (
        school if decision.agent == "school" else None if ours or decision.agent is None else next(iter(others), None)
    )
    return {
        "decision": decision,
        "verdict": verdict(decision),
        "why": reasons(policy, facts, decision, today),
        "payer": policy.subsidy_payers.get(decision.paid_by or ""),
        "ours": ours,
        "to_school": decision.agent == "school",
        "body": body,
        "contact": contact_of(body) if body else None,
        "registers": REGISTRATION_PLACES.get(decision.registration or "") if decision.registration else None,
        "until": newborn_last_day(policy, person.birth_date, today),
        "storable": weighed.storable,
        "payable": ours and decision.status == "enrolled" and pays_here(decision),
        "place": place,
        "expected": hashlib.sha256(mark).hexdigest()[:16],
    }


def pays_here(decision: Decision) -> bool:
    """Whether the premium is taken at a community's counter."""
    return decision.channel == "community" and decision.self_paid_fen > 0


def verdict(decision: Decision) -> Verdict:
    """The decision in one line. 结论"""
    if decision.status == "enrolled" and decision.self_paid_fen:
        text = Text("可以参保，家庭缴{sum}", "Can be enrolled; the family pays {sum}")
        return Verdict("good", text.filled(sum=money.said(decision.self_paid_fen)))
    return {
        "enrolled": Verdict("good", Text("可以参保，家庭不用缴费", "Can be enrolled; the family pays nothing")),
        "ineligible": Verdict("bad", Text("不能参保", "Cannot be enrolled")),
        "refer": Verdict("warn", Text("须由医保经办人员决定", "An officer of the insurance agency decides")),
        "not_open": Verdict("warn", Text("还没有到办理时间", "It is too early to enrol")),
    }.get(decision.status, Verdict("warn", Text("已过办理期限", "The time to enrol is over")))


def stored(request: Seated, person: NewPerson, place: Organisation, at: datetime, *, pay: bool) -> HttpResponseBase:
    """Put the child on file and on the list, register its basic data, and go on to the counter. 建档登记"""
    by, season = request.appointment, season_of(request)
    with transaction.atomic():
        made = put_on_file(person, request, at)
        one = take_in(season=season, person=made, organisation=place, by=by, at=at)
        due = edge_of(Act.REGISTER, one.state) is not None and one.state == State.DRAFT
        if due and one.registration and may(Act.REGISTER, by, one):
            one = actions.register(enrolment=one, channel=one.registration, by=by, at=at)
    messages.success(request, STORED.filled(name=made.name, place=place.name).said(language()))
    if pay and at_counter(by).filter(pk=one.pk).exists():
        Basket(request, BASKET).add(one.pk)
        return redirect("counter")
    return redirect("child", pk=made.pk)


def put_on_file(person: NewPerson, request: Seated, at: datetime) -> Person:
    """The child's data as they were checked and shown. 建档"""
    # The rows are copied in, which PostgreSQL does for no role behind the wall.
    with by_platform("a child who is known to nobody yet is put on file, as it was checked and shown"):
        return people.add_person(person=person, by=request.user, at=at)


def handed(
    request: Seated, person: NewPerson, school: Organisation | None, typed: dict[str, str], at: datetime
) -> HttpResponseBase:
    """A pupil is the school's: its data are kept and the school is handed the child, so that the family need not go."""
    if school is None:
        return page(request, typed, status=409, general=CHANGED)
    question = Text(
        "家长到社区登记，说孩子在贵校就读。请核实学籍并列入名单。",
        "The family says the child is at your school; please check the roll and put it on your list.",
    )
    with transaction.atomic():
        made = put_on_file(person, request, at)
        case = handing.ask(
            person=made, season=season_of(request), kind=RESPONSIBLE, question=question.zh, to=school,
            by=request.appointment, at=at,
        )  # fmt: skip
    done = HANDED.filled(name=made.name, place=school.name, number=case.number)
    messages.success(request, done.said(language()))
    return redirect("case", pk=case.pk)
