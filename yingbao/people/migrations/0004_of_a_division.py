"""Children of a division, the youngest first. 区划内人员"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_search"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", True)),
                fields=["hukou", "birth_date"],
                name="person_of_a_division",
            ),
        ),
    ]
