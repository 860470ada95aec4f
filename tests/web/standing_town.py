"""A town with something of everything, here and elsewhere, built once for all tests of a file. 测试城镇

Who adds an address with an object in it adds the object to `things`. Use it by importing the fixtures:

    from tests.web.standing_town import other_school, school, standing_town, suzhou, town
"""

from __future__ import annotations

import hashlib
from copy import deepcopy
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from tests.enrolment.building import AT, child, organisation
from tests.web.addresses import AREA_WIDE
from tests.web.cards import cards_of
from tests.web.conftest import clerk_of, listed
from tests.web.of_a_campaign import campaign_of
from tests.web.of_a_community import answer_of, case_of, question_to
from tests.web.surveys import surveys_of
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
from yingbao.enrolment.models import CorrectionRequest, Enrolment, PolicyProposal, PolicyVersion, Season
from yingbao.enrolment.seasons import open_season
from yingbao.families.binding import bind
from yingbao.families.consent import PHONE_ACCESS
from yingbao.families.requesting import ask as ask_agency
from yingbao.jobs.models import Job
from yingbao.ledger.posting import AccountName, Role
from yingbao.messages.models import Message
from yingbao.people.models import Person
from yingbao.policy import moving
from yingbao.publicity.models import HandOut, LetterBatch, Publicising
from yingbao.sealing.sealed import seal_bytes
from yingbao.spreadsheet.models import AssistedList, Roster
from yingbao.supervision.models import Report
from yingbao.supervision.reporting import figures_of
from yingbao.values import clock


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
        **surveys_of(place, season, of),
        **proofs_of(of), **rights_of(place, of), **policies_of(season, of), "agent": place.pk,
        "message": message_of(place, of), "report": "0", "told": told_of(season, of), **letters_of(place, season, of),
        **cards_of(place, season, of, person),
        **campaign_of(place, season, of),
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
    return {"proposal": proposal.pk, "version": kept.pk if kept else 0, "next year": next_year_of(season)}


def next_year_of(season: Season) -> int:
    """The year after, with a policy published here; elsewhere the first year, which follows upon none."""
    if season.pooling_area != "320500":
        return season.plan_year
    year = season.plan_year + 1
    text = moving.moved(versions.text_in_force(season.policy), to=year).text
    PolicyVersion.objects.get_or_create(
        policy=f"{season.pooling_area}/{year}", number=1,
        defaults={"text": text, "digest": versions.digest_of(text), "at": AT},
    )  # fmt: skip
    return year


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
    return {"binding": binding.pk, "request": ask_agency(binding=binding, kind="erase", words="删除", at=AT).request.pk}


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


@pytest.fixture(scope="module")
def standing_town(standing) -> Town:
    """Built once for all tests of a file, each of which leaves it as it was."""
    clock.set_to(AT)
    with standing():
        return built()


def built() -> Town:
    """A season here and one elsewhere, and something of everything in both."""
    suzhou = open_season(policy_id="320500/2020", at=AT)
    school, other_school = organisation(name="星海学校"), organisation(name="沧浪学校", division="320506")
    clerk = clerk_of(school, Desk.SCHOOL)
    far_season = open_season(policy_id="500103/2020", at=AT)
    far_school = organisation(area="500103")
    elsewhere = [
        things(other_school, suzhou, clerk_of(other_school, Desk.SCHOOL)),
        things(far_school, far_season, clerk_of(far_school, Desk.SCHOOL)),
        dict.fromkeys(AREA_WIDE | {"receipt", "agreement", "pupil", "job", "roster", "list", "declaration"}
                      | {"child", "body below", "case", "passkey", "visit", "binding", "report"}
                      | {"card child", "photo pack"}, 2**60),
    ]  # fmt: skip
    return Town(
        suzhou,
        clerk,
        clerk_of(organisation("civil_affairs"), Desk.LIST_PROVIDER),
        clerk_of(organisation("tax_authority"), Desk.TAX),
        things(school, suzhou, clerk),
        # The tax authority sees every school of its own pooling area.
        {kind: [one.get(kind, 2**60) for one in elsewhere[kind in AREA_WIDE :]] for kind in elsewhere[0]},
    )


@pytest.fixture
def town(standing_town: Town, db: None) -> Town:
    return deepcopy(standing_town)


@pytest.fixture
def school(town: Town) -> Organisation:
    return town.clerk.organisation


@pytest.fixture
def other_school(town: Town) -> Organisation:
    return Organisation.objects.get(name="沧浪学校")


@pytest.fixture
def suzhou(town: Town) -> Season:
    return town.season
