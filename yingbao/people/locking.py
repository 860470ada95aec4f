"""One person at a time: whoever changes a person holds its row first. 加锁"""

from __future__ import annotations

from yingbao.people.models import Person
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


def locked(person: Person) -> Person:
    """The person's row, held until the transaction ends. 锁定

    Raises Refused for a record that was merged into another: nothing is written to it any more.
    """
    held = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if held.merged_into_id is not None:
        raise Refused(
            where=held.name,
            what=Text(zh="这份档案已并入另一份", en="this record was merged into another"),
            mend=Text(zh="在合并后的档案上办理", en="work on the record that it was merged into"),
        )
    return held


def both_locked(one: Person, other: Person) -> tuple[Person, Person]:
    """Two persons, held in the order of their ids whoever asks, so that two clerks cannot wait for each other."""
    held = {person.pk: locked(person) for person in sorted((one, other), key=lambda person: person.pk)}
    return held[one.pk], held[other.pk]
