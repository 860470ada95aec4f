"""When a body's children last moved stands with its figures; who cannot be enrolled is found by index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0010_standing_marks")]

    operations = [
        migrations.AddField(model_name="bodystanding", name="last_at", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="enrolment",
            index=models.Index(
                fields=["season", "organisation"], condition=models.Q(status="ineligible"), name="ineligible_of_season"
            ),
        ),
        migrations.RunSQL(
            """
            UPDATE enrolment_bodystanding b SET last_at = e.last_at
            FROM (SELECT season_id, organisation_id, max(state_at) AS last_at FROM enrolment_enrolment GROUP BY 1, 2) e
            WHERE e.season_id = b.season_id AND e.organisation_id = b.organisation_id;
            """,
            migrations.RunSQL.noop,
        ),
    ]
