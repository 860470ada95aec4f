"""Events, the chain over every log, and how far it was sent."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [("trail", "0001_events"), ("trail", "0002_chain"), ("trail", "0004_block")]

    initial = True

    dependencies = [
        ("agents", "0001_tables"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("what", models.CharField(max_length=40)),
                        ("about", models.CharField(blank=True, max_length=100)),
                        ("said", models.JSONField(default=dict)),
                        (
                            "organisation",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["at", "id"], name="event_by_moment"),
                            models.Index(fields=["user", "at"], name="event_of_user"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("what", ""), _negated=True), name="event_says_what"
                            )
                        ],
                    },
                ),
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
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), size=None
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Block",
                    fields=[
                        ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("version", models.PositiveSmallIntegerField()),
                        ("table_name", models.CharField(max_length=63)),
                        (
                            "columns",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=63), size=None
                            ),
                        ),
                        ("after_id", models.BigIntegerField()),
                        ("last_id", models.BigIntegerField()),
                        (
                            "ids",
                            django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                        ),
                        ("digests", models.BinaryField()),
                        ("previous", models.BinaryField()),
                        ("digest", models.BinaryField(unique=True)),
                        ("sealed_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["table_name", "last_id"], name="blocks_of_log"),
                            models.Index(fields=["sealed_at"], name="blocks_by_moment"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("number__gt", 0)), name="blocks_are_counted_from_one"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("last_id__gt", models.F("after_id"))), name="block_has_a_span"
                            ),
                            models.UniqueConstraint(
                                fields=("table_name", "after_id"), name="blocks_of_a_log_follow_each_other"
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
