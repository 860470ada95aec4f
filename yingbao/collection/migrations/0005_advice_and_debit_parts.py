"""For whom a transfer and a debit are, result files, and the files that officers bring."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CHANGING = {
    "advice": ("arrival_id", "withdrawn_at"),
    "adviceline": (),
    "debitpart": (),
    "debitanswer": (),
    "bankfile": ("state", "message", "statement_id"),
}


def frozen(name):
    table = f"collection_{name}"
    columns = ", ".join(f"'{column}'" for column in CHANGING[name])
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER frozen BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION only_these_change({columns});
        CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION people_never_rewritten();
        """,
        f"DROP TRIGGER frozen ON {table}; DROP TRIGGER never_deleted ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0004_bill_of_each_area"),
        ("declaration", "0003_corrections"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Advice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("total_fen", models.BigIntegerField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "arrival",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="advices",
                        to="collection.arrival",
                    ),
                ),
                (
                    "declaration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="advices",
                        to="declaration.declaration",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AdviceLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "advice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="collection.advice"
                    ),
                ),
                (
                    "obligation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="collection.obligation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BankFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pooling_area", models.CharField(max_length=6)),
                ("kind", models.CharField(choices=[("statement", "对账单"), ("results", "扣款回盘")], max_length=10)),
                ("name", models.CharField(max_length=200)),
                ("content_cipher", models.BinaryField()),
                ("covers_first", models.DateField(null=True)),
                ("covers_last", models.DateField(null=True)),
                ("uploaded_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "等待读取"), ("taken", "已导入"), ("refused", "不予受理")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("message", models.JSONField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="collection.bankaccount",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="collection.statement",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DebitAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pooling_area", models.CharField(max_length=6)),
                ("sha256", models.BinaryField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("form", models.CharField(max_length=8)),
                ("taken_at", models.DateTimeField()),
                ("succeeded", models.PositiveIntegerField()),
                ("failed", models.PositiveIntegerField()),
                ("returned", models.PositiveIntegerField()),
                ("known", models.PositiveIntegerField()),
                ("waiting", models.PositiveIntegerField()),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DebitPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_fen", models.PositiveIntegerField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="collection.debititem"
                    ),
                ),
                (
                    "obligation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debit_parts",
                        to="collection.obligation",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="advice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("arrival__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("declaration",),
                name="one_open_advice_of_a_declaration",
            ),
        ),
        migrations.AddConstraint(
            model_name="advice",
            constraint=models.CheckConstraint(condition=models.Q(("total_fen__gt", 0)), name="advice_is_of_something"),
        ),
        migrations.AddConstraint(
            model_name="advice",
            constraint=models.CheckConstraint(
                condition=models.Q(("arrival__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"),
                name="advice_used_or_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="adviceline",
            constraint=models.UniqueConstraint(fields=("advice", "obligation"), name="child_once_on_an_advice"),
        ),
        migrations.AddConstraint(
            model_name="bankfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "statement"), _negated=True), ("account__isnull", False), _connector="OR"
                ),
                name="statement_file_of_an_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("covers_first__isnull", True),
                    ("covers_last__isnull", True),
                    ("covers_first__lte", models.F("covers_last")),
                    _connector="OR",
                ),
                name="bank_file_covers_forwards",
            ),
        ),
        migrations.AddConstraint(
            model_name="debitpart",
            constraint=models.UniqueConstraint(fields=("item", "obligation"), name="child_once_in_a_debit"),
        ),
        migrations.AddConstraint(
            model_name="debitpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_fen__gt", 0)), name="debit_part_is_of_something"
            ),
        ),
        *map(frozen, CHANGING),
    ]
