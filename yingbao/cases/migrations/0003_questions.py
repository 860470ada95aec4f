"""Questions, which may be about no child and a family's, and the answers that help others."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0004_accounts"),
        ("cases", "0002_steps_stand"),
        ("enrolment", "0009_standing"),
        ("people", "0009_person_hukou"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="FamilyAsker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone_index", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="GeneralAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Helped",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader_index", models.BinaryField(max_length=32)),
                ("yes", models.BooleanField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="asked_once_about_a_child_at_a_time",
        ),
        migrations.RemoveConstraint(
            model_name="casestep",
            name="case_act_known",
        ),
        migrations.AddField(
            model_name="case",
            name="once",
            field=models.CharField(max_length=32, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="case",
            name="reopened",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="case",
            name="answer",
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AlterField(
            model_name="case",
            name="asked_by_organisation",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="people.person"
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="question",
            field=models.CharField(max_length=6000),
        ),
        migrations.AlterField(
            model_name="case",
            name="state",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="casestep",
            name="reason",
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AlterField(
            model_name="casestep",
            name="to_state",
            field=models.CharField(
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
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "accepted", "returned", "settled", "withdrawn"])),
                name="case_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("once__isnull", False),
                    models.Q(("asked_by_organisation__isnull", False), ("person__isnull", False)),
                    _connector="OR",
                ),
                name="only_a_question_is_about_nobody_or_a_familys",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("once__isnull", False),
                    models.Q(models.Q(("state", "withdrawn"), _negated=True), ("reopened", False)),
                    _connector="OR",
                ),
                name="only_a_question_is_withdrawn_or_reopened",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            ["settled", "withdrawn"],
                        ),
                        _negated=True,
                    ),
                    ("once__isnull", True),
                ),
                fields=("season", "person", "kind"),
                name="asked_once_about_a_child_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.CheckConstraint(
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
            ),
        ),
        migrations.AddField(
            model_name="answerend",
            name="body",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
            ),
        ),
        migrations.AddField(
            model_name="answerend",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="familyasker",
            name="case",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="family_asker", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="generalanswer",
            name="from_case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="generalanswer",
            name="published_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="generalanswer",
            name="published_by_body",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
            ),
        ),
        migrations.AddField(
            model_name="generalanswer",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="cases.generalanswer",
            ),
        ),
        migrations.AddField(
            model_name="answerend",
            name="answer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="end", to="cases.generalanswer"
            ),
        ),
        migrations.AddField(
            model_name="helped",
            name="answer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="said", to="cases.generalanswer"
            ),
        ),
        migrations.AddIndex(
            model_name="familyasker",
            index=models.Index(fields=["phone_index"], name="questions_of_a_phone"),
        ),
        migrations.AddIndex(
            model_name="generalanswer",
            index=models.Index(fields=["pooling_area", "topic"], name="answers_of_an_area"),
        ),
        migrations.AddIndex(
            model_name="generalanswer",
            index=django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="answers_by_words"),
        ),
        migrations.AddConstraint(
            model_name="generalanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("question", ""), _negated=True), models.Q(("answer", ""), _negated=True)),
                name="general_answer_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="generalanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("for_staff", True), ("for_families", True), _connector="OR"),
                name="general_answer_has_readers",
            ),
        ),
        migrations.AddConstraint(
            model_name="answerend",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="answer_ends_with_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="helped",
            constraint=models.UniqueConstraint(fields=("answer", "reader_index"), name="counted_once_a_reader"),
        ),
    ]
