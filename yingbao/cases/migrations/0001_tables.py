"""Who answers for a child, questions and their answers."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [("cases", "0001_initial"), ("cases", "0003_questions")]

    initial = True

    dependencies = [
        ("agents", "0001_tables"),
        ("enrolment", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="Case",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.CharField(max_length=12, unique=True)),
                        ("kind", models.CharField(max_length=20)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "待接收"),
                                    ("accepted", "办理中"),
                                    ("returned", "已退回"),
                                    ("settled", "已办结"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("state_at", models.DateTimeField()),
                        ("question", models.CharField(max_length=6000)),
                        ("answer", models.CharField(blank=True, max_length=1000)),
                        ("asked_at", models.DateTimeField()),
                        ("due_on", models.DateField()),
                        (
                            "asked_by_organisation",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="people.person",
                            ),
                        ),
                        (
                            "raised_to",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "season",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enrolment.season"
                            ),
                        ),
                        (
                            "to_organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        ("once", models.CharField(max_length=32, null=True, unique=True)),
                        ("reopened", models.BooleanField(default=False)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["to_organisation", "state"], name="cases_with_a_body"),
                            models.Index(fields=["asked_by_organisation", "state"], name="cases_of_an_asker"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", ""), _negated=True), models.Q(("question", ""), _negated=True)
                                ),
                                name="case_says_what_is_asked",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "settled"), _negated=True),
                                    models.Q(("answer", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="settled_case_has_an_answer",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["open", "accepted", "returned", "settled", "withdrawn"])
                                ),
                                name="case_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("once__isnull", False),
                                    models.Q(("asked_by_organisation__isnull", False), ("person__isnull", False)),
                                    _connector="OR",
                                ),
                                name="only_a_question_is_about_nobody_or_a_familys",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("once__isnull", False),
                                    models.Q(models.Q(("state", "withdrawn"), _negated=True), ("reopened", False)),
                                    _connector="OR",
                                ),
                                name="only_a_question_is_withdrawn_or_reopened",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["settled", "withdrawn"]), _negated=True),
                                    ("once__isnull", True),
                                ),
                                fields=("season", "person", "kind"),
                                name="asked_once_about_a_child_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CaseStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("act", models.CharField(max_length=12)),
                        (
                            "to_state",
                            models.CharField(
                                choices=[
                                    ("open", "待接收"),
                                    ("accepted", "办理中"),
                                    ("returned", "已退回"),
                                    ("settled", "已办结"),
                                    ("withdrawn", "已撤回"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("reason", models.CharField(blank=True, max_length=1000)),
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
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="cases.case"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "to_organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "act__in",
                                        [
                                            "ask",
                                            "accept",
                                            "return",
                                            "pass_on",
                                            "send_again",
                                            "go_up",
                                            "settle",
                                            "reopen",
                                            "withdraw",
                                            "hand_on",
                                        ],
                                    )
                                ),
                                name="case_act_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FamilyAsker",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("phone_index", models.BinaryField(max_length=32)),
                        (
                            "case",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="family_asker",
                                to="cases.case",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["phone_index"], name="questions_of_a_phone")],
                    },
                ),
                migrations.CreateModel(
                    name="GeneralAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("plan_year", models.PositiveSmallIntegerField(null=True)),
                        ("topic", models.CharField(max_length=20)),
                        ("question", models.CharField(max_length=200)),
                        ("answer", models.CharField(max_length=1000)),
                        ("clause", models.CharField(blank=True, max_length=60)),
                        ("for_staff", models.BooleanField()),
                        ("for_families", models.BooleanField()),
                        ("once", models.CharField(max_length=32, unique=True)),
                        ("published_at", models.DateTimeField()),
                        (
                            "grams",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20), size=None
                            ),
                        ),
                        (
                            "from_case",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="cases.case",
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "published_by_body",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "replaces",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="cases.generalanswer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["pooling_area", "topic"], name="answers_of_an_area"),
                            django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="answers_by_words"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("question", ""), _negated=True), models.Q(("answer", ""), _negated=True)
                                ),
                                name="general_answer_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("for_staff", True), ("for_families", True), _connector="OR"),
                                name="general_answer_has_readers",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AnswerEnd",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("reason", models.CharField(max_length=200)),
                        (
                            "body",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "answer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="end",
                                to="cases.generalanswer",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True), name="answer_ends_with_a_reason"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Helped",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reader_index", models.BinaryField(max_length=32)),
                        ("yes", models.BooleanField()),
                        ("at", models.DateTimeField()),
                        (
                            "answer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="said",
                                to="cases.generalanswer",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("answer", "reader_index"), name="counted_once_a_reader")
                        ],
                    },
                ),
            ],
        ),
    ]
