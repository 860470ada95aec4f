"""Each guardian asks by the own phone, and what is written later is added."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("families", "0002_never_rewritten")]

    operations = [
        migrations.AddField("datarequest", "added_cipher", models.BinaryField(null=True)),
        migrations.RemoveConstraint("datarequest", "asked_once_of_a_kind"),
        migrations.AddConstraint(
            "datarequest",
            models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("person", "kind", "phone_index", "enrolment"),
                name="guardian_asked_once_of_a_kind",
                nulls_distinct=False,
            ),
        ),
    ]
