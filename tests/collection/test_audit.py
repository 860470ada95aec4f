"""Each invariant of the money is broken on purpose and found, with the row that breaks it. 稽核"""

from __future__ import annotations

import pytest
from django.db import connection

from tests.collection.building import confirmed, owed, pay, told
from tests.enrolment.building import AT, body, organisation
from yingbao.collection.adjusting import follow
from yingbao.collection.arriving import hold, take
from yingbao.collection.audit import INVARIANTS, OF_THE_MONEY
from yingbao.collection.models import Obligation
from yingbao.enrolment.seasons import open_season
from yingbao.ledger.audit import examine
from yingbao.people.models import AssistedStatus

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def season(standing):
    """A little of everything: paid, unpaid, exempt, exempt after payment, paid twice, in suspense."""
    with standing():
        return a_little_of_everything(open_season(policy_id="320500/2020", at=AT), organisation())


def a_little_of_everything(suzhou, school):
    paid, late, unpaid = owed(suzhou, confirmed(suzhou, school, 3))
    owed(suzhou, confirmed(suzhou, school, assisted="orphan"))
    pay(paid, "wechat:1:a")
    pay(paid, "wechat:1:b")
    pay(late, "wechat:1:c")
    AssistedStatus.objects.create(person=late.person, category="orphan", provided_by=body(), first=AT.date())
    follow(season=suzhou, person_ids=[late.person_id], at=AT)
    hold(told("line:1", 700, way="transfer"), why="unidentified", at=AT)
    take(told("wechat:1:d", 5), wanted={unpaid.pk: unpaid.due_fen}, at=AT)
    return suzhou


def broken():
    return {finding.invariant.id for finding in examine(INVARIANTS)}


def by_hand(*statements):
    """What only a hand on the database does: triggers and keys are off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_nothing_is_broken_after_a_little_of_everything(season):
    assert broken() == set()


ARRIVAL = "(SELECT min(id) FROM collection_arrival)"
BANK = """
INSERT INTO collection_bankaccount (pooling_area, holder, number, bank, bank_code, active)
VALUES ('320500', '税务', '1', '银行', '', true)"""
STATEMENT = """
INSERT INTO collection_statement (account_id, sha256, name, form, number, first, last, opening_fen,
    closing_fen, taken_at)
SELECT id, '\\x00', 's', 'csv', '', '2019-11-01', '2019-11-12', 0, 5, now() FROM collection_bankaccount"""
LINE = """
INSERT INTO collection_statementline (statement_id, key, digest, ordinal, serial, booked_on, incoming, amount_fen,
    counterparty, counterparty_masked, text, meaning)
SELECT id, 'k', '\\x00', 1, '', '2019-11-12', true, 5, '', '', '', 'arrival' FROM collection_statement"""
BILL = """
INSERT INTO collection_bill (pooling_area, channel, merchant, day, sha256, gross_fen, refunds_fen, fees_fen, fetched_at)
VALUES ('320500', 'wechat', '1', '2019-11-12', '\\x00', 5, 0, 0, now())"""
BILL_LINE = """
INSERT INTO collection_billline (bill_id, kind, transaction, order_number, refund_number, amount_fen, fee_fen, at,
    outcome, explained)
SELECT id, 'payment', 't', '', '', 5, 0, now(), 'found', '' FROM collection_bill"""
SERIES = "INSERT INTO collection_receiptseries (pooling_area, year, last) VALUES ('320500', 2019, {last})"
RECEIPT = """
INSERT INTO collection_receipt (series_id, ordinal, number, check_code, obligation_id, allocation_id, payer, amount_fen,
    issued_at, void_reason)
SELECT s.id, 1, 'R1', 'x', l.obligation_id, l.id, '', 1, now(), ''
FROM collection_receiptseries s, collection_allocation l WHERE l.released_at IS NULL LIMIT 1"""
PAYMENT = """
INSERT INTO collection_payment (pooling_area, number, token, channel, kind, state, total_fen, payer, created_at,
    expires_at, address, merchant, transaction, paid_at, said, terminal)
VALUES ('320500', 'P1', 't', 'wechat', 'qr', 'succeeded', 5, '', now(), now() + interval '1 hour', '', '', 't',
    now(), '', '')
