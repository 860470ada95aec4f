"""Calls of a program are counted in the database, for all processes of the server together. 接口限流"""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns of the token. 计数"""

    dependencies: ClassVar = [("agents", "0004_accounts")]
    operations: ClassVar = [
        migrations.AddField("token", "counted_since", models.DateTimeField(null=True)),
        migrations.AddField("token", "calls", models.PositiveIntegerField(default=0)),
    ]
