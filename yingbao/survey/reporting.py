"""A school submits its report, whoever reviews accepts it or sends it back, a sub-district sums. 报送与汇总

What was counted is frozen as a version; who was counted stands in `Counted`, once in a survey by constraint. Sums are
never written down: a sub-district's sum names the versions it is made of. Locks are taken in one order: the survey,
then the report; whoever answers holds the report alone, and shares it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind
from yingbao.cases import handing
from yingbao.enrolment.seasons import china_day
from yingbao.people.models import Person
from yingbao.survey import comparing, following_up, refusals
from yingbao.survey.composing import current, forms, is_open
from yingbao.survey.following_up import CASE_KIND
from yingbao.survey.lifecycle import Act, State, edge_of
from yingbao.survey.models import (
    Counted,
    Difference,
    ReportStep,
    ReportVersion,
    SchoolReport,
    Sum,
    SumPart,
    Survey,
    Version,
)
from yingbao.survey.owing import owing


def submit(*, survey: Survey, by: Appointment, at: datetime) -> ReportVersion:
    """Freeze a school's counts and send them up; said again, the version that stands. 报送

    Everybody counts who is on the roll now, but those whom another school's standing report has counted already.
    """
    if by.desk != Desk.SCHOOL or by.organisation.pooling_area != survey.season.pooling_area:
        raise refusals.not_yours()
    with transaction.atomic():
        version = _asked(survey, at)
        report = _held(survey, by.organisation, at)
        if report.state in (State.SUBMITTED, State.ACCEPTED):
            assert report.standing is not None, "a constraint says so"
            return report.standing
        before = ReportVersion.objects.filter(report=report).order_by("-number").first()
        made = _frozen(report, before, version, by, at)
        _count(made)
        comparing.keep(report, forms(survey))
        report.street, report.standing = reviewer_of(by.organisation), made
        _walk(report, Act.SUBMIT, by, at, reason=made.reason, version=made)
        return made


def reopen(*, survey: Survey, reason: str, by: Appointment, at: datetime) -> SchoolReport:
    """Take a report up again to correct it; until it is submitted anew, what was reported goes on to count. 更正"""
    reason = _written(reason)
    if by.desk != Desk.SCHOOL:
        raise refusals.not_yours()
    with transaction.atomic():
        _asked(survey, at)
        report = _held(survey, by.organisation, at)
        if report.state == State.CORRECTING:
            return report
        return _walk(_check(report, Act.REOPEN), Act.REOPEN, by, at, reason=reason)


def accept(*, report: SchoolReport, seen: int, by: Appointment, at: datetime) -> SchoolReport:
    """The report is sound; what differs becomes cases with the schools where the children are now. 审核通过

    `seen`: the version that the page showed.
    """
    with transaction.atomic():
        held = _reviewed(report, by, at)
        if held.state == State.ACCEPTED and _number(held) == seen:
            return held
        _check(held, Act.ACCEPT)
        if _number(held) != seen:
            raise refusals.stale()
        _walk(held, Act.ACCEPT, by, at, version=held.standing)
        following_up.ask_schools(held, by=by, at=at)
        return held


def send_back(*, report: SchoolReport, reason: str, seen: int, by: Appointment, at: datetime) -> SchoolReport:
    """The school has to look again; until it has, its report counts nowhere. 退回

    Refused where nobody could: what a school reported before it closed stays its word.
    """
    reason = _written(reason)
    with transaction.atomic():
        held = _reviewed(report, by, at)
        if held.state == State.SENT_BACK:
            return held
        _check(held, Act.SEND_BACK)
        if held.survey.closed_at is not None:
            raise refusals.over()
        # Held so that the school does not close meanwhile.
        if not Organisation.objects.select_for_update(no_key=True).get(pk=held.school_id).active:
            raise refusals.school_closed(held.school.name)
        if _number(held) != seen:
            raise refusals.stale()
        version, held.standing = held.standing, None
        Counted.objects.filter(report=held).delete()
        return _walk(held, Act.SEND_BACK, by, at, reason=reason, version=version)


def sum_up(*, survey: Survey, reason: str, by: Appointment, at: datetime) -> Sum:
    """A sub-district tells the district: these versions of these schools. 汇总上报

    The same versions once more give the sum that there is. A reason is needed where schools are missing, or where it
    is summed again.
    """
    if by.desk != Desk.COMMUNITY or by.organisation.kind == OrganisationKind.COMMUNITY:
        raise refusals.not_yours()
    with transaction.atomic():
        version = _asked(survey, at)
        Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
        reports = list(SchoolReport.objects.filter(survey=survey, street=by.organisation).select_related("school"))
        waiting = [one.school.name for one in reports if one.state == State.SUBMITTED]
        if waiting:
            raise refusals.to_review_first(waiting)
        parts = sorted(one.standing_id for one in reports if one.standing_id)
        if not parts:
            raise refusals.nothing_to_sum()
        missing = owing(survey).filter(street=by.organisation).count()
        last = Sum.objects.filter(survey=survey, street=by.organisation).order_by("-number").first()
        if last is not None and sorted(last.parts.values_list("part", flat=True)) == parts and last.missing == missing:
            return last
        said = _written(reason) if missing or last else ""
        made = Sum.objects.create(
            survey=survey, street=by.organisation, number=last.number + 1 if last else 1, missing=missing,
            late=china_day(at) > version.streets_due_on, reason=said, by=by.user, at=at,
        )  # fmt: skip
        SumPart.objects.bulk_create(SumPart(sum=made, part_id=part) for part in parts)
        return made


def reviewer_of(school: Organisation) -> Organisation | None:
    """Who reviews a school's report: the sub-district above it; None: the insurance agency itself. 审核单位"""
    above = school.parent
    kinds = (OrganisationKind.SUB_DISTRICT, OrganisationKind.DISTRICT)
    return above if above is not None and above.kind in kinds and above.active else None


