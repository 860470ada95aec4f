"""Who may open what: every address of the platform against everyone who could ask for it. 访问矩阵

The addresses come from the URL configuration. One that is not listed here fails the build, so nobody adds a page
without saying who may open it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.enrolment.building import AT, child, enter, organisation
from tests.web.addresses import (
    AGENCY,
    AREA_WIDE,
    CASES,
    COMMUNITY,
    EDUCATION,
    EXPECTED,
    LISTS,
    PLACES,
    PLACING,
    PUBLISH,
    SECURITY,
    SYSTEM,
    TAX,
)  # fmt: skip
from tests.web.conftest import clerk_of, listed
from tests.web.of_a_community import answer_of, case_of, own_things, question_to
from yingbao.agents.models import Appointment, AppointmentRequest, Desk, Organisation, Passkey, Token, Visit
from yingbao.collection.alarming import raise_alarm
from yingbao.collection.arriving import Told, hold
from yingbao.collection.models import (
    Alarm,
    Allocation,
    Arrival,
    BankAccount,
    BankFile,
    Bill,
    BillLine,
    DebitBatch,
    Mandate,
    Obligation,
    Statement,
    StatementLine,
)  # fmt: skip
from yingbao.collection.receipting import issue
from yingbao.collection.refunding import ask as ask_refund
from yingbao.declaration.models import Declaration
from yingbao.enrolment import versions
from yingbao.enrolment.models import CorrectionRequest, Enrolment, PolicyProposal, Season
from yingbao.enrolment.seasons import open_season
from yingbao.families.binding import bind
from yingbao.families.consent import PHONE_ACCESS
from yingbao.families.requesting import ask as ask_agency
from yingbao.jobs.models import Job
from yingbao.ledger.posting import AccountName, Role
from yingbao.messages.models import Message
from yingbao.people.models import Person
from yingbao.publicity.models import HandOut, LetterBatch, Publicising
from yingbao.sealing.sealed import seal_bytes
from yingbao.spreadsheet.models import AssistedList, Roster
from yingbao.supervision.models import Report
from yingbao.supervision.reporting import figures_of
from yingbao.web.school.pupil import seen

pytestmark = pytest.mark.django_db

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


class Town(NamedTuple):
    """A school with a child and a job, and the same elsewhere."""

    season: Season
    clerk: Appointment
    officer: Appointment
    """of a body that sends lists"""
    collector: Appointment
    """of the tax authority"""
    own: dict[str, int]
    others: dict[str, list[int]]


def things(place: Organisation, season: Season, of: Appointment) -> dict[str, Any]:
    """A child, a job and a roster of a school."""
    person = child(place, area=season.pooling_area, hukou=place.division)
    (enrolment,) = listed(place, season, person)
    receipt = receipt_of(enrolment)
    job = Job.objects.create(
        owner=of.user, organisation=place, task="roster.review", about={"zh": "", "en": ""}, asked_at=AT
    )
    roster = Roster.objects.create(
        school=place, season=season, school_year=2019, uploaded_by=of.user, uploaded_at=AT,
        filename="名单.xlsx", sha256="", size_bytes=1,
        state=Roster.State.REVIEWED,
    )  # fmt: skip
    filed = declaration_of(place, season, of)
    correction = CorrectionRequest.objects.create(
        enrolment=enrolment, field="name", wanted="张晓明", reason="户口簿", asked_by=of.user, asked_at=AT
    )
    twin = child(area=season.pooling_area, document="passport")
    return {
        "correction": correction.pk, "pair": f"{person.pk}-{twin.pk}",
        "pupil": person.pk, "area pupil": person.pk, "job": job.pk, "roster": roster.pk, "list": list_of(place, of),
        "declaration": filed, "handed in": filed, "receipt": receipt, "area receipt": receipt,
        **asked_of(person), **money_of(season.pooling_area, f"{place.pk}"), **bank_money_of(place, of),
        **proofs_of(of), **rights_of(place, of), **policies_of(season, of), "agent": place.pk,
        "message": message_of(place, of), "report": "0", "told": told_of(season, of), **letters_of(place, season, of),
        "child": person.pk, "body below": place.pk, "case": case_of(place, season, person, of),
        "question": question_to(organisation("sub_district", area=season.pooling_area), season, of),
        "answer": answer_of(place, of),
    }  # fmt: skip


def letters_of(place: Organisation, season: Season, of: Appointment) -> dict[str, int]:
    """What a school noted of its letters and of other publicity."""
    common = {"season": season, "organisation": place, "by": of.user, "at": AT}
    batch = LetterBatch.objects.create(
        **common, scope="全校", heads=1, wording=0, deadline=AT.date(), key=f"{place.pk}-letters"
    )
    handed = HandOut.objects.create(**common, day=AT.date(), letters=1, children=1)
    told = Publicising.objects.create(**common, way="banner", day=AT.date(), topics=["premium"], key=f"{place.pk}-told")
    return {"letters": batch.pk, "hand-out": handed.pk, "publicity": told.pk}


def message_of(place: Organisation, of: Appointment) -> int:
    """A message to a clerk of the place, which failed."""
    return Message.objects.create(
        kind="list_refused", group="work", channel="page", user=of.user, pooling_area=place.pooling_area, text="-",
        key=f"{place.pk}-{Message.objects.count()}", state="failed", next_at=AT, expires_at=AT + timedelta(days=1),
        queued_at=AT,
    ).pk  # fmt: skip


def told_of(season: Season, of: Appointment) -> int:
    """A report that the education bureau was told, as every place of the area sees it."""
    figures = figures_of(season, on=AT.date())
    return Report.objects.create(
        season=season, ordinal=Report.objects.count() + 1, organisation=of.organisation, made_by=of.user, made_at=AT,
        figures=figures,
    ).pk  # fmt: skip


def policies_of(season: Season, of: Appointment) -> dict[str, int]:
    """A version of the season's policy, and a change that is proposed to it."""
    text = versions.text_in_force(season.policy)
    proposal = PolicyProposal.objects.create(
        policy=season.policy, text=text, digest=versions.digest_of(text), reason="延长", clause="二", made_by=of.user,
        made_at=AT,
    )  # fmt: skip
    kept = versions.take_in(season.policy, at=AT)
    return {"proposal": proposal.pk, "version": kept.pk if kept else 0}


