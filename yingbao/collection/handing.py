"""What a school hands to its pupils: who has a receipt, who has none and why, and the papers in one file. 票据发放"""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import IO, Any, NamedTuple

from django.db import connection

from yingbao.agents.models import Organisation
from yingbao.collection.models import ReceiptPaper
from yingbao.declaration.stating import grade_labels
from yingbao.enrolment.models import Season
from yingbao.values import plain
from yingbao.values.text import Text


class Standing(StrEnum):
    """Whether a child has a receipt, and if not, why. 票据情况"""

    ISSUED = "issued"
    ISSUING = "issuing"
    UNPAID = "unpaid"
    RETURNED = "returned"
    EXEMPT = "exempt"
    UNDECLARED = "undeclared"


STANDING_NAMES = {
    Standing.ISSUED: Text("已开具", "issued"),
    Standing.ISSUING: Text("已到账，正在开具", "paid, being issued"),
    Standing.UNPAID: Text("款项未到账", "the money has not arrived"),
    Standing.RETURNED: Text("款项已退回，票据已作废", "the money went back, the receipt is void"),
    Standing.EXEMPT: Text("免缴，没有票据", "exempt: nothing was paid, so there is none"),
    Standing.UNDECLARED: Text("尚未申报", "not declared yet"),
}


class Handout(NamedTuple):
    """One child of a school and its receipt, if it has one. 发放明细"""

    enrolment: int
    name: str
    class_label: str
    standing: Standing
    amount_fen: int
    """what the family paid or owes"""
    receipt: int | None
    number: str
    issued_at: datetime | None
    has_paper: bool


NO_CLASS = "未分班"
"""the folder of children who stand in no class of the school any more"""
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
READ_AT_ONCE = 50
_FORBIDDEN = dict.fromkeys(map(ord, '\\/:*?"<>|'), "_")
_LONGEST_NAME = 40

_HANDOUTS = """
WITH labels AS (
    SELECT * FROM unnest(%(stages)s::text[], %(grades)s::int[], %(words)s::text[]) WITH ORDINALITY
             AS g (stage, grade, word, place)
), children AS (
    -- whoever this agent collects for, by the obligation that has a receipt or else the live one
    (SELECT DISTINCT ON (o.person_id) o.enrolment_id, o.person_id, o.id AS obligation, o.due_fen, o.paid_fen,
            r.id AS receipt, r.number, r.issued_at
     FROM collection_obligation o
     LEFT JOIN collection_receipt r ON r.obligation_id = o.id AND r.voided_at IS NULL
     WHERE o.season_id = %(season)s AND o.organisation_id = %(organisation)s
       AND (o.ended_at IS NULL OR r.id IS NOT NULL)
     ORDER BY o.person_id, r.id DESC NULLS LAST, o.id DESC)
    UNION ALL
    SELECT e.id, e.person_id, NULL, e.self_paid_fen, 0, NULL, '', NULL
    FROM enrolment_enrolment e
    WHERE e.season_id = %(season)s AND e.organisation_id = %(organisation)s AND e.state IN ('confirmed', 'declared')
      AND NOT EXISTS (SELECT FROM collection_obligation o
                      WHERE o.person_id = e.person_id AND o.season_id = e.season_id AND o.ended_at IS NULL)
)
SELECT c.enrolment_id, p.name, left(btrim(concat_ws(' ', g.word, l.class_name)), 60),
       CASE WHEN c.receipt IS NOT NULL THEN 'issued'
            WHEN c.obligation IS NULL THEN 'undeclared'
            WHEN c.due_fen = 0 THEN 'exempt'
            WHEN c.paid_fen = c.due_fen THEN 'issuing'
            WHEN EXISTS (SELECT FROM collection_receipt v WHERE v.obligation_id = c.obligation) THEN 'returned'
            ELSE 'unpaid' END,
       c.due_fen, c.receipt, coalesce(c.number, ''), c.issued_at,
       EXISTS (SELECT FROM collection_receiptpaper x WHERE x.receipt_id = c.receipt)
FROM children c
JOIN people_person p ON p.id = c.person_id
LEFT JOIN people_schoolroll l ON l.person_id = c.person_id AND l.school_id = %(organisation)s AND l.left_on IS NULL
LEFT JOIN labels g ON g.stage = l.stage AND g.grade IS NOT DISTINCT FROM l.grade
ORDER BY g.place NULLS LAST, substring(l.class_name from '\\d{1,6}')::int NULLS FIRST, l.class_name,
         p.name_pinyin, p.name, c.enrolment_id
"""


def handouts(*, season: Season, organisation: Organisation) -> list[Handout]:
    """Every child that a school declares or collects for, by class. 发放名单"""
    stages, grades, words = grade_labels()
    values: dict[str, Any] = {
        "season": season.pk, "organisation": organisation.pk, "stages": stages, "grades": grades, "words": words,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_HANDOUTS, values)
        return [
            Handout(child, name, label, Standing(standing), *rest)
            for child, name, label, standing, *rest in cursor.fetchall()
        ]


def without_paper(rows: Collection[Handout]) -> list[int]:
    """The receipts of these children of which no paper was made yet. 待制票据"""
    return [row.receipt for row in rows if row.receipt is not None and not row.has_paper]


def pack(rows: Sequence[Handout], into: IO[bytes]) -> int:
    """Write a zip of the papers that there are, a folder for each class; returns how many. 打包

    A paper is packed inside already, so it is stored as it is. No name in it holds an identity number.
    """
    held = [row for row in rows if row.has_paper]
    with zipfile.ZipFile(into, "w") as archive:
        for row, pdf in _with_papers(held):
            archive.writestr(zipfile.ZipInfo(path_of(row), ZIP_EPOCH), pdf)
    return len(held)


def _with_papers(rows: Sequence[Handout]) -> Iterator[tuple[Handout, bytes]]:
    for first in range(0, len(rows), READ_AT_ONCE):
        some = rows[first : first + READ_AT_ONCE]
        keys = [row.receipt for row in some if row.receipt is not None]
        found = dict(ReceiptPaper.objects.filter(receipt__in=keys).values_list("receipt", "pdf"))
        for row in some:
            if row.receipt is not None:
                yield row, bytes(found[row.receipt])


def path_of(row: Handout) -> str:
    """Folder and file of a child's receipt in the zip; the receipt's number makes it the only one. 文件路径"""
    return f"{safe(row.class_label) or NO_CLASS}/{file_name(row.name, row.number)}"


def file_name(name: str, number: str) -> str:
    """The name under which a receipt is saved: 张小明_320500190000000001.pdf. 文件名"""
    return f"{safe(name)}_{number}.pdf" if safe(name) else f"{number}.pdf"


def safe(name: str) -> str:
    """A name as every file system takes it: no separators or invisible signs, no dot at the ends. 安全文件名"""
    shown = "".join(
        sign for sign in name.translate(_FORBIDDEN) if sign.isspace() or unicodedata.category(sign)[0] != "C"
    )
    return unicodedata.normalize("NFC", plain.spaced(shown))[:_LONGEST_NAME].strip(". ")
