"""A phone that is bound to a child, for the tests of families. 家长测试数据"""

from __future__ import annotations

from tests.enrolment.building import AT
from yingbao.families import binding
from yingbao.families.consent import PHONE_ACCESS
from yingbao.families.models import Binding
from yingbao.people.models import Person


def phone_of(person: Person) -> tuple[bytes, str]:
    """The index and mask of the first guardian's phone."""
    guardian = person.guardians.get(position=1)
    return bytes(guardian.phone_index), guardian.phone_masked


def bound(person: Person) -> Binding:
    """The first guardian's phone, bound with consent."""
    index, masked = phone_of(person)
    return binding.bind(
        person=person, phone_index=index, phone_masked=masked, agreed=True, version=PHONE_ACCESS.version, at=AT
    )
