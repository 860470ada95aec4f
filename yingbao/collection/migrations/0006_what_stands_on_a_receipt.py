"""A receipt's paper keeps what stands on it, and a receipt who voided it. 票面与作废人"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def voiding_may_change(*columns):
    named = ", ".join(f"'{column}'" for column in columns)
    return f"""
        DROP TRIGGER frozen ON collection_receipt;
        CREATE TRIGGER frozen BEFORE UPDATE ON collection_receipt
            FOR EACH ROW EXECUTE FUNCTION only_these_change({named});
        """


# Without arguments TG_ARGV is NULL, and a row less NULL is NULL and differs from nothing: tables of which nothing may
# change (order lines, statements, receipts' papers) could be changed at will.
NOTHING_MAY_CHANGE = """
CREATE OR REPLACE FUNCTION only_these_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := coalesce(TG_ARGV::text[], '{}');
BEGIN
    -- The trigger's arguments are the columns that may change; all others stay as they were written.
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION '% is frozen but for %', TG_TABLE_NAME, array_to_string(free, ', ')
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0005_advice_and_debit_parts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="voided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="receiptpaper", name="face", field=models.JSONField(default=dict), preserve_default=False
        ),
        migrations.AddConstraint(
            model_name="receiptpaper",
            constraint=models.UniqueConstraint(fields=("sha256",), name="paper_found_by_its_bytes"),
        ),
        migrations.RunSQL(NOTHING_MAY_CHANGE, migrations.RunSQL.noop),
        migrations.RunSQL(
            voiding_may_change("voided_at", "void_reason", "voided_by_id"),
            voiding_may_change("voided_at", "void_reason"),
        ),
    ]
