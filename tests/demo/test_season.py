"""A small season, filled once: every awkward case is there and decided as its name says. 演示参保季"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from yingbao.agents.models import Appointment, Desk, Organisation, User
from yingbao.campaign.models import Assignment
from yingbao.campaign.seen_far import seen_far
from yingbao.collection.quoting import quote
from yingbao.demo import (
    administration,
    assisted_samples,
    bodies,
    desk_samples,
    filling,
    introduction,
    logins,
    mark,
    paying,
    samples,
    second_step,
    show,
)
from yingbao.demo.bodies import SUZHOU, YUZHONG
from yingbao.demo.cases import Case, cases
from yingbao.demo.children import Crowd
from yingbao.demo.environment import FIRST_DAY
from yingbao.demo.plan import Standing
from yingbao.enrolment.determining import decide
from yingbao.enrolment.models import CorrectionRequest, Enrolment, Season
from yingbao.enrolment.promotion import preview
from yingbao.people.models import Change, IdentityDocument, Person, SchoolRoll
from yingbao.publicity.following import NEARLY_ALL
from yingbao.sealing.sealed import index_of, unseal
from yingbao.spreadsheet import assisted_review, committing, facts_sheet, review
from yingbao.spreadsheet.models import Roster, RosterRow
from yingbao.values import clock, identity
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db

AT = datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)
CHILDREN, SEED = 300, 5
CASES = cases(Crowd(SEED).numbers)
MARK = mark.Mark(demonstration=mark.EDITION, children=CHILDREN, seed=SEED, day=FIRST_DAY)
BY_ID = {case.id: case for case in CASES}


@pytest.fixture(scope="module")
def home(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    clock.set_to(AT)
    with django_db_blocker.unblock(), transaction.atomic():
        show.filled(folder, children=CHILDREN, seed=SEED, language="en", say=lambda line: None)
        yield folder
        transaction.set_rollback(True)
    clock.run_true()


def _person(case: Case) -> Person:
    return IdentityDocument.objects.get(number_index=index_of(case.child.number)).person


def _season(case: Case) -> Season:
    return Season.objects.get(pooling_area=case.child.area)


def _school(code: str, area: str = SUZHOU) -> Organisation:
    return Organisation.objects.get(pooling_area=area, code=code)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_case_is_decided_as_its_name_says(home: Path, case: Case) -> None:
    decision = decide(season=_season(case), person_ids=[_person(case).pk], as_of=FIRST_DAY).row(0, named=True)
    assert decision["status"] == case.status
    assert set(case.rules) <= set(decision["because"].split(";"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_case_is_found_at_the_desk_that_the_list_names(home: Path, case: Case) -> None:
    enrolments = Enrolment.objects.filter(person=_person(case))
    if case.place == bodies.AGENCY:
        assert not enrolments.exists()
    else:
        enrolment = enrolments.get(season__pooling_area=case.child.area)
        assert enrolment.organisation.code == case.place
        assert enrolment.status == case.status


def test_two_exemptions_are_paid_once_by_the_treasury(home: Path) -> None:
    enrolment = Enrolment.objects.get(person=_person(BY_ID["two_exemptions"]))
    assert (enrolment.self_paid_fen, enrolment.subsidised_fen, enrolment.paid_by) == (0, 24_000, "treasury")


def test_a_child_on_two_rosters_is_on_the_uncontested_schools_list_and_contested_at_the_other(home: Path) -> None:
    rolls = SchoolRoll.objects.filter(person=_person(BY_ID["on_two_rosters"]), left_on__isnull=True)
    assert sorted((roll.school.code, roll.contested) for roll in rolls) == [("XX-05-2", True), (bodies.MAIN, False)]


def test_a_child_who_moved_has_a_stay_that_ended_and_one_that_lasts(home: Path) -> None:
    rolls = SchoolRoll.objects.filter(person=_person(BY_ID["moved_this_autumn"])).order_by("entered_on")
    assert [roll.leave_reason for roll in rolls] == ["transferred", ""]


def test_a_new_document_stands_beside_the_one_it_replaced(home: Path) -> None:
    documents = _person(BY_ID["new_document"]).documents.order_by("pk")
    assert [(document.kind, document.replaced_at is None) for document in documents] == [
        ("hk_mo_permit", False),
        ("hmt_residence_permit", True),
    ]


def test_what_happened_later_is_on_record(home: Path) -> None:
    declined, withdrawn, corrected = (
        Enrolment.objects.get(person=_person(BY_ID[name])) for name in ("declined", "withdrawn", "correction")
    )
    assert (declined.state, bool(declined.reason)) == ("declined", True)
    assert withdrawn.state == "withdrawn"
    assert [step.to_state for step in withdrawn.steps.order_by("pk")][-2:] == ["confirmed", "withdrawn"]
    assert CorrectionRequest.objects.get(enrolment=corrected).state == "open"


def test_every_number_can_be_unsealed_and_is_a_right_one(home: Path) -> None:
    for document in IdentityDocument.objects.select_related("person"):
        number = unseal(bytes(document.number_cipher))
        assert identity.check(document.kind, number, on=FIRST_DAY) == number
        born = identity.birth_date(document.kind, number)
        assert born is None or born == document.person.birth_date


def test_the_season_has_about_as_many_children_as_were_asked_for(home: Path) -> None:
    assert 0.95 * CHILDREN <= Person.objects.count() <= CHILDREN


def test_both_cities_and_all_their_bodies_are_there(home: Path) -> None:
    assert {season.policy for season in Season.objects.all()} == {"320500/2020", "500103/2020"}
    schools = Organisation.objects.schools()
    assert schools.filter(pooling_area=YUZHONG).count() == 61
    assert schools.filter(pooling_area=SUZHOU).count() == 15


def test_some_schools_are_done_some_half_way_some_not_begun(home: Path) -> None:
    plan = filling.everyone(CHILDREN, SEED)[1]
    assert {share.standing for share in plan} == set(Standing)
    for share in plan:
        own = Enrolment.objects.filter(organisation=_school(share.body.code, share.body.area))
        if share.standing == Standing.DONE:
            assert not own.ready().exists(), share.body.name
        if share.standing in (Standing.EMPTY, Standing.NOT_PROMOTED):
            assert not own.exists(), share.body.name
    assert Enrolment.objects.filter(organisation__code=bodies.MAIN, state="confirmed").exists()
    assert Enrolment.objects.filter(organisation__code=bodies.SENIOR, state="determined").exists()


def test_the_roll_that_waits_for_promotion_is_last_school_years(home: Path) -> None:
    rolls = SchoolRoll.objects.filter(school__code=bodies.NOT_PROMOTED)
    assert set(rolls.values_list("school_year", flat=True)) == {2018}
    assert {"primary", "junior"} == set(rolls.values_list("stage", flat=True))
    would = preview(_school(bodies.NOT_PROMOTED), 2019)
    assert would.promoted
    assert not would.unplaced


def test_the_school_of_the_samples_lacks_its_first_grade(home: Path) -> None:
    grades = set(SchoolRoll.objects.filter(school__code=bodies.NEWCOMERS_DUE).values_list("grade", flat=True))
    assert grades == {2, 3, 4, 5, 6}
    assert not SchoolRoll.objects.filter(school__code=bodies.EMPTY).exists()


def test_the_history_says_that_the_demonstration_wrote_it(home: Path) -> None:
    person = _person(BY_ID["twin_one"])
    assert set(Change.objects.filter(person_id=person.pk).values_list("source", flat=True)) == {filling.SOURCE}


def test_every_login_has_a_password_of_this_installation_and_its_desk(home: Path) -> None:
    passwords = logins.passwords(home)
    assert set(passwords) == {login.username for login in logins.LOGINS}
    assert len(set(passwords.values())) == len(passwords)
    assert stat.S_IMODE(logins.file_of(home).stat().st_mode) == 0o600
    for login in logins.LOGINS:
        user = User.objects.get(username=login.username)
        assert [each.desk for each in user.appointments_on(FIRST_DAY)] == [login.desk] * len(login.organisations)
    for area in (SUZHOU, YUZHONG):
        assert {login.desk for login in logins.LOGINS if login.area == area} == set(Desk)


def test_a_login_signs_in_and_a_made_up_colleague_cannot(home: Path) -> None:
    user = User.objects.get(username="suzhou-school")
    assert user.check_password(logins.passwords(home)["suzhou-school"])
    colleagues = User.objects.exclude(username__in=[login.username for login in logins.LOGINS])
    assert colleagues.exists()
    newcomers = {username for _, _, username, *_ in administration.NEWCOMERS}
    for colleague in colleagues:
        assert colleague.is_active == (colleague.username in newcomers)
        assert not colleague.has_usable_password()


def test_filling_again_adds_nothing_and_says_how_to_begin_anew(home: Path) -> None:
    before = [model.objects.count() for model in (Person, Organisation, User, Appointment, Enrolment, Change)]
    said: list[str] = []
    again = show.filled(home, children=CHILDREN + 1, seed=SEED, language="en", say=said.append)
    assert again == MARK
    assert [model.objects.count() for model in (Person, Organisation, User, Appointment, Enrolment, Change)] == before
    assert "--fresh" in said[-1]


def test_on_a_later_day_everyone_is_decided_for_that_day(home: Path) -> None:
    with transaction.atomic():
        clock.set_to(datetime(2019, 12, 5, 10, 0, tzinfo=CHINA))
        later = show.filled(home, children=None, seed=None, language="en", say=lambda line: None)
        assert later.day == date(2019, 12, 5)
        open_ = Enrolment.objects.filter(state="determined", status="enrolled")
        assert not open_.filter(organisation__code=bodies.SENIOR).exists()
        assert open_.filter(organisation__code=bodies.YUZHONG_MIDDLE).exists()
        transaction.set_rollback(True)
    clock.set_to(AT)


def test_a_password_that_was_lost_is_made_anew_for_the_same_user(home: Path) -> None:
    logins.file_of(home).unlink()
    show.filled(home, children=None, seed=None, language="en", say=lambda line: None)
    user = User.objects.get(username="yuzhong-agency")
    assert user.check_password(logins.passwords(home)["yuzhong-agency"])
    assert user.appointments.count() == 1


def test_everyone_is_the_same_for_the_same_seed_and_size(home: Path) -> None:
    one, same, other = (list(filling.everyone(400, seed)[2]) for seed in (1, 1, 2))
    assert one == same
    assert {child.name for child in one} != {child.name for child in other}


def test_the_introduction_names_a_login_per_desk_the_samples_and_the_cases(home: Path) -> None:
    said: list[str] = []
    show.introduced(home, MARK, language="en", say=said.append)
    text = "\n".join(said)
    for username, password in logins.passwords(home).items():
        assert username in text
        assert password in text
    assert all(name in text for name in samples.FILES)
    listed = (home / "cases.txt").read_text()
    for case in CASES:
        assert case.title.zh in listed
        assert case.title.en in listed
        assert case.child.name in listed
        assert case.child.number not in listed


def test_the_families_to_try_get_a_code_and_those_who_can_pay_online_are_not_paid_for_by_the_demonstration(
    home: Path,
) -> None:
    said = introduction.write_families(home / "families.txt").read_text("utf-8").splitlines()[1:]
    paid_for = {one.person.name for one in paying.who_pay()}
    online = [line for line in said if line.startswith("可以在线缴费")]
    assert online
    for line in said:
        (number,) = re.findall(r"\b[0-9A-Z]{8,18}\b", line)
        child = IdentityDocument.objects.get(number_index=index_of(number), replaced_at__isnull=True).person
        assert child.name in line
        assert child.guardians.filter(phone_index__isnull=False).exists()
        if line in online:
            assert child.name not in paid_for
            (one,) = quote(enrolments=list(child.enrolments.select_related("season")), kind="page", at=AT)
            assert one.refused is None


def _imported(home: Path, filename: str) -> Roster:
    """A sample, uploaded by the school's clerk and reviewed."""
    school = _school(bodies.NEWCOMERS_DUE)
    show.introduced(home, MARK, language="en", say=lambda line: None)
    roster = review.receive(
        school=school,
        season=Season.objects.get(pooling_area=SUZHOU),
        filename=filename,
        data=(home / "samples" / filename).read_bytes(),
        by=User.objects.get(username="suzhou-school"),
        at=AT,
    )
    return review.review(roster.pk, at=AT)


