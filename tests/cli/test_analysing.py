"""`yingbao policy new`, `try` and `simulate` at the terminal. 政策分析命令"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yingbao.cli.policy import command
from yingbao.policy import catalogue


def run(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(command, list(words), env={"YINGBAO_LANG": language}, catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own folder of policies, with those of 2020 alone."""
    copy = tmp_path / "policies"
    for known in catalogue.available():
        if known.policy in ("320500/2020", "500103/2020"):
            place = copy / known.path.parent.name
            place.mkdir(parents=True)
            for each in (known.path, *known.path.parent.glob("directory-2020.yaml")):
                shutil.copy(each, place)
    monkeypatch.setenv("YINGBAO_POLICIES", str(copy))
    return copy


def test_new_puts_a_policy_into_its_place_where_check_and_show_find_it(folder: Path):
    result = run("new", "321100/2027", "--name", "zhenjiang")
    assert result.exit_code == 0
    assert "lines are marked" in result.stdout
    assert (folder / "321100-zhenjiang" / "2027.yaml").is_file()
    assert run("check", "321100/2027").exit_code == 0
    assert "镇江市学生儿童居民医保 2027 年度" in run("show", "321100/2027", language="zh").stdout


def test_new_from_last_year_takes_the_directory_along_and_diff_tells_only_days_and_years(folder: Path):
    assert run("new", "500103/2021", "--from", "500103/2020").exit_code == 0
    assert (folder / "500103-yuzhong" / "directory-2021.yaml").is_file()
    assert run("check", "500103/2021").exit_code == 0
    told = run("diff", "500103/2020", "500103/2021").stdout
    assert "plan year changed from “2020” to “2021”" in told
    assert "premium" not in told.replace("{premium}", "").split("Criteria")[0]


def test_new_never_overwrites_and_says_what_to_do_instead(folder: Path, tmp_path: Path):
    before = (folder / "320500-suzhou" / "2020.yaml").read_bytes()
    result = run("new", "320500/2020", language="zh")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "文件已经存在" in result.stderr
    assert (folder / "320500-suzhou" / "2020.yaml").read_bytes() == before
    assert run("new", "320500/2020", "--out", str(tmp_path / "a.yaml")).exit_code == 0


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.csv"
    path.write_text(
        "person_id,birth_date,hukou,school_division,school_stage,assistance,registered_before,paid_on,points_admitted_on,parent_hukou\n"
        "A1,2012-05-04,320508,320508,primary,,true,,,\n"
        "A2,2012-05-04,341226,320508,primary,,false,,,\n"
        "A3,2012-05-04,320508,320508,primary,minimum_living,true,,,\n"
        "A4,2012-05-04,320508,,none,,true,2019-12-20,,\n",
        encoding="utf-8",
    )
    return path


def test_try_tells_the_figures_and_each_child_with_its_clauses(facts: Path):
    result = run("try", "320500/2020", str(facts), "--as-of", "2019-10-08")
    assert (result.exit_code, result.stderr) == (0, "")
    for words in (
        "4 children in all", "2  can be enrolled", "families 240.00 yuan", "the treasury 240.00 yuan",
        "points_missed [四(三)]", "A3: the family pays 0 yuan, the treasury pays 240 yuan, from 1 January 2020",
        "[五(一)] Declaration and payment ended",
    ):  # fmt: skip
        assert words in result.stdout
    assert "家庭缴240元" in run("try", "320500/2020", str(facts), "--language", "zh").stdout


def test_try_shows_the_child_that_is_asked_for_and_says_who_is_not_there(facts: Path):
    result = run("try", "320500/2020", str(facts), "--person", "A4", "--person", "A9")
    assert "A4: closed" in result.stdout
    assert "A1:" not in result.stdout
    assert "A9 is not in the file" in result.stderr


