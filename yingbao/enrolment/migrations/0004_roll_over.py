"""Roll-overs, statuses that wait for their body, and what earlier seasons know of a child. 参保季结转"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

YEARS_BEFORE = """
CREATE FUNCTION enrolment_years_before(here varchar, this_year integer, this_season bigint, asked bigint[], day date)
RETURNS TABLE (person_id bigint, missed integer, unbroken boolean, taken_here boolean, unconfirmed boolean,
               confirmed text)
LANGUAGE sql STABLE AS $$
WITH known AS (
    SELECT e.person_id AS person, s.plan_year AS year, s.pooling_area = here AS is_here,
           e.state IN ('declared', 'paid', 'exempt', 'covered') AS taken, e.status = 'ineligible' AS kept_out
    FROM enrolment_enrolment e JOIN enrolment_season s ON s.id = e.season_id
    WHERE e.person_id = ANY(asked) AND s.plan_year < this_year
), since AS (
    SELECT k.person, bool_or(k.taken) AS taken, bool_or(k.taken AND k.is_here) AS taken_here,
           greatest(max(k.year) FILTER (WHERE k.taken), coalesce(min(k.year) FILTER (WHERE k.is_here), this_year) - 1,
                    max(date_part('year', p.birth_date))) AS year
    FROM known k JOIN people_person p ON p.id = k.person
    GROUP BY k.person
), missed AS (
    SELECT since.person, count(*)::integer AS years
    FROM since JOIN enrolment_season s ON s.pooling_area = here AND s.plan_year > since.year AND s.plan_year < this_year
    LEFT JOIN known k ON k.person = since.person AND k.year = s.plan_year AND k.is_here
    WHERE k.kept_out IS NOT TRUE
    GROUP BY since.person
), waiting AS (
    SELECT c.person_id AS person, array_agg(ROW(c.category, c.provided_by_id)::text) AS said
    FROM enrolment_statuscheck c
    WHERE c.season_id = this_season AND c.person_id = ANY(asked) AND c.state = 'waiting'
    GROUP BY c.person_id
)
SELECT person, coalesce(missed.years, 0), coalesce(NOT since.taken, true), coalesce(since.taken_here, false),
       waiting.said IS NOT NULL,
       CASE WHEN waiting.said IS NOT NULL THEN (
           SELECT string_agg(DISTINCT a.category, ';' ORDER BY a.category) FROM people_assistedstatus a
           WHERE a.person_id = person AND a.first <= day AND (a.last IS NULL OR a.last >= day)
             AND ROW(a.category, a.provided_by_id)::text <> ALL(waiting.said)) END
FROM since FULL JOIN waiting USING (person) LEFT JOIN missed USING (person)
$$
"""
NO_YEARS_BEFORE = "DROP FUNCTION enrolment_years_before"


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0005_calls_counted"),
        ("enrolment", "0003_standing_marks"),
        ("people", "0010_born_and_called"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RollOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("policy", models.CharField(max_length=11, unique=True)),
                ("outlook", models.JSONField(null=True)),
                ("outlook_for", models.CharField(blank=True, max_length=64)),
                ("outlook_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("carried_to", models.BigIntegerField(default=0)),
                ("result", models.JSONField(default=dict)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "last",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="enrolment.season"
                    ),
                ),
                (
                    "opened",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rolled_over",
                        to="enrolment.season",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("opened", models.F("last")), _negated=True),
                        name="no_season_rolls_into_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_at__isnull", True),
                                ("opened__isnull", True),
                                ("started_at__isnull", True),
                                ("started_by__isnull", True),
                            ),
                            models.Q(
                                ("opened__isnull", False), ("started_at__isnull", False), ("started_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="roll_over_started_by_someone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatusCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待确认"), ("confirmed", "已确认")], default="waiting", max_length=10
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="status_checks", to="people.person"
                    ),
                ),
                (
                    "provided_by",
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
                        related_name="status_checks",
                        to="enrolment.season",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["season", "provided_by"],
                        name="statuses_waiting_for_body",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("season", "person", "category", "provided_by"), name="status_checked_once_a_season"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "confirmed"])), name="status_check_state_known"
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
                        name="checked_category_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(YEARS_BEFORE, NO_YEARS_BEFORE),
    ]