"""
DECLARATION = """
INSERT INTO declaration_declaration (season_id, organisation_id, ordinal, reference, method, state, because, heads,
    payers, exempt, removals, corrections, self_paid_fen, subsidised_fen, digest, frozen_at, reason)
SELECT season_id, organisation_id, 1, 'SB1', 'none', 'frozen', '', 1, 1, 0, 0, 0, 1, 0, '\\x00', now(), ''
FROM collection_obligation LIMIT 1"""
APPROVED = "UPDATE collection_refund SET state = 'approved', decided_at = now(), decided_by_id = 1"
BREAKING = {
    "owed.ledger_says_the_same": ["DELETE FROM ledger_transfer WHERE subject IS NOT NULL AND source IS NULL"],
    "owed.bodies_owe_their_part": ["UPDATE collection_obligation SET body_fen = body_fen + 1 WHERE body_fen > 0"],
    "owed.paid_if_and_only_if_allocated": ["DELETE FROM collection_allocation"],
    "owed.one_live_for_person_and_year": [
        "DROP INDEX one_live_obligation_for_person_and_year",
        """INSERT INTO collection_obligation (season_id, enrolment_id, person_id, plan_year, organisation_id, due_fen,
               body_fen, paid_by, category, assessed_at, paid_fen, ended_because)
           SELECT season_id, enrolment_id, person_id, plan_year, organisation_id, due_fen, body_fen, paid_by, category,
                  assessed_at, 0, '' FROM collection_obligation WHERE ended_at IS NULL LIMIT 1""",
    ],
    "owed.states_follow_the_money": ["UPDATE enrolment_enrolment SET state = 'confirmed' WHERE state = 'paid'"],
    "arrived.one_journal_each": ["DELETE FROM ledger_journal WHERE key = 'wechat:1:a'"],
    "arrived.ledger_says_the_same": [f"UPDATE collection_arrival SET overpaid_fen = 0 WHERE id <> {ARRIVAL}"],
    "arrived.allocations_add_up": ["UPDATE collection_allocation SET amount_fen = amount_fen - 1"],
    "arrived.money_stays_in_its_area": ["UPDATE collection_arrival SET pooling_area = '500103'"],
    "arrived.payment_succeeded_with_its_money": [PAYMENT],
    "arrived.incoming_lines_are_recorded": [BANK, STATEMENT, LINE],
    "bank.ledger_equals_the_statement": [BANK, STATEMENT],
    "bills.every_line_has_an_outcome": [BILL, BILL_LINE],
    "refunds.never_exceed_the_payment": [APPROVED, "UPDATE collection_refund SET amount_fen = 99999999"],
    "refunds.transit_is_under_way": [
        """INSERT INTO ledger_account (code, book, role, detail, kind)
           VALUES ('320500:transit', '320500', 'transit', '', 'liability')""",
        APPROVED,
    ],
    "refunds.every_overpayment_has_one": ["DELETE FROM collection_refund"],
    "receipts.equal_what_is_paid": [SERIES.format(last=1), RECEIPT],
    "receipts.numbers_without_gaps": [SERIES.format(last=2), RECEIPT],
    "declared.sums_equal_the_lines": [DECLARATION],
    "declared.hash_still_matches": [DECLARATION],
    "sums.schools_add_up_to_the_book": [
        "UPDATE collection_obligation SET paid_fen = due_fen, paid_on = '2019-11-12' WHERE ended_at IS NULL"
    ],
    "people.maker_is_not_checker": [
        "ALTER TABLE collection_refund DROP CONSTRAINT refund_maker_is_not_checker",
        "UPDATE collection_refund SET requested_by_id = 1, decided_by_id = 1",
    ],
}


def test_there_is_a_way_to_break_each_of_them():
    assert set(BREAKING) == {invariant.id for invariant in OF_THE_MONEY}


@pytest.mark.parametrize("invariant", BREAKING)
def test_what_is_broken_by_hand_is_found_by_the_audit(season, invariant):
    assert Obligation.objects.exists()
    by_hand(*BREAKING[invariant])
    assert invariant in broken()
