"""Training: a bureau announces it, bodies sign people up, places are never given twice. 培训

Every deed takes the session's lock first, so that places and the waiting list are counted by one at a time; the
database holds `taken` against `places` besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef

from yingbao.agents.models import Appointment, Organisation, OrganisationKind, User
from yingbao.campaign.lifecycle import Going, TrainingAct
from yingbao.campaign.models import TrainingPlace, TrainingSession, TrainingStep
from yingbao.campaign.telling import tell_change
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

AT_ONCE = 20
"""so many persons of one body at most"""
MOST_PLACES = 5_000
LONGEST = {"title": 60, "place": 200, "about": 500}


class Announced(NamedTuple):
    """What an officer says of a training. 培训内容"""

    title: str
    starts_at: datetime
    ends_at: datetime
    online: bool
    place: str
    kinds: tuple[str, ...]
    places: int
    sign_up_until: date
    about: str = ""


@transaction.atomic
def announce(*, season: Season, said: Announced, by: Appointment, at: datetime) -> TrainingSession:
    """Announce a training; said twice it is there once. Raises Refused. 发布培训"""
    _check(said, at)
    there = TrainingSession.objects.filter(
        host=by.organisation, title=said.title, starts_at=said.starts_at, place=said.place, cancelled_at__isnull=True
    ).first()
    if there is not None:
        return there
    session = TrainingSession.objects.create(
        season=season, host=by.organisation, announced_by=by.user, announced_at=at, **_columns(said)
    )
    _note(session, TrainingAct.ANNOUNCE, by, at)
    return session


@transaction.atomic
def change(*, session: int, said: Announced, seen: int, by: Appointment, at: datetime) -> TrainingSession:
    """Move it or say something else; everyone who signed up is told. Raises Refused. 更改培训"""
    one = _locked(session)
    _standing(one, at)
    if one.version != seen:
        raise _stale(one)
    _check(said, at)
    if said.places < one.taken:
        raise Refused(
            where=one.title,
            what=Text("已有 {n} 人报名，名额不能更少", "{n} people have a place already").filled(n=one.taken),
            mend=Text("名额写不少于 {n}，或先请人取消。", "Give at least {n} places.").filled(n=one.taken),
        )
    moved = (one.starts_at, one.ends_at, one.online, one.place) != (
        said.starts_at, said.ends_at, said.online, said.place
    )  # fmt: skip
    for name, value in _columns(said).items():
        setattr(one, name, value)
    one.version += 1
    one.save()
    _note(one, TrainingAct.CHANGE, by, at)
    if moved:
        tell_change("training_changed", one, _readers(one), at)
    _move_up(one, at)
    return one


@transaction.atomic
def cancel(*, session: int, because: str, by: Appointment, at: datetime) -> TrainingSession:
    """It does not take place; everyone who signed up is told why. A second click changes nothing. 取消场次"""
    one = _locked(session)
    if one.cancelled_at is not None:
        return one
    because = " ".join(because.split())
    if not because or len(because) > 100:
        raise Refused(
            where=one.title,
            what=Text("没有写取消的原因", "no reason is given"),
            mend=Text("写 100 字以内的原因，报了名的人会看到。", "Say why in 100 characters; all will read it."),
        )
    one.cancelled_at, one.cancelled_because, one.version = at, because, one.version + 1
    one.save(update_fields=["cancelled_at", "cancelled_because", "version"])
    _note(one, TrainingAct.CANCEL, by, at, because)
    tell_change("training_cancelled", one, _readers(one), at)
    return one


@transaction.atomic
def sign_up(*, session: int, names: Iterable[str], by: Appointment, at: datetime) -> list[TrainingPlace]:
    """Persons of the own body go, or wait if it is full; who is signed up already stays so. Raises Refused. 报名"""
    one = _locked(session)
    _open_for(one, by, at)
    wanted = list(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))
    if not wanted or len(wanted) > AT_ONCE or any(len(name) > 50 or not name.isprintable() for name in wanted):
        raise Refused(
            where=one.title,
            what=Text("没有写参加人的姓名，或写得不对", "no names are given, or they are wrong"),
            mend=Text("每行写一个姓名，最多 {n} 人。", "Write one name a line, at most {n}.").filled(n=AT_ONCE),
        )
    there = {place.name: place for place in _of_body(one, by.organisation_id)}
    return [there.get(name) or _enter(one, name, by, at) for name in wanted]


@transaction.atomic
def give_up(*, place: int, by: Appointment, at: datetime) -> TrainingPlace:
    """The person does not come; who waits longest moves up. A second click changes nothing. 取消报名"""
    own = TrainingPlace.objects.get(pk=place, organisation=by.organisation_id)
    one = _locked(own.session_id)
    own.refresh_from_db()
    if own.state == Going.CANCELLED:
        return own
    _not_begun(one, at)
    _leave(one, own, by, at)
    _move_up(one, at)
    return own


@transaction.atomic
def change_session(*, place: int, to: int, by: Appointment, at: datetime) -> TrainingPlace:
    """The person goes to another session that has a place; the old one is kept if it has none. 改场次"""
    own = TrainingPlace.objects.get(pk=place, organisation=by.organisation_id)
    held = {key: _locked(key) for key in sorted({own.session_id, to})}
    own.refresh_from_db()
    one, other = held[own.session_id], held[to]
    _not_begun(one, at)
    _open_for(other, by, at)
    there = next((each for each in _of_body(other, by.organisation_id) if each.name == own.name), None)
    if own.state == Going.CANCELLED or one.pk == other.pk or there is not None:
        raise Refused(
            where=own.name,
            what=Text("已经不在这一场，或已在另一场", "they are not in this session, or in the other already"),
            mend=Text("刷新页面看现在报了哪场。", "Load the page anew to see where they go."),
        )
    if not other.free:
        raise Refused(
            where=other.title,
            what=Text("那一场已经满了，原来的报名没有动", "that session is full; the present place is kept"),
            mend=Text("换一场，或先在那一场排候补。", "Choose another one, or wait for a place there."),
        )
    if own.state == Going.WAITING or own.state == Going.GOING:
        _leave(one, own, by, at)
        _move_up(one, at)
    return _enter(other, own.name, by, at, TrainingAct.CHANGE_SESSION)


@transaction.atomic
def mark(*, session: int, came: Mapping[int, bool], by: Appointment, at: datetime) -> int:
    """The officer says who was there; returns how many marks are new. Raises Refused before it begins. 签到"""
    one = _locked(session)
    if one.cancelled_at is not None or at < one.starts_at:
        raise Refused(
            where=one.title,
            what=Text("培训还没有开始，或已取消", "it has not begun, or was cancelled"),
            mend=Text("开始以后再登记到场。", "Mark attendance once it has begun."),
        )
    rows = TrainingPlace.objects.filter(session=one, state=Going.GOING, pk__in=list(came)).order_by("pk")
    changed = [row for row in rows if row.attended != came[row.pk]]
    for row in changed:
        row.attended = came[row.pk]
    TrainingPlace.objects.bulk_update(changed, ["attended"])
    TrainingStep.objects.bulk_create(
        TrainingStep(
            session=one, place=row, organisation_id=row.organisation_id, by=by.user, at=at,
            act=TrainingAct.ATTENDED if row.attended else TrainingAct.MISSED,
        )
        for row in changed
    )  # fmt: skip
    return len(changed)


@transaction.atomic
def take_along(*, closing: Organisation, successor: Organisation, by: Appointment, at: datetime) -> int:
    """The people of a body that closes keep their places, as its successor's; returns how many. 报名随并入单位"""
    named = TrainingPlace.objects.filter(session=OuterRef("session"), organisation=successor, name=OuterRef("name"))
    rows = TrainingPlace.objects.filter(organisation=closing, session__starts_at__gt=at).exclude(state=Going.CANCELLED)
    rows = rows.filter(~Exists(named.exclude(state=Going.CANCELLED)))
    places = list(rows.select_for_update(of=("self",)).select_related("session").order_by("session", "pk"))
    TrainingPlace.objects.filter(pk__in=[place.pk for place in places]).update(organisation=successor)
    for place in places:
        place.organisation = successor
        _note(place.session, TrainingAct.CHANGE_SESSION, by, at, f"{closing.name} → {successor.name}"[:300], place)
    return len(places)