def test_a_database_with_other_data_is_not_filled(home: Path) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("COMMENT ON DATABASE " + connection.settings_dict["NAME"] + " IS 'the city itself'")
        with pytest.raises(Refused, match="something else"):
            show.filled(home, children=CHILDREN, seed=SEED, language="en", say=lambda line: None)
        transaction.set_rollback(True)
    assert mark.found() == MARK


def test_birthdays_and_entry_days_are_such_as_schools_have(home: Path) -> None:
    for roll in SchoolRoll.objects.select_related("person"):
        assert roll.person.birth_date < roll.entered_on <= date(2019, 10, 9)


@pytest.mark.parametrize("filename", [samples.CLEAN, samples.COMMA_SEPARATED])
def test_a_clean_sample_brings_the_newcomers_and_changes_nothing_else(home: Path, filename: str) -> None:
    roster = _imported(home, filename)
    on_roll = SchoolRoll.objects.filter(school__code=bodies.NEWCOMERS_DUE).count()
    outcomes = {kind: roster.counts[kind] for kind in RosterRow.Outcome.values if roster.counts.get(kind)}
    share = next(share for share in filling.everyone(CHILDREN, SEED)[1] if share.body.code == bodies.NEWCOMERS_DUE)
    assert outcomes == {"new": share.count - on_roll, "unchanged": on_roll}
    assert outcomes["new"] > 10
    by = User.objects.get(username="suzhou-school")
    assert committing.commit(roster=roster, by=by, at=AT).state == "committed"
    first_grade = Enrolment.objects.filter(organisation__code=bodies.NEWCOMERS_DUE, person__rolls__grade=1)
    assert first_grade.count() == outcomes["new"]
    assert not first_grade.filter(status="").exists()


