"""What must hold of the money, each as one query that names the rows that break it. 稽核

The ledger's own invariants stand in `ledger.audit`; here are those that tie it to what is owed, declared, paid,
refunded and receipted. Run by the tests, by `yingbao audit`, and each night.
"""

from __future__ import annotations

from yingbao.declaration.freezing import DIGEST
from yingbao.ledger.audit import INVARIANTS as OF_THE_LEDGER
from yingbao.ledger.audit import Invariant
from yingbao.values.text import Text

# What each subject (an obligation) and each source (an arrival) moved on an account, by role.
_BY_SUBJECT = """
SELECT t.subject, a.role, a.detail, sum(CASE WHEN t.debit_id = a.id THEN t.amount_fen ELSE -t.amount_fen END) AS debited
FROM ledger_transfer t JOIN ledger_account a ON a.id IN (t.debit_id, t.credit_id)
WHERE t.subject IS NOT NULL GROUP BY 1, 2, 3
"""
_BY_SOURCE = """
SELECT t.source, a.role, sum(CASE WHEN t.credit_id = a.id THEN t.amount_fen ELSE -t.amount_fen END) AS credited
FROM ledger_transfer t JOIN ledger_account a ON a.id IN (t.debit_id, t.credit_id)
WHERE t.source IS NOT NULL GROUP BY 1, 2
"""

