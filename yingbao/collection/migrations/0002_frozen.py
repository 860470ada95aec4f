"""Money's records are added to; of each only what its life changes may change, and nothing is deleted."""

from django.db import migrations

CHANGING = {
    "obligation": ("paid_fen", "paid_on", "ended_at", "ended_because", "person_id"),
    "arrival": (
        "payment_id", "allocated_fen", "overpaid_fen", "refunded_fen", "reversed_at", "why_suspended",
    ),
    "allocation": ("released_at", "released_because"),
    "alarm": ("settled_at", "settled_by_id", "note"),
    "payment": (
        "state", "address", "merchant", "transaction", "paid_at", "checked_at", "said", "expires_at",
    ),
    "paymentline": (),
    "statement": (),
    "statementline": ("meaning", "arrival_id"),
    "mandate": ("state", "verified_at", "verified_by_id", "ended_on", "reason"),
    "debitbatch": ("sent_at", "result_sha256"),
    "debititem": ("state", "reason", "taken_on", "returned_on", "arrival_id"),
    "bill": ("settled_by_id",),
    "billline": ("outcome", "arrival_id", "explained"),
    "refund": (
        "state", "decided_at", "decided_by_id", "decision_note", "submitted_at", "finished_at", "said",
    ),
    "receiptseries": ("last",),
    "receipt": ("voided_at", "void_reason", "voided_by_id"),
    "receiptpaper": (),
    "close": ("confirmed_at", "confirmed_by_id", "lapsed"),
    "advice": ("arrival_id", "withdrawn_at"),
    "adviceline": (),
    "debitpart": (),
    "debitanswer": (),
    "bankfile": ("state", "message", "statement_id"),
}  # fmt: skip


def frozen(name):
    table = f"collection_{name}"
    columns = ", ".join(f"'{column}'" for column in CHANGING[name])
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER frozen BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION only_these_change({columns});
        CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
        """,
        f"DROP TRIGGER frozen ON {table}; DROP TRIGGER never_deleted ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("collection", "0001_tables"), ("declaration", "0002_frozen")]

    operations = [
        *map(frozen, CHANGING),
        # An obligation belongs to its enrolment's person and year, also after two records of a person are merged.
        migrations.RunSQL(
            """
            ALTER TABLE collection_obligation ADD CONSTRAINT obligation_of_its_enrolment
                FOREIGN KEY (enrolment_id, person_id, plan_year)
                REFERENCES enrolment_enrolment (id, person_id, plan_year)
                ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
            """,
            "ALTER TABLE collection_obligation DROP CONSTRAINT obligation_of_its_enrolment;",
        ),
        # Numbers are drawn upwards only.
        migrations.RunSQL(
            """
            CREATE FUNCTION collection_series_grows() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.last < OLD.last THEN
                    RAISE EXCEPTION 'receipt numbers are not given back' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER grows BEFORE UPDATE ON collection_receiptseries
                FOR EACH ROW EXECUTE FUNCTION collection_series_grows();
            """,
            "DROP TRIGGER grows ON collection_receiptseries; DROP FUNCTION collection_series_grows;",
        ),
    ]
