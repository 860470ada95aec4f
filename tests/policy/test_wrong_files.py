"""What a wrong policy file is told: the line, what is wrong there, and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policy.files import SUZHOU, YUZHONG, line_of, refusal_of, spoiled
from tests.policy.wrong_tasks import TASKS, Wrong

PREMIUM = "premium_fen: 24000"
WRONG = TASKS | {
    "a misspelled key": Wrong(
        "    clause: 二\n    first: 2019-09-01",
        "    cluase: 二\n    first: 2019-09-01",
        "cluase",
        "Unknown key cluase",
        "clause?",
    ),
    "a key of another table": Wrong(
        PREMIUM, PREMIUM + "\n      agent: school # too", "agent: school # too", "Unknown key agent", "Known here"
    ),
    "a missing key": Wrong(
        "      " + PREMIUM + "\n", "", "id: premium_standard", "One of premium_fen and parts", "Write premium_fen"
    ),
    "a missing table": Wrong(
        "  channel:\n    - id: pay_through_school",
        "  chanel:\n    - id: pay_through_school",
        "chanel:",
        "Unknown key chanel",
        "channel?",
    ),
    "a key given twice": Wrong(
        "plan_year: 2020\n",
        "plan_year: 2020\nplan_year: 2021\n",
        "plan_year: 2021",
        "plan_year is here twice",
        "Keep one",
    ),
    "a sum in yuan with a point": Wrong(
        PREMIUM, "premium_fen: 240.00", "premium_fen: 240.00", "A whole number", "in fen"
    ),
    "a sum with a unit": Wrong(PREMIUM, "premium_fen: 240元", "premium_fen: 240元", "not 240元", "without quotes"),
    "a sum below zero": Wrong(PREMIUM, "premium_fen: -24000", "premium_fen: -24000", "not -24000", "at least 0"),
    "a sum in quotes": Wrong(
        PREMIUM, 'premium_fen: "24000"', 'premium_fen: "24000"', "A whole number", "without quotes"
    ),
    "a day that no calendar has": Wrong(
        "    last: 2019-11-30", "    last: 2019-11-31", "last: 2019-11-31", "2019-11-31 is not a date", "2019-09-01"
    ),
    "a date written with slashes": Wrong(
        "    last: 2019-11-30", "    last: 2019/11/30", "last: 2019/11/30", "not a date", "Write a day of the calendar"
    ),
    "a date without leading zeros": Wrong(
        "cover_from: 2020-01-01", "cover_from: 2020-1-1", "cover_from", "not a date", "2019-09-01"
    ),
    "a date with a time": Wrong(
        "cover_from: 2020-01-01", "cover_from: 2020-01-01T00:00:00", "cover_from", "is not a date", "Write a day"
    ),
    "a code that YAML reads as a number": Wrong(
        '["320505", "320506"', '[320505, "320506"', "320505, ", "YAML reads 320505 as a number", '"320505"'
    ),
    "a phone that YAML reads as a number": Wrong(
        'phones: ["12366"]', "phones: [12366]", "[12366]", "reads 12366", '"12366"'
    ),
    "a code of five digits": Wrong('"320508"]', '"32050"]', '"32050"', "32050 is not written", "six-digit"),
    "an upper-case id": Wrong(
        "id: premium_standard", "id: PremiumStandard", "PremiumStandard", "not written", "lower-case"
    ),
    "an unknown stage": Wrong(
        "any_of: [senior, vocational]",
        "any_of: [seniour, vocational]",
        "seniour",
        "no value seniour",
        "Did you mean senior?",
    ),
    "an unknown agent": Wrong(
        "when: [hukou_urban, not_at_school, under_18]\n      agent: community",
        "when: [hukou_urban, not_at_school, under_18]\n      agent: comunity",
        "agent: comunity",
        "Unknown value comunity",
        "community?",
    ),
    "an unknown fact": Wrong(
        "fact: points_admitted_on",
        "fact: points_admited_on",
        "fact: points_admited_on",
        "Unknown value",
        "points_admitted_on?",
    ),
    "an unknown assistance category": Wrong(
        "      - registered_poor",
        "      - registred_poor",
        "registred_poor",
        "no value registred_poor",
        "registered_poor?",
    ),
    "yes instead of true": Wrong(
        "known: false", "known: no", "known: no", "A truth value is expected", "true or false"
    ),
    "an unknown area": Wrong(
        "    fact: parent_hukou\n    within: city",
        "    fact: parent_hukou\n    within: citty",
        "within: citty",
        "no area called citty",
        "city?",
    ),
    "an unknown window": Wrong(
        "during: declaration", "during: declarations", "during: declarations", "no window called", "declaration?"
    ),
    "an unknown criterion": Wrong(
        "when: [hukou_city, assisted]",
        "when: [hukou_city, asisted]",
        "when: [hukou_city, asisted]",
        "no criterion called asisted",
        "assisted?",
    ),
    "an unknown payer": Wrong(
        "paid_by: treasury", "paid_by: tresury", "paid_by: tresury", "no payer called tresury", "treasury?"
    ),
    "two operators that do not go together": Wrong(
        "    fact: age\n    below: 18",
        "    fact: age\n    below: 18\n    at_least: 0",
        "at_least: 0",
        "one operator alone",
        "Make two criteria",
    ),
    "no operator": Wrong(
        "    fact: age\n    below: 18\n", "    fact: age\n", "fact: age\n  of_age", "age has no operator", "at_least"
    ),
    "an operator that does not fit": Wrong(
        "    fact: age\n    below: 18",
        "    fact: age\n    within: urban",
        "within: urban\n  of_age",
        "does not fit age",
        "below",
    ),
    "neither a fact nor a table": Wrong(
        "    fact: points_admitted_on\n    during: points\n",
        "",
        "says: {zh: 在办理期内取得积分入医资格",
        "neither fact, decided nor either",
        "Write fact",
    ),
    "a truth asked of a number": Wrong("is: true", "is: 1", "is: 1", "registered_before cannot be 1", "true or false"),
    "the same rule id twice": Wrong(
        "id: pay_through_community",
        "id: paid_by_family",
        "id: paid_by_family\n      clause: 一",
        "paid_by_family is used twice",
        "of its own",
    ),
    "a last row with a criterion": Wrong(
        "      registration: community",
        "      when: [of_age]\n      registration: community",
        "when: [of_age]",
        "could fall through",
        "without when",
    ),
    "a row behind one without criteria": Wrong(
        "      when: [school_is_agent]\n      channel: school",
        "      channel: school",
        "id: pay_through_community",
        "pay_through_community is never reached",
        "Change their order",
    ),
    "a row in the shade of a wider one": Wrong(
        "when: [newborn_route, december_2020]",
        "when: [newborn_route]",
        "id: newborn_from_next_month",
        "newborn_without_month_left above it",
        "Change their order",
    ),
    "a table asked before it is decided": Wrong(
        "when: [before_september]",
        "when: [newborn_route]",
        "when: [newborn_route]\n      phase",
        "cannot know yet",
        "their order is",
    ),
    "a decided rule of another table": Wrong(
        "by: [paid_as_newborn]",
        "by: [cover_whole_year]",
        "by: [cover_whole_year]",
        "no rule called cover_whole_year",
        "Known here",
    ),
    "a fact beside decided": Wrong(
        "    decided: phase\n",
        "    decided: phase\n    fact: age\n",
        "fact: age\n    by",
        "fact cannot stand beside decided",
        "two criteria",
    ),
    "a window that ends before it begins": Wrong(
        "    last: 2019-09-10", "    last: 2019-05-10", "last: 2019-05-10", "2019-05-10 is before first", "Mend one"
    ),
    "cover that ends before it begins": Wrong(
        "cover_to: 2020-12-31", "cover_to: 2019-12-31", "cover_to", "is before cover_from", "Mend one"
    ),
    "a phase that ends before it starts": Wrong(
        "    deadline: 2019-09-30",
        "    deadline: 2019-09-01",
        "deadline: 2019-09-01",
        "before starts 2019-09-11",
        "Mend one",
    ),
    "another year than the id's": Wrong(
        "plan_year: 2020", "plan_year: 2021", "plan_year", "differs from the year", "same year"
    ),
    "an unknown placeholder": Wrong(
        "is {premium}.", "is {premum}.", "is {premum}.", "filled in for {premum}", "premium?"
    ),
    "a placeholder in one language alone": Wrong(
        "is {premium}.",
        "is the same for all.",
        "because:\n        zh: 2020年度学生（少儿）缴费标准",
        "different things",
        "same braces",
    ),
    "a brace that stands alone": Wrong(
        "is {premium}.", "is {premium}}.", "is {premium}}.", "stands alone", "such as {paid_on}"
    ),
    "a comma inside braces": Wrong(
        "en: greater Suzhou}\n    divisions",
        "en: greater Suzhou, with counties}\n    divisions",
        "with counties",
        "A comma inside braces",
        "quotes around the whole sentence",
    ),
    "Chinese and English in each other's place": Wrong(
        "zh: 不属于免缴对象，保费由家庭缴纳。",
        "zh: The family pays.",
        "zh: The family pays.",
        "zh holds no Chinese",
        "under zh",
    ),
    "a blank sentence": Wrong(
        "en: The child is not exempt; the family pays the premium.", 'en: " "', 'en: " "', "en is blank", "Write both"
    ),
    "a criterion that no rule uses": Wrong(
        "  of_age:\n",
        "  spare:\n    says: {zh: 备用, en: spare}\n    fact: age\n    below: 3\n  of_age:\n",
        "spare:\n",
        "spare is not used",
        "misspelled",
    ),
    "an area that no criterion uses": Wrong(
        "windows:\n  points",
        "  spare:\n    name: {zh: 备用, en: spare}\n    divisions: []\nwindows:\n  points",
        "spare:\n",
        "spare is not used",
        "Remove it",
    ),
    "a payer without a part": Wrong(
        "      part: whole\n", "", "paid_by: treasury", "paid_by and what is paid contradict", "part: whole"
    ),
    "a wait without days": Wrong(
        "      days: 90\n", "", "starts: after_days", "starts and days contradict", "after_days", YUZHONG
    ),
    "days without a wait": Wrong(
        "      starts: year_start",
        "      starts: year_start\n      days: 3",
        "days: 3",
        "starts and days contradict",
        "only with it",
    ),
    "a directory in another folder": Wrong(
        "directory: directory-2020.yaml",
        "directory: ../x.yaml",
        "directory: ../x.yaml",
        "not a file name in the same folder",
        "file name alone",
        YUZHONG,
    ),
    "a number of months out of reason": Wrong(
        "months_from_birth: 3", "months_from_birth: 0", "months_from_birth: 0", "0 is no sensible", "from 1 to 240"
    ),
    "a number beyond what is sensible": Wrong(
        "plan_year: 2020\n",
        "plan_year: 2020\nwaiting: {clause: 一, fixed_months: 300, months_per_further_year: 1, "
        "repaired_year_takes_off: 1}\n",
        "waiting: {clause",
        "not 300",
        "from 0 to 60",
    ),
    "a clause that is left empty": Wrong(
        "card:\n  clause: 四(七)", 'card:\n  clause: ""', 'clause: ""', "There is nothing here", "Write the text"
    ),
    "a list where one word belongs": Wrong(
        "cover_to: 2020-12-31", "cover_to: [2020-12-31]", "cover_to", "A single value", "one value"
    ),
    "a word where a list belongs": Wrong(
        "by: [paid_as_newborn]", "by: paid_as_newborn", "by: paid_as_newborn", "A list is expected", "[a, b]"
    ),
    "a word where a part belongs": Wrong(
        "card:\n  clause: 四(七)", "card: 四(七)\nx:\n  clause: 四(七)", "card: 四(七)", "Keys with values", "clause"
    ),
    "braces to be filled in on one line, without quotes": Wrong(
        "\n        zh: 2020年度学生（少儿）缴费标准为每人{premium}。\n        en: The premium for a pupil",
        " {zh: 每人{premium}。, en: The premium for a pupil",
        "每人{premium}",
        "not YAML",
        "a sentence with braces, here {premium}, needs quotes",
    ),
    "a sentence with a colon and no quotes": Wrong(
        "en: greater Suzhou}\n    div",
        "en: greater: Suzhou: all}\n    div",
        "en: greater: Suzhou",
        "not YAML",
        "quotes",
    ),
    "a tab as indentation": Wrong(
        "    last: 2019-11-30", "\tlast: 2019-11-30", "last: 2019-11-30", "not YAML", "spaces"
    ),
    "a bracket that is never closed": Wrong(
        'divisions: ["3205*"]', 'divisions: ["3205*"', "  urban:\n    name: {zh: 本市市区", "not YAML", "brackets"
    ),
    "an anchor": Wrong('divisions: ["3205*"]', 'divisions: &all ["3205*"]', "&all", "Anchors and aliases", "quotes"),
    "a tag": Wrong(
        "plan_year: 2020",
        "plan_year: !!str 2020",
        "plan_year",
        "tag:yaml.org,2002:str is not allowed",
        "Remove the tag",
    ),
    "a second document": Wrong("\ncard:\n", "\n---\ncard:\n", "---\ncard", "a second document", "of its own"),
    "a mapping as a key": Wrong("plan_year: 2020", "? {a: 1}\n: 2020", "? {a: 1}", "single word", "key: value"),
    "an invisible character": Wrong("plan_year: 2020", "plan_year: 20\u200b20", "plan_year", "U+200B", "Delete it"),
    "a mark that turns the direction": Wrong(
        "市社保中心已自动登记", "市社保\u202e中心已自动登记", "已自动登记基本信息。", "U+202E", "Delete it"
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_the_author_is_told_the_line_and_what_would_be_right(wrong: Wrong, tmp_path: Path):
    text = spoiled(wrong.source, wrong.old, wrong.new)
    refused = refusal_of(text, tmp_path)
    line = line_of(text, wrong.at)
    told = [(problem.line, problem.what.en, problem.mend.en) for problem in refused.problems]
    assert any(at == line and wrong.what in what and wrong.mend in mend for at, what, mend in told), (line, told)
    for problem in refused.problems:
        assert problem.path == str(tmp_path / "policy.yaml")
        assert problem.what.zh
        assert problem.mend.zh


def test_every_problem_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path):
    text = SUZHOU.read_text(encoding="utf-8")
    text = text.replace("plan_year: 2020", 'plan_year: "2020"').replace("premium_fen: 24000", "premium_fen: 240.5")
    text = text.replace("  card:", "  kard:").replace("photo_from_age: 7", "photo_from_age: seven")
    refused = refusal_of(text, tmp_path)
    lines = [line_of(text, passage) for passage in ('plan_year: "2020"', "premium_fen: 240.5", "photo_from_age: seven")]
    assert [problem.line for problem in refused.problems] == lines
    said = refused.said("zh").splitlines()
    assert [row.split("：")[0] for row in said] == [f"{tmp_path / 'policy.yaml'}:{line}" for line in lines]
    assert refused.where == f"{tmp_path / 'policy.yaml'}:{lines[0]}"


def test_a_file_of_another_kind_does_not_drown_its_author(tmp_path: Path):
    refused = refusal_of("\n".join(f"key_{number}: 1" for number in range(3000)), tmp_path)
    assert len(refused.said("en").splitlines()) == 101
    assert refused.said("en").endswith("more problems are not shown.")


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (b"", 1, "empty"),
        (b"# only a remark\n", 1, "empty"),
        (b"- a\n- b\n", 1, "Keys with values"),
        (b"just a sentence", 1, "Keys with values"),
        ("policy: 320500/2020\nname: 苏州".encode("gb18030"), 2, "not UTF-8"),
        ("policy: 320500/2020\n".encode("utf-16"), 1, "not UTF-8"),
        (b"policy: \x00\n", 1, "U+0000"),
        (b"#" * 1_000_001, 1, "larger than 1 MB"),
        (b"[" * 500_000, 1, "nests too deeply"),
        (b"a: {" * 200_000, 1, "nests too deeply"),
        (b"- " * 200_000, 1, "nests too deeply"),
        (b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, "Anchors"),
        (b"a: &a\n  b: *a\n", 1, "Anchors"),
        (b"<<: *nothing\n", 1, "Anchors"),
        (b"%YAML 9.9\n---\na: 1\n", 1, "not YAML"),
        (b"plan_year: " + b"9" * 5000, 1, "whole number"),
        (b'"\\ud800": 1\n', 1, "not YAML"),
    ],
    ids=lambda value: value[:24].hex() if isinstance(value, bytes) else None,
)
def test_what_is_no_policy_file_is_refused_and_nothing_breaks(content: bytes, line: int, what: str, tmp_path: Path):
    refused = refusal_of(content, tmp_path)
    assert any(problem.line == line and what in problem.what.en for problem in refused.problems), refused.problems
