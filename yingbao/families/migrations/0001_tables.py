"""Parents on a phone: codes, bindings, consent, requests."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [("families", "0001_families")]

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
                    name="CodeRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("handle_index", models.BinaryField(max_length=32, unique=True)),
                        ("address_index", models.BinaryField(max_length=32)),
                        ("child_index", models.BinaryField(max_length=32)),
                        ("asked_cipher", models.BinaryField(null=True)),
                        ("asked_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("looked_up_at", models.DateTimeField(null=True)),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("used_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["address_index", "asked_at"], name="code_requests_of_address"),
                            models.Index(fields=["child_index", "asked_at"], name="code_requests_about_child"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("tries__lte", 5)), name="code_tried_five_times_at_most"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("asked_at"))), name="code_expires_later"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("phone_index", models.BinaryField(max_length=32)),
                        ("phone_masked", models.CharField(max_length=20)),
                        ("purpose", models.CharField(max_length=20)),
                        ("version", models.CharField(max_length=10)),
                        ("given", models.BooleanField()),
                        ("at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="people.person"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Wish",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("phone_index", models.BinaryField(max_length=32)),
                        ("phone_masked", models.CharField(max_length=20)),
                        ("at", models.DateTimeField()),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="wishes",
                                to="enrolment.enrolment",
                            ),
                        ),
                        (
                            "step",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="wish", to="enrolment.step"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Binding",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("phone_index", models.BinaryField(max_length=32)),
                        ("phone_masked", models.CharField(max_length=20)),
                        (
                            "kind",
                            models.CharField(choices=[("guardian", "监护人"), ("helper", "代缴人")], max_length=8),
                        ),
                        ("bound_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "ended_because",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("unbound", "自行解绑"),
                                    ("phone_changed", "登记的手机号已变更"),
                                    ("erased", "已删除"),
                                ],
                                max_length=13,
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="bindings", to="people.person"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=["phone_index"],
                                name="bindings_of_phone",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("person", "phone_index"),
                                name="bound_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["guardian", "helper"])), name="binding_kind_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at__isnull", True), ("ended_because", "")),
                                    models.Q(
                                        ("ended_at__isnull", False), models.Q(("ended_because", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="binding_ends_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DataRequest",
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
                                choices=[("erase", "删除信息"), ("correct", "更正信息"), ("leave", "退出本年度参保")],
                                max_length=8,
                            ),
                        ),
                        ("words_cipher", models.BinaryField(null=True)),
                        ("phone_index", models.BinaryField(max_length=32, null=True)),
                        ("phone_masked", models.CharField(blank=True, max_length=20)),
                        ("asked_at", models.DateTimeField()),
                        ("due_on", models.DateField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "待答复"),
                                    ("granted", "已办理"),
                                    ("partly", "部分办理"),
                                    ("refused", "不予办理"),
                                    ("taken_back", "已撤回"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("answer", models.CharField(blank=True, max_length=300)),
                        ("answered_at", models.DateTimeField(null=True)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="enrolment.enrolment",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="people.person"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["pooling_area", "state", "due_on"], name="requests_of_agency")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open")),
                                fields=("person", "kind"),
                                name="asked_once_of_a_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["erase", "correct", "leave"])),
                                name="request_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["open", "granted", "partly", "refused", "taken_back"])
                                ),
                                name="request_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["granted", "partly", "refused"]), _negated=True),
                                    models.Q(
                                        models.Q(("answer", ""), _negated=True),
                                        ("answered_at__isnull", False),
                                        ("answered_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="request_answered_by_someone",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "leave"), _negated=True),
                                    ("enrolment__isnull", False),
                                    _connector="OR",
                                ),
                                name="leaves_a_year",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FamilySession",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key_index", models.BinaryField(max_length=32, unique=True)),
                        ("phone_index", models.BinaryField(max_length=32)),
                        ("phone_masked", models.CharField(max_length=20)),
                        ("opened_at", models.DateTimeField()),
                        ("seen_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "asked_for",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.person",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["phone_index"], name="sessions_of_phone")],
                    },
                ),
                migrations.CreateModel(
                    name="PhoneCode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("phone_index", models.BinaryField(max_length=32)),
                        ("phone_masked", models.CharField(max_length=20)),
                        ("digest", models.BinaryField(max_length=32)),
                        ("sent_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="codes",
                                to="families.coderequest",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["phone_index", "sent_at"], name="codes_to_phone")],
                        "constraints": [
                            models.UniqueConstraint(fields=("request", "phone_index"), name="one_code_to_a_phone")
                        ],
                    },
                ),
            ],
        ),
    ]
