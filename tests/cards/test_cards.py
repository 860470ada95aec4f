"""From the list of those without a card to the card in the child's hands. 制卡全程"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import ProtectedError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cards.building import accepted, answered, operator, paid, photo
from tests.collection.building import confirmed
from tests.enrolment.building import AT, at, child, clerk, organisation
from yingbao.agents.models import Organisation
from yingbao.cards import batching, deciding, handing, listing, purging, receiving
from yingbao.cards.answering import Answer, Holder, take_holders, take_results
from yingbao.cards.lifecycle import CardState, PhotoState
from yingbao.cards.models import Batch, Card, CardStep, Photo, Picture
from yingbao.cards.needing import Standing, needs_photo, ready_on, rule_of, to_order, with_standing
from yingbao.collection.audit import INVARIANTS
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import open_season, policy_of
from yingbao.ledger.audit import examine
from yingbao.people.models import IdentityDocument
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def suzhou() -> Season:
    return open_season(policy_id="320500/2020", at=AT)


@pytest.fixture
def school(suzhou: Season) -> Organisation:
    return organisation(name="星海学校")


def standing(one: Enrolment) -> str:
    return with_standing(one.season).get(pk=one.pk).standing


def test_a_child_goes_from_no_photo_to_a_card_in_its_hands(suzhou, school):
    clerk_, centre = clerk(school), operator()
    (one,) = confirmed(suzhou, school)
    assert standing(one) == Standing.PHOTO
    (two,) = paid(suzhou, school)
    photo(two, clerk_)
    assert standing(two) == Standing.LOOK
    deciding.accept(photos=[Photo.objects.get(person=two.person).pk], by=centre, at=AT)
    assert standing(two) == Standing.ORDER
    batch = batching.make(season=suzhou, by=centre, at=AT)
    assert (batch.heads, batch.name, standing(two)) == (1, "320500-0001", Standing.MAKING)
    answered(batch, centre, at=at("2019-11-30"))
    assert handing.announce(at=at("2019-12-11")) == []
    (card,) = handing.announce(at=at("2019-12-12"))
    assert standing(two) == Standing.READY
    assert handing.hand_out(cards=[card.pk], by=clerk_, at=at("2019-12-16")) == 1
    assert handing.hand_out(cards=[card.pk], by=clerk_, at=at("2019-12-16")) == 0
    card.refresh_from_db()
    assert (card.state, card.how, card.held_on, card.last_digits) == ("held", "handed_out", date(2019, 12, 16), "0001")
    assert [step.act for step in CardStep.objects.filter(person=two.person)] == [
        "hand_in", "accept", "order", "make", "announce", "hand_out",
    ]  # fmt: skip
    assert Batch.objects.get().answered_at == at("2019-11-30")
    assert examine(INVARIANTS) == []


def test_from_seven_on_the_first_day_of_cover_a_photo_is_needed_and_below_none(suzhou, school):
    policy = policy_of(suzhou)
    assert needs_photo(child(born=date(2013, 1, 1)), policy)
    assert not needs_photo(child(born=date(2013, 1, 2)), policy)
    assert needs_photo(child(born=None), policy)
    (young,) = paid(suzhou, school, born=date(2014, 3, 1))
    assert standing(young) == Standing.ORDER
    batch = batching.make(season=suzhou, by=operator(), at=AT)
    (line,) = batching.lines(batch)
    assert line.picture is None
    assert line.identity_number.startswith("X")


@pytest.mark.parametrize(
    ("days", "ready"),
    [
        (["2019-11-12", "2019-11-05"], "2019-12-12"),
        (["2019-11-05", "2019-11-30"], "2019-12-30"),
        (["2020-01-31", None], "2020-02-29"),
        (["2019-10-31", "2019-10-01"], "2019-11-30"),
        (["2019-12-31"], "2020-01-31"),
    ],
)
def test_a_card_is_ready_a_calendar_month_after_the_later_of_money_and_photo(suzhou, days, ready):
    said = [date.fromisoformat(day) if day else None for day in days]
    assert ready_on(rule_of(suzhou), *said) == date.fromisoformat(ready)


def test_the_day_of_the_photo_is_the_one_on_which_it_was_handed_in_and_not_looked_at(suzhou, school):
    centre = operator()
    (one,) = paid(suzhou, school, at=at("2019-11-04"))
    found = photo(one, clerk(school), at=at("2019-11-08"))
    deciding.accept(photos=[found.pk], by=centre, at=at("2019-11-20"))
    batching.make(season=suzhou, by=centre, at=at("2019-11-21"))
    card = Card.objects.get()
    assert (card.money_on, card.photo_on, card.ready_on) == (date(2019, 11, 4), date(2019, 11, 8), date(2019, 12, 8))


def test_a_rejected_photo_loses_its_picture_and_keeps_its_reason(suzhou, school):
    (one,) = paid(suzhou, school)
    found = photo(one)
    assert receiving.picture_of(found)
    with pytest.raises(Refused):
        deciding.reject(photo=found, reason="  ", by=operator(), at=AT)
    deciding.reject(photo=found, reason="闭眼", by=operator(), at=AT)
    found.refresh_from_db()
    assert (found.state, found.reason, found.purged_because, Picture.objects.count()) == (
        "rejected",
        "闭眼",
        "rejected",
        0,
    )
    assert standing(one) == Standing.PHOTO
    (pupil,) = listing.pupils(suzhou, school)
    assert (pupil.again, pupil.needs_photo, pupil.class_label) == ("闭眼", True, "一年级1班")


def test_another_photo_takes_the_place_of_the_first_and_the_trace_of_decisions_stays(suzhou, school):
    (one,) = paid(suzhou, school)
    first = accepted(one, clerk(school))
    second = photo(one)
    first.refresh_from_db()
    assert (first.state, first.purged_because) == ("replaced", "replaced")
    assert (second.state, second.came_by, Picture.objects.get().photo) == ("waiting", "family", second)
    assert [step.act for step in CardStep.objects.order_by("pk")] == ["hand_in", "accept", "replace", "hand_in"]


def test_two_operators_on_one_photo_the_second_changes_nothing(suzhou, school):
    (one,) = paid(suzhou, school)
    found = photo(one)
    assert deciding.accept(photos=[found.pk], by=operator(), at=AT) == 1
    assert deciding.accept(photos=[found.pk], by=operator(), at=AT) == 0
    deciding.reject(photo=found, reason="模糊", by=operator(), at=AT)
    with pytest.raises(Refused, match=r"处理|decided"):
        deciding.reject(photo=found, reason="模糊", by=operator(), at=AT)
    assert deciding.accept(photos=[found.pk], by=operator(), at=AT) == 0


def test_what_is_being_made_is_neither_replaced_rejected_nor_taken_back(suzhou, school):
    (one,) = paid(suzhou, school)
    found = accepted(one, clerk(school))
    batching.make(season=suzhou, by=operator(), at=AT)
    for deed in (
        lambda: photo(one),
        lambda: deciding.reject(photo=found, reason="模糊", by=operator(), at=AT),
        lambda: receiving.withdraw(person=one.person, area="320500", reason="撤回", at=AT),
    ):
        with pytest.raises(Refused):
            deed()
    assert Picture.objects.count() == 1


def test_a_guardian_takes_the_photo_back_and_the_picture_is_gone_at_once(suzhou, school):
    (one,) = paid(suzhou, school)
    photo(one, clerk(school))
    assert receiving.withdraw(person=one.person, area="320500", reason="监护人撤回同意", at=AT)
    assert not receiving.withdraw(person=one.person, area="320500", reason="监护人撤回同意", at=AT)
    assert (Photo.objects.get().purged_because, Picture.objects.count()) == ("withdrawn", 0)


def test_a_child_is_never_in_two_batches_whatever_a_program_tries(suzhou, school):
    (one,) = paid(suzhou, school)
    accepted(one, clerk(school))
    batch = batching.make(season=suzhou, by=operator(), at=AT)
    with pytest.raises(Refused):
        batching.make(season=suzhou, by=operator(), at=AT)
    card = Card.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.create(person=one.person, pooling_area="320500", batch=batch, line=2, state="ordered", state_at=AT,
                            ready_on=card.ready_on)  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        CardStep.objects.update(reason="anders")
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        Photo.objects.all().delete()


def test_a_batch_holds_no_more_than_it_may_and_first_comes_first(suzhou, school):
    rows = [*paid(suzhou, school, 2, at=at("2019-11-05")), *paid(suzhou, school, at=at("2019-11-04"))]
    for one in rows:
        accepted(one, clerk(school))
    batch = batching.make(season=suzhou, by=operator(), at=AT, most=2)
    ordered = Card.objects.filter(batch=batch).values_list("person", flat=True)
    assert rows[2].person_id in ordered
    assert to_order(suzhou).count() == 1


def test_results_are_taken_row_by_row_and_the_same_file_once(suzhou, school):
    centre = operator()
    rows = paid(suzhou, school, 3)
    for one in rows:
        accepted(one, clerk(school))
    batch = batching.make(season=suzhou, by=centre, at=AT)
    answers = [
        Answer(2, 1, True, "1234", ""), Answer(3, 2, False, "", "照片不清晰"), Answer(4, 9, True, "1111", ""),
        Answer(5, 1, True, "4321", ""), Answer(6, 1, True, "1234", ""),
    ]  # fmt: skip
    taken = take_results(batch=batch, sha256="a" * 64, answers=answers, problems=[], by=centre, at=AT)
    assert (taken.file.taken, [problem["row"] for problem in taken.file.problems], len(taken.rejected)) == (
        2,
        [4, 5],
        1,
    )
    again = take_results(batch=batch, sha256="a" * 64, answers=answers, problems=[], by=centre, at=AT)
    assert again.again
    assert Card.objects.filter(state=CardState.MADE).count() == 1
    refused = Card.objects.get(state=CardState.REFUSED)
    assert refused.photo.state == PhotoState.REJECTED
    assert standing(Enrolment.objects.get(person=refused.person)) == Standing.PHOTO
    assert Batch.objects.get().answered_at is None
    later = [Answer(2, 1, False, "", "弄错"), Answer(3, 3, True, "3333", "")]
    file = take_results(batch=batch, sha256="b" * 64, answers=later, problems=[], by=centre, at=AT).file
    assert (file.taken, [problem["row"] for problem in file.problems]) == (1, [2])
    assert Batch.objects.get().answered_at == AT


def test_a_card_that_was_not_made_for_another_reason_keeps_its_photo(suzhou, school):
    centre = operator()
    (one,) = paid(suzhou, school)
    accepted(one, clerk(school))
    batch = batching.make(season=suzhou, by=centre, at=AT)
    assert answered(batch, centre, refuse={1: "姓名有生僻字"}).rejected == ()
    assert standing(one) == Standing.ORDER
    assert batching.make(season=suzhou, by=centre, at=AT).number == 2


def test_holders_by_the_centres_list_are_listed_no_more(suzhou, school):
    centre = operator()
    first, second = paid(suzhou, school, 2)
    index = {one.pk: bytes(IdentityDocument.objects.get(person=one.person).number_index) for one in (first, second)}
    holders = [
        Holder(2, first.person.name, index[first.pk], "8888"), Holder(3, "别人", index[second.pk], ""),
        Holder(4, "外地孩子", b"\0" * 32, ""), Holder(5, first.person.name, index[first.pk], "8888"),
    ]  # fmt: skip
    file = take_holders(area="320500", sha256="c" * 64, holders=holders, problems=[], by=centre, at=AT).file
    assert (file.taken, [problem["row"] for problem in file.problems]) == (1, [3, 4])
    assert standing(first) == Standing.HELD
    assert standing(second) == Standing.PHOTO


def test_a_lost_card_puts_the_child_back_and_its_successor_counts_from_the_report(suzhou, school):
    clerk_, centre = clerk(school), operator()
    (one,) = paid(suzhou, school)
    accepted(one, clerk_)
    answered(batching.make(season=suzhou, by=centre, at=AT), centre)
    (card,) = handing.announce(at=at("2019-12-12"))
    assert handing.collect(card=card.pk, by=centre, at=at("2019-12-13"))
    with pytest.raises(Refused):
        handing.lose(card=card.pk, reason="", by=clerk_, at=at("2019-12-20"))
    assert handing.lose(card=card.pk, reason="春游丢失", by=clerk_, at=at("2019-12-20"))
    assert not handing.lose(card=card.pk, reason="春游丢失", by=clerk_, at=at("2019-12-20"))
    purging.purge(at=at("2019-12-20"))
    assert standing(one) == Standing.PHOTO
    accepted(one, clerk_, at=at("2019-12-18"))
    batching.make(season=suzhou, by=centre, at=at("2019-12-21"))
    assert Card.objects.get(state=CardState.ORDERED).ready_on == date(2020, 1, 20)


def test_the_card_follows_a_child_who_moved_school(suzhou, school):
    centre, other = operator(), organisation(name="沧浪学校")
    (one,) = paid(suzhou, school)
    accepted(one, clerk(school))
    answered(batching.make(season=suzhou, by=centre, at=AT), centre)
    Enrolment.objects.filter(pk=one.pk).update(organisation=other)
    ready = handing.announce(at=at("2019-12-12"))
    assert handing.agent_of(ready)[one.person_id].organisation == other
    assert listing.pupils(suzhou, school) == []
    assert [pupil.standing for pupil in listing.pupils(suzhou, other)] == [Standing.READY]


def test_pictures_nobody_needs_are_erased_and_that_they_were_is_written_down(suzhou, school):
    clerk_, centre = clerk(school), operator()
    handed, made, gone, kept = paid(suzhou, school, 4)
    for one in (handed, made):
        accepted(one, clerk_)
    answered(batching.make(season=suzhou, by=centre, at=AT), centre)
    card = Card.objects.get(person=handed.person)
    handing.collect(card=card.pk, by=centre, at=AT)
    photo(gone)
    photo(kept)
    Enrolment.objects.filter(pk=gone.pk).update(state="withdrawn", reason="转学")
    assert purging.purge(at=AT) == 2
    assert purging.purge(at=AT) == 0
    assert dict(Photo.objects.values_list("person", "purged_because")) == {
        handed.person_id: "handed_out", gone.person_id: "left", made.person_id: "", kept.person_id: "",
    }  # fmt: skip
    assert purging.purge(at=AT + timedelta(days=31)) == 1
    assert Picture.objects.get().photo.person == kept.person
    assert CardStep.objects.filter(act="purge").count() == 3


def test_who_does_not_enrol_or_has_a_card_hands_in_no_photo(suzhou, school):
    person = child(school)
    with pytest.raises(Refused):
        receiving.receive(person=person, season=suzhou, jpeg=b"", doubts=(), by=None, at=AT)
    assert not receiving.may_hand_in(person=person, season=suzhou)


DEEDS = ("hand_in", "accept", "reject", "withdraw", "order", "made", "refused", "announce", "hand_out", "lose", "purge")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.sampled_from(DEEDS), max_size=14))
def test_whatever_is_done_in_whatever_order_one_picture_one_card_and_every_step_is_there(suzhou, school, deeds):
    with transaction.atomic():
        (one,) = paid(suzhou, school)
        clerk_, centre, moment = clerk(school), operator(), AT
        for deed in deeds:
            moment += timedelta(days=9)
            try:
                _do(deed, one, clerk_, centre, moment)
            except Refused:
                continue
            live = Photo.objects.filter(person=one.person, purged_at__isnull=True)
            assert live.count() == Picture.objects.filter(photo__person=one.person).count() <= 1
            cards = Card.objects.filter(person=one.person, state__in=["ordered", "made", "ready", "held"])
            assert cards.count() <= 1
        for each in (*Photo.objects.filter(person=one.person), *Card.objects.filter(person=one.person)):
            moves = [step.to_state for step in each.steps.order_by("pk") if step.act != "purge"]
            assert moves[-1] == each.state
        transaction.set_rollback(True)


def _do(deed: str, one: Enrolment, clerk_, centre, moment) -> None:
    live = Photo.objects.filter(person=one.person, purged_at__isnull=True).first()
    card = Card.objects.filter(person=one.person).order_by("-pk").first()
    match deed:
        case "hand_in":
            photo(one, clerk_, moment)
        case "accept" if live:
            deciding.accept(photos=[live.pk], by=centre, at=moment)
        case "reject" if live:
            deciding.reject(photo=live, reason="模糊", by=clerk_, at=moment)
        case "withdraw":
            receiving.withdraw(person=one.person, area="320500", reason="撤回", at=moment)
        case "order":
            batching.make(season=one.season, by=centre, at=moment)
        case "made" if card and card.batch:
            answered(card.batch, centre, moment)
        case "refused" if card and card.batch:
            answered(card.batch, centre, moment, refuse={card.line: "照片不清晰"})
        case "announce":
            handing.announce(at=moment)
        case "hand_out" if card:
            handing.hand_out(cards=[card.pk], by=clerk_, at=moment)
        case "lose" if card:
            handing.lose(card=card.pk, reason="丢失", by=clerk_, at=moment)
        case "purge":
            purging.purge(at=moment)
