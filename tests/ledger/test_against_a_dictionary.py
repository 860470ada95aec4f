"""The book against a plain Python one: whatever is done, both say the same. 对照模型测试"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.ledger.conftest import AT, BANK, BOOK, DAY, FAMILY, FEE, OVERPAID, SUSPENSE, TREASURY
from yingbao.ledger.audit import INVARIANTS, examine
from yingbao.ledger.balances import balances, sum_by_source, sum_by_subject
from yingbao.ledger.closing import close_day, last_closed, open_day
from yingbao.ledger.journals import post, post_many
from yingbao.ledger.models import Journal
from yingbao.ledger.posting import KINDS, AccountName, Conflict, DayClosed, Entry, Event, Kind, Posting, digest_of

ACCOUNTS = [BANK, SUSPENSE, OVERPAID, FAMILY, TREASURY, FEE]
OTHERS_MAY_BE_BELOW_ZERO = {
    "ledger.nobody_owes_less_than_nothing",
    "ledger.no_arrival_is_matched_beyond_its_amount",
}
"""the machine moves money at random, so accounts may be overdrawn"""

number = st.none() | st.integers(1, 3)
entries = st.builds(
    lambda pair, amount_fen, subject, source: Entry(*pair, amount_fen, subject, source),
    st.permutations(ACCOUNTS).map(lambda names: names[:2]),
    st.integers(1, 10**10),
    number,
    number,
)
postings = st.builds(
    lambda key, event, day, transfers, said: Posting(
        key, event, DAY + timedelta(days=day), tuple(transfers), digest_of(said)
    ),
    st.sampled_from("abcdefghij"),
    st.sampled_from(list(Event)),
    st.integers(0, 9),
    st.lists(entries, min_size=1, max_size=3),
    st.sampled_from(["said"] * 5 + ["something else"]),
)


class Book(RuleBasedStateMachine):
    """Posts, batches and closings, done to the ledger and to a dictionary."""

    @initialize()
    def empty(self) -> None:
        self.posted: dict[str, Posting] = {}
        self.ids: dict[str, int] = {}
        self.closed: date | None = None
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def is_closed(self, day: date) -> bool:
        return self.closed is not None and day <= self.closed

    @rule(said=postings)
    def one(self, said: Posting) -> None:
        known = self.posted.get(said.key)
        if known is None and self.is_closed(said.day):
            with pytest.raises(DayClosed), transaction.atomic():
                post(said, book=BOOK, at=AT)
        elif known is not None and known.digest != said.digest:
            with pytest.raises(Conflict):
                post(said, book=BOOK, at=AT)
        else:
            answer = post(said, book=BOOK, at=AT)
            assert answer.fresh is (known is None)
            assert self.ids.setdefault(said.key, answer.journal_id) == answer.journal_id
            self.posted.setdefault(said.key, said)

    @rule(batch=st.lists(postings, max_size=5))
    def many(self, batch: list[Posting]) -> None:
        first: dict[str, Posting] = dict(self.posted)
        wrong = [each.key for each in batch if first.setdefault(each.key, each).digest != each.digest]
        new = {key: each for key, each in first.items() if key not in self.posted}
        if wrong or any(self.is_closed(each.day) for each in new.values()):
            with pytest.raises((Conflict, DayClosed)), transaction.atomic():
                post_many(batch, book=BOOK, at=AT)
            return
        answers = post_many(batch, book=BOOK, at=AT)
        assert sum(answer.fresh for answer in answers) == len(new)
        for each, answer in zip(batch, answers, strict=True):
            assert self.ids.setdefault(each.key, answer.journal_id) == answer.journal_id
        self.posted = first

    @rule(days=st.integers(0, 9))
    def close(self, days: int) -> None:
        day = DAY + timedelta(days=days)
        if self.is_closed(day):
            with pytest.raises(DayClosed):
                close_day(book=BOOK, day=day, by=1, confirmed_by=2, at=AT)
        else:
            close_day(book=BOOK, day=day, by=1, confirmed_by=2, at=AT)
            self.closed = day

    def sums(self, until: date) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for said in self.posted.values():
            for each in said.entries:
                shown = 1 if said.day <= until else 0
                found[each.debit.code(BOOK)] += shown * grown(each.debit) * each.amount_fen
                found[each.credit.code(BOOK)] -= shown * grown(each.credit) * each.amount_fen
        return dict(found)

    @invariant()
    def both_say_the_same(self) -> None:
        for until in (DAY + timedelta(days=4), date.max):
            there = balances(BOOK, until)
            mine = self.sums(until)
            assert {code: fen for code, fen in there.items() if fen} == {code: fen for code, fen in mine.items() if fen}
        for dimension, answer in (("subject", sum_by_subject), ("source", sum_by_source)):
            mine_by: dict[int, int] = defaultdict(int)
            for said in self.posted.values():
                for each in said.entries:
                    about = getattr(each, dimension)
                    if about is not None and FAMILY in (each.debit, each.credit):
                        mine_by[about] += each.amount_fen if each.debit == FAMILY else -each.amount_fen
            assert answer(BOOK, FAMILY) == mine_by
            assert answer(BOOK, FAMILY, [1, 2]) == {about: fen for about, fen in mine_by.items() if about < 3}
        assert set(Journal.objects.values_list("key", "id")) == set(self.ids.items())
        assert last_closed(BOOK) == self.closed
        assert not self.is_closed(open_day(BOOK, DAY))

    @invariant()
    def nothing_is_broken(self) -> None:
        found = {finding.invariant.id for finding in examine(INVARIANTS)}
        assert found <= OTHERS_MAY_BE_BELOW_ZERO


def grown(name: AccountName) -> int:
    """1 where a debit makes the account grow, -1 where a credit does."""
    return -1 if KINDS[name.role] is Kind.LIABILITY else 1


@pytest.mark.django_db
def test_the_ledger_equals_a_plain_dictionary_whatever_is_posted_and_closed() -> None:
    run_state_machine_as_test(
        Book,
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
