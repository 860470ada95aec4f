"""First-timers who are registered through the school: the school asks, the insurance agency answers. 首次参保登记审核

Suzhou 四(二): of children from abroad, Hong Kong, Macau or Taiwan, with one parent of city hukou, or with hukou of the
Industrial Park or elsewhere in the city, the school has the basic data registered by the agency. Nobody is enrolled
before that. What was asked and answered stands in steps that nobody rewrites.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.enrolment import actions, refusals
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.lifecycle import Act, State
from yingbao.enrolment.models import Enrolment, RegistrationRequest, RegistrationStep, Season
from yingbao.enrolment.parts import REGISTRATION_PLACES, check_may, is_agent
from yingbao.enrolment.seasons import OPEN_PHASES, china_day, outside_window
from yingbao.people import actions as people_actions
from yingbao.people.models import BasicRegistration
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

CHANNEL = "school"
"""The registration that is asked for: through the school, by the agency."""
LONGEST = 200
Asked = RegistrationRequest.State

STATE_TEXTS = {
    Asked.ASKED: Text("已报送，待医保经办机构审核", "asked for; the insurance agency looks at it"),
    Asked.REGISTERED: Text("已登记", "registered"),
    Asked.SENT_BACK: Text("已退回", "sent back"),
    Asked.HANDED: Text("已转其他渠道", "handed to another channel"),
}

_RESIDENT = (Text("户口簿（户主页和孩子本人页）", "household register (the head's and the child's own page)"),)
_PAPERS: dict[str, tuple[Text, ...]] = {
    "hk_mo_permit": (Text("港澳居民来往内地通行证", "HK or Macau permit"),),
    "tw_permit": (Text("台湾居民来往大陆通行证", "Taiwan permit"),),
    "hmt_residence_permit": (Text("港澳台居民居住证", "residence permit of HK, Macau or Taiwan residents"),),
    "passport": (Text("护照和在华居留许可", "passport and residence permit"),),
    "foreign_permanent_residence": (Text("外国人永久居留身份证", "foreign permanent residence card"),),
    "birth_certificate": (Text("出生医学证明", "birth certificate"), *_RESIDENT),
}
_OF_PARENT = (
    Text("父母一方的本市户口簿", "household register of the parent with hukou in the city"),
    Text("亲子关系证明，如出生医学证明", "proof that it is the parent, such as the birth certificate"),
)


def papers_due(facts: Mapping[str, object], *, city: str) -> tuple[Text, ...]:
    """What a family shows so that the basic data can be registered, by what is known of the child. 应备材料

    `city`: the first four digits of the pooling area's code; a child with hukou elsewhere comes by a parent's.
    """
    papers = _PAPERS.get(str(facts.get("identity_type") or ""), _RESIDENT)
    hukou = str(facts.get("hukou") or "")
    from_elsewhere = bool(hukou) and not hukou.startswith(city)
    return (*papers, *_OF_PARENT) if from_elsewhere else papers


def ask_registration(*, enrolment: Enrolment, by: Appointment, at: datetime) -> RegistrationRequest:
    """The school asks for one first-timer; asking again while it is open changes nothing. 申请登记"""
    with transaction.atomic():
        (one,) = _held([enrolment.pk])
        if not is_agent(by, one.organisation):
            raise refusals.not_the_agent(one.organisation, by)
        open_ = one.registration_requests.filter(state=Asked.ASKED).first()
        if open_ is not None:
            return open_
        determine_people(season=one.season, person_ids=[one.person_id], as_of=china_day(at), at=at, by=by.user)
        one.refresh_from_db()
        if one.state != State.DRAFT or not one.registration:
            raise refusals.nothing_to_register(one)
        if one.registration != CHANNEL:
            raise refusals.other_channel(one)
        _check_open(one, at)
        return _ask([one], by, at)[0]


def ask_all(*, season: Season, organisation: Organisation, by: Appointment, at: datetime) -> int:
    """The school asks for every first-timer who comes through it and was never asked for; returns how many. 批量申请

    Who was sent back is left to be asked for one by one, once what was wrong is mended.
    """
    if not is_agent(by, organisation):
        raise refusals.not_the_agent(organisation, by)
    with transaction.atomic():
        due = to_ask(season, organisation)
        held = _held(list(due.values_list("pk", flat=True)))
        still = set(due.values_list("pk", flat=True))
        chosen = [one for one in held if one.pk in still and one.phase in OPEN_PHASES]
        return len(_ask(chosen, by, at))


def to_ask(season: Season, organisation: Organisation) -> QuerySet[Enrolment]:
    """First-timers of a school who have to be registered by the agency and were never asked for. 待申请"""
    rows: QuerySet[Enrolment] = Enrolment.objects.of(season, organisation).filter(
        state=State.DRAFT, registration=CHANNEL, status="enrolled"
    )
    asked = RegistrationRequest.objects.filter(enrolment=OuterRef("pk"))
    return rows.filter(~Exists(asked))


def waiting(pooling_area: str) -> QuerySet[RegistrationRequest]:
    """What the agency of a pooling area has to answer: requests whose child still waits, oldest first. 待审核"""
    rows = RegistrationRequest.objects.filter(
        state=Asked.ASKED, enrolment__season__pooling_area=pooling_area, enrolment__state=State.DRAFT
    )
    return rows.order_by("asked_at", "pk")


def approve(*, requests: Iterable[RegistrationRequest], by: Appointment, at: datetime) -> int:
    """The agency registers these children: all of them or none; returns how many were not registered before. 审核通过

    Raises Refused for one that was answered otherwise, or whose decision now names another place.
    """
    with transaction.atomic():
        held = _requests([request.pk for request in requests])
        for request in held:
            _check_agency(request, by)
            if request.state in (Asked.SENT_BACK, Asked.HANDED):
                raise answered_already(request)
        still = [request for request in held if request.state == Asked.ASKED]
        number = actions.register_all(
            enrolments=[request.enrolment for request in still], channel=CHANNEL, by=by, at=at
        )
        _answer(still, Asked.REGISTERED, by, at)
    return number


def send_back(*, request: RegistrationRequest, reason: str, by: Appointment, at: datetime) -> RegistrationRequest:
    """The agency sends a request back and says what is missing. 退回"""
    with transaction.atomic():
        (held,) = _requests([request.pk])
        _check_agency(held, by)
        if held.state == Asked.SENT_BACK:
            return held
        if held.state != Asked.ASKED:
            raise answered_already(held)
        _answer([held], Asked.SENT_BACK, by, at, reason=_checked(held, reason))
    held.refresh_from_db()
    return held


def hand_on(
    *, request: RegistrationRequest, reason: str, by: Appointment, at: datetime, hukou: str | None = None
) -> RegistrationRequest:
    """The child is registered elsewhere: note the hukou that the register shows, and let the policy say where. 转办

    Without `hukou` the present decision says it. Raises Refused if the decision still names the school: then there is
    nobody to hand it to.
    """
    with transaction.atomic():
        (held,) = _requests([request.pk])
        _check_agency(held, by)
        if held.state == Asked.HANDED:
            return held
        if held.state != Asked.ASKED:
            raise answered_already(held)
        reason, one = _checked(held, reason), held.enrolment
        _check_open(one, at)
        if hukou is not None:
            people_actions.correct(person=one.person, hukou=hukou, by=by.user, at=at, source="registration")
        determine_people(season=one.season, person_ids=[one.person_id], as_of=china_day(at), at=at, by=by.user)
        one.refresh_from_db()
        if one.registration == CHANNEL and one.state == State.DRAFT:
            raise _nowhere_else(held)
        channel = one.registration if one.state == State.DRAFT else ""
        _answer([held], Asked.HANDED, by, at, reason=reason, channel=channel)
    held.refresh_from_db()
    return held


def registered_meanwhile() -> QuerySet[RegistrationRequest]:
    """Requests whose child was registered by another way: nothing is left to answer. 已另行登记"""
    known = BasicRegistration.objects.filter(
        person=OuterRef("enrolment__person"), pooling_area=OuterRef("enrolment__season__pooling_area")
    )
    return RegistrationRequest.objects.filter(Exists(known), state=Asked.ASKED)


def place_of(request: RegistrationRequest) -> Text | None:
    """Where a request that was handed on sends the child; None if the decision names no place. 转往何处"""
    return REGISTRATION_PLACES.get(request.channel)


def _held(keys: list[int]) -> list[Enrolment]:
    """The enrolments, locked in the order of persons, as all who lock them keep it."""
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("person", "organisation", "season")
    return list(rows.filter(pk__in=keys).order_by("person_id", "pk"))


def _requests(keys: list[int]) -> list[RegistrationRequest]:
    """The requests, locked after their enrolments."""
    _held(list(RegistrationRequest.objects.filter(pk__in=keys).values_list("enrolment", flat=True)))
    rows = RegistrationRequest.objects.select_for_update(of=("self",)).select_related(
        "enrolment__person", "enrolment__organisation", "enrolment__season", "answered_by"
    )
    return list(rows.filter(pk__in=keys).order_by("pk"))


def _ask(enrolments: list[Enrolment], by: Appointment, at: datetime) -> list[RegistrationRequest]:
    made = RegistrationRequest.objects.bulk_create(
        RegistrationRequest(enrolment=one, asked_by=by.user, asked_at=at) for one in enrolments
    )
    RegistrationStep.objects.bulk_create(
        RegistrationStep(request=request, to_state=Asked.ASKED, at=at, by=by.user) for request in made
    )
    return made


def _answer(
    requests: list[RegistrationRequest], state: str, by: Appointment, at: datetime, reason: str = "", channel: str = ""
) -> None:
    """Put the answer onto the requests and the line of history for each, in one statement. 答复"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH answered AS (
                UPDATE enrolment_registrationrequest SET state = %(state)s, answer = %(reason)s, channel = %(channel)s,
                       answered_by_id = %(by)s, answered_at = %(at)s
                WHERE id = ANY(%(keys)s::bigint[]) RETURNING id
            )
            INSERT INTO enrolment_registrationstep (request_id, from_state, to_state, at, by_id, reason)
            SELECT id, 'asked', %(state)s, %(at)s, %(by)s, %(reason)s FROM answered ORDER BY id
            """,
            {
                "keys": [request.pk for request in requests], "state": str(state), "reason": reason,
                "channel": channel, "by": by.user_id, "at": at,
            },
        )  # fmt: skip


def _check_agency(request: RegistrationRequest, by: Appointment) -> None:
    if by.desk != Desk.AGENCY or by.organisation.pooling_area != request.enrolment.season.pooling_area:
        raise refusals.not_the_agent(request.enrolment.organisation, by)
    check_may(Act.REGISTER, by, request.enrolment)


def _check_open(enrolment: Enrolment, at: datetime) -> None:
    if enrolment.phase not in OPEN_PHASES:
        on = china_day(at)
        raise outside_window(where=enrolment.person.name, season=enrolment.season, phase=enrolment.phase, on=on)


def _checked(request: RegistrationRequest, reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise refusals.reason_missing(request.enrolment)
    if len(reason) > LONGEST:
        raise refusals.reason_too_long(request.enrolment, LONGEST)
    return reason


def answered_already(request: RegistrationRequest) -> Refused:
    """Another officer was quicker. 已由他人办理"""
    who = request.answered_by.name if request.answered_by else ""
    return Refused(
        where=request.enrolment.person.name,
        what=Text("这项申请已由{who}办理：{state}", "{who} has answered this request: {state}").filled(
            who=who, state=STATE_TEXTS[Asked(request.state)]
        ),
        mend=Text("请看现在的状态；不对的，请与其商量。", "See how it stands now; if that is wrong, ask them."),
    )


def _nowhere_else(request: RegistrationRequest) -> Refused:
    return Refused(
        where=request.enrolment.person.name,
        what=Text(
            "按这些资料，仍由学校报医保经办机构登记，没有别的渠道可转",
            "by these data the child is still registered through the school; there is no other channel",
        ),
        mend=Text(
            "户籍填错的，选择户口簿上的户籍地；材料不齐的，请“退回”并写明缺什么。",
            "If the hukou is wrong choose the right one; if papers are missing, send it back and say which.",
        ),
    )
