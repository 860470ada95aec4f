"""The insurance agency grants a correction: what was asked for is written, and everybody concerned follows. 办理更正

What is written goes through the actions on persons, so that it is checked as anything else is and its history is kept.
Some fields are another body's word, such as a list of assisted persons; of those the officer only says what was done.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple, cast

from django.db import transaction

from yingbao.agents.models import Appointment, Desk
from yingbao.enrolment.corrections import FIELDS, LONGEST, SEALED
from yingbao.enrolment.determining import decide
from yingbao.enrolment.models import CorrectionRequest, Enrolment, Season
from yingbao.enrolment.seasons import OPEN_PHASES, china_day, outside_window, policy_of, windows
from yingbao.people import actions, lists
from yingbao.people.bulk import NewDocument, NewGuardian
from yingbao.people.models import BasicRegistration, Guardian, IdentityDocument, Person
from yingbao.sealing import sealed
from yingbao.values import divisions, identity, names, phones
from yingbao.values.fault import Fault
from yingbao.values.plain import compact
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

State = CorrectionRequest.State
EARLIER = "earlier"
"""The channel of a registration that stood before this season and was not on file here."""
NONE = frozenset({"", "无", "没有", "none"})
_DAY = re.compile(r"(\d{4})[-./年]?(\d{1,2})[-./月]?(\d{1,2})日?")
_SEXES = {"男": "male", "女": "female", "male": "male", "female": "female"}


class Writing(NamedTuple):
    """Who puts right what, and when. 更正写入"""

    person: Person
    season: Season
    by: Appointment
    at: datetime
    source: str

    @property
    def told(self) -> dict[str, object]:
        """What every action on a person is told."""
        return {"by": self.by.user, "at": self.at, "source": self.source}


def grant(
    *, request: CorrectionRequest, by: Appointment, at: datetime, value: str | None = None, answer: str = ""
) -> CorrectionRequest:
    """Write what was asked for, or `value` where the officer read the papers otherwise. 准予更正

    Raises Refused outside the window, for what cannot be, and if another officer has answered. What follows from the
    new data is the caller's to do in the same transaction.
    """
    with transaction.atomic():
        held = _held(request, by)
        _check_open(held, at)
        one = held.enrolment
        wanted = " ".join((value if value is not None else plain_wanted(held)).split())
        writer = WRITERS.get(held.field)
        if writer is None and not answer.strip():
            raise _say_what_was_done(held)
        if writer is not None:
            writing = Writing(one.person, one.season, by, at, f"correction {held.pk}")
            try:
                writer(writing, wanted)
            except Fault as fault:
                raise Refused(where=str(FIELDS[held.field].zh), what=fault.what, mend=fault.mend) from fault
        return _answered(held, State.DONE, answer, by, at)


def check_wanted(one: Enrolment, field: str, wanted: str, *, on: date) -> None:
    """Whether what is said to be right can be so at all, by the rules by which it would be written. 核对申请内容

    Raises Fault. What only the papers or other data tell is left to whoever decides.
    """
    match field:
        case "name":
            names.check(wanted)
        case "identity_number":
            identity.check(kind_of(one.person, wanted), wanted, on=on)
        case "guardian_phone":
            phones.check(wanted)
        case "sex":
            read_sex(wanted)
        case "hukou" | "parent_hukou":
            read_hukou(wanted, one.season)
        case "birth_date":
            if read_day(wanted) > on:
                raise Fault(
                    Text("出生日期在今天之后", "the birth date is after today"),
                    Text("按证件填写", "write it as the document has it"),
                )
        case "registered_before" if _DAY.search(wanted):
            read_day(wanted)


def refuse(*, request: CorrectionRequest, answer: str, by: Appointment, at: datetime) -> CorrectionRequest:
    """Say why it stays as it is; that can be said after the close, too. 不予更正"""
    with transaction.atomic():
        held = _held(request, by)
        if not answer.strip():
            raise Refused(
                where=str(FIELDS[held.field].zh),
                what=Text("没有写明不予更正的理由", "there is no reason for leaving it as it is"),
                mend=Text("写明理由，办理单位会看到。", "Say why; the agent reads it."),
            )
        return _answered(held, State.REFUSED, answer, by, at)


def plain_wanted(request: CorrectionRequest) -> str:
    """What is right, as the school wrote it; a number unsealed. Not to be shown. 申请内容"""
    return sealed.unseal(bytes(request.wanted_cipher)) if request.wanted_cipher else request.wanted


def is_written_here(field: str) -> bool:
    """Whether granting writes the field; else another body has to put it right. 能否直接更正"""
    return field in WRITERS


def is_sealed(field: str) -> bool:
    """Whether the field is a number that no page shows. 是否加密"""
    return field in SEALED


def before(request: CorrectionRequest) -> Text:
    """What is on file now, as a screen may show it. 更正前"""
    person = request.enrolment.person
    reader = _READERS.get(request.field)
    said = reader(person, request.enrolment.season) if reader else ""
    return Text(said, said) if said else Text("没有", "nothing")


def _held(request: CorrectionRequest, by: Appointment) -> CorrectionRequest:
    """The request with its enrolment, locked, and still to be answered."""
    Enrolment.objects.select_for_update(of=("self",)).get(pk=request.enrolment_id)
    rows = CorrectionRequest.objects.select_for_update(of=("self",)).select_related(
        "enrolment__person", "enrolment__season", "enrolment__organisation", "answered_by"
    )
    held = rows.get(pk=request.pk)
    if by.desk != Desk.AGENCY or by.organisation.pooling_area != held.enrolment.season.pooling_area:
        raise Refused(
            where=str(FIELDS[held.field].zh),
            what=Text("更正申请由医保经办机构答复", "corrections are answered by the insurance agency"),
            mend=Text("请等待答复。", "Please wait for its answer."),
        )
    if held.state != State.OPEN:
        raise answered_already(held)
    if held.asked_by_id == by.user_id:
        raise asked_by_oneself(held)
    return held


def asked_by_oneself(request: CorrectionRequest) -> Refused:
    """Whoever began a correction does not decide it. 须由他人答复"""
    return Refused(
        where=str(FIELDS[request.field].zh),
        what=Text("这项更正是您提出的", "you asked for this correction"),
        mend=Text("请另一位经办人员核对后答复。", "Another officer checks and answers it."),
    )


def answered_already(request: CorrectionRequest) -> Refused:
    """Another officer was quicker. 已由他人答复"""
    who = request.answered_by.name if request.answered_by else ""
    what = (
        Text("这项申请已由{who}准予更正", "{who} has granted this request")
        if request.state == State.DONE
        else Text("这项申请已由{who}答复不予更正", "{who} has refused this request")
    )
    return Refused(
        where=str(FIELDS[request.field].zh),
        what=what.filled(who=who),
        mend=Text("请看现在的状态；不对的，请与其商量。", "See how it stands now; if that is wrong, ask them."),
    )


def _answered(
    held: CorrectionRequest, state: CorrectionRequest.State, answer: str, by: Appointment, at: datetime
) -> CorrectionRequest:
    held.state, held.answer = state, " ".join(answer.split())[:LONGEST]
    held.answered_by, held.answered_at = by.user, at
    # A number that has been written stands with the person; here its mask is enough.
    held.wanted_cipher = None
    held.save()
    return held


def phase_of(one: Enrolment, on: date) -> str:
    """In which phase of the season the child's own window stands on that day. 所处期限"""
    return str(decide(season=one.season, person_ids=[one.person_id], as_of=on)["phase"][0])


