"""Every command of the analyst speaks the language that one rule gives. 命令行语言"""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from yingbao.cli import main
from yingbao.cli.policy import command as policy

OF_THE_ANALYST = {("explain",), *(("policy", name) for name in policy.commands if name != "schema")}


def said(*words: str, **environment: str | None) -> str:
    env = {"YINGBAO_LANG": None, "LC_ALL": None, "LANG": None} | environment
    return CliRunner().invoke(main, list(words), env=env).output


@pytest.mark.parametrize("words", sorted(OF_THE_ANALYST), ids=" ".join)
def test_the_option_is_in_the_help_of_every_command_of_the_analyst(words):
    assert "--language [zh|en]" in said(*words, "--help")


@pytest.mark.parametrize(
    "words",
    [("explain", "320500/2020", "exempt_whole"), ("policy", "check", "320500/2020"), ("policy", "show", "320500/2020"),
     ("policy", "diff", "320500/2020", "320500/2020"), ("policy", "try", "320500/2020", "nowhere.csv"),
     ("policy", "new", "320500/2020"), ("policy", "list")],
    ids=" ".join,
)  # fmt: skip
def test_the_option_goes_before_the_variable_and_that_before_the_locale(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chinese, english = (said(*words, "--language", language) for language in ("zh", "en"))
    assert chinese != english
    assert said(*words, "--language", "zh", YINGBAO_LANG="en") == chinese
    assert said(*words, YINGBAO_LANG="zh", LANG="en_GB.UTF-8") == chinese
    assert said(*words, LANG="zh_CN.UTF-8") == chinese
    assert said(*words, LANG="C.UTF-8") == said(*words, LC_ALL="en_GB.UTF-8", LANG="zh_CN.UTF-8") == english


def test_a_wrong_option_is_told_in_the_language_that_was_asked_for_wherever_it_stands():
    words = ("policy", "try", "320500/2020", "x.csv", "--as-of", "八月", "--language", "zh")
    assert "不是日期" in said(*words, YINGBAO_LANG="en")
