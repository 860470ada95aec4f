"""A question is asked, by an office or by a family on its phone, and the body that is to answer is found. 提问"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from yingbao.agents.models import Appointment, Organisation, OrganisationKind
from yingbao.cases import refusals, wording
from yingbao.cases.due import due
from yingbao.cases.handing import Family, agency_of, opened
from yingbao.cases.kinds import TOPICS
from yingbao.cases.models import Case, FamilyAsker
from yingbao.enrolment.models import Enrolment, Season
from yingbao.people.models import Person

BUREAUS = (
    OrganisationKind.INSURANCE_AGENCY, OrganisationKind.TAX_AUTHORITY, OrganisationKind.EDUCATION_BUREAU,
    OrganisationKind.CARD_CENTRE,
)  # fmt: skip
"""The district's bureaus that answer questions."""
ERASED = "（家长已申请删除所写内容）"
MOST_OPEN = 10
"""so many questions one phone has open at a time"""


def ask(
    *, topic: str, question: str, to: Organisation, season: Season, once: str, by: Appointment, at: datetime,
    person: Person | None = None,
) -> Case:  # fmt: skip
    """An office asks. The same form sent twice gives the question that there is. 单位提问

    Raises Refused for a topic that is none, a body that answers nobody's questions, and for what may not be written.
    """
    _check_topic(topic)
    words = wording.checked(question, where="question")
    if to.pk not in {one.pk for one in answering(by)}:
        raise refusals.cannot_answer(to.name)
    case = Case(
        kind=topic, season=season, person=person, asked_by_organisation=by.organisation, to_organisation=to,
        question=words, due_on=due(season, at, question=True), once=once,
    )  # fmt: skip
    return _opened_once(case, by, at)


def ask_as_family(
    *, topic: str, question: str, season: Season, to: Organisation, once: str, phone_index: bytes, at: datetime,
    person: Person | None = None,
) -> Case:  # fmt: skip
    """A family asks by its phone; about which of its children, the caller has seen to. 家长提问

    The same form sent twice gives the question that there is; Refused as above, and with too many open ones.
    """
    _check_topic(topic)
    words = wording.checked(question, where="question")
    family = Family(phone_index)
    case = Case(
        kind=topic, season=season, person=person, to_organisation=to, question=words,
        due_on=due(season, at, question=True), once=once,
    )  # fmt: skip
    with transaction.atomic():
        standing = Case.objects.of_family(phone_index)
        if standing.unsettled().exclude(once=once).count() >= MOST_OPEN:
            raise refusals.too_many_open(MOST_OPEN)
        made = _opened_once(case, family, at)
        FamilyAsker.objects.get_or_create(case=made, defaults={"phone_index": phone_index})
        return made


def answering(by: Appointment) -> list[Organisation]:
    """Whom a body may ask: the sub-district above it, and the district's bureaus. 可提问单位"""
    here, found = by.organisation, []
    if here.parent is not None and here.parent.kind == OrganisationKind.SUB_DISTRICT and here.parent.active:
        found.append(here.parent)
    bureaus = Organisation.objects.filter(kind__in=BUREAUS, pooling_area=here.pooling_area, active=True)
    return found + list(bureaus.exclude(pk=here.pk).order_by("kind", "pk"))


def proposed(by: Appointment, topic: str) -> Organisation | None:
    """Whom a body asks unless it chooses another: the sub-district above it, else the bureau of the topic. 建议单位"""
    found = answering(by)
    above = [one for one in found if one.kind == OrganisationKind.SUB_DISTRICT]
    wanted = TOPICS[topic].asked_of if topic in TOPICS else None
    fitting = above or [one for one in found if one.kind == wanted] or found
    return fitting[0] if fitting else None


def answers_for(*, person: Person | None, wards: Iterable[Person], area: str) -> Organisation | None:
    """Who answers a family first: of a child whoever works on it, else the office above. 首问单位"""
    child = person or next(iter(wards), None)
    rows = Enrolment.objects.filter(person=child, season__pooling_area=area).select_related("organisation__parent")
    one = rows.order_by("-plan_year", "-pk").first() if child is not None else None
    place = one.organisation if one is not None and one.organisation.active else None
    if person is not None and place is not None:
        return place
    street = place.parent if place is not None else None
    if street is not None and street.kind == OrganisationKind.SUB_DISTRICT and street.active:
        return street
    return agency_of(area)


def erase(*, phone_index: bytes, person: Person) -> int:
    """Erase what a family wrote of this child, and whose phone it was; the answers stay with the offices. 删除家长提问

    What it asked about no child goes too.
    """
    mine = Case.objects.of_family(phone_index).filter(Q(person=person) | Q(person__isnull=True))
    keys = list(mine.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    Case.objects.filter(pk__in=keys).update(question=ERASED)
    FamilyAsker.objects.filter(case__in=keys).delete()
    return len(keys)


def _check_topic(topic: str) -> None:
    if topic not in TOPICS:
        raise refusals.no_topic()


def _opened_once(case: Case, by: Appointment | Family, at: datetime) -> Case:
    """The question, or the one that the same form has asked before: by the same asker, or it is nobody's."""
    held = _asked(case)
    if held is None:
        try:
            with transaction.atomic():
                return opened(case, by=by, at=at)
        except IntegrityError:
            held = _asked(case)
            if held is None:
                raise
    its = held.asked_by_organisation_id == case.asked_by_organisation_id
    if isinstance(by, Family):
        its = its and FamilyAsker.objects.filter(case=held, phone_index=by.phone_index).exists()
    if not its:
        raise refusals.form_is_used()
    return held


def _asked(case: Case) -> Case | None:
    return Case.objects.filter(once=case.once).first()
