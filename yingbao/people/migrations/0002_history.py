"""Triggers that write the history of persons and keep it from being rewritten. See docs/adr/0007."""

from django.db import migrations

TRACKED = [
    "people_person",
    "people_identitydocument",
    "people_guardian",
    "people_schoolroll",
    "people_basicregistration",
    "people_pointsadmission",
    "people_assistedstatus",
]
GUARDED = ["people_change", "people_look", "people_notthesame"]

# One statement-level function for every tracked table. It reads the transition tables, so a COPY of 200,000 rows
# costs one INSERT ... SELECT. A row's own id and its person stand in columns of Change, so they are left out of the
# JSON of a row that came or went; a person_id that changes (merging) is shown like any other field.
#
# A sealed number has three columns. Neither the ciphertext nor the index is ever written here: the ciphertext is
# passed over, and an index that differs shows as its mask, even where both masks look alike. Sealing the same
# number under a new key is no change.
#
# search_words (migration 0003) is computed from the name and says nothing of its own.
HISTORY = r"""
CREATE FUNCTION people_write_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    the_moment timestamptz := coalesce(nullif(current_setting('yingbao.at', true), '')::timestamptz, now());
    the_actor bigint := nullif(current_setting('yingbao.actor', true), '')::bigint;
    the_source text := left(coalesce(current_setting('yingbao.source', true), ''), 60);
    of_person text := CASE WHEN TG_TABLE_NAME = 'people_person' THEN 'id' ELSE 'person_id' END;
    unsaid text[] := ARRAY['id', 'person_id', 'search_words',
        'number_cipher', 'number_index', 'phone_cipher', 'phone_index', 'roll_number_cipher', 'roll_number_index'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO people_change (at, actor_id, source, person_id, table_name, row_id, before, after)
        SELECT the_moment, the_actor, the_source, (j ->> of_person)::bigint, TG_TABLE_NAME, (j ->> 'id')::bigint,
               NULL, jsonb_strip_nulls(j - unsaid)
        FROM (SELECT to_jsonb(n) AS j FROM new_rows n) came;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO people_change (at, actor_id, source, person_id, table_name, row_id, before, after)
        SELECT the_moment, the_actor, the_source, (j ->> of_person)::bigint, TG_TABLE_NAME, (j ->> 'id')::bigint,
               jsonb_strip_nulls(j - unsaid), NULL
        FROM (SELECT to_jsonb(o) AS j FROM old_rows o) went;
    ELSE
        INSERT INTO people_change (at, actor_id, source, person_id, table_name, row_id, before, after)
        SELECT the_moment, the_actor, the_source, (is_now ->> of_person)::bigint, TG_TABLE_NAME, id, before, after
        FROM (SELECT n.id, to_jsonb(o) AS was, to_jsonb(n) AS is_now
              FROM new_rows n JOIN old_rows o USING (id)
              WHERE n IS DISTINCT FROM o) changed
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(shown, was -> shown) AS before, jsonb_object_agg(shown, is_now -> shown) AS after
            FROM (SELECT regexp_replace(field, '_index$', '_masked') AS shown
                  FROM jsonb_object_keys(is_now) AS field
                  WHERE was -> field IS DISTINCT FROM is_now -> field
                    AND field NOT LIKE '%\_cipher' AND field <> 'search_words') differing
        ) difference
        WHERE after IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
"""

NEVER_REWRITTEN = r"""
CREATE FUNCTION people_never_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The tests empty their own database between cases; nothing else may.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def tracking(table):
    return f"""
CREATE TRIGGER history_of_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION people_write_history();
CREATE TRIGGER history_of_update AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION people_write_history();
CREATE TRIGGER history_of_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION people_write_history();
"""


def untracking(table):
    return "".join(f"DROP TRIGGER history_of_{word} ON {table};\n" for word in ("insert", "update", "delete"))


def guarding(table):
    return f"""
CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
"""


def unguarding(table):
    return f"DROP TRIGGER never_rewritten ON {table};\n"


class Migration(migrations.Migration):
    replaces = [("people", "0003_history")]

    dependencies = [("people", "0001_tables")]

    operations = [
        migrations.RunSQL(HISTORY, "DROP FUNCTION people_write_history;"),
        migrations.RunSQL("".join(map(tracking, TRACKED)), "".join(map(untracking, TRACKED))),
        migrations.RunSQL(NEVER_REWRITTEN, "DROP FUNCTION people_never_rewritten;"),
        migrations.RunSQL("".join(map(guarding, GUARDED)), "".join(map(unguarding, GUARDED))),
    ]
