"""Real gateways beside the live server, for the tests of pages that pay. 网页测试用网关"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.enrolment.building import child
from tests.simulators.running import Simulators, running
from yingbao.agents.models import Organisation
from yingbao.people.models import IdentityDocument, Person
from yingbao.sealing import sealed


@contextmanager
def beside(folder: Path, url: str) -> Iterator[Simulators]:
    """Gateways that tell the platform at this address."""
    with running(folder / "home", url, speed=60) as simulators:
        yield simulators


def named(school: Organisation | None, name: str, number: str, **about) -> Person:
    """A child of Yuzhong with this very number."""
    person = child(school, name=name, document=None, **{"area": "500103", "hukou": "500103", **about})
    cipher, index, masked = sealed.number(number)
    IdentityDocument.objects.create(
        person=person, kind="resident_id", added_at=person.created_at, number_cipher=cipher, number_index=index,
        number_masked=masked,
    )  # fmt: skip
    return person
