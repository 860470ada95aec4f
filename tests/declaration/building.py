"""Confirmed children and tax officers for the tests of declarations. 申报测试数据"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tests.collection.building import confirmed
from tests.enrolment.building import AT, at, clerk, organisation
from yingbao.agents.models import Appointment, Organisation
from yingbao.collection.audit import INVARIANTS
from yingbao.declaration.deciding import accept
from yingbao.declaration.freezing import freeze, submit
from yingbao.declaration.models import Declaration, DeclarationLine
from yingbao.enrolment.models import Season

__all__ = [
    "AT",
    "DECLARED",
    "accepted",
    "altered",
    "at",
    "clerk",
    "confirmed",
    "frozen",
    "officer",
    "organisation",
    "submitted",
]

DECLARED = [one for one in INVARIANTS if one.id.startswith("declared.")]
"""the invariants of declarations"""


def officer(area: str = "320500") -> Appointment:
    """Somebody of the tax authority."""
    return clerk(organisation("tax_authority", area=area))


def frozen(season: Season, school: Organisation, by: Appointment, when: datetime = AT) -> Declaration:
    """What the school has to declare, frozen."""
    return freeze(season=season, organisation=school, method="transfer", by=by, at=when)


def submitted(season: Season, school: Organisation, by: Appointment, when: datetime = AT) -> Declaration:
    """The same, handed in."""
    return submit(declaration=frozen(season, school, by, when), by=by, at=when)


def accepted(season: Season, school: Organisation, by: Appointment, when: datetime = AT) -> Declaration:
    """The same, taken by an officer."""
    return accept(declaration=submitted(season, school, by, when), by=officer(), at=when)


def altered(line: DeclarationLine, column: str, value: object) -> None:
    """Change a frozen line as only the owner of the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE declaration_declarationline DISABLE TRIGGER frozen")
        cursor.execute(f"UPDATE declaration_declarationline SET {column} = %s WHERE id = %s", [value, line.pk])
        cursor.execute("ALTER TABLE declaration_declarationline ENABLE TRIGGER frozen")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
