"""kill -9 in the middle of money: nothing is half written, and doing it again ends as if nothing had happened. 断电

Each deed runs in a process of its own, against the database of the test, and is killed right after a named step.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction

from tests.collection.bank import ON, account, declared, line, statement
from tests.collection.building import told
from tests.collection.orders import pending, said
from tests.declaration.building import officer
from tests.enrolment.building import AT, at, body
from yingbao.agents.models import Appointment
from yingbao.collection import adjusting, closing, matching, receipting, refunding, releasing
from yingbao.collection.arriving import take
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.lifecycle import RefundState, Word
from yingbao.collection.models import Allocation, Arrival, Close, Obligation, Payment, Receipt, Refund, StatementLine
from yingbao.collection.settling import settle
from yingbao.collection.statements import take_statement
from yingbao.declaration.models import Declaration
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import open_season
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.ledger.models import ClosedDay, Journal
from yingbao.people.models import AssistedStatus

pytestmark = pytest.mark.django_db(transaction=True)
AFTER = at("2019-12-02")


# The deeds: each ends the same however often it is begun.


def settle_the_order() -> None:
    settle(paid=said(Payment.objects.get()), word=Word.NOTICE, at=AT)


def follow_the_lists() -> None:
    adjusting.follow_all(season=Season.objects.get(), at=AT)


def issue_receipts() -> None:
    while receipting.issue(pooling_area="320500", at=AT, most=2):
        pass


def take_the_statement() -> None:
    declaration = Declaration.objects.get()
    file = statement(
        line(declaration.self_paid_fen, declaration.reference, serial="S1"), line(700, "不明", serial="S2"),
        opening=0, first=ON, last=ON,
    )  # fmt: skip
    by = Appointment.objects.filter(desk="tax").earliest("pk")
    take_statement(account=account(), file=file, by=by, at=AT)
    matching.match_by_reference(pooling_area="320500", at=AT)


def return_the_debit() -> None:
    debit = Arrival.objects.get(way="debit")
    releasing.reverse(arrival=debit, key="return:1", returned_fen=debit.amount_fen, at=AT)


def hear_of_the_refund() -> None:
    refunding.heard(number=Refund.objects.get().number, outcome=RefundState.SUCCEEDED, at=AT)


def confirm_the_close() -> None:
    asked = Close.objects.get()
    by = Appointment.objects.filter(desk="tax").exclude(user=asked.asked_by).latest("pk")
    closing.confirm_close(close=asked, by=by, at=AFTER)


# What is there before.


def an_order() -> None:
    declaration = a_declaration()
    pending(*[one.enrolment for one in Obligation.objects.filter(declaration=declaration).order_by("pk")])


def a_declaration() -> Declaration:
    return declared(open_season(policy_id="320500/2020", at=AT), 3)


def paid_children(way: str = "debit") -> None:
    a_declaration()
    wanted = dict(Obligation.objects.values_list("pk", "due_fen"))
    take(told(f"{way}:1", sum(wanted.values()), way=way), wanted=wanted, at=AT)


def paid_children_with_receipts() -> None:
    paid_children()
    receipting.issue_all(pooling_area="320500", at=AT)


def paid_children_on_a_late_list() -> None:
    paid_children_with_receipts()
    for person in Enrolment.objects.order_by("pk").values_list("person_id", flat=True)[:2]:
        AssistedStatus.objects.create(person_id=person, category="orphan", provided_by=body(), first=AT.date())


def a_refund_that_is_on_its_way() -> None:
    paid_children_with_receipts()
    AssistedStatus.objects.create(
        person_id=Enrolment.objects.earliest("pk").person_id, category="orphan", provided_by=body(), first=AT.date()
    )
    follow_the_lists()
    refunding.submit(refunds=[refunding.approve(refund=Refund.objects.get(), by=officer(), at=AT).pk], at=AT)


def a_close_that_was_asked_for() -> None:
    a_declaration()
    closing.ask_close(season=Season.objects.get(), by=officer(), at=AFTER)
    officer()


POINTS = [
    (an_order, settle_the_order, "yingbao.collection.arriving._recorded", 1),
    (an_order, settle_the_order, "yingbao.collection.arriving.post", 1),
    (an_order, settle_the_order, "yingbao.collection.arriving._apply", 1),
    (an_order, settle_the_order, "yingbao.enrolment.taking.walk", 1),
    (an_order, settle_the_order, "yingbao.collection.settling._move", 1),
    (a_declaration, take_the_statement, "yingbao.collection.statements._arrivals", 1),
    (a_declaration, take_the_statement, "yingbao.collection.statements.post_many", 1),
    (a_declaration, take_the_statement, "yingbao.collection.statements._lines", 1),
    (a_declaration, take_the_statement, "yingbao.collection.matching.post_many", 1),
    (a_declaration, take_the_statement, "yingbao.collection.matching._apply", 1),
    (paid_children, issue_receipts, "yingbao.collection.receipting._locked_series", 1),
    (paid_children, issue_receipts, "yingbao.collection.receipting._draw", 1),
    (paid_children, issue_receipts, "yingbao.collection.receipting._draw", 2),
    (paid_children_with_receipts, return_the_debit, "yingbao.collection.releasing.post", 1),
    (paid_children_with_receipts, return_the_debit, "yingbao.collection.releasing._let_go", 1),
    (paid_children_with_receipts, return_the_debit, "yingbao.collection.receipting.void_released", 1),
    (paid_children_on_a_late_list, follow_the_lists, "yingbao.collection.releasing.post_many", 1),
    (paid_children_on_a_late_list, follow_the_lists, "yingbao.collection.refunding.ask", 1),
    (paid_children_on_a_late_list, follow_the_lists, "yingbao.collection.owing.assess", 1),
    (a_refund_that_is_on_its_way, hear_of_the_refund, "yingbao.collection.refunding._paid", 1),
    (a_close_that_was_asked_for, confirm_the_close, "yingbao.enrolment.taking.lapse", 1),
    (a_close_that_was_asked_for, confirm_the_close, "yingbao.collection.closing.close_day", 1),
]
COMMITTED = {("yingbao.collection.matching.post_many", 1), ("yingbao.collection.receipting._draw", 2)}
"""Before these steps an earlier part of the deed was committed: the statement, or the first receipts."""


def everything() -> dict[str, Any]:
    """What stands in the book and beside it, without keys, which differ from run to run."""
    return {
        "balances": balances("320500"),
        "journals": sorted(Journal.objects.values_list("event", "day")),
        "arrivals": sorted(Arrival.objects.values_list("key", "allocated_fen", "overpaid_fen", "refunded_fen")),
        "allocations": sorted(Allocation.objects.values_list("amount_fen", "released_because")),
        "obligations": sorted(Obligation.objects.values_list("person", "due_fen", "paid_fen", "ended_because")),
        "enrolments": sorted(Enrolment.objects.values_list("pk", "state")),
        "refunds": sorted(Refund.objects.values_list("amount_fen", "state", "reason")),
        "receipts": sorted(Receipt.objects.values_list("number", "void_reason")),
        "orders": list(Payment.objects.values_list("state", flat=True)),
        "lines": sorted(StatementLine.objects.values_list("serial", "meaning")),
        "closed": list(ClosedDay.objects.values_list("day", flat=True)),
    }


NURSERY = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "yingbao.settings"
import django
django.setup()
from tests.collection.test_killed import nurse
nurse()
"""


