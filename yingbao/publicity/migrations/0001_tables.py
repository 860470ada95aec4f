"""Letters to parents and other ways of telling them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [("publicity", "0001_publicity")]

    initial = True

    dependencies = [
        ("agents", "0001_tables"),
        ("enrolment", "0001_tables"),
        ("outbox", "0001_tables"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="HandOut",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("stage", models.CharField(blank=True, max_length=16)),
                        ("grade", models.PositiveSmallIntegerField(null=True)),
                        ("class_name", models.CharField(blank=True, max_length=40)),
                        ("day", models.DateField()),
                        ("letters", models.PositiveIntegerField()),
                        ("children", models.PositiveIntegerField()),
                        ("reason", models.CharField(blank=True, max_length=200)),
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
                            "organisation",
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
                                to="publicity.handout",
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
                        "indexes": [models.Index(fields=["season", "organisation"], name="hand_outs_of_school")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("letters__lte", models.F("children"))),
                                name="no_more_letters_than_children",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("letters__gt", 0), ("replaces__isnull", True)),
                                    models.Q(("replaces__isnull", False), models.Q(("reason", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="correction_of_a_hand_out_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("replaces", models.F("id")), _negated=True),
                                name="hand_out_replaces_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HandOutChild",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enrolment.enrolment"
                            ),
                        ),
                        (
                            "hand_out",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="handed",
                                to="publicity.handout",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("hand_out", "enrolment"), name="handed_once_in_a_hand_out")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LetterBatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("scope", models.CharField(max_length=200)),
                        ("heads", models.PositiveIntegerField()),
                        ("wording", models.PositiveSmallIntegerField()),
                        ("deadline", models.DateField()),
                        ("key", models.CharField(max_length=40, unique=True)),
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
                            "organisation",
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
                        "indexes": [models.Index(fields=["organisation", "season", "-id"], name="batches_of_school")],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("heads__gt", 0)), name="batch_is_for_somebody")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LetterFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("filename", models.CharField(max_length=200)),
                        ("content_cipher", models.BinaryField()),
                        ("size_bytes", models.PositiveIntegerField()),
                        ("made_at", models.DateTimeField()),
                        (
                            "batch",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="file",
                                to="publicity.letterbatch",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["made_at"], name="letter_files_by_age")],
                    },
                ),
                migrations.CreateModel(
                    name="LetterPrinted",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("status", models.CharField(blank=True, max_length=10)),
                        ("self_paid_fen", models.PositiveIntegerField()),
                        ("subsidised_fen", models.PositiveIntegerField()),
                        ("channel", models.CharField(blank=True, max_length=12)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="printed",
                                to="publicity.letterbatch",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enrolment.enrolment"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("batch", "enrolment"), name="one_letter_in_a_batch")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LetterRead",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "enrolment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enrolment.enrolment"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "season",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="enrolment.season",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["season", "organisation"], name="letters_read_of_school")],
                    },
                ),
                migrations.CreateModel(
                    name="LetterTold",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enrolment.enrolment"
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outbox.message"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="LetterWording",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(choices=[("child", "每个孩子一份"), ("class", "每班一份")], max_length=5),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("text", models.TextField()),
                        ("note", models.CharField(max_length=200)),
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
                            "season",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enrolment.season"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("season", "kind", "number"), name="one_wording_per_number"),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["child", "class"])), name="wording_kind_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("text", ""), _negated=True),
                                    models.Q(("note", ""), _negated=True),
                                    ("number__gte", 1),
                                ),
                                name="wording_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Publicising",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("letter", "告家长书"),
                                    ("class_group", "家长群"),
                                    ("meeting", "班会、家长会"),
                                    ("class_paper", "班报"),
                                    ("banner", "标语"),
                                    ("board", "宣传栏"),
                                    ("other", "其他"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("day", models.DateField()),
                        (
                            "classes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=80), default=list, size=None
                            ),
                        ),
                        (
                            "topics",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), size=None
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("key", models.CharField(max_length=40, unique=True)),
                        ("taken_back", models.BooleanField(default=False)),
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
                            "organisation",
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
                                to="publicity.publicising",
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
                        "indexes": [models.Index(fields=["season", "organisation"], name="publicity_of_school")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "way__in",
                                        ["letter", "class_group", "meeting", "class_paper", "banner", "board", "other"],
                                    )
                                ),
                                name="publicity_way_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("topics__contained_by", ["premium", "paying", "benefits", "steps"])
                                ),
                                name="publicity_topics_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("topics__len__gt", 0)), name="publicity_is_about_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("taken_back", False), ("replaces__isnull", False), _connector="OR"),
                                name="only_what_stands_is_taken_back",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SchoolRemark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("text", models.CharField(blank=True, max_length=120)),
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
                            "organisation",
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
                        "indexes": [models.Index(fields=["organisation", "season", "-id"], name="remarks_of_school")],
                    },
                ),
            ],
        ),
    ]
