"""A policy reckoned for everyone on the platform: a million made-up children in a database of its own. 全员测算

Children are laid down by SQL, with the facts that decide; no history is written. `bench/forecasting.py 100000` measures
that size. A million take a few minutes and about 2 GB below the folder for temporary files, which it removes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import date, datetime

SIZE = 1_000_000
SCHOOLS, STREETS = 1_200, 60
DAY = date(2020, 10, 8)
BODIES = f"""
INSERT INTO agents_organisation (kind, pooling_area, code, name, division, stages, contact, phone, active)
SELECT 'sub_district', '320500', 'st' || k, k || '街道', '32050' || 5 + k % 4, '{{}}', '', '', true
FROM generate_series(1, {STREETS}) k;
INSERT INTO agents_organisation (kind, pooling_area, code, name, division, stages, contact, phone, active, parent_id)
SELECT 'school', '320500', 'sc' || k, k || '小学', '32050' || 5 + k % 4, '{{primary,junior}}', '', '', true,
       (SELECT id FROM agents_organisation WHERE code = 'st' || 1 + k % {STREETS})
FROM generate_series(1, {SCHOOLS}) k;
INSERT INTO agents_organisation (kind, pooling_area, code, name, division, stages, contact, phone, active)
VALUES ('civil_affairs', '320500', 'mz', '民政局', '320500', '{{}}', '', '', true)
"""
CHILDREN = """
INSERT INTO people_person (name, name_original, name_pinyin, name_initials, sex, birth_date, hukou, residence_permit,
    parent_employee_insured, lapsed_years, repaired_years, created_at, merged_because)
SELECT '甲', '甲', 'jia', 'j', '', date '2005-01-01' + (k %% 4000 * 7919 %% 4000),
       (ARRAY['320508', '320583', '341226', '320506', ''])[1 + k %% 5], k %% 9 = 0, k %% 4 = 0, 0, 0, now(), ''
FROM generate_series(1, %(size)s) k;
INSERT INTO people_identitydocument (kind, number_cipher, number_index, number_masked, added_at, person_id)
SELECT 'resident_id', 'x', sha256(id::text::bytea), '3***1', now(), id FROM people_person;
INSERT INTO people_schoolroll (school_year, stage, class_name, entered_on, leave_reason, contested, person_id,
    school_id, roll_number_masked)
SELECT 2019, (ARRAY['primary', 'junior', 'senior'])[1 + p.id %% 3], '', '2019-09-01', '', false, p.id, s.id, ''
FROM people_person p JOIN agents_organisation s ON s.code = 'sc' || 1 + p.id %% {schools};
INSERT INTO people_guardian (position, name, relation, hukou, phone_masked, number_masked, person_id)
SELECT n, '', CASE n WHEN 1 THEN 'father' ELSE 'mother' END, (ARRAY['320508', '341226', ''])[1 + (p.id + n) %% 3],
       '', '', p.id
FROM people_person p CROSS JOIN generate_series(1, 2) n;
INSERT INTO people_basicregistration (pooling_area, registered_on, channel, person_id)
SELECT '320500', '2018-10-01', 'school', id FROM people_person WHERE id %% 3 > 0;
INSERT INTO people_assistedstatus (category, first, provided_by_id, person_id)
SELECT 'minimum_living', '2019-01-01', (SELECT id FROM agents_organisation WHERE code = 'mz'), id
FROM people_person WHERE id %% 50 = 0;
INSERT INTO enrolment_enrolment (plan_year, state, state_at, reason, status, agent, registration, channel, phase,
    premium_fen, self_paid_fen, subsidised_fen, paid_by, because, facts, organisation_id, person_id, season_id)
SELECT 2020, 'paid', now(), '', 'enrolled', 'school', '', 'school', 'open', 1, 1, 0, '', '', '{{}}', r.school_id,
       r.person_id, %(season)s
FROM people_schoolroll r WHERE r.person_id %% 20 > 0
""".replace("{schools}", str(SCHOOLS))  # fmt: skip


def laid_down(size: int) -> None:
    """So many children on rolls, and the list of a season."""
    from django.db import connection, transaction

    from yingbao.enrolment.seasons import open_season
    from yingbao.values import clock

    season = open_season(policy_id="320500/2020", at=clock.now())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in BODIES.replace("{{", "{").replace("}}", "}").split(";"):
            cursor.execute(statement)
        for statement in CHILDREN.replace("{{}}", "{}").split(";"):
            cursor.execute(statement, {"size": size, "season": season.pk})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def measure() -> None:
    """Next year's policy against this year's, for everyone."""
    from yingbao.enrolment import forecasting
    from yingbao.enrolment.models import Season
    from yingbao.policy import catalogue
    from yingbao.policy.moving import moved

    season = Season.objects.get()
    text = catalogue.text_of(catalogue.find("320500/2020"))
    dearer = moved(text, to=2021).text.replace("below: 18", "below: 17")
    policy = catalogue.policy_in(dearer, "policy.yaml")
    against = forecasting.Against(catalogue.policy_in(moved(text, to=2021).text, "policy.yaml"), policy.name)
    for say in ("first", "again"):
        steps: list[float] = []
        began, used = time.perf_counter(), time.process_time()
        told = forecasting.forecast(
            season=season, policy=policy, against=against, on=DAY,
            progress=lambda done, total, steps=steps: steps.append(time.perf_counter()),  # type: ignore[misc]
        )  # fmt: skip
        took = time.perf_counter() - began
        read = (steps[-1] if steps else began) - began
        print(
            f"{told['children']:>9,} children, {say}: {took:6.1f} s, {read:.1f} s of it reading; "
            f"{time.process_time() - used:.1f} s of processor here; {told['enrolled']:,} enrolled"
        )


def main() -> None:
    """Measure on a server of its own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"YINGBAO_HOME": home, "YINGBAO_SECRET_KEY": "bench", "YINGBAO_CLOCK": "2019-11-12T10:00"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "yingbao.settings"
        from yingbao.sealing.keys import make_keys

        os.environ["YINGBAO_KEYS"] = make_keys()
        from yingbao.cli.platform import create_database, ready
        from yingbao.values import clock

        ready()
        clock.set_to(datetime(2019, 11, 12, 10, 0, tzinfo=clock.CHINA))
        create_database()
        laid_down(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE)
        measure()


if __name__ == "__main__":
    main()
