"""Whatever is done to a good file, it loads or is refused with lines; nothing else ever comes out."""

from __future__ import annotations

import re
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.files import DIRECTORY, SUZHOU, YUZHONG
from yingbao.policy.describe import describe
from yingbao.policy.difference import difference
from yingbao.policy.directory import load_directory
from yingbao.policy.load import load
from yingbao.policy.refused import PolicyRefused

GOOD = {path: path.read_text(encoding="utf-8") for path in (SUZHOU, YUZHONG)}
KEY = re.compile(r"^( *(?:- )?)([a-z_0-9]+):", re.MULTILINE)
NAMES = {"areas", "windows", "criteria", "subsidy_payers"}
"""Below these stand names that an author chooses, not words of the format."""

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10**20),
    st.floats(),
    st.dates(),
    st.text(max_size=12),
    st.sampled_from(["{", "{premium", "}", "{x}", "320505", "city", "none", "2019-13-01", "\x85", "\ud7ff"]),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["zh", "en", "is"]), st.text(max_size=3), max_size=2),
)


def loaded_or_refused(content: str | bytes) -> PolicyRefused | None:
    """What came of it; a refusal must name a line of the file, say what and how to mend, in both languages."""
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.yaml"
        path.write_bytes(raw)
        refused = None
        try:
            policy = load(path)
        except PolicyRefused as raised:
            refused = raised
    if refused is not None:
        lines = len(re.findall(rb"\r\n|\r|\n", raw)) + 1
        for problem in refused.problems:
            assert 1 <= problem.line <= lines
            assert all((problem.what.zh, problem.what.en, problem.mend.zh, problem.mend.en))
        assert refused.said("zh").startswith(str(path))
        return refused
    # What loads can be told and compared.
    assert describe(policy, "zh")
    assert describe(policy, "en")
    difference(load(SUZHOU), policy)
    return None


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_misspelled_word_of_the_format_is_refused_on_its_line(data: st.DataObject):
    source = data.draw(st.sampled_from(list(GOOD)))
    text = GOOD[source]
    found = data.draw(st.sampled_from(list(KEY.finditer(text))))
    misspelled = text[: found.start(2)] + found[2] + "q" + text[found.end(2) :]
    refused = loaded_or_refused(misspelled)
    assert refused is not None
    line = text.count("\n", 0, found.start(2)) + 1
    chosen_name = found[1] == "  " and any(
        re.search(rf"^{part}:\n(?:(?: .*)?\n)*?  {found[2]}:", text, re.MULTILINE) for part in NAMES
    )
    if not chosen_name:
        assert any(problem.line == line and f"{found[2]}q" in problem.what.en for problem in refused.problems)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_value_of_another_kind_is_taken_or_refused(data: st.DataObject):
    content = yaml.safe_load(GOOD[data.draw(st.sampled_from(list(GOOD)))])
    place: dict | list = content
    while True:
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 4)) == 0:
            break
        place = inner
    if data.draw(st.booleans()):
        place[key] = data.draw(VALUES)
    else:
        del place[key]
    loaded_or_refused(yaml.safe_dump(content, allow_unicode=True))


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_torn_or_smeared_file_is_taken_or_refused(data: st.DataObject):
    raw = GOOD[data.draw(st.sampled_from(list(GOOD)))].encode()
    first = data.draw(st.integers(0, len(raw)))
    last = data.draw(st.integers(first, min(len(raw), first + 200)))
    smear = data.draw(
        st.one_of(
            st.binary(max_size=8),
            st.sampled_from([b": ", b"- ", b"&a ", b"*a", b"!!x ", b"{", b"]", b'"', b"\r", b"? "]),
        )
    )
    loaded_or_refused(raw[:first] + smear + raw[last:])


@given(
    raw=st.one_of(
        st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass"))
    )
)
@settings(max_examples=100, deadline=None)
def test_any_bytes_at_all_are_refused(raw: bytes):
    assert loaded_or_refused(raw) is not None


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_torn_directory_is_taken_or_refused(data: st.DataObject):
    raw = DIRECTORY.read_bytes()
    first = data.draw(st.integers(0, len(raw)))
    last = data.draw(st.integers(first, min(len(raw), first + 200)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "directory.yaml"
        path.write_bytes(raw[:first] + raw[last:])
        with suppress(PolicyRefused):
            assert load_directory(path).schools


def test_good_files_are_taken():
    for text in GOOD.values():
        assert loaded_or_refused(text) is None


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(ending: str):
    text = GOOD[SUZHOU].replace("\n", ending)
    assert loaded_or_refused(b"\xef\xbb\xbf" + text.encode()) is None
