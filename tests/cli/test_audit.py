"""`yingbao audit` over a book that holds and one that does not. 稽核命令"""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.db import connection

from tests.collection.building import confirmed, owed, pay
from tests.enrolment.conftest import school, suzhou
from yingbao.cli import main

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
