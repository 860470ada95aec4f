"""Malformed facts and unusable files are refused, with where, what and how to mend; nothing is written. 不予受理"""

from __future__ import annotations

import errno
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.determination.children import AS_OF, child, textual, typed, write_csv, write_parquet
from yingbao.determination import files, place, source, writing
from yingbao.determination.facts import COLUMNS
from yingbao.policy.catalogue import policy_of
from yingbao.values.refusal import Refused

SUZHOU = policy_of("320500/2020")

MALFORMED = [
    ("identity_type", "id_card", "one of resident_id"),
    ("birth_date", "2015-02-30", "a date such as"),
    ("birth_date", "2015/02/03", "a date such as"),
    ("birth_date", "20150203", "a date such as"),
    ("birth_date", "2015-W06-2", "a date such as"),
    ("birth_date", "2015-2-3", "a date such as"),
    ("birth_date", "2015-02-03 ", "a date such as"),
    ("birth_date", "２０１５-02-03", "a date such as"),
    ("hukou", "32050", "six-digit"),
    ("hukou", "3205080", "six-digit"),
    ("hukou", " 320508", "six-digit"),
    ("hukou", "32050x", "six-digit"),
    ("hukou", "３２０５０８", "six-digit"),
    ("hukou", "320508;320509", "six-digit"),
    ("parent_hukou", "320508,320509", "six-digit"),
    ("parent_hukou", "320508;", "six-digit"),
    ("parent_hukou", "320508; 320509", "six-digit"),
    ("school_division", "苏州", "six-digit"),
    ("school_stage", "Primary", "one of none"),
    ("registered_before", "True", "true or false"),
    ("registered_before", "1", "true or false"),
    ("points_admitted_on", "2019-06-31", "a date such as"),
    ("residence_permit", "yes", "true or false"),
    ("parent_employee_insured", "是", "true or false"),
    ("assistance", "orphan;poor", "category codes"),
    ("assistance", "orphan;;destitute", "category codes"),
    ("tier", "3", "1, 2 or empty"),
    ("tier", "1.5", "1, 2 or empty"),
    ("paid_on", "yesterday", "a date such as"),
    ("lapsed_years", "-1", "whole number"),
    ("lapsed_years", "1.0", "whole number"),
    ("repaired_years", "12345", "whole number"),
]


def refused(facts: Path, out: Path | None = None) -> Refused:
    """The refusal of a run, once it has been seen to leave no trace."""
    out = out or facts.parent / "out.csv"
    before = {path.name: path.read_bytes() for path in facts.parent.iterdir() if path.is_file()}
    with pytest.raises(Refused) as error:
        files.run(SUZHOU, facts, out, AS_OF, lambda said: None)
    assert {path.name: path.read_bytes() for path in facts.parent.iterdir() if path.is_file()} == before
    return error.value


@pytest.mark.parametrize(("column", "value", "expected"), MALFORMED)
def test_a_malformed_value_is_refused_with_file_row_column_and_value(tmp_path, column, value, expected):
    rows = [child(), child(), {**child(), column: value}, child()]
    from_csv = refused(write_csv(tmp_path / "facts.csv", rows))
    pq.write_table(textual(rows), tmp_path / "facts.parquet")
    from_parquet = refused(tmp_path / "facts.parquet")
    assert from_csv.where == str(tmp_path / "facts.csv")
    assert from_csv.what.en == f"row 3 (line 4 of the file), {column} is {value!r}, which is not understood"
    assert from_csv.what.zh == f"第 3 行数据（文件第 4 行），{column} 的值“{value}”无法识别"
    assert from_parquet.what.en == f"row 3, {column} is {value!r}, which is not understood"
    assert expected in from_csv.mend.en
    assert from_csv.mend == from_parquet.mend


def test_an_empty_person_is_refused_in_either_form(tmp_path):
    rows = [child(), {**child(), "person_id": ""}]
    assert refused(write_csv(tmp_path / "facts.csv", rows)).what.en == "row 2 (line 3 of the file), person_id is empty"
    pq.write_table(textual(rows), tmp_path / "empty.parquet")
    assert refused(tmp_path / "empty.parquet").what.en == "row 2, person_id is empty"
    assert refused(write_parquet(tmp_path / "null.parquet", [child(), child(person_id=None)])).what.en.startswith(
        "row 2"
    )


def test_the_line_of_a_row_counts_line_breaks_in_quotes_and_blank_lines(tmp_path):
    (tmp_path / "facts.csv").write_text('person_id,hukou\n\n"a\nb\nc",320508\n2,32\n')
    assert refused(tmp_path / "facts.csv").what.en.startswith("row 2 (line 6 of the file), hukou")


