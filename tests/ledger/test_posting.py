"""Postings before they are recorded. 记账规则测试"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.conftest import BANK, DAY, SUSPENSE, entry, posting
from yingbao.ledger.posting import (
    EVENTS,
    KINDS,
    MOST_FEN,
    ROLES,
    AccountName,
    Conflict,
    Event,
    Kind,
    Posting,
    Role,
    digest_of,
    grows,
    unlike,
)
from yingbao.values.refusal import Refused


@pytest.mark.parametrize("amount_fen", [0, -1, MOST_FEN + 1])
def test_an_amount_that_is_none_is_refused(amount_fen: int) -> None:
    with pytest.raises(Refused, match="above zero"):
        posting("a", entry(), entry(amount_fen=amount_fen))


def test_an_account_cannot_be_debited_and_credited_at_once() -> None:
    with pytest.raises(Refused, match="debited and credited"):
        posting("a", entry(BANK, AccountName(Role.BANK, "a")))
    assert posting("a", entry(BANK, AccountName(Role.BANK, "b"))).amount_fen == 100


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_posting_has_a_key_of_sensible_length(key: str) -> None:
    with pytest.raises(Refused, match="1 to 200"):
        posting(key)


def test_a_posting_has_a_transfer_and_a_whole_digest() -> None:
    with pytest.raises(Refused, match="at least one transfer"):
        Posting("a", Event.ARRIVED, DAY, (), digest_of())
    with pytest.raises(Refused, match="32 bytes"):
        Posting("a", Event.ARRIVED, DAY, (entry(),), b"short")


@given(st.lists(st.text()), st.lists(st.text()))
def test_different_parts_never_have_the_same_digest(some: list[str], others: list[str]) -> None:
    assert (digest_of(*some) == digest_of(*others)) == (some == others)


def test_a_digest_takes_whatever_prints() -> None:
    assert digest_of(1, date(2019, 1, 2), b"x") == digest_of("1", "2019-01-02", "x")


def test_a_code_names_book_role_and_detail() -> None:
    assert AccountName(Role.CHANNEL, "wechat:19000").code("320500") == "320500:channel:wechat:19000"
    assert SUSPENSE.code("320500") == "320500:suspense"


def test_every_role_and_event_has_its_names_in_both_languages() -> None:
    assert set(KINDS) == set(ROLES) == set(Role)
    assert set(EVENTS) == set(Event)
    for text in (*ROLES.values(), *EVENTS.values()):
        assert text.zh
        assert text.en


def test_liabilities_grow_by_credits_and_all_else_by_debits() -> None:
    assert [grows(kind, 7, 3) for kind in (Kind.ASSET, Kind.EXPENSE, Kind.LIABILITY)] == [4, 4, -4]


def test_a_batch_that_says_two_things_under_one_key_is_seen() -> None:
    batch = [posting("a"), posting("b"), posting("a", said="x"), posting("b")]
    assert unlike(batch) == ["a"]


def test_a_conflict_names_its_keys_and_stays_short() -> None:
    refused = Conflict(*[f"k{number}" for number in range(9)])
    assert refused.where == "k0, k1, k2, k3, k4 …"
    assert len(refused.keys) == 9
