"""What the education bureau was told is never rewritten; see people/migrations/0002_history.py for the function."""

from django.db import migrations

GUARD = """
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON supervision_report
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
"""


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_reports"), ("people", "0002_history")]

    operations = [migrations.RunSQL(GUARD, "DROP TRIGGER never_rewritten ON supervision_report;")]
