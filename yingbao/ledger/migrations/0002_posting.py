"""What keeps the book true, whoever writes to it, and the two functions that post. See docs/adr/0016."""

from django.db import migrations

TABLES = ["ledger_account", "ledger_journal", "ledger_transfer", "ledger_closedday", "ledger_daybalance"]

NEVER_REWRITTEN = r"""
CREATE FUNCTION ledger_never_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The tests empty their own database between cases; nothing else may.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_never_rewritten();
"""
    for table in TABLES
)

# Posting shares a book's lock, closing has it alone: no posting slips into a day while it is being closed. Each
# statement of these functions sees what was committed before it, so what is read after the lock is the latest.
LOCKS = r"""
CREATE FUNCTION ledger_share(book text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock_shared(hashtext('ledger'), hashtext(book));
$$;
CREATE FUNCTION ledger_alone(book text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtext('ledger'), hashtext(book));
$$;
"""

# Both run after the statement, on all rows it wrote; journals and their transfers are written by one statement.
# The inner queries are scalar on purpose: the planner keeps them as index look-ups row by row, so that a plan which
# was made for one row stays good for ten thousand and the other way round.
WHOLE = r"""
CREATE FUNCTION ledger_journal_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_book text;
    wrong text;
BEGIN
    FOR the_book IN SELECT DISTINCT book FROM new_rows ORDER BY book LOOP
        PERFORM ledger_share(the_book);
    END LOOP;
    SELECT n.book || ' ' || n.day INTO wrong FROM new_rows n
    WHERE n.day <= (SELECT max(c.day) FROM ledger_closedday c WHERE c.book = n.book) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the day is closed: %', wrong USING ERRCODE = 'YB001', DETAIL = wrong;
    END IF;
    SELECT n.key INTO wrong FROM new_rows n
    WHERE n.transfers <> (SELECT count(*) FROM ledger_transfer t WHERE t.journal_id = n.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a journal is written together with its transfers: %', wrong
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER whole AFTER INSERT ON ledger_journal REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_journal_whole();

CREATE FUNCTION ledger_transfer_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    -- An ordinal above the journal's count would add to what was posted; all ordinals up to it are taken.
    SELECT t.journal_id INTO wrong FROM new_rows t
    WHERE (SELECT j.day = t.day AND t.ordinal <= j.transfers AND d.book = j.book AND c.book = j.book
           FROM ledger_journal j, ledger_account d, ledger_account c
           WHERE j.id = t.journal_id AND d.id = t.debit_id AND c.id = t.credit_id) IS NOT TRUE LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a transfer lies in its journal''s day, number and book: journal %', wrong
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER whole AFTER INSERT ON ledger_transfer REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_transfer_whole();
"""

CLOSING = r"""
CREATE FUNCTION ledger_before_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_alone(NEW.book);
    IF NEW.day <= (SELECT max(c.day) FROM ledger_closedday c WHERE c.book = NEW.book) THEN
        RAISE EXCEPTION 'days are closed one after the other: % %', NEW.book, NEW.day USING ERRCODE = 'YB001',
            DETAIL = NEW.book || ' ' || NEW.day;
    END IF;
    NEW.last_journal := coalesce((SELECT max(j.id) FROM ledger_journal j), 0);
    RETURN NEW;
END $$;
CREATE TRIGGER before_closing BEFORE INSERT ON ledger_closedday
    FOR EACH ROW EXECUTE FUNCTION ledger_before_closing();

-- The balances at the end of the day: those of the day closed before, and what was posted since.
CREATE FUNCTION ledger_keep_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before ledger_closedday;
BEGIN
    SELECT * INTO before FROM ledger_closedday c WHERE c.book = NEW.book AND c.day < NEW.day ORDER BY c.day DESC LIMIT 1;
    INSERT INTO ledger_daybalance (closed_id, account_id, debit_fen, credit_fen)
    SELECT NEW.id, a.id, coalesce(b.debit_fen, 0) + debited.fen, coalesce(b.credit_fen, 0) + credited.fen
    FROM ledger_account a
    LEFT JOIN ledger_daybalance b ON b.closed_id = before.id AND b.account_id = a.id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(t.amount_fen), 0) AS fen FROM ledger_transfer t
        WHERE t.debit_id = a.id AND t.day > coalesce(before.day, '-infinity') AND t.day <= NEW.day) debited
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(t.amount_fen), 0) AS fen FROM ledger_transfer t
        WHERE t.credit_id = a.id AND t.day > coalesce(before.day, '-infinity') AND t.day <= NEW.day) credited
    WHERE a.book = NEW.book;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_balances AFTER INSERT ON ledger_closedday
    FOR EACH ROW EXECUTE FUNCTION ledger_keep_balances();
"""

