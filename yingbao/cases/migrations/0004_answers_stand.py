"""What was published, ended and said of an answer is never rewritten; see people/migrations/0003_history.py."""

from django.db import migrations

TABLES = ("cases_generalanswer", "cases_answerend", "cases_helped")
GUARD = """
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_questions"), ("people", "0003_history")]

    operations = [
        migrations.RunSQL(GUARD.format(table=table), f"DROP TRIGGER never_rewritten ON {table};") for table in TABLES
    ]