def proofs_of(of: Appointment) -> dict[str, int]:
    """A passkey and a session of the user."""
    name = f"{of.pk}-{Passkey.objects.count()}"
    key = Passkey.objects.create(user=of.user, credential=name.encode(), public_key=b"", label="-", added_at=AT)
    visit = Visit.objects.create(user=of.user, session_key=name, began_at=AT)
    return {"passkey": key.pk, "visit": visit.pk}


def rights_of(place: Organisation, of: Appointment) -> dict[str, int]:
    """What administrators decide about: an account, its desk, a request for it, a token."""
    request = AppointmentRequest.objects.create(
        user=of.user, organisation=place, desk=Desk.SCHOOL, since=AT.date(), asked_by=of.user, asked_at=AT
    )
    token = Token.objects.create(
        organisation=place, desk=Desk.SCHOOL, scopes=["roster"], label="-", prefix="-", created_at=AT,
        digest=hashlib.sha256(f"{of.pk}".encode()).digest(), created_by=of.user, expires_at=AT + timedelta(days=9),
    )  # fmt: skip
    return {"account": of.user.pk, "body": place.pk, "seat": of.pk, "desk request": request.pk, "token": token.pk}


def asked_of(person: Person) -> dict[str, int]:
    """A phone that is bound to the child, and what its guardian asks of the agency."""
    index = bytes(person.guardians.get(position=1).phone_index)
    binding = bind(
        person=person, phone_index=index, phone_masked="138****0000", agreed=True, version=PHONE_ACCESS.version, at=AT
    )
    return {"binding": binding.pk, "request": ask_agency(binding=binding, kind="erase", words="删除", at=AT).pk}


