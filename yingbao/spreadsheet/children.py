"""A community's file of children outside school: what its rows lack, and what would become of each. 儿童登记表

The file goes the way of a school's roster (`review`, `keeping`, `committing`). What differs is here: a row is held to
what the page that registers one child asks for, and it is weighed as that page does. Whoever is on the platform
already is never entered a second time, so that the same file sent again registers nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from django.db.backends.utils import CursorWrapper

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.cases import newcomer
from yingbao.cases.responsible import communities_of, responsible_for
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day, policy_of
from yingbao.people.bulk import NewDocument, NewGuardian, NewPerson, copy
from yingbao.people.matching import Incoming, Match, match
from yingbao.people.models import Look, Person
from yingbao.sealing import sealed
from yingbao.spreadsheet import rows
from yingbao.spreadsheet.models import Roster, RosterRow
from yingbao.spreadsheet.roster_columns import TITLES
from yingbao.values.fault import Fault
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

MOST_CHILDREN = 3000
"""more than any community has outside school; each is weighed by itself"""

_NO_HUKOU = Fault(
    Text("没有填写户籍所在地", "the hukou is missing"),
    Text("按户口簿写到区县，如“苏州市姑苏区”", "give it down to the district, as on the household register"),
)
_NO_BIRTH = Fault(
    Text("这种证件的号码里没有出生日期，也没有另外填写", "neither the number nor a column tells the birth date"),
    Text("在“出生日期”一列写明年月日", "give the full date in the column 出生日期 (birth date)"),
)
_NO_PHONE = Fault(
    Text("没有一个监护人的电话", "no guardian's phone is given"),
    Text("至少填写一名监护人的手机号", "give at least one guardian's phone"),
)
_NO_RELATION = Fault(
    Text("没有写明监护人与孩子的关系", "it is not said what the guardian is to the child"),
    Text("填写父亲、母亲、祖父母或其他", "write father, mother, grandparent or other"),
)
_TOLD_IN = {
    "guardian_phone": ("guardian_phone", "father_phone", "mother_phone", "second_guardian_phone"),
    "guardian_relation": ("guardian_relation", "second_guardian_relation"),
}
"""the columns in which a thing may stand"""


def is_of_community(roster: Roster) -> bool:
    """Whether the file is a community's, of children outside school. 是否社区登记表"""
    return roster.school.kind == OrganisationKind.COMMUNITY


def checked(parsed: rows.Roster, filename: str) -> rows.Roster:
    """The file's children, less those of whom something is missing that registering asks for. 登记要素核对

    Raises Refused if it names more children than a community can have.
    """
    if parsed.table.row_count > MOST_CHILDREN:
        what = Text("表里有{n}行，超过{most}行", "it has {n} rows, more than {most}")
        raise Refused(
            where=filename,
            what=what.filled(n=parsed.table.row_count, most=MOST_CHILDREN),
            mend=Text("只留本社区的不在校儿童，或分成几个文件", "leave your own children only, or split it"),
        )
    columns = {column.field: column for column in parsed.table.columns}
    errors, refused = list(parsed.errors), set(parsed.refused_rows)
    for row in parsed.rows:
        for field, fault in _lacking(row):
            refused.add(row.row_number)
            column = next((columns[name] for name in _TOLD_IN.get(field, (field,)) if name in columns), None)
            errors.append(
                rows.CellError(
                    row=row.row_number,
                    column_letter=column.letter if column else "",
                    column_name=column.header if column else TITLES[field].zh,
                    field=field,
                    value="",
                    what=fault.what,
                    mend=fault.mend,
                    pupil=row.name,
                )
            )
    errors.sort(key=lambda error: error.row)
    return msgspec.structs.replace(
        parsed,
        rows=tuple(row for row in parsed.rows if row.row_number not in refused),
        errors=tuple(errors),
        refused_rows=tuple(sorted(refused)),
    )


def _lacking(row: rows.RosterRow) -> Iterator[tuple[str, Fault]]:
    """What the page of one child would ask for."""
    if not row.hukou and row.identity_type not in newcomer.WITHOUT_HUKOU:
        yield "hukou", _NO_HUKOU
    if row.birth_date is None:
        yield "birth_date", _NO_BIRTH
    if not any(one.phone for one in row.guardians):
        yield "guardian_phone", _NO_PHONE
    if any(not one.relation for one in row.guardians):
        yield "guardian_relation", _NO_RELATION


class Child(NamedTuple):
    """One row, with its numbers unsealed. 待登记儿童"""

    row_number: int
    number_index: bytes
    person: NewPerson
    stage: str


class Outcome(NamedTuple):
    """What would become of a row. 核对结果"""

    outcome: str
    fault: str = ""
    person_id: int | None = None
    other_row: int | None = None
    other_body: int | None = None


_VERDICT = {
    "row_number": "int4", "outcome": "varchar", "fault": "varchar", "person_id": "int8", "other_row": "int4",
    "other_school": "int8",
}  # fmt: skip
_TABLES = """
    DROP TABLE IF EXISTS pg_temp.matched, pg_temp.missing, pg_temp.verdict, pg_temp.guardian_to;
    CREATE TEMP TABLE missing (roll_id int8, person_id int8) ON COMMIT DROP;
    CREATE TEMP TABLE verdict (row_number int4 PRIMARY KEY, outcome varchar, fault varchar, person_id int8,
        other_row int4, other_school int8, changes jsonb NOT NULL DEFAULT '{}') ON COMMIT DROP
"""
_INCOMING = """
    SELECT i.row_number, i.number_index, i.name_original, i.identity_kind, i.number_cipher, i.sex, i.birth_date,
           i.hukou, i.residence_permit, i.parent_employee_insured, i.stage
    FROM incoming i ORDER BY i.row_number
"""
_GUARDIANS = """
    SELECT row_number, name, relation, hukou, phone_cipher, number_cipher FROM incoming_guardian
    ORDER BY row_number, position
"""


