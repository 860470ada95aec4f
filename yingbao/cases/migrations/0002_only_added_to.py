"""What was done to a case, and published, ended and said of an answer, is never rewritten. See docs/adr/0007."""

from django.db import migrations

TABLES = ("cases_casestep", "cases_generalanswer", "cases_answerend", "cases_helped")
GUARD = """
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
"""


class Migration(migrations.Migration):
    replaces = [("cases", "0002_steps_stand"), ("cases", "0004_answers_stand")]

    dependencies = [("cases", "0001_tables"), ("people", "0002_history")]

    operations = [
        migrations.RunSQL(GUARD.format(table=table), f"DROP TRIGGER never_rewritten ON {table};") for table in TABLES
    ]
