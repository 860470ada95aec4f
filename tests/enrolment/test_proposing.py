"""A change of policy: written by one, reckoned, published by another; a season follows its version. 政策发布"""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

from tests.enrolment.building import AT, at, child, clerk, organisation
from yingbao.agents.models import Appointment, Organisation
from yingbao.enrolment import proposing, simulating, versions
from yingbao.enrolment.determining import refresh
from yingbao.enrolment.models import Enrolment, PolicyProposal, PolicyVersion, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import deadline, open_season, policy_behind, policy_of, rests_on_an_older_file
from yingbao.policy import catalogue
from yingbao.policy.refused import PolicyRefused
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
DEARER = ("premium_fen: 24000", "premium_fen: 25000")


@pytest.fixture
def agency(suzhou: Season) -> Organisation:
    return organisation("insurance_agency", name="医保中心")


@pytest.fixture
def maker(agency: Organisation) -> Appointment:
    return clerk(agency)


@pytest.fixture
def checker(agency: Organisation) -> Appointment:
    return clerk(agency)


def changed(*pairs: tuple[str, str], policy: str = "320500/2020") -> str:
    text = versions.text_in_force(policy)
    for old, new in pairs or (DEARER,):
        assert old in text
        text = text.replace(old, new)
    return text


def proposed(maker: Appointment, *pairs: tuple[str, str], policy: str = "320500/2020") -> PolicyProposal:
    text = changed(*pairs, policy=policy)
    return proposing.write(text=text, reason="标准调整", clause="三", by=maker, at=AT)


def reckoned(proposal: PolicyProposal) -> PolicyProposal:
    season = Season.objects.get(policy=proposal.policy)
    policy = catalogue.policy_in(proposal.text, "policy.yaml")
    told = simulating.simulate(season=season, policy=policy, on=AT.date())
    assert proposing.note_simulation(proposal=proposal, target=proposing.target_of(proposal), told=told, at=AT)
    proposal.refresh_from_db()
    return proposal


def asked(maker: Appointment, *pairs: tuple[str, str], policy: str = "320500/2020") -> PolicyProposal:
    proposal = reckoned(proposed(maker, *pairs, policy=policy))
    return proposing.ask(proposal=proposal, by=maker, at=AT, seen=proposing.mark_of(proposal))


def published(maker: Appointment, checker: Appointment, *pairs: tuple[str, str]) -> PolicyVersion:
    proposal = asked(maker, *pairs)
    mark = proposing.mark_of(proposal)
    return proposing.publish(proposal=proposal, by=checker, at=AT, seen=mark, losing_said=proposing.losing(proposal))


def test_a_published_version_is_in_force_for_the_season_and_the_files_text_is_kept_as_the_first(suzhou, maker, checker):
    before = versions.text_in_force("320500/2020")
    version = published(maker, checker, ("last: 2019-11-30", "last: 2019-12-07"))
    suzhou.refresh_from_db()
    assert (version.number, suzhou.version) == (2, version)
    assert deadline(suzhou).isoformat() == "2019-12-07"
    first = PolicyVersion.objects.get(number=1)
    assert (first.text, first.proposed_by, first.proposal) == (before, None, None)
    assert (version.proposed_by, version.published_by) == (maker.user, checker.user)


def test_a_file_that_changes_on_disk_moves_no_season_that_has_a_version(suzhou, maker, checker, tmp_path, monkeypatch):
    published(maker, checker)
    suzhou.refresh_from_db()
    folder = tmp_path / "policies" / "320500-suzhou"
    folder.mkdir(parents=True)
    original = catalogue.text_of(catalogue.find("320500/2020"))
    (folder / "2020.yaml").write_text(original.replace("premium_fen: 24000", "premium_fen: 99900"), "utf-8")
    monkeypatch.setenv("YINGBAO_POLICIES", str(tmp_path / "policies"))
    assert policy_of(Season.objects.get(pk=suzhou.pk)).tables.premium[0].premium_fen == 25000


def test_decisions_made_anew_say_which_version_made_them(suzhou, school, maker, checker):
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    assert Enrolment.objects.get().version is None
    version = published(maker, checker)
    suzhou.refresh_from_db()
    assert rests_on_an_older_file(suzhou)
    assert policy_behind(Enrolment.objects.get()).tables.premium[0].premium_fen == 24000
    assert refresh(season=suzhou, as_of=AT.date(), at=AT) == 1
    one = Enrolment.objects.get()
    assert (one.self_paid_fen, one.version) == (25000, version)
    assert policy_behind(one).tables.premium[0].premium_fen == 25000
    suzhou.refresh_from_db()
    assert not rests_on_an_older_file(suzhou)


def test_a_clerk_who_looked_at_the_season_before_it_was_published_decides_under_the_new_version(
    suzhou, school, maker, checker
):
    child(school)
    held_since_before = Season.objects.get(pk=suzhou.pk)
    published(maker, checker)
    list_and_determine(season=held_since_before, organisation=school, at=AT)
    assert Enrolment.objects.get().self_paid_fen == 25000


