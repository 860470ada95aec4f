"""The season's tasks partly done, and trainings with people signed up, for the demonstration. 演示任务与培训"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import connection

from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind
from yingbao.campaign import opening, seen_done, training
from yingbao.campaign.doing import finish, mark_of
from yingbao.campaign.models import Assignment, TrainingPlace, TrainingSession
from yingbao.campaign.training import Announced
from yingbao.demo.bodies import SUZHOU
from yingbao.enrolment.models import Season
from yingbao.values.clock import CHINA

LISTED = datetime(2019, 9, 2, 8, 30, tzinfo=CHINA)
SEEN = datetime(2019, 11, 11, 18, 5, tzinfo=CHINA)
ANNOUNCED = datetime(2019, 10, 8, 9, 30, tzinfo=CHINA)
BY_HAND = ("collect_material", "explain", "solve_difficulties", "tell_families_of_points")
"""tasks that most bodies have marked as done; what the platform can see they leave to it"""
NAMES = ("王经办", "李经办", "张经办", "陈经办", "周经办", "吴经办", "徐经办", "孙经办")


def prepare(clerks: Mapping[int, Appointment], seasons: Mapping[str, Season]) -> None:
    """List the tasks, do most of those that are done by hand, hold a training and announce two more. 任务与培训"""
    for season in seasons.values():
        opening.open_tasks(season=season, at=LISTED)
        _mark(season)
    _trainings(clerks, seasons[SUZHOU])
    for season in seasons.values():
        seen_done.look(season=season, at=SEEN)
    _by_hand(clerks, seasons[SUZHOU])


_MARK = """
WITH done AS (
    UPDATE campaign_assignment a SET state = 'done', state_at = %(at)s, done_by_id = p.user_id
    FROM campaign_seasontask t, (
        SELECT DISTINCT ON (organisation_id) organisation_id, user_id FROM agents_appointment
        WHERE desk IN ('school', 'community') ORDER BY organisation_id, id) p
    WHERE a.task_id = t.id AND t.season_id = %(season)s AND t.word = ANY(%(words)s) AND NOT t.seen_by = ANY(%(seen)s)
      AND a.state = 'open'
      AND p.organisation_id = a.organisation_id AND (a.organisation_id + t.position) %% 5 <> 0
    RETURNING a.id, a.organisation_id, a.done_by_id, a.note
) INSERT INTO campaign_assignmentstep (assignment_id, organisation_id, act, by_id, at, note)
  SELECT id, organisation_id, 'finish', done_by_id, %(at)s, note FROM done ORDER BY id"""


def _mark(season: Season) -> None:
    """Four of five schools have done what is done by hand, all in one statement."""
    at = datetime(2019, 9, 26, 15, 40, tzinfo=CHINA)
    with connection.cursor() as cursor:
        cursor.execute(_MARK, {"season": season.pk, "words": list(BY_HAND), "seen": list(seen_done.SEEN), "at": at})


def _by_hand(clerks: Mapping[int, Appointment], season: Season) -> None:
    """One that a clerk marked though the platform does not see it, and it is told as such."""
    rows = Assignment.objects.filter(season=season, task__word="register_first_timers", state="open")
    one = rows.filter(organisation__in=list(clerks), organisation__kind=OrganisationKind.COMMUNITY).first()
    if one is not None:
        note = "已在窗口收齐材料，平台上的登记月底前补录"
        finish(assignment=one.pk, note=note, seen=mark_of(one), by=clerks[one.organisation_id], at=SEEN)


def _trainings(clerks: Mapping[int, Appointment], season: Season) -> None:
    officer = Appointment.objects.filter(
        organisation__pooling_area=season.pooling_area, organisation__kind=OrganisationKind.TAX_AUTHORITY, desk=Desk.TAX
    ).select_related("organisation", "user").order_by("pk").first()  # fmt: skip
    places = Organisation.objects.filter(
        pk__in=list(clerks), pooling_area=season.pooling_area, kind="school", active=True
    )
    schools = list(places.order_by("code")[:12])
    if officer is None or len(schools) < 3:
        return
    held = _announce(season, officer, "学校经办人员业务培训（第一场）", date(2019, 10, 16), "社保中心三楼会议室", 40)
    for number, school in enumerate(schools[:9]):
        _sign_up(held, [NAMES[number % len(NAMES)]], clerks[school.pk])
    came = TrainingPlace.objects.filter(session=held, state="going").order_by("pk")
    at = datetime(2019, 10, 16, 16, 40, tzinfo=CHINA)
    marks = {place.pk: number % 4 != 3 for number, place in enumerate(came)}
    training.mark(session=held.pk, came=marks, by=officer, at=at)
    small = _announce(season, officer, "申报缴费答疑（小班）", date(2019, 11, 20), "税务局二楼培训室", 4)
    _announce(
        season,
        officer,
        "申报缴费答疑（线上）",
        date(2019, 11, 22),
        "平台首页公布会议号，提前十分钟进入",
        300,
        online=True,
    )
    for number, school in enumerate(schools[2:8]):
        _sign_up(small, [NAMES[-1 - number]], clerks[school.pk])


def _announce(
    season: Season, by: Appointment, title: str, day: date, place: str, places: int, *, online: bool = False
) -> TrainingSession:
    begins = datetime(day.year, day.month, day.day, 14, 0, tzinfo=CHINA)
    said = Announced(
        title=title, starts_at=begins, ends_at=begins + timedelta(hours=2), online=online, place=place,
        kinds=("community", "school"), places=places, sign_up_until=day - timedelta(days=1),
        about="内容：网上参保登记、名单核对、申报和缴费。请带本校花名册。",
    )  # fmt: skip
    return training.announce(season=season, said=said, by=by, at=ANNOUNCED)


def _sign_up(session: TrainingSession, names: list[str], by: Appointment) -> None:
    training.sign_up(session=session.pk, names=names, by=by, at=ANNOUNCED + timedelta(days=1))