def is_open(one: Enrolment, on: date) -> bool:
    """Whether anything can be changed for this child on that day. 是否在期限内"""
    return phase_of(one, on) in OPEN_PHASES


def _check_open(request: CorrectionRequest, at: datetime) -> None:
    one, on = request.enrolment, china_day(at)
    if (phase := phase_of(one, on)) not in OPEN_PHASES:
        raise outside_window(where=one.person.name, season=one.season, phase=phase, on=on)


def _say_what_was_done(request: CorrectionRequest) -> Refused:
    return Refused(
        where=str(FIELDS[request.field].zh),
        what=Text(
            "这一项由其他部门或学校更正，没有写明处理结果", "another body puts this right; the outcome is missing"
        ),
        mend=Text("写明怎样处理的，办理单位会看到。", "Say what was done; the agent reads it."),
    )


def _name(w: Writing, wanted: str) -> None:
    actions.correct(person=w.person, name=wanted, **w.told)  # type: ignore[arg-type]


def _number(w: Writing, wanted: str) -> None:
    document = NewDocument(kind_of(w.person, wanted), wanted)
    actions.replace_document(person=w.person, document=document, **w.told)  # type: ignore[arg-type]


def kind_of(person: Person, number: str) -> identity.Kind:
    """The kind is what the number looks like; where nothing does, it is the kind on file. 证件类型"""
    current = IdentityDocument.objects.filter(person=person, replaced_at__isnull=True).first()
    return identity.guess_kind(number) or cast(identity.Kind, current.kind if current else "resident_id")


def _birth_date(w: Writing, wanted: str) -> None:
    actions.correct(person=w.person, birth_date=read_day(wanted), **w.told)  # type: ignore[arg-type]


def _sex(w: Writing, wanted: str) -> None:
    actions.correct(person=w.person, sex=read_sex(wanted), **w.told)  # type: ignore[arg-type]


def _hukou(w: Writing, wanted: str) -> None:
    actions.correct(person=w.person, hukou=read_hukou(wanted, w.season), **w.told)  # type: ignore[arg-type]


def _parent_hukou(w: Writing, wanted: str) -> None:
    """Of the first guardian who is, or may be, a parent."""
    _guardian(w, hukou=read_hukou(wanted, w.season))