@pytest.mark.parametrize("batch", [3, 1000])
def test_of_several_malformed_values_the_first_row_and_column_is_named(tmp_path, monkeypatch, batch):
    monkeypatch.setattr(source, "BATCH", batch)
    rows = [child() for _ in range(20)]
    rows[11] = child(tier="9", hukou="x", paid_on="y")
    rows[12] = child(identity_type="z")
    rows[19] = child(birth_date="z")
    pq.write_table(textual(rows), tmp_path / "facts.parquet")
    assert refused(tmp_path / "facts.parquet").what.en == "row 12, hukou is 'x', which is not understood"


TYPED: dict[str, tuple[str, pa.Array]] = {
    "3": ("tier", pa.array([1, 3])),
    "0": ("tier", pa.array([None, 0], pa.int8())),
    "-2": ("lapsed_years", pa.array([0, -2])),
    "4294967297": ("lapsed_years", pa.array([0, 2**32 + 1])),
    "1.5": ("repaired_years", pa.array([1.0, 1.5])),
    "nan": ("lapsed_years", pa.array([None, float("nan")])),
    "1": ("registered_before", pa.array([None, 1])),
    "32050": ("hukou", pa.array([320508, 32050])),
    "True": ("hukou", pa.array([None, True])),
    "2015-02-03 08:00:00": ("birth_date", pa.array([None, "2015-02-03 08:00:00"]).cast(pa.timestamp("us"))),
    "2015-02-03 00:00:00 (UTC)": (
        "birth_date",
        pa.array([None, "2015-02-03 00:00:00Z"]).cast(pa.timestamp("us", "UTC")),
    ),
    "99999999 since 1970": ("paid_on", pa.array([0, 99_999_999], pa.int32()).cast(pa.date32())),
    "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}": ("hukou", pa.array([None, b"\xff\xfe"])),
}


@pytest.mark.parametrize("value", TYPED)
def test_a_malformed_value_of_a_proper_type_is_refused_too(tmp_path, value):
    column, array = TYPED[value]
    facts = typed([child(), child()]).set_column(list(COLUMNS).index(column), column, array)
    pq.write_table(facts, tmp_path / "facts.parquet")
    assert refused(tmp_path / "facts.parquet").what.en == f"row 2, {column} is {value!r}, which is not understood"


def test_text_that_is_not_utf8_is_refused_where_it_stands(tmp_path):
    ids = pa.array([b"1", b"2", b"\xb2\xce", b"4"]).view(pa.string())
    pq.write_table(pa.table({"person_id": ids}), tmp_path / "facts.parquet")
    assert refused(tmp_path / "facts.parquet").what.en.startswith("row 3, person_id is")
    words = pa.array([b"", b"\xb2\xce"]).view(pa.string())
    pq.write_table(pa.table({"person_id": ["1", "2"], "school_stage": words}), tmp_path / "facts.parquet")
    assert refused(tmp_path / "facts.parquet").what.en.startswith("row 2, school_stage is")


@pytest.mark.parametrize(
    ("column", "array", "type_"),
    [
        ("assistance", pa.array([["orphan"]]), "list<element: string>"),
        ("tier", pa.array([Decimal("1.0")]), "decimal128(2, 1)"),
    ],
)
def test_a_column_that_holds_no_plain_values_is_refused_by_its_type(tmp_path, column, array, type_):
    pq.write_table(pa.table({"person_id": ["1"], column: array}), tmp_path / "facts.parquet")
    assert refused(tmp_path / "facts.parquet").what.en == f"the column {column} is of type {type_}"


def test_a_refusal_repeats_no_more_of_a_row_than_the_value(tmp_path):
    secret = child(person_id="P-1234", hukou="320508", school_stage="x" * 500, birth_date="2015-01-01")
    said = refused(write_csv(tmp_path / "facts.csv", [secret]))
    for language in ("zh", "en"):
        assert "P-1234" not in said.said(language)
        assert "320508" not in said.said(language)
        assert "x" * 61 not in said.said(language)


def test_characters_that_cannot_be_seen_are_not_printed(tmp_path):
    said = refused(write_csv(tmp_path / "facts.csv", [child(hukou="\u202e\x1b[31m3")]))
    assert "\x1b" not in said.said("en") + said.said("zh")
    assert "\u202e" not in said.said("en") + said.said("zh")