def may_review(by: Appointment, report: SchoolReport) -> bool:
    """Whether somebody reviews this report; of a sub-district that has closed it is the agency. 是否可审核"""
    if report.street is not None and report.street.active:
        return by.desk == Desk.COMMUNITY and by.organisation_id == report.street_id
    return by.desk == Desk.AGENCY and by.organisation.pooling_area == report.survey.season.pooling_area


def hand_over(*, survey: Survey, person: Person, question: str, by: Appointment, at: datetime) -> None:
    """The school hands a child who needs help to the sub-district, with the family's words. 转街道

    Raises Refused if the child is on its way already, or nobody stands above the school.
    """
    if by.desk != Desk.SCHOOL:
        raise refusals.not_yours()
    to = reviewer_of(by.organisation) or _agency_of(by.organisation)
    if to is None:
        raise refusals.not_yours()
    with transaction.atomic():
        made = handing.ask(
            person=person, season=survey.season, kind=CASE_KIND, question=question[:300], to=to, by=by, at=at
        )
        Difference.objects.filter(report__survey=survey, person=person, case__isnull=True).update(case=made)


def _asked(survey: Survey, at: datetime) -> Version:
    """The version that is asked; Refused unless the survey is open. It is read after the survey is held."""
    survey = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    version = current(survey)
    if version is None or survey.closed_at is not None:
        raise refusals.closed()
    if not is_open(survey, version, china_day(at)):
        raise refusals.not_open(version.opens_on)
    return version


def _held(survey: Survey, school: Organisation, at: datetime) -> SchoolReport:
    SchoolReport.objects.get_or_create(survey=survey, school=school, defaults={"state_at": at})
    rows = SchoolReport.objects.select_for_update(of=("self",)).select_related("standing")
    return rows.get(survey=survey, school=school)


def _reviewed(report: SchoolReport, by: Appointment, at: datetime) -> SchoolReport:
    """The report, nobody else's until the transaction ends; Refused if it is not theirs to review."""
    Survey.objects.select_for_update(no_key=True).get(pk=report.survey_id)
    rows = SchoolReport.objects.select_for_update(of=("self",)).select_related(
        "standing", "survey__season", "school", "street"
    )
    held = rows.get(pk=report.pk)
    if not may_review(by, held):
        raise refusals.not_yours()
    return held


def _check(report: SchoolReport, act: Act) -> SchoolReport:
    if edge_of(act, report.state) is None:
        raise refusals.no_way(report)
    return report


def _number(report: SchoolReport) -> int:
    return report.standing.number if report.standing else 0


