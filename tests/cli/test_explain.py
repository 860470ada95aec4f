"""`yingbao explain`: a rule with all that stands behind it. 说明命令"""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from yingbao.cli import main


def yingbao(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, list(words), env={"YINGBAO_LANG": language})


def test_a_rule_is_explained_with_table_clause_criteria_and_sentence():
    said = yingbao("explain", "320500/2020", "points_missed")
    assert said.exit_code == 0
    assert said.output.splitlines()[:5] == [
        "rule: points_missed",
        "table: Who is enrolled, and by whom [entitlement]",
        "clause: 苏社基〔2019〕68号 四(三)",
        "criteria: the school or kindergarten is in the urban districts; "
        "the child is on a school's or kindergarten's roll",
        "outcome: not eligible",
    ]
    assert said.output.splitlines()[5].startswith("sentence: ")


def test_a_rule_is_explained_in_chinese_too():
    said = yingbao("explain", "500103/2020", "cover_after_90_days", language="zh")
    assert said.output.splitlines()[:4] == [
        "规则：cover_after_90_days",
        "决策表：从什么时候起享受待遇 [cover]",
        "依据：关于做好渝中区中小学生儿童2020年度城乡居民合作医疗保险参保征收工作的通知 一(四)",
        "条件：前面各条都不成立",
    ]


@pytest.mark.parametrize("city", ["320500/2020", "500103/2020"])
def test_every_rule_that_is_listed_can_be_explained(city):
    listed = yingbao("explain", city).output.splitlines()
    rules = [line.split()[0] for line in listed if line.startswith("  ")]
    assert len(rules) > 10
    for rule in rules:
        for language in ("zh", "en"):
            said = yingbao("explain", city, rule, language=language)
            assert (said.exit_code, len(said.output.splitlines())) == (0, 6)


def test_an_unknown_rule_is_refused_with_the_nearest_one():
    refused = yingbao("explain", "320500/2020", "points_mised")
    assert refused.exit_code == 1
    assert "Did you mean points_missed?" in refused.stderr
    assert "yingbao explain 320500/2020" in yingbao("explain", "320500/2020", "zzz", language="zh").stderr