BROKEN: dict[str, tuple[str, bytes, str]] = {
    "an empty CSV": ("facts.csv", b"", "without a header row"),
    "a CSV of blank lines": ("facts.csv", b"\n\n\n", "without a header row"),
    "a CSV without persons": ("facts.csv", b"hukou\n320508\n", "there is no column person_id"),
    "a CSV with a column twice": ("facts.csv", b"person_id,hukou,hukou\n1,,\n", "the column hukou is there 2 times"),
    "a CSV with a short row": ("facts.csv", b"person_id,hukou\n1,\n2\n", "row 2 (line 3 of the file) has 1 values"),
    "a CSV with a long row": ("facts.csv", b"person_id,hukou\n1,\n2,,\n", "row 2 (line 3 of the file) has 3 values"),
    "a CSV in GBK": ("facts.csv", "person_id,name\n1,张三\n".encode("gbk"), "not in UTF-8"),
    "a CSV in GBK further down": (
        "facts.csv", b"person_id,hukou\n" + b"1,\n" * 9000 + "张,\n".encode("gbk"), "not in UTF-8",
    ),
    "a CSV in UTF-16": ("facts.csv", "person_id,hukou\n1,\n".encode("utf-16"), "not in UTF-8"),
    "a Parquet file that is none": ("facts.parquet", b"person_id,hukou\n1,\n", "is no whole Parquet"),
    "an empty Parquet file": ("facts.parquet", b"", "is no whole Parquet"),
    "a file of another kind": ("facts.xlsx", b"PK", "its ending is not known"),
    "a file without an ending": ("facts", b"", "its ending is not known"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name):
    file, content, expected = BROKEN[name]
    (tmp_path / file).write_bytes(content)
    said = refused(tmp_path / file)
    assert expected in said.what.en
    assert said.where == str(tmp_path / file)


def test_a_parquet_file_cut_off_or_damaged_is_refused(tmp_path):
    whole = write_parquet(tmp_path / "whole.parquet", [child(person_id=str(n)) for n in range(5000)]).read_bytes()
    (tmp_path / "facts.parquet").write_bytes(whole[: len(whole) // 2])
    assert "no whole Parquet" in refused(tmp_path / "facts.parquet").what.en
    damaged = bytearray(whole)
    damaged[4:2000] = bytes(1996)
    (tmp_path / "facts.parquet").write_bytes(bytes(damaged))
    assert "no whole Parquet" in refused(tmp_path / "facts.parquet").what.en


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "No such file" in refused(tmp_path / "facts.csv").what.en
    assert "No such file" in refused(tmp_path / "facts.parquet").what.en


def test_facts_and_decisions_are_two_files_however_they_are_named(tmp_path):
    facts = write_csv(tmp_path / "facts.csv", [child()])
    (tmp_path / "link.csv").symlink_to(facts)
    os.link(facts, tmp_path / "again.csv")
    for name in ("facts.csv", "link.csv", "again.csv"):
        assert "are the same file" in refused(facts, tmp_path / name).what.en


def test_decisions_go_only_where_a_file_can_stand(tmp_path):
    facts = write_csv(tmp_path / "facts.csv", [child()])
    (tmp_path / "folder.csv").mkdir()
    assert "Is a directory" in refused(facts, tmp_path / "folder.csv").what.en
    assert "No such file" in refused(facts, tmp_path / "missing" / "out.csv").what.en
    assert "Not a directory" in refused(facts, facts / "out.csv").what.en
    assert "its ending is not known" in refused(facts, tmp_path / "out.xlsx").what.en


def forbidden(*args: Any, **kwargs: Any) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.fixture(params=["without a name", "under a hidden name", "as a copy"])
def written(request, monkeypatch):
    """The ways in which OUT comes to be, as file systems and sandboxes differ."""
    if request.param == "under a hidden name":
        monkeypatch.setattr(place, "_nameless", lambda folder: None)
    if request.param == "as a copy":
        monkeypatch.setattr(place.os, "link", forbidden)


@pytest.mark.parametrize("kind", [writing.CsvWriter, writing.ParquetWriter])
def test_a_full_disk_is_refused_and_leaves_what_was_there(written, tmp_path, monkeypatch, kind):
    def full(self: Any, decided: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    out = tmp_path / ("out.csv" if kind is writing.CsvWriter else "out.parquet")
    out.write_bytes(b"old")
    monkeypatch.setattr(kind, "write", full)
    said = refused(write_csv(tmp_path / "facts.csv", [child()]), out)
    assert (said.where, said.what.en) == (str(out), "it cannot be written (No space left on device)")


def test_every_way_of_writing_leaves_one_file_with_ordinary_rights(written, tmp_path):
    facts = write_csv(tmp_path / "facts.csv", [child(birth_date=date(2015, 1, 1))])
    files.run(SUZHOU, facts, tmp_path / "out.csv", AS_OF, lambda said: None)
    umask = os.umask(0)
    os.umask(umask)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts.csv", "out.csv"]
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 2
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o666 & ~umask
