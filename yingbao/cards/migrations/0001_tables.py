"""Citizen cards: photos, batches, cards and their steps."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [("cards", "0001_initial")]

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
                    name="Batch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("number", models.PositiveIntegerField()),
                        ("heads", models.PositiveIntegerField()),
                        ("made_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(null=True)),
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
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enrolment.season"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("pooling_area", "number"), name="batch_number_once_in_an_area"
                            ),
                            models.CheckConstraint(condition=models.Q(("heads__gt", 0)), name="batch_holds_somebody"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CentreFile",
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
                            models.CharField(choices=[("result", "制卡结果"), ("holders", "持卡名单")], max_length=8),
                        ),
                        ("sha256", models.CharField(max_length=64)),
                        ("uploaded_at", models.DateTimeField()),
                        ("rows", models.PositiveIntegerField()),
                        ("taken", models.PositiveIntegerField()),
                        ("problems", models.JSONField(default=list)),
                        (
                            "batch",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="files",
                                to="cards.batch",
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
                            models.UniqueConstraint(
                                fields=("pooling_area", "kind", "sha256"), name="centre_file_taken_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("batch__isnull", False), ("kind", "result")),
                                    models.Q(("batch__isnull", True), ("kind", "holders")),
                                    _connector="OR",
                                ),
                                name="result_belongs_to_a_batch",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Photo",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "待审核"),
                                    ("accepted", "已通过"),
                                    ("rejected", "须重拍"),
                                    ("replaced", "已换新照片"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("state_at", models.DateTimeField()),
                        ("doubts", models.JSONField(default=list)),
                        (
                            "came_by",
                            models.CharField(
                                choices=[("school", "学校"), ("community", "社区"), ("family", "家长")], max_length=10
                            ),
                        ),
                        ("handed_in_at", models.DateTimeField()),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("purged_at", models.DateTimeField(null=True)),
                        (
                            "purged_because",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("rejected", "未通过"),
                                    ("replaced", "已换新照片"),
                                    ("withdrawn", "监护人撤回同意"),
                                    ("left", "不再参保"),
                                    ("handed_out", "卡已发放"),
                                    ("made", "卡已制成"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "handed_in_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="card_photos",
                                to="people.person",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["pooling_area", "handed_in_at"],
                                name="photos_to_look_at",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("purged_at__isnull", True)),
                                fields=("person", "pooling_area"),
                                name="one_picture_of_a_child",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["accepted", "rejected", "replaced", "waiting", "withdrawn"])
                                ),
                                name="photo_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["accepted", "waiting"]),
                                    ("purged_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="dead_photo_is_purged",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("purged_at__isnull", True), ("purged_because", "")),
                                    models.Q(
                                        ("purged_at__isnull", False), models.Q(("purged_because", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="purging_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "rejected"), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="rejected_photo_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Card",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("line", models.PositiveIntegerField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("ordered", "制卡中"),
                                    ("made", "已制成"),
                                    ("ready", "可领取"),
                                    ("held", "已持卡"),
                                    ("refused", "未制成"),
                                    ("lost", "已挂失"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("state_at", models.DateTimeField()),
                        ("money_on", models.DateField(null=True)),
                        ("photo_on", models.DateField(null=True)),
                        ("ready_on", models.DateField(null=True)),
                        ("last_digits", models.CharField(blank=True, max_length=4)),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        (
                            "how",
                            models.CharField(
                                blank=True,
                                choices=[("handed_out", "学校发放"), ("collected", "自行领取"), ("listed", "持卡名单")],
                                max_length=10,
                            ),
                        ),
                        ("held_on", models.DateField(null=True)),
                        (
                            "batch",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cards",
                                to="cards.batch",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="cards", to="people.person"
                            ),
                        ),
                        (
                            "photo",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cards",
                                to="cards.photo",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["ordered", "made", "ready"])),
                                fields=["pooling_area", "ready_on"],
                                name="cards_under_way",
                            ),
                            models.Index(fields=["person", "-id"], name="cards_of_person"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["held", "made", "ordered", "ready"])),
                                fields=("person", "pooling_area"),
                                name="one_card_of_a_child",
                            ),
                            models.UniqueConstraint(fields=("batch", "line"), name="one_card_a_line"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["held", "lost", "made", "ordered", "ready", "refused"])
                                ),
                                name="card_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("batch__isnull", False), ("line__isnull", False), ("ready_on__isnull", False)
                                    ),
                                    models.Q(
                                        ("batch__isnull", True), ("line__isnull", True), ("state__in", ["held", "lost"])
                                    ),
                                    _connector="OR",
                                ),
                                name="card_was_ordered_or_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("last_digits__regex", "^([0-9]{4})?$")), name="card_digits_are_four"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["made", "ready"]), _negated=True),
                                    models.Q(("last_digits", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="made_card_has_its_digits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["refused", "lost"]), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="card_not_there_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "held"), _negated=True),
                                    models.Q(("how", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="held_card_came_somehow",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CardStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("act", models.CharField(max_length=10)),
                        ("from_state", models.CharField(blank=True, max_length=10)),
                        ("to_state", models.CharField(max_length=10)),
                        ("at", models.DateTimeField()),
                        ("part", models.CharField(max_length=8)),
                        ("reason", models.CharField(blank=True, max_length=200)),
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
                            "card",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="cards.card",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="card_steps",
                                to="people.person",
                            ),
                        ),
                        (
                            "photo",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="cards.photo",
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
                                            "accept",
                                            "announce",
                                            "collect",
                                            "hand_in",
                                            "hand_out",
                                            "lose",
                                            "make",
                                            "note",
                                            "order",
                                            "purge",
                                            "refuse",
                                            "reject",
                                            "replace",
                                            "withdraw",
                                        ],
                                    )
                                ),
                                name="card_act_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("card__isnull", True), ("photo__isnull", False)),
                                    models.Q(("card__isnull", False), ("photo__isnull", True)),
                                    _connector="OR",
                                ),
                                name="card_step_is_of_one_thing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PhotoPack",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("class_label", models.CharField(blank=True, max_length=60)),
                        ("sha256", models.CharField(max_length=64)),
                        ("content_cipher", models.BinaryField(null=True)),
                        ("uploaded_at", models.DateTimeField()),
                        ("read_at", models.DateTimeField(null=True)),
                        ("refused", models.JSONField(null=True)),
                        ("outcome", models.JSONField(default=list)),
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
                            models.UniqueConstraint(
                                condition=models.Q(("read_at__isnull", True)),
                                fields=("organisation", "sha256"),
                                name="pack_read_once_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("read_at__isnull", True), ("content_cipher__isnull", True), _connector="OR"
                                ),
                                name="read_pack_is_erased",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Picture",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sealed", models.BinaryField()),
                        (
                            "photo",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="picture", to="cards.photo"
                            ),
                        ),
                    ],
                ),
            ],
        ),
    ]
