"""Seasons with their policies, enrolments with their steps, requests and sums."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [
        ("enrolment", "0001_initial"),
        ("enrolment", "0002_lifecycle"),
        ("enrolment", "0003_money"),
        ("enrolment", "0004_registration_requests"),
        ("enrolment", "0005_versions"),
        ("enrolment", "0007_steps_of_late"),
        ("enrolment", "0008_drafts_of_season"),
        ("enrolment", "0009_standing"),
        ("enrolment", "0011_last_moved"),
    ]

    initial = True

    dependencies = [
        ("agents", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="PolicyProposal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("policy", models.CharField(max_length=11)),
                        ("text", models.TextField()),
                        ("digest", models.CharField(max_length=64)),
                        ("reason", models.CharField(max_length=300)),
                        ("clause", models.CharField(max_length=100)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "草稿"),
                                    ("asked", "待复核"),
                                    ("published", "已发布"),
                                    ("dropped", "已作废"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("made_at", models.DateTimeField()),
                        ("asked_at", models.DateTimeField(null=True)),
                        ("simulation", models.JSONField(null=True)),
                        ("simulated_for", models.CharField(blank=True, max_length=64)),
                        ("simulated_at", models.DateTimeField(null=True)),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("answer", models.CharField(blank=True, max_length=300)),
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
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["policy", "state"], name="proposals_of_policy")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reason", ""), _negated=True), models.Q(("clause", ""), _negated=True)
                                ),
                                name="proposal_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by__isnull", True),
                                    models.Q(("decided_by", models.F("made_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="proposal_decided_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "published"), _negated=True),
                                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="proposal_published_by_someone",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("policy", models.CharField(max_length=11)),
                        ("number", models.PositiveSmallIntegerField()),
                        ("text", models.TextField()),
                        ("digest", models.CharField(max_length=64)),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        ("clause", models.CharField(blank=True, max_length=100)),
                        ("at", models.DateTimeField()),
                        (
                            "proposal",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="version",
                                to="enrolment.policyproposal",
                            ),
                        ),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["policy", "number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("policy", "number"), name="one_version_per_number"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("number", 1),
                                        ("proposal__isnull", True),
                                        ("proposed_by__isnull", True),
                                        ("published_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("proposal__isnull", False),
                                        ("proposed_by__isnull", False),
                                        ("published_by__isnull", False),
                                        models.Q(("proposed_by", models.F("published_by")), _negated=True),
                                        models.Q(("reason", ""), _negated=True),
                                        models.Q(("clause", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="version_published_by_two",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Season",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("policy", models.CharField(max_length=11, unique=True)),
                        ("pooling_area", models.CharField(max_length=6)),
                        ("plan_year", models.PositiveSmallIntegerField()),
                        ("policy_digest", models.CharField(max_length=64)),
                        ("opened_at", models.DateTimeField()),
                        (
                            "version",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="enrolment.policyversion",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("pooling_area", "plan_year"), name="one_season_per_area_and_year"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Enrolment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("plan_year", models.PositiveSmallIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "待登记"),
                                    ("registered", "已登记"),
                                    ("determined", "已核定"),
                                    ("confirmed", "已确认参保"),
                                    ("declared", "已申报待缴费"),
                                    ("paid", "已缴费"),
                                    ("exempt", "已申报免缴"),
                                    ("covered", "待遇已生效"),
                                    ("declined", "不参保"),
                                    ("withdrawn", "已撤回"),
                                    ("lapsed", "到期未参保"),
                                ],
                                default="draft",
                                max_length=12,
                            ),
                        ),
                        ("state_at", models.DateTimeField()),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("status", models.CharField(blank=True, max_length=10)),
                        ("agent", models.CharField(blank=True, max_length=10)),
                        ("registration", models.CharField(blank=True, max_length=20)),
                        ("channel", models.CharField(blank=True, max_length=12)),
                        ("phase", models.CharField(blank=True, max_length=8)),
                        ("premium_fen", models.PositiveIntegerField(default=0)),
                        ("self_paid_fen", models.PositiveIntegerField(default=0)),
                        ("subsidised_fen", models.PositiveIntegerField(default=0)),
                        ("paid_by", models.CharField(blank=True, max_length=40)),
                        ("coverage_from", models.DateField(null=True)),
                        ("coverage_to", models.DateField(null=True)),
                        ("because", models.CharField(blank=True, max_length=300)),
                        ("as_of", models.DateField(null=True)),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="enrolments",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="enrolments",
                                to="people.person",
                            ),
                        ),
                        (
                            "season",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="enrolments",
                                to="enrolment.season",
                            ),
                        ),
                        ("tier", models.PositiveSmallIntegerField(null=True)),
                        (
                            "version",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="enrolment.policyversion",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["organisation", "season", "state"], name="enrolments_of_agent"),
                            models.Index(
                                condition=models.Q(("state", "draft")),
                                fields=["season", "registration"],
                                name="drafts_of_season",
                            ),
                            models.Index(
                                condition=models.Q(("status", "ineligible")),
                                fields=["season", "organisation"],
                                name="ineligible_of_season",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("season", "person"), name="one_enrolment_per_season_and_person"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "premium_fen",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("self_paid_fen"), "+", models.F("subsidised_fen")
                                        ),
                                    )
                                ),
                                name="premium_is_the_sum_of_its_parts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["declined", "withdrawn"]), _negated=True),
                                    models.Q(("reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="leaving_has_a_reason",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("state__in", ["confirmed", "covered", "declared", "exempt", "paid"])
                                ),
                                fields=("person", "plan_year"),
                                name="never_enrolled_twice_for_a_year",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "draft",
                                            "registered",
                                            "determined",
                                            "confirmed",
                                            "declared",
                                            "paid",
                                            "exempt",
                                            "covered",
                                            "declined",
                                            "withdrawn",
                                            "lapsed",
                                        ],
                                    )
                                ),
                                name="enrolment_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["confirmed", "covered", "declared", "exempt", "paid"]),
                                        _negated=True,
                                    ),
                                    ("status", "enrolled"),
                                    _connector="OR",
                                ),
                                name="only_the_entitled_are_confirmed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("tier__isnull", True), ("tier__in", [1, 2]), _connector="OR"),
                                name="tier_known",
                            ),
                            models.UniqueConstraint(
                                fields=("id", "person", "plan_year"), name="enrolment_with_its_person_and_year"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CorrectionRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("field", models.CharField(max_length=30)),
                        ("wanted", models.CharField(max_length=200)),
                        ("reason", models.CharField(max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "待处理"), ("done", "已更正"), ("refused", "不予更正")],
                                default="open",
                                max_length=8,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("answer", models.CharField(blank=True, max_length=200)),
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
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="enrolment.enrolment",
                            ),
                        ),
                        ("wanted_cipher", models.BinaryField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open")),
                                fields=("enrolment", "field"),
                                name="asked_once_about_a_field",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Step",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "from_state",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("draft", "待登记"),
                                    ("registered", "已登记"),
                                    ("determined", "已核定"),
                                    ("confirmed", "已确认参保"),
                                    ("declared", "已申报待缴费"),
                                    ("paid", "已缴费"),
                                    ("exempt", "已申报免缴"),
                                    ("covered", "待遇已生效"),
                                    ("declined", "不参保"),
                                    ("withdrawn", "已撤回"),
                                    ("lapsed", "到期未参保"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "to_state",
                            models.CharField(
                                choices=[
                                    ("draft", "待登记"),
                                    ("registered", "已登记"),
                                    ("determined", "已核定"),
                                    ("confirmed", "已确认参保"),
                                    ("declared", "已申报待缴费"),
                                    ("paid", "已缴费"),
                                    ("exempt", "已申报免缴"),
                                    ("covered", "待遇已生效"),
                                    ("declined", "不参保"),
                                    ("withdrawn", "已撤回"),
                                    ("lapsed", "到期未参保"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("at", models.DateTimeField()),
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
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="enrolment.enrolment",
                            ),
                        ),
                        ("act", models.CharField(max_length=12)),
                        ("changes", models.JSONField(default=dict)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["act", "at"], name="steps_of_late")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "act__in",
                                        [
                                            "open",
                                            "register",
                                            "determine",
                                            "confirm",
                                            "revise",
                                            "move",
                                            "decline",
                                            "withdraw",
                                            "reopen",
                                            "correct",
                                            "declare",
                                            "give_back",
                                            "pay",
                                            "bounce",
                                            "exempt",
                                            "charge",
                                            "cover",
                                            "lapse",
                                        ],
                                    )
                                ),
                                name="step_act_known",
                            )
                        ],
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="RegistrationRequest",
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
                                    ("asked", "待审核"),
                                    ("registered", "已登记"),
                                    ("sent_back", "已退回"),
                                    ("handed", "已转其他渠道"),
                                ],
                                default="asked",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("answer", models.CharField(blank=True, max_length=200)),
                        ("channel", models.CharField(blank=True, max_length=20)),
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
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="registration_requests",
                                to="enrolment.enrolment",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["state", "asked_at"], name="registrations_asked")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "asked")),
                                fields=("enrolment",),
                                name="registration_asked_once_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at__isnull", True), ("state", "asked")),
                                    models.Q(
                                        models.Q(("state", "asked"), _negated=True), ("answered_at__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="registration_answer_has_its_moment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["sent_back", "handed"]), _negated=True),
                                    models.Q(("answer", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="registration_not_made_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegistrationStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("from_state", models.CharField(blank=True, max_length=10)),
                        ("to_state", models.CharField(max_length=10)),
                        ("at", models.DateTimeField()),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="enrolment.registrationrequest",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="Tally",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("state", models.CharField(max_length=12)),
                        ("status", models.CharField(max_length=10)),
                        ("registration", models.CharField(max_length=20)),
                        ("heads", models.IntegerField()),
                        ("self_paid_fen", models.BigIntegerField()),
                        ("subsidised_fen", models.BigIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "season",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="enrolment.season",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["season", "organisation"], name="tally_of_season")],
                    },
                ),
                migrations.CreateModel(
                    name="BodyDay",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("day", models.DateField()),
                        ("should", models.IntegerField()),
                        ("insured", models.IntegerField()),
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("season", "organisation", "day"), name="one_change_of_a_body_a_day"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BodyStanding",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("insured", models.PositiveIntegerField(default=0)),
                        ("unlisted", models.PositiveIntegerField(default=0)),
                        ("unregistered", models.PositiveIntegerField(default=0)),
                        ("unconfirmed", models.PositiveIntegerField(default=0)),
                        ("undeclared", models.PositiveIntegerField(default=0)),
                        ("unpaid", models.PositiveIntegerField(default=0)),
                        ("declined", models.PositiveIntegerField(default=0)),
                        ("elsewhere", models.PositiveIntegerField(default=0)),
                        ("moved", models.PositiveIntegerField(default=0)),
                        ("withdrawn", models.PositiveIntegerField(default=0)),
                        ("unknown", models.PositiveIntegerField(default=0)),
                        ("ineligible", models.PositiveIntegerField(default=0)),
                        ("with_other", models.PositiveIntegerField(default=0)),
                        ("reckoned_at", models.DateTimeField()),
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
                        ("last_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("season", "organisation"), name="one_standing_of_a_body")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClassStanding",
                    fields=[
                        ("insured", models.PositiveIntegerField(default=0)),
                        ("unlisted", models.PositiveIntegerField(default=0)),
                        ("unregistered", models.PositiveIntegerField(default=0)),
                        ("unconfirmed", models.PositiveIntegerField(default=0)),
                        ("undeclared", models.PositiveIntegerField(default=0)),
                        ("unpaid", models.PositiveIntegerField(default=0)),
                        ("declined", models.PositiveIntegerField(default=0)),
                        ("elsewhere", models.PositiveIntegerField(default=0)),
                        ("moved", models.PositiveIntegerField(default=0)),
                        ("withdrawn", models.PositiveIntegerField(default=0)),
                        ("unknown", models.PositiveIntegerField(default=0)),
                        ("ineligible", models.PositiveIntegerField(default=0)),
                        ("with_other", models.PositiveIntegerField(default=0)),
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("stage", models.CharField(blank=True, max_length=16)),
                        ("grade", models.PositiveSmallIntegerField(null=True)),
                        ("class_name", models.CharField(blank=True, max_length=40)),
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
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("season", "organisation", "stage", "grade", "class_name"),
                                name="one_standing_of_a_class",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SeasonDay",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("day", models.DateField()),
                        ("should", models.IntegerField()),
                        ("insured", models.IntegerField()),
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
                        "constraints": [
                            models.UniqueConstraint(fields=("season", "day"), name="one_change_of_a_season_a_day")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StandingMark",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="agents.organisation",
                            ),
                        ),
                        (
                            "season",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="enrolment.season",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["season", "organisation"], name="marks_of_standing")],
                    },
                ),
            ],
        ),
    ]
