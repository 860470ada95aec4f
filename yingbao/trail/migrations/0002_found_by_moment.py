"""Events and blocks are written once; what the audit desk asks the logs by: the moment, and who looked."""

from django.db import migrations

# The logs of changes and steps grow by hundreds of thousands of rows in one import and are written in the order of
# their moments: ranges of blocks tell a day there, and cost a writer next to nothing.
INDEXES = {
    "look_by_moment": "people_look USING btree (at, id)",
    "look_of_user": "people_look USING btree (user_id, at)",
    "change_by_moment": "people_change USING brin (at)",
    "step_by_moment": "enrolment_step USING brin (at)",
}
GUARDED = ("trail_event", "trail_block")
# The trigger's function is the one that guards the history of persons.
GUARD = """
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
"""


class Migration(migrations.Migration):
    replaces = [("trail", "0003_found_by_moment")]

    dependencies = [("trail", "0001_tables"), ("people", "0002_history"), ("enrolment", "0001_tables")]

    operations = [
        *(
            migrations.RunSQL(GUARD.format(table=table), f"DROP TRIGGER never_rewritten ON {table};")
            for table in GUARDED
        ),
        *(
            migrations.RunSQL(f"CREATE INDEX {name} ON {what};", f"DROP INDEX {name};")
            for name, what in INDEXES.items()
        ),
    ]
