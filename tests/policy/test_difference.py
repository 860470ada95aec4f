"""What changed between two years is told in words."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.policy.files import DIRECTORY, SUZHOU, YUZHONG, spoiled
from yingbao.policy.catalogue import policy_of
from yingbao.policy.difference import difference, directory_difference
from yingbao.policy.directory import load_directory
from yingbao.policy.load import load
from yingbao.values.text import Language, Text

CHANGES = {
    "a window that moves": (
        "    last: 2019-11-30",
        "    last: 2019-12-25",
        "期限",
        "「年度申报缴费期」日期由「2019-09-01 至 2019-11-30」改为「2019-09-01 至 2019-12-25」",
    ),
    "a sum that rises": ("24000", "30000", "缴多少", "「premium_standard」结果由「240元」改为「300元」"),
    "a category that is dropped": ("      - orphan\n", "", "条件", "「属于八类免缴对象之一」范围去掉 孤儿"),
    "a category that is added": (
        "      - orphan\n",
        "      - orphan\n      - near_poverty\n",
        "条件",
        "「属于八类免缴对象之一」范围增加 边缘易致贫",
    ),
    "a division that joins": ('"320508"]', '"320508", "320509"]', "区域", "区划增加 320509"),
    "an age that changes": ("    below: 18", "    below: 16", "条件", "内容由「年龄 小于 18」改为「年龄 小于 16」"),
    "a rule that asks for less": (
        "when: [hukou_city, assisted]",
        "when: [assisted]",
        "谁出钱",
        "「exempt_whole」条件去掉 户籍在本市",
    ),
    "a rule that is dropped": (
        "    - id: newborn_without_month_left",
        "    - id: newborn_in_december",
        "从什么时候起享受待遇",
        "删去「newborn_without_month_left」",
    ),
    "a sentence that is reworded": (
        "zh: 不属于免缴对象，保费由家庭缴纳。",
        "zh: 保费由家庭缴纳。",
        "谁出钱",
        "说明由「不属于免缴对象，保费由家庭缴纳。」改为「保费由家庭缴纳。」",
    ),
    "a sentence reworded in English alone": (
        "en: The child is not exempt; the family pays the premium.",
        "en: The family pays.",
        "谁出钱",
        "「paid_by_family」说明：英文措辞有改动",
    ),
    "a deadline that moves": (
        "    deadline: 2019-09-30",
        "    deadline: 2019-10-15",
        "工作阶段",
        "「发放告家长书」日期由「2019-09-11 至 2019-09-30」改为「2019-09-11 至 2019-10-15」",
    ),
    "a phone that changes": ('"69820471"', '"69820472"', "咨询", "「参保登记」联系方式增加 69820472，去掉 69820471"),
    "an age for photos": ("photo_from_age: 7", "photo_from_age: 6", "市民卡", "交照片年龄由「7」改为「6」"),
    "a stage outside the points": (
        "exempt_stages: [senior, vocational]",
        "exempt_stages: [senior]",
        "积分入医",
        "不纳入的学段去掉 中职",
    ),
}


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_told_under_its_part_and_in_words(case: tuple[str, str, str, str], tmp_path: Path):
    old, new, part, what = case
    path = tmp_path / "2020.yaml"
    path.write_text(spoiled(SUZHOU, old, new), encoding="utf-8")
    changes = difference(load(SUZHOU), load(path))
    assert any(change.part.zh == part and what in change.what.zh for change in changes), changes
    assert all(change.what.en and change.what.zh for change in changes)


def test_a_single_change_is_told_alone(tmp_path: Path):
    path = tmp_path / "2020.yaml"
    path.write_text(spoiled(SUZHOU, "24000", "30000"), encoding="utf-8")
    (change,) = difference(load(SUZHOU), load(path))
    assert change.what.en == "premium_standard: outcome changed from “240 yuan” to “300 yuan”"


def test_of_a_list_only_what_differs_in_the_language_read_is_told():
    before, after = (policy_of(f"320500/{year}") for year in (2025, 2026))
    told = next(change.what for change in difference(before, after) if change.what.en.startswith("unconfirmed"))
    assert told.en == (
        "unconfirmed: added The premium of 2026 is not known; that of 2023 is carried over; "
        "removed The premium of 2025 is not known; that of 2023 is carried over"
    )
    assert told.zh.count("申报缴费的月份已知") == 2


def test_a_list_reworded_in_one_language_alone_is_told_to_the_other_as_such():
    before = policy_of("320500/2026")
    unconfirmed = [msgspec.structs.replace(each, says=Text(each.says.zh + "！", each.says.en))
                   for each in before.unconfirmed]  # fmt: skip
    (change,) = difference(before, msgspec.structs.replace(before, unconfirmed=unconfirmed))
    assert change.what.en == "unconfirmed: the Chinese wording changed"
    assert "增加" in change.what.zh


@pytest.mark.parametrize("path", [SUZHOU, YUZHONG], ids=["suzhou", "yuzhong"])
def test_a_policy_does_not_differ_from_itself(path: Path):
    assert difference(load(path), load(path)) == []


def test_rules_that_change_places_are_told_as_an_order(tmp_path: Path):
    text = SUZHOU.read_text(encoding="utf-8")
    first = text[text.index("    - id: roll_registered_before") : text.index("    - id: roll_senior_stage")]
    second = text[text.index("    - id: roll_senior_stage") : text.index("    - id: roll_points_admitted")]
    path = tmp_path / "2020.yaml"
    path.write_text(text.replace(first + second, second + first), encoding="utf-8")
    (change,) = difference(load(SUZHOU), load(path))
    assert "roll_senior_stage → roll_registered_before" in change.what.zh


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_cities_differ_in_every_part_and_it_can_be_told(language: Language):
    changes = difference(load(SUZHOU), load(YUZHONG))
    assert {change.part.en for change in changes} >= {"Windows", "Areas", "Criteria", "How much", "Citizen card"}
    assert all(change.what.said(language) and "None" not in change.what.said(language) for change in changes)


def test_a_directory_tells_new_contacts_and_schools(tmp_path: Path):
    path = tmp_path / "directory-2020.yaml"
    text = spoiled(DIRECTORY, "contact: 谢芸", "contact: 王芳").replace("name: 马家堡小学", "name: 马家堡实验小学")
    path.write_text(text, encoding="utf-8")
    said = [change.what.zh for change in directory_difference(load_directory(DIRECTORY), load_directory(path))]
    assert said == [
        "「解放碑」联系人由「谢芸 63806685」改为「王芳 63806685」",
        "「石油路」学校增加 马家堡实验小学（小学），去掉 马家堡小学（小学）",
    ]
