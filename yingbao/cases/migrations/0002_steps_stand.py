"""What was done to a case is never rewritten; see people/migrations/0003_history.py for the function."""

from django.db import migrations

GUARD = """
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON cases_casestep
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("people", "0003_history")]

    operations = [migrations.RunSQL(GUARD, "DROP TRIGGER never_rewritten ON cases_casestep;")]
