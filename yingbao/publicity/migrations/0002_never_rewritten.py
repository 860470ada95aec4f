"""What was handed out, read or told is proof: written once. The trigger function is that of people (docs/adr/0007)."""

from django.db import migrations

TABLES = (
    "publicity_letterwording", "publicity_schoolremark", "publicity_letterbatch", "publicity_letterprinted",
    "publicity_handout", "publicity_handoutchild", "publicity_letterread", "publicity_lettertold",
    "publicity_publicising",
)  # fmt: skip


def guarding(table):
    return f"""
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
"""


def unguarding(table):
    return f"DROP TRIGGER never_rewritten ON {table};\n"


class Migration(migrations.Migration):
    dependencies = [("publicity", "0001_tables"), ("people", "0002_history")]

    operations = [migrations.RunSQL("".join(map(guarding, TABLES)), "".join(map(unguarding, TABLES)))]
