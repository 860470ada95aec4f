"""A guardian asks, the insurance agency answers: erase, correct, leave a paid year. 家长申请

Answered within fifteen days. What enrolment, payment and book-keeping need is kept as the law has it; what was given
only to reach the family is erased for good.
"""

from __future__ import annotations

from datetime import datetime, timedelta

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
from yingbao.families.refusing import answered, nothing_written, too_long
from yingbao.messages import forgetting
from yingbao.people import history
from yingbao.people.models import Guardian, Person
from yingbao.sealing import sealed
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST = 300


def ask(*, binding: Binding, kind: str, words: str, at: datetime, enrolment: Enrolment | None = None) -> DataRequest:
    """Ask the agency; while one of a kind is open, asking again gives that one. 提出申请

    Raises Refused without words, and where no agency is known to have the child.
    """
    words = words.strip()
    if not words:
        raise nothing_written("words")
    if len(words) > LONGEST:
        raise too_long(LONGEST)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=binding.person_id)
        open_ = DataRequest.objects.filter(person=person, kind=kind, state=RequestState.OPEN).first()
        if open_ is not None:
            return open_
        area = enrolment.season.pooling_area if enrolment else area_of(person)
        return DataRequest.objects.create(
            person=person, enrolment=enrolment, pooling_area=area, kind=kind, words_cipher=sealed.seal(words),
            phone_index=binding.phone_index, phone_masked=binding.phone_masked, asked_at=at,
            due_on=china_day(at) + timedelta(days=ANSWERED_WITHIN_DAYS),
        )  # fmt: skip


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
            erase(person=row.person, phone_index=bytes(row.phone_index), by=by, at=at)
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
        DataRequest.objects.filter(person=person, phone_index=phone_index).update(words_cipher=None, phone_index=None)
        asking.erase(phone_index=phone_index, person=person)


def written(request: DataRequest) -> str:
    """What the guardian wrote; empty once it was erased. 申请内容"""
    return sealed.unseal(request.words_cipher) if request.words_cipher else ""


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
