"""A child's season, told at random, against a plain model of the notice. 流程模型对照"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.enrolment.building import at, body, child, clerk, enter, organisation
from yingbao.enrolment import actions
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.lifecycle import EDGES
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.needs import needs
from yingbao.enrolment.opening import open_enrolments
from yingbao.enrolment.seasons import open_season
from yingbao.people.models import AssistedStatus
from yingbao.policy.catalogue import policy_of
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db

DAYS = [date(2019, 8, 31), date(2019, 9, 1), date(2019, 10, 8), date(2019, 11, 30), date(2019, 12, 1)]
PREMIUM = policy_of("320500/2020").tables.premium[0].premium_fen
PLACES = {"320508": "hukou_community", "320585": "school", "340100": ""}
ENDED = ("declined", "withdrawn")


@dataclass(frozen=True)
class Plain:
    """All that a child's enrolment is, in plain words: no table, no SQL, no lifecycle."""

    hukou: str
    registered: bool = False
    assisted: bool = False
    at_school: int = 0
    listed_at: int = 0
    state: str = "draft"
    told: tuple[str, int] = ("", 0)
    """what was decided: status, the family's part"""

    def phase(self, day: date) -> str:
        return "not_open" if day < DAYS[1] else "open" if day <= DAYS[3] else "closed"

    def decision(self, day: date) -> tuple[str, int]:
        if self.hukou == "340100":
            return "ineligible", 0
        if self.phase(day) != "open":
            return self.phase(day), 0
        return "enrolled", 0 if self.assisted else PREMIUM

    def determined(self, day: date) -> Plain:
        if self.state in ENDED or (self.state == "confirmed" and self.phase(day) != "open"):
            return self
        if self.state == "confirmed" and self.told == self.decision(day) and self.listed_at == self.at_school:
            return self
        waits = self.state != "confirmed" and PLACES[self.hukou] and not self.registered
        return replace(
            self, state="draft" if waits else "determined", told=self.decision(day), listed_at=self.at_school
        )

    def confirmed(self, day: date, clerk: int) -> Plain | None:
        if clerk != self.listed_at:
            return None
        if self.state == "confirmed":
            return self
        fresh = self.determined(day)
        sure = (fresh.state, fresh.told[0], fresh.listed_at) == ("determined", "enrolled", clerk)
        return replace(fresh, state="confirmed") if sure else None

    def left(self, day: date, clerk: int, state: str) -> Plain | None:
        if clerk != self.listed_at:
            return None
        if self.state == state:
            return self
        possible = self.state not in ENDED and not (state == "declined" and self.state == "confirmed")
        return replace(self, state=state) if possible and self.phase(day) == "open" else None

    def reopened(self, day: date, clerk: int) -> Plain | None:
        if clerk != self.listed_at or self.state == "confirmed":
            return None
        if self.state not in ENDED:
            return self.determined(day) if self.state == "draft" else self
        return replace(self, state="draft").determined(day) if self.phase(day) == "open" else None

    def registered_by(self, day: date, clerk: int | None) -> Plain | None:
        fresh = self.determined(day)
        place = PLACES[fresh.hukou] if fresh.state not in ENDED else "as last decided"
        if place == "as last decided":
            return None
        # Through the school it is the insurance agency that registers, who is not in this play.
        if place != "hukou_community" or clerk is not None:
            return None
        if fresh.registered:
            return fresh if fresh.state != "draft" else None
        if fresh.state != "draft" or self.phase(day) != "open":
            return None
        return replace(fresh, registered=True).determined(day)