def test_a_policy_tried_on_the_csv_knows_its_children_as_pupils_by_their_class(home: Path) -> None:
    show.introduced(home, MARK, language="en", say=lambda line: None)
    facts = facts_sheet.facts_source(home / "samples" / samples.COMMA_SEPARATED, on=AT.date(), near=SUZHOU)
    assert {each.as_py() for batch in facts.batches(["school_stage"]) for each in batch.column(0)} == {"primary"}


def test_the_messy_sample_shows_every_outcome_and_many_errors(home: Path) -> None:
    roster = _imported(home, samples.MESSY)
    assert set(roster.rows.values_list("outcome", flat=True)) == set(RosterRow.Outcome.values)
    fields = {error["field"] for row in roster.rows.filter(outcome="error") for error in row.errors}
    assert fields >= {"name", "identity_number", "birth_date", "hukou"}


@pytest.mark.parametrize(
    ("filename", "kind", "body"),
    [
        (assisted_samples.CIVIL_AFFAIRS, "full", "civil_affairs"),
        (assisted_samples.UNION, "changes", "union_federation"),
        (assisted_samples.DISABLED, "full", "disabled_federation"),
    ],
)
def test_each_bodys_sample_list_has_rows_of_every_kind(home: Path, filename: str, kind: str, body: str) -> None:
    show.introduced(home, MARK, language="en", say=lambda line: None)
    organisation = Organisation.objects.get(pooling_area=SUZHOU, kind=body)
    found = assisted_review.receive(
        organisation=organisation, kind=kind, as_of=AT.date(), filename=filename,
        data=(home / "samples" / filename).read_bytes(), by=User.objects.get(username="suzhou-school"), at=AT,
    )  # fmt: skip
    counts = assisted_review.review(found.pk, at=AT).counts
    assert {view for view in ("faulty", "to_settle", "unmatched", "matched") if not counts[view]} == set()
    assert counts["new"] > 0
    if kind == "full":
        assert counts["absent"] * 2 <= counts["standing"]
    if body == "civil_affairs":
        assert counts["absent"] > 0


