"""Two records that may be one child are found by birth date and the sound of the name. 疑似重复"""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index. 索引"""

    dependencies: ClassVar = [("people", "0009_person_hukou")]
    operations: ClassVar = [
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["birth_date", "name_pinyin"],
                condition=models.Q(birth_date__isnull=False, merged_into__isnull=True),
                name="person_born_and_called",
            ),
        ),
    ]
