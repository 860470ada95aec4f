"""From a file of facts to a file of decisions. 文件核定

Batches are read and decided while the ones before are written, so memory holds a few batches whatever
the file's length.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from queue import Queue

from yingbao.determination.facts import COLUMNS, malformed, row_text
from yingbao.determination.frame import Determiner, MalformedFacts
from yingbao.determination.outputs import Decided
from yingbao.determination.place import replacing
from yingbao.determination.rulebook import Rulebook
from yingbao.determination.source import Source, refused_ending, source_of
from yingbao.determination.writing import CsvWriter, ParquetWriter, Writer
from yingbao.policy.model import Policy
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

WAITING = 2
"""Batches that may wait to be written."""


def run(policy: Policy, facts: Path, out: Path, as_of: date, warn: Callable[[Text], None]) -> int:
    """Decide for every row of the file `facts` and write `out`; says how many rows. 文件核定

    `as_of` stands in where `paid_on` is empty; unknown columns are passed over with a warning. Raises
    Refused, with `out` as it was before, if anything cannot be read or written.
    """
    source = opened(facts, out, warn)
    determiner = Determiner(policy, source.schema, as_of, str(facts))
    rows = 0

    def decided() -> Iterator[Decided]:
        nonlocal rows
        for batch in source.batches(determiner.columns):
            try:
                yield determiner.decide(batch)
            except MalformedFacts as error:
                raise refused_row(source, rows, error) from None
            rows += len(batch)

    with replacing(out) as path, writer_to(path, out.suffix, determiner.rulebook) as writer:
        write_beside(writer, decided())
    return rows


def opened(facts: Path, out: Path, warn: Callable[[Text], None]) -> Source:
    """The facts' source, once both paths are found in order; warns of columns that nobody reads."""
    if out.suffix.lower() not in (".csv", ".parquet"):
        raise refused_ending(out)
    source = source_of(facts)
    if out.exists() and out.samefile(facts):
        raise Refused(
            where=str(out),
            what=Text(zh="事实文件和结果文件是同一个", en="the facts and the decisions are the same file"),
            mend=Text(zh="请为结果另取一个文件名。", en="Give the decisions a name of their own."),
        )
    unknown = [name for name in dict.fromkeys(source.schema.names) if name not in COLUMNS]
    if unknown:
        said = ", ".join(unknown[:10]) + (" …" if len(unknown) > 10 else "")
        warn(
            Text(zh=f"{facts}：以下列无法识别，已略过：{said}", en=f"{facts}: unknown columns are passed over: {said}")
        )
    return source


def refused_row(source: Source, before: int, error: MalformedFacts) -> Refused:
    """The refusal of a row, counted from the file's first one; so many came before its batch."""
    row = before + error.malformed.row + 1
    return malformed(str(source.path), error.malformed.column, error.malformed.value, row_text(row, source.line(row)))


def writer_to(path: str, ending: str, rulebook: Rulebook) -> Writer:
    """The writer for a file of this ending."""
    return CsvWriter(path, rulebook) if ending.lower() == ".csv" else ParquetWriter(path, rulebook)


def write_beside(writer: Writer, decided: Iterable[Decided]) -> None:
    """Write batches in a thread of their own while the next ones are decided. 边判定边写出"""
    waiting: Queue[Decided | None] = Queue(WAITING)
    failed: list[BaseException] = []

    def write() -> None:
        while (batch := waiting.get()) is not None:
            try:
                if not failed:
                    writer.write(batch)
            except BaseException as error:
                failed.append(error)

    thread = threading.Thread(target=write, name="decisions")
    thread.start()
    try:
        for batch in decided:
            if failed:
                break
            waiting.put(batch)
    finally:
        waiting.put(None)
        thread.join()
    if failed:
        raise failed[0]