# One posting. `debits` and `credits` are places in `codes`. Nothing is raised where the answer is an answer: the
# caller's transaction goes on. Outcomes: posted, known (same key, same content), conflict, unopened (an account).
POST = r"""
CREATE FUNCTION ledger_post(
    the_book text, the_at timestamptz, the_by bigint,
    the_key text, the_digest bytea, the_event text, the_day date, the_note text,
    codes text[], debits int[], credits int[], amounts bigint[], subjects bigint[], sources bigint[],
    OUT journal_id bigint, OUT outcome text
) LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    ids := ARRAY(SELECT (SELECT a.id FROM ledger_account a WHERE a.code = c.code) FROM unnest(codes) AS c(code));
    IF array_position(ids, NULL) IS NOT NULL THEN
        outcome := 'unopened';
        RETURN;
    END IF;
    WITH j AS (
        INSERT INTO ledger_journal (key, digest, event, book, day, at, by, note, transfers)
        VALUES (the_key, the_digest, the_event, the_book, the_day, the_at, the_by, the_note, cardinality(amounts))
        ON CONFLICT (key) DO NOTHING RETURNING id
    ), t AS (
        INSERT INTO ledger_transfer (journal_id, ordinal, day, debit_id, credit_id, amount_fen, subject, source)
        SELECT j.id, e.ordinal, the_day, ids[e.debit], ids[e.credit], e.amount_fen, e.subject, e.source
        FROM j, unnest(debits, credits, amounts, subjects, sources) WITH ORDINALITY
            AS e(debit, credit, amount_fen, subject, source, ordinal)
    )
    SELECT id, 'posted' INTO journal_id, outcome FROM j;
    IF journal_id IS NULL THEN
        -- Whoever had the key first has committed by now: the insert above waited for it.
        SELECT j.id, CASE WHEN j.digest = the_digest AND j.book = the_book THEN 'known' ELSE 'conflict' END
        INTO journal_id, outcome FROM ledger_journal j WHERE j.key = the_key;
    END IF;
END $$;
"""

# A batch: `postings` says for each transfer which of the keys it belongs to, `ordinals` which of its transfers it is.
# Keys are taken in order, so that two batches with the same keys wait for each other and never in a ring. Plans are
# made each time, because a plan for ten rows is no plan for ten thousand. Gives one row for each key: its journal, or
# null where the key was taken; no row at all if an account is not opened.
POST_MANY = r"""
CREATE FUNCTION ledger_post_many(
    the_book text, the_at timestamptz, the_by bigint,
    keys text[], digests bytea[], events text[], days date[], notes text[], counts smallint[],
    codes text[], postings int[], ordinals smallint[], debits int[], credits int[], amounts bigint[],
    subjects bigint[], sources bigint[]
) RETURNS SETOF bigint LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    ids bigint[];
BEGIN
    ids := ARRAY(SELECT (SELECT a.id FROM ledger_account a WHERE a.code = c.code) FROM unnest(codes) AS c(code));
    IF array_position(ids, NULL) IS NOT NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH p AS MATERIALIZED (
        SELECT * FROM unnest(keys, digests, events, days, notes, counts) WITH ORDINALITY
            AS p(key, digest, event, day, note, transfers, place)
    ), j AS (
        INSERT INTO ledger_journal (key, digest, event, book, day, at, by, note, transfers)
        SELECT p.key, p.digest, p.event, the_book, p.day, the_at, the_by, p.note, p.transfers FROM p ORDER BY p.key
        ON CONFLICT (key) DO NOTHING RETURNING id, key, day
    ), made AS MATERIALIZED (
        SELECT j.id, j.day, p.place FROM j JOIN p ON p.key = j.key
    ), t AS (
        INSERT INTO ledger_transfer (journal_id, ordinal, day, debit_id, credit_id, amount_fen, subject, source)
        SELECT made.id, e.ordinal, made.day, ids[e.debit], ids[e.credit], e.amount_fen, e.subject, e.source
        FROM made JOIN unnest(postings, ordinals, debits, credits, amounts, subjects, sources)
            AS e(posting, ordinal, debit, credit, amount_fen, subject, source) ON e.posting = made.place
        ORDER BY e.posting, e.ordinal
    )
    SELECT made.id FROM p LEFT JOIN made USING (place) ORDER BY p.place;
END $$;
"""

UNDO = (
    """
DROP FUNCTION ledger_post_many;
DROP FUNCTION ledger_post;
DROP TRIGGER keep_balances ON ledger_closedday;
DROP FUNCTION ledger_keep_balances;
DROP TRIGGER before_closing ON ledger_closedday;
DROP FUNCTION ledger_before_closing;
DROP TRIGGER whole ON ledger_transfer;
DROP FUNCTION ledger_transfer_whole;
DROP TRIGGER whole ON ledger_journal;
DROP FUNCTION ledger_journal_whole;
DROP FUNCTION ledger_alone;
DROP FUNCTION ledger_share;
"""
    + "".join(f"DROP TRIGGER never_rewritten ON {table};\n" for table in TABLES)
    + "DROP FUNCTION ledger_never_rewritten;"
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_book")]

    operations = [migrations.RunSQL(NEVER_REWRITTEN + LOCKS + WHOLE + CLOSING + POST + POST_MANY, UNDO)]
