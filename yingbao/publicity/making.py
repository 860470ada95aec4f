"""A school has letters made in one go: which children, in which words, and what each letter said. 批量制作"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import groupby

from django.db import IntegrityError, transaction

from yingbao.agents.models import Appointment, Organisation
from yingbao.collection.handing import NO_CLASS, ZIP_EPOCH, safe
from yingbao.declaration.stating import grade_labels
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day, deadline
from yingbao.paper.beside import Lot, draw_all
from yingbao.publicity.composing import in_force, worded
from yingbao.publicity.following import ChildRow, ClassKey, children_of
from yingbao.publicity.handing import check_open
from yingbao.publicity.models import LetterBatch, LetterFile, LetterPrinted
from yingbao.sealing.sealed import seal_bytes
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

KEPT = timedelta(days=30)
"""So long a file waits to be printed; it can be made anew at any time."""
AT_ONCE = 250
Progress = Callable[[int, int], None]


def wanted(
    rows: Sequence[ChildRow], *, groups: Collection[ClassKey] | None, chosen: Collection[int] | None
) -> list[ChildRow]:
    """The children of these classes, or these children, in the order of the list; all if neither is named. 选定范围"""
    if chosen is not None:
        return [row for row in rows if row.enrolment in chosen]
    return [row for row in rows if groups is None or row.key in groups]


def ask(
    *, season: Season, school: Organisation, scope: str, heads: int, key: str, by: Appointment, at: datetime
) -> tuple[LetterBatch, bool]:
    """A batch for a form, and whether it is new: the same form sent twice gives the one that there is. 申请制作

    Raises Refused if there is nobody to write to, or the school has closed.
    """
    check_open(school)
    if not heads:
        raise Refused(
            where="范围",
            what=Text("这里一个孩子也没有", "there is no child in it"),
            mend=Text("换一个班，或先上传花名册。", "Choose another class, or upload the roster first."),
        )
    row = LetterBatch(
        season=season, organisation=school, scope=scope, heads=heads, wording=in_force(season, "child").number,
        deadline=deadline(season), key=key, by=by.user, at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return LetterBatch.objects.get(key=key, organisation=school), False
    return row, True


def make(
    *, batch: LetterBatch, groups: Collection[ClassKey] | None, chosen: Collection[int] | None, duplex: bool,
    at: datetime, progress: Progress = lambda done, total: None, processes: int | None = None,
) -> LetterFile:  # fmt: skip
    """The file of a batch: one PDF, or one for each class in a zip; made once, however often asked. 制作

    Tells progress by letters. Raises Refused if all of the children have left meanwhile.
    """
    there = LetterFile.objects.filter(batch=batch).first()
    if there is not None:
        return there
    rows = wanted(children_of(season=batch.season, school=batch.organisation), groups=groups, chosen=chosen)
    if not rows:
        raise Refused(
            where=batch.scope,
            what=Text("孩子都已不在本校名单上", "the children are no longer on the school's list"),
            mend=Text("回到告家长书页面，看最新名单。", "Go back and look at the list as it is now."),
        )
    found = enrolments_of(rows)
    on, total = china_day(at), len(rows) + 1
    names, lots = [], []
    for key, group in groupby(rows, key=lambda row: row.key):
        papers = worded([found[row.enrolment] for row in group if row.enrolment in found], on=on)
        for first in range(0, len(papers), AT_ONCE):
            names.append(_called(key) + (f"-{first // AT_ONCE + 1}" if first else ""))
            lots.append(Lot(papers[first : first + AT_ONCE], duplex))
    drawn, done = [], 0
    progress(0, total)
    # Closed at once if the owner cancels: the processes end with it.
    with closing(draw_all(lots, processes=processes)) as files:
        for lot, pdf in zip(lots, files, strict=True):
            drawn.append(pdf)
            done += len(lot.papers)
            progress(min(done, total - 1), total)
    name, content = _packed(batch, names, [len(lot.papers) for lot in lots], drawn)
    with transaction.atomic():
        file, new = LetterFile.objects.get_or_create(
            batch=batch,
            defaults={
                "filename": name, "content_cipher": seal_bytes(content), "size_bytes": len(content), "made_at": at,
            },
        )  # fmt: skip
        if new:
            LetterPrinted.objects.bulk_create(_printed(batch, found[row.enrolment]) for row in rows)
    LetterFile.objects.filter(made_at__lt=at - KEPT).delete()
    progress(total, total)
    return file


def enrolments_of(rows: Sequence[ChildRow]) -> dict[int, Enrolment]:
    """The enrolments of these children with all that a letter needs. 参保"""
    keys = [row.enrolment for row in rows]
    return Enrolment.objects.select_related("person", "season", "organisation__parent__parent").in_bulk(keys)


def _printed(batch: LetterBatch, one: Enrolment) -> LetterPrinted:
    return LetterPrinted(
        batch=batch, enrolment=one, status=one.status, self_paid_fen=one.self_paid_fen,
        subsidised_fen=one.subsidised_fen, channel=one.channel,
    )  # fmt: skip


def _packed(
    batch: LetterBatch, names: Sequence[str], heads: Sequence[int], drawn: Sequence[bytes]
) -> tuple[str, bytes]:
    whole = " ".join(filter(None, (safe(batch.organisation.name), safe(batch.scope), "告家长书")))
    if len(drawn) == 1:
        return f"{whole}.pdf", drawn[0]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for place, (name, count, pdf) in enumerate(zip(names, heads, drawn, strict=True), start=1):
            # Numbered, so that a printer takes the classes in their order.
            archive.writestr(zipfile.ZipInfo(f"{place:02} {safe(name)}（{count}份）.pdf", ZIP_EPOCH), pdf)
    return f"{whole}.zip", packed.getvalue()


def _called(key: ClassKey) -> str:
    stages, grades, words = grade_labels()
    at = {(stage, grade): word for stage, grade, word in zip(stages, grades, words, strict=True)}
    return f"{at.get(key[:2], '')}{key[2]}".strip() or NO_CLASS
