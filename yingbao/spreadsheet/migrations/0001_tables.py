"""Files that were brought, and their rows until they are taken."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [
        ("spreadsheet", "0001_initial"),
        ("spreadsheet", "0002_staging"),
        ("spreadsheet", "0003_layout"),
        ("spreadsheet", "0004_assisted_lists"),
        ("spreadsheet", "0005_taken_back"),
    ]

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
                    name="Roster",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uploaded_at", models.DateTimeField()),
                        ("filename", models.CharField(max_length=200)),
                        ("sha256", models.CharField(max_length=64)),
                        ("size_bytes", models.PositiveIntegerField()),
                        ("content_cipher", models.BinaryField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "等待读取"),
                                    ("reviewed", "待确认"),
                                    ("refused", "未能受理"),
                                    ("committed", "已导入"),
                                    ("dropped", "已放弃"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("message", models.JSONField(null=True)),
                        ("notes", models.JSONField(default=list)),
                        ("counts", models.JSONField(default=dict)),
                        ("committed_at", models.DateTimeField(null=True)),
                        (
                            "committed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rosters",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "season",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rosters",
                                to="enrolment.season",
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
                        ("layout", models.JSONField(default=dict)),
                        ("school_year", models.PositiveSmallIntegerField()),
                        ("whole_file", models.BooleanField(null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["school", "-uploaded_at"], name="rosters_of_school")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("committed_at__isnull", False), ("state", "committed")),
                                    models.Q(
                                        models.Q(("state", "committed"), _negated=True), ("committed_at__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="committed_has_its_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["dropped", "refused"]), _negated=True),
                                    ("content_cipher__isnull", True),
                                    _connector="OR",
                                ),
                                name="what_was_dropped_is_gone",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RosterRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveIntegerField(null=True)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("new", "新增"),
                                    ("unchanged", "无变化"),
                                    ("changed", "有变化"),
                                    ("moved_here", "转入"),
                                    ("on_two_rosters", "两校同时在册"),
                                    ("duplicate", "文件内重复"),
                                    ("error", "有错误"),
                                    ("left", "不在名单"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=60)),
                        ("number_masked", models.CharField(blank=True, max_length=40)),
                        ("number_index", models.BinaryField(max_length=32, null=True)),
                        ("changes", models.JSONField(default=dict)),
                        ("errors", models.JSONField(default=list)),
                        (
                            "person",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="people.person",
                            ),
                        ),
                        (
                            "roster",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="spreadsheet.roster",
                            ),
                        ),
                        ("birth_date", models.DateField(null=True)),
                        ("class_name", models.CharField(blank=True, max_length=40)),
                        ("entered_on", models.DateField(null=True)),
                        ("fault", models.CharField(blank=True, max_length=20)),
                        ("grade", models.PositiveSmallIntegerField(null=True)),
                        ("hukou", models.CharField(blank=True, max_length=6)),
                        ("identity_kind", models.CharField(blank=True, max_length=32)),
                        ("name_original", models.CharField(blank=True, max_length=60)),
                        ("number_cipher", models.BinaryField(null=True)),
                        ("other_row", models.PositiveIntegerField(null=True)),
                        (
                            "other_school",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="agents.organisation",
                            ),
                        ),
                        ("parent_employee_insured", models.BooleanField(null=True)),
                        ("residence_permit", models.BooleanField(null=True)),
                        ("roll_number_cipher", models.BinaryField(null=True)),
                        ("roll_number_index", models.BinaryField(max_length=32, null=True)),
                        ("roll_number_masked", models.CharField(blank=True, max_length=40)),
                        ("sex", models.CharField(blank=True, max_length=6)),
                        ("stage", models.CharField(blank=True, max_length=16)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["roster", "outcome", "row_number"], name="rows_by_outcome"),
                            models.Index(
                                condition=models.Q(("errors", []), _negated=True),
                                fields=["roster", "row_number"],
                                name="rows_with_remarks",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("roster", "row_number"), name="one_staged_row_per_sheet_row"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RosterGuardian",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveIntegerField()),
                        ("position", models.PositiveSmallIntegerField()),
                        ("name", models.CharField(blank=True, max_length=50)),
                        ("relation", models.CharField(blank=True, max_length=20)),
                        ("hukou", models.CharField(blank=True, max_length=6)),
                        ("phone_cipher", models.BinaryField(null=True)),
                        ("phone_index", models.BinaryField(max_length=32, null=True)),
                        ("phone_masked", models.CharField(blank=True, max_length=20)),
                        ("number_cipher", models.BinaryField(null=True)),
                        ("number_index", models.BinaryField(max_length=32, null=True)),
                        ("number_masked", models.CharField(blank=True, max_length=40)),
                        (
                            "roster",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="guardians",
                                to="spreadsheet.roster",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("roster", "row_number", "position"), name="one_staged_guardian_per_place"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("position__in", [1, 2])), name="at_most_two_staged_guardians"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AssistedList",
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
                            models.CharField(choices=[("full", "全量名单"), ("changes", "变动名单")], max_length=8),
                        ),
                        ("as_of", models.DateField()),
                        ("uploaded_at", models.DateTimeField()),
                        ("filename", models.CharField(max_length=200)),
                        ("sha256", models.CharField(max_length=64)),
                        ("size_bytes", models.PositiveIntegerField()),
                        ("content_cipher", models.BinaryField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("reading", "等待读取"),
                                    ("reviewed", "待确认"),
                                    ("committing", "正在生效"),
                                    ("committed", "已生效"),
                                    ("discarded", "已放弃"),
                                    ("refused", "未能受理"),
                                ],
                                default="reading",
                                max_length=10,
                            ),
                        ),
                        ("message", models.JSONField(null=True)),
                        ("notes", models.JSONField(default=list)),
                        ("layout", models.JSONField(default=dict)),
                        (
                            "categories",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=32), default=list, size=None
                            ),
                        ),
                        ("counts", models.JSONField(default=dict)),
                        ("meant", models.BooleanField(null=True)),
                        ("committed_at", models.DateTimeField(null=True)),
                        (
                            "committed_by",
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
                                related_name="assisted_lists",
                                to="agents.organisation",
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
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("withdrawn_because", models.CharField(blank=True, max_length=200)),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["organisation", "-uploaded_at"], name="assisted_lists_of_body")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["discarded", "refused"]), _negated=True),
                                fields=("organisation", "sha256", "kind", "as_of"),
                                name="one_answer_to_one_assisted_file",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("committed_at__isnull", False), ("state", "committed")),
                                    models.Q(
                                        models.Q(("state", "committed"), _negated=True), ("committed_at__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="committed_list_has_its_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["discarded", "refused"]), _negated=True),
                                    ("content_cipher__isnull", True),
                                    _connector="OR",
                                ),
                                name="discarded_list_is_gone",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["full", "changes"])), name="assisted_list_kind_known"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AssistedRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveIntegerField(null=True)),
                        (
                            "act",
                            models.CharField(
                                choices=[("add", "新增"), ("end", "退出"), ("none", "不办理")], max_length=4
                            ),
                        ),
                        (
                            "match",
                            models.CharField(
                                choices=[
                                    ("matched", "已匹配"),
                                    ("unmatched", "未匹配"),
                                    ("ambiguous", "疑似"),
                                    ("name_differs", "姓名不符"),
                                    ("faulty", "有错误"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "effect",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("new", "新列入"),
                                    ("same", "已在名单"),
                                    ("changed", "日期有变"),
                                    ("ends", "退出"),
                                    ("nothing", "原本不在名单"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "candidates",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.BigIntegerField(), default=list, size=None
                            ),
                        ),
                        ("faults", models.JSONField(default=list)),
                        (
                            "verdict",
                            models.CharField(
                                blank=True, choices=[("accepted", "是同一人"), ("refused", "不是同一人")], max_length=8
                            ),
                        ),
                        ("settled_at", models.DateTimeField(null=True)),
                        ("applied_at", models.DateTimeField(null=True)),
                        ("name", models.CharField(blank=True, max_length=60)),
                        ("identity_kind", models.CharField(blank=True, max_length=32)),
                        ("number_cipher", models.BinaryField(null=True)),
                        ("number_index", models.BinaryField(max_length=32, null=True)),
                        ("number_masked", models.CharField(blank=True, max_length=40)),
                        ("birth_date", models.DateField(null=True)),
                        ("category", models.CharField(blank=True, max_length=32)),
                        ("first", models.DateField(null=True)),
                        ("last", models.DateField(null=True)),
                        (
                            "assisted_list",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="spreadsheet.assistedlist",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assisted_rows",
                                to="people.person",
                            ),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("school_name", models.CharField(blank=True, max_length=100)),
                        ("was", models.JSONField(null=True)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("withdrawn_because", models.CharField(blank=True, max_length=200)),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["assisted_list", "match", "row_number"], name="assisted_rows_by_match"
                            ),
                            models.Index(
                                condition=models.Q(("applied_at__isnull", True), ("number_index__isnull", False)),
                                fields=["number_index"],
                                name="assisted_rows_waiting",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("assisted_list", "row_number"), name="one_assisted_row_per_sheet_row"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "category__in",
                                        [
                                            "",
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
                                        ],
                                    )
                                ),
                                name="listed_category_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("applied_at__isnull", True), ("person__isnull", False), _connector="OR"
                                ),
                                name="what_took_effect_has_a_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("settled_at__isnull", True), ("verdict", "")),
                                    models.Q(models.Q(("verdict", ""), _negated=True), ("settled_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="settled_row_has_its_moment",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
