"""Events of the trail: written once, never edited."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agents", "0003_administrators"),
        ("people", "0003_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                "constraints": [models.CheckConstraint(condition=~models.Q(what=""), name="event_says_what")],
            },
        ),
        # The trigger's function is the one that guards the history of persons.
        migrations.RunSQL(
            """
            CREATE TRIGGER never_rewritten BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_event
                FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
            """,
            "DROP TRIGGER never_rewritten ON trail_event;",
        ),
    ]
