"""What a season's collection came to when it was last added up. 征收合计"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collection", "0002_frozen"), ("enrolment", "0005_unlisted")]

    operations = [
        migrations.CreateModel(
            name="Collected",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("sums", models.JSONField()),
                ("by_way", models.JSONField()),
                (
                    "season",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="enrolment.season"
                    ),
                ),
            ],
        ),
    ]
