"""What was done to a task or a training is never rewritten; see people/migrations/0002_history.py for the function."""

from django.db import migrations

TABLES = ("campaign_assignmentstep", "campaign_trainingstep")
GUARD = """
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
"""


class Migration(migrations.Migration):
    dependencies = [("campaign", "0001_tables"), ("people", "0002_history")]

    operations = [
        migrations.RunSQL(GUARD.format(table=table), f"DROP TRIGGER never_rewritten ON {table};") for table in TABLES
    ]
