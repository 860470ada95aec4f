"""A body is marked in the transaction that changes an enrolment or a roll which counts there. See docs/adr/0029."""

from django.db import migrations

NEWEST = """NOT EXISTS (
            SELECT FROM enrolment_season n WHERE n.pooling_area = s.pooling_area AND n.plan_year > s.plan_year)"""

# Of an update only rows of which something counts that changed: a fresh decision with the same outcome marks nobody.
OF_ENROLMENT = "id, season_id, organisation_id, person_id, plan_year, state, status, registration, channel"
OF_ROLL = "id, person_id, school_id, stage, grade, class_name, entered_on, left_on, contested"
CHANGED = """(
            (SELECT {0} FROM old_rows EXCEPT SELECT {0} FROM new_rows)
            UNION ALL (SELECT {0} FROM new_rows EXCEPT SELECT {0} FROM old_rows))"""

# The body itself; the schools on whose rolls the child is in a season of that year; who else has the child that year.
AROUND_ENROLMENT = """
        INSERT INTO enrolment_standingmark (season_id, organisation_id)
        WITH touched AS MATERIALIZED (SELECT * FROM {rows} touched_rows)
        SELECT season_id, organisation_id FROM touched
        UNION
        SELECT s.id, r.school_id FROM touched t
        JOIN people_schoolroll r ON r.person_id = t.person_id
        JOIN agents_organisation o ON o.id = r.school_id
        JOIN enrolment_season s ON s.pooling_area = o.pooling_area AND s.plan_year = t.plan_year
        WHERE r.left_on IS NULL OR NOT {newest}
        UNION
        SELECT e.season_id, e.organisation_id FROM touched t
        JOIN enrolment_enrolment e ON e.person_id = t.person_id AND e.plan_year = t.plan_year
        WHERE e.season_id <> t.season_id;
"""
# The school itself; other schools on whose rolls the child is; who works on the child this year.
AROUND_ROLL = """
        INSERT INTO enrolment_standingmark (season_id, organisation_id)
        WITH touched AS MATERIALIZED (SELECT DISTINCT person_id, school_id FROM {rows} touched_rows)
        SELECT s.id, x.school_id FROM (
            SELECT school_id FROM touched
            UNION
            SELECT r.school_id FROM touched t
            JOIN people_schoolroll r ON r.person_id = t.person_id AND r.left_on IS NULL) x
        JOIN agents_organisation o ON o.id = x.school_id
        JOIN enrolment_season s ON s.pooling_area = o.pooling_area AND {newest}
        UNION
        SELECT e.season_id, e.organisation_id FROM touched t
        JOIN enrolment_enrolment e ON e.person_id = t.person_id
        JOIN enrolment_season s ON s.id = e.season_id AND {newest};
"""


def function(name: str, around: str, columns: str) -> str:
    """The trigger function: the same statement on what was added, taken away or changed."""
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {around.format(rows="new_rows", newest=NEWEST)}
    ELSIF TG_OP = 'DELETE' THEN
        {around.format(rows="old_rows", newest=NEWEST)}
    ELSE
        {around.format(rows=CHANGED.format(columns), newest=NEWEST)}
    END IF;
    RETURN NULL;
END $$;"""


def triggers(name: str, table: str) -> str:
    """Once a statement, after it."""
    return f"""
CREATE TRIGGER standing_of_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {name}();
CREATE TRIGGER standing_of_update AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {name}();
CREATE TRIGGER standing_of_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {name}();"""


# A season begins: its schools are to be reckoned in it, and the season before goes by the rolls of its last day.
OF_SEASON = """
CREATE FUNCTION enrolment_mark_season() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO enrolment_standingmark (season_id, organisation_id)
    SELECT s.id, o.id FROM enrolment_season s
    JOIN agents_organisation o ON o.pooling_area = s.pooling_area AND o.kind IN ('school', 'community')
    WHERE s.pooling_area = NEW.pooling_area
    AND (EXISTS (SELECT FROM people_schoolroll r WHERE r.school_id = o.id)
         OR EXISTS (SELECT FROM enrolment_enrolment e WHERE e.season_id = s.id AND e.organisation_id = o.id));
    RETURN NULL;
END $$;
CREATE TRIGGER standing_of_season AFTER INSERT ON enrolment_season
    FOR EACH ROW EXECUTE FUNCTION enrolment_mark_season();"""

MARKS = "\n".join(
    [
        function("enrolment_mark_enrolments", AROUND_ENROLMENT, OF_ENROLMENT),
        triggers("enrolment_mark_enrolments", "enrolment_enrolment"),
        function("enrolment_mark_rolls", AROUND_ROLL, OF_ROLL),
        triggers("enrolment_mark_rolls", "people_schoolroll"),
        OF_SEASON,
    ]
)
NO_MARKS = """
DROP TRIGGER standing_of_season ON enrolment_season;
DROP TRIGGER standing_of_insert ON enrolment_enrolment;
DROP TRIGGER standing_of_update ON enrolment_enrolment;
DROP TRIGGER standing_of_delete ON enrolment_enrolment;
DROP TRIGGER standing_of_insert ON people_schoolroll;
DROP TRIGGER standing_of_update ON people_schoolroll;
DROP TRIGGER standing_of_delete ON people_schoolroll;
DROP FUNCTION enrolment_mark_season;
DROP FUNCTION enrolment_mark_enrolments;
DROP FUNCTION enrolment_mark_rolls;
"""


class Migration(migrations.Migration):
    replaces = [("enrolment", "0010_standing_marks")]

    dependencies = [("enrolment", "0002_tally"), ("people", "0001_tables")]

    operations = [migrations.RunSQL(MARKS, NO_MARKS)]