def _walk(
    report: SchoolReport,
    act: Act,
    by: Appointment,
    at: datetime,
    *,
    reason: str = "",
    version: ReportVersion | None = None,
) -> SchoolReport:
    edge = edge_of(act, report.state)
    assert edge is not None, "whoever calls has asked"
    report.state, report.state_at, report.reason = edge.target.value, at, reason if edge.needs_reason else ""
    report.save(update_fields=["state", "state_at", "reason", "street", "standing"])
    ReportStep.objects.create(
        report=report, act=act.value, to_state=report.state, version=version, reason=reason, by=by.user, at=at
    )
    return report


_WHO_COUNTS = """
WITH pupils AS (
    SELECT r.person_id FROM people_schoolroll r
    WHERE r.school_id = %(school)s AND r.left_on IS NULL AND (NOT r.contested OR NOT EXISTS (
        SELECT FROM people_schoolroll o WHERE o.person_id = r.person_id AND o.left_on IS NULL AND NOT o.contested))
), counted AS (
    INSERT INTO survey_counted (survey_id, person_id, report_id, answered)
    SELECT %(survey)s, p.person_id, %(report)s, a.id IS NOT NULL
    FROM pupils p LEFT JOIN survey_answer a ON a.survey_id = %(survey)s AND a.person_id = p.person_id
    ORDER BY p.person_id ON CONFLICT (survey_id, person_id) DO NOTHING
    RETURNING person_id, answered
)
SELECT (SELECT count(*) FROM pupils), count(*), count(*) FILTER (WHERE c.answered),
       count(*) FILTER (WHERE a.source = 'phone')
FROM counted c LEFT JOIN survey_answer a ON a.survey_id = %(survey)s AND a.person_id = c.person_id"""


def _frozen(
    report: SchoolReport, before: ReportVersion | None, version: Version, by: Appointment, at: datetime
) -> ReportVersion:
    """Who is counted, and how many of them answered, at this moment."""
    Counted.objects.filter(report=report).delete()
    with connection.cursor() as cursor:
        cursor.execute(_WHO_COUNTS, {"survey": report.survey_id, "school": report.school_id, "report": report.pk})
        on_roll, asked, answered, by_phone = cursor.fetchone()
    if not on_roll:
        raise refusals.nobody_on_roll()
    return ReportVersion.objects.create(
        report=report, number=before.number + 1 if before else 1, asked=asked, answered=answered, by_phone=by_phone,
        unanswered=asked - answered, counted_elsewhere=on_roll - asked,
        late=china_day(at) > version.schools_due_on, reason=report.reason if before else "", by=by.user, at=at,
    )  # fmt: skip


_COUNTS = """
WITH said AS (
    SELECT q.key AS question, q.value AS value
    FROM survey_counted c JOIN survey_answer a ON a.survey_id = c.survey_id AND a.person_id = c.person_id
    CROSS JOIN LATERAL jsonb_each(a.said) q WHERE c.report_id = %(report)s
), chosen AS (
    SELECT s.question, CASE WHEN s.question = ANY(%(dates)s) THEN left(o.word, 7) ELSE o.word END AS option
    FROM said s CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE jsonb_typeof(s.value) WHEN 'array' THEN s.value ELSE jsonb_build_array(s.value) END) o(word)
    WHERE s.question <> ALL(%(numbers)s)
)
INSERT INTO survey_count (version_id, question, option, heads, amount)
SELECT %(version)s, question, '', count(*),
       coalesce(sum((value #>> '{}')::bigint) FILTER (WHERE question = ANY(%(numbers)s)), 0)
FROM said GROUP BY question
UNION ALL
SELECT %(version)s, question, option, count(*), 0 FROM chosen GROUP BY question, option"""


def _count(made: ReportVersion) -> None:
    """What was said, by question and option: the summary that every sum is made of."""
    kinds = {one.key: one.kind for form in forms(made.report.survey) for one in form.questions}
    values: dict[str, Any] = {
        "report": made.report_id, "version": made.pk,
        "numbers": [key for key, kind in kinds.items() if kind == "number"],
        "dates": [key for key, kind in kinds.items() if kind == "date"],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)


def _agency_of(school: Organisation) -> Organisation | None:
    agencies = Organisation.objects.filter(kind=OrganisationKind.INSURANCE_AGENCY, active=True)
    return agencies.filter(pooling_area=school.pooling_area).order_by("pk").first()


def _written(text: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > refusals.LONGEST_REASON:
        raise refusals.reason_missing()
    return text
