"""Finding a policy by its id or its file."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.policy.files import SUZHOU, YUZHONG
from yingbao.policy import catalogue
from yingbao.policy.refused import PolicyRefused
from yingbao.values.refusal import Refused


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own folder of policies that holds Suzhou's."""
    monkeypatch.setenv("YINGBAO_POLICIES", str(tmp_path))
    (tmp_path / "320500-suzhou").mkdir()
    shutil.copy(SUZHOU, tmp_path / "320500-suzhou" / "2020.yaml")
    return tmp_path


def test_both_cities_of_2020_are_there_and_every_file_is_known_once():
    known = catalogue.available()
    assert {("320500/2020", SUZHOU), ("500103/2020", YUZHONG)} <= {(each.policy, each.path) for each in known}
    assert [each.policy for each in known] == sorted({each.policy for each in known})
    assert {each.path for each in known} == set(catalogue.root().glob("*/[0-9][0-9][0-9][0-9].yaml"))


def test_a_policy_is_found_by_its_id_or_by_its_path():
    assert catalogue.find("320500/2020") == SUZHOU
    assert catalogue.find(str(YUZHONG)) == YUZHONG


@pytest.mark.parametrize("name", ["320500/2031", "suzhou", "", "../etc/passwd", "320500-2020"])
def test_an_unknown_policy_is_refused_with_those_that_there_are(name: str):
    with pytest.raises(Refused) as raised:
        catalogue.find(name)
    for language in ("zh", "en"):
        assert "320500/2020" in raised.value.said(language)
        assert "500103/2020" in raised.value.said(language)


def test_a_slip_in_the_id_is_answered_with_the_nearest():
    with pytest.raises(Refused, match="Did you mean 320500/2020"):
        catalogue.find("32050/2020")


def test_another_folder_of_policies_can_be_named(folder: Path):
    assert [known.policy for known in catalogue.available()] == ["320500/2020"]
    with pytest.raises(Refused):
        catalogue.find("500103/2020")


def test_an_empty_folder_says_how_to_name_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("YINGBAO_POLICIES", str(tmp_path))
    with pytest.raises(Refused, match="YINGBAO_POLICIES"):
        catalogue.find("320500/2020")


def test_a_policy_is_read_once_until_its_file_changes(folder: Path):
    path = folder / "320500-suzhou" / "2020.yaml"
    first = catalogue.policy_of("320500/2020")
    assert catalogue.policy_of("320500/2020") is first
    assert catalogue.policy_of(path) is first
    path.write_text(path.read_text(encoding="utf-8").replace("24000", "240000"), encoding="utf-8")
    assert catalogue.policy_of("320500/2020").tables.premium[0].premium_fen == 240000


def test_a_file_that_stands_in_another_policys_place_is_refused(folder: Path):
    shutil.copy(SUZHOU, folder / "320500-suzhou" / "2021.yaml")
    with pytest.raises(PolicyRefused, match="in the place of 320500/2021 but is 320500/2020"):
        catalogue.policy_of("320500/2021")


def test_a_digest_names_the_version_of_a_file(folder: Path):
    path = folder / "320500-suzhou" / "2020.yaml"
    before = catalogue.digest(path)
    assert before == hashlib.sha256(SUZHOU.read_bytes()).hexdigest()
    path.write_text("another", encoding="utf-8")
    assert catalogue.digest(path) != before


MANY_AT_ONCE = """
import threading
from yingbao.policy.catalogue import policy_of
start = threading.Barrier(8)
def read():
    start.wait()
    assert policy_of("500103/2020").plan_year == 2020
threads = [threading.Thread(target=read) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_a_process_survives_threads_that_all_read_its_first_policy():
    for _ in range(4):
        ran = subprocess.run([sys.executable, "-c", MANY_AT_ONCE], capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (0, "")


def test_a_text_that_stands_in_no_file_is_read_like_the_file_and_its_lines_are_told():
    text = catalogue.text_of(catalogue.find("320500/2020"))
    assert catalogue.policy_in(text, "policy.yaml") == catalogue.policy_of("320500/2020")
    wrong = text.replace("premium_fen: 24000", "premium_fen: many")
    with pytest.raises(Refused) as refused:
        catalogue.policy_in(wrong, "policy.yaml")
    assert f"policy.yaml:{wrong[: wrong.index('many')].count(chr(10)) + 1}" in refused.value.said("en")


def test_a_text_saved_on_another_system_is_the_same_text(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r")
    assert catalogue.text_of(file) == "a: 1\nb: 2\n"