OF_THE_MONEY: list[Invariant] = [
    Invariant(
        "owed.ledger_says_the_same",
        Text(
            "每笔应缴与总账一致：应收等于应缴减已缴",
            "the ledger owes for each obligation what is due less what is paid",
        ),
        f"""
        SELECT o.id AS obligation, o.due_fen, o.paid_fen, coalesce(m.debited, 0) AS ledger_fen
        FROM collection_obligation o
        LEFT JOIN ({_BY_SUBJECT}) m ON m.subject = o.id AND m.role = 'receivable' AND m.detail = 'family'
        WHERE coalesce(m.debited, 0)
              <> CASE WHEN o.ended_at IS NULL THEN o.due_fen - o.paid_fen ELSE 0 END
        """,  # noqa: S608
    ),
    Invariant(
        "owed.bodies_owe_their_part",
        Text("各资助单位的应收与未终止的应缴一致", "the ledger claims from each body its part of what is live"),
        f"""
        SELECT o.id AS obligation, o.paid_by, o.body_fen, coalesce(m.debited, 0) AS ledger_fen
        FROM collection_obligation o
        LEFT JOIN ({_BY_SUBJECT}) m ON m.subject = o.id AND m.role = 'receivable' AND m.detail = o.paid_by
        WHERE o.body_fen > 0 AND coalesce(m.debited, 0) <> CASE WHEN o.ended_at IS NULL THEN o.body_fen ELSE 0 END
        """,  # noqa: S608
    ),
    Invariant(
        "owed.paid_if_and_only_if_allocated",
        Text("已缴当且仅当有一笔未冲正的入账", "paid if and only if one allocation stands"),
        """
        SELECT o.id AS obligation, o.due_fen, o.paid_fen, coalesce(sum(l.amount_fen), 0) AS allocated_fen
        FROM collection_obligation o
        LEFT JOIN collection_allocation l ON l.obligation_id = o.id AND l.released_at IS NULL
        GROUP BY o.id
        HAVING CASE WHEN o.ended_at IS NULL THEN o.paid_fen ELSE 0 END <> coalesce(sum(l.amount_fen), 0)
        """,
    ),
    Invariant(
        "owed.one_live_for_person_and_year",
        Text("一人一年至多一笔有效应缴", "at most one live obligation per person and plan year"),
        """
        SELECT person_id, plan_year, count(*) FROM collection_obligation WHERE ended_at IS NULL
        GROUP BY person_id, plan_year HAVING count(*) > 1
        """,
    ),
    Invariant(
        "owed.states_follow_the_money",
        Text("参保状态与应缴、缴费一致", "enrolments are declared, paid or exempt as their obligations say"),
        """
        SELECT e.id AS enrolment, e.state, o.id AS obligation, o.due_fen, o.paid_fen
        FROM enrolment_enrolment e
        LEFT JOIN collection_obligation o ON o.enrolment_id = e.id AND o.ended_at IS NULL
        WHERE (e.state IN ('declared', 'paid', 'exempt', 'covered') AND o.id IS NULL)
           OR (e.state = 'declared' AND (o.due_fen = 0 OR o.paid_fen > 0))
           OR (e.state = 'paid' AND (o.due_fen = 0 OR o.paid_fen <> o.due_fen))
           OR (e.state = 'exempt' AND o.due_fen <> 0)
           OR (e.state = 'covered' AND o.due_fen > 0 AND o.paid_fen <> o.due_fen)
           OR (e.state = 'confirmed' AND o.id IS NOT NULL)
        """,
    ),
    Invariant(
        "arrived.one_journal_each",
        Text("每笔到账恰有一张凭证", "every arrival has exactly one journal"),
        """
        SELECT a.key, count(j.id) AS journals FROM collection_arrival a LEFT JOIN ledger_journal j ON j.key = a.key
        GROUP BY a.id HAVING count(j.id) <> 1 OR bool_or(j.digest <> a.digest)
        """,
    ),
    Invariant(
        "arrived.ledger_says_the_same",
        Text(
            "每笔到账的已入账、多缴、暂收与总账一致", "what an arrival paid, overpaid and holds is what the ledger says"
        ),
        f"""
        WITH moved AS ({_BY_SOURCE})
        SELECT a.key, a.amount_fen, a.allocated_fen, a.overpaid_fen, a.refunded_fen, o.credited AS ledger_overpaid_fen,
               s.credited AS ledger_suspense_fen
        FROM collection_arrival a
        LEFT JOIN moved o ON o.source = a.id AND o.role = 'overpaid'
        LEFT JOIN moved s ON s.source = a.id AND s.role = 'suspense'
        WHERE coalesce(o.credited, 0) <> a.overpaid_fen
           OR coalesce(s.credited, 0) <> CASE WHEN a.reversed_at IS NULL
                  THEN a.amount_fen - a.allocated_fen - a.overpaid_fen - a.refunded_fen ELSE 0 END
        """,  # noqa: S608
    ),
    Invariant(
        "arrived.allocations_add_up",
        Text("到账的已入账金额等于其入账明细", "an arrival's allocated sum is the sum of its allocations"),
        """
        SELECT a.key, a.allocated_fen, coalesce(sum(l.amount_fen), 0) AS allocations_fen
        FROM collection_arrival a
        LEFT JOIN collection_allocation l ON l.arrival_id = a.id AND l.released_at IS NULL
        GROUP BY a.id HAVING a.allocated_fen <> coalesce(sum(l.amount_fen), 0)
        """,
    ),
    Invariant(
        "arrived.money_stays_in_its_area",
        Text("到账只缴本统筹区的应缴", "money pays what is owed in its own pooling area"),
        """
        SELECT a.key, a.pooling_area, s.pooling_area AS owed_in, l.obligation_id
        FROM collection_allocation l JOIN collection_arrival a ON a.id = l.arrival_id
        JOIN collection_obligation o ON o.id = l.obligation_id JOIN enrolment_season s ON s.id = o.season_id
        WHERE s.pooling_area <> a.pooling_area
        """,
    ),
    Invariant(
        "arrived.payment_succeeded_with_its_money",
        Text("成功的订单都有到账，金额相同", "a payment that succeeded has its arrival, of the same sum"),
        """
        SELECT p.number, p.state, p.total_fen, sum(a.amount_fen) AS arrived_fen
        FROM collection_payment p LEFT JOIN collection_arrival a ON a.payment_id = p.id
        WHERE p.state = 'succeeded' GROUP BY p.id HAVING coalesce(max(a.amount_fen), 0) <> p.total_fen
        """,
    ),
    Invariant(
        "arrived.incoming_lines_are_recorded",
        Text("每条贷方流水都已入账", "every incoming line of a statement is in the book"),
        """
        SELECT l.key, l.amount_fen FROM collection_statementline l
        WHERE l.meaning = '' OR (l.meaning = 'arrival' AND l.arrival_id IS NULL)
        """,
    ),
    Invariant(
        "bank.ledger_equals_the_statement",
        Text("银行科目余额等于对账单期末余额", "the bank ledger equals the statement's closing balance"),
        """
        SELECT b.number AS account, s.last, s.closing_fen - first.opening_fen AS moved_fen,
               ledger.fen AS ledger_fen
        FROM collection_bankaccount b
        JOIN LATERAL (SELECT * FROM collection_statement s WHERE s.account_id = b.id AND s.closing_fen IS NOT NULL
                      ORDER BY s.last DESC, s.id DESC LIMIT 1) s ON true
        JOIN LATERAL (SELECT * FROM collection_statement f WHERE f.account_id = b.id AND f.opening_fen IS NOT NULL
                      ORDER BY f.first, f.id LIMIT 1) first ON true
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(CASE WHEN t.debit_id = a.id THEN t.amount_fen ELSE -t.amount_fen END), 0) AS fen
            FROM ledger_account a LEFT JOIN ledger_transfer t ON a.id IN (t.debit_id, t.credit_id)
            WHERE a.role = 'bank' AND a.detail = b.id::text) ledger
        WHERE s.closing_fen - first.opening_fen <> ledger.fen
        """,
    ),
    Invariant(
        "bills.every_line_has_an_outcome",
        Text("账单中每笔缴费都已入账或已列为差异", "every payment on a bill is in the book or listed as a difference"),
        """
        SELECT b.channel, b.day, l.transaction, l.outcome FROM collection_billline l
        JOIN collection_bill b ON b.id = l.bill_id
        WHERE l.kind = 'payment' AND l.outcome IN ('same', 'found') AND l.arrival_id IS NULL
        """,
    ),
    Invariant(
        "refunds.never_exceed_the_payment",
        Text("退费不超过到账金额", "refunds never exceed the payment they come from"),
        """
        SELECT a.key, a.amount_fen, a.refunded_fen, sum(r.amount_fen) AS refunds_fen
        FROM collection_arrival a
        JOIN collection_refund r ON r.arrival_id = a.id
             AND r.state IN ('approved', 'submitted', 'processing', 'succeeded')
        GROUP BY a.id HAVING sum(r.amount_fen) <> a.refunded_fen OR sum(r.amount_fen) > a.amount_fen
        """,
    ),
    Invariant(
        "refunds.transit_is_under_way",
        Text("在途退费等于已批准未到账的退费", "refunds in transit are those approved and not yet paid"),
        """
        SELECT a.book, balance.fen AS ledger_fen, coalesce(sum(r.amount_fen), 0) AS refunds_fen
        FROM ledger_account a
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(CASE WHEN t.credit_id = a.id THEN t.amount_fen ELSE -t.amount_fen END), 0) AS fen
            FROM ledger_transfer t WHERE a.id IN (t.debit_id, t.credit_id)) balance
        LEFT JOIN collection_refund r ON r.pooling_area = a.book AND r.state IN ('approved', 'submitted', 'processing')
        WHERE a.role = 'transit' GROUP BY a.book, balance.fen HAVING balance.fen <> coalesce(sum(r.amount_fen), 0)
        """,
    ),
    Invariant(
        "refunds.every_overpayment_has_one",
        Text("每笔多缴都有待办的退费", "what is overpaid has refunds that wait for it"),
        """
        SELECT a.key, a.overpaid_fen, coalesce(sum(r.amount_fen), 0) AS waiting_fen
        FROM collection_arrival a
        LEFT JOIN collection_refund r ON r.arrival_id = a.id AND r.state IN ('requested', 'rejected', 'abnormal')
        GROUP BY a.id HAVING a.overpaid_fen > coalesce(sum(r.amount_fen), 0)
        """,
    ),
    Invariant(
        "receipts.equal_what_is_paid",
        Text(
            "有效票据等于已入账加未退完的金额",
            "valid receipts are for what is paid, or for what is still on its way back",
        ),
        """
        SELECT r.number, r.amount_fen, l.amount_fen AS allocated_fen, l.released_because
        FROM collection_receipt r JOIN collection_allocation l ON l.id = r.allocation_id
        WHERE r.voided_at IS NULL AND (r.amount_fen <> l.amount_fen
              OR (l.released_at IS NOT NULL AND (l.released_because IN ('returned', 'unmatched')
                  OR EXISTS (SELECT FROM collection_refund f WHERE f.arrival_id = l.arrival_id
                             AND f.obligation_id = l.obligation_id AND f.state = 'succeeded'))))
        """,
    ),
    Invariant(
        "receipts.numbers_without_gaps",
        Text("票据号连续无缺", "receipt numbers have no gaps"),
        """
        SELECT s.pooling_area, s.year, s.last, count(r.id) AS issued, max(r.ordinal) AS highest
        FROM collection_receiptseries s LEFT JOIN collection_receipt r ON r.series_id = s.id
        GROUP BY s.id HAVING count(r.id) <> s.last OR coalesce(max(r.ordinal), 0) <> s.last
        """,
    ),
    Invariant(
        "declared.sums_equal_the_lines",
        Text("申报表的人数金额等于其明细", "a declaration's heads and sums equal its frozen lines"),
        """
        SELECT d.reference, d.heads, count(l.id) FILTER (WHERE l.change = 'add') AS lines,
               d.self_paid_fen, coalesce(sum(l.self_paid_fen) FILTER (WHERE l.change = 'add'), 0) AS lines_fen
        FROM declaration_declaration d LEFT JOIN declaration_declarationline l ON l.declaration_id = d.id
        GROUP BY d.id
        HAVING d.heads <> count(l.id) FILTER (WHERE l.change = 'add')
            OR d.payers <> count(l.id) FILTER (WHERE l.change = 'add' AND l.self_paid_fen > 0)
            OR d.corrections <> count(l.id) FILTER (WHERE l.change = 'correct')
            OR d.removals <> count(l.id) FILTER (WHERE l.change = 'remove')
            OR d.self_paid_fen <> coalesce(sum(l.self_paid_fen) FILTER (WHERE l.change = 'add'), 0)
            OR d.subsidised_fen <> coalesce(sum(l.subsidised_fen) FILTER (WHERE l.change = 'add'), 0)
        """,
    ),
    Invariant(
        "declared.hash_still_matches",
        Text("申报表与锁定时一致", "a declaration's lines are those that were frozen"),
        f"""
        SELECT d.reference, d.state FROM declaration_declaration d
        LEFT JOIN (SELECT l.declaration_id, {DIGEST} AS digest FROM declaration_declarationline l
                   GROUP BY l.declaration_id) now ON now.declaration_id = d.id
        WHERE now.digest IS DISTINCT FROM d.digest
        """,  # noqa: S608
    ),
    Invariant(
        "sums.schools_add_up_to_the_book",
        Text("各单位已缴合计等于总账", "what the agents' children paid adds up to what the ledger says"),
        f"""
        SELECT s.pooling_area, s.paid_fen, s.subjects_fen FROM (
            SELECT se.pooling_area, sum(o.paid_fen) FILTER (WHERE o.ended_at IS NULL) AS paid_fen,
                   sum(o.due_fen - coalesce(m.debited, 0)) FILTER (WHERE o.ended_at IS NULL) AS subjects_fen
            FROM collection_obligation o JOIN enrolment_season se ON se.id = o.season_id
            LEFT JOIN ({_BY_SUBJECT}) m ON m.subject = o.id AND m.role = 'receivable' AND m.detail = 'family'
            GROUP BY se.pooling_area) s
        WHERE s.paid_fen <> s.subjects_fen
        """,  # noqa: S608
    ),
    Invariant(
        "people.maker_is_not_checker",
        Text("经办与复核不是同一人", "maker and checker differ"),
        """
        SELECT 'refund ' || number AS what, decided_by_id AS who FROM collection_refund
        WHERE decided_by_id = requested_by_id
        UNION ALL
        SELECT 'close of season ' || season_id, confirmed_by_id FROM collection_close
        WHERE confirmed_by_id = asked_by_id
        UNION ALL
        SELECT 'mandate ' || number, verified_by_id FROM collection_mandate WHERE verified_by_id = entered_by_id
        """,
    ),
]

INVARIANTS: list[Invariant] = [*OF_THE_LEDGER, *OF_THE_MONEY]
"""All that `yingbao audit` examines. 全部不变式"""
