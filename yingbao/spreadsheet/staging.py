"""A parsed roster goes into the database: sealed row by row, copied as a whole, nothing compared yet. 暂存

`incoming` and `incoming_guardian` are temporary tables that `comparing` works on; they are filled from a file
here, or from the staged rows of a roster that was reviewed before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from django.db import connection
from django.db.backends.utils import CursorWrapper

from yingbao.sealing import sealed
from yingbao.spreadsheet import rows
from yingbao.values.names import cleaned
from yingbao.values.text import Text

Values = tuple[Any, ...]

PUPIL = {
    "row_number": "int4",
    "name": "varchar",
    "name_original": "varchar",
    "identity_kind": "varchar",
    "number_cipher": "bytea",
    "number_index": "bytea",
    "number_masked": "varchar",
    "sex": "varchar",
    "birth_date": "date",
    "hukou": "varchar",
    "residence_permit": "bool",
    "parent_employee_insured": "bool",
    "stage": "varchar",
    "grade": "int2",
    "class_name": "varchar",
    "roll_number_cipher": "bytea",
    "roll_number_index": "bytea",
    "roll_number_masked": "varchar",
    "entered_on": "date",
}
"""the columns of `incoming`, which are those of RosterRow"""
GUARDIAN = {
    "row_number": "int4",
    "position": "int2",
    "name": "varchar",
    "relation": "varchar",
    "hukou": "varchar",
    "phone_cipher": "bytea",
    "phone_index": "bytea",
    "phone_masked": "varchar",
    "number_cipher": "bytea",
    "number_index": "bytea",
    "number_masked": "varchar",
}
"""the columns of `incoming_guardian`, which are those of RosterGuardian"""

REMARK = {"row_number": "int4", "refused": "bool", "name": "varchar", "remarks": "text"}
"""what the reader said about a row, whether it refused it, and the name in it as far as there is one"""

MOST_GUARDIANS = 2
EVERY = 2000
"""rows between two calls of `progress`"""


def stage(roster: rows.Roster, *, progress: Callable[[int, int], None]) -> None:
    """Fill the temporary tables from a parsed file. 暂存"""
    total = len(roster.rows)

    def pupils() -> Iterator[Values]:
        for done, row in enumerate(roster.rows):
            if done % EVERY == 0:
                progress(done, total)
            yield _pupil(row)

    with connection.cursor() as cursor:
        _make(cursor)
        _copy(cursor, "incoming", PUPIL, pupils())
        _copy(cursor, "incoming_guardian", GUARDIAN, (values for row in roster.rows for values in _guardians(row)))
        _copy(cursor, "remark", REMARK, _remarks(roster))
        _analyse(cursor)


def stage_again(roster_id: int) -> None:
    """Fill the temporary tables from the rows that a review left. 重新暂存"""
    pupil, guardian = ", ".join(PUPIL), ", ".join(GUARDIAN)
    with connection.cursor() as cursor:
        _make(cursor)
        cursor.execute(
            f"INSERT INTO incoming SELECT {pupil} FROM spreadsheet_rosterrow "  # noqa: S608  our own names
            "WHERE roster_id = %s AND row_number IS NOT NULL AND number_index IS NOT NULL",
            [roster_id],
        )
        cursor.execute(
            f"INSERT INTO incoming_guardian SELECT {guardian} FROM spreadsheet_rosterguardian "  # noqa: S608  our own names
            "WHERE roster_id = %s",
            [roster_id],
        )
        cursor.execute(
            "INSERT INTO remark SELECT row_number, true, name, '' FROM spreadsheet_rosterrow "
            "WHERE roster_id = %s AND row_number IS NOT NULL AND number_index IS NULL",
            [roster_id],
        )
        _analyse(cursor)


def _remarks(roster: rows.Roster) -> Iterator[Values]:
    remarks: dict[int, list[dict[str, Any]]] = {row: [] for row in roster.refused_rows}
    names: dict[int, str] = {}
    for error in roster.errors:
        names[error.row] = error.pupil or names.get(error.row, "")
        remarks.setdefault(error.row, []).append(
            {
                "letter": error.column_letter,
                "header": error.column_name,
                "field": error.field,
                "value": error.value,
                "what": msgspec.to_builtins(error.what),
                "mend": msgspec.to_builtins(error.mend),
                "severity": error.severity,
            }
        )
    for row in roster.rows:
        if row.parent_hukou and len(_with_hukou(row)) > MOST_GUARDIANS:
            remarks.setdefault(row.row_number, []).append(_HUKOU_NOT_KEPT)
    refused = set(roster.refused_rows)
    for number, said in remarks.items():
        name = cleaned(names.get(number, ""))[:60]
        yield number, number in refused, name, msgspec.json.encode(said).decode()


_HUKOU_NOT_KEPT = {
    "letter": "",
    "header": "",
    "field": "parent_hukou",
    "value": "",
    "what": msgspec.to_builtins(
        Text(
            "两名监护人都不是父母，父母户籍没有记录", "neither guardian is a parent, so the parents' hukou is not kept"
        )
    ),
    "mend": msgspec.to_builtins(
        Text("把父亲或母亲填为其中一名监护人", "name father or mother as one of the two guardians")
    ),
    "severity": "warning",
}


def _pupil(row: rows.RosterRow) -> Values:
    number, roll_number = sealed.number(row.identity_number), sealed.number(row.roll_number)
    return (
        row.row_number,
        row.name,
        row.name_original,
        row.identity_type,
        *number,
        row.sex,
        row.birth_date,
        row.hukou,
        row.residence_permit,
        row.parent_employee_insured,
        row.school_stage,
        row.grade,
        row.class_name,
        *roll_number,
        row.entered_on,
    )


def _guardians(row: rows.RosterRow) -> Iterator[Values]:
    guardians = row.guardians if not row.parent_hukou else _with_hukou(row)
    for position, guardian in enumerate(guardians[:MOST_GUARDIANS], start=1):
        phone, number = sealed.phone(guardian.phone), sealed.number(guardian.identity_number)
        yield (row.row_number, position, guardian.name, guardian.relation, guardian.hukou, *phone, *number)


def _with_hukou(row: rows.RosterRow) -> tuple[rows.Guardian, ...]:
    """The guardians, with the parents' hukou on those who may be parents; nameless ones where none is named."""
    guardians = list(row.guardians)
    for code in row.parent_hukou:
        if any(guardian.hukou == code for guardian in guardians):
            continue
        for place, guardian in enumerate(guardians):
            if not guardian.hukou and guardian.relation in ("father", "mother", ""):
                guardians[place] = msgspec.structs.replace(guardian, hukou=code)
                break
        else:
            guardians.append(rows.Guardian(name="", hukou=code))
    return tuple(guardians)


def _make(cursor: CursorWrapper) -> None:
    cursor.execute("SET LOCAL client_min_messages = warning")
    cursor.execute("SET LOCAL work_mem = '64MB'")
    cursor.execute("DROP TABLE IF EXISTS pg_temp.incoming, pg_temp.incoming_guardian, pg_temp.remark")
    for name, columns in (("incoming", PUPIL), ("incoming_guardian", GUARDIAN), ("remark", REMARK)):
        written = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        cursor.execute(f"CREATE TEMP TABLE {name} ({written}) ON COMMIT DROP")


def _copy(cursor: CursorWrapper, table: str, columns: Mapping[str, str], values: Iterable[Values]) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(list(columns.values()))
        for row in values:
            copy.write_row(row)


def _analyse(cursor: CursorWrapper) -> None:
    cursor.execute("CREATE UNIQUE INDEX ON incoming (row_number)")
    cursor.execute("ANALYZE incoming (row_number, number_index, name, birth_date)")
    cursor.execute("ANALYZE incoming_guardian (row_number)")
    cursor.execute("ANALYZE remark (row_number)")
