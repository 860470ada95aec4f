"""The season's tasks of every body, and trainings."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [("campaign", "0001_initial")]

    initial = True

    dependencies = [
        ("agents", "0001_tables"),
        ("enrolment", "0001_tables"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="SeasonTask",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("word", models.CharField(max_length=60)),
                        ("phase", models.CharField(max_length=60)),
                        ("zh", models.TextField()),
                        ("en", models.TextField()),
                        ("clause", models.CharField(max_length=40)),
                        (
                            "kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=24), size=None
                            ),
                        ),
                        ("starts", models.DateField(null=True)),
                        ("due", models.DateField(null=True)),
                        ("seen_by", models.CharField(blank=True, max_length=40)),
                        ("position", models.PositiveSmallIntegerField()),
                        ("asked", models.BooleanField(default=True)),
                        (
                            "season",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="enrolment.season"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("season", "word"), name="task_asked_once_a_season"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kinds__contained_by",
                                        [
                                            "district",
                                            "sub_district",
                                            "school",
                                            "community",
                                            "insurance_agency",
                                            "tax_authority",
                                            "civil_affairs",
                                            "union_federation",
                                            "disabled_federation",
                                            "points_office",
                                            "education_bureau",
                                            "card_centre",
                                            "operations",
                                        ],
                                    )
                                ),
                                name="task_asks_kinds_that_there_are",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Assignment",
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
                                choices=[("open", "未完成"), ("done", "已完成"), ("dropped", "不再需要")],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("state_at", models.DateTimeField()),
                        ("note", models.CharField(blank=True, max_length=300)),
                        (
                            "asked_of",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "done_by",
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
                                related_name="assignments",
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
                            "task",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assignments",
                                to="campaign.seasontask",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["organisation", "season", "state"], name="tasks_of_a_body"),
                            models.Index(fields=["season", "task", "state"], name="bodies_of_a_task"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("task", "asked_of"), name="task_asked_once_of_a_body"),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["open", "done", "dropped"])),
                                name="assignment_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("done_by__isnull", True), ("state", "done"), _connector="OR"),
                                name="only_done_has_a_doer",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TrainingSession",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=100)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("online", models.BooleanField(default=False)),
                        ("place", models.CharField(max_length=200)),
                        (
                            "kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=24), size=None
                            ),
                        ),
                        ("places", models.PositiveIntegerField()),
                        ("taken", models.PositiveIntegerField(default=0)),
                        ("sign_up_until", models.DateField()),
                        ("about", models.CharField(blank=True, max_length=500)),
                        ("announced_at", models.DateTimeField()),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("cancelled_at", models.DateTimeField(null=True)),
                        ("cancelled_because", models.CharField(blank=True, max_length=200)),
                        (
                            "announced_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "host",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "season",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enrolment.season"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["season", "starts_at"], name="trainings_of_a_season")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="training_ends_after_it_begins",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("places__gte", 1), ("taken__lte", models.F("places"))),
                                name="training_never_overbooked",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kinds__len__gt", 0),
                                    (
                                        "kinds__contained_by",
                                        [
                                            "district",
                                            "sub_district",
                                            "school",
                                            "community",
                                            "insurance_agency",
                                            "tax_authority",
                                            "civil_affairs",
                                            "union_federation",
                                            "disabled_federation",
                                            "points_office",
                                            "education_bureau",
                                            "card_centre",
                                            "operations",
                                        ],
                                    ),
                                ),
                                name="training_is_for_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("cancelled_at__isnull", True), ("cancelled_because", "")),
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        models.Q(("cancelled_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="cancelled_training_says_why",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("cancelled_at__isnull", True)),
                                fields=("host", "title", "starts_at", "place"),
                                name="training_announced_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TrainingPlace",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=50)),
                        (
                            "state",
                            models.CharField(
                                choices=[("going", "已报名"), ("waiting", "候补"), ("cancelled", "已取消")],
                                max_length=10,
                            ),
                        ),
                        ("queued_at", models.DateTimeField()),
                        ("attended", models.BooleanField(null=True)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "signed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="all_places",
                                to="campaign.trainingsession",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["session", "state", "queued_at", "id"], name="places_in_turn"),
                            models.Index(fields=["organisation", "session"], name="places_of_a_body"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "cancelled"), _negated=True),
                                fields=("session", "organisation", "name"),
                                name="signed_up_once_for_a_training",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["going", "waiting", "cancelled"])),
                                name="place_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("attended__isnull", True), ("state", "going"), _connector="OR"),
                                name="only_who_had_a_place_attended",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True), name="place_has_a_name"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TrainingStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "act",
                            models.CharField(
                                choices=[
                                    ("announce", "发布"),
                                    ("change", "更改"),
                                    ("cancel", "取消场次"),
                                    ("sign_up", "报名"),
                                    ("wait", "列入候补"),
                                    ("move_up", "候补转正"),
                                    ("give_up", "取消报名"),
                                    ("change_session", "改到这一场"),
                                    ("attended", "到场"),
                                    ("missed", "未到场"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("note", models.CharField(blank=True, max_length=300)),
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
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="campaign.trainingplace",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="campaign.trainingsession",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="AssignmentStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "act",
                            models.CharField(
                                choices=[
                                    ("open", "列出"),
                                    ("finish", "标记完成"),
                                    ("see", "平台看到已完成"),
                                    ("take_back", "撤回完成"),
                                    ("unsee", "平台看到又有未完成的"),
                                    ("hand_over", "移交"),
                                    ("drop", "不再需要"),
                                    ("ask_again", "再次列出"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("note", models.CharField(blank=True, max_length=300)),
                        (
                            "assignment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="campaign.assignment",
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
                            "organisation",
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
                                            "open",
                                            "finish",
                                            "see",
                                            "take_back",
                                            "unsee",
                                            "hand_over",
                                            "drop",
                                            "ask_again",
                                        ],
                                    )
                                ),
                                name="assignment_act_known",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
