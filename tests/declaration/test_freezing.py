"""Freezing, submitting, discarding, supplements. 锁定与提交"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from tests.declaration.building import (
    AT,
    DECLARED,
    accepted,
    altered,
    at,
    clerk,
    confirmed,
    frozen,
    officer,
    organisation,
    submitted,
)
from tests.enrolment.building import child
from yingbao.collection.billing import bill
from yingbao.declaration.deciding import accept, send_back
from yingbao.declaration.freezing import correct_declared, digest_of, discard, freeze, submit
from yingbao.declaration.models import Declaration, DeclarationLine
from yingbao.declaration.refusals import NothingToDeclare
from yingbao.enrolment.actions import confirm_ready, reopen, withdraw
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.ledger.audit import examine
from yingbao.people.models import AssistedStatus
from yingbao.values.clock import CHINA
from yingbao.values.reference import is_reference
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
LATER, LATEST = at("2019-11-14"), at("2019-11-18")


def plain_digest(declaration: Declaration) -> bytes:
    """The digest as the docstring of `freezing` tells it, written a second time."""
    lines = [
        json.dumps(
            [
                line.ordinal, line.change, line.enrolment_id, line.name, line.number_masked, line.class_label,
                line.premium_fen, line.self_paid_fen, line.subsidised_fen, line.paid_by, line.category,
                line.listed_by_id,
            ],
            ensure_ascii=False, separators=(",", ":"),
        )
        for line in declaration.lines.order_by("ordinal")
    ]  # fmt: skip
    return hashlib.sha256("\n".join(lines).encode()).digest()


def test_confirmed_children_are_frozen_with_heads_and_sums(suzhou, school, by):
    paying = confirmed(suzhou, school, 2)
    confirmed(suzhou, school, 1, assisted="orphan")
    child(school)
    made = frozen(suzhou, school, by)
    fee = paying[0].self_paid_fen
    assert (made.state, made.ordinal, made.heads, made.payers, made.exempt) == ("frozen", 1, 3, 2, 1)
    assert (made.self_paid_fen, made.subsidised_fen) == (2 * fee, fee)
    assert is_reference(made.reference)
    exempt = made.lines.get(self_paid_fen=0)
    assert (exempt.paid_by, exempt.category, exempt.listed_by.kind) == ("treasury", "orphan", "civil_affairs")
    assert exempt.class_label == "一年级 1班"
    assert "*" in exempt.number_masked


def test_a_child_on_three_lists_stands_once_and_for_the_list_that_named_it_first(suzhou, school, by):
    (one,) = confirmed(suzhou, school, 1, assisted="orphan")
    for kind in ("union_federation", "disabled_federation"):
        AssistedStatus.objects.create(
            person=one.person, category="orphan", provided_by=organisation(kind), first=at("2019-02-01").date()
        )
    line = frozen(suzhou, school, by).lines.get()
    assert line.listed_by.kind == "civil_affairs"
    assert line.subsidised_fen == one.premium_fen


def test_the_digest_is_the_one_that_the_documentation_tells(suzhou, school, by):
    confirmed(suzhou, school, 2, name='张"小\\明·阿卜\u0001杜\t𠮷')
    confirmed(suzhou, school, 1, assisted="orphan")
    made = frozen(suzhou, school, by)
    assert bytes(made.digest) == plain_digest(made) == digest_of(made)


def test_another_digest_is_found_once_a_line_was_altered_past_the_trigger(suzhou, school, by):
    confirmed(suzhou, school, 2)
    made = frozen(suzhou, school, by)
    altered(made.lines.first(), "name", "李小红")
    assert digest_of(made) != bytes(made.digest)
    (finding,) = examine(DECLARED)
    assert (finding.invariant.id, finding.rows[0]["reference"]) == ("declared.hash_still_matches", made.reference)


@pytest.mark.parametrize(
    ("column", "value"),
    [("name", "李小红"), ("self_paid_fen", 0), ("ordinal", 9), ("change", "remove"), ("paid_by", "treasury")],
)
def test_a_frozen_line_cannot_be_edited_in_the_database(suzhou, school, by, column, value):
    confirmed(suzhou, school)
    line = frozen(suzhou, school, by).lines.get()
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        DeclarationLine.objects.filter(pk=line.pk).update(**{column: value})


@pytest.mark.parametrize(
    ("column", "value"), [("heads", 2), ("self_paid_fen", 1), ("digest", b"0" * 32), ("reference", "SB0000000000")]
)
def test_a_frozen_declaration_cannot_be_edited_in_the_database(suzhou, school, by, column, value):
    confirmed(suzhou, school)
    made = frozen(suzhou, school, by)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Declaration.objects.filter(pk=made.pk).update(**{column: value})


def test_a_child_of_another_school_cannot_be_put_on_the_list(suzhou, school, by):
    confirmed(suzhou, school)
    made = frozen(suzhou, school, by)
    (theirs,) = confirmed(suzhou, organisation())
    line = made.lines.get()
    line.pk, line.ordinal, line.enrolment = None, 2, theirs
    with pytest.raises(IntegrityError, match="not worked on by the agent"), transaction.atomic():
        line.save()


def test_nothing_is_frozen_while_nobody_is_confirmed(suzhou, school, by):
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    with pytest.raises(NothingToDeclare) as refused:
        frozen(suzhou, school, by)
    assert "确认" in refused.value.mend.zh
    assert not Declaration.objects.exists()


def test_a_second_list_waits_until_the_first_is_decided(suzhou, school, by):
    confirmed(suzhou, school)
    first = frozen(suzhou, school, by)
    confirmed(suzhou, school)
    with pytest.raises(Refused, match=first.reference):
        frozen(suzhou, school, by)


def test_another_schools_clerk_and_the_tax_desk_freeze_nothing(suzhou, school):
    confirmed(suzhou, school)
    for stranger in (clerk(organisation()), officer()):
        with pytest.raises(Refused, match="星海学校"):
            frozen(suzhou, school, stranger)


def test_where_families_pay_no_list_is_declared(yuzhong):
    away = organisation(area="500103")
    confirmed(yuzhong, away, hukou="500103", area="500103")
    with pytest.raises(Refused, match="families pay"):
        frozen(yuzhong, away, clerk(away))


def test_a_way_of_paying_has_to_be_chosen(suzhou, school, by):
    confirmed(suzhou, school)
    with pytest.raises(Refused, match="way of paying"):
        freeze(season=suzhou, organisation=school, method="cash", by=by, at=AT)


def test_a_list_of_exempt_children_needs_no_payment(suzhou, school, by):
    confirmed(suzhou, school, 2, assisted="orphan")
    made = frozen(suzhou, school, by)
    assert (made.method, made.self_paid_fen, made.exempt) == ("none", 0, 2)


LAST_MOMENT = datetime(2019, 11, 30, 23, 59, 59, tzinfo=CHINA)
MIDNIGHT = datetime(2019, 12, 1, 0, 0, 0, tzinfo=CHINA)


def test_the_last_second_of_the_window_in_china_still_counts(suzhou, school, by):
    confirmed(suzhou, school)
    assert submitted(suzhou, school, by, LAST_MOMENT).state == "submitted"


def test_at_midnight_in_china_nothing_is_frozen_any_more(suzhou, school, by):
    confirmed(suzhou, school)
    with pytest.raises(Refused) as refused:
        frozen(suzhou, school, by, MIDNIGHT)
    assert "2019-11-30" in refused.value.mend.zh


def test_a_list_frozen_in_time_is_not_submitted_after_midnight(suzhou, school, by):
    confirmed(suzhou, school)
    made = frozen(suzhou, school, by, LAST_MOMENT)
    with pytest.raises(Refused, match="2019-12-01"):
        submit(declaration=made, by=by, at=MIDNIGHT)
    assert discard(declaration=made, by=by, at=MIDNIGHT).state == "discarded"


def test_before_the_season_begins_nothing_is_frozen(suzhou, school, by):
    with pytest.raises(Refused, match="too early"):
        frozen(suzhou, school, by, at("2019-08-31"))


def test_submitting_twice_is_submitting_once(suzhou, school, by):
    confirmed(suzhou, school)
    made = submitted(suzhou, school, by)
    again = submit(declaration=made, by=clerk(school), at=LATER)
    assert (again.submitted_at, again.submitted_by) == (AT, by.user)


def test_what_is_submitted_cannot_be_discarded_and_what_is_discarded_not_submitted(suzhou, school, by):
    confirmed(suzhou, school)
    made = submitted(suzhou, school, by)
    with pytest.raises(Refused):
        discard(declaration=made, by=by, at=AT)
    send_back(declaration=made, reason="请核对班级", by=officer(), at=AT)
    thrown = discard(declaration=frozen(suzhou, school, by), by=by, at=AT)
    with pytest.raises(Refused):
        submit(declaration=thrown, by=by, at=AT)


def test_after_a_discarded_list_the_children_are_frozen_anew_with_another_reference(suzhou, school, by):
    confirmed(suzhou, school)
    first = discard(declaration=frozen(suzhou, school, by), by=by, at=AT)
    second = frozen(suzhou, school, by)
    assert (second.ordinal, second.heads) == (2, 1)
    assert second.reference != first.reference


def test_who_is_confirmed_after_the_acceptance_stands_on_a_supplement_alone(suzhou, school, by):
    confirmed(suzhou, school, 2)
    first = accepted(suzhou, school, by)
    bill(declaration=first, at=AT)
    (late,) = confirmed(suzhou, school)
    more = frozen(suzhou, school, by, LATER)
    assert (more.ordinal, more.is_supplement) == (2, True)
    assert more.lines.get().enrolment == late


def test_accepted_children_are_not_frozen_again_though_nobody_has_billed_them_yet(suzhou, school, by):
    confirmed(suzhou, school)
    accepted(suzhou, school, by, LATER)
    with pytest.raises(NothingToDeclare):
        frozen(suzhou, school, by, LATEST)


def test_a_declared_child_that_is_withdrawn_becomes_a_removal_and_may_come_back(suzhou, school, by):
    one, _ = confirmed(suzhou, school, 2)
    bill(declaration=accepted(suzhou, school, by), at=AT)
    withdraw(enrolment=one, reason="转学", by=by, at=LATER)
    gone = frozen(suzhou, school, by, LATER)
    line = gone.lines.get()
    assert (line.enrolment, line.change, gone.heads, gone.removals, gone.method) == (one, "remove", 0, 1, "none")
    submit(declaration=gone, by=by, at=LATER)
    accept(declaration=gone, by=officer(), at=LATER)
    with pytest.raises(NothingToDeclare):
        frozen(suzhou, school, by, LATER)
    reopen(enrolment=one, by=by, at=LATEST)
    confirm_ready(season=suzhou, organisation=school, by=by, at=LATEST)
    back = frozen(suzhou, school, by, LATEST)
    assert (back.lines.get().change, back.lines.get().enrolment, back.ordinal) == ("add", one, 3)


def test_a_list_that_came_late_makes_a_correction_by_the_platform_itself(suzhou, school, by):
    one, _ = confirmed(suzhou, school, 2)
    bill(declaration=accepted(suzhou, school, by), at=AT)
    assert correct_declared(season=suzhou, organisation=school, because="名单后到", at=LATER) is None
    Enrolment.objects.filter(pk=one.pk).update(
        self_paid_fen=0, subsidised_fen=one.premium_fen, paid_by="treasury", state="exempt"
    )
    made = correct_declared(season=suzhou, organisation=school, because="名单后到", at=LATER)
    line = made.lines.get()
    assert (made.state, made.frozen_by, made.because, made.corrections, made.heads) == (
        "submitted", None, "名单后到", 1, 0,
    )  # fmt: skip
    assert (line.change, line.enrolment, line.self_paid_fen) == ("correct", one, 0)
    accept(declaration=made, by=officer(), at=LATER)
    assert correct_declared(season=suzhou, organisation=school, because="名单后到", at=LATEST) is None


def test_a_community_declares_its_children_too(suzhou, community, worker):
    person = child(registered=None, hukou="320508", points=None)
    Enrolment.objects.create(
        season=suzhou, person=person, plan_year=2020, organisation=community, state="confirmed", state_at=AT,
        status="enrolled", phase="open", premium_fen=100, self_paid_fen=100,
    )  # fmt: skip
    made = freeze(season=suzhou, organisation=community, method="transfer", by=worker, at=AT)
    assert (made.heads, made.lines.get().class_label) == (1, "")
