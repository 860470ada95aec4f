"""Organisations, users, desks and who sits at them."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [
        ("agents", "0001_initial"),
        ("agents", "0002_duties_apart"),
        ("agents", "0003_administrators"),
        ("agents", "0004_accounts"),
        ("agents", "0005_calls_counted"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("district", "区"),
                                    ("sub_district", "街道"),
                                    ("school", "学校"),
                                    ("community", "社区"),
                                    ("insurance_agency", "医保经办机构"),
                                    ("tax_authority", "税务机关"),
                                    ("civil_affairs", "民政部门"),
                                    ("union_federation", "总工会"),
                                    ("disabled_federation", "残联"),
                                    ("points_office", "积分办"),
                                    ("education_bureau", "教育部门"),
                                    ("card_centre", "市民卡中心"),
                                    ("operations", "信息中心"),
                                ],
                                max_length=24,
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("code", models.CharField(max_length=40)),
                        ("name", models.CharField(max_length=100)),
                        ("division", models.CharField(max_length=6)),
                        (
                            "stages",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=16), blank=True, default=list, size=None
                            ),
                        ),
                        ("contact", models.CharField(blank=True, max_length=50)),
                        ("phone", models.CharField(blank=True, max_length=30)),
                        ("active", models.BooleanField(default=True)),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="agents.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("pooling_area", "code"), name="organisation_code_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("division__regex", "^[0-9]{6}$")),
                                name="organisation_division_six_digits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "school"), _negated=True), ("stages__len__gt", 0), _connector="OR"
                                ),
                                name="school_has_at_least_one_stage",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("parent", models.F("id")), _negated=True),
                                name="organisation_not_below_itself",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
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
                                name="organisation_kind_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        ("username", models.CharField(max_length=60, unique=True)),
                        ("name", models.CharField(max_length=50)),
                        ("is_active", models.BooleanField(default=True)),
                        ("must_change_password", models.BooleanField(default=False)),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="staff",
                                to="agents.organisation",
                            ),
                        ),
                        ("password_until", models.DateTimeField(null=True)),
                        ("phone_cipher", models.BinaryField(null=True)),
                        ("phone_index", models.BinaryField(db_index=True, max_length=32, null=True)),
                        ("phone_masked", models.CharField(blank=True, max_length=20)),
                    ],
                    options={
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("phone_cipher__isnull", True),
                                        ("phone_index__isnull", True),
                                        ("phone_masked", ""),
                                    ),
                                    models.Q(
                                        ("phone_cipher__isnull", False),
                                        ("phone_index__isnull", False),
                                        ("phone_masked__contains", "*"),
                                    ),
                                    _connector="OR",
                                ),
                                name="user_phone_sealed_and_masked",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Appointment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "desk",
                            models.CharField(
                                choices=[
                                    ("school", "学校"),
                                    ("community", "社区·街道"),
                                    ("agency", "医保经办"),
                                    ("tax", "税务"),
                                    ("list_provider", "名单提供部门"),
                                    ("education", "教育"),
                                    ("card", "市民卡"),
                                    ("system", "系统管理"),
                                    ("security", "安全管理"),
                                    ("audit", "审计管理"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("since", models.DateField()),
                        ("until", models.DateField(blank=True, null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointments",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointments",
                                to="agents.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until__isnull", True)),
                                fields=("user", "organisation", "desk"),
                                name="one_appointment_at_a_desk",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                                ),
                                name="appointment_ends_after_it_begins",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("desk__in", ["agency", "tax"])),
                                expressions=[
                                    (
                                        django.db.models.expressions.RawSQL("int8range(user_id, user_id, '[]')", []),
                                        "&&",
                                    ),
                                    (django.db.models.expressions.RawSQL("daterange(since, until, '[]')", []), "&&"),
                                ],
                                name="registration_and_collection_never_joined",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    (
                                        django.db.models.expressions.RawSQL("int8range(user_id, user_id, '[]')", []),
                                        "&&",
                                    ),
                                    (django.db.models.expressions.RawSQL("daterange(since, until, '[]')", []), "&&"),
                                    (
                                        django.db.models.expressions.RawSQL(
                                            "CASE WHEN desk IN ('system', 'security', 'audit') THEN int8range(NULL, NULL) ELSE int8range(id, id, '[]') END",
                                            [],
                                        ),
                                        "&&",
                                    ),
                                ],
                                name="administrators_do_no_business",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "desk__in",
                                        [
                                            "school",
                                            "community",
                                            "agency",
                                            "tax",
                                            "list_provider",
                                            "education",
                                            "card",
                                            "system",
                                            "security",
                                            "audit",
                                        ],
                                    )
                                ),
                                name="desk_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AppointmentRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "desk",
                            models.CharField(
                                choices=[
                                    ("school", "学校"),
                                    ("community", "社区·街道"),
                                    ("agency", "医保经办"),
                                    ("tax", "税务"),
                                    ("list_provider", "名单提供部门"),
                                    ("education", "教育"),
                                    ("card", "市民卡"),
                                    ("system", "系统管理"),
                                    ("security", "安全管理"),
                                    ("audit", "审计管理"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("since", models.DateField()),
                        ("until", models.DateField(blank=True, null=True)),
                        ("asked_at", models.DateTimeField()),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("refused_because", models.CharField(blank=True, max_length=200)),
                        (
                            "appointment",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="request",
                                to="agents.appointment",
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointment_requests",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("decided_at__isnull", True)),
                                fields=("user", "organisation", "desk"),
                                name="one_open_request_for_a_desk",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "desk__in",
                                        [
                                            "school",
                                            "community",
                                            "agency",
                                            "tax",
                                            "list_provider",
                                            "education",
                                            "card",
                                            "system",
                                            "security",
                                            "audit",
                                        ],
                                    )
                                ),
                                name="requested_desk_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                                ),
                                name="request_ends_after_it_begins",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="desk_granted_by_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Passkey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("credential", models.BinaryField(max_length=1023, unique=True)),
                        ("public_key", models.BinaryField()),
                        ("sign_count", models.BigIntegerField(default=0)),
                        ("label", models.CharField(max_length=40)),
                        ("added_at", models.DateTimeField()),
                        ("last_used_at", models.DateTimeField(null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="passkeys",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RecoveryCode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("ordinal", models.PositiveSmallIntegerField()),
                        ("hashed", models.CharField(max_length=128)),
                        ("used_at", models.DateTimeField(null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="recovery_codes",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "ordinal"), name="recovery_code_ordinal_unique")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Token",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "desk",
                            models.CharField(
                                choices=[
                                    ("school", "学校"),
                                    ("community", "社区·街道"),
                                    ("agency", "医保经办"),
                                    ("tax", "税务"),
                                    ("list_provider", "名单提供部门"),
                                    ("education", "教育"),
                                    ("card", "市民卡"),
                                    ("system", "系统管理"),
                                    ("security", "安全管理"),
                                    ("audit", "审计管理"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("roster", "读花名册"),
                                        ("roster.write", "交花名册"),
                                        ("decisions", "读核定结果"),
                                        ("declarations", "读申报"),
                                        ("payments", "读缴费"),
                                        ("coverage", "读一名学生的参保凭据"),
                                        ("statistics", "读统计"),
                                    ],
                                    max_length=16,
                                ),
                                size=None,
                            ),
                        ),
                        ("label", models.CharField(max_length=60)),
                        ("prefix", models.CharField(max_length=12)),
                        ("digest", models.BinaryField(max_length=32, unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("granted_at", models.DateTimeField(null=True)),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(null=True)),
                        ("last_used_at", models.DateTimeField(null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "granted_by",
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
                                related_name="tokens",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "revoked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("counted_since", models.DateTimeField(null=True)),
                        ("calls", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("scopes__len__gt", 0)), name="token_has_a_scope"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "scopes__contained_by",
                                        [
                                            "roster",
                                            "roster.write",
                                            "decisions",
                                            "declarations",
                                            "payments",
                                            "coverage",
                                            "statistics",
                                        ],
                                    )
                                ),
                                name="token_scopes_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "desk__in",
                                        [
                                            "school",
                                            "community",
                                            "agency",
                                            "tax",
                                            "list_provider",
                                            "education",
                                            "card",
                                            "system",
                                            "security",
                                            "audit",
                                        ],
                                    )
                                ),
                                name="token_desk_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                                name="token_expires_after_it_is_made",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("granted_at__isnull", True), ("granted_by__isnull", True)),
                                    models.Q(
                                        ("granted_at__isnull", False),
                                        ("granted_by__isnull", False),
                                        models.Q(("granted_by", models.F("created_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="token_granted_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="token_revoked_by_someone",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Totp",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("secret_cipher", models.BinaryField()),
                        ("last_step", models.BigIntegerField(default=0)),
                        ("added_at", models.DateTimeField()),
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="totp",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Visit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("session_key", models.CharField(max_length=40, unique=True)),
                        ("began_at", models.DateTimeField()),
                        ("address", models.CharField(blank=True, max_length=45)),
                        ("browser", models.CharField(blank=True, max_length=40)),
                        ("factor", models.CharField(blank=True, max_length=8)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="visits",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at__isnull", True)), fields=["user"], name="visits_under_way"
                            ),
                            models.Index(fields=["began_at"], name="visits_by_age"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("factor__in", ["", "totp", "passkey", "recovery"])),
                                name="visit_factor_known",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
