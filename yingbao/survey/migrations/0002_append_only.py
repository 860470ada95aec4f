"""What was published, given, reported and summed is only added to. 只增不改"""

from django.db import migrations

TABLES = [
    "survey_version", "survey_given", "survey_reportversion", "survey_count", "survey_reportstep", "survey_sum",
    "survey_sumpart",
]  # fmt: skip


def guard(table):
    return f"""
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();"""


class Migration(migrations.Migration):
    dependencies = [("survey", "0001_tables"), ("people", "0002_history")]

    operations = [migrations.RunSQL(guard(table), f"DROP TRIGGER never_rewritten ON {table};") for table in TABLES]
