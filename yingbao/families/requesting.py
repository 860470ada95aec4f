"""A guardian asks, the insurance agency answers: erase, correct, leave a paid year. 家长申请

Each guardian asks by the own phone and is answered there, within fifteen days. What is written while a request is open
is added to it. What enrolment, payment and book-keeping need is kept as the law has it; what was given only to reach
the family is erased for good, once everything else that this guardian asked has its answer.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from django.db import transaction

from yingbao.agents.models import Appointment, Desk
from yingbao.cases import asking
from yingbao.collection import adjusting
from yingbao.collection.whole import whole
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import china_day
from yingbao.families import binding as binding_
from yingbao.families.lifecycle import ANSWERED_WITHIN_DAYS, REQUEST_EDGES, RequestState, answers_to
from yingbao.families.models import Binding, CodeRequest, DataRequest, FamilySession
from yingbao.families.refusing import added_enough, answered, first_the_others, nothing_written, too_long
from yingbao.messages import forgetting
from yingbao.messages.queueing import queue
from yingbao.people import history
from yingbao.people.models import Guardian, Person
from yingbao.sealing import sealed
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST, MOST_ADDED = 300, 5


class Written(NamedTuple):
    """What a guardian wrote, and when. 所写内容"""

    at: datetime
    words: str


class Asked(NamedTuple):
    """A request, and what became of the words: a new one, added to the open one, or there already. 申请结果"""

    request: DataRequest
    how: Literal["new", "added", "same"]


def ask(*, binding: Binding, kind: str, words: str, at: datetime, enrolment: Enrolment | None = None) -> Asked:
    """Ask the agency; while this guardian's request of a kind is open, what is written is added to it. 提出申请

    The same words once more (a second click) change nothing. Raises Refused without words, after too many additions,
    and where no agency is known to have the child.
    """
    words = words.strip()
    if not words:
        raise nothing_written("words")
    if len(words) > LONGEST:
        raise too_long(LONGEST)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=binding.person_id)
        mine = DataRequest.objects.filter(person=person, kind=kind, enrolment=enrolment, state=RequestState.OPEN)
        open_ = mine.select_for_update().filter(phone_index=binding.phone_index).first()
        if open_ is not None:
            return _added(open_, words, at)
        area = enrolment.season.pooling_area if enrolment else area_of(person)
        made = DataRequest.objects.create(
            person=person, enrolment=enrolment, pooling_area=area, kind=kind, words_cipher=sealed.seal(words),
            phone_index=binding.phone_index, phone_masked=binding.phone_masked, asked_at=at,
            due_on=china_day(at) + timedelta(days=ANSWERED_WITHIN_DAYS),
        )  # fmt: skip
        return Asked(made, "new")


def _added(row: DataRequest, words: str, at: datetime) -> Asked:
    held = written(row)
    if any(one.words == words for one in held):
        return Asked(row, "same")
    if len(held) > MOST_ADDED:
        raise added_enough(MOST_ADDED)
    later = [[one.at.isoformat(), one.words] for one in (*held[1:], Written(at, words))]
    row.added_cipher = sealed.seal(json.dumps(later))
    row.save(update_fields=["added_cipher"])
    return Asked(row, "added")


def take_back(*, request: DataRequest) -> DataRequest:
    """The guardian wants it no more; again changes nothing. Raises Refused once it is answered. 撤回申请"""
    with transaction.atomic():
        row = DataRequest.objects.select_for_update().get(pk=request.pk)
        if row.state == RequestState.TAKEN_BACK:
            return row
        _check_edge(row, RequestState.TAKEN_BACK)
        row.state = RequestState.TAKEN_BACK
        row.save(update_fields=["state"])
        return row


def answer(*, request: DataRequest, state: RequestState, words: str, by: Appointment, at: datetime) -> DataRequest:
    """An officer of the agency answers and does what was granted, in one transaction. 答复

    Raises Refused without words, for another area's, and for what two officers answer at once: the second is told.
    """
    words = " ".join(words.split())
    if by.desk != Desk.AGENCY or by.organisation.pooling_area != request.pooling_area:
        raise _not_yours()
    if not words:
        raise nothing_written("answer")
    if len(words) > LONGEST:
        raise too_long(LONGEST)

    def deed() -> DataRequest:
        row = (
            DataRequest.objects.select_for_update(of=("self",)).select_related("person", "enrolment").get(pk=request.pk)
        )
        _check_edge(row, state)
        if state not in answers_to(row.kind):
            raise answered()
        if row.kind == "leave" and state == RequestState.GRANTED and row.enrolment is not None:
            adjusting.withdraw(enrolment=row.enrolment, reason=f"家长申请：{words}"[:200], by=by, at=at)
        if row.kind == "erase" and state == RequestState.PARTLY and row.phone_index is not None:
            if open_beside(row):
                raise first_the_others()
            _erase_for(row, by, at)
            row.refresh_from_db()
        row.state, row.answer, row.answered_at, row.answered_by = state, words, at, by.user
        row.save(update_fields=["state", "answer", "answered_at", "answered_by"])
        return row

    return whole(deed)


def erase(*, person: Person, phone_index: bytes, by: Appointment, at: datetime) -> None:
    """Erase what was held only to reach this guardian: the phone, codes, sessions, what was written. 删除可删信息

    Consent and bindings stay as proof, by index and mask; enrolment and money stay as the law has it.
    """
    with history.by(by.user_id, "family request", at=at):
        Guardian.objects.filter(person=person, phone_index=phone_index).update(
            phone_cipher=None, phone_index=None, phone_masked=""
        )
        for held in Binding.objects.filter(person=person, phone_index=phone_index, ended_at__isnull=True):
            binding_.unbind(binding=held, at=at, because="erased")
        forgetting.forget(person=person, phone_index=phone_index, at=at)
        CodeRequest.objects.filter(codes__person=person, codes__phone_index=phone_index).delete()
        if not Binding.objects.filter(phone_index=phone_index, ended_at__isnull=True).exists():
            FamilySession.objects.filter(phone_index=phone_index).delete()
        DataRequest.objects.filter(person=person, phone_index=phone_index).update(
            words_cipher=None, added_cipher=None, phone_index=None
        )
        asking.erase(phone_index=phone_index, person=person)


def _erase_for(row: DataRequest, by: Appointment, at: datetime) -> None:
    """Erase, and tell the phone by a message: its page opens no more, and of the child the message says nothing."""
    index = bytes(row.phone_index or b"")
    guardian = Guardian.objects.filter(person=row.person, phone_index=index).first()
    phone = sealed.unseal(bytes(guardian.phone_cipher)) if guardian and guardian.phone_cipher else ""
    erase(person=row.person, phone_index=index, by=by, at=at)
    if phone:
        queue(kind="erased", phone=phone, values={"where": by.organisation.name}, key=f"erased:{row.pk}", at=at)


def open_beside(request: DataRequest) -> list[DataRequest]:
    """What the same guardian asked besides of this child and has no answer yet. 同一家长的其他待答复申请"""
    if request.phone_index is None:
        return []
    rows = DataRequest.objects.filter(person=request.person_id, phone_index=request.phone_index)
    return list(rows.filter(state=RequestState.OPEN).exclude(pk=request.pk).order_by("pk"))


def written(request: DataRequest) -> list[Written]:
    """What the guardian wrote, first and later; nothing once it was erased. 申请内容"""
    if not request.words_cipher:
        return []
    first = Written(request.asked_at, sealed.unseal(bytes(request.words_cipher)))
    later = json.loads(sealed.unseal(bytes(request.added_cipher))) if request.added_cipher else []
    return [first, *(Written(datetime.fromisoformat(at), words) for at, words in later)]


def area_of(person: Person) -> str:
    """The pooling area whose agency has the child. Raises Refused if none is known. 所属统筹区"""
    enrolled = person.enrolments.order_by("-plan_year", "-pk").values_list("season__pooling_area", flat=True).first()
    on_roll = person.rolls.order_by("-pk").values_list("school__pooling_area", flat=True).first()
    registered = person.registrations.order_by("-pk").values_list("pooling_area", flat=True).first()
    area = enrolled or on_roll or registered
    if not area:
        raise Refused(
            where="family",
            what=Text("孩子还没有在任何统筹区登记", "The child is registered in no pooling area yet"),
            mend=Text("请到户籍所在社区办理。", "Ask at the community of the hukou."),
        )
    return area


def _check_edge(row: DataRequest, target: RequestState) -> None:
    if (RequestState(row.state), target) not in REQUEST_EDGES:
        raise answered()


def _not_yours() -> Refused:
    return Refused(
        where="request",
        what=Text("只有孩子所在统筹区的医保经办机构可以答复", "Only the agency of the child's pooling area answers"),
        mend=Text("请由该机构办理。", "Leave it to them."),
    )
