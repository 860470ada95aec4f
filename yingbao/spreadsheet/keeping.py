"""What a comparison found is kept with the roster, for the clerk to look at. 核对结果

From the temporary tables of `staging` and `comparing` into RosterRow and RosterGuardian.
"""

from __future__ import annotations

from django.db import connection

from yingbao.spreadsheet.models import Roster, RosterGuardian, RosterRow
from yingbao.spreadsheet.staging import GUARDIAN, PUPIL

_SAID = ", ".join(PUPIL)
_SAID_OF_ROW = ", ".join(f"i.{column}" for column in PUPIL)
_SAID_OF_GUARDIAN = ", ".join(GUARDIAN)
_EMPTY = "identity_kind, number_masked, sex, hukou, stage, class_name, roll_number_masked"

_ROWS = f"""
    INSERT INTO spreadsheet_rosterrow
        (roster_id, outcome, fault, errors, changes, person_id, other_school_id, other_row, {_SAID})
    SELECT %(roster)s, v.outcome, v.fault, coalesce(m.remarks::jsonb, '[]'), v.changes, v.person_id, v.other_school,
           v.other_row, {_SAID_OF_ROW}
    FROM incoming i
    JOIN verdict v ON v.row_number = i.row_number
    LEFT JOIN remark m ON m.row_number = i.row_number
    ORDER BY i.row_number"""  # noqa: S608  our own names

_REFUSED = f"""
    INSERT INTO spreadsheet_rosterrow
        (roster_id, row_number, outcome, fault, errors, changes, name, name_original, {_EMPTY})
    SELECT %(roster)s, row_number, 'error', '', remarks::jsonb, '{{}}', name, name, '', '', '', '', '', '', ''
    FROM remark WHERE refused ORDER BY row_number"""  # noqa: S608  our own names

_GUARDIANS = f"""
    INSERT INTO spreadsheet_rosterguardian (roster_id, {_SAID_OF_GUARDIAN})
    SELECT %(roster)s, {_SAID_OF_GUARDIAN} FROM incoming_guardian"""  # noqa: S608  our own names

_LEFT = """
    INSERT INTO spreadsheet_rosterrow
        (roster_id, outcome, fault, errors, changes, person_id, name, name_original, identity_kind, number_masked, sex,
         birth_date, hukou, stage, grade, class_name, roll_number_masked)
    SELECT %(roster)s, 'left', '', '[]', '{}', s.person_id, p.name, p.name_original, coalesce(d.kind, ''),
           coalesce(d.number_masked, ''), p.sex, p.birth_date, '', r.stage, r.grade, r.class_name, ''
    FROM missing s
    JOIN people_person p ON p.id = s.person_id
    JOIN people_schoolroll r ON r.id = s.roll_id
    LEFT JOIN people_identitydocument d ON d.person_id = s.person_id AND d.replaced_at IS NULL
    ORDER BY r.stage, r.grade, r.class_name, p.name"""

_OTHERWISE = """(s.outcome, s.fault, s.person_id, s.other_school_id, s.changes)
    IS DISTINCT FROM (v.outcome, v.fault, v.person_id, v.other_school, v.changes)"""

_DIFFERENT_ROWS = f"""
    SELECT count(*) FROM verdict v
    JOIN spreadsheet_rosterrow s ON s.roster_id = %(roster)s AND s.row_number = v.row_number
    WHERE {_OTHERWISE}"""  # noqa: S608  our own names

_DIFFERENTLY_MISSING = """
    SELECT count(*) FROM (SELECT person_id FROM spreadsheet_rosterrow
                          WHERE roster_id = %(roster)s AND outcome = 'left') then_
    FULL JOIN missing now_ ON now_.person_id = then_.person_id
    WHERE then_.person_id IS NULL OR now_.person_id IS NULL"""

_MENDED = f"""
    UPDATE spreadsheet_rosterrow s
    SET outcome = v.outcome, fault = v.fault, person_id = v.person_id, other_school_id = v.other_school,
        other_row = v.other_row, changes = v.changes
    FROM verdict v
    WHERE s.roster_id = %(roster)s AND s.row_number = v.row_number AND {_OTHERWISE}"""  # noqa: S608  our own names


def keep(roster: Roster) -> None:
    """Keep what a first comparison found. 保存核对结果"""
    with connection.cursor() as cursor:
        for statement in (_ROWS, _REFUSED, _GUARDIANS, _LEFT):
            cursor.execute(statement, {"roster": roster.pk})


def differently(roster: Roster, *, whole_file: bool) -> int:
    """In how many rows a new comparison differs from what the clerk has seen. 与上次核对不同的行数

    Who is missing counts only if the missing are to leave.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT_ROWS, {"roster": roster.pk})
        different: int = cursor.fetchone()[0]
        if whole_file:
            cursor.execute(_DIFFERENTLY_MISSING, {"roster": roster.pk})
            different += cursor.fetchone()[0]
    return different


def keep_again(roster: Roster) -> None:
    """Keep what a later comparison found. 更新核对结果"""
    RosterRow.objects.filter(roster=roster, outcome=RosterRow.Outcome.LEFT).delete()
    with connection.cursor() as cursor:
        for statement in (_MENDED, _LEFT):
            cursor.execute(statement, {"roster": roster.pk})


def forget(roster: Roster, *, errors_too: bool = True) -> None:
    """Drop the staged rows of a roster that is done with; the rows left to mend stay if asked. 清除暂存"""
    RosterGuardian.objects.filter(roster=roster).delete()
    staged = RosterRow.objects.filter(roster=roster)
    if not errors_too:
        staged = staged.exclude(outcome=RosterRow.Outcome.ERROR)
    staged.delete()