@pytest.fixture(scope="module")
def nursery() -> Iterator[subprocess.Popen[str]]:
    """A process that has everything loaded and forks one for each deed."""
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", NURSERY]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    yield process
    process.stdin.close()
    process.wait(20)


def nurse() -> None:
    """Read a database, a deed and a point from each line; fork; say how the child ended."""
    for asked in sys.stdin:
        told = json.loads(asked)
        child = os.fork()
        if child == 0:
            _live_until(**told)
        _, status = os.waitpid(child, 0)
        print(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)


def _live_until(database: str, deed: str, point: str, count: int) -> None:
    connections["default"].settings_dict["NAME"] = database
    module, _, name = point.rpartition(".")
    holder, left = importlib.import_module(module), [count]
    step = getattr(holder, name)

    def last(*args: Any, **kwargs: Any) -> Any:
        done = step(*args, **kwargs)
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(holder, name, last)
    try:
        globals()[deed]()
    finally:
        os._exit(3)


def killed(nursery: subprocess.Popen[str], deed: str, point: str, count: int) -> int:
    """Do it in a process that is killed after that step; how the process ended."""
    told = {"database": connection.settings_dict["NAME"], "deed": deed, "point": point, "count": count}
    stdin, stdout = nursery.stdin, nursery.stdout
    print(json.dumps(told), file=stdin, flush=True)
    return int(stdout.readline())


def clean(deed: Any) -> dict[str, Any]:
    """How it would end undisturbed."""
    with transaction.atomic():
        deed()
        found = everything()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("begin", list(dict.fromkeys(begin for begin, *_ in POINTS)), ids=lambda one: one.__name__)
def test_whoever_is_killed_leaves_nothing_half_done_and_the_next_run_ends_the_same(nursery, begin):
    begin()
    before = everything()
    for _, deed, point, count in [one for one in POINTS if one[0] is begin]:
        wanted = clean(deed)
        assert everything() == before
        assert killed(nursery, deed.__name__, point, count) == -signal.SIGKILL, point
        _rolled_back()
        assert examine(INVARIANTS) == [], point
        if (point, count) not in COMMITTED:
            assert everything() == before, point
        else:
            # A part was committed: what follows is that part's continuation.
            assert everything() != before
            before = everything()
    deed()
    assert everything() == wanted
    deed()
    assert everything() == wanted
    assert examine(INVARIANTS) == []


def _rolled_back() -> None:
    """The server has noticed that the process is gone."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute(
                "SELECT count(*), pg_sleep(0.01) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state <> 'idle' AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if cursor.fetchone()[0] == 0:
                return
    raise AssertionError("it is still at work")
