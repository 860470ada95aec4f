"""Places by the names people write, and by their codes. 行政区划"""

from __future__ import annotations

import pytest

from yingbao.values import divisions
from yingbao.values.fault import Fault


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("320505", "320505"),
        ("320505001002", "320505"),
        ("江苏省苏州市虎丘区", "320505"),
        ("江苏 苏州 姑苏区", "320508"),
        ("苏州市吴中区木渎镇", "320506"),
        ("相城", "320507"),
        ("苏州高新区狮山街道", "320505"),
        ("苏州工业园区", "320571"),
        ("苏州市工业园区娄葑街道", "320571"),
        ("昆山", "320583"),
        ("江苏省张家港市", "320582"),
        ("沧浪区", "320508"),
        ("320502", "320508"),
        ("吴江市", "320509"),
        ("重庆市渝中区", "500103"),
        ("渝中区", "500103"),
        ("重庆市云阳县", "500235"),
        ("安徽阜阳颍上县", "341226"),
        ("河南省周口市", "411600"),
        ("四川省", "510000"),
        ("成都高新区", "510100"),
        ("内蒙古呼和浩特市新城区", "150102"),
        ("吉林市", "220200"),
        ("上海市浦东新区", "310115"),
    ],
)
def test_a_place_is_found_by_the_names_that_people_write(place, code):
    assert divisions.code_of(place) == code


@pytest.mark.parametrize("place", ["鼓楼区", "朝阳区", "江北区"])
def test_a_name_that_several_places_bear_is_refused_with_their_names(place):
    with pytest.raises(Fault) as raised:
        divisions.code_of(place)
    assert place in raised.value.what.zh
    assert "、" in raised.value.what.zh


@pytest.mark.parametrize("place", ["苏州市", "江苏省苏州市", "江苏省", "重庆市", "320500", "苏州市市辖区"])
def test_a_city_whose_districts_decide_is_not_enough(place):
    with pytest.raises(Fault) as raised:
        divisions.code_of(place)
    assert "哪个区" in raised.value.what.zh


@pytest.mark.parametrize("place", ["", "外地", "农业", "320599", "12", "火星"])
def test_an_unknown_place_is_refused_with_an_example(place):
    with pytest.raises(Fault) as raised:
        divisions.code_of(place)
    assert "320505" in raised.value.mend.zh


def test_a_district_without_its_city_is_looked_for_near_the_school():
    assert divisions.code_of("高新区", near="320506") == "320505"
    assert divisions.code_of("园区", near="320506") == "320571"
    assert divisions.code_of("江北区", near="500103") == "500105"
    assert divisions.code_of("成都高新区", near="320506") == "510100"
    assert divisions.code_of("江苏省苏州市虎丘区", near="500103") == "320505"


def test_codes_have_names_in_both_languages():
    assert divisions.full_name("500103") == "重庆市渝中区"
    assert divisions.name("320505").en.startswith("Huqiu")
    assert divisions.full_name("999999") == "999999"
    assert divisions.exists("320571")
    assert not divisions.exists("320599")
