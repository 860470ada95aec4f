"""A declared child's sums may be corrected by a supplement: a third kind of line."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("declaration", "0002_frozen")]

    operations = [
        migrations.AddField("declaration", "corrections", models.PositiveIntegerField(default=0)),
        migrations.RemoveConstraint("declarationline", "line_change_known"),
        migrations.AlterField(
            "declarationline",
            "change",
            models.CharField(
                choices=[("add", "新增"), ("correct", "更正"), ("remove", "退出")], default="add", max_length=8
            ),
        ),
        migrations.AddConstraint(
            "declarationline",
            models.CheckConstraint(condition=Q(("change__in", ["add", "correct", "remove"])), name="line_change_known"),
        ),
    ]
