"""What agents declare."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [("declaration", "0001_initial"), ("declaration", "0003_corrections")]

    initial = True

    dependencies = [
        ("agents", "0001_tables"),
        ("enrolment", "0001_tables"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="Declaration",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("ordinal", models.PositiveSmallIntegerField()),
                        ("reference", models.CharField(max_length=24, unique=True)),
                        (
                            "method",
                            models.CharField(
                                choices=[("transfer", "银行转账"), ("debit", "扣款"), ("none", "无需缴费")],
                                max_length=10,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("frozen", "已锁定待提交"),
                                    ("submitted", "已提交待受理"),
                                    ("accepted", "已受理"),
                                    ("partly_accepted", "部分受理"),
                                    ("returned", "已退回"),
                                    ("discarded", "已作废"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("because", models.CharField(blank=True, max_length=200)),
                        ("heads", models.PositiveIntegerField()),
                        ("payers", models.PositiveIntegerField()),
                        ("exempt", models.PositiveIntegerField()),
                        ("removals", models.PositiveIntegerField(default=0)),
                        ("self_paid_fen", models.BigIntegerField()),
                        ("subsidised_fen", models.BigIntegerField()),
                        ("digest", models.BinaryField(max_length=32)),
                        ("frozen_at", models.DateTimeField()),
                        ("submitted_at", models.DateTimeField(null=True)),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=200)),
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
                            "frozen_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="declarations",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "season",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="declarations",
                                to="enrolment.season",
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("corrections", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("season", "organisation", "ordinal"), name="declarations_are_numbered"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["frozen", "submitted"])),
                                fields=("season", "organisation"),
                                name="one_open_declaration_of_an_agent",
                            ),
                            models.UniqueConstraint(fields=("id", "organisation"), name="declaration_with_its_agent"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["frozen", "submitted", "accepted", "partly_accepted", "returned", "discarded"],
                                    )
                                ),
                                name="declaration_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "heads",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("payers"), "+", models.F("exempt")
                                        ),
                                    )
                                ),
                                name="declared_heads_add_up",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ordinal__gte", 1)), name="declaration_ordinal_from_one"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["frozen", "discarded"]),
                                    ("submitted_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="declaration_submitted_before_decided",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["accepted", "partly_accepted", "returned"]), _negated=True),
                                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="declaration_decided_by_someone",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["partly_accepted", "returned"]), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="declaration_refused_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeclarationLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("ordinal", models.PositiveIntegerField()),
                        (
                            "change",
                            models.CharField(
                                choices=[("add", "新增"), ("correct", "更正"), ("remove", "退出")],
                                default="add",
                                max_length=8,
                            ),
                        ),
                        ("name", models.CharField(max_length=50)),
                        ("number_masked", models.CharField(blank=True, max_length=40)),
                        ("class_label", models.CharField(blank=True, max_length=60)),
                        ("premium_fen", models.PositiveIntegerField()),
                        ("self_paid_fen", models.PositiveIntegerField()),
                        ("subsidised_fen", models.PositiveIntegerField()),
                        ("paid_by", models.CharField(blank=True, max_length=40)),
                        ("category", models.CharField(blank=True, max_length=32)),
                        (
                            "verdict",
                            models.CharField(
                                blank=True,
                                choices=[("", "待受理"), ("accepted", "受理"), ("refused", "不予受理")],
                                max_length=8,
                            ),
                        ),
                        ("verdict_reason", models.CharField(blank=True, max_length=200)),
                        (
                            "declaration",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="declaration.declaration",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="declaration_lines",
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
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["enrolment"], name="lines_of_enrolment")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("declaration", "ordinal"), name="declaration_lines_are_numbered"
                            ),
                            models.UniqueConstraint(
                                fields=("declaration", "enrolment"), name="child_once_on_a_declaration"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "premium_fen",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("self_paid_fen"), "+", models.F("subsidised_fen")
                                        ),
                                    )
                                ),
                                name="declared_premium_adds_up",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("verdict", "refused"), _negated=True),
                                    models.Q(("verdict_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="line_refused_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("verdict__in", ["", "accepted", "refused"])),
                                name="line_verdict_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("change__in", ["add", "correct", "remove"])),
                                name="line_change_known",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