def _locked(session: int) -> TrainingSession:
    return TrainingSession.objects.select_for_update(of=("self",)).select_related("host").get(pk=session)


def _of_body(one: TrainingSession, organisation: int) -> list[TrainingPlace]:
    places = TrainingPlace.objects.filter(session=one, organisation=organisation)
    return list(places.exclude(state=Going.CANCELLED).order_by("pk"))


def _enter(
    one: TrainingSession, name: str, by: Appointment, at: datetime, act: TrainingAct = TrainingAct.SIGN_UP
) -> TrainingPlace:
    """A place, or the end of the waiting list; the session is locked."""
    goes = one.free > 0
    if goes:
        one.taken += 1
        one.save(update_fields=["taken"])
    place = TrainingPlace.objects.create(
        session=one, organisation=by.organisation, name=name, state=Going.GOING if goes else Going.WAITING,
        queued_at=at, signed_by=by.user,
    )  # fmt: skip
    _note(one, act if goes else TrainingAct.WAIT, by, at, place=place)
    return place


def _leave(one: TrainingSession, own: TrainingPlace, by: Appointment, at: datetime) -> None:
    if own.state == Going.GOING:
        one.taken -= 1
        one.save(update_fields=["taken"])
    own.state, own.attended = Going.CANCELLED, None
    own.save(update_fields=["state", "attended"])
    _note(one, TrainingAct.GIVE_UP, by, at, place=own)


