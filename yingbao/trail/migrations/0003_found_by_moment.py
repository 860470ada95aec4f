"""What the audit desk asks the logs by: the moment, and who looked."""

from django.db import migrations

# The logs of changes and steps grow by hundreds of thousands of rows in one import and are written in the order of
# their moments: ranges of blocks tell a day there, and cost a writer next to nothing.
INDEXES = {
    "look_by_moment": "people_look USING btree (at, id)",
    "look_of_user": "people_look USING btree (user_id, at)",
    "change_by_moment": "people_change USING brin (at)",
    "step_by_moment": "enrolment_step USING brin (at)",
}


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_chain"), ("people", "0003_history"), ("enrolment", "0002_lifecycle")]

    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON {what};", f"DROP INDEX {name};") for name, what in INDEXES.items()
    ]