def test_try_against_another_year_moves_that_year_and_tells_who_pays_more(facts: Path, folder: Path):
    dearer = folder / "320500-suzhou" / "2021.yaml"
    run("new", "320500/2021", "--from", "320500/2020")
    dearer.write_text(dearer.read_text("utf-8").replace("premium_fen: 24000", "premium_fen: 28000"), "utf-8")
    result = run("try", str(dearer), str(facts), "--against", "320500/2020", "--as-of", "2020-10-08")
    assert "1  family pays more" in result.stdout
    assert "families +40.00 yuan, others +40.00 yuan" in result.stdout
    assert "A2:" not in result.stdout
    assert "before: the family pays 240 yuan, from 1 January 2021" in result.stdout


def test_try_says_where_a_value_is_wrong_and_which_columns_nobody_reads(facts: Path, tmp_path: Path):
    facts.write_text(facts.read_text("utf-8").replace("A3,2012-05-04", "A3,4 May 2012"), "utf-8")
    result = run("try", "320500/2020", str(facts))
    assert result.exit_code == 1
    assert "row 3 (line 4 of the file), birth_date is '4 May 2012'" in result.stderr
    few = tmp_path / "few.csv"
    few.write_text("person_id,shoe\nA1,38\n", "utf-8")
    told = run("try", "320500/2020", str(few)).stderr
    assert "passed over: shoe" in told
    assert "empty for all: birth_date, hukou" in told
    assert run("try", "320500/2020", str(tmp_path / "none.csv")).exit_code == 1


def test_a_list_of_pupils_without_their_schools_place_is_not_tried_until_it_is_said(tmp_path: Path):
    roster = tmp_path / "roster.csv"
    roster.write_text("编号,出生日期,年级,户籍所在地\nA1,2016-05-04,三年级,姑苏区\n", "utf-8")
    asked = run("try", "320500/2026", str(roster), "--as-of", "2025-11-01")
    assert asked.exit_code == 1
    assert "nothing says where the school is" in asked.stderr
    assert "--school 320505" in asked.stderr
    tried = run("try", "320500/2026", str(roster), "--as-of", "2025-11-01", "--school", "320505")
    assert (tried.exit_code, "1  can be enrolled" in tried.stdout) == (0, True)
    assert "no such division" in run("try", "320500/2026", str(roster), "--school", "99").stderr


@pytest.mark.django_db
def test_simulate_tells_what_a_policy_costs_and_names_nobody(folder: Path):
    from tests.enrolment.building import AT, child, organisation
    from yingbao.enrolment.opening import list_and_determine
    from yingbao.enrolment.seasons import open_season

    season = open_season(policy_id="320500/2020", at=AT)
    school = organisation(name="星海学校")
    for _ in range(3):
        child(school)
    child(school, hukou="341226", registered=None)
    list_and_determine(season=season, organisation=school, at=AT)
    run("new", "320500/2021", "--from", "320500/2020")
    dearer = folder / "320500-suzhou" / "2021.yaml"
    dearer.write_text(dearer.read_text("utf-8").replace("premium_fen: 24000", "premium_fen: 28000"), "utf-8")
    result = run("simulate", "320500/2021", "--by", "place", "--by", "hukou", "--pay-on", "2020-11-30")
    assert (result.exit_code, result.stderr) == (0, "")
    for words in (
        "320500/2021 · the children of 320500/2020", "Note: The season of 2020 is not closed",
        "paid on 2020-11-30", "premiums come to 840.00 yuan",
        "3  family pays more", "families +120.00 yuan", "points_missed", "Gusu, Suzhou: 4 children, 3 enrolled",
        "other provinces: 1 children, 0 enrolled",
    ):  # fmt: skip
        assert words in result.stdout
    assert "张小明" not in result.stdout
    run("new", "320500/2023", "--from", "320500/2020")
    later = run("simulate", "320500/2023", "--language", "zh")
    assert "注意：2021、2022 年度在本平台没有参保季" in later.stdout
    assert run("simulate", "320500/2021", "--season", "320500/2031").exit_code == 1
    assert "no such season" in run("simulate", "320500/2021", "--season", "7").stderr
