"""What is declared stays as it was stated: frozen columns, lines that cannot stray, nothing deleted."""

from django.db import migrations

# Without arguments TG_ARGV is NULL, and a row less NULL is NULL and differs from nothing: hence the coalesce.
ONLY_THESE_CHANGE = r"""
CREATE FUNCTION only_these_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := coalesce(TG_ARGV::text[], '{}');
BEGIN
    -- The trigger's arguments are the columns that may change; all others stay as they were written.
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION '% is frozen but for %', TG_TABLE_NAME, array_to_string(free, ', ')
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

OWN_CHILDREN = r"""
CREATE FUNCTION declaration_own_children() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stray bigint;
BEGIN
    SELECT n.enrolment_id INTO stray
    FROM new_rows n
    JOIN enrolment_enrolment e ON e.id = n.enrolment_id
    JOIN declaration_declaration d ON d.id = n.declaration_id
    WHERE n.change = 'add' AND (e.organisation_id <> n.organisation_id OR e.season_id <> d.season_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'enrolment % is not worked on by the agent that declares it', stray
            USING ERRCODE = 'check_violation', CONSTRAINT = 'declared_by_its_own_agent';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER own_children AFTER INSERT ON declaration_declarationline
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION declaration_own_children();
"""


def frozen(table, *changing):
    columns = ", ".join(f"'{column}'" for column in changing)
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER frozen BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION only_these_change({columns});
        CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
        """,
        f"DROP TRIGGER frozen ON {table}; DROP TRIGGER never_deleted ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("declaration", "0001_tables"), ("people", "0002_history")]

    operations = [
        migrations.RunSQL(ONLY_THESE_CHANGE, "DROP FUNCTION only_these_change;"),
        migrations.RunSQL(
            OWN_CHILDREN,
            "DROP TRIGGER own_children ON declaration_declarationline; DROP FUNCTION declaration_own_children;",
        ),
        # A child cannot hang under another agent's declaration.
        migrations.RunSQL(
            """
            ALTER TABLE declaration_declarationline ADD CONSTRAINT line_under_its_own_agent
                FOREIGN KEY (declaration_id, organisation_id) REFERENCES declaration_declaration (id, organisation_id);
            """,
            "ALTER TABLE declaration_declarationline DROP CONSTRAINT line_under_its_own_agent;",
        ),
        frozen(
            "declaration_declaration",
            "state",
            "submitted_at",
            "submitted_by_id",
            "decided_at",
            "decided_by_id",
            "reason",
            "method",
        ),
        frozen("declaration_declarationline", "verdict", "verdict_reason"),
    ]
