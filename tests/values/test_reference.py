"""References in remittance texts: found however they are typed, never found when they are mistyped. 附言编号"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingbao.values.reference import LARGEST, found_in, is_reference, make

kinds = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=2, max_size=2)
references = st.builds(make, kinds, st.integers(0, LARGEST))
chinese = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5) | st.sampled_from("，。：；（）、 "), max_size=12
)
gaps = st.sampled_from(["", " ", "  ", "-", "－", "—", "_", ".", "·", "\u00a0", "\u200b", "　"])


def wide(text: str) -> str:
    """Full-width letters and digits, as a Chinese keyboard gives them."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


@given(references)
def test_every_reference_that_is_made_is_one_and_finds_itself(reference):
    assert len(reference) == 12
    assert is_reference(reference)
    assert found_in(reference) == [reference]


@given(references, st.data())
def test_a_reference_is_found_in_any_dress_and_surroundings(reference, data):
    before, after = data.draw(chinese), data.draw(chinese)
    typed = "".join(sign + data.draw(gaps) for sign in reference[:-1]) + reference[-1]
    typed = data.draw(st.sampled_from([str.lower, str.upper, wide]))(typed) if typed.isascii() else typed
    assert found_in(f"{before}{typed}{after}") == [reference]


@given(references, st.data())
def test_one_wrong_digit_is_never_a_reference(reference, data):
    place = data.draw(st.integers(2, 11))
    digit = data.draw(st.sampled_from([each for each in "0123456789" if each != reference[place]]))
    assert found_in(f"交{reference[:place]}{digit}{reference[place + 1 :]}保费") == []


@given(references, st.integers(2, 10))
def test_two_digits_that_changed_places_are_never_a_reference(reference, place):
    turned = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert found_in(turned) == ([reference] if turned == reference else [])


@given(references, st.integers(0, 11))
def test_a_digit_left_out_or_put_in_is_never_a_reference(reference, place):
    assert found_in(reference[:place] + reference[place + 1 :]) == []
    if place > 1:
        assert reference not in found_in(f"{reference[:place]}7{reference[place:]}")


@given(st.lists(references, min_size=1, max_size=5))
def test_several_references_in_one_text_come_in_their_order_and_each_once(several):
    assert found_in("、".join(several + several)) == list(dict.fromkeys(several))


@given(st.text(max_size=200))
def test_any_text_is_looked_through_without_harm_and_gives_whole_references_only(text):
    assert all(is_reference(found) for found in found_in(text))


@pytest.mark.parametrize("text", ["NO.{}", "REF{}", "NOSB{}", "转账/{}/320人", "{}，2025年", "{} 2025", "附言：sb:{}"])
def test_what_stands_around_a_reference_does_not_hide_it(text):
    reference = make("SB", 1234)
    number = reference[2:] if "sb" in text.lower() else reference
    assert found_in(text.format(number)) == [reference]


def test_a_longer_number_that_only_begins_like_a_reference_is_none():
    reference = make("SB", 1234)
    assert found_in(f"{reference}5") == []
    assert found_in(f"{reference}X") == []


def test_the_other_check_digits_with_the_same_rest_are_refused():
    """98 and 01 leave the same rest by 97; only 98 is ever given out."""
    reference = next(each for number in range(1000) if (each := make("SB", number)).endswith("98"))
    assert not is_reference(reference[:-2] + "01")


@pytest.mark.parametrize(
    ("kind", "number"), [("S", 1), ("sb", 1), ("S1", 1), ("SBX", 1), ("SB", -1), ("SB", LARGEST + 1)]
)
def test_no_reference_is_made_of_another_kind_or_number(kind, number):
    with pytest.raises(ValueError, match="no reference"):
        make(kind, number)


def test_very_long_texts_without_a_reference_take_no_time():
    assert found_in("SB" + " 1" * 100_000) == []
    assert found_in("A" * 200_000) == []
    assert found_in(unicodedata.normalize("NFD", "é-" * 100_000)) == []
