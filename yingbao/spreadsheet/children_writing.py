"""What a confirmed file of a community writes: persons put on file, listed, decided and registered. 批量登记"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Q

from yingbao.agents.models import Appointment, Desk, User
from yingbao.enrolment import actions
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.lifecycle import Act, State
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import open_enrolments
from yingbao.enrolment.parts import may
from yingbao.enrolment.seasons import china_day
from yingbao.people.bulk import add_people
from yingbao.spreadsheet.children import incoming
from yingbao.spreadsheet.models import Roster
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


def write(*, roster: Roster, by: User, at: datetime) -> None:
    """Do for every row that was announced what the page of one child does: all of them or none. 登记

    From the temporary tables that `children.compare` left. Raises Refused if `by` no longer sits there, or if a child
    would not come onto this community's list after all.
    """
    seat, season, community = _seat(roster, by, at), roster.season, roster.school
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_number, outcome, person_id FROM verdict WHERE outcome IN ('new', 'moved_here')")
        verdict = cursor.fetchall()
        fresh = {row for row, outcome, _ in verdict if outcome == "new"}
        newcomers = [child.person for child in incoming(cursor) if child.row_number in fresh]
    persons = [person for _, outcome, person in verdict if outcome == "moved_here"]
    persons = sorted([*persons, *add_people(newcomers, at=at)])
    open_enrolments(season=season, organisation=community, at=at, by=by, person_ids=persons)
    determine_people(season=season, person_ids=persons, as_of=china_day(at), at=at, by=by)
    listed = Enrolment.objects.of(season, community).filter(person__in=persons)
    if (strays := len(persons) - listed.count()) > 0:
        raise Refused(
            where=roster.filename,
            what=Text("{n} 名孩子不能列入本社区名单", "{n} children cannot be put on your list").filled(n=strays),
            mend=Text("请重新上传，再核对一遍", "upload the file again and look at it once more"),
        )
    _register(list(listed.select_related("person", "organisation", "season")), seat, at)


def _register(listed: Sequence[Enrolment], seat: Appointment, at: datetime) -> None:
    """First-timers whom this community registers, by the channel that the policy names."""
    due: dict[str, list[Enrolment]] = {}
    for one in listed:
        if one.registration and one.state == State.DRAFT and may(Act.REGISTER, seat, one):
            due.setdefault(one.registration, []).append(one)
    for channel, enrolments in sorted(due.items()):
        actions.register_all(enrolments=enrolments, channel=channel, by=seat, at=at)


def _seat(roster: Roster, by: User, at: datetime) -> Appointment:
    """At which desk the file was confirmed: the community's, or its sub-district's."""
    today, place = china_day(at), roster.school
    held = Appointment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), user=by, desk=Desk.COMMUNITY, since__lte=today,
        organisation__in=[place.pk, place.parent_id],
    )  # fmt: skip
    seat = held.select_related("organisation", "user").order_by("pk").first()
    if seat is None:
        raise Refused(
            where=place.name,
            what=Text("您已不在“{place}”任职", "you no longer work at {place}").filled(place=place.name),
            mend=Text("请由现任工作人员确认", "let whoever works there now confirm it"),
        )
    return seat
