"""A season of declarations told at random, against a plain model of what stands on which list. 申报状态机"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.declaration.building import DECLARED, at, clerk, frozen, officer, organisation
from tests.enrolment.building import child
from yingbao.collection.billing import bill
from yingbao.collection.models import Obligation
from yingbao.collection.owing import end_unpaid, lock
from yingbao.declaration import deciding
from yingbao.declaration.building import NOW, build
from yingbao.declaration.comparing import differences
from yingbao.declaration.freezing import discard, submit
from yingbao.declaration.lifecycle import OPEN, STANDING
from yingbao.declaration.models import Declaration
from yingbao.enrolment.actions import confirm, reopen, withdraw
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.ledger.audit import examine
from yingbao.values.refusal import Refused

CHILDREN = 3


class Declaring(RuleBasedStateMachine):
    """A school with three children, its clerk and an officer; every act a minute later than the one before."""

    @initialize()
    def open(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = at("2019-11-12")
        self.season = open_season(policy_id="320500/2020", at=self.now)
        self.school = organisation(name="星海学校")
        self.by, self.officer = clerk(self.school), officer()
        for _ in range(CHILDREN):
            child(self.school)
        list_and_determine(season=self.season, organisation=self.school, at=self.now)
        self.keys = list(Enrolment.objects.order_by("pk").values_list("pk", flat=True))
        self.standing: dict[int, str] = dict.fromkeys(self.keys, "determined")
        """each child's own state, in plain words"""
        self.taken: set[int] = set()
        """children on the list that the tax authority holds"""
        self.hand: dict[int, str] | None = None
        """the list in hand: child → added or removed"""
        self.handed_in = False

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def minute(self) -> Any:
        self.now += timedelta(minutes=1)
        return self.now

    @property
    def list_in_hand(self) -> Declaration:
        return Declaration.objects.get(state__in=sorted(OPEN))

    def wanted(self) -> dict[int, str]:
        """What the next list has to hold."""
        added = {key: "add" for key, state in self.standing.items() if state == "confirmed"}
        removed = {key: "remove" for key in self.taken if self.standing[key] == "withdrawn"}
        return added | removed

    def act(self, allowed: bool, deed: Any) -> bool:
        if not allowed:
            with pytest.raises(Refused):
                deed()
            return False
        deed()
        return True

    @rule(which=st.integers(0, CHILDREN - 1))
    def the_clerk_confirms_a_child(self, which: int) -> None:
        key, one = self.keys[which], Enrolment.objects.get(pk=self.keys[which])
        if self.standing[key] == "withdrawn":
            reopen(enrolment=one, by=self.by, at=self.minute())
            one.refresh_from_db()
        confirm(enrolments=[one], by=self.by, at=self.minute())
        if self.standing[key] != "declared":
            self.standing[key] = "confirmed"

    @rule(which=st.integers(0, CHILDREN - 1))
    def the_clerk_withdraws_a_child(self, which: int) -> None:
        key = self.keys[which]
        withdraw(enrolment=Enrolment.objects.get(pk=key), reason="转学", by=self.by, at=self.minute())
        live = Obligation.objects.filter(enrolment=key, ended_at__isnull=True)
        end_unpaid(obligations=list(lock([one.pk for one in live]).values()), because="withdrawn", at=self.now)
        self.standing[key] = "withdrawn"

    @rule()
    def the_clerk_freezes(self) -> None:
        wanted = self.wanted()
        if self.act(
            self.hand is None and bool(wanted), lambda: frozen(self.season, self.school, self.by, self.minute())
        ):
            self.hand, self.handed_in = wanted, False
            assert dict(self.list_in_hand.lines.values_list("enrolment", "change")) == wanted

    @precondition(lambda self: self.hand is not None)
    @rule()
    def the_clerk_hands_it_in(self) -> None:
        submit(declaration=self.list_in_hand, by=self.by, at=self.minute())
        self.handed_in = True

    @precondition(lambda self: self.hand is not None)
    @rule()
    def the_clerk_throws_it_away(self) -> None:
        one = self.list_in_hand
        if self.act(not self.handed_in, lambda: discard(declaration=one, by=self.by, at=self.minute())):
            self.hand = None

    @precondition(lambda self: self.hand is not None)
    @rule()
    def the_officer_sends_it_back(self) -> None:
        one = self.list_in_hand
        deed = lambda: deciding.send_back(declaration=one, reason="不符", by=self.officer, at=self.minute())  # noqa: E731
        if self.act(self.handed_in, deed):
            self.hand = None

    def stale(self) -> set[int]:
        assert self.hand is not None
        return {key for key, change in self.hand.items() if change == "add" and self.standing[key] != "confirmed"}

    @precondition(lambda self: self.hand is not None)
    @rule()
    def the_officer_accepts_it(self) -> None:
        one = self.list_in_hand
        deed = lambda: deciding.accept(declaration=one, by=self.officer, at=self.minute())  # noqa: E731
        if self.act(self.handed_in and not self.stale(), deed):
            self.take(one, set())

    @precondition(lambda self: self.hand is not None)
    @rule(which=st.sets(st.integers(0, CHILDREN - 1)))
    def the_officer_accepts_it_in_part(self, which: set[int]) -> None:
        one = self.list_in_hand
        assert self.hand is not None
        refused = {self.keys[each] for each in which} & set(self.hand)
        lines = {line.pk: "有误" for line in one.lines.all() if line.enrolment_id in refused}
        allowed = self.handed_in and bool(refused) and refused != set(self.hand) and self.stale() <= refused
        deed = lambda: deciding.accept_in_part(  # noqa: E731
            declaration=one, refused=lines, by=self.officer, at=self.minute()
        )
        if self.act(allowed, deed):
            self.take(one, refused)

    def take(self, one: Declaration, refused: set[int]) -> None:
        """What the tax authority now holds; the accepted owe at once."""
        assert self.hand is not None
        one.refresh_from_db()
        bill(declaration=one, at=self.minute())
        for key, change in self.hand.items():
            if key in refused:
                continue
            if change == "add":
                self.taken.add(key)
                self.standing[key] = "declared"
            else:
                self.taken.discard(key)
        self.hand = None

    @invariant()
    def every_child_stands_as_the_plain_model_says(self) -> None:
        if hasattr(self, "undo"):
            assert dict(Enrolment.objects.values_list("pk", "state")) == self.standing

    @invariant()
    def the_page_shows_what_would_be_frozen(self) -> None:
        if hasattr(self, "undo"):
            built = build(season=self.season, organisation=self.school, at=self.now)
            assert {one.enrolment for one in built.of(*NOW)} == set(self.wanted()) - set(self.hand or {})
            assert len(built.children) == CHILDREN

    @invariant()
    def the_frozen_lists_are_whole_and_what_is_held_agrees(self) -> None:
        if not hasattr(self, "undo"):
            return
        assert examine(DECLARED) == []
        left = {one.enrolment for one in differences(season=self.season) if one.kind == "left"}
        gone = {key for key in self.taken if self.standing[key] == "withdrawn"}
        assert left == gone - set(self.hand or {})
        assert Obligation.objects.filter(ended_at__isnull=True).count() == sum(
            state == "declared" for state in self.standing.values()
        )

    @invariant()
    def ordinals_and_references_never_come_twice(self) -> None:
        if hasattr(self, "undo"):
            rows = list(Declaration.objects.order_by("ordinal").values_list("ordinal", "reference", "state"))
            assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
            assert len({row[1] for row in rows}) == len(rows)
            assert all(row[2] in {*STANDING, *OPEN, "returned", "discarded"} for row in rows)


def test_a_season_of_declarations_told_at_random_goes_as_the_plain_model_says(db):
    run_state_machine_as_test(
        Declaring,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