def test_its_author_never_publishes_it_and_neither_does_the_database_let_anyone(suzhou, maker):
    proposal = asked(maker)
    with pytest.raises(Refused, match="cannot decide"):
        proposing.publish(proposal=proposal, by=maker, at=AT, seen=proposing.mark_of(proposal))
    with pytest.raises(IntegrityError, match="proposal_decided_by_another"), transaction.atomic():
        PolicyProposal.objects.filter(pk=proposal.pk).update(decided_by=maker.user)
    with pytest.raises(IntegrityError, match="version_published_by_two"), transaction.atomic():
        PolicyVersion.objects.create(
            policy="320500/2020", number=2, text="-", digest="-", reason="-", clause="-", proposal=proposal,
            proposed_by=maker.user, published_by=maker.user, at=AT,
        )  # fmt: skip


def test_a_version_is_never_rewritten_or_deleted(suzhou, maker, checker):
    version = published(maker, checker)
    for statement in ({"text": "x"}, {"number": 7}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            PolicyVersion.objects.filter(pk=version.pk).update(**statement)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        PolicyVersion.objects.filter(number=1).delete()


def test_publishing_twice_by_the_same_officer_adds_one_version(suzhou, maker, checker):
    proposal = asked(maker)
    mark = proposing.mark_of(proposal)
    first = proposing.publish(proposal=proposal, by=checker, at=AT, seen=mark)
    assert proposing.publish(proposal=proposal, by=checker, at=AT, seen=mark) == first
    assert PolicyVersion.objects.count() == 2


def test_a_third_officer_who_comes_late_is_told_who_published_it(suzhou, agency, maker, checker):
    proposal = asked(maker)
    mark, late = proposing.mark_of(proposal), clerk(agency)
    proposing.publish(proposal=proposal, by=checker, at=AT, seen=mark)
    for deed in (
        lambda: proposing.publish(proposal=proposal, by=late, at=AT, seen=mark),
        lambda: proposing.send_back(proposal=proposal, answer="不对", by=late, at=AT, seen=mark),
    ):
        with pytest.raises(Refused) as refused:
            deed()
        assert checker.user.name in refused.value.what.zh


def test_a_page_that_is_not_true_any_more_publishes_nothing(suzhou, maker, checker):
    one, other = asked(maker), asked(maker, ("last: 2019-11-30", "last: 2019-12-07"))
    mark = proposing.mark_of(other)
    proposing.publish(proposal=one, by=checker, at=AT, seen=proposing.mark_of(one))
    with pytest.raises(Refused, match="changed meanwhile"):
        proposing.publish(proposal=other, by=checker, at=AT, seen=mark)
    with pytest.raises(Refused, match="not reckoned"):
        proposing.publish(proposal=other, by=checker, at=AT, seen=proposing.mark_of(other))


def test_what_was_not_reckoned_against_what_is_in_force_is_not_handed_in(suzhou, maker):
    proposal = proposed(maker)
    with pytest.raises(Refused, match="not reckoned"):
        proposing.ask(proposal=proposal, by=maker, at=AT, seen=proposing.mark_of(proposal))
    reckoned(proposal)
    text = changed(("last: 2019-11-30", "last: 2019-12-07"))
    edited = proposing.write(text=text, reason="延期", clause="二", by=maker, at=AT, proposal=proposal)
    assert edited.simulation is None
    with pytest.raises(Refused, match="not reckoned"):
        proposing.ask(proposal=edited, by=maker, at=AT, seen=proposing.mark_of(edited))


def test_a_reckoning_of_a_text_that_was_changed_meanwhile_is_not_kept(suzhou, maker):
    proposal = proposed(maker)
    target = proposing.target_of(proposal)
    proposing.write(
        text=changed(("last: 2019-11-30", "last: 2019-12-07")), reason="延期", clause="二", by=maker, at=AT,
        proposal=proposal,
    )  # fmt: skip
    assert not proposing.note_simulation(proposal=proposal, target=target, told={}, at=AT)


def test_a_wrong_text_is_refused_with_every_line(suzhou, maker):
    text = changed(("premium_fen: 24000", "premium_fen: 二百四十"), ("last: 2019-11-30", "last: 2019-11-31"))
    with pytest.raises(PolicyRefused) as refused:
        proposing.write(text=text, reason="调整", clause="三", by=maker, at=AT)
    lines = text.splitlines()
    told = {lines[problem.line - 1].strip() for problem in refused.value.problems}
    assert told & {"premium_fen: 二百四十", "last: 2019-11-31"}
    assert not PolicyProposal.objects.exists()


@pytest.mark.parametrize(
    ("pairs", "reason", "what"),
    [
        ((("policy: 320500/2020", "policy: 500103/2020"),), "调整", "another pooling area"),
        ((("premium_fen: 24000", "premium_fen: 24000"),), "调整", "word for word"),
        ((DEARER,), "  ", "reason or the clause"),
    ],
)
def test_another_citys_an_unchanged_and_an_unexplained_text_are_not_kept(suzhou, maker, pairs, reason, what):
    with pytest.raises(Refused, match=what):
        proposing.write(text=changed(*pairs), reason=reason, clause="三", by=maker, at=AT)


def test_only_its_author_changes_or_drops_a_draft_and_another_city_does_nothing(suzhou, yuzhong, maker, checker):
    proposal = proposed(maker)
    with pytest.raises(Refused, match="was written by"):
        proposing.write(text=changed(), reason="改", clause="三", by=checker, at=AT, proposal=proposal)
    with pytest.raises(Refused, match="was written by"):
        proposing.drop(proposal=proposal, by=checker, at=AT)
    stranger = clerk(organisation("insurance_agency", area="500103"))
    with pytest.raises(Refused, match="another pooling area"):
        proposing.drop(proposal=proposal, by=stranger, at=AT)
    assert proposing.drop(proposal=proposal, by=maker, at=AT).state == "dropped"
    assert proposing.drop(proposal=proposal, by=maker, at=AT).state == "dropped"


def test_a_proposal_that_is_sent_back_can_be_mended_and_handed_in_again(suzhou, maker, checker):
    proposal = asked(maker)
    back = proposing.send_back(
        proposal=proposal, answer="条款写错", by=checker, at=AT, seen=proposing.mark_of(proposal)
    )
    assert (back.state, back.answer) == ("draft", "条款写错")
    again = proposing.ask(proposal=back, by=maker, at=AT, seen=proposing.mark_of(back))
    assert proposing.publish(proposal=again, by=checker, at=AT, seen=proposing.mark_of(again)).number == 2


def test_where_many_would_lose_their_place_the_number_has_to_be_written_down(
    suzhou, school, maker, checker, monkeypatch
):
    monkeypatch.setattr(proposing, "HEAVY_FROM", 2)
    for number in range(3):
        child(school, name=f"学生{number}", hukou="500103", registered=None, points=at("2019-07-01").date())
    list_and_determine(season=suzhou, organisation=school, at=AT)
    proposal = asked(maker, ("last: 2019-09-10", "last: 2019-06-10"))
    assert proposing.losing(proposal) == 3
    assert proposing.is_heavy(proposal)
    mark = proposing.mark_of(proposal)
    for said in (None, 2, 30):
        with pytest.raises(Refused, match="3 children could not be enrolled"):
            proposing.publish(proposal=proposal, by=checker, at=AT, seen=mark, losing_said=said)
    assert proposing.publish(proposal=proposal, by=checker, at=AT, seen=mark, losing_said=3).number == 2


def test_a_next_years_policy_is_published_without_a_season_and_opened_from_its_version(suzhou, maker, checker):
    text = changed()
    for old, new in (
        ("320500/2020", "320500/2022"),
        ("2020-", "2022-"),
        ("2019-", "2021-"),
        ("year: 2020", "year: 2022"),
    ):
        text = text.replace(old, new)
    proposal = proposing.write(text=text, reason="2022年度", clause="新通知", by=maker, at=AT)
    assert proposing.is_simulated(proposal)
    proposal = proposing.ask(proposal=proposal, by=maker, at=AT, seen=proposing.mark_of(proposal))
    version = proposing.publish(proposal=proposal, by=checker, at=AT, seen=proposing.mark_of(proposal))
    season = open_season(policy_id="320500/2022", at=AT)
    assert (season.version, season.plan_year, version.number) == (version, 2022, 1)
    assert open_season(policy_id="320500/2022", at=AT) == season


def test_yuzhongs_agency_changes_its_own_late_period(yuzhong):
    agency = organisation("insurance_agency", area="500103")
    maker, checker = clerk(agency), clerk(agency)
    proposal = asked(maker, ("last: 2020-09-30", "last: 2020-10-15"), policy="500103/2020")
    version = proposing.publish(proposal=proposal, by=checker, at=AT, seen=proposing.mark_of(proposal))
    yuzhong.refresh_from_db()
    assert yuzhong.version == version


@pytest.mark.django_db(transaction=True)
def test_two_officers_who_publish_at_the_same_moment_make_one_version(suzhou, agency, maker):
    proposal = asked(maker)
    mark, both = proposing.mark_of(proposal), [clerk(agency), clerk(agency)]
    begin, told = threading.Barrier(2), []

    def publish(by: Appointment) -> None:
        begin.wait(timeout=20)
        try:
            told.append(proposing.publish(proposal=proposal, by=by, at=AT, seen=mark).number)
        except Refused as refused:
            told.append(refused.what.en)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish, args=[by]) for by in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(map(str, told))[0] == "2"
    assert "dealt with it" in sorted(map(str, told))[1]
    assert PolicyVersion.objects.count() == 2
