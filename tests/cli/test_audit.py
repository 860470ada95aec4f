"""`yingbao audit` over a book that holds and one that does not. 稽核命令"""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from django.db import connection

from tests.collection.building import confirmed, owed, pay
from tests.enrolment.building import AT
from tests.enrolment.conftest import school, suzhou
from yingbao.cli import main
from yingbao.trail.chaining import extend

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["school", "suzhou"]


@pytest.fixture
def paid(suzhou, school):
    (one,) = owed(suzhou, confirmed(suzhou, school))
    pay(one)
    return one


def audit():
    return CliRunner().invoke(main, ["audit"], env={"YINGBAO_LANG": "en"})


def test_books_that_agree_are_said_to_hold(paid):
    result = audit()
    assert result.exit_code == 0
    assert "invariants hold" in result.output


def test_a_row_changed_by_hand_is_named_and_the_command_fails(paid):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE collection_arrival SET amount_fen = amount_fen + 1")
        cursor.execute("SET session_replication_role = DEFAULT")
    result = audit()
    assert result.exit_code == 1
    assert "arrived.ledger_says_the_same" in result.output
    assert "key=wechat:1:t1" in result.output


def verified(*more):
    return CliRunner().invoke(main, ["audit", "verify", *more], env={"YINGBAO_LANG": "en"})


def test_a_chain_that_holds_gives_an_anchor_which_it_is_found_by(paid):
    extend(at=AT)
    first = verified()
    assert first.exit_code == 0
    assert "0 findings" in first.output
    anchor = re.search(r"anchor .*: ([0-9a-f]{64})$", first.output, re.M)[1]
    assert verified("--anchor", anchor.upper()).exit_code == 0
    assert verified("--since", "2019-11-12").exit_code == 0
    assert verified("--anchor", "0" * 64).exit_code == 1
    assert verified("--anchor", "nonsense").exit_code == 2


def test_money_changed_by_hand_is_found_by_the_chain_too(paid):
    extend(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE ledger_transfer SET amount_fen = amount_fen + 1")
        cursor.execute("SET session_replication_role = DEFAULT")
    result = verified()
    assert result.exit_code == 1
    assert re.search(r"ledger_transfer row \d+ was altered \(block \d+\)", result.output)
    assert "anchor" not in result.output
