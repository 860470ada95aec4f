"""Versions and steps are never rewritten; the tally follows every statement that touches enrolments. See docs/adr/0025."""

from django.db import migrations

# One row for each group whose sums a statement changed. A COPY of a million enrolments adds a row per agent and state.
TALLY = """
CREATE FUNCTION enrolment_write_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO enrolment_tally (
            season_id, organisation_id, state, status, registration, heads, self_paid_fen, subsidised_fen)
        SELECT season_id, organisation_id, state, status, registration, count(*), sum(self_paid_fen),
               sum(subsidised_fen)
        FROM new_rows GROUP BY 1, 2, 3, 4, 5;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO enrolment_tally (
            season_id, organisation_id, state, status, registration, heads, self_paid_fen, subsidised_fen)
        SELECT season_id, organisation_id, state, status, registration, -count(*), -sum(self_paid_fen),
               -sum(subsidised_fen)
        FROM old_rows GROUP BY 1, 2, 3, 4, 5;
    ELSE
        INSERT INTO enrolment_tally (
            season_id, organisation_id, state, status, registration, heads, self_paid_fen, subsidised_fen)
        SELECT season_id, organisation_id, state, status, registration, sum(n), sum(n * self_paid_fen),
               sum(n * subsidised_fen)
        FROM (SELECT season_id, organisation_id, state, status, registration, 1 AS n, self_paid_fen::bigint,
                     subsidised_fen::bigint FROM new_rows
              UNION ALL
              SELECT season_id, organisation_id, state, status, registration, -1, self_paid_fen::bigint,
                     subsidised_fen::bigint FROM old_rows) moved
        GROUP BY 1, 2, 3, 4, 5
        HAVING (sum(n), sum(n * self_paid_fen), sum(n * subsidised_fen)) <> (0, 0, 0);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_of_insert AFTER INSERT ON enrolment_enrolment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION enrolment_write_tally();
CREATE TRIGGER tally_of_update AFTER UPDATE ON enrolment_enrolment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION enrolment_write_tally();
CREATE TRIGGER tally_of_delete AFTER DELETE ON enrolment_enrolment
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION enrolment_write_tally();
"""
NO_TALLY = """
DROP TRIGGER tally_of_insert ON enrolment_enrolment;
DROP TRIGGER tally_of_update ON enrolment_enrolment;
DROP TRIGGER tally_of_delete ON enrolment_enrolment;
DROP FUNCTION enrolment_write_tally;
"""
GUARDED = ("enrolment_step", "enrolment_registrationstep", "enrolment_policyversion")
# The trigger's function is the one that guards the history of persons.
GUARD = """
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
"""


class Migration(migrations.Migration):
    replaces = [("enrolment", "0006_tally")]

    dependencies = [("enrolment", "0001_tables"), ("people", "0002_history")]

    operations = [
        *(
            migrations.RunSQL(GUARD.format(table=table), f"DROP TRIGGER never_rewritten ON {table};")
            for table in GUARDED
        ),
        migrations.RunSQL(TALLY, NO_TALLY),
    ]
