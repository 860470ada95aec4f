"""Money: what is owed, what arrived, how it was taken in and paid back."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [
        ("collection", "0001_initial"),
        ("collection", "0003_returned"),
        ("collection", "0004_bill_of_each_area"),
        ("collection", "0005_advice_and_debit_parts"),
        ("collection", "0006_what_stands_on_a_receipt"),
        ("collection", "0007_mismatch_counts"),
    ]

    initial = True

    dependencies = [
        ("agents", "0001_tables"),
        ("declaration", "0001_tables"),
        ("enrolment", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="BankAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("holder", models.CharField(max_length=100)),
                        ("number", models.CharField(max_length=40)),
                        ("bank", models.CharField(max_length=100)),
                        ("bank_code", models.CharField(blank=True, max_length=20)),
                        ("active", models.BooleanField(default=True)),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("number",), name="bank_account_once")],
                    },
                ),
                migrations.CreateModel(
                    name="DebitBatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("number", models.CharField(max_length=32, unique=True)),
                        ("collect_on", models.DateField()),
                        ("made_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("result_sha256", models.BinaryField(max_length=32, null=True)),
                        ("total_fen", models.BigIntegerField()),
                        ("heads", models.PositiveIntegerField()),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="debit_batches",
                                to="collection.bankaccount",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Mandate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.CharField(max_length=40, unique=True)),
                        ("signed_on", models.DateField()),
                        ("bank", models.CharField(max_length=100)),
                        ("bank_code", models.CharField(blank=True, max_length=20)),
                        ("holder", models.CharField(max_length=100)),
                        ("account_cipher", models.BinaryField()),
                        ("account_masked", models.CharField(max_length=40)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("signed", "已签待核验"),
                                    ("verified", "已核验"),
                                    ("refused", "核验未通过"),
                                    ("ended", "已终止"),
                                ],
                                default="signed",
                                max_length=10,
                            ),
                        ),
                        ("entered_at", models.DateTimeField()),
                        ("verified_at", models.DateTimeField(null=True)),
                        ("ended_on", models.DateField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        (
                            "entered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="mandates",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "verified_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["signed", "verified"])),
                                fields=("organisation",),
                                name="one_active_mandate",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("account_masked__contains", "*")), name="mandate_account_is_masked"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "verified"), _negated=True),
                                    models.Q(("verified_at__isnull", False), ("verified_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="mandate_verified_by_someone",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verified_by__isnull", True),
                                    models.Q(("verified_by", models.F("entered_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="mandate_maker_is_not_checker",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["refused", "ended"]), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="mandate_left_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Obligation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("plan_year", models.PositiveSmallIntegerField()),
                        ("due_fen", models.PositiveIntegerField()),
                        ("body_fen", models.PositiveIntegerField()),
                        ("paid_by", models.CharField(blank=True, max_length=40)),
                        ("category", models.CharField(blank=True, max_length=32)),
                        ("assessed_at", models.DateTimeField()),
                        ("paid_fen", models.PositiveIntegerField(default=0)),
                        ("paid_on", models.DateField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "ended_because",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("exempted", "转为免缴"),
                                    ("charged", "恢复缴费"),
                                    ("withdrawn", "撤回"),
                                    ("lapsed", "到期"),
                                    ("repriced", "标准有变"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "declaration",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="obligations",
                                to="declaration.declaration",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="obligations",
                                to="enrolment.enrolment",
                            ),
                        ),
                        (
                            "listed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="obligations",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                            ),
                        ),
                        (
                            "season",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="obligations",
                                to="enrolment.season",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["organisation", "season"], name="obligations_of_agent"),
                            models.Index(fields=["enrolment"], name="obligations_of_enrolment"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("person", "plan_year"),
                                name="one_live_obligation_for_person_and_year",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("paid_fen", 0), ("paid_on__isnull", True)),
                                    models.Q(("paid_fen", models.F("due_fen")), ("paid_on__isnull", False)),
                                    _connector="OR",
                                ),
                                name="obligation_is_paid_in_full_or_not",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("due_fen__gt", 0), ("body_fen__gt", 0), _connector="OR"),
                                name="obligation_owes_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("body_fen__gt", 0), _negated=True),
                                    models.Q(("paid_by", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="body_that_pays_is_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at__isnull", True), ("ended_because", "")),
                                    models.Q(
                                        ("ended_at__isnull", False), models.Q(("ended_because", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="obligation_ends_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("number", models.CharField(max_length=32, unique=True)),
                        ("token", models.CharField(max_length=64, unique=True)),
                        (
                            "channel",
                            models.CharField(
                                choices=[("wechat", "微信"), ("alipay", "支付宝"), ("card", "刷卡")], max_length=10
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("page", "手机页面"), ("qr", "二维码"), ("counter", "柜台")], max_length=8
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("created", "已下单"),
                                    ("pending", "待付款"),
                                    ("succeeded", "已付款"),
                                    ("failed", "下单失败"),
                                    ("closed", "已关闭"),
                                    ("unknown", "结果待查"),
                                    ("conflict", "金额不符，人工处理"),
                                ],
                                default="created",
                                max_length=10,
                            ),
                        ),
                        ("total_fen", models.PositiveIntegerField()),
                        ("payer", models.CharField(blank=True, max_length=50)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("address", models.CharField(blank=True, max_length=4000)),
                        ("merchant", models.CharField(blank=True, max_length=40)),
                        ("transaction", models.CharField(blank=True, max_length=64)),
                        ("paid_at", models.DateTimeField(null=True)),
                        ("checked_at", models.DateTimeField(null=True)),
                        ("said", models.CharField(blank=True, max_length=200)),
                        ("terminal", models.CharField(blank=True, max_length=30)),
                        (
                            "taken_at",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "taken_by",
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
                            models.Index(
                                condition=models.Q(("state__in", ["created", "pending", "unknown"])),
                                fields=["created_at"],
                                name="payments_not_known",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("total_fen__gt", 0)), name="payment_is_of_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["created", "pending", "succeeded", "failed", "closed", "unknown", "conflict"],
                                    )
                                ),
                                name="payment_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                                name="payment_expires_later",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "succeeded"), _negated=True),
                                    models.Q(("paid_at__isnull", False), models.Q(("transaction", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="payment_succeeded_with_its_number",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Arrival",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("wechat", "微信"),
                                    ("alipay", "支付宝"),
                                    ("card", "刷卡"),
                                    ("transfer", "银行转账"),
                                    ("debit", "扣款"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("key", models.CharField(max_length=120, unique=True)),
                        ("digest", models.BinaryField(max_length=32)),
                        ("at_account", models.CharField(max_length=60)),
                        ("amount_fen", models.BigIntegerField()),
                        ("paid_at", models.DateTimeField()),
                        ("heard_at", models.DateTimeField()),
                        ("payer", models.CharField(blank=True, max_length=100)),
                        ("text", models.CharField(blank=True, max_length=300)),
                        ("allocated_fen", models.BigIntegerField(default=0)),
                        ("overpaid_fen", models.BigIntegerField(default=0)),
                        ("refunded_fen", models.BigIntegerField(default=0)),
                        ("reversed_at", models.DateTimeField(null=True)),
                        ("why_suspended", models.CharField(blank=True, max_length=20)),
                        (
                            "payment",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="arrivals",
                                to="collection.payment",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("reversed_at__isnull", True),
                                    (
                                        "amount_fen__gt",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("allocated_fen"), "+", models.F("overpaid_fen")
                                            ),
                                            "+",
                                            models.F("refunded_fen"),
                                        ),
                                    ),
                                ),
                                fields=["pooling_area", "paid_at"],
                                name="arrivals_in_suspense",
                            ),
                            models.Index(
                                condition=models.Q(("overpaid_fen__gt", 0)),
                                fields=["pooling_area", "overpaid_fen"],
                                name="arrivals_overpaid",
                            ),
                            models.Index(fields=["at_account", "paid_at"], name="arrivals_at_account"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gt", 0)), name="arrival_is_of_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("allocated_fen__gte", 0),
                                    ("overpaid_fen__gte", 0),
                                    ("refunded_fen__gte", 0),
                                    (
                                        "amount_fen__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("allocated_fen"), "+", models.F("overpaid_fen")
                                            ),
                                            "+",
                                            models.F("refunded_fen"),
                                        ),
                                    ),
                                ),
                                name="arrival_is_not_spent_twice",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reversed_at__isnull", True),
                                    models.Q(("allocated_fen", 0), ("overpaid_fen", 0)),
                                    _connector="OR",
                                ),
                                name="reversed_arrival_holds_nothing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DebitItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("ordinal", models.PositiveIntegerField()),
                        ("end_to_end", models.CharField(max_length=35, unique=True)),
                        ("amount_fen", models.BigIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "待扣款"),
                                    ("succeeded", "扣款成功"),
                                    ("failed", "扣款失败"),
                                    ("returned", "已退回"),
                                ],
                                default="pending",
                                max_length=10,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("taken_on", models.DateField(null=True)),
                        ("returned_on", models.DateField(null=True)),
                        (
                            "arrival",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="debit_item",
                                to="collection.arrival",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="collection.debitbatch",
                            ),
                        ),
                        (
                            "declaration",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="debit_items",
                                to="declaration.declaration",
                            ),
                        ),
                        (
                            "mandate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="collection.mandate",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("batch", "ordinal"), name="debit_items_are_numbered"),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["pending", "succeeded"])),
                                fields=("declaration",),
                                name="declaration_debited_once_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gt", 0)), name="debit_is_of_something"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Allocation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount_fen", models.PositiveIntegerField()),
                        ("at", models.DateTimeField()),
                        ("released_at", models.DateTimeField(null=True)),
                        (
                            "released_because",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("returned", "扣款退回"),
                                    ("exempted", "转为免缴"),
                                    ("withdrawn", "撤回"),
                                    ("unmatched", "撤销匹配"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "arrival",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="allocations",
                                to="collection.arrival",
                            ),
                        ),
                        (
                            "obligation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="allocations",
                                to="collection.obligation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["arrival"], name="allocations_of_arrival")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("released_at__isnull", True)),
                                fields=("obligation",),
                                name="obligation_is_paid_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gt", 0)), name="allocation_is_of_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("released_at__isnull", True), ("released_because", "")),
                                    models.Q(
                                        ("released_at__isnull", False),
                                        models.Q(("released_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="allocation_released_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount_fen", models.PositiveIntegerField()),
                        (
                            "obligation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payment_lines",
                                to="collection.obligation",
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="collection.payment",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["obligation"], name="payment_lines_of_obligation")],
                        "constraints": [
                            models.UniqueConstraint(fields=("payment", "obligation"), name="child_once_in_an_order"),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gt", 0)), name="payment_line_is_of_something"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReceiptSeries",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("year", models.PositiveSmallIntegerField()),
                        ("last", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("pooling_area", "year"), name="one_series_a_year")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Receipt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("ordinal", models.BigIntegerField()),
                        ("number", models.CharField(max_length=24, unique=True)),
                        ("check_code", models.CharField(max_length=12)),
                        ("payer", models.CharField(max_length=100)),
                        ("amount_fen", models.PositiveIntegerField()),
                        ("issued_at", models.DateTimeField()),
                        ("voided_at", models.DateTimeField(null=True)),
                        ("void_reason", models.CharField(blank=True, max_length=100)),
                        (
                            "allocation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="receipts",
                                to="collection.allocation",
                            ),
                        ),
                        (
                            "obligation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="receipts",
                                to="collection.obligation",
                            ),
                        ),
                        (
                            "replaces",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="collection.receipt",
                            ),
                        ),
                        (
                            "series",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="receipts",
                                to="collection.receiptseries",
                            ),
                        ),
                        (
                            "voided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("series", "ordinal"), name="receipt_numbers_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("voided_at__isnull", True)),
                                fields=("obligation",),
                                name="one_valid_receipt",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gt", 0)), name="receipt_is_of_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("void_reason", ""), ("voided_at__isnull", True)),
                                    models.Q(
                                        ("voided_at__isnull", False), models.Q(("void_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="receipt_voided_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReceiptPaper",
                    fields=[
                        (
                            "receipt",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="paper",
                                serialize=False,
                                to="collection.receipt",
                            ),
                        ),
                        ("pdf", models.BinaryField()),
                        ("sha256", models.BinaryField(max_length=32)),
                        ("made_at", models.DateTimeField()),
                        ("face", models.JSONField()),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("sha256",), name="paper_found_by_its_bytes")],
                    },
                ),
                migrations.CreateModel(
                    name="Refund",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("number", models.CharField(max_length=32, unique=True)),
                        ("amount_fen", models.BigIntegerField()),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("duplicate", "重复缴费"),
                                    ("exempted", "已由他方缴费"),
                                    ("withdrawn", "退出参保"),
                                    ("overpaid", "多缴"),
                                    ("wrong_amount", "金额不符"),
                                    ("unidentified", "无法认定"),
                                    ("after_close", "逾期到账"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("requested", "待审批"),
                                    ("approved", "已批准"),
                                    ("rejected", "未批准"),
                                    ("submitted", "已提交渠道"),
                                    ("processing", "退款中"),
                                    ("succeeded", "已退回"),
                                    ("abnormal", "退款异常"),
                                    ("dropped", "无需退费"),
                                ],
                                default="requested",
                                max_length=10,
                            ),
                        ),
                        ("requested_at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("decision_note", models.CharField(blank=True, max_length=200)),
                        ("submitted_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("said", models.CharField(blank=True, max_length=200)),
                        (
                            "arrival",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="collection.arrival",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "obligation",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="collection.obligation",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["arrival"], name="refunds_of_arrival")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gt", 0)), name="refund_is_of_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by__isnull", True),
                                    ("requested_by__isnull", True),
                                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="refund_maker_is_not_checker",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "rejected"), _negated=True),
                                    models.Q(("decision_note", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="refund_rejected_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "requested",
                                            "approved",
                                            "rejected",
                                            "submitted",
                                            "processing",
                                            "succeeded",
                                            "abnormal",
                                            "dropped",
                                        ],
                                    )
                                ),
                                name="refund_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["requested", "dropped"]),
                                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="refund_moves_after_a_decision",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Statement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sha256", models.BinaryField(max_length=32, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("form", models.CharField(max_length=8)),
                        ("number", models.CharField(blank=True, max_length=40)),
                        ("first", models.DateField()),
                        ("last", models.DateField()),
                        ("opening_fen", models.BigIntegerField(null=True)),
                        ("closing_fen", models.BigIntegerField(null=True)),
                        ("taken_at", models.DateTimeField()),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="statements",
                                to="collection.bankaccount",
                            ),
                        ),
                        (
                            "taken_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["last", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="StatementLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=120, unique=True)),
                        ("digest", models.BinaryField(max_length=32)),
                        ("ordinal", models.PositiveIntegerField()),
                        ("serial", models.CharField(blank=True, max_length=60)),
                        ("booked_on", models.DateField()),
                        ("incoming", models.BooleanField()),
                        ("amount_fen", models.BigIntegerField()),
                        ("balance_fen", models.BigIntegerField(null=True)),
                        ("counterparty", models.CharField(blank=True, max_length=100)),
                        ("counterparty_cipher", models.BinaryField(null=True)),
                        ("counterparty_masked", models.CharField(blank=True, max_length=40)),
                        ("text", models.CharField(blank=True, max_length=300)),
                        (
                            "meaning",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "未判定"),
                                    ("arrival", "缴费到账"),
                                    ("settlement", "渠道结算"),
                                    ("debit", "扣款入账"),
                                    ("debit_return", "扣款退回"),
                                    ("refund", "退费付出"),
                                    ("hand_over", "划缴国库"),
                                    ("unexplained", "待说明支出"),
                                ],
                                max_length=14,
                            ),
                        ),
                        (
                            "arrival",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="line",
                                to="collection.arrival",
                            ),
                        ),
                        (
                            "statement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="collection.statement",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["statement", "ordinal"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gt", 0)), name="statement_line_is_of_something"
                            ),
                            models.UniqueConstraint(
                                fields=("statement", "ordinal"), name="statement_lines_are_numbered"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Bill",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("channel", models.CharField(max_length=10)),
                        ("merchant", models.CharField(max_length=40)),
                        ("day", models.DateField()),
                        ("sha256", models.BinaryField(max_length=32)),
                        ("gross_fen", models.BigIntegerField()),
                        ("refunds_fen", models.BigIntegerField()),
                        ("fees_fen", models.BigIntegerField()),
                        ("fetched_at", models.DateTimeField()),
                        (
                            "settled_by",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="settles",
                                to="collection.statementline",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("channel", "merchant", "day", "pooling_area"), name="one_bill_a_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Alarm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("conflict", "同号异文"),
                                    ("wrong_amount", "金额不符"),
                                    ("suspense", "暂收未清"),
                                    ("difference", "对账差异"),
                                    ("forged", "伪造通知"),
                                    ("abnormal_refund", "退费异常"),
                                    ("late", "逾期到账"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("key", models.CharField(max_length=160)),
                        ("said", models.CharField(max_length=300)),
                        ("raised_at", models.DateTimeField()),
                        ("days", models.PositiveSmallIntegerField(default=0)),
                        ("settled_at", models.DateTimeField(null=True)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        (
                            "settled_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "arrival",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="alarms",
                                to="collection.arrival",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("settled_at__isnull", True)),
                                fields=("pooling_area", "kind", "key", "days"),
                                name="alarm_raised_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BillLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(choices=[("payment", "缴费"), ("refund", "退费")], max_length=8)),
                        ("transaction", models.CharField(max_length=64)),
                        ("order_number", models.CharField(blank=True, max_length=64)),
                        ("refund_number", models.CharField(blank=True, max_length=64)),
                        ("amount_fen", models.BigIntegerField()),
                        ("fee_fen", models.BigIntegerField(default=0)),
                        ("at", models.DateTimeField()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("same", "一致"),
                                    ("found", "补记"),
                                    ("amount", "金额不符"),
                                    ("refund", "退费一致"),
                                    ("foreign", "非本平台订单"),
                                    ("missing", "账单缺少"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("explained", models.CharField(blank=True, max_length=200)),
                        (
                            "arrival",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bill_lines",
                                to="collection.arrival",
                            ),
                        ),
                        (
                            "bill",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="collection.bill"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("bill", "kind", "transaction", "refund_number"), name="bill_line_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Close",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("confirmed_at", models.DateTimeField(null=True)),
                        ("suspense", models.JSONField(default=list)),
                        ("lapsed", models.PositiveIntegerField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "season",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="close", to="enrolment.season"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("confirmed_by__isnull", True),
                                    models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="closed_by_two_people",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                                    models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="close_confirmed_by_someone",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Advice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("arrival__isnull", True), ("withdrawn_at__isnull", True)),
                                fields=("declaration",),
                                name="one_open_advice_of_a_declaration",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("total_fen__gt", 0)), name="advice_is_of_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("arrival__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"
                                ),
                                name="advice_used_or_withdrawn",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AdviceLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "advice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="collection.advice",
                            ),
                        ),
                        (
                            "obligation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="collection.obligation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("advice", "obligation"), name="child_once_on_an_advice")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        (
                            "kind",
                            models.CharField(choices=[("statement", "对账单"), ("results", "扣款回盘")], max_length=10),
                        ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "statement"), _negated=True),
                                    ("account__isnull", False),
                                    _connector="OR",
                                ),
                                name="statement_file_of_an_account",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("covers_first__isnull", True),
                                    ("covers_last__isnull", True),
                                    ("covers_first__lte", models.F("covers_last")),
                                    _connector="OR",
                                ),
                                name="bank_file_covers_forwards",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DebitAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="DebitPart",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount_fen", models.PositiveIntegerField()),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="collection.debititem",
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
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("item", "obligation"), name="child_once_in_a_debit"),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gt", 0)), name="debit_part_is_of_something"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Comparison",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "season",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="enrolment.season"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="MismatchCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=12)),
                        ("children", models.PositiveIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "season",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="enrolment.season"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("season", "organisation", "kind"), name="one_count_of_a_mismatch"
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