def compare(*, season: Season, community: Organisation, at: datetime) -> None:
    """Find the outcome of every row of `incoming`, as `comparing.compare` does for a school. 比对登记表"""
    with connection.cursor() as cursor:
        children = incoming(cursor)
        cursor.execute(_TABLES)
        judged = _Judging(season, community, at).outcomes(children)
        verdicts = [(child.row_number, *outcome) for child, outcome in zip(children, judged, strict=True)]
        copy(cursor, "verdict", _VERDICT, verdicts)


def incoming(cursor: CursorWrapper) -> list[Child]:
    """The rows that were staged, as persons to be. 暂存的儿童"""
    cursor.execute(_GUARDIANS)
    guardians: dict[int, list[NewGuardian]] = {}
    for row, name, relation, hukou, phone, number in cursor.fetchall():
        adult = NewGuardian(name=name, relation=relation, hukou=hukou, phone=_open(phone), number=_open(number))
        guardians.setdefault(row, []).append(adult)
    cursor.execute(_INCOMING)
    return [_child(values, guardians.get(values[0], [])) for values in cursor.fetchall()]


def _child(values: Sequence[Any], guardians: list[NewGuardian]) -> Child:
    row, index, name, kind, number, sex, born, hukou, permit, insured, stage = values
    person = NewPerson(
        name=name, sex=sex, birth_date=born, hukou=hukou, residence_permit=bool(permit),
        parent_employee_insured=bool(insured), documents=(NewDocument(kind, _open(number)),),
        guardians=tuple(guardians),
    )  # fmt: skip
    return Child(row, bytes(index), person, stage)


def _open(cipher: Any) -> str:
    return sealed.unseal(bytes(cipher)) if cipher else ""


class _Judging:
    """Weighs the rows of one file, one after the other."""

    def __init__(self, season: Season, community: Organisation, at: datetime) -> None:
        self.season, self.community, self.at = season, community, at
        self.policy, self.on = policy_of(season), china_day(at)

    def outcomes(self, children: Sequence[Child]) -> list[Outcome]:
        """One for each row, in order."""
        names: dict[bytes, dict[str, int]] = {}
        for child in children:
            names.setdefault(child.number_index, {}).setdefault(child.person.name, child.row_number)
        found = match([Incoming(one.number_index, one.person.name, one.person.birth_date) for one in children])
        known = Person.objects.in_bulk({one.person_id for one in found if one.person_id is not None})
        listed = set(
            Enrolment.objects.of(self.season, self.community).filter(person__in=known).values_list("person", flat=True)
        )
        return [
            self._twice(child, names[child.number_index]) or self._outcome(child, one, known, listed)
            for child, one in zip(children, found, strict=True)
        ]

    def _twice(self, child: Child, named: dict[str, int]) -> Outcome | None:
        """Another row with the same number: under another name one of the two is wrong, else the first counts."""
        first = min(named.values())
        if len(named) > 1:
            other = next(row for name, row in named.items() if name != child.person.name)
            return Outcome("error", "number_twice", other_row=other)
        return Outcome("duplicate", other_row=first) if child.row_number != first else None

    def _outcome(self, child: Child, found: Match, known: dict[int, Person], listed: set[int]) -> Outcome:
        if found.how == "conflict":
            return Outcome("error", "name_conflict")
        if found.person_id is not None:
            return self._known(known[found.person_id], listed)
        return Outcome("error", "alike") if found.alike else self._new(child)

    def _known(self, person: Person, listed: set[int]) -> Outcome:
        """Who is on the platform: ours already, ours to take in, or another body's."""
        if person.pk in listed:
            return Outcome("unchanged", person_id=person.pk)
        body = responsible_for(person=person, area=self.community.pooling_area, at=self.at).organisation
        if body == self.community:
            return Outcome("moved_here", person_id=person.pk)
        if body is None:
            return Outcome("error", "known_nobodys", person.pk)
        return Outcome("error", "known_elsewhere", person.pk, other_body=body.pk)

    def _new(self, child: Child) -> Outcome:
        """Who is on file nowhere is weighed as by the page of one child."""
        others = communities_of(self.community.pooling_area, newcomer.divisions_of(child.person))
        weighed = newcomer.weigh(
            policy=self.policy, person=child.person, place=self.community, others=others, on=self.on,
            # Which school it is the file does not say; one around here is the case that matters.
            school_division=self.community.division if child.stage else None, stage=child.stage or "none",
        )  # fmt: skip
        if weighed.decision.agent == "school":
            return Outcome("error", "at_school")
        if weighed.decision.status not in ("enrolled", "refer"):
            return Outcome("error", _REFUSED.get(weighed.decision.status, "closed"))
        if not weighed.ours:
            return Outcome("error", "not_ours", other_body=others[0].pk if others else None)
        return Outcome("new")


_REFUSED = {"ineligible": "ineligible", "not_open": "not_open"}


def note_looks(roster: Roster, *, at: datetime) -> None:
    """The answer tells of children of others whose they are: each such look is recorded. 查阅记录"""
    told = RosterRow.objects.filter(roster=roster, person__isnull=False).exclude(outcome=RosterRow.Outcome.UNCHANGED)
    Look.objects.bulk_create(
        Look(at=at, user=roster.uploaded_by, organisation=roster.school, person_id=person, what="import", count=1)
        for person in told.values_list("person", flat=True)
    )
