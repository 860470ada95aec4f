"""What was done to a photo or a card is never rewritten; see people/migrations/0002_history.py for the function."""

from django.db import migrations

GUARD = """
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON cards_cardstep
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
"""


class Migration(migrations.Migration):
    dependencies = [("cards", "0001_tables"), ("people", "0002_history")]

    operations = [migrations.RunSQL(GUARD, "DROP TRIGGER never_rewritten ON cards_cardstep;")]
