"""Work lists of large divisions: children on nobody's list. 待分派名单"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0004_roll_over"),
        ("people", "0004_of_a_division"),
    ]

    operations = [
        migrations.CreateModel(
            name="Unlisted",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("division", models.CharField(max_length=6)),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "season",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="enrolment.season",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["season", "division", "id"], name="unlisted_of_a_division")],
            },
        ),
        migrations.CreateModel(
            name="UnlistedAsOf",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division", models.CharField(max_length=6)),
                ("reckoned_at", models.DateTimeField()),
                ("heads", models.PositiveIntegerField()),
                (
                    "season",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="enrolment.season",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("season", "division"), name="one_look_through_a_division")
                ],
            },
        ),
    ]
