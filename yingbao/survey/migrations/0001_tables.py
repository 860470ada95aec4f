"""The questionnaire: versions, answers, reports and their sums."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import yingbao.survey.lifecycle
from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [("survey", "0001_initial")]

    initial = True

    dependencies = [
        ("agents", "0001_tables"),
        ("cases", "0001_tables"),
        ("enrolment", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="Survey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("draft", models.JSONField()),
                        ("edits", models.PositiveIntegerField(default=0)),
                        ("made_at", models.DateTimeField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "closed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        (
                            "season",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="surveys",
                                to="enrolment.season",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="survey_closed_by_someone",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sum",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("missing", models.PositiveSmallIntegerField()),
                        ("late", models.BooleanField()),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="sums", to="survey.survey"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("survey", "street", "number"), name="sum_numbered_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("missing", 0), ("number", 1)),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="sum_again_or_incomplete_for_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sheet",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("filename", models.CharField(max_length=200)),
                        ("content_cipher", models.BinaryField(null=True)),
                        ("layout", models.JSONField(default=dict)),
                        ("counts", models.JSONField(default=dict)),
                        ("errors_cipher", models.BinaryField(null=True)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="survey.survey"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Version",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("asks", models.JSONField()),
                        ("opens_on", models.DateField()),
                        ("schools_due_on", models.DateField()),
                        ("streets_due_on", models.DateField()),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("at", models.DateTimeField()),
                        (
                            "published_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="survey.survey"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("survey", "number"), name="survey_version_numbered_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("number", 1), models.Q(("reason", ""), _negated=True), _connector="OR"
                                ),
                                name="survey_changed_for_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("schools_due_on__gte", models.F("opens_on")),
                                    ("streets_due_on__gte", models.F("schools_due_on")),
                                ),
                                name="survey_days_in_their_order",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("said", models.JSONField()),
                        ("words_cipher", models.BinaryField(null=True)),
                        ("source", models.CharField(max_length=5)),
                        ("times", models.PositiveSmallIntegerField(default=1)),
                        ("disputed", models.BooleanField(default=False)),
                        ("at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="survey_answers",
                                to="people.person",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="survey.survey"
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="survey.version"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("survey", "person"), name="one_answer_per_child_and_survey"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source__in", ("phone", "paper", "sheet"))),
                                name="answer_source_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Given",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("said", models.JSONField()),
                        ("words_cipher", models.BinaryField(null=True)),
                        ("source", models.CharField(max_length=5)),
                        ("stood", models.BooleanField()),
                        ("at", models.DateTimeField()),
                        (
                            "answer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="given", to="survey.answer"
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
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="survey.version"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("source__in", ("phone", "paper", "sheet"))),
                                name="given_source_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("source", "phone"), _negated=True), ("by__isnull", True), _connector="OR"
                                ),
                                name="phone_is_the_family",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SchoolReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "未报送"),
                                    ("submitted", "已报送，待审核"),
                                    ("accepted", "已审核"),
                                    ("sent_back", "已退回"),
                                    ("correcting", "更正中"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("state_at", models.DateTimeField()),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "street",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "standing",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="survey.reportversion",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="survey.survey"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "survey_report",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("survey", "school"), name="one_report_per_school_and_survey"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("standing__isnull", True),
                                        (
                                            "state__in",
                                            [
                                                yingbao.survey.lifecycle.State["OPEN"],
                                                yingbao.survey.lifecycle.State["SENT_BACK"],
                                            ],
                                        ),
                                    ),
                                    models.Q(
                                        ("standing__isnull", False),
                                        (
                                            "state__in",
                                            [
                                                yingbao.survey.lifecycle.State["SUBMITTED"],
                                                yingbao.survey.lifecycle.State["ACCEPTED"],
                                                yingbao.survey.lifecycle.State["CORRECTING"],
                                            ],
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="report_counts_by_its_state",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("asked", models.PositiveIntegerField()),
                        ("answered", models.PositiveIntegerField()),
                        ("by_phone", models.PositiveIntegerField()),
                        ("unanswered", models.PositiveIntegerField()),
                        ("counted_elsewhere", models.PositiveIntegerField(default=0)),
                        ("late", models.BooleanField()),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="survey.schoolreport",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("report", "number"), name="report_version_numbered_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("number", 1), models.Q(("reason", ""), _negated=True), _connector="OR"
                                ),
                                name="report_corrected_for_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("answered__gte", models.F("by_phone")),
                                    (
                                        "asked",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("answered"), "+", models.F("unanswered")
                                        ),
                                    ),
                                ),
                                name="asked_is_the_sum_of_its_parts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("act", models.CharField(max_length=10)),
                        (
                            "to_state",
                            models.CharField(
                                choices=[
                                    ("open", "未报送"),
                                    ("submitted", "已报送，待审核"),
                                    ("accepted", "已审核"),
                                    ("sent_back", "已退回"),
                                    ("correcting", "更正中"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="survey.schoolreport",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="survey.reportversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("act__in", ["submit", "accept", "send_back", "reopen"])),
                                name="report_act_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Count",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("question", models.CharField(max_length=30)),
                        ("option", models.CharField(blank=True, max_length=30)),
                        ("heads", models.PositiveIntegerField()),
                        ("amount", models.BigIntegerField(default=0)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="counts",
                                to="survey.reportversion",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("version", "question", "option"), name="counted_once_per_option"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SumPart",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "part",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="survey.reportversion"
                            ),
                        ),
                        (
                            "sum",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="survey.sum"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("sum", "part"), name="summed_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Counted",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("answered", models.BooleanField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                            ),
                        ),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="counted",
                                to="survey.schoolreport",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="survey.survey"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("survey", "person"), name="counted_once_in_a_survey")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Difference",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=10)),
                        (
                            "case",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="cases.case",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                            ),
                        ),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="differences",
                                to="survey.schoolreport",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("report", "person", "kind"), name="differs_once_in_a_kind"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["paid", "unpaid", "not_here", "not_listed", "twice", "elsewhere", "help"],
                                    )
                                ),
                                name="difference_kind_known",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
