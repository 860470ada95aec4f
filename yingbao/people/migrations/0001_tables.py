"""Persons with all that belongs to them, and what was done to and seen of them."""

import django.db.models.deletion
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import yingbao.people.models
from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [
        ("people", "0001_initial"),
        ("people", "0002_constraints"),
        ("people", "0005_one_index_for_search"),
        ("people", "0006_looked_alike"),
        ("people", "0008_contested_rolls"),
        ("people", "0009_person_hukou"),
        ("people", "0010_born_and_called"),
    ]

    initial = True

    dependencies = [
        ("agents", "0001_tables"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="Person",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=50)),
                        ("name_original", models.CharField(max_length=60)),
                        ("name_pinyin", models.CharField(max_length=200)),
                        ("name_initials", models.CharField(max_length=50)),
                        ("sex", models.CharField(blank=True, choices=[("male", "男"), ("female", "女")], max_length=6)),
                        ("birth_date", models.DateField(null=True)),
                        ("hukou", models.CharField(blank=True, max_length=6)),
                        ("residence_permit", models.BooleanField(default=False)),
                        ("parent_employee_insured", models.BooleanField(default=False)),
                        ("lapsed_years", models.PositiveSmallIntegerField(default=0)),
                        ("repaired_years", models.PositiveSmallIntegerField(default=0)),
                        ("created_at", models.DateTimeField()),
                        (
                            "merged_into",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged_from",
                                to="people.person",
                            ),
                        ),
                        ("merged_because", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["name"], name="person_name", opclasses=["varchar_pattern_ops"]),
                            models.Index(
                                condition=models.Q(("hukou", ""), _negated=True), fields=["hukou"], name="person_hukou"
                            ),
                            models.Index(
                                condition=models.Q(("birth_date__isnull", False), ("merged_into__isnull", True)),
                                fields=["birth_date", "name_pinyin"],
                                name="person_born_and_called",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("hukou__regex", "^([0-9]{6})?$")), name="person_hukou_six_digits"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("name", ""), _negated=True), name="person_has_a_name"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("merged_into", models.F("id")), _negated=True),
                                name="person_not_merged_into_itself",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("merged_into__isnull", True),
                                    models.Q(("merged_because", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="merging_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("repaired_years__lte", models.F("lapsed_years"))),
                                name="no_more_years_repaired_than_lapsed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Look",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("what", models.CharField(max_length=30)),
                        ("count", models.PositiveIntegerField(default=1)),
                        ("reason", models.CharField(blank=True, max_length=200)),
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
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="people.person",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["person", "at"], name="look_at_person")],
                    },
                ),
                migrations.CreateModel(
                    name="IdentityDocument",
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
                                    ("resident_id", "居民身份证"),
                                    ("hk_mo_permit", "港澳居民来往内地通行证"),
                                    ("tw_permit", "台湾居民来往大陆通行证"),
                                    ("hmt_residence_permit", "港澳台居民居住证"),
                                    ("foreign_permanent_residence", "外国人永久居留身份证"),
                                    ("passport", "护照"),
                                    ("birth_certificate", "出生医学证明"),
                                ],
                                max_length=32,
                            ),
                        ),
                        ("number_cipher", models.BinaryField()),
                        ("number_index", models.BinaryField(max_length=32)),
                        ("number_masked", models.CharField(max_length=40)),
                        ("added_at", models.DateTimeField()),
                        ("replaced_at", models.DateTimeField(null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="people.person",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("kind__in", ("birth_certificate", "passport", "hk_mo_permit", "tw_permit")),
                                    ("replaced_at__isnull", True),
                                ),
                                fields=["person"],
                                name="documents_that_stand_in",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("number_index",), name="identity_number_belongs_to_one_person"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("replaced_at__isnull", True)),
                                fields=("person",),
                                name="one_current_document_per_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "resident_id",
                                            "hk_mo_permit",
                                            "tw_permit",
                                            "hmt_residence_permit",
                                            "foreign_permanent_residence",
                                            "passport",
                                            "birth_certificate",
                                        ],
                                    )
                                ),
                                name="identity_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number_masked__contains", "*")), name="identity_number_is_masked"
                            ),
                            models.CheckConstraint(
                                condition=django.db.models.lookups.Exact(
                                    yingbao.people.models.Octets("number_index"), 32
                                ),
                                name="identity_number_index_is_an_index",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Guardian",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("name", models.CharField(blank=True, max_length=50)),
                        (
                            "relation",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("father", "父亲"),
                                    ("mother", "母亲"),
                                    ("grandparent", "祖父母"),
                                    ("other", "其他"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("hukou", models.CharField(blank=True, max_length=6)),
                        ("phone_cipher", models.BinaryField(null=True)),
                        ("phone_index", models.BinaryField(db_index=True, max_length=32, null=True)),
                        ("phone_masked", models.CharField(blank=True, max_length=20)),
                        ("number_cipher", models.BinaryField(null=True)),
                        ("number_index", models.BinaryField(db_index=True, max_length=32, null=True)),
                        ("number_masked", models.CharField(blank=True, max_length=40)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="guardians",
                                to="people.person",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("person", "position"), name="guardian_position_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("position__in", [1, 2])), name="at_most_two_guardians"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("hukou__regex", "^([0-9]{6})?$")), name="guardian_hukou_six_digits"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("relation__in", ["", "father", "mother", "grandparent", "other"])),
                                name="guardian_relation_known",
                            ),
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
                                name="guardian_phone_sealed_and_masked",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("number_cipher__isnull", True),
                                        ("number_index__isnull", True),
                                        ("number_masked", ""),
                                    ),
                                    models.Q(
                                        ("number_cipher__isnull", False),
                                        ("number_index__isnull", False),
                                        ("number_masked__contains", "*"),
                                    ),
                                    _connector="OR",
                                ),
                                name="guardian_number_sealed_and_masked",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BasicRegistration",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("registered_on", models.DateField()),
                        ("channel", models.CharField(max_length=24)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="registrations",
                                to="people.person",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("person", "pooling_area"), name="registered_once_in_a_pooling_area"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AssistedStatus",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("category", models.CharField(max_length=32)),
                        ("first", models.DateField()),
                        ("last", models.DateField(null=True)),
                        (
                            "provided_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agents.organisation"
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assisted_statuses",
                                to="people.person",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("last__isnull", True)),
                                fields=("person", "category", "provided_by"),
                                name="listed_once_by_a_body",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "category__in",
                                        (
                                            "minimum_living",
                                            "minimum_living_margin",
                                            "destitute",
                                            "orphan",
                                            "temporary_relief",
                                            "preferential_treatment",
                                            "registered_poor",
                                            "disabled_hardship",
                                            "severely_disabled",
                                            "de_facto_orphan",
                                            "child_in_difficulty",
                                            "back_into_poverty",
                                            "unstable_out_of_poverty",
                                            "near_poverty",
                                            "sudden_hardship",
                                            "illness_poverty",
                                            "expenditure_hardship",
                                            "hardship_worker_family",
                                        ),
                                    )
                                ),
                                name="assistance_category_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("last__isnull", True), ("last__gte", models.F("first")), _connector="OR"
                                ),
                                name="assistance_ends_after_it_begins",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PointsAdmission",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("admitted_on", models.DateField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="points_admissions",
                                to="people.person",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("person", "pooling_area", "admitted_on"), name="points_admission_once_a_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SchoolRoll",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("school_year", models.PositiveSmallIntegerField()),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("kindergarten", "幼儿园"),
                                    ("primary", "小学"),
                                    ("junior", "初中"),
                                    ("senior", "高中"),
                                    ("vocational", "中职"),
                                    ("special", "特殊教育"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("grade", models.PositiveSmallIntegerField(null=True)),
                        ("class_name", models.CharField(blank=True, max_length=40)),
                        ("entered_on", models.DateField()),
                        ("left_on", models.DateField(null=True)),
                        (
                            "leave_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("graduated", "毕业"),
                                    ("transferred", "转学"),
                                    ("absent_from_roster", "不在名单"),
                                    ("on_another_roll", "学籍在他校"),
                                    ("merged", "并档"),
                                    ("other", "其他"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("contested", models.BooleanField(default=False)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="rolls", to="people.person"
                            ),
                        ),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rolls",
                                to="agents.organisation",
                            ),
                        ),
                        ("roll_number_cipher", models.BinaryField(null=True)),
                        ("roll_number_index", models.BinaryField(max_length=32, null=True)),
                        ("roll_number_masked", models.CharField(blank=True, max_length=40)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("left_on__isnull", True)),
                                fields=["school", "stage", "grade", "class_name"],
                                name="roll_of_school",
                            ),
                            models.Index(
                                condition=models.Q(("roll_number_index__isnull", False)),
                                fields=["roll_number_index"],
                                name="roll_by_its_number",
                            ),
                            models.Index(
                                condition=models.Q(("contested", True), ("left_on__isnull", True)),
                                fields=["school"],
                                name="contested_rolls",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("left_on__isnull", True)),
                                fields=("person", "school"),
                                name="once_on_a_schools_roll",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("contested", False), ("left_on__isnull", True)),
                                fields=("person",),
                                name="one_uncontested_roll",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("grade__isnull", True),
                                    models.Q(("grade__gte", 0), ("grade__lte", 3), ("stage", "kindergarten")),
                                    models.Q(("grade__gte", 1), ("grade__lte", 6), ("stage", "primary")),
                                    models.Q(("grade__gte", 1), ("grade__lte", 3), ("stage", "junior")),
                                    models.Q(("grade__gte", 1), ("grade__lte", 3), ("stage", "senior")),
                                    models.Q(("grade__gte", 1), ("grade__lte", 3), ("stage", "vocational")),
                                    models.Q(("grade__gte", 1), ("grade__lte", 9), ("stage", "special")),
                                    _connector="OR",
                                ),
                                name="roll_grade_belongs_to_its_stage",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "stage__in",
                                        ["kindergarten", "primary", "junior", "senior", "vocational", "special"],
                                    )
                                ),
                                name="roll_stage_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("leave_reason", ""), ("left_on__isnull", True)),
                                    models.Q(
                                        (
                                            "leave_reason__in",
                                            [
                                                "graduated",
                                                "transferred",
                                                "absent_from_roster",
                                                "on_another_roll",
                                                "merged",
                                                "other",
                                            ],
                                        ),
                                        ("left_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="leaving_a_roll_has_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left_on__isnull", True), ("left_on__gte", models.F("entered_on")), _connector="OR"
                                ),
                                name="roll_left_after_entered",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("roll_number_cipher__isnull", True),
                                        ("roll_number_index__isnull", True),
                                        ("roll_number_masked", ""),
                                    ),
                                    models.Q(
                                        ("roll_number_cipher__isnull", False),
                                        ("roll_number_index__isnull", False),
                                        ("roll_number_masked__contains", "*"),
                                    ),
                                    _connector="OR",
                                ),
                                name="roll_number_sealed_and_masked",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Change",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("source", models.CharField(max_length=60)),
                        ("person_id", models.BigIntegerField()),
                        ("table_name", models.CharField(max_length=40)),
                        ("row_id", models.BigIntegerField()),
                        ("before", models.JSONField(null=True)),
                        ("after", models.JSONField(null=True)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["person_id", "at"], name="change_of_person")],
                    },
                ),
                migrations.CreateModel(
                    name="NotTheSame",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.CharField(max_length=200)),
                        ("said_at", models.DateTimeField()),
                        (
                            "first",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                            ),
                        ),
                        (
                            "said_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "second",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("first", "second"), name="said_apart_once"),
                            models.CheckConstraint(
                                condition=models.Q(("first__lt", models.F("second"))), name="apart_in_the_order_of_ids"
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
