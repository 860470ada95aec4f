"""A request works under its desk's database role, and the doors through the wall. 请求的数据库身份"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from django.db import DatabaseError, connection
from django.http import HttpResponseBase

from yingbao.agents.models import KINDS_OF_DESK, WHOLE_AREA, Appointment, Desk, OrganisationKind
from yingbao.web.wall.duties import FAMILY, ROLES

Answer = TypeVar("Answer", bound=HttpResponseBase)

FOR_EVERYBODY = ("/pay/", "/family/", "/calculator/", "/help/", "/verify/", "/messages/stop/")
"""Pages that are the same for whoever opens them: a clerk's browser is a stranger's there."""

_SIT = """
SELECT set_config('yingbao.user', %(user)s, false),
       set_config('yingbao.organisation', %(organisation)s, false),
       set_config('yingbao.area', %(area)s, false),
       set_config('yingbao.division', %(division)s, false),
       set_config('yingbao.organisations', coalesce((
           WITH RECURSIVE below AS (
               SELECT id FROM agents_organisation WHERE id = ANY(%(own)s::bigint[])
               UNION ALL
               SELECT o.id FROM agents_organisation o JOIN below b ON o.parent_id = b.id WHERE %(tree)s
           ) SELECT array_agg(id)::text FROM below), '{}'), false),
       set_config('yingbao.near', coalesce((
           SELECT array_agg(id)::text FROM agents_organisation
           WHERE kind = 'school' AND division = %(division)s AND pooling_area = %(area)s), '{}'), false),
       set_config('yingbao.seasons', coalesce((
           SELECT array_agg(id)::text FROM enrolment_season WHERE pooling_area = %(area)s), '{}'), false),
       set_config('yingbao.persons', %(persons)s, false),
       set_config('yingbao.beyond', '', false),
       set_config('role', %(role)s, false)"""
_RISE = """
SELECT set_config('role', 'none', false), set_config('yingbao.user', '', false),
       set_config('yingbao.organisation', '', false), set_config('yingbao.area', '', false),
       set_config('yingbao.division', '', false), set_config('yingbao.organisations', '{}', false),
       set_config('yingbao.near', '{}', false), set_config('yingbao.seasons', '{}', false),
       set_config('yingbao.persons', '{}', false), set_config('yingbao.beyond', '', false)"""


def behind(request: Any, answer: Callable[[Any], Answer]) -> Answer:
    """Answer the request behind the wall: as its desk, or as a family; whatever happens, nothing stays of it. 入墙"""
    seat = None if request.path.startswith(FOR_EVERYBODY) else request.appointment
    with seated(seat):
        response = answer(request)
    if response.streaming and not hasattr(response, "file_to_stream"):
        response.streaming_content = _streamed(seat, response.streaming_content)  # type: ignore[attr-defined]
    return response


def _streamed(appointment: Appointment | None, content: Iterable[bytes]) -> Iterator[bytes]:
    """What is read while it is being sent is read behind the same wall."""
    parts = iter(content)
    while True:
        with seated(appointment):
            part = next(parts, None)
        if part is None:
            return
        yield part


@contextmanager
def seated(appointment: Appointment | None, *, persons: Sequence[int] = ()) -> Iterator[None]:
    """Within this block the connection is this desk's; without an appointment, a family's with these children. 岗位身份

    Inside another such block, the outer one holds again afterwards.
    """
    before = getattr(connection, "seat", None)
    _take(seat_of(appointment, persons))
    try:
        yield
    finally:
        _take(before)


def family_of(persons: Iterable[int]) -> AbstractContextManager[None]:
    """Within this block a family's request sees these children. 家长身份"""
    return seated(None, persons=sorted(persons))


def seat_of(appointment: Appointment | None, persons: Sequence[int] = ()) -> dict[str, Any]:
    """What the database is told of who asks. 身份参数"""
    told: dict[str, Any] = {
        "user": "0", "organisation": "0", "area": "", "division": "", "own": [], "tree": False,
        "persons": "{" + ",".join(str(int(one)) for one in persons) + "}", "role": FAMILY,
    }  # fmt: skip
    if appointment is None:
        return told
    place, desk = appointment.organisation, Desk(appointment.desk)
    told |= {"user": str(appointment.user_id or 0), "organisation": str(place.pk), "role": ROLES[desk]}
    if place.kind not in KINDS_OF_DESK[desk]:
        return told
    told |= {"area": place.pooling_area}
    if desk not in WHOLE_AREA:
        told |= {"own": [place.pk], "tree": desk == Desk.COMMUNITY}
    if place.kind == OrganisationKind.COMMUNITY:
        told["division"] = place.division
    return told


def _take(seat: dict[str, Any] | None) -> None:
    """Sit down, or with None rise: back to the owner, with nothing left of the desk.

    A connection that cannot be reset is not used again. In a transaction that failed, the rollback resets it: what
    was set inside is undone with the rest.
    """
    connection.seat = None  # type: ignore[attr-defined]
    try:
        _say(_SIT if seat else _RISE, seat)
    except DatabaseError:
        if seat:
            raise
        if not connection.in_atomic_block:
            connection.close()
    else:
        connection.seat, connection.sit_again = seat, _sit_again  # type: ignore[attr-defined]


def _sit_again() -> None:
    """On a connection made anew in the middle of a request."""
    _say(_SIT, connection.seat)  # type: ignore[attr-defined]


def _say(sql: str, told: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, told)


@contextmanager
def beyond(why: str) -> Iterator[None]:
    """Within this block the desk reaches every row, with no other duties than its own; `why` is read in review. 越墙

    For what rightly asks further than a desk sees: is this number already somebody's? Keep it narrow, and show no
    more of what it finds than the desk may know.
    """
    if not why:
        raise ValueError("a door needs its reason")
    with _set("yingbao.beyond", "on"):
        yield


@contextmanager
def by_platform(why: str) -> Iterator[None]:
    """Within this block the platform itself acts, as the owner of the tables. 平台自身办理

    For what follows by rule from a deed of a desk that has no such duty (a paid child is withdrawn: its money becomes
    free), and for payment channels and families, who have none: they are asked by what is checked before.
    """
    if not why:
        raise ValueError("a door needs its reason")
    with _set("role", "none"):
        yield


@contextmanager
def _set(name: str, value: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true), set_config(%s, %s, false)", [name, name, value])
        before: str = cursor.fetchone()[0] or ""
    try:
        yield
    finally:
        try:
            _say("SELECT set_config(%(name)s, %(value)s, false)", {"name": name, "value": before})
        except DatabaseError:
            # The transaction failed inside the block: its rollback puts back what was before.
            if not connection.in_atomic_block:
                connection.close()
                raise
