"""Whatever happens in whatever order, a message takes only edges of the table, and its code is erased. 消息流程"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.enrolment.building import AT
from yingbao.messages import moving
from yingbao.messages.lifecycle import EDGES, ENDED, STATE_NAMES, WAITING, Act, State, after, origins, wait_seconds
from yingbao.messages.models import Message
from yingbao.messages.queueing import queue

KNOWN = {(edge.origin, edge.target) for edge in EDGES}
MOVES = [Act.ACCEPT, Act.AGAIN, Act.FALL_BACK, Act.REFUSE, Act.ARRIVE, Act.STOP, Act.CLAIM, Act.EXPIRE]


def test_every_state_has_a_name_and_every_edge_leads_between_states():
    assert set(STATE_NAMES) == set(State)
    assert len({(edge.act, edge.origin) for edge in EDGES}) == len(EDGES)
    assert {edge.origin for edge in EDGES} == set(State) - ENDED


def test_nothing_leads_out_of_an_end():
    assert all(after(act, state) is None for act in Act for state in ENDED)


def test_whatever_is_sent_was_claimed_first():
    assert origins(Act.ACCEPT) == (State.SENDING,)
    assert {edge.origin for edge in EDGES if edge.target == State.SENDING} == {State.QUEUED}


def test_waits_grow_and_never_end():
    waits = [wait_seconds(tries) for tries in range(20)]
    assert waits == sorted(waits)
    assert waits[0] == waits[1] == 60
    assert waits[-1] == 3600


class Messages(RuleBasedStateMachine):
    """A message, two who know of it (one with a stale copy), and time."""

    @initialize(kind=st.sampled_from(["family_code", "debit_returned"]))
    def queued(self, kind: str) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        values = {
            "family_code": {"code": "481516", "minutes": "5"},
            "debit_returned": {"child": "张*", "year": "2020", "amount": "250", "deadline": "11月30日"},
        }[kind]
        made = queue(kind=kind, phone="13912345678", values=values, key="one", at=AT)
        assert made
        self.at, self.stale, self.state = AT, made, State(made.state)

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @rule(minutes=st.integers(1, 20_000))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule()
    def somebody_remembers_it(self) -> None:
        self.stale = Message.objects.get()

    @rule()
    def a_worker_claims(self) -> None:
        self.seen(moving.claim(channels=["sms", "wechat"], at=self.at))

    @rule(act=st.sampled_from(MOVES), stale=st.booleans())
    def somebody_moves_it(self, act: Act, stale: bool) -> None:
        message = self.stale if stale else Message.objects.get()
        before = Message.objects.get()
        moved = moving.move(message=message, act=act, at=self.at, said="-")
        assert not moved or before.state == message.state
        self.seen(moved)

    @rule()
    def it_is_too_old(self) -> None:
        self.seen(moving.expire(at=self.at))

    @rule()
    def an_administrator_tries_again(self) -> None:
        self.seen(moving.try_again(message=Message.objects.get(), at=self.at))

    def seen(self, moved: object) -> None:
        now = State(Message.objects.get().state)
        assert now == self.state or (self.state, now) in KNOWN, (self.state, now, moved)
        self.state = now

    @invariant()
    def a_code_is_kept_only_while_it_is_needed(self) -> None:
        if not hasattr(self, "undo"):
            return
        message = Message.objects.get()
        assert message.secret_cipher is None or message.state in WAITING
        if message.state in WAITING and message.kind == "family_code":
            assert message.secret_cipher is not None
        assert "481516" not in message.text


def test_a_message_moved_at_random_takes_only_edges_of_the_table(db):
    run_state_machine_as_test(
        Messages,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
