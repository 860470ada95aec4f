"""Consent and wishes are proof: written once. The trigger function is that of people (see docs/adr/0007)."""

from django.db import migrations

TABLES = ("families_consent", "families_wish")


def guarding(table):
    return f"""
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
"""


def unguarding(table):
    return f"DROP TRIGGER never_rewritten ON {table};\n"


class Migration(migrations.Migration):
    dependencies = [("families", "0001_tables"), ("people", "0002_history")]

    operations = [migrations.RunSQL("".join(map(guarding, TABLES)), "".join(map(unguarding, TABLES)))]