def money_of(area: str, key: str) -> dict[str, int]:
    """Money of a pooling area that nobody knows for whom it is: its refund, its alarm, its line on a bill."""
    account = AccountName(Role.CHANNEL, "wechat")
    told = Told(area, "wechat", f"wechat:1:{key}", hashlib.sha256(key.encode()).digest(), account, 700, AT)
    arrival = hold(told, why="no_order", at=AT).arrival
    raise_alarm(area, kind="difference", key=key, said="差异", at=AT)
    bill = Bill.objects.create(
        pooling_area=area, channel="wechat", merchant=key, day=AT.date(), sha256=told.digest, gross_fen=700,
        refunds_fen=0, fees_fen=0, fetched_at=AT,
    )  # fmt: skip
    line = BillLine.objects.create(
        bill=bill, kind="payment", transaction=key, amount_fen=700, at=AT, outcome="foreign", arrival=arrival
    )
    refund = ask_refund(arrival=arrival, amount_fen=700, reason="unidentified", by=None, at=AT)
    return {"refund": refund.pk, "alarm": Alarm.objects.get(pooling_area=area, key=key).pk, "bill line": line.pk}


def receipt_of(enrolment: Enrolment) -> int:
    """A receipt for what was paid for a child."""
    area = enrolment.season.pooling_area
    owed = Obligation.objects.create(
        season=enrolment.season, enrolment=enrolment, person=enrolment.person, plan_year=enrolment.plan_year,
        organisation=enrolment.organisation, due_fen=700, body_fen=0, paid_fen=700, paid_on=AT.date(), assessed_at=AT,
    )  # fmt: skip
    arrival = Arrival.objects.create(
        pooling_area=area, way="card", key=f"card:{owed.pk}", digest=bytes(32), at_account="channel:card",
        amount_fen=700, allocated_fen=700, paid_at=AT, heard_at=AT,
    )  # fmt: skip
    Allocation.objects.create(arrival=arrival, obligation=owed, amount_fen=700, at=AT)
    return issue(pooling_area=area, at=AT)[-1].pk


def bank_money_of(place: Organisation, of: Appointment) -> dict[str, int]:
    """An agreement of the place, and an account of its area with a statement, money and a batch."""
    number = f"{place.pk:020}"
    account = BankAccount.objects.create(pooling_area=place.pooling_area, holder="专户", number=number, bank="银行")
    file = BankFile.objects.create(
        pooling_area=place.pooling_area, kind="statement", account=account, name="对账单.csv",
        content_cipher=seal_bytes(b"-"), uploaded_at=AT, uploaded_by=of.user,
    )  # fmt: skip
    statement = Statement.objects.create(
        account=account, sha256=hashlib.sha256(number.encode()).digest(), name="对账单.csv", form="csv",
        first=AT.date(), last=AT.date(), taken_at=AT, taken_by=of.user,
    )  # fmt: skip
    line = StatementLine.objects.create(
        statement=statement, key=number, digest=bytes(32), ordinal=1, booked_on=AT.date(), incoming=False,
        amount_fen=500, meaning="unexplained",
    )  # fmt: skip
    told = Told(
        place.pooling_area, "transfer", f"line:{number}", bytes(32), AccountName(Role.BANK, str(account.pk)), 500, AT
    )
    agreement = Mandate.objects.create(
        organisation=place, number=f"XY{place.pk}", signed_on=AT.date(), bank="银行", holder=place.name,
        account_cipher=seal_bytes(b"6222020200099887766"), account_masked="6222****7766", entered_at=AT,
        entered_by=of.user,
    )  # fmt: skip
    batch = DebitBatch.objects.create(
        pooling_area=place.pooling_area, account=account, number=f"K{place.pk:015}", collect_on=AT.date(), made_at=AT,
        made_by=of.user, total_fen=0, heads=0,
    )  # fmt: skip
    return {
        "statement": statement.pk, "line": line.pk, "bank file": file.pk, "batch": batch.pk, "agreement": agreement.pk,
        "area agreement": agreement.pk, "arrival": hold(told, why="unidentified", at=AT).arrival.pk,
    }  # fmt: skip


