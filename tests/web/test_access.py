"""Who may open what: every address of the platform against everyone who could ask for it. 访问矩阵

The addresses come from the URL configuration. One that is not listed here fails the build, so nobody adds a page
without saying who may open it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.enrolment.building import AT, child, enter, organisation
from tests.web.addresses import EXPECTED
from tests.web.addressing import (
    AGENCY,
    CARD,
    CASES,
    COMMUNITY,
    COUNTED,
    EDUCATION,
    LISTS,
    OFFICERS,
    PLACES,
    PLACING,
    PUBLISH,
    REVIEWING,
    SECURITY,
    SYSTEM,
    TAX,
)
from tests.web.conftest import clerk_of, listed
from tests.web.of_a_campaign import campaign_of
from tests.web.of_a_community import own_things, question_to
from tests.web.standing_town import (
    bank_money_of,
    declaration_of,
    list_of,
    other_school,
    proofs_of,
    receipt_of,
    school,
    standing_town,
    suzhou,
    town,
)
from yingbao.agents.models import Desk
from yingbao.enrolment.models import Enrolment
from yingbao.jobs.models import Job
from yingbao.people.models import Person
from yingbao.web.school.pupil import seen

pytestmark = pytest.mark.django_db
__all__ = ["other_school", "school", "standing_town", "suzhou", "town"]

TAGS = re.compile(r"<(script|style|textarea|pre).*?</\1>|<[^>]*>", re.DOTALL)
PROGRAM_WORDS = re.compile(r"\b(None|True|False|nan|undefined)\b")
MATTERS = {name: page for name, page in EXPECTED.items() if page.about not in ("", "policy", "day", "code", "binding")}


def signed(name: str) -> bool:
    """Whether what comes there carries a channel's signature in place of a form's token."""
    return name.startswith("notice-")


def addresses(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every address there is, but those of the interface: tests/web/api holds them against every token."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            if one.namespace != "api":
                yield from addresses(one)
        else:
            yield one


def test_every_address_says_here_who_may_open_it():
    assert sorted(str(one.name) for one in addresses()) == sorted(EXPECTED)


def ask(client: Client, name: str, thing: int | None = None):
    """Open an address, without anything filled in."""
    fixed = {"": [], "policy": ["320500", 2020], "day": ["2019-11-11"], "code": ["0", "0"]}
    arguments = fixed.get(EXPECTED[name].about, [thing])
    return getattr(client, EXPECTED[name].method)(reverse(name, args=arguments))


@pytest.mark.parametrize("name", EXPECTED)
def test_nobody_signed_in_gets_no_further_than_the_public_pages(name, town):
    answer = ask(Client(), name, town.own.get(EXPECTED[name].about))
    if EXPECTED[name].desks is None:
        assert answer.status_code in EXPECTED[name].answers
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("desk", list(PLACES))
def test_every_desk_opens_its_own_addresses_and_no_others(desk, town, signed_in):
    seat = town.clerk if desk == Desk.SCHOOL else clerk_of(organisation(PLACES[desk]), desk)
    job = Job.objects.create(
        owner=seat.user, organisation=seat.organisation, task="roster.review", about={"zh": "", "en": ""}, asked_at=AT
    )
    own = town.own | {"job": job.pk, "list": list_of(seat.organisation, seat)} | proofs_of(seat)
    if desk in CASES:
        question = question_to(seat.organisation, town.season, seat)
        own |= {"question": question} | ({} if desk in PLACING else {"case": question})
    own |= campaign_of(seat.organisation, town.season, seat) if seat != town.clerk else {}
    if seat.desk == Desk.COMMUNITY:
        own |= own_things(seat, town.season) | bank_money_of(seat.organisation, seat)
        filed = declaration_of(seat.organisation, town.season, seat)
        own |= {"declaration": filed, "receipt": receipt_of(Enrolment.objects.get(person=own["child"]))}
    told, client, bare = {}, signed_in(seat), []
    for name, page in EXPECTED.items():
        thing = own.get(page.about)
        answer = ask(client, name, thing)
        status = answer.status_code
        bare += [f"{name}: {found}" for found in program_words(answer)]
        if page.method == "post":
            client = signed_in(seat)  # it may have ended the session, or changed what it sees
        allowed = page.desks is None or desk in page.desks
        told[name] = status in (200, 302, 303, 409, 422, *page.answers) if allowed else status == 403
    assert [name for name, right in told.items() if not right] == []
    assert bare == []


def program_words(answer: HttpResponse) -> list[str]:
    """What a page shows of the program instead of words: a value that was not there, or was not said."""
    if answer.streaming or not answer["Content-Type"].startswith("text/html"):
        return []
    text = TAGS.sub(" ", answer.content.decode())
    return [text[max(0, found.start() - 40) : found.end() + 20] for found in PROGRAM_WORDS.finditer(text)]


@pytest.mark.parametrize("name", MATTERS)
def test_nothing_of_another_school_or_city_can_be_reached(name, town, signed_in):
    seats = {LISTS: town.officer, TAX: town.collector, AGENCY: clerk_of(organisation("insurance_agency"), Desk.AGENCY),
             COMMUNITY: clerk_of(organisation("community"), Desk.COMMUNITY)}  # fmt: skip
    seats |= {desks: clerk_of(organisation("operations"), *desks) for desks in (SYSTEM, SECURITY)}
    seats[PUBLISH] = seats[REVIEWING] = seats[COUNTED] = seats[AGENCY]
    seats[CARD] = clerk_of(organisation("card_centre"), Desk.CARD)
    seats[EDUCATION] = clerk_of(organisation("education_bureau"), Desk.EDUCATION)
    seats[OFFICERS] = seats[AGENCY]
    client = signed_in(seats.get(EXPECTED[name].desks, town.clerk))
    for thing in town.others[EXPECTED[name].about]:
        assert ask(client, name, thing).status_code == 404


@pytest.mark.parametrize("name", [name for name, page in EXPECTED.items() if page.method == "post"])
def test_what_changes_something_is_never_done_by_following_a_link(name, town, signed_in):
    page = EXPECTED[name]
    arguments = [town.own[page.about]] if page.about else []
    assert signed_in(town.clerk).get(reverse(name, args=arguments)).status_code == 405


@pytest.mark.parametrize(
    "name", [name for name, page in EXPECTED.items() if page.method == "post" and not signed(name)]
)
def test_what_changes_something_wants_the_forms_token(name, town, signed_in):
    page = EXPECTED[name]
    arguments = [town.own[page.about]] if page.about else []
    assert signed_in(town.clerk, enforce_csrf_checks=True).post(reverse(name, args=arguments)).status_code == 403


def test_a_child_that_is_also_on_our_roster_can_be_looked_at_and_not_acted_upon(town, school, signed_in):
    theirs = town.others["pupil"][0]
    enter(Person.objects.get(pk=theirs), school, contested=True)
    client = signed_in(town.clerk)
    shown = ask(client, "pupil", theirs)
    assert shown.status_code == 200
    assert "沧浪学校" in shown.content.decode()
    mark = seen(Enrolment.objects.get(person=theirs))
    for act in ("confirm", "decline", "withdraw", "correct", "number"):
        assert client.post(reverse(f"pupil-{act}", args=[theirs]), {"seen": mark}).status_code == 404


def test_a_session_of_another_schools_clerk_sees_none_of_our_names(town, school, other_school, suzhou, signed_in):
    listed(school, suzhou, child(school, name="独一无二"))
    stranger = signed_in(clerk_of(other_school, Desk.SCHOOL))
    for name in ("school-home", "pupils", "jobs"):
        assert "独一无二" not in ask(stranger, name).content.decode()
    found = stranger.post("/school/pupils/search", {"q": "独一无二"}, follow=True)
    assert found.context["listing"].total == 0
    assert found.context["listing"].rows == []
