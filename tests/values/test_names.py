"""Names as they are written and as they are matched. 姓名"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingbao.values import names
from yingbao.values.fault import Fault


@pytest.mark.parametrize(
    ("written", "matched"),
    [
        ("张三", "张三"),
        (" 张　三 ", "张三"),
        ("张\u200b三\u202c", "张三"),
        ("张\u00a0三", "张三"),
        ("买买提•吐尔逊", "买买提·吐尔逊"),
        ("买买提．吐尔逊", "买买提·吐尔逊"),
        ("买买提‧吐尔逊", "买买提·吐尔逊"),
        ("买买提・吐尔逊", "买买提·吐尔逊"),
        ("买买提.吐尔逊", "买买提·吐尔逊"),
        ("买买提 · 吐尔逊", "买买提·吐尔逊"),
        ("Ａｎｎａ　Berg", "Anna Berg"),
        ("Anna  Maria Berg", "Anna Maria Berg"),
        ("J. R. Smith", "J. R. Smith"),
        ("王\U0002b4ef", "王\U0002b4ef"),
        ("\U00020164三", "\U00020164三"),
        ("葛\U000e0100飾", "葛飾"),
    ],
)
def test_names_that_look_the_same_are_matched_as_the_same(written, matched):
    assert names.check(written) == matched


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_bringing_a_name_to_its_form_twice_changes_nothing(name):
    assert names.cleaned(names.cleaned(name)) == names.cleaned(name)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "没有填写"),
        ("　\u200b", "没有填写"),
        ("张" * 51, "51个字"),
        ("张?", "问号"),
        ("张三1", "1"),
        ('=HYPERLINK("http://example.org")', "="),
        ("张三（大）", "("),
        ("张三/李四", "/"),
    ],
)
def test_what_no_name_holds_is_refused_with_the_reason(written, said):
    with pytest.raises(Fault) as raised:
        names.check(written)
    assert said in raised.value.what.zh


def test_a_character_of_the_writers_own_making_is_taken_and_noticed():
    assert names.check("张\ue123") == "张\ue123"
    assert names.is_private("张\ue123")
    assert not names.is_private("张三")


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("张小明", ("zhang xiaoming", "zxm")),
        ("单小明", ("shan xiaoming", "sxm")),
        ("曾国", ("zeng guo", "zg")),
        ("仇英", ("qiu ying", "qy")),
        ("解放", ("xie fang", "xf")),
        ("查理", ("zha li", "zl")),
        ("欧阳娜娜", ("ouyang nana", "oynn")),
        ("万俟雪", ("moqi xue", "mqx")),
        ("单于明", ("chanyu ming", "cym")),
        ("买买提·吐尔逊", ("maimaiti tuerxun", "mmttex")),
        ("Anna Berg", ("anna berg", "ab")),
        ("王", ("wang", "w")),
        ("", ("", "")),
    ],
)
def test_names_are_spoken_as_surnames_and_given_names_are(name, spoken):
    assert names.pinyin(name) == spoken


def test_a_character_without_a_known_reading_is_found_by_itself():
    full, initials = names.pinyin("王\ue123")
    assert full == "wang \ue123"
    assert initials == "w\ue123"