def test_the_communitys_sample_registers_children_and_shows_what_is_wrong(home: Path) -> None:
    show.introduced(home, MARK, language="en", say=lambda line: None)
    community = _school(bodies.COMMUNITY)
    found = review.receive(
        school=community, season=Season.objects.get(pooling_area=SUZHOU), filename=desk_samples.CHILDREN,
        data=(home / "samples" / desk_samples.CHILDREN).read_bytes(),
        by=User.objects.get(appointments__organisation=community), at=AT,
    )  # fmt: skip
    rows = review.review(found.pk, at=AT).rows
    assert set(rows.values_list("outcome", flat=True)) == {"new", "error", "duplicate", "unchanged"}
    assert set(rows.values_list("fault", flat=True)) >= {"", "not_ours", "at_school"}


def test_the_points_offices_sample_has_newcomers_a_late_one_and_an_error(home: Path) -> None:
    show.introduced(home, MARK, language="en", say=lambda line: None)
    found = assisted_review.receive(
        organisation=Organisation.objects.get(pooling_area=SUZHOU, kind="points_office"), kind="full", as_of=AT.date(),
        filename=desk_samples.POINTS, data=(home / "samples" / desk_samples.POINTS).read_bytes(),
        by=User.objects.get(username="suzhou-school"), at=AT,
    )  # fmt: skip
    counts = assisted_review.review(found.pk, at=AT).counts
    assert counts["faulty"] == 1
    assert counts["unmatched"] == 4
    assert counts["out_of_time"] >= 1


def test_one_login_is_asked_for_six_digits_whose_secret_this_installation_made(home: Path) -> None:
    user = User.objects.get(username=second_step.USERNAME)
    assert unseal(bytes(user.totp.secret_cipher)) == second_step.secret(home)
    assert stat.S_IMODE((home / "second-step").stat().st_mode) == 0o600
    assert second_step.secret(home) in second_step.said(home).zh


def test_what_a_body_says_of_its_letters_is_what_the_platform_sees_of_them(home: Path) -> None:
    for season in Season.objects.all():
        told = Assignment.objects.filter(season=season, task__seen_by="letters_handed_out").select_related("task")
        assert told.filter(state="done").exists()
        assert not told.filter(done_by__isnull=False).exists()
        seen = seen_far(season=season, word="letters_handed_out", bodies=[one.organisation_id for one in told])
        done = {one.organisation_id for one in told if not one.is_open}
        assert done == {body for body, far in seen.items() if far.done >= far.of * NEARLY_ALL}