def _guardian_phone(w: Writing, wanted: str) -> None:
    _guardian(w, phone=wanted)


def _guardian(w: Writing, **changed: str) -> None:
    rows = Guardian.objects.filter(person=w.person).order_by("position")
    parents = [row for row in rows if row.relation in ("father", "mother", "")]
    row = next(iter(parents if "hukou" in changed else rows), None)
    known = {
        "name": row.name, "relation": row.relation, "hukou": row.hukou,
        "phone": sealed.unseal(bytes(row.phone_cipher)) if row.phone_cipher else "",
        "number": sealed.unseal(bytes(row.number_cipher)) if row.number_cipher else "",
    } if row else {}  # fmt: skip
    position = row.position if row else min({1, 2} - {each.position for each in rows}, default=2)
    actions.set_guardian(
        person=w.person,
        position=position,
        guardian=NewGuardian(**known | changed),
        **w.told,  # type: ignore[arg-type]
    )


def _registered_before(w: Writing, wanted: str) -> None:
    """On the day that is named, else the day before the season's first: either way before this season."""
    first = windows(policy_of(w.season))[0].first
    day = read_day(wanted) if _DAY.search(wanted) else first - timedelta(days=1)
    if day >= first:
        raise Fault(
            Text("{day}不在本参保季开始之前", "{day} is not before this season").filled(day=day),
            Text("本季的首次登记请在“首次登记”办理", "a registration of this season is made under First registrations"),
        )
    lists.register_basics(
        person=w.person,
        pooling_area=w.season.pooling_area,
        channel=EARLIER,
        on=day,
        **w.told,  # type: ignore[arg-type]
    )


def read_sex(said: str) -> str:
    """Male or female as people write it. Raises Fault. 性别"""
    if (sex := _SEXES.get(compact(said).lower())) is None:
        raise Fault(Text("看不出是男是女", "neither male nor female"), Text("写“男”或“女”", "write 男 or 女"))
    return sex


def read_day(said: str) -> date:
    """A day as people write it: 2012-05-04, 2012年5月4日, 20120504. Raises Fault. 日期"""
    found = _DAY.search(compact(said))
    try:
        return date(*(int(part) for part in found.groups())) if found else date.fromisoformat(said)
    except ValueError as error:
        what = Text("看不出是哪一天", "no day can be read from it")
        raise Fault(what, Text("写成 2012-05-04 的样子", "write it like 2012-05-04")) from error


def read_hukou(said: str, season: Season) -> str:
    """A division's code as people write the place, empty for none. Raises Fault. 户籍地"""
    return "" if compact(said).lower() in NONE else divisions.code_of(said, near=season.pooling_area)


WRITERS: dict[str, Callable[[Writing, str], None]] = {
    "name": _name,
    "identity_number": _number,
    "birth_date": _birth_date,
    "sex": _sex,
    "hukou": _hukou,
    "parent_hukou": _parent_hukou,
    "guardian_phone": _guardian_phone,
    "registered_before": _registered_before,
}
"""How each field is written that the agency writes itself. 更正写入"""


def _on_file_number(person: Person, season: Season) -> str:
    current = person.documents.filter(replaced_at__isnull=True).first()
    return f"{identity.NAMES[cast(identity.Kind, current.kind)].zh} {current.number_masked}" if current else ""


def _on_file_registration(person: Person, season: Season) -> str:
    known = BasicRegistration.objects.filter(person=person, pooling_area=season.pooling_area).first()
    return known.registered_on.isoformat() if known else ""


def _on_file_roll(person: Person, season: Season) -> str:
    rolls = person.rolls.filter(left_on__isnull=True, school__pooling_area=season.pooling_area)
    return "、".join(roll.school.name for roll in rolls.select_related("school"))


_READERS: dict[str, Callable[[Person, Season], str]] = {
    "name": lambda person, season: str(person.name),
    "identity_number": _on_file_number,
    "birth_date": lambda person, season: person.birth_date.isoformat() if person.birth_date else "",
    "sex": lambda person, season: str(person.get_sex_display()),
    "hukou": lambda person, season: divisions.full_name(person.hukou) if person.hukou else "",
    "parent_hukou": lambda person, season: "、".join(
        divisions.full_name(each.hukou) for each in person.guardians.order_by("position") if each.hukou
    ),
    "guardian_phone": lambda person, season: "、".join(
        each.phone_masked for each in person.guardians.order_by("position") if each.phone_masked
    ),
    "registered_before": _on_file_registration,
    "points": lambda person, season: "、".join(
        each.admitted_on.isoformat() for each in person.points_admissions.filter(pooling_area=season.pooling_area)
    ),
    "assistance": lambda person, season: "、".join(
        f"{each.provided_by.name} {each.first}" for each in person.assisted_statuses.select_related("provided_by")
    ),
    "school_roll": _on_file_roll,
}
"""What stands on file of each field, with every number masked."""