def _move_up(one: TrainingSession, at: datetime) -> None:
    """Who waits longest gets what is free, and is told."""
    waiting = TrainingPlace.objects.filter(session=one, state=Going.WAITING).select_related("signed_by")
    lucky = list(waiting.order_by("queued_at", "pk")[: one.free]) if one.free else []
    for place in lucky:
        place.state = Going.GOING
        place.save(update_fields=["state"])
        _note(one, TrainingAct.MOVE_UP, None, at, place=place)
    if lucky:
        one.taken += len(lucky)
        one.save(update_fields=["taken"])
        tell_change("training_place", one, [place.signed_by for place in lucky], at)


def _readers(one: TrainingSession) -> list[User]:
    places = TrainingPlace.objects.filter(session=one).exclude(state=Going.CANCELLED).select_related("signed_by")
    return list({place.signed_by_id: place.signed_by for place in places.order_by("pk")}.values())


def _note(
    one: TrainingSession, act: TrainingAct, by: Appointment | None, at: datetime, note: str = "",
    place: TrainingPlace | None = None,
) -> None:  # fmt: skip
    whose = place.organisation_id if place else one.host_id
    TrainingStep.objects.create(
        session=one, place=place, organisation_id=whose, act=act, by=by.user if by else None, at=at, note=note
    )


def _standing(one: TrainingSession, at: datetime) -> None:
    if one.cancelled_at is not None:
        raise Refused(
            where=one.title,
            what=Text("这一场已经取消：{why}", "this session was cancelled: {why}").filled(why=one.cancelled_because),
            mend=Text("看看别的场次。", "Look at the other sessions."),
        )


def _not_begun(one: TrainingSession, at: datetime) -> None:
    _standing(one, at)
    if at >= one.starts_at:
        raise Refused(
            where=one.title,
            what=Text("这一场已经开始", "this session has begun"),
            mend=Text("请与举办单位联系。", "Ask the bureau that holds it."),
        )


def _open_for(one: TrainingSession, by: Appointment, at: datetime) -> None:
    _not_begun(one, at)
    if china_day(at) > one.sign_up_until:
        raise Refused(
            where=one.title,
            what=Text("报名到 {d} 为止", "sign-up ended on {d}").filled(d=one.sign_up_until),
            mend=Text("选别的场次，或与举办单位联系。", "Choose another session, or ask the bureau that holds it."),
        )
    if by.organisation.kind not in one.kinds or by.organisation.pooling_area != one.host.pooling_area:
        raise Refused(
            where=one.title,
            what=Text("这一场不是为本单位这类机构办的", "this session is not for bodies of your kind"),
            mend=Text("选面向本单位的场次。", "Choose one that is."),
        )


def _stale(one: TrainingSession) -> Refused:
    return Refused(
        where=one.title,
        what=Text("您看过之后，这一场改动过", "this session was changed since you looked"),
        mend=Text("请看过现在的内容，再改一次。", "Look at how it stands now, then change it again."),
    )


def _columns(said: Announced) -> dict[str, object]:
    return said._asdict() | {"kinds": list(said.kinds)}


def _check(said: Announced, at: datetime) -> None:
    """Raises Refused with the first thing that is wrong."""
    for wrong, what, mend in (
        (not said.title or len(said.title) > LONGEST["title"] or re.search(r"\d{11}", said.title) is not None,
         Text("名称没有写，或太长，或含有长号码", "the title is missing, too long or holds a long number"),
         Text("写 60 字以内的名称，不写电话。", "Write at most 60 characters and no phone number.")),
        (not said.place or len(said.place) > LONGEST["place"],
         Text("地点没有写，或太长", "the place is missing or too long"),
         Text("写会场，或线上会议的进入办法。", "Write the room, or how to join online.")),
        (len(said.about) > LONGEST["about"], Text("说明太长", "the text is too long"),
         Text("写 500 字以内。", "Write at most 500 characters.")),
        (not all(text.replace("\n", " ").isprintable() for text in (said.title, said.place, said.about)),
         Text("有看不见的字符", "some characters cannot be seen"), Text("删去它们。", "Remove them.")),
        (said.starts_at <= at, Text("开始时间已经过去", "it would begin in the past"),
         Text("写以后的日期和时间。", "Give a day and hour to come.")),
        (said.ends_at <= said.starts_at, Text("结束不晚于开始", "it would end before it begins"),
         Text("改正起止时间。", "Mend the hours.")),
        (said.sign_up_until > china_day(said.starts_at) or said.sign_up_until < china_day(at),
         Text("报名截止日不在今天和培训当天之间", "the last day to sign up is not between today and the training"),
         Text("改正报名截止日。", "Mend that day.")),
        (not 1 <= said.places <= MOST_PLACES, Text("名额不对", "the number of places is wrong"),
         Text("写 1 到 5000。", "Write 1 to 5000.")),
        (not said.kinds or not set(said.kinds) <= set(OrganisationKind.values),
         Text("没有选面向哪类单位", "nobody is named for whom it is"),
         Text("至少选一类。", "Choose one kind at least.")),
    ):  # fmt: skip
        if wrong:
            raise Refused(where=said.title or "培训", what=what, mend=mend)