def declaration_of(place: Organisation, season: Season, of: Appointment) -> int:
    """A declaration that was handed in, with nobody on it."""
    return Declaration.objects.create(
        season=season, organisation=place, ordinal=1, reference=f"SB{place.pk:010}", method="none", state="submitted",
        heads=0, payers=0, exempt=0, self_paid_fen=0, subsidised_fen=0, digest=hashlib.sha256().digest(),
        frozen_at=AT, frozen_by=of.user, submitted_at=AT, submitted_by=of.user,
    ).pk  # fmt: skip


def list_of(place: Organisation, of: Appointment) -> int:
    """A list that was reviewed."""
    return AssistedList.objects.create(
        organisation=place, pooling_area=place.pooling_area, kind="full", as_of=AT.date(), uploaded_by=of.user,
        uploaded_at=AT, filename="名单.xlsx", sha256=str(AssistedList.objects.count()), size_bytes=1,
        state=AssistedList.State.REVIEWED,
    ).pk  # fmt: skip


@pytest.fixture
def town(suzhou: Season, school: Organisation, other_school: Organisation, clerk: Appointment) -> Town:
    far_season = open_season(policy_id="500103/2020", at=AT)
    far_school = organisation(area="500103")
    elsewhere = [
        things(other_school, suzhou, clerk_of(other_school, Desk.SCHOOL)),
        things(far_school, far_season, clerk_of(far_school, Desk.SCHOOL)),
        dict.fromkeys(AREA_WIDE | {"receipt", "agreement", "pupil", "job", "roster", "list", "declaration"}
                      | {"child", "body below", "case", "passkey", "visit", "binding", "report"}, 2**60),
    ]  # fmt: skip
    return Town(
        suzhou,
        clerk,
        clerk_of(organisation("civil_affairs"), Desk.LIST_PROVIDER),
        clerk_of(organisation("tax_authority"), Desk.TAX),
        things(school, suzhou, clerk),
        # The tax authority sees every school of its own pooling area.
        {kind: [one[kind] for one in elsewhere[kind in AREA_WIDE :]] for kind in elsewhere[0]},
    )


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
    if seat.desk == Desk.COMMUNITY:
        own |= own_things(seat, town.season) | bank_money_of(seat.organisation, seat)
        filed = declaration_of(seat.organisation, town.season, seat)
        own |= {"declaration": filed, "receipt": receipt_of(Enrolment.objects.get(person=own["child"]))}
    told = {}
    for name, page in EXPECTED.items():
        thing = own.get(page.about)
        status = ask(signed_in(seat), name, thing).status_code
        allowed = page.desks is None or desk in page.desks
        told[name] = status in (200, 302, 303, 409, 422, *page.answers) if allowed else status == 403
    assert [name for name, right in told.items() if not right] == []


@pytest.mark.parametrize("name", MATTERS)
def test_nothing_of_another_school_or_city_can_be_reached(name, town, signed_in):
    seats = {LISTS: town.officer, TAX: town.collector, AGENCY: clerk_of(organisation("insurance_agency"), Desk.AGENCY),
             COMMUNITY: clerk_of(organisation("community"), Desk.COMMUNITY)}  # fmt: skip
    seats |= {desks: clerk_of(organisation("operations"), *desks) for desks in (SYSTEM, SECURITY)}
    seats[PUBLISH] = seats[AGENCY]
    seats[EDUCATION] = clerk_of(organisation("education_bureau"), Desk.EDUCATION)
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