class Season(RuleBasedStateMachine):
    """One child, two schools, a community, and days that pass."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.day = DAYS[2]
        self.season = open_season(policy_id="320500/2020", at=at("2019-09-01"))
        self.schools = [organisation(), organisation()]
        self.clerks = [clerk(school) for school in self.schools]
        self.worker = clerk(organisation("community"))
        self.person = child(self.schools[0], registered=None)
        open_enrolments(season=self.season, organisation=self.schools[0], at=self.moment)
        self.plain = Plain(hukou="320508")
        self.see()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @property
    def moment(self) -> Any:
        return at(self.day.isoformat())

    @property
    def one(self) -> Enrolment:
        return Enrolment.objects.get()

    def see(self) -> None:
        determine_people(season=self.season, person_ids=[self.person.pk], as_of=self.day, at=self.moment)
        self.plain = self.plain.determined(self.day)

    def expect(self, plain: Plain | None, act: Callable[[], Any]) -> None:
        if plain is None:
            with pytest.raises(Refused):
                act()
        else:
            act()
            self.plain = plain

    @rule(days=st.integers(1, 2))
    def days_pass(self, days: int) -> None:
        self.day = DAYS[min(DAYS.index(self.day) + days, len(DAYS) - 1)]

    @rule()
    def the_day_before_the_season(self) -> None:
        self.day = DAYS[0]

    @rule()
    def the_nightly_run_decides_afresh(self) -> None:
        self.see()

    @rule(hukou=st.sampled_from(sorted(PLACES)))
    def the_hukou_is_corrected(self, hukou: str) -> None:
        type(self.person).objects.filter(pk=self.person.pk).update(hukou=hukou)
        self.plain = replace(self.plain, hukou=hukou)

    @precondition(lambda self: not self.plain.assisted)
    @rule()
    def civil_affairs_list_the_child(self) -> None:
        AssistedStatus.objects.create(person=self.person, category="orphan", provided_by=body(), first=date(2019, 1, 1))
        self.plain = replace(self.plain, assisted=True)

    @precondition(lambda self: self.plain.assisted)
    @rule()
    def civil_affairs_strike_the_child_off(self) -> None:
        AssistedStatus.objects.all().delete()
        self.plain = replace(self.plain, assisted=False)

    @rule()
    def the_child_changes_school(self) -> None:
        self.person.rolls.all().delete()
        self.plain = replace(self.plain, at_school=1 - self.plain.at_school)
        enter(self.person, self.schools[self.plain.at_school])

    @rule(by=st.integers(0, 1))
    def a_clerk_confirms(self, by: int) -> None:
        expected = self.plain.confirmed(self.day, by)
        self.expect(expected, lambda: actions.confirm(enrolments=[self.one], by=self.clerks[by], at=self.moment))

    @rule(by=st.integers(0, 1))
    def a_clerk_records_that_the_family_declines(self, by: int) -> None:
        self.expect(
            self.plain.left(self.day, by, "declined"),
            lambda: actions.decline(enrolment=self.one, reason="不参加", by=self.clerks[by], at=self.moment),
        )

    @rule(by=st.integers(0, 1))
    def a_clerk_withdraws(self, by: int) -> None:
        self.expect(
            self.plain.left(self.day, by, "withdrawn"),
            lambda: actions.withdraw(enrolment=self.one, reason="转走", by=self.clerks[by], at=self.moment),
        )

    @rule(by=st.integers(0, 1))
    def a_clerk_reopens(self, by: int) -> None:
        expected = self.plain.reopened(self.day, by)
        self.expect(expected, lambda: actions.reopen(enrolment=self.one, by=self.clerks[by], at=self.moment))

    @rule(by=st.sampled_from([None, 0, 1]))
    def somebody_registers_the_child(self, by: int | None) -> None:
        who = self.worker if by is None else self.clerks[by]
        channel = PLACES[self.plain.hukou] or "school"
        self.expect(
            self.plain.registered_by(self.day, by),
            lambda: actions.register(enrolment=self.one, channel=channel, by=who, at=self.moment),
        )

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        one = self.one
        assert (one.state, self.schools.index(one.organisation)) == (self.plain.state, self.plain.listed_at)
        assert (one.status, one.self_paid_fen) == self.plain.told
        assert bool(one.reason) == (one.state in ENDED)

    @invariant()
    def the_history_leads_along_the_table_to_the_state(self) -> None:
        one, state = self.one, ""
        ways = {(edge.act, edge.origin, edge.target) for edge in EDGES}
        for step in one.steps.all():
            assert step.from_state == state or (step.act, step.from_state) == ("open", "")
            assert (
                (step.act, step.from_state, step.to_state) in ways
                or step.from_state == step.to_state
                or step.act == "open"
            )
            state = step.to_state
        assert state == one.state

    @invariant()
    def an_ended_or_confirmed_child_is_in_no_way_undecided(self) -> None:
        one = self.one
        found = {need.kind for need in needs(one)}
        if one.state in ENDED:
            assert not found
        if one.state == "draft":
            assert any(kind.startswith("register_") for kind in found)


def test_a_season_told_at_random_goes_as_the_plain_model_says(db):
    run_state_machine_as_test(
        Season,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
