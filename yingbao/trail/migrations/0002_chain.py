"""The chain over every log, how far it may go, and how far it was sent. See docs/adr/0021."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trail", "0001_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="Forwarded",
            fields=[
                ("destination", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(null=True)),
                ("fault", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Horizon",
            fields=[
                ("table_name", models.CharField(max_length=63, primary_key=True, serialize=False)),
                ("last_id", models.BigIntegerField()),
                (
                    "holders",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("version", models.PositiveSmallIntegerField()),
                ("table_name", models.CharField(max_length=63)),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), size=None),
                ),
                ("after_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("digests", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("digest", models.BinaryField(unique=True)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["table_name", "last_id"], name="seals_of_log"),
                    models.Index(fields=["sealed_at"], name="seals_by_moment"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="seals_are_counted_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("last_id__gt", models.F("after_id"))), name="seal_has_a_span"
                    ),
                    models.UniqueConstraint(fields=("table_name", "after_id"), name="seals_of_a_log_follow_each_other"),
                ],
            },
        ),
        migrations.RunSQL(
            """
            CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_seal
                FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
            """,
            "DROP TRIGGER never_rewritten ON trail_seal;",
        ),
    ]
